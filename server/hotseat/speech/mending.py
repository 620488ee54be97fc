"""Repairs the words of one answer with the terms of its question, its topic and the whole field."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache

from hotseat.domain.model import KeyTerm, Vocabulary, Word
from hotseat.speech.hotword_hallucinations import recalled, unsuggested
from hotseat.speech.term_repair import Form, Lexicon, Sounds, forms_of, repair

_TOPIC = 0.5
"""How near a topic's terms are to a question that doesn't have them."""


class Mender:
    """Each method takes some milliseconds, in any thread. What words are compared with is made at the first repair."""

    def __init__(
        self,
        key_terms: Sequence[KeyTerm],
        topic_terms: Sequence[KeyTerm],
        sounds: Sounds,
        vocabulary: Vocabulary,
    ) -> None:
        self._key_terms, self._topic_terms, self._sounds, self._vocabulary = key_terms, topic_terms, sounds, vocabulary

    def repaired(self, words: Sequence[Word]) -> tuple[Word, ...]:
        """The words of one stretch with misheard terms put right."""
        return repair(words, self._lexicon)

    def unsuggested(self, words: Sequence[Word], plain: Sequence[Word]) -> tuple[Word, ...]:
        """The words, without terms that were only heard because they are on the list; ``plain`` were heard without it."""
        return unsuggested(words, plain, self._names, self._sounds, self._vocabulary.common)

    def recalled(self, again: Sequence[Word], before: Sequence[Word]) -> tuple[Word, ...]:
        """The words of a second hearing, with terms of the first where they sound alike."""
        return recalled(again, before, self._names, self._sounds, self._vocabulary.common)

    @cached_property
    def _names(self) -> tuple[str, ...]:
        return tuple(term.term for term in self._key_terms)

    @cached_property
    def _lexicon(self) -> Lexicon:
        own = {term.term for term in self._key_terms}
        topic = [term for term in self._topic_terms if term.term not in own]
        forms = (*forms_of(self._key_terms, self._sounds), *forms_of(topic, self._sounds, _TOPIC))
        return Lexicon(forms, self._sounds, self._vocabulary, _field_forms(self._vocabulary.terms, self._sounds))


@lru_cache(maxsize=2)
def _field_forms(terms: tuple[KeyTerm, ...], sounds: Sounds) -> tuple[Form, ...]:
    return forms_of([KeyTerm(term.term) for term in terms], sounds, 0.0)
