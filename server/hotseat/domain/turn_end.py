"""Decides when silence ends an answer. All times are seconds of audio."""

from __future__ import annotations

from dataclasses import dataclass

from hotseat.domain.endpointing import Hearing

COMPLETE = 0.3
"""Probability that the speaker has finished, from which a shorter silence ends the answer: as low as it can be while fewer than
2 % of the pauses within the develop part's answers would end them (docs/benchmarks.md)."""
NOTICE_S = 1.0
"""An early end is announced at least this long before it takes effect; speech in that time cancels it."""
_LEAST_S = 1.2
"""Shortest silence after which an early end is announced, however complete the answer sounds."""
_SHARE, _BRIEF_SHARE = 0.3, 0.5
"""Share of ``Patience.silence_s`` after which the end of an answer that sounds complete is announced; for a brief answer more,
as it has often only begun."""
_BRIEF_S = 12.0
"""An answer with less speech than this is brief."""
_UNFINISHED = frozenset(
    "a an and as at because but by for from if in into like my of on or our plus so than the their to um uh we when where "
    "which while whose with your".split()
)
"""Words that don't end a sentence."""


def breaks_off(text: str) -> bool:
    """Whether a text ends in the middle of a sentence: with a comma, dash or ellipsis, or with a word such as "because"."""
    last = text.rsplit(maxsplit=1)[-1:]
    return bool(last) and (last[0][-1] in ",-…" or last[0].endswith("..") or last[0].strip(".").lower() in _UNFINISHED)


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether the speaker seems to have finished, judged at one silence."""

    after_s: float
    """Second at which the speech before the silence ended."""
    finished: float
    """Probability that the speaker has finished, 0 to 1."""
    silence_s: float
    """How long the silence had lasted when the judgement was ready."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long silence may last before it ends an answer."""

    silence_s: float
    """Silence after speech that ends an answer."""
    no_speech_s: float
    """Silence from the start that ends an answer in which nothing was said."""

    def ends_at(self, hearing: Hearing, judged: Judgement | None = None) -> float:
        """Length of the present silence, in seconds, at which the answer is over. Ignores a judgement of an earlier silence."""
        if not hearing.heard_speech:
            return self.no_speech_s
        if judged is None or judged.after_s != hearing.speech_end or judged.finished < COMPLETE:
            return self.silence_s
        spoken = sum(stretch.seconds for stretch in hearing.speech)
        share = _SHARE if spoken >= _BRIEF_S else _BRIEF_SHARE
        return min(self.silence_s, max(_LEAST_S, share * self.silence_s, judged.silence_s) + NOTICE_S)
