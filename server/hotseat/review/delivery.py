"""How an answer was spoken: its pace, pauses, fillers, beginning, length and signposts. Never part of a grade.

Seconds are those of the answer's audio, counted from its first stored sample.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from hotseat.domain.endpointing import PAUSE_S, AudioSpan
from hotseat.domain.model import Answer, EndedBy, Word
from hotseat.review.signposts import Filler, fillers, is_hesitation, signposts

WINDOW_S = 10.0
"""Pace is measured over stretches of about this length; over shorter ones single words would dominate it."""


@dataclass(frozen=True, slots=True)
class Stretch(AudioSpan):
    """Part of the answer with its pace."""

    pace: float
    """Words per minute, pauses included."""


@dataclass(frozen=True, slots=True)
class Delivery(AudioSpan):
    """An answer's span of speech, and how it was filled."""

    words: int
    """Number of words, each part of a hyphenated word being one. Without hesitations, which recognisers write at random."""
    pace: float
    """Words per minute from ``start`` to ``end``, pauses included."""
    stretches: tuple[Stretch, ...]
    """Equal parts of the answer, of about ``WINDOW_S``."""
    pauses: tuple[AudioSpan, ...]
    """Silences of ``PAUSE_S`` and more between ``start`` and ``end``."""
    fillers: tuple[Filler, ...]
    """Recognisers leave some out, so there may have been more."""
    first_word_s: float
    """Seconds from the end of the question to the first speech."""
    limit_share: float
    """Share of the time limit that was used, 0 to 1."""
    monologue: AudioSpan
    """The longest stretch without a signpost."""
    cut_off: bool
    """Whether the time limit ended the answer."""

    @property
    def silence_s(self) -> float:
        return sum(pause.seconds for pause in self.pauses)


def delivery(answer: Answer, limit_s: float, lead_s: float = 0.0) -> Delivery | None:
    """How an answer was spoken; None if it was typed or has no words.

    ``lead_s`` is how much of the audio is from before the clock started. Without ``answer.speech`` the words' times are used,
    by which fewer pauses are found (docs/benchmarks.md).
    """
    words = answer.transcript.words
    if answer.transcript.typed or not words:
        return None
    spans = answer.speech or [AudioSpan(word.start, word.end) for word in words]
    start, end = spans[0].start, max(span.end for span in spans)
    silences = [AudioSpan(before.end, after.start) for before, after in pairwise(spans)]
    return Delivery(
        words=sum(_count(word) for word in words),
        start=start,
        end=end,
        pace=_pace(words, start, end),
        stretches=_stretches(words, start, end),
        pauses=tuple(gap for gap in silences if gap.seconds >= PAUSE_S),
        fillers=fillers(words),
        first_word_s=max(0.0, answer.thought_s - lead_s + start),
        limit_share=min(1.0, answer.duration_s / limit_s),
        monologue=_monologue(words, start, end),
        cut_off=answer.ended_by is EndedBy.LIMIT,
    )


def _stretches(words: Sequence[Word], start: float, end: float) -> tuple[Stretch, ...]:
    count = max(1, round((end - start) / WINDOW_S))
    edges = [start + (end - start) * n / count for n in range(count + 1)]
    return tuple(
        Stretch(first, last, _pace([word for word in words if first <= (word.start + word.end) / 2 < last], first, last))
        for first, last in pairwise(edges)
    )


def _pace(words: Sequence[Word], start: float, end: float) -> float:
    return 60.0 * sum(_count(word) for word in words) / (end - start) if end > start else 0.0


def _monologue(words: Sequence[Word], start: float, end: float) -> AudioSpan:
    edges = [start, *(words[index].start for index in signposts(words)), end]
    return max((AudioSpan(first, last) for first, last in pairwise(edges)), key=lambda gap: gap.seconds)


def _count(word: Word) -> int:
    if is_hesitation(word):
        return 0
    said = word.text if word.raw is None else word.raw  # one repaired term may stand for several words
    return sum(any(letter.isalnum() for letter in part) for part in said.replace("-", " ").split())
