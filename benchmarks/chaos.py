"""Kills or hangs engines at random during interviews: no interview may get stuck, nothing may be lost, all parts recover.

``python -m benchmarks.chaos --minutes 10`` runs in this process. The language model's stand-in is a real child process that is
killed or stopped; the recogniser and the voice fail or never answer until they are replaced.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hotseat import supervision, wire
from hotseat.domain.model import Word
from hotseat.engines.llama import LlamaServer
from hotseat.engines.llama_chat import LlamaChat
from hotseat.errors import SpeakerError, TranscriberError
from hotseat.interview.interviews import Interviews
from hotseat.interview.llm_interviewer import Endpoint
from hotseat.server_status import HEARING, LLM, VOICE, Part, PartState
from hotseat.session.records import LOCAL
from hotseat.speech.recognition import RecognitionJob
from hotseat.speech.recordings import AudioArchive
from hotseat.speech.synthesis import PreparedVoice, Voice
from hotseat.startup.assembly import Assembly
from hotseat.supervision import SupervisedChat, SupervisedSpeaker, SupervisedTranscriber, Supervisor

from tests.support.fake_interview import LORA, Candidate, finish
from tests.support.fakes import CATALOGUE, FakeSpeaker, FakeTranscriber, fake_assembly

COMMAND = (sys.executable, "-m", "tests.support.stand_in_llama")
QUICK_PAUSES_S = (0.0, 0.05, 0.1)
STUCK_S = 120.0
"""An interview that has not ended by then never does: at 20 times the pace all its deadlines together are 25 s."""


class Mortal:
    """May be made to fail or to hang for ever."""

    state = "well"

    async def live(self, error: Exception) -> None:
        if self.state == "hung":
            await asyncio.Event().wait()
        if self.state == "dead":
            raise error


class FlakyTranscriber(FakeTranscriber, Mortal):
    async def recognise(self, job: RecognitionJob) -> tuple[Word, ...]:
        await self.live(TranscriberError("dead"))
        return await super().recognise(job)


class FlakyVoice(FakeSpeaker, Mortal):
    async def speak(self, sentence: str) -> Voice:
        await self.live(SpeakerError("dead"))
        return await super().speak(sentence)


@dataclass(slots=True)
class Found:
    """What came of it."""

    interviews: int = 0
    stuck: int = 0
    """Interviews that did not end in time."""
    lost: int = 0
    """Answers whose audio is not there."""
    killed: Counter[str] = field(default_factory=Counter)
    replaced: dict[str, int] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    """Of the parts, when all have recovered or ``STUCK_S`` have passed."""


@dataclass(slots=True)
class Parts:
    """What can be killed."""

    assembly: Assembly
    supervisors: dict[str, Supervisor[Any]]

    def kill(self, dice: random.Random) -> str:
        name = dice.choice([LLM, HEARING, VOICE])
        way = dice.choice(["dead", "hung"])
        if name == LLM:
            assert self.assembly.llama is not None
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.assembly.llama.pid, signal.SIGKILL if way == "dead" else signal.SIGSTOP)
        elif (engine := self.supervisors[name].engine) is not None:
            engine.state = way
        return f"{name}: {way}"


async def make_parts(data_dir: Path, pace: float) -> Parts:
    assembly = fake_assembly(data_dir, speed=pace)
    await assembly.storage.store.migrate()
    assembly.status.parts = {name: Part(name, PartState.READY) for name in (LLM, HEARING, VOICE)}

    async def start() -> LlamaChat:
        assembly.llama = await asyncio.to_thread(LlamaServer, Path("none"), threads=1, context=512, command=COMMAND)
        return LlamaChat(assembly.llama, "stand-in", 5.0)

    async def restart(broken: LlamaChat) -> LlamaChat:
        await broken.close()
        return await start()

    async def new_transcriber(_old: FlakyTranscriber) -> FlakyTranscriber:
        return FlakyTranscriber()

    async def new_voice(_old: FlakyVoice) -> FlakyVoice:
        return FlakyVoice()

    async def speaks(voice: FlakyVoice) -> None:
        await voice.speak("Okay.")

    async def hears(transcriber: FlakyTranscriber) -> None:
        await transcriber.live(TranscriberError("dead"))

    parts = assembly.status.parts
    chat = Supervisor(parts[LLM], await start(), restart, LlamaChat.check, detail="stand-in", every_s=0.1)
    transcriber = Supervisor(parts[HEARING], FlakyTranscriber(), new_transcriber, hears, detail="fake", every_s=0.1)
    voice = Supervisor(parts[VOICE], FlakyVoice(), new_voice, speaks, detail="fake", every_s=0.1)
    assembly.speech.transcriber = SupervisedTranscriber(transcriber, assembly.metrics)  # type: ignore[arg-type]
    assembly.speech.voice = PreparedVoice(SupervisedSpeaker(voice), CATALOGUE.script.constant())  # type: ignore[arg-type]
    assembly.interviewer.endpoint = Endpoint(SupervisedChat("stand-in", chat, assembly.metrics), assembly.prompts, 1.0)
    return Parts(assembly, {LLM: chat, HEARING: transcriber, VOICE: voice})


class Attentive(Candidate):
    """Answers whatever is asked as soon as it is, so that no pace of the interview's is missed."""

    def send(self, message: wire.ServerMessage, audio: bytes | None = None) -> None:
        super().send(message, audio)
        asyncio.get_running_loop().call_soon(self._react, message)

    def _react(self, message: wire.ServerMessage) -> None:
        match message:
            case wire.VoiceEnd(turn_id=turn_id, utterance="question" | "follow_up"):
                self.say(type="playback.done", turn_id=turn_id)
            case wire.StateMessage(turn_id=turn_id, phase="thinking"):
                self.speak(turn_id, 25)
            case wire.StateMessage(turn_id=turn_id, phase="answering"):
                self.say(type="done", turn_id=turn_id)


async def sit(interviews: Interviews, archive: AudioArchive, found: Found) -> None:
    """One interview, every answer spoken. It may be short: an answer that nobody can hear in time is passed over."""
    interview_id = await interviews.create(LOCAL, LORA)
    candidate = await Attentive(interviews, interview_id).attach()
    found.interviews += 1
    try:
        candidate.say(type="start")
        await finish(candidate, STUCK_S)
    except TimeoutError:
        found.stuck += 1
    else:
        answers = [message for message in candidate.sent if isinstance(message, wire.AnswerMessage)]
        found.lost += sum(not archive.read(interview_id, answer.turn_id) for answer in answers)
    finally:
        candidate.leave()


async def chaos(data_dir: Path, seconds: float, seed: int, *, pace: float = 20.0, every_s: float = 0.3) -> Found:
    """Interviews one after another for so long, with a part killed every so often."""
    dice = random.Random(seed)
    found = Found()
    parts = await make_parts(data_dir, pace)
    interviews, archive = parts.assembly.interviews(), parts.assembly.storage.archive
    with contextlib.suppress(Exception):
        await parts.assembly.speech.voice.prepare()  # type: ignore[union-attr]
    keeping = [asyncio.create_task(one.maintain()) for one in parts.supervisors.values()]

    async def kill() -> None:
        while True:
            await asyncio.sleep(dice.uniform(0.5, 1.5) * every_s)
            found.killed[parts.kill(dice)] += 1

    killing = asyncio.create_task(kill())
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        await sit(interviews, archive, found)
    killing.cancel()
    for one in parts.supervisors.values():  # what was killed last may not have been noticed yet
        await one.wait_for_replacement(one.part.replaced)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(STUCK_S):
            while any(part.state != "ready" for part in parts.assembly.status.parts.values()):
                await asyncio.sleep(0.05)
    # A busy machine may be too slow for a probe of the last interview's, so the states are noted before it.
    found.states = {name: part.state for name, part in parts.assembly.status.parts.items()}
    # One more, with everything well.
    await sit(interviews, archive, found)
    for task in keeping:
        task.cancel()
    await asyncio.gather(killing, *keeping, return_exceptions=True)
    found.replaced = {name: one.part.replaced for name, one in parts.supervisors.items()}
    await interviews.close()
    await parts.assembly.storage.store.close()
    if parts.assembly.llama is not None:
        parts.assembly.llama.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    supervision.PAUSES_S, supervision.PROBE_S, supervision.HUNG_S = QUICK_PAUSES_S, 1.0, 1.0
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(chaos(Path(folder), given.minutes * 60, given.seed))
    print(
        json.dumps(
            {
                "interviews": found.interviews,
                "stuck": found.stuck,
                "lost": found.lost,
                "killed": found.killed,
                "replaced": found.replaced,
                "states": found.states,
            },
            indent=1,
        )
    )
    sys.exit(bool(found.stuck or found.lost))


if __name__ == "__main__":
    main()
