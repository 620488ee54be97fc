"""Repairs the words of one answer with the terms of its question, its topic and the whole field."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache

from hotseat.domain.model import KeyTerm, Vocabulary, Word
from hotseat.speech.term_repair import Form, Lexicon, Sounds, forms_of, repair

_TOPIC = 0.5
"""How near a topic's terms are to a question that doesn't have them."""


class Mender:
    """Called with the words of one stretch at a time. What it compares them with is made at the first, in some milliseconds."""

    def __init__(
        self,
        key_terms: Sequence[KeyTerm],
        topic_terms: Sequence[KeyTerm],
        sounds: Sounds,
        vocabulary: Vocabulary,
    ) -> None:
        self._key_terms, self._topic_terms, self._sounds, self._vocabulary = key_terms, topic_terms, sounds, vocabulary

    def __call__(self, words: Sequence[Word]) -> tuple[Word, ...]:
        return repair(words, self._lexicon)

    @cached_property
    def _lexicon(self) -> Lexicon:
        own = {term.term for term in self._key_terms}
        topic = [term for term in self._topic_terms if term.term not in own]
        forms = (*forms_of(self._key_terms, self._sounds), *forms_of(topic, self._sounds, _TOPIC))
        return Lexicon(forms, self._sounds, self._vocabulary, _field_forms(self._vocabulary.terms, self._sounds))


@lru_cache(maxsize=2)
def _field_forms(terms: tuple[KeyTerm, ...], sounds: Sounds) -> tuple[Form, ...]:
    return forms_of([KeyTerm(term.term) for term in terms], sounds, 0.0)
