"""Whether an answer answers this question: candidates answer another than was asked.

How well the words fit the question says little, as a good answer may be all in the candidate's own; that they fit others better
says much (docs/decisions/0028-beside-the-others.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from server.core.domain import Answer, Question
from server.grading.corpus import Corpus

RIVALS = 3
"""Questions that an answer's own has to stand comparison with: the mean of these, as one may share a point with it."""


class Subjects:
    """A bank's questions by their words, which are counted when they are first asked for."""

    def __init__(self, questions: Sequence[Question]) -> None:
        self._questions = questions
        self._place = {question.id: place for place, question in enumerate(questions)}

    def lead(self, question: Question, answers: Sequence[Answer]) -> float:
        """By how much more like this question the answers' words are than like the likeliest ones of other topics, -1 to 1.

        0 where the bank has no other topic, or not this question.
        """
        others = [place for place, other in enumerate(self._questions) if other.topic != question.topic]
        if question.id not in self._place or not others:
            return 0.0
        likeness = self._corpus.likeness(" ".join(answer.transcript.text for answer in answers))
        return float(likeness[self._place[question.id]] - np.sort(likeness[others])[-RIVALS:].mean())

    @cached_property
    def _corpus(self) -> Corpus:
        return Corpus([_text(question) for question in self._questions])


def _text(question: Question) -> str:
    said = [text for point in question.points for text in (point.statement, *point.phrasings)]
    return " . ".join([question.prompt, question.model_answer, *said])
