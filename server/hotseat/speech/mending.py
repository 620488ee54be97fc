"""Repairs the words of one answer: first with the terms of its question and topic, then with those of the whole field."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache

from hotseat.domain.model import KeyTerm, Vocabulary, Word
from hotseat.speech.term_repair import Form, Sounds, forms_of, repair
from hotseat.speech.unlikely_words import FieldTerm, field_terms, likelier


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
        known = self._vocabulary
        repaired = repair(words, self._forms, self._sounds, known.common)
        return likelier(repaired, _field_terms(known.terms, self._sounds), known.known, self._sounds)

    @cached_property
    def _forms(self) -> tuple[Form, ...]:
        own = {term.term for term in self._key_terms}
        others = [term for term in self._topic_terms if term.term not in own]
        return (*forms_of(self._key_terms, self._sounds), *forms_of(others, self._sounds, topic=True))


@lru_cache(maxsize=2)
def _field_terms(terms: tuple[KeyTerm, ...], sounds: Sounds) -> tuple[FieldTerm, ...]:
    return field_terms(terms, sounds)
