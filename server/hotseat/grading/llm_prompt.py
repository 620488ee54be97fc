"""What the language model is asked about a round, and how its reply is parsed. Pure.

It gets the answers as numbered sentences, and says for each point which sentences make it and whether they do.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from hotseat.domain.evidence import evidence_between
from hotseat.domain.model import Answer, Evidence, Point, PointFinding, PointStatus, Question
from hotseat.grading.clauses import clauses
from hotseat.grading.passage import passage_of

MAX_ANSWER_CHARS = 12_000
"""Most characters of a round's answers that the model is given; the rest is left out."""
MAX_SHOWN = 6
"""Sentences that the model may name for one point."""
MAX_TOKENS = 2000
"""Longest reply: enough for models that think before they write."""
TOKENS_PER_POINT = 60
"""What a reply takes for each point."""
STATUSES = {
    "made": PointStatus.MET,
    "partly": PointStatus.NOT_SURE,
    "not said": PointStatus.NOT_MET,
    "contradicted": PointStatus.CONTRADICTED,
}
_MARKUP = re.compile(r"[\x00-\x1f\x7f<>{}\[\]`|\"“”]+|={3,}|#{2,}")
"""Characters of an answer that could end the data in the prompt, or look like a sentence's number."""
_OBJECT = re.compile(r"\{.*\}", re.S)


class BadReply(ValueError):
    """A reply that doesn't fit the schema; the message tells the model what to repair."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an answer as the model sees it, and where it is in the transcript."""

    answer: Answer
    start: int
    end: int
    text: str

    def is_before(self, other: Sentence) -> bool:
        """Whether the other sentence comes right after this one in the same answer."""
        return self.answer.turn_id == other.answer.turn_id and self.end == other.start


def sentences_of(question: Question, answers: Sequence[Answer]) -> tuple[Sentence, ...]:
    """The sentences of a round, without instructions to the grader, repeated questions, hesitations and markup."""
    found = [sentence for answer in answers for sentence in _sentences(question, answer)]
    so_far = accumulate(len(sentence.text) for sentence in found)
    return tuple(sentence for sentence, length in zip(found, so_far, strict=True) if length <= MAX_ANSWER_CHARS)


def _sentences(question: Question, answer: Answer) -> Iterator[Sentence]:
    passage = passage_of(question, answer)
    word_at = dict(zip(passage.places, passage.words, strict=True))
    for start, end in clauses(answer):
        said = " ".join(word_at[place] for place in range(start, end) if place in word_at)
        if text := " ".join(_MARKUP.sub(" ", said).split()):
            yield Sentence(answer, start, end, text)


def batches(question: Question) -> list[tuple[Point, ...]]:
    """The points to ask about in each call: all, or a criterion's if a reply about all would be too long."""
    if len(question.points) * TOKENS_PER_POINT <= MAX_TOKENS:
        return [question.points]
    return [criterion.points for criterion in question.criteria]


def schema(points: Sequence[Point]) -> dict[str, Any]:
    """JSON schema of a reply. Each point has its sentences first, so that the model decides the status after naming them."""
    reply = {
        "type": "object",
        "properties": {
            "sentences": {"type": "array", "items": {"type": "integer"}, "maxItems": MAX_SHOWN},
            "status": {"type": "string", "enum": list(STATUSES)},
        },
        "required": ["sentences", "status"],
        "additionalProperties": False,
    }
    ids = [point.id for point in points]
    return {"type": "object", "properties": dict.fromkeys(ids, reply), "required": ids, "additionalProperties": False}


def parse(text: str, points: Sequence[Point], sentences: Sequence[Sentence]) -> dict[str, PointFinding]:
    """Findings by point id. A point without sentences as evidence is not met, whatever the model says. Raises BadReply."""
    found = _OBJECT.search(text)  # some endpoints ignore the schema and write text around the object
    try:
        raw = json.loads(found[0] if found else text)
    except (ValueError, RecursionError):
        raise BadReply("it is not valid JSON") from None
    if not isinstance(raw, dict):
        raise BadReply("it is not a JSON object")
    return {point.id: _finding(point.id, raw.get(point.id), sentences) for point in points}


def _finding(point_id: str, raw: object, sentences: Sequence[Sentence]) -> PointFinding:
    if not isinstance(raw, dict):
        raise BadReply(f"the key {point_id} is missing")
    name, numbers = raw.get("status"), raw.get("sentences")
    if not isinstance(name, str) or name not in STATUSES:
        raise BadReply(f"{point_id}.status is none of {', '.join(STATUSES)}")
    if not isinstance(numbers, list):
        raise BadReply(f"{point_id}.sentences is not a list of numbers")
    valid = sorted({number for number in numbers if type(number) is int and 1 <= number <= len(sentences)})
    evidence = evidence_of([sentences[number - 1] for number in valid])
    if evidence is None or STATUSES[name] is PointStatus.NOT_MET:
        return PointFinding(point_id, PointStatus.NOT_MET)
    return PointFinding(point_id, STATUSES[name], evidence)


def evidence_of(chosen: Sequence[Sentence]) -> Evidence | None:
    """The longest run of adjacent sentences as a quote, the first if several are as long; None if none was chosen."""
    runs: list[list[Sentence]] = []
    for sentence in chosen:
        if runs and runs[-1][-1].is_before(sentence):
            runs[-1].append(sentence)
        else:
            runs.append([sentence])
    if not runs:
        return None
    best = max(runs, key=len)
    answer = best[0].answer
    return evidence_between(answer.transcript, best[0].start, best[-1].end, answer.turn_id)
