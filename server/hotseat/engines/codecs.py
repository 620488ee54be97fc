"""Encodes recordings as FLAC, which is lossless, or Opus, which takes a tenth of the size; and decodes them."""

from __future__ import annotations

import io
from typing import Literal

import av
import numpy as np

from hotseat.errors import InputError
from hotseat.speech.audio import SAMPLE_RATE

Codec = Literal["flac", "opus"]

EXTENSIONS: dict[Codec, str] = {"flac": "flac", "opus": "ogg"}
_CONTAINERS: dict[Codec, tuple[str, str]] = {"flac": ("flac", "flac"), "opus": ("ogg", "libopus")}
_DECODED: dict[Codec, tuple[str, int, int]] = {"flac": ("flac", SAMPLE_RATE, 1), "opus": ("opus", 48_000, 1)}
"""(codec, samples a second, channels) of a stream that ``encode`` wrote; Opus always comes out at 48 kHz."""
_OPUS_BITS_PER_S = 24_000


def encode(pcm: bytes, codec: Codec) -> bytes:
    """Mono PCM16 at 16 kHz, of at least one sample, as a file."""
    container, encoder = _CONTAINERS[codec]
    file = io.BytesIO()
    with av.open(file, "w", format=container) as output:
        stream = output.add_stream(encoder, rate=SAMPLE_RATE)
        assert isinstance(stream, av.AudioStream)
        stream.layout = "mono"
        stream.format = "s16"
        if codec == "opus":
            stream.bit_rate = _OPUS_BITS_PER_S
            stream.codec_context.options = {"compression_level": "5"}  # four times as fast as the default, hardly larger
        frame = av.AudioFrame.from_ndarray(np.frombuffer(pcm, "<i2")[np.newaxis], format="s16", layout="mono")
        frame.sample_rate = SAMPLE_RATE
        output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return file.getvalue()


def decode(data: bytes, codec: Codec, samples: int) -> bytes:
    """A file of ``encode`` as PCM16 of exactly ``samples`` samples; Opus, in whole blocks, is cut or padded with silence.

    Raises InputError for other files. Never holds more than ``samples`` and a block in memory: streams that ``encode`` doesn't
    write, such as one of a sample a second, which would expand to sixteen thousand, are refused.
    """
    resampler = av.AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE)
    pcm = bytearray()
    try:
        with av.open(io.BytesIO(data), "r", format=_CONTAINERS[codec][0]) as file:
            context = file.streams.audio[0].codec_context
            if (context.name.removeprefix("lib"), context.sample_rate, context.layout.nb_channels) != _DECODED[codec]:
                raise InputError(f"is not {codec} audio as an export writes it: {SAMPLE_RATE} samples a second, one channel")
            for frame in file.decode(audio=0):
                if (frame.sample_rate, frame.layout.nb_channels) != _DECODED[codec][1:]:  # may change within a stream
                    raise ValueError("its form changes")
                for part in resampler.resample(frame):
                    pcm += part.to_ndarray().astype("<i2").tobytes()
                if len(pcm) > 2 * samples:
                    break
            else:
                for part in resampler.resample(None):
                    pcm += part.to_ndarray().astype("<i2").tobytes()
    except (av.error.FFmpegError, IndexError, ValueError) as error:
        raise InputError(f"is not {codec} audio that can be read: {error}") from None
    if codec == "flac" and len(pcm) != 2 * samples:
        raise InputError(f"does not hold {samples} samples")
    del pcm[2 * samples :]
    return bytes(pcm).ljust(2 * samples, b"\0")
