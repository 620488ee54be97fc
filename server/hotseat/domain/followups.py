"""Which follow-up to ask, and whether a phrasing of it may be spoken."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from itertools import pairwise

from hotseat.domain.model import FollowUp, Point, PointFinding, PointStatus, PointTier, Question
from hotseat.text.matching import find_phrase
from hotseat.text.normal import tokenize

MAX_WORDS = 35
_MIN_WORDS = 4
_REPEAT_OVERLAP = 0.7
_STATEMENT_OVERLAP, _PHRASING_OVERLAP = 0.6, 0.75
"""Share of the content words of a point's statement, or of one of its phrasings, with which a text says the point."""
_MIN_CONTENT = 3
"""Content words of a phrasing that tells anything without its context: "it's slow" fits many a question."""
_KEPT_OVERLAP = 0.5
"""Share of the bank's content words a phrasing keeps; with fewer it asks for something else."""
_QUOTED_OVERLAP = 0.75
"""Share of a lead's content words that the candidate said, in this order: the same words in another may say something else."""
_TO_THEM = re.compile(r"You(r|['’](d|ve|re|ll))?\b")
_OURS = frozenset("i i'm i'd i've i'll me my mine we we're we'd we've we'll us our ours".split())
_THEIRS = {
    "i": "you", "me": "you", "my": "your", "we": "you", "us": "you", "our": "your", "i'm": "you're", "we're": "you're",
    "i'd": "you'd", "we'd": "you'd", "i've": "you've", "we've": "you've", "i'll": "you'll", "we'll": "you'll",
}  # fmt: skip
_TELLING = frozenset(("say", "mention", "explain", "describe", "talk", "use"))
"""Stems of what a lead says about the saying."""
_DENIALS = frozenset("no not never none nothing without cannot neither nor hardly".split())
_MARKUP = frozenset("*_#`<>{}[]|")
_COMMON = frozenset(
    "a an and any are as at be been by can could did do does each for from had has have how i if in into is it its me more "
    "much not of on one or our should so some such than that the their them then there these they this those to too up was we "
    "were what when where which while who why will with would you your".split()
)


def rank(question: Question, findings: Sequence[PointFinding], used: Collection[str], tier: int) -> tuple[FollowUp, ...]:
    """Unused follow-ups, the most telling first: those probing the heaviest missed points, then those going deeper."""
    status = {finding.point_id: finding.status for finding in findings}
    weight = {
        point.id: criterion.weight * (1.5 if point.tier is PointTier.STRONG else 1.0)
        for criterion in question.criteria
        for point in criterion.points
    }

    def worth(follow_up: FollowUp) -> float:
        missed = [name for name in follow_up.probes if status.get(name) is not PointStatus.MET]
        # A contradiction is worth probing first: the candidate may correct it.
        total = sum(weight[name] * (2.0 if status.get(name) is PointStatus.CONTRADICTED else 1.0) for name in missed)
        score: float = total / len(follow_up.probes) ** 0.5
        if follow_up.deeper:
            score = score * 0.5 + 0.25
        return score if tier in follow_up.tiers else score * 0.5

    left = [follow_up for follow_up in question.follow_ups if follow_up.id not in used]
    return tuple(sorted(left, key=worth, reverse=True))


def addressed(lead: str) -> str:
    """The sentence as one that is said to the candidate: what a model repeats word for word is turned from "our" to "your"."""
    words = [_THEIRS.get(word.lower(), word) if index else word for index, word in enumerate(lead.split())]
    for at, (who, verb) in enumerate(pairwise(words)):
        if who.lower() == "you":
            words[at + 1] = {"am": "are", "was": "were"}.get(verb, verb)
    if not words or _TO_THEM.match(lead):
        return " ".join(words)
    first = words[0]
    words[0] = _THEIRS.get(first.lower(), first if any(letter.isupper() for letter in first[1:]) else first.lower())
    return " ".join(["You said that", *words])


def misquotes(lead: str, passage: str) -> list[str]:
    """Why ``lead`` does not say the candidate's ``passage`` back to them; empty when it does."""
    found: list[str] = []
    if not _TO_THEM.match(lead):
        found.append("does not speak to the candidate")
    if _OURS & {word.strip(".,;:").lower() for word in lead.split()}:
        found.append("speaks as the candidate")
    if "?" in lead:
        found.append("asks")
    kept, said = tokenize(lead), tokenize(passage)
    stems = [token.stem for token in said]
    content = [token.stem for token in kept if token.text not in _COMMON and token.stem not in _TELLING]
    if not content or _in_order(content, stems) / len(content) < _QUOTED_OVERLAP:
        found.append("says what the candidate did not")
    if any(token.stem not in stems for token in kept if any(letter.isdigit() for letter in token.text)):
        found.append("has another number")
    if _denies(lead) != _denies(passage):
        found.append("turns it round")
    return found


def problems(
    text: str, question: Question, follow_up: FollowUp, findings: Sequence[PointFinding], answer: str, asked: Sequence[str]
) -> list[str]:
    """Why ``text`` may not be spoken as this follow-up; empty when it may.

    ``answer`` is all the candidate has said in this round, ``asked`` what the interviewer has.
    """
    words = text.split()
    found: list[str] = []
    if text.count("?") != 1 or not text.rstrip().endswith("?"):
        found.append("is not exactly one question")
    if not _MIN_WORDS <= len(words) <= MAX_WORDS:
        found.append(f"has {len(words)} words, expected {_MIN_WORDS} to {MAX_WORDS}")
    if "\n" in text.strip() or _MARKUP & set(text):
        found.append("has markup or several lines")
    if overlap(follow_up.text, text) < _KEPT_OVERLAP:
        found.append("asks for something else")
    if any(overlap(text, earlier) >= _REPEAT_OVERLAP for earlier in asked):
        found.append("repeats an earlier question")
    found.extend(_leaks(text, question, follow_up, findings, answer))
    return found


def _leaks(text: str, question: Question, follow_up: FollowUp, findings: Sequence[PointFinding], answer: str) -> list[str]:
    """What the phrasing gives away: a point not yet made, or a term nobody has used."""
    met = {finding.point_id for finding in findings if finding.status is PointStatus.MET}
    tokens = tokenize(text)
    found = [
        f"gives away point {point.id}"
        for point in question.points
        if point.id not in met
        and not says(answer, point)  # the candidate's own words give nothing away
        and says(text, point)
    ]
    known = tokenize(f"{question.prompt} {follow_up.text} {answer}")
    for term in question.key_terms:
        spellings = (term.term, *term.spoken)
        if any(find_phrase(tokens, spelling) for spelling in spellings) and not any(find_phrase(known, s) for s in spellings):
            found.append(f"names {term.term}, which nobody has mentioned")
    return found


def says(text: str, point: Point) -> bool:
    """Whether a text has so many of a point's words that it gives the point away."""
    return overlap(point.statement, text) >= _STATEMENT_OVERLAP or any(
        len(_content(phrasing)) >= _MIN_CONTENT and overlap(phrasing, text) >= _PHRASING_OVERLAP for phrasing in point.phrasings
    )


def _in_order(wanted: Sequence[str], said: Sequence[str]) -> int:
    """The most of these that occur among those in the same order."""
    row = [0] * (len(said) + 1)
    for word in wanted:
        above, row = row, [0]
        for place, other in enumerate(said):
            row.append(above[place] + 1 if word == other else max(above[place + 1], row[place]))
    return row[-1]


def _denies(text: str) -> bool:
    words = {word.strip(".,;:").lower() for word in text.split()}
    return bool(words & _DENIALS) or any(word.endswith(("n't", "n’t")) for word in words)


def overlap(wanted: str, text: str) -> float:
    """Share of the content words of ``wanted`` that occur in ``text``."""
    content = _content(wanted)
    return len(content & {token.text for token in tokenize(text)}) / len(content) if content else 0.0


def _content(text: str) -> set[str]:
    return {token.text for token in tokenize(text)} - _COMMON
