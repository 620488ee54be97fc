"""The candidate's answer improved: their own sentences in a better order, with missing ones from the model answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hotseat.domain.evidence import bare, evidence_between
from hotseat.domain.model import Answer, Evidence, Grade, Kind, PointFinding, PointStatus, PointTier, Question
from hotseat.grading.clauses import in_whole_clauses
from hotseat.grading.scoring import is_implied
from hotseat.review.model_sentences import model_sentences

MAX_WORDS = 150
"""What can be said in a minute. The candidate's sentences always stay; the model answer's are added while there is room."""
_OWN_FACTS = frozenset({Kind.STORY, Kind.CLAIM})
"""Kinds of question about the candidate's own work, for which the model answer's facts are of no use."""
_OPENERS = frozenset("so um uh er well okay ok and yeah like right basically".split())
"""Fillers at the beginning of a spoken sentence."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One sentence."""

    text: str
    own: bool
    """Whether the candidate said it; otherwise it is from the model answer."""
    turn_id: int | None = None
    start: float | None = None
    """Seconds of the answer's audio; None if it was typed or isn't the candidate's."""
    end: float | None = None


def best_answer(question: Question, grade: Grade, answers: Sequence[Answer]) -> tuple[Piece, ...]:
    """The sentences in the model answer's order; empty if the candidate made no point of their own."""
    sentences = model_sentences(question)
    text = " ".join(question.model_answer.split())
    places = {point_id: text.find(sentence) if sentence else len(text) for point_id, sentence in sentences.items()}
    placed = [
        (place, said.turn_id, said.word_start, Piece(_sentence(said.quote), True, said.turn_id, said.start, said.end))
        for said, place in _own(grade.by_point, places, {answer.turn_id: answer for answer in answers})
    ]
    if not placed:
        return ()
    words = sum(len(piece.text.split()) for *_, piece in placed)
    for sentence in () if question.kind in _OWN_FACTS else _missing(question, grade.by_point, sentences):
        words += len(sentence.split())
        if words > MAX_WORDS:
            break
        placed.append((text.find(sentence), -1, -1, Piece(_sentence(sentence), own=False)))
    return tuple(piece for *_, piece in sorted(placed, key=lambda entry: entry[:3]))


def _own(
    findings: Mapping[str, PointFinding], places: Mapping[str, int], said: Mapping[int, Answer]
) -> list[tuple[Evidence, int]]:
    """The candidate's sentences that made points, each with its point's place in the model answer.

    Overlapping ones are joined at the earlier place, so that no sentence comes twice.
    """
    placed: list[tuple[Evidence, int]] = []
    for point_id, place in places.items():
        finding = findings.get(point_id)
        if finding is None or finding.status is not PointStatus.MET or finding.evidence is None or is_implied(finding):
            continue
        if answer := said.get(finding.evidence.turn_id):
            placed.append((in_whole_clauses(answer, finding.evidence), place))
    own: list[tuple[Evidence, int]] = []
    for quoted, place in sorted(placed, key=lambda entry: (entry[0].turn_id, entry[0].word_start)):
        last, last_place = own[-1] if own else (None, 0)
        if last is not None and last.turn_id == quoted.turn_id and quoted.word_start < last.word_end:
            end = max(last.word_end, quoted.word_end)
            whole = evidence_between(said[last.turn_id].transcript, last.word_start, end, last.turn_id)
            own[-1] = (whole, min(last_place, place))
        else:
            own.append((quoted, place))
    return own


def _missing(question: Question, findings: Mapping[str, PointFinding], sentences: Mapping[str, str]) -> list[str]:
    """The model answer's sentences for points that were not made, those of strong points and heavy criteria first."""
    made = {sentences.get(point_id) for point_id, finding in findings.items() if finding.status is PointStatus.MET}
    wanted = [
        (criterion.weight, point.tier is PointTier.STRONG, sentences[point.id])
        for criterion in question.criteria
        for point in criterion.points
        if (finding := findings.get(point.id)) is not None
        and finding.status in (PointStatus.NOT_MET, PointStatus.CONTRADICTED)
        and sentences.get(point.id)
        and sentences[point.id] not in made
    ]
    wanted.sort(key=lambda entry: (-entry[1], -entry[0]))
    return list(dict.fromkeys(sentence for _, _, sentence in wanted))


def _sentence(text: str) -> str:
    """The text as a sentence: with a capital and a full stop, without fillers at its beginning."""
    words = text.split()
    while len(words) > 1 and bare(words[0]) in _OPENERS:
        words = words[1:]
    plain = " ".join(words).rstrip(",;:")
    return plain[:1].upper() + plain[1:] + ("" if plain.endswith((".", "!", "?")) else ".")
