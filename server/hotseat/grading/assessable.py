"""Tells whether there is enough reliable transcript to grade a round at all."""

from __future__ import annotations

from collections.abc import Sequence

from hotseat.domain.model import Answer

MIN_PROBABILITY = 0.40
"""Lowest mean word probability of a transcript that can be trusted."""
UNSURE_SHARE = 0.5
"""Highest share of words under ``UNSURE_WORD`` in a transcript that can be trusted."""
UNSURE_WORD = 0.35
"""Word probability."""
FEW_WORDS = 4
"""Fewer words than this in more than ``LONG_S`` seconds of audio mean that the speech was not recognised."""
LONG_S = 20.0


def why_not(answers: Sequence[Answer]) -> str:
    """Why a round can't be assessed, as a sentence for the candidate, or "" if it can."""
    words = [word for answer in answers for word in answer.transcript.words]
    if not words:
        lost = any(answer.note for answer in answers)
        return "We couldn’t transcribe your answer. Its recording is kept." if lost else "Nothing was said."
    spoken = [word for answer in answers if not answer.transcript.typed for word in answer.transcript.words]
    if len(spoken) < len(words) or not spoken:
        return ""
    mean = sum(word.probability for word in spoken) / len(spoken)
    unsure = sum(word.probability < UNSURE_WORD for word in spoken) / len(spoken)
    if mean < MIN_PROBABILITY or unsure > UNSURE_SHARE:
        return "The recording was too unclear to be transcribed reliably."
    seconds = sum(answer.duration_s for answer in answers)
    if seconds > LONG_S and len(spoken) < FEW_WORDS:
        return "Hardly any speech was heard in the recording."
    return ""
