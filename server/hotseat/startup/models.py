"""Builds the models that the settings ask for. Importing this module takes seconds: it brings the model runtimes in.

Clients of OpenAI-compatible servers are imported where one is used: that takes most of a second more.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
from pathlib import Path
from typing import Any, TypeVar

from hotseat.chat import ChatModel
from hotseat.engines import weights
from hotseat.engines.native_memory import release_free_memory
from hotseat.engines.phonemes import phonemes
from hotseat.engines.piper import PiperSpeaker
from hotseat.engines.reader import WEIGHTS, OnnxReader
from hotseat.engines.silero import SileroActivity
from hotseat.engines.smart_turn import SmartTurn
from hotseat.engines.whisper import WhisperTranscriber
from hotseat.errors import ChatModelError, ContentError, InputError, WeightsError
from hotseat.grading.embedded import EmbeddedGrader
from hotseat.grading.exam import FILE as EXAM
from hotseat.grading.exam import Exam, key_of, load_exam
from hotseat.grading.grader import Grader
from hotseat.grading.llm import LlmGrader
from hotseat.grading.thresholds import THRESHOLDS
from hotseat.interview import exam as interviewer_exam
from hotseat.interview.cv_claims import ClaimQuestions
from hotseat.interview.llm_interviewer import Endpoint
from hotseat.server_status import GRADER, HEARING, LLM, VOICE, Part, PartState
from hotseat.settings import EMBEDDED, OFF, AsrSettings, TtsSettings
from hotseat.speech.synthesis import PreparedVoice, Speaker
from hotseat.startup.assembly import Assembly
from hotseat.startup.exams import choose_grader, choose_interviewer
from hotseat.supervision import PROBE_HERE_S, SupervisedChat, SupervisedSpeaker, SupervisedTranscriber, Supervisor

log = logging.getLogger(__name__)

Loaded = TypeVar("Loaded")
PROBE_EVERY_S = 5.0
"""Seconds between two checks of the embedded language model's process, and of the recogniser's threads."""


async def load_models(assembly: Assembly) -> None:
    """Fills in every model; failures are recorded in ``assembly.status``, not raised."""
    grades = assembly.settings.packaged_llm_grades
    chat, *_ = await asyncio.gather(_load_llm(assembly, grades=grades), _load_hearing(assembly), _load_voice(assembly))
    await load_grader(assembly, chat)
    await asyncio.to_thread(release_free_memory)


async def _load_voice(assembly: Assembly) -> None:
    tts = assembly.settings.tts
    with assembly.status.loading(VOICE) as part:
        if tts.voice == OFF:
            assembly.speech.voice = PreparedVoice(None)
            part.state, part.detail = PartState.OFF, "questions are only written"
            return
        supervisor = _remote_voice(tts, part) if tts.url else await _local_voice(tts, assembly.settings.models, part)
        voice = PreparedVoice(SupervisedSpeaker(_kept(assembly, supervisor)), assembly.library.catalogue.script.constant())
        await voice.prepare()
        assembly.speech.voice = voice


def _remote_voice(tts: TtsSettings, part: Part) -> Supervisor[Speaker]:
    from hotseat.engines.openai_audio import RemoteSpeaker

    return Supervisor(part, RemoteSpeaker(tts), None, _speaks, detail=f"{tts.voice} at {tts.url}")


async def _local_voice(tts: TtsSettings, models_dir: Path, part: Part) -> Supervisor[Speaker]:
    """Raises WeightsError."""
    part.detail = "loading"
    embedded = tts.voice == EMBEDDED
    model, config = weights.piper_voice(models_dir) if embedded else (Path(tts.voice), Path(f"{tts.voice}.json"))
    if not model.exists() or not config.exists():
        raise WeightsError(f"there is no Piper voice at {model} (with its .json beside it)")

    async def again(_hung: Speaker) -> Speaker:
        return await asyncio.to_thread(PiperSpeaker, model, config)

    speaker = await asyncio.to_thread(PiperSpeaker, model, config)
    return Supervisor(part, speaker, again, _speaks, detail=model.stem, probe_s=PROBE_HERE_S)


async def _load_hearing(assembly: Assembly) -> None:
    asr = assembly.settings.asr
    with assembly.status.loading(HEARING) as part:
        assembly.speech.is_remote = bool(asr.url)
        supervisor = await (_remote_hearing(asr, part) if asr.url else _local_hearing(assembly, part))
        # Speech and its end are detected here in any case.
        await asyncio.to_thread(SileroActivity)  # loads the model
        assembly.speech.make_vad = SileroActivity
        assembly.speech.turns = await asyncio.to_thread(SmartTurn)
        assembly.speech.transcriber = SupervisedTranscriber(_kept(assembly, supervisor), assembly.metrics)
        assembly.speech.phonemes = phonemes


async def _remote_hearing(asr: AsrSettings, part: Part) -> Supervisor[Any]:
    """Raises TranscriberError."""
    from hotseat.engines.openai_audio import RemoteTranscriber

    part.detail = f"asking {asr.url}"
    transcriber = RemoteTranscriber(asr)
    await transcriber.ping()
    return Supervisor(part, transcriber, None, RemoteTranscriber.ping, detail=f"{asr.model} at {asr.url}")


async def _local_hearing(assembly: Assembly, part: Part) -> Supervisor[Any]:
    """Raises WeightsError."""
    whisper = await _local_transcriber(assembly, part)

    async def again(_broken: WhisperTranscriber) -> WhisperTranscriber:
        nonlocal whisper
        whisper.close()
        whisper = await _local_transcriber(assembly, Part(HEARING))
        return whisper

    assembly.metrics.register(lambda: whisper.queue.metrics())
    model = assembly.settings.asr.model
    name = "Whisper base" if model == EMBEDDED else model
    return Supervisor(part, whisper, again, WhisperTranscriber.check, detail=name, probe_s=PROBE_HERE_S, every_s=PROBE_EVERY_S)


async def _local_transcriber(assembly: Assembly, part: Part) -> WhisperTranscriber:
    """Raises WeightsError."""
    asr = assembly.settings.asr
    model = asr.model
    if model == EMBEDDED:
        model = str(await asyncio.to_thread(weights.whisper_dir, assembly.settings.models, part.progress))
    part.progress("loading the model", 0, 0)
    return await asyncio.to_thread(WhisperTranscriber, model, asr)


def _kept(assembly: Assembly, supervisor: Supervisor[Loaded]) -> Supervisor[Loaded]:
    assembly.supervisors.append(supervisor)
    return supervisor


async def _speaks(speaker: Speaker) -> None:
    await speaker.speak("Okay.")


async def _load_llm(assembly: Assembly, *, grades: bool) -> ChatModel | None:
    """``grades``: whether the packaged model is wanted, which only grades."""
    llm = assembly.settings.llm
    chat: ChatModel | None = None
    with assembly.status.loading(LLM) as part:
        if llm.url == OFF:
            part.state, part.detail = PartState.OFF, "follow-ups come from the bank"
        elif llm.url == EMBEDDED and not grades:
            part.state, part.detail = PartState.OFF, "not needed: the question bank asks and the built-in reader grades"
        elif llm.url == EMBEDDED:
            chat = await _embedded_chat(assembly, part)
        else:
            chat = await _remote_chat(assembly, part)
    if part.state is PartState.FAILED:
        part.state = PartState.OFF  # interviews go on without
    if chat is not None and llm.is_remote:
        await asyncio.to_thread(_use_endpoint, assembly, Endpoint(chat, assembly.prompts, llm.reply_s))
        assembly.claims = ClaimQuestions(chat, assembly.prompts)
    return chat


def _use_endpoint(assembly: Assembly, endpoint: Endpoint) -> None:
    """Lets the endpoint ask follow-ups, unless it has failed the exam for that."""
    settings, interviewer = assembly.settings, assembly.interviewer
    interviewer.endpoint = endpoint
    try:
        dialogues = interviewer_exam.load_dialogues(settings.rubrics_dir / interviewer_exam.FILE, assembly.library.bank)
    except ContentError as error:
        log.warning("there is no exam for interviewers: %s", error)
        return
    if dialogues:
        model = settings.llm.model
        key = interviewer_exam.key_of(model, settings.llm.url, endpoint, dialogues)
        path = settings.data_dir / "interviewer-exams.json"
        interviewer.exam = interviewer_exam.Exam(model, endpoint, dialogues, path, key)
    choose_interviewer(assembly)


async def _remote_chat(assembly: Assembly, part: Part) -> ChatModel:
    from hotseat.engines.openai_chat import OpenAiChat

    llm = assembly.settings.llm
    remote = OpenAiChat(llm.url, llm.model, llm.api_key.get_secret_value(), llm.timeout_s)

    supervisor = _kept(assembly, Supervisor(part, remote, None, OpenAiChat.ping, detail=f"{llm.model} at {llm.url}"))
    try:
        await remote.ping()
    except ChatModelError as error:  # not fatal: it may come up later, and every use has a fallback
        supervisor.degrade(f"{error}; until it answers, follow-ups come from the bank")
    return SupervisedChat(llm.model, supervisor, assembly.metrics)


async def _embedded_chat(assembly: Assembly, part: Part) -> ChatModel:
    """Raises WeightsError, ChatModelError."""
    from hotseat.engines.llama import LlamaServer
    from hotseat.engines.llama_chat import LlamaChat

    llm = assembly.settings.llm
    gguf = await asyncio.to_thread(weights.assembled, weights.QWEN_GGUF, assembly.settings.models, part.progress)
    threads = llm.threads or max(1, (os.cpu_count() or 2) - 1)

    async def start() -> LlamaChat:
        server = await asyncio.to_thread(LlamaServer, gguf, threads=threads, context=llm.context)
        assembly.llama = server
        return LlamaChat(server, gguf.stem, llm.timeout_s)

    async def again(broken: LlamaChat) -> LlamaChat:
        await broken.close()
        return await start()

    part.progress("loading the model", 0, 0)
    chat = await start()
    await chat.ping()
    supervisor = _kept(assembly, Supervisor(part, chat, again, LlamaChat.check, detail=gguf.stem, every_s=PROBE_EVERY_S))
    return SupervisedChat(gguf.stem, supervisor, assembly.metrics, assembly.turns)


async def load_grader(assembly: Assembly, chat: ChatModel | None) -> None:
    with assembly.status.loading(GRADER) as part:
        part.detail = "loading"
        reader = await asyncio.to_thread(OnnxReader)
        assembly.graders.embedded = EmbeddedGrader(reader)
        assembly.speech.acts = reader
        if chat is not None:
            assembly.graders.llm = LlmGrader(chat, assembly.prompts)
            assembly.graders.exam = await asyncio.to_thread(
                _make_exam, assembly, assembly.graders.llm, assembly.graders.embedded
            )
        choose_grader(assembly)


def _make_exam(assembly: Assembly, llm: LlmGrader, embedded: EmbeddedGrader) -> Exam | None:
    """None where the bank has no exam, or one that doesn't fit it."""
    bank, settings = assembly.library.bank, assembly.settings
    try:
        items = load_exam(settings.rubrics_dir / EXAM, bank)
    except ContentError as error:
        log.warning("there is no exam: %s", error)
        return None
    reader = f"{hashlib.sha256(WEIGHTS.read_bytes()).hexdigest()} {THRESHOLDS}"
    key = key_of(llm, settings.llm.url, items, reader)
    return Exam(llm, embedded, items, settings.data_dir / "exams.json", key) if items else None


async def load_for_grading(assembly: Assembly) -> Grader:
    """Only what grading needs, for the command line. Raises WeightsError.

    A language model that is asked for by name grades alone: where it fails, nothing stands in for it.
    """
    settings = assembly.settings
    may_judge = settings.grader == "llm" or (settings.grader == "auto" and settings.llm.is_remote)
    chat = await _load_llm(assembly, grades=True) if may_judge else None
    if settings.packaged_llm_grades:
        _wanted(chat, assembly.status.parts[LLM])
    await load_grader(assembly, chat)
    grader = assembly.graders.llm if settings.grader == "llm" else assembly.graders.in_use
    return _wanted(grader, assembly.status.parts[GRADER])


async def load_for_exam(assembly: Assembly) -> Exam:
    """Raises InputError where there is no model to sit it, or no exam; WeightsError where nothing can grade beside it."""
    await load_grader(assembly, await _load_llm(assembly, grades=True))
    _wanted(assembly.graders.in_use, assembly.status.parts[GRADER])
    if assembly.graders.llm is None:
        raise InputError(f"there is no language model to sit it ({assembly.status.parts[LLM].detail}); see HOTSEAT_LLM__URL")
    if assembly.graders.exam is None:
        raise InputError(f"{assembly.settings.rubrics_dir} has no {EXAM}, or one that doesn't fit its questions")
    return assembly.graders.exam


async def load_for_hearing(assembly: Assembly) -> None:
    """Only what transcribing needs, for the command line. Raises WeightsError."""
    await _load_hearing(assembly)
    _wanted(assembly.speech.transcriber, assembly.status.parts[HEARING])


def _wanted(loaded: Loaded | None, part: Part) -> Loaded:
    if loaded is None:
        raise WeightsError(f"{part.name}: {part.detail}")
    return loaded
