"""When an answer is over because nobody speaks any more. Nothing else decides that; all times are seconds of audio."""

from __future__ import annotations

from dataclasses import dataclass

from hotseat.domain.endpointing import Hearing

COMPLETE = 0.3
"""Probability of being done from which less silence is taken for the end: a low one that still let less than 2 % of the pauses
inside the answers of the develop part end them (docs/benchmarks.md)."""
TAKE_BACK_S = 1.0
"""An early end is announced for at least so long before it is final; speech takes it back."""
_LEAST_S = 1.2
"""No shorter silence is announced as the end, however sure it seems."""
_SHARE, _BRIEF_SHARE = 0.3, 0.5
"""Share of the silence that ends any answer at which the end of one that sounds complete is announced; more for a brief one,
which has more often only begun."""
_BRIEF_S = 12.0
"""Speech of a brief answer."""
_OPEN = frozenset(
    "a an and as at because but by for from if in into like my of on or our plus so than the their to um uh we when where "
    "which while whose with your".split()
)
"""Words that have more to come."""


def hangs(text: str) -> bool:
    """Whether a text breaks off: its last word, or the mark behind it, has more to come."""
    last = text.rsplit(maxsplit=1)[-1:]
    return bool(last) and (last[0][-1] in ",-…" or last[0].endswith("..") or last[0].strip(".").lower() in _OPEN)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was thought of one silence."""

    after_s: float
    """Second at which the speech before it ended."""
    finished: float
    """Probability that the speaker is done."""
    silence_s: float
    """How long the silence had lasted when that was known."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long silence may last."""

    silence_s: float
    """Silence after speech that ends an answer."""
    no_speech_s: float
    """Silence from the start that ends an answer in which nothing was said."""

    def ends_at(self, hearing: Hearing, judged: Judgement | None = None) -> float:
        """Seconds of the present silence at which the answer is over. A judgement of an earlier silence says nothing."""
        if not hearing.heard_speech:
            return self.no_speech_s
        if judged is None or judged.after_s != hearing.speech_end or judged.finished < COMPLETE:
            return self.silence_s
        spoken = sum(stretch.seconds for stretch in hearing.speech)
        share = _SHARE if spoken >= _BRIEF_S else _BRIEF_SHARE
        return min(self.silence_s, max(_LEAST_S, share * self.silence_s, judged.silence_s) + TAKE_BACK_S)
