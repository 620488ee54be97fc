"""Ranks the moves that fit an answer, and tells what a text gives away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from functools import lru_cache

from hotseat.domain.model import FollowUp, Move, Point, PointFinding, PointStatus, PointTier, Question
from hotseat.domain.tier_interests import suits
from hotseat.text.normal import tokenize

MAX_WORDS = 35
"""Most words of a follow-up: more can't be taken in by ear."""
_STATEMENT_OVERLAP, _PHRASING_OVERLAP = 0.6, 0.75
"""Share of the content words of a point's statement, or of one of its phrasings, with which a text says the point."""
_MIN_CONTENT = 3
"""Content words of a phrasing that tells anything without its context: "it's slow" fits many a question."""
_STRONG, _WEAK = 0.6, 0.15
"""Share of the points' weight from which an answer is taken deeper, and up to which it gets an easier probe."""
_CHALLENGED, _DEEPENED, _DEEPENED_EARLY = 50.0, 4.0, 0.5
"""Worth of a challenge, and of a deepening after a strong answer and after others, for each unit of its point's weight; a probe
for a missing point is worth 1."""
_DOUBT_POWER = 12
"""A contradiction counts by this power of its probability, as challenging what is right costs trust: half at 0.94, hardly at
all at 0.7. Chosen, with ``_CHALLENGED``, on the develop parts of the free answers."""
_ASKED_BEFORE, _EASIER, _OTHER_TIER = 0.3, 1.5, 0.5
"""Factors: for points that were asked for before, for an easy point after a weak answer, for a move meant for another tier."""
_SUITS_TIER = 1.2
"""Factor for a move that asks for what interviewers of this tier like to ask about."""
_FAMILIAR = 2.0
"""Added to a deepening's factor, in proportion to how many of its words the candidate has used."""
_MENTIONED = 1.0
"""Added to a probe's factor, in proportion to how many of its point's words the candidate has used."""
_TOO_COMMON = 3
"""A word that occurs in so many of a question's other points says nothing about this one."""
_LAST_RESORT = 0.01
"""Worth of deepening a point that was not made: asked only when nothing else is left."""
_COMMON = frozenset(
    "a an and any are as at be been by can could did do does each for from had has have how i if in into is it its me more "
    "much not of on one or our should so some such than that the their them then there these they this those to too up was we "
    "were what when where which while who why will with would you your".split()
)


def rank(
    question: Question, findings: Sequence[PointFinding], used: Collection[str], tier: int, said: str = ""
) -> tuple[FollowUp, ...]:
    """Unused moves that fit the findings, best first. Without findings, probes come first and deepenings last.

    ``used`` are the ids of the round's earlier follow-ups; ``said`` is everything the candidate said in the round.
    """
    known = _Known(question, findings, used, said)
    fits = {
        move.id: (1.0 if tier in move.tiers else _OTHER_TIER) * (_SUITS_TIER if suits(move.text, tier) else 1.0)
        for move in question.moves
    }
    worth = {move.id: known.worth(move) * fits[move.id] for move in question.moves}
    left = [move for move in question.moves if move.id not in used and worth[move.id] > 0]
    return tuple(sorted(left, key=lambda move: worth[move.id], reverse=True))


class _Known:
    """What is known of one answer, and what each move would be worth after it."""

    def __init__(self, question: Question, findings: Sequence[PointFinding], used: Collection[str], said: str) -> None:
        self._blind = not findings
        self._said = said
        self._points = {point.id: point for point in question.points}
        self._weight = {
            point.id: criterion.weight * (1.5 if point.tier is PointTier.STRONG else 1.0)
            for criterion in question.criteria
            for point in criterion.points
        }
        self._asked = {name for move in question.moves if move.id in used for name in move.probes}
        found = {finding.point_id: finding for finding in findings}
        self._sure = {name: finding.confidence or 1.0 for name, finding in found.items()}
        counted = {point.id: _counted(found.get(point.id), point, said) for point in question.points}
        self._made = {name: made for name, (made, _) in counted.items()}
        """Point id to how surely the point was made, 0 to 1."""
        self._denied = {name: denied for name, (_, denied) in counted.items()}
        """Point id to how much a contradiction of the point counts, 0 to 1."""
        spoken = {name: finding.evidence for name, finding in found.items() if finding.evidence is not None}
        turn_id = max((evidence.turn_id for evidence in spoken.values()), default=0)
        ends = {name: evidence.word_end for name, evidence in spoken.items() if evidence.turn_id == turn_id}
        self._recent = {name: end / max(ends.values()) for name, end in ends.items()}
        """Point id to how late in the last answer the point came up, 0 to 1; points of earlier answers are missing."""
        made = sum(weight * self._made[name] for name, weight in self._weight.items())
        self._share = made / (sum(self._weight.values()) or 1.0)  # a question that left the bank has no points

    def worth(self, move: FollowUp) -> float:
        """What asking it now is worth; 0 where it doesn't fit."""
        worth = {Move.PROBE: self._probe, Move.CHALLENGE: self._challenge, Move.DEEPEN: self._deepen}[move.move]
        return worth(move)

    def _probe(self, move: FollowUp) -> float:
        missing = sum(self._weight[name] * (1.0 - self._made[name] + self._wrong(name)) for name in move.probes)
        made = sum(self._weight[name] * self._made[name] for name in move.probes)
        if missing <= made:  # it would ask for what was said
            return 0.0
        worth: float = missing - made  # not their mean: asked for two points, candidates say more
        if self._blind:
            return worth
        if self._asked.issuperset(move.probes):  # the candidate has been asked already, and didn't know
            worth *= _ASKED_BEFORE
        if self._share < _WEAK and any(self._points[name].tier is PointTier.LEAN for name in move.probes):
            worth *= _EASIER
        return worth * (1.0 + _MENTIONED * max(overlap(self._points[name].statement, self._said) for name in move.probes))

    def _wrong(self, name: str) -> float:
        """Added to a probe for a point that was contradicted and for which the bank has no challenge."""
        return 0.0 if self._points[name].challenge else _CHALLENGED * self._denied[name]

    def _challenge(self, move: FollowUp) -> float:
        [name] = move.probes
        recent = 1.0 + self._recent.get(name, 0.0)
        return _CHALLENGED * self._weight[name] * self._denied[name] * recent if name not in self._asked else 0.0

    def _deepen(self, move: FollowUp) -> float:
        made = sum(self._weight[name] * self._made[name] for name in move.probes) / len(move.probes)
        if self._blind:
            return _LAST_RESORT * sum(self._weight[name] for name in move.probes)
        if any(self._made[name] < 1.0 for name in move.probes):
            return _LAST_RESORT * made
        # It is easiest to go on from what was said last.
        recent = sum(self._recent.get(name, 0.0) for name in move.probes) / len(move.probes)
        sure = min(self._sure.get(name, 1.0) for name in move.probes)
        familiar = overlap(move.text, self._said)
        return sure * made * (1.0 + recent + _FAMILIAR * familiar) * (_DEEPENED if self._share >= _STRONG else _DEEPENED_EARLY)


def _counted(finding: PointFinding | None, point: Point, said: str) -> tuple[float, float]:
    """How much the point counts as made, and how much as contradicted, each 0 to 1."""
    if finding is None:
        return 0.0, 0.0
    if finding.status is PointStatus.MET:
        return 1.0, 0.0
    if finding.status is PointStatus.CONTRADICTED or finding.may_deny:
        return 0.0, 1.0 if finding.denies is None else finding.denies**_DOUBT_POWER
    if finding.status is PointStatus.NOT_SURE:
        return 0.6, 0.0
    return (0.6 if says(said, point) else 0.0), 0.0


def is_about(text: str, question: Question, move: FollowUp) -> bool:
    """Whether a text shares a word with a move or the first point it probes; words common to the whole question don't count.

    For a deepening the point doesn't count either: it leads on from there, so words about the point seem unrelated to it.
    """
    [point] = [point for point in question.points if point.id == move.probes[0]]
    others = Counter(stem for other in question.points if other is not point for stem in _words_of(other))
    everywhere = _stems(question.prompt) | {stem for stem, count in others.items() if count >= _TOO_COMMON}
    wanted = _stems(move.text) if move.move is Move.DEEPEN else _stems(move.text) | _words_of(point)
    return bool(_stems(text) & wanted - everywhere)


def _words_of(point: Point) -> set[str]:
    return _stems(" ".join((point.statement, *point.phrasings, *point.misconceptions)))


def says(text: str, point: Point) -> bool:
    """Whether a text has so many of a point's words that it states the point, and so gives it away in a question."""
    words = _words(text)
    return _share(_content(point.statement), words) >= _STATEMENT_OVERLAP or any(
        len(content) >= _MIN_CONTENT and _share(content, words) >= _PHRASING_OVERLAP
        for content in map(_content, point.phrasings)
    )


def overlap(wanted: str, text: str) -> float:
    """Share of the content words of ``wanted``, a text of the bank, that occur in ``text``."""
    return _share(_content(wanted), _words(text))


def _share(content: frozenset[str], words: set[str]) -> float:
    return len(content & words) / len(content) if content else 0.0


def _stems(text: str) -> set[str]:
    return {token.stem for token in tokenize(text) if token.text not in _COMMON}


def _words(text: str) -> set[str]:
    return {token.text for token in tokenize(text)}


@lru_cache(maxsize=4096)  # of a bank's texts, which are compared with many others
def _content(text: str) -> frozenset[str]:
    return frozenset(_words(text) - _COMMON)
