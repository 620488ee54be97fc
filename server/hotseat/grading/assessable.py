"""Tells whether there is enough reliable transcript to grade a round at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hotseat.domain.model import Answer


@dataclass(frozen=True, slots=True)
class Limits:
    probability: float = 0.40
    """Lowest mean word probability of a transcript that can be trusted."""
    unsure_share: float = 0.5
    """Highest share of words under ``unsure_word`` in a transcript that can be trusted."""
    unsure_word: float = 0.35
    """Word probability."""
    few_words: int = 4
    """Fewer words than this in more than ``long_s`` seconds of audio mean that the speech was not recognised."""
    long_s: float = 20.0
    """Seconds."""


DEFAULT = Limits()


def why_not(answers: Sequence[Answer], limits: Limits = DEFAULT) -> str:
    """Why a round can't be assessed, as a sentence for the candidate, or "" if it can."""
    words = [word for answer in answers for word in answer.transcript.words]
    if not words:
        lost = any(answer.note for answer in answers)
        return "We couldn’t transcribe your answer. Its recording is kept." if lost else "Nothing was said."
    spoken = [word for answer in answers if not answer.transcript.typed for word in answer.transcript.words]
    if len(spoken) < len(words) or not spoken:
        return ""
    mean = sum(word.probability for word in spoken) / len(spoken)
    unsure = sum(word.probability < limits.unsure_word for word in spoken) / len(spoken)
    if mean < limits.probability or unsure > limits.unsure_share:
        return "The recording was too unclear to be transcribed reliably."
    seconds = sum(answer.duration_s for answer in answers)
    if seconds > limits.long_s and len(spoken) < limits.few_words:
        return "Hardly any speech was heard in the recording."
    return ""
