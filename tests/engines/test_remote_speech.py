"""Speech recognition and synthesis by an OpenAI-compatible audio server, a real one on this machine."""

from __future__ import annotations

import io
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pytest
from fastapi import FastAPI, Form, Request, Response, UploadFile
from fastapi.responses import JSONResponse
from hotseat.engines import weights
from hotseat.engines.openai_audio import RemoteSpeaker, RemoteTranscriber
from hotseat.engines.piper import PiperSpeaker
from hotseat.engines.whisper import WhisperTranscriber
from hotseat.errors import SpeakerError, TranscriberError
from hotseat.settings import AsrSettings, TtsSettings
from hotseat.speech.recognition import Priority, RecognitionJob

from tests.audio.speech import say
from tests.conftest import MODELS, ServerProcess
from tests.support.fake_interview import finish
from tests.support.scripted_llm import nobody
from tests.support.threaded_server import serving
from tests.support.wire_candidate import sitting_at

SAID = "The base model is frozen and small matrices are trained."


class AudioServer:
    """Whisper and Piper behind the two routes, as a hosted service would offer them."""

    def __init__(self) -> None:
        self.whisper = WhisperTranscriber(str(weights.whisper_dir(MODELS)), AsrSettings(workers=1))
        self.piper = PiperSpeaker(*weights.piper_voice())
        self.heard: list[dict[str, str]] = []
        self.spoken: list[str] = []
        self.url = ""
        self.app = FastAPI()
        self.app.post("/v1/audio/transcriptions")(self.transcribe)
        self.app.post("/v1/audio/speech")(self.speak)

    def transcribe(
        self,
        file: UploadFile,
        model: Annotated[str, Form()],
        language: Annotated[str, Form()],
        prompt: Annotated[str, Form()] = "",
    ) -> dict[str, Any]:
        self.heard.append({"model": model, "language": language, "prompt": prompt})
        with wave.open(io.BytesIO(file.file.read())) as audio:
            samples = np.frombuffer(audio.readframes(audio.getnframes()), dtype="<i2").astype(np.float32) / 32768
        words = self.whisper.hear(RecognitionJob("", samples, Priority.FINAL))
        return {
            "text": " ".join(word.text for word in words),
            "language": language,
            "duration": len(samples) / 16_000,
            "words": [{"word": word.text, "start": word.start, "end": word.end} for word in words],
        }

    def speak(self, request: dict[str, Any]) -> Response:
        self.spoken.append(request["input"])
        voice = self.piper.say(request["input"])
        buffer = io.BytesIO()
        with wave.open(buffer, "wb") as audio:
            audio.setnchannels(1)
            audio.setsampwidth(2)
            audio.setframerate(voice.sample_rate)
            audio.writeframes(voice.pcm)
        return Response(buffer.getvalue(), media_type="audio/wav")


@pytest.fixture(scope="module")
def audio_server() -> Iterator[AudioServer]:
    server = AudioServer()
    with serving(server.app) as address:
        server.url = f"{address}/v1"
        yield server


async def test_an_interview_is_heard_and_spoken_remotely(
    audio_server: AudioServer, start_server: Callable[..., ServerProcess]
) -> None:
    """With both URLs set, the question is spoken and the answer written down by the other server, with the terms as prompt."""
    server = start_server(
        HOTSEAT_ASR__URL=audio_server.url,
        HOTSEAT_ASR__MODEL="whisper-base",
        HOTSEAT_TTS__URL=audio_server.url,
        HOTSEAT_TTS__VOICE="joe",
        HOTSEAT_LLM__URL="off",
    ).wait_until_ready()
    try:
        async with sitting_at(server.url, follow_ups=0) as candidate:
            await candidate.say(type="start")
            answer = await candidate.answer(1, say(SAID))
            await finish(candidate, 60)
            review = await candidate.review()
    finally:
        server.stop()
    assert "base model is frozen" in answer.text.lower()
    [words] = [entry["answers"][0]["words"] for entry in review["rounds"]]
    assert 0 <= words[0]["start"] < words[-1]["end"] <= 8
    assert any("Explain how LoRA works" in text for text in audio_server.spoken)
    assert {item["model"] for item in audio_server.heard} == {"whisper-base"}
    assert any("LoRA" in item["prompt"] for item in audio_server.heard)


async def test_a_server_that_is_gone_is_named(tmp_path: Path) -> None:
    """Errors say which address failed, so that the candidate's page and the doctor can."""
    with nobody() as gone:
        hearing = RemoteTranscriber(AsrSettings(url=gone.url, model="m", timeout_s=2))
        with pytest.raises(TranscriberError, match=gone.url):
            await hearing.ping()
        with pytest.raises(SpeakerError, match=gone.url):
            await RemoteSpeaker(TtsSettings(url=gone.url, model="m", voice="v", timeout_s=2)).speak("Hello.")


@contextmanager
def refusing() -> Iterator[str]:
    """The address of an audio server that refuses everything in words that repeat the request."""
    app = FastAPI()

    async def refuse(request: Request) -> Response:
        body = await request.body()
        return JSONResponse({"error": {"message": f"cannot handle {body.decode(errors='replace')[:2000]}"}}, 422)

    for path in ("/v1/audio/transcriptions", "/v1/audio/speech"):
        app.post(path)(refuse)
    with serving(app) as address:
        yield f"{address}/v1"


async def test_a_servers_words_are_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Errors go into the log, and a server's may hold what was to be said; the doctor's question is none of anybody's words.

    No proxy stands between: whoever is named by HTTP_PROXY gets nothing that is meant for this machine.
    """
    with refusing() as url, nobody() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url.removesuffix("/v1"))
        hearing = RemoteTranscriber(AsrSettings(url=url, model="m", timeout_s=5))
        job = RecognitionJob("", np.zeros(1600, np.float32), Priority.FINAL, terms=("canaries",))
        with pytest.raises(TranscriberError) as heard:
            await hearing.recognise(job)
        with pytest.raises(SpeakerError) as spoken:
            await RemoteSpeaker(TtsSettings(url=url, model="m", voice="v", timeout_s=5)).speak("You keep canaries.")
        for error in (heard.value, spoken.value):
            assert str(error).endswith(f"at {url} answered HTTP 422 (UnprocessableEntityError)")
        with pytest.raises(TranscriberError, match="cannot handle"):
            await hearing.ping()
