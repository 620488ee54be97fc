"""Adaptive difficulty: a harder question after a strong round, an easier one after a weak one."""

from __future__ import annotations

from dataclasses import replace

from hotseat.domain.model import PointStatus, Verdict
from hotseat.session.phases import Progress

STRONG, WEAK = 0.6, 0.2
"""A round is strong if at least this share of its question's points was made, and weak if at most that."""


def adapted(progress: Progress) -> Progress:
    """The progress with a harder or easier question on the same topic next, if the last round calls for one."""
    planned, direction = progress.current, direction_of(progress)
    others = [entry for entry in planned.instead if (entry.difficulty - planned.difficulty) * direction > 0]
    if not others:
        return progress
    chosen = min(others, key=lambda entry: abs(entry.difficulty - planned.difficulty))
    here = replace(chosen, lead=planned.lead, follow_ups=planned.follow_ups)
    rounds = (*progress.plan.rounds[: progress.round], here, *progress.plan.rounds[progress.round + 1 :])
    return replace(progress, plan=replace(progress.plan, rounds=rounds))


def direction_of(progress: Progress) -> int:
    """1 (harder) after a strong round, -1 (easier) after a weak one, 0 after any other or where nothing is known of it."""
    before = progress.round - 1
    graded = next((entry.grade for entry in progress.grades if entry.round == before and entry.grade is not None), None)
    if graded is not None:
        return {Verdict.STRONG_HIRE: 1, Verdict.NO_HIRE: -1}.get(graded.verdict, 0)
    known = [status for answer in progress.answers_of(before) if answer.choice for _, status in answer.choice.known]
    if not known:
        return 0
    share = known.count(PointStatus.MET) / len(known)
    return 1 if share >= STRONG else -1 if share <= WEAK else 0
