"""Checks of the question bank, the weights and models, and configured endpoints."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import httpx
from pydantic import SecretStr

from hotseat.doctor.check import Check
from hotseat.doctor.installation import install_method
from hotseat.engines.weights import JOE_CONFIG, JOE_VOICE, QWEN_GGUF, WHISPER_BASE, Weight, verified
from hotseat.errors import ContentError, SettingsError, WeightsError
from hotseat.grading.graders import Graders
from hotseat.interview.bank_interviewer import Interviewer
from hotseat.loopback import is_loopback_url
from hotseat.questions.content import load_bank
from hotseat.server_status import GRADER, HEARING, LLM, STORAGE, VOICE, Part, PartState
from hotseat.settings import EMBEDDED, OFF, Settings
from hotseat.telemetry.tracing import Spans, traces_url

_INSTALL = f'install the "local" extra: {install_method().with_speech}'
_INSTALL_LLM = f'install the "llm" extra: {install_method().with_llm}'
_TIMEOUT_S = 10.0
_MENDS = {
    STORAGE: "see Data directory and Disk, or correct HOTSEAT_DATABASE_URL or HOTSEAT_ARCHIVE_URL and start what they name",
    HEARING: f"{_INSTALL}, or name another model with HOTSEAT_ASR__MODEL",
    VOICE: f"{_INSTALL}, name another voice with HOTSEAT_TTS__VOICE, or turn it off",
    LLM: f"{_INSTALL_LLM}, and the library it misses, if one is named (libgomp.so.1 is Debian's libgomp1); "
    "or name an endpoint with HOTSEAT_LLM__URL, or turn it off",
    GRADER: _INSTALL,
}


def bank(settings: Settings) -> Check:
    try:
        found = load_bank(settings.rubrics_dir)
    except ContentError as error:
        return Check("Question bank", False, str(error), "correct that file; `hotseat bank --check` finds the rest")
    return Check("Question bank", True, f"{len(found.questions)} questions in {len(found.topics)} topics")


def packaged_weights(settings: Settings) -> dict[str, tuple[Weight, ...]]:
    """The packaged files that the settings use, by part."""
    wanted: dict[str, tuple[Weight, ...]] = {}
    if settings.asr.model == EMBEDDED and not settings.asr.url:
        wanted[HEARING] = WHISPER_BASE
    if settings.tts.voice == EMBEDDED and not settings.tts.url:
        wanted[VOICE] = (JOE_VOICE, JOE_CONFIG)
    if settings.packaged_llm_grades:
        wanted[LLM] = (QWEN_GGUF,)
    return wanted


def weights(settings: Settings) -> list[Check]:
    """Every packaged file that the settings use, read in full and compared with its sha256."""
    names = {HEARING: "speech recognition", VOICE: "the voice", LLM: "the language model"}
    return [
        weight_files(f"Weights of {names[part]}", files, settings.models, _INSTALL_LLM if part == LLM else _INSTALL)
        for part, files in packaged_weights(settings).items()
    ]


def weight_files(name: str, files: Iterable[Weight], models: Path, install: str = _INSTALL) -> Check:
    unjoined = 0
    for weight in files:
        try:
            path = verified(weight, models)
        except WeightsError as error:
            joined = models / weight.name
            damaged = bool(weight.name) and joined.exists()
            mend = f"delete {joined}; the next start joins it anew from its packages" if damaged else install
            return Check(name, False, str(error), mend)
        unjoined += path is None
    return Check(
        name, True, "the packages are installed; the first start joins them" if unjoined else "whole, sha256 as expected"
    )


async def endpoints(settings: Settings) -> list[Check]:
    """Every remote server that the settings name. One for audio need not list its models, so it is only asked to answer."""
    llm, asr, tts = settings.llm, settings.asr, settings.tts
    checks: list[Check] = []
    if llm.is_remote:
        checks.append(await endpoint("LLM endpoint", "LLM", llm.url, llm.model, llm.api_key))
    if asr.url:
        checks.append(await endpoint("Speech recognition endpoint", "ASR", asr.url, None, asr.api_key))
    if tts.url and tts.voice != OFF:
        checks.append(await endpoint("Voice endpoint", "TTS", tts.url, None, tts.api_key))
    return checks


async def collector(settings: Settings) -> list[Check]:
    """The OpenTelemetry collector, if the settings name one; it is sent an empty report."""
    if not settings.otlp_url:
        return []
    name, url = "OpenTelemetry collector", traces_url(settings.otlp_url)
    try:
        Spans(settings.otlp_url).close()
    except SettingsError as error:
        return [Check(name, False, str(error), "install the extra, or unset HOTSEAT_OTLP_URL")]
    try:
        async with httpx.AsyncClient(timeout=_TIMEOUT_S, trust_env=not is_loopback_url(url)) as http:
            reply = await http.post(url, headers={"content-type": "application/x-protobuf"})
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        detail = f"nothing answers at {url}: {type(error).__name__} {error}".rstrip()
        return [Check(name, False, detail, "start it, correct HOTSEAT_OTLP_URL, or unset it; interviews go on without")]
    if not reply.is_success:
        mend = "HOTSEAT_OTLP_URL should be the address for OTLP over HTTP, usually port 4318 without a path"
        return [Check(name, False, f"{url} answered {reply.status_code}", mend)]
    return [Check(name, True, f"{url} takes traces")]


async def endpoint(name: str, variable: str, url: str, model: str | None, key: SecretStr) -> Check:
    """Whether an OpenAI-compatible server answers, accepts the key, and serves ``model`` (None: any)."""
    prefix = f"HOTSEAT_{variable}__"
    try:
        async with httpx.AsyncClient(timeout=_TIMEOUT_S, trust_env=not is_loopback_url(url)) as http:
            reply = await http.get(f"{url.rstrip('/')}/models", headers={"authorization": f"Bearer {key.get_secret_value()}"})
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        detail = f"nothing answers at {url}: {type(error).__name__} {error}".rstrip()
        return Check(name, False, detail, f"start that server, or correct {prefix}URL")
    if reply.status_code in (401, 403):
        return Check(name, False, f"{url} refuses the key ({reply.status_code})", f"correct {prefix}API_KEY")
    if model is None and reply.status_code < 500:
        return Check(name, True, f"{url} answers")
    try:
        served = [entry["id"] for entry in reply.raise_for_status().json()["data"]]
    except (httpx.HTTPStatusError, ValueError, LookupError, TypeError):
        detail = f"{url}/models answered {reply.status_code}, not a list of models"
        return Check(name, False, detail, f"{prefix}URL should end where an OpenAI-compatible API begins, usually in /v1")
    if model not in served:
        detail = f"{url} does not serve {model!r}, but {', '.join(served[:5]) or 'nothing'}"
        return Check(name, False, detail, f"set {prefix}MODEL to one of these")
    return Check(name, True, f"{model} at {url}")


def exam(graders: Graders) -> list[Check]:
    """What came of the language model's exam, where it has sat it or will."""
    if graders.exam is None:
        return []
    model, sitting = graders.exam.llm.model, graders.exam.sitting
    if sitting is None:
        mend = f"`hotseat exam` has {model} sit it; with HOTSEAT_GRADER=auto a server does so for a remote endpoint"
        return [Check("Exam", True, f"{model} has not sat it", mend)]
    used = "it grades" if graders.in_use is not graders.embedded else "it does not grade"
    result = "passed" if sitting.passed else "did not pass"
    return [
        Check(
            "Exam",
            True,
            f"{model} {result}, {used}: {sitting.judge.in_words}; the built-in reader: {sitting.reader.in_words}",
        )
    ]


def interviewer_exam(interviewer: Interviewer) -> list[Check]:
    """What came of the exam that a remote language model sits as the interviewer."""
    if interviewer.exam is None:
        return []
    model, sitting = interviewer.exam.model, interviewer.exam.sitting
    if sitting is None:
        return [Check("Interviewer's exam", True, f"{model} has not sat it; it asks meanwhile", "`hotseat exam` has it sit it")]
    result = "passed, it asks the follow-ups" if sitting.passed else "did not pass, follow-ups come from the bank"
    return [Check("Interviewer's exam", True, f"{model} {result}: {sitting.in_words}")]


def loaded(part: Part, settings: Settings) -> Check:
    """The result of loading a part. A part that is off without having been turned off has failed."""
    turned_off = {VOICE: settings.tts.voice == OFF, LLM: not (settings.llm.is_remote or settings.packaged_llm_grades)}.get(
        part.name, False
    )
    ok = part.state is PartState.READY or (part.state is PartState.OFF and turned_off)
    remote = {LLM: settings.llm.is_remote, HEARING: bool(settings.asr.url), VOICE: bool(settings.tts.url)}
    mend = "see the check of its endpoint" if remote.get(part.name) else _MENDS[part.name]
    return Check(part.name, ok, f"{part.state}: {part.detail}", "" if ok else mend)
