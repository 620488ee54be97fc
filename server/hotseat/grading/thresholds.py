"""Turns the reader's probabilities into the finding of a point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hotseat.domain.evidence import evidence_between
from hotseat.domain.model import MAY_DENY, Evidence, PointFinding, PointStatus
from hotseat.grading.passage import Passage
from hotseat.grading.reading import Reading


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Lowest probabilities for each status, chosen on the develop parts of the free answers (docs/reader.md)."""

    made: float = 0.38
    """``Reading.says`` from which the point is made."""
    unsure: float = 0.3
    """``Reading.says`` from which the point is not sure; below, it was not heard."""
    contradicted: float = 0.98
    """``Reading.denies`` from which the point is contradicted, whatever ``says`` is."""
    check: float = 0.6
    """``Reading.denies`` from which a point that isn't made is not sure, and the candidate is asked to check the passage."""
    put_right: float = 0.55
    """``Reading.says`` from which the point is made by a later answer than one that contradicts it, or may. Those who insist on
    a mistake in other words, or make another, often reach ``made`` (replies to challenges by writers who saw no statement)."""


THRESHOLDS = Thresholds()
MIN_EVIDENCE_WORDS = 3
RISE = 0.5
"""Words around the likeliest one belong to the evidence if they have at least this share of its probability."""
GAP = 2
"""Largest distance between two such words, in words."""


def finding_from(point_id: str, read: Sequence[tuple[Passage, Reading]]) -> PointFinding:
    """The finding of a point over the answers of a round, in order.

    The last answer that makes or contradicts the point decides; if none does, the first in which it is not sure. A point that
    is put right is no longer contradicted.
    """
    likely = [(round(float(reading.says), 3), round(float(reading.denies), 3)) for _, reading in read]
    most_says, most_denies = max(says for says, _ in likely), max(denies for _, denies in likely)
    found = PointFinding(point_id, PointStatus.NOT_MET, says=most_says, denies=most_denies)
    for (passage, reading), (_, denies) in zip(read, likely, strict=True):
        was_wrong = found.status is PointStatus.CONTRADICTED or found.may_deny
        status, note = status_of(reading, was_wrong=was_wrong)
        if status is PointStatus.NOT_MET or (status is PointStatus.NOT_SURE and found.status is not PointStatus.NOT_MET):
            continue
        against = status is PointStatus.CONTRADICTED or note == MAY_DENY
        evidence = _evidence(passage, reading.opposes if against else reading.supports)
        if evidence is not None:
            is_put_right = was_wrong and status is PointStatus.MET
            found = PointFinding(point_id, status, evidence, note, most_says, denies if is_put_right else most_denies)
    return found


def status_of(reading: Reading, *, was_wrong: bool = False) -> tuple[PointStatus, str]:
    """The status of one reading, and the finding's note. ``was_wrong``: an earlier answer contradicts the point, or may."""
    if reading.denies >= THRESHOLDS.contradicted:
        return PointStatus.CONTRADICTED, ""
    if reading.says >= (THRESHOLDS.put_right if was_wrong else THRESHOLDS.made):
        return PointStatus.MET, ""
    if reading.denies >= THRESHOLDS.check:
        return PointStatus.NOT_SURE, MAY_DENY
    return (PointStatus.NOT_SURE if reading.says >= THRESHOLDS.unsure else PointStatus.NOT_MET), ""


def _evidence(passage: Passage, likely: NDArray[np.float32]) -> Evidence | None:
    """The words around the likeliest one, as a quote of the transcript; None if the passage is empty."""
    if not len(likely):
        return None
    peak = int(np.argmax(likely))
    start, end = _reach(likely, peak, -1), _reach(likely, peak, 1) + 1
    while end - start < min(MIN_EVIDENCE_WORDS, len(likely)):
        start, end = max(0, start - 1), min(len(likely), end + 1)
    answer = passage.answer
    return evidence_between(answer.transcript, passage.places[start], passage.places[end - 1] + 1, answer.turn_id)


def _reach(likely: NDArray[np.float32], peak: int, step: int) -> int:
    """The last word in this direction that belongs to the evidence."""
    last = place = peak
    while 0 <= place < len(likely) and abs(place - last) <= GAP:
        if likely[place] >= RISE * likely[peak]:
            last = place
        place += step
    return last
