"""Explains verdicts: the rule, and how a grade's levels make its verdict."""

from __future__ import annotations

import math
from collections import Counter

from hotseat.domain.model import Grade, Level, PointStatus, Question, Verdict
from hotseat.grading import scoring
from hotseat.grading.scoring import RULE

_NUMBERS = "no one two three four five six seven eight nine ten".split()
_WORTH_SAYING = 0.05
"""Smaller deductions for contradictions are not mentioned."""
_STARTS = {
    Verdict.LEAN_NO_HIRE: RULE.lean_no_hire,
    Verdict.LEAN_HIRE: RULE.lean_hire,
    Verdict.STRONG_HIRE: RULE.strong_hire,
}
"""Least score of each verdict, lowest first."""

THE_RULE = (
    "A criterion counts up to 2, by its weight: 1 for any of its points, and 1 for two thirds of its strong points. "
    "A point that was not clearly made counts in part. "
    f"The average makes the verdict: Strong Hire from {RULE.strong_hire:g}, with half of the criteria there, "
    f"Lean Hire from {RULE.lean_hire:g}, Lean No Hire from {RULE.lean_no_hire:g}. Each contradicted point takes off "
    f"{RULE.contradiction:g}, and one that you may have contradicted a part of that until you say what you meant."
)
"""What grading.scoring computes, for candidates."""


def follows_rule(question: Question, grade: Grade) -> bool:
    """Whether the present rule and rubric make the same grade of its findings. Old grades may differ."""
    findings = grade.by_point
    return (
        {point.id for point in question.points} == set(findings)
        and scoring.criterion_results(question, findings) == grade.criteria
        and scoring.verdict_of(question, findings) is grade.verdict
    )


def why(question: Question, grade: Grade) -> str:
    """How the verdict came about, in a sentence; empty for an old grade that doesn't follow the present rule."""
    if not follows_rule(question, grade):
        return ""
    levels = Counter(result.level for result in grade.criteria)
    score = scoring.question_score(question, grade.by_point)
    less = scoring.deduction(question, grade.by_point)
    contradicts = any(finding.status is PointStatus.CONTRADICTED for finding in grade.findings)
    what = "contradicts points" if contradicts else "may contradict a point"
    off = f", less {less:.2g} for what {what}," if less >= _WORTH_SAYING else ""
    makes = "makes" if len(grade.criteria) == 1 else "make"
    return f"{_criteria(levels)}{off} {makes} {_shown(score)} of 2; {_bounds(grade.verdict, score)}."


def _criteria(levels: Counter[Level]) -> str:
    """ "Two criteria at Strong Hire and one at Lean Hire"."""
    counts = [(level, levels[level]) for level in Level if levels[level]]
    parts = [f"{_number(count)} at {level.value}" for level, count in counts]
    first, count = counts[0]
    parts[0] = f"{_number(count)} {'criterion' if count == 1 else 'criteria'} at {first.value}"
    listing = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
    return listing[0].upper() + listing[1:]


def _bounds(verdict: Verdict, score: float) -> str:
    """The scores at which this verdict and the next start, or what a Strong Hire lacks besides its score."""
    if score >= RULE.strong_hire and verdict is Verdict.LEAN_HIRE:
        return f"a {Verdict.STRONG_HIRE.value} needs half of the criteria at {Level.STRONG.value}"
    own = _STARTS.get(verdict, -math.inf)
    named = [f"{other.value} starts at {start:g}" for other, start in _STARTS.items() if start >= own]
    return " and ".join(named[: 2 if verdict in _STARTS else 1])


def _shown(score: float) -> str:
    """Rounded down, so that a score just below a threshold doesn't look like it."""
    return f"{max(0.0, math.floor(score * 100) / 100):g}"


def _number(count: int) -> str:
    return _NUMBERS[count] if count < len(_NUMBERS) else str(count)
