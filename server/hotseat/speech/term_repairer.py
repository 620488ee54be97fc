"""Repairs the words of one answer with the terms of its question, its topic and the whole field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from hotseat.domain.model import KeyTerm, Vocabulary, Word
from hotseat.speech.hotword_hallucinations import with_earlier_terms, without_hallucinations
from hotseat.speech.term_repair import Form, Lexicon, Sounds, forms_of, repair

_TOPIC = 0.5
"""``Form.near`` of terms of the question's topic that are not its own."""


@dataclass(frozen=True)
class TermRepairer:
    """Puts right the terms of one question's answer. Methods take some milliseconds and may run in any thread.

    The lexicon is built at the first repair.
    """

    key_terms: Sequence[KeyTerm]
    topic_terms: Sequence[KeyTerm]
    sounds: Sounds
    vocabulary: Vocabulary

    def repaired(self, words: Sequence[Word]) -> tuple[Word, ...]:
        """The words of one segment with misheard terms put right."""
        return repair(words, self._lexicon)

    def without_hallucinations(self, words: Sequence[Word], plain: Sequence[Word]) -> tuple[Word, ...]:
        """The words without hallucinated terms; ``plain`` is the same audio recognised without the hotword list."""
        return without_hallucinations(words, plain, self._names, self.sounds, self.vocabulary.common)

    def with_earlier_terms(self, again: Sequence[Word], before: Sequence[Word]) -> tuple[Word, ...]:
        """The words of a second pass, with terms of the first pass where they sound alike."""
        return with_earlier_terms(again, before, self._names, self.sounds, self.vocabulary.common)

    @cached_property
    def _names(self) -> tuple[str, ...]:
        return tuple(term.term for term in self.key_terms)

    @cached_property
    def _lexicon(self) -> Lexicon:
        own = {term.term for term in self.key_terms}
        topic = [term for term in self.topic_terms if term.term not in own]
        forms = (*forms_of(self.key_terms, self.sounds), *forms_of(topic, self.sounds, _TOPIC))
        return Lexicon(forms, self.sounds, self.vocabulary, _field_forms(self.vocabulary.terms, self.sounds))


@lru_cache(maxsize=2)
def _field_forms(terms: tuple[KeyTerm, ...], sounds: Sounds) -> tuple[Form, ...]:
    return forms_of([KeyTerm(term.term) for term in terms], sounds, 0.0)
