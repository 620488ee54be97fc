"""Builds the model adapters that the settings ask for. Importing this module takes seconds: it brings the model runtimes in."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TypeVar

from pydantic import SecretStr

from server.adapters import weights
from server.adapters.embedder import open_embedder
from server.adapters.llama import LlamaServer
from server.adapters.openai_audio import RemoteSpeaker, RemoteTranscriber
from server.adapters.openai_chat import OpenAiChat
from server.adapters.phonemes import EspeakPhonemes
from server.adapters.piper import PiperSpeaker
from server.adapters.silero import SileroModel
from server.adapters.whisper import WhisperTranscriber
from server.errors import ChatModelError, WeightsError
from server.grading.appeal import Appeals
from server.grading.combined import CombinedGrader
from server.grading.embedded import EmbeddedGrader
from server.grading.llm import LlmGrader
from server.operations.metrics import MeasuredChat, MeasuredTranscriber
from server.ports import ChatModel, Grader
from server.room.interviewer import Interviewer
from server.room.voice import PreparedVoice
from server.services import GRADER, HEARING, LLM, VOICE, BackgroundChat, Part, Services
from server.settings import EMBEDDED, OFF

Loaded = TypeVar("Loaded")


async def load_models(services: Services) -> None:
    """Fills in every model; failures are recorded in ``services.parts``, not raised."""
    chat, *_ = await asyncio.gather(_load_llm(services), _load_hearing(services), _load_voice(services))
    await _load_grader(services, chat)


async def _load_voice(services: Services) -> None:
    wanted = services.settings.tts.voice
    with services.loading(VOICE) as part:
        if wanted == OFF:
            services.voice = PreparedVoice(None)
            part.state, part.detail = "off", "questions are only written"
            return
        tts = services.settings.tts
        if tts.url:
            part.detail = f"asking {tts.url}"
            remote = PreparedVoice(RemoteSpeaker(tts.url, tts.model, wanted, _key(tts.api_key), timeout_s=tts.timeout_s))
            await remote.prepare()
            services.voice = remote
            part.detail = f"{wanted} at {tts.url}"
            return
        part.detail = "loading"
        model, config = weights.piper_voice() if wanted == EMBEDDED else (Path(wanted), Path(f"{wanted}.json"))
        if not model.exists() or not config.exists():
            raise WeightsError(f"there is no Piper voice at {model} (with its .json beside it)")
        prepared = PreparedVoice(await asyncio.to_thread(PiperSpeaker, model, config))
        await prepared.prepare()
        services.voice = prepared
        part.detail = model.stem


async def _load_hearing(services: Services) -> None:
    asr = services.settings.asr
    with services.loading(HEARING) as part:
        if asr.url:
            await _load_remote_hearing(services, part)
            return
        model = asr.model
        if model == EMBEDDED:
            model = str(await asyncio.to_thread(weights.whisper_dir, services.settings.models, part.progress))
        part.progress("loading the model", 0, 0)
        vad = await asyncio.to_thread(SileroModel)
        transcriber = await asyncio.to_thread(
            WhisperTranscriber,
            model,
            device=asr.device,
            compute_type=asr.compute_type,
            workers=asr.workers,
            threads=asr.threads,
            language=asr.language,
        )
        services.make_vad = vad.session
        services.transcriber = MeasuredTranscriber(transcriber, services.metrics)
        services.metrics.watch_queue(transcriber.metrics)
        services.sounds = EspeakPhonemes()
        part.detail = "Whisper base" if asr.model == EMBEDDED else asr.model


async def _load_remote_hearing(services: Services, part: Part) -> None:
    """Speech is still detected here. Raises TranscriberError."""
    asr = services.settings.asr
    part.detail = f"asking {asr.url}"
    transcriber = RemoteTranscriber(
        asr.url, asr.model, _key(asr.api_key), language=asr.language, at_once=2 * asr.workers, timeout_s=asr.timeout_s
    )
    await transcriber.ping()
    vad = await asyncio.to_thread(SileroModel)
    services.make_vad = vad.session
    services.transcriber = transcriber
    services.sounds = EspeakPhonemes()
    part.detail = f"{asr.model} at {asr.url}"


def _key(secret: SecretStr) -> str:
    return secret.get_secret_value()


async def _load_llm(services: Services) -> ChatModel | None:
    llm = services.settings.llm
    chat: ChatModel | None = None
    with services.loading(LLM) as part:
        if llm.url == OFF:
            part.state, part.detail = "off", "follow-ups come from the bank"
        elif llm.url == EMBEDDED:
            chat = await _embedded_chat(services, part)
        else:
            remote = OpenAiChat(llm.url, llm.model, _key(llm.api_key), llm.timeout_s)
            chat = remote
            part.detail = f"asking {llm.url}"
            try:
                await remote.ping()
                part.detail = f"{llm.model} at {llm.url}"
            except ChatModelError as error:
                # Not fatal: it may come up later, and every use has a fallback.
                part.state, part.detail = "off", f"{error}; until it answers, follow-ups come from the bank"
    if part.state == "failed":
        part.state, part.detail = "off", f"{part.detail}; follow-ups come from the bank"
    asked = None if chat is None else MeasuredChat(chat, services.metrics)
    services.interviewer = Interviewer(asked, services.prompts, llm.first_token_s)
    return chat


async def _embedded_chat(services: Services, part: Part) -> ChatModel:
    """Raises WeightsError, ChatModelError."""
    llm = services.settings.llm
    gguf = await asyncio.to_thread(weights.gguf_path, services.settings.models, part.progress)
    part.progress("loading the model", 0, 0)
    services.llama = await asyncio.to_thread(
        LlamaServer, gguf, threads=llm.threads or max(1, (os.cpu_count() or 2) - 1), context=llm.context
    )
    chat = OpenAiChat(services.llama.url, gguf.stem, services.llama.key, llm.timeout_s)
    await chat.ping()
    part.detail = gguf.stem
    return chat


async def _load_grader(services: Services, chat: ChatModel | None) -> None:
    with services.loading(GRADER) as part:
        part.detail = "loading"
        embedded = EmbeddedGrader(await asyncio.to_thread(open_embedder), versions=services.bank.versions)
        services.embedded = embedded
        if chat is not None and services.settings.llm.url == EMBEDDED:
            chat = BackgroundChat(chat, services.quiet)
        judge = LlmGrader(chat, services.prompts, versions=services.bank.versions) if chat is not None else None
        services.grader = _chosen_grader(services.settings.grader, embedded, judge)
        services.appeals = Appeals(embedded, judge)
        part.detail = services.settings.grader if services.grader is not embedded else "embedded"


def _chosen_grader(wanted: str, embedded: EmbeddedGrader, judge: LlmGrader | None) -> Grader:
    if judge is None or wanted == "embedded":
        return embedded
    return judge if wanted == "llm" else CombinedGrader(embedded, judge)


async def load_for_grading(services: Services) -> Grader:
    """Only what grading needs, for the command line."""
    chat = None if services.settings.grader == "embedded" else await _load_llm(services)
    await _load_grader(services, chat)
    return _wanted(services.grader, services.parts[GRADER])


async def load_for_hearing(services: Services) -> None:
    """Only what transcribing needs, for the command line. Raises WeightsError."""
    await _load_hearing(services)
    _wanted(services.transcriber, services.parts[HEARING])


def _wanted(loaded: Loaded | None, part: Part) -> Loaded:
    if loaded is None:
        raise WeightsError(f"{part.name}: {part.detail}")
    return loaded
