"""Where speech begins, pauses and may be cut, decided in audio seconds from voice-activity probabilities.

One probability covers one 512-sample window at 16 kHz (32 ms). The state is a frozen value: ``hear`` returns the next one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

WINDOW_S = 512 / 16_000
ON = 0.5
"""A window at least this likely is speech."""
OFF = 0.35
"""A window less likely than this is silence; between the two, the previous state goes on (hysteresis)."""
ONSET_WINDOWS = 5
"""Speech windows in a row (160 ms) that begin speech: a click or a cough's first burst is shorter."""
HANG_WINDOWS = 9
"""Hangover: windows of silence (290 ms) after which speech has ended; until then one speech window continues it."""
PAUSE_S = 0.5
"""A gap this long is a pause in the delivery."""
LULL_S = 0.16
"""A gap this long is worth remembering: recognisers often count it as part of the next word (review.word_starts)."""
GAP_WINDOWS = 3
"""Silence windows (96 ms) that make a gap where the audio may be cut without hurting a word."""
MAX_GAPS = 64
"""Gaps remembered; those before the last cut no longer matter."""


@dataclass(frozen=True, slots=True)
class AudioSpan:
    """A stretch of audio, in seconds: of silence between speech, or of speech."""

    start: float
    end: float

    @property
    def middle(self) -> float:
        return (self.start + self.end) / 2

    @property
    def seconds(self) -> float:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Hearing:
    """The voice activity of one answer so far."""

    windows: int = 0
    """Windows seen."""
    onset: float | None = None
    """Second at which speech first began; None while there was none."""
    speech_end: float = 0.0
    """Second at which speech was last heard."""
    speaking: bool = False
    """In speech now; silence shorter than ``HANG_WINDOWS`` still counts as speech."""
    silent: int = 0
    """Windows of silence since the last speech window."""
    run: int = 0
    """Speech windows in a row since silence; fewer than ``ONSET_WINDOWS`` may still be noise."""
    lulls: tuple[AudioSpan, ...] = ()
    """All gaps of at least ``LULL_S`` between speech; silence before and after the answer is none."""
    gaps: tuple[AudioSpan, ...] = ()
    """The latest ``MAX_GAPS`` gaps of at least ``GAP_WINDOWS``, where the audio may be cut."""

    @property
    def now(self) -> float:
        """Audio seconds seen."""
        return self.windows * WINDOW_S

    @property
    def heard_speech(self) -> bool:
        return self.onset is not None

    @property
    def speech(self) -> tuple[AudioSpan, ...]:
        """The stretches of speech between the lulls, in order."""
        if self.onset is None:
            return ()
        edges = (self.onset, *(edge for lull in self.lulls for edge in (lull.start, lull.end)), self.speech_end)
        return tuple(AudioSpan(first, last) for first, last in zip(edges[::2], edges[1::2], strict=True))

    @property
    def silence_s(self) -> float:
        """Seconds since speech was last heard, or since the start if there was none."""
        return self.now - self.speech_end


def hear(hearing: Hearing, probability: float) -> Hearing:
    """The state after one more window with this probability of speech."""
    hearing = replace(hearing, windows=hearing.windows + 1)
    if hearing.speaking:
        return _while_speaking(hearing, probability)
    if probability >= ON or (hearing.run and probability >= OFF):
        hearing = replace(hearing, run=hearing.run + 1)
        return _begun(hearing) if hearing.run >= ONSET_WINDOWS else hearing
    return replace(hearing, run=0)


def _while_speaking(hearing: Hearing, probability: float) -> Hearing:
    if probability < OFF or (hearing.silent and probability < ON):
        silent = hearing.silent + 1
        return replace(hearing, silent=silent, speaking=silent < HANG_WINDOWS)
    if hearing.silent >= GAP_WINDOWS:
        hearing = _with_gap(hearing, hearing.now - WINDOW_S)
    return replace(hearing, silent=0, speech_end=hearing.now)


def _begun(hearing: Hearing) -> Hearing:
    start = hearing.now - hearing.run * WINDOW_S
    hearing = replace(hearing, onset=start) if hearing.onset is None else _with_gap(hearing, start)
    return replace(hearing, speaking=True, silent=0, run=0, speech_end=hearing.now)


def _with_gap(hearing: Hearing, end: float) -> Hearing:
    gap = AudioSpan(hearing.speech_end, end)
    lulls = (*hearing.lulls, gap) if gap.seconds >= LULL_S else hearing.lulls
    return replace(hearing, gaps=(*hearing.gaps, gap)[-MAX_GAPS:], lulls=lulls)


@dataclass(frozen=True, slots=True)
class CutRules:
    """Where to cut the audio into segments."""

    shortest_s: float = 4.0
    """Shortest segment: with less context the recogniser makes more mistakes."""
    longest_s: float = 9.0
    """Longest segment, as much as fits the recogniser's short window; a longer one is cut at the longest gap it has."""
    pause_s: float = 0.25
    """Once a segment is long enough, it is cut at the next gap at least this long."""


def commit_point(hearing: Hearing, since: float, rules: CutRules = CutRules()) -> float | None:
    """Where to cut the segment that began at ``since`` (seconds), or None to go on listening.

    A cut lies inside silence wherever there is any. When someone speaks on without a gap, the cut is forced at ``longest_s``.
    """
    length = hearing.now - since
    if hearing.speech_end <= since or length < rules.shortest_s:
        return None
    if hearing.silent * WINDOW_S >= rules.pause_s and hearing.speech_end - since >= rules.shortest_s:
        return min(hearing.now, hearing.speech_end + rules.pause_s / 2)
    usable = [gap for gap in hearing.gaps if gap.middle - since >= rules.shortest_s]
    long_enough = [gap for gap in usable if gap.seconds >= rules.pause_s]
    if long_enough:
        return long_enough[-1].middle
    if length < rules.longest_s:
        return None
    usable = usable or [gap for gap in hearing.gaps if gap.middle - since >= rules.shortest_s / 2]
    return max(usable, key=lambda gap: gap.seconds).middle if usable else hearing.now
