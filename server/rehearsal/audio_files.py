"""Audio files as answers: read from any format, and transcribed the way a live answer is."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import av
import numpy as np
from faster_whisper.audio import decode_audio

from server.core.domain import Question, Transcript
from server.errors import InputError
from server.ports import SAMPLE_RATE, Samples
from server.room.listening import Listener
from server.services import Services

_FRAME = 640


def read_audio(path: Path) -> Samples:
    """Mono float samples at 16 kHz. Raises InputError."""
    if not path.is_file():
        raise InputError(f"there is no audio file {path}")
    try:
        samples: Samples = np.asarray(decode_audio(str(path), sampling_rate=SAMPLE_RATE), dtype=np.float32)
    except (av.error.FFmpegError, IndexError, ValueError) as error:
        raise InputError(f"{path} is not audio that can be read: {error}") from None
    if not samples.size:
        raise InputError(f"{path} has no audio in it")
    return samples


async def transcribe_samples(services: Services, samples: Samples, question: Question) -> dict[str, Any]:
    """The transcript as JSON. Raises TranscriberError."""
    assert services.transcriber is not None and services.make_vad is not None
    listener = Listener(
        "transcribe",
        services.transcriber,
        services.make_vad(),
        question.key_terms,
        services.bank.terms_of(question.topic),
        on_caption=lambda _caption: None,
        on_speech=lambda _event: None,
        sounds=services.sounds,
    )
    try:
        for start in range(0, len(samples), _FRAME):
            listener.feed(samples[start : start + _FRAME])
        heard = await listener.finish()
    finally:
        listener.close()
    transcript = Transcript(heard.words)
    return {
        "question": question.id,
        "text": transcript.text,
        "raw_text": transcript.raw_text,
        "words": [asdict(word) for word in heard.words],
        "duration_s": round(len(samples) / SAMPLE_RATE, 3),
        "heard_speech": heard.heard_speech,
    }
