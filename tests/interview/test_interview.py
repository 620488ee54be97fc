"""The shell of an interview: whole interviews with fake models in accelerated time, and failures of each part."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import pytest
from hotseat import wire
from hotseat.domain.model import Answer, EndedBy, Grade, Question, Word
from hotseat.errors import GraderError, SpeakerError, StorageError, TranscriberError, UnavailableError
from hotseat.interview import interviews as interviews_module
from hotseat.interview.answers import Answers
from hotseat.interview.snapshot import state_message
from hotseat.prompts import Prompts
from hotseat.questions.formats import Choices
from hotseat.session import events
from hotseat.session.phases import Answering, Finished, Plan, Progress, RoundPlan, Utterance
from hotseat.session.records import LOCAL
from hotseat.settings import PROJECT
from hotseat.speech.listening import SpeechEvent
from hotseat.speech.recognition import RecognitionJob
from hotseat.speech.synthesis import PreparedVoice, Voice
from hotseat.storage.archive import LocalArchive

from tests.support.fake_interview import LORA, LOUD, QUIET, Candidate, finish, sitting
from tests.support.fakes import (
    CATALOGUE,
    FakeGrader,
    FakeSpeaker,
    FakeTranscriber,
    fake_assembly,
)

PROMPTS = Prompts(PROJECT / "prompts")
FOLLOWED = RoundPlan("finetuning/lora", "?", 90.0, follow_ups=1, follow_up_limit_s=45.0)
EXPECTED_ROUNDS = {
    "first": 1,
    "drill": 1,
    "due": 1,
    "five": 5,
    "cheat-sheet": 10,
    "full-mock": 11,
    "papers": 1,
    "claims": 1,
    "cross-cutting": 5,
    "rapid-fire": 8,
    "problems": 1,
    "evaluate": 1,
    "story": 1,
}


async def test_a_drill_from_start_to_review(tmp_path: Path) -> None:
    """Question, answer, follow-up, answer, grade: everything that was said is in the review, with its audio."""
    assembly = fake_assembly(tmp_path)
    async with sitting(assembly) as (interviews, candidate):
        candidate.say(type="start")
        first = await candidate.answer()
        second = await candidate.answer()
        await finish(candidate)
        review = await candidate.review()
        assert review is not None
        [entry] = review["rounds"]
        assert [answer["turn_id"] for answer in entry["answers"]] == [first, second]
        assert [answer["follow_up"] for answer in entry["answers"]] == [False, True]
        assert entry["answers"][0]["text"] == "freeze the base model"
        assert entry["answers"][0]["audio"] == f"/api/interviews/{candidate.id}/turns/1/audio.wav"
        assert entry["grade"]["verdict"] == "Lean Hire"
        assert assembly.storage.archive.seconds(candidate.id, 1) == pytest.approx(1.0, abs=0.05)
        listed = (await candidate.reviews.page(LOCAL, limit=1, offset=0))["interviews"][0]
        assert listed["finished"] and listed["verdicts"] == ["Lean Hire"]


@pytest.mark.parametrize("format_id", [entry.id for entry in CATALOGUE.formats])
async def test_every_format_runs_to_its_end(tmp_path: Path, format_id: str) -> None:
    """A candidate who never says a word is led through every question by the clock alone, at 300 times its pace."""
    choices = Choices(format_id, ("finetuning/lora",) if CATALOGUE.format(format_id).pick == "chosen" else ())
    async with sitting(fake_assembly(tmp_path, speed=300.0), choices) as (interviews, candidate):
        candidate.say(type="start")
        await finish(candidate, 60)
        review = await candidate.review()
        assert review is not None
        rounds = review["rounds"]
        assert {entry["answers"][0]["ended_by"] for entry in rounds} == {"limit"}
        assert len(rounds) == len({entry["question"]["id"] for entry in rounds}) == EXPECTED_ROUNDS[format_id]


async def test_a_thirty_minute_mock_with_answers(tmp_path: Path) -> None:
    """Eleven questions, each answered and followed up, are all graded; the topics are mixed."""
    assembly = fake_assembly(tmp_path, speed=20.0)
    async with sitting(assembly, Choices("full-mock", path="applied", tier=3)) as (interviews, candidate):
        candidate.say(type="start")
        for turn_id in range(1, 2 * EXPECTED_ROUNDS["full-mock"] + 1):
            await candidate.until("asking", turn_id, 20)
            candidate.say(type="typed", turn_id=turn_id, text="you keep a held-out set and compare both models on it")
        await finish(candidate, 20)
        review = await candidate.review()
        assert review is not None
        assert all(len(entry["answers"]) == 2 and entry["grade"] for entry in review["rounds"])
        assert len({entry["question"]["topic"] for entry in review["rounds"]}) >= 5


async def test_a_monologue_is_cut_at_the_limit(tmp_path: Path) -> None:
    """Eighty seconds of speech become sixty, by the server's clock, and the interviewer says so."""
    assembly = fake_assembly(tmp_path, speed=20.0)
    async with sitting(assembly) as (_, candidate):
        candidate.say(type="start")
        turn_id = await candidate.ask()
        began = assembly.clock.now()
        sent = 0
        while candidate.state.phase in ("thinking", "answering"):
            due = int((assembly.clock.now() - began) * 25)
            candidate.speak(turn_id, due - sent, first=sent)
            sent = due
            await asyncio.sleep(0.002)
        await candidate.until("asking", 2)
        assert candidate.of(wire.AnswerMessage)[0].ended_by == EndedBy.LIMIT
        assert assembly.storage.archive.seconds(candidate.id, turn_id) <= 60.0
        assert any("time" in voice.text for voice in candidate.of(wire.VoiceMessage) if voice.utterance == "acknowledgement")


async def test_silence_starts_the_clock_and_ends_the_answer(tmp_path: Path) -> None:
    """After five seconds of thought the clock starts by itself; a long silence after speech ends the answer."""
    assembly = fake_assembly(tmp_path, speed=5.0)  # a second of it is a fifth of one here, which a busy machine may stall for
    async with sitting(assembly) as (_, candidate):
        candidate.say(type="start")
        turn_id = await candidate.ask()
        began = assembly.clock.now()
        await candidate.until("answering")
        assert assembly.clock.now() - began == pytest.approx(5.0, abs=1.0)
        began, sent = assembly.clock.now(), 0
        while candidate.state.phase == "answering":
            due = int((assembly.clock.now() - began) * 25)
            for number in range(sent, due):
                candidate.speak(turn_id, 1, LOUD if number < 50 else QUIET, number)
            sent = due
            await asyncio.sleep(0.002)
        assert assembly.clock.now() - began == pytest.approx(2.0 + 6.0, abs=2.0)
        await candidate.until("asking", 2)
        assert candidate.of(wire.AnswerMessage)[0].ended_by == EndedBy.SILENCE


async def test_barging_in_stops_the_voice(tmp_path: Path) -> None:
    """Speaking over the question stops it and starts the clock."""
    async with sitting(fake_assembly(tmp_path)) as (_, candidate):
        candidate.say(type="start")
        state = await candidate.until("asking")
        candidate.speak(state.turn_id, 25)
        await candidate.until("answering")
        assert candidate.of(wire.VoiceStop)


async def test_a_cough_over_the_question_does_not_stop_it(tmp_path: Path) -> None:
    """Less than 0.6 s of sound is no barging in."""
    async with sitting(fake_assembly(tmp_path)) as (_, candidate):
        candidate.say(type="start")
        state = await candidate.until("asking")
        candidate.speak(state.turn_id, 10)
        candidate.speak(state.turn_id, 5, QUIET, first=10)
        await candidate.ask()
        assert not candidate.of(wire.VoiceStop)


@pytest.mark.parametrize(("silence_s", "over"), [(5.9, False), (6.0, True)])
def test_the_page_is_told_which_silence_ends_the_answer(silence_s: float, over: bool) -> None:
    """What listening says of a silence goes to the page, and to the core once it is long enough."""
    sent: list[wire.ServerMessage] = []
    posted: list[events.Event] = []
    nothing = cast(Any, None)
    answers = Answers("i", *[nothing] * 5, lambda message, _pcm: sent.append(message), posted.append, nothing)
    answers.on_speech(3, SpeechEvent(speaking=False, spoke=True, silence_s=silence_s, ends_at_s=6.0))
    assert sent == [wire.SpeechMessage(turn_id=3, speaking=False, silence_ms=round(silence_s * 1000), ends_at_ms=6_000)]
    assert posted == ([events.SilenceHeard(3, 6.0, True)] if over else [])


async def test_a_typed_answer_is_a_full_answer(tmp_path: Path) -> None:
    """Typing instead of speaking leads to the same follow-up and grade."""
    async with sitting(fake_assembly(tmp_path)) as (interviews, candidate):
        candidate.say(type="start")
        for turn_id in (1, 2):
            await candidate.until("asking", turn_id)
            candidate.say(type="typed", turn_id=turn_id, text="it freezes the base model")
        await finish(candidate)
        review = await candidate.review()
        assert review is not None
        assert review["rounds"][0]["answers"][0]["typed"]
        assert review["rounds"][0]["grade"]


async def test_a_second_tab_takes_over(tmp_path: Path) -> None:
    """The newest tab has the interview; the older one is told."""
    async with sitting(fake_assembly(tmp_path)) as (interviews, candidate):
        candidate.say(type="start")
        await candidate.until("asking")
        second = await Candidate(interviews, candidate.id).attach()
        assert (await second.until("asking")).turn_id == 1
        assert candidate.closed is not None and candidate.closed[0] == 4409


async def test_a_new_process_goes_on_with_the_answer(tmp_path: Path) -> None:
    """The state is rebuilt from the log, the clock stands until the browser is back, and finished answers are intact."""
    assembly = fake_assembly(tmp_path)
    async with sitting(assembly) as (interviews, candidate):
        candidate.say(type="start")
        await candidate.answer()
        turn_id = await candidate.ask()
        candidate.speak(turn_id, 25)
        await candidate.until("answering", turn_id)
        await asyncio.sleep(0.05)
        candidate.speak(turn_id, 20, first=25)
        revived = assembly.interviews()
        candidate = await Candidate(revived, candidate.id).attach()
        state = await candidate.until("answering", turn_id)
        assert state.next_frame == 45
        assert state.remaining_ms is not None and state.remaining_ms <= 58_500
        candidate.say(type="done", turn_id=turn_id)
        await finish(candidate)
        review = await assembly.reviews(revived.load).review(candidate.id)
        assert review is not None
        assert [answer["text"] for answer in review["rounds"][0]["answers"]] == ["freeze the base model"] * 2
        await revived.close()


@pytest.mark.parametrize(("deadline", "running"), [(None, False), (1e12, True)])
async def test_a_standing_clock_is_said_to_stand(tmp_path: Path, deadline: float | None, running: bool) -> None:
    """After a restart ``remaining_ms`` is what was left, and the page does not count it down; a follow-up has its own limit."""
    assembly = fake_assembly(tmp_path)
    asked = Utterance(2, "Why?", "why")
    state = Answering(Progress(Plan((FOLLOWED,)), attached=True), asked, 45.0, deadline, spent_s=5.0)
    message = state_message(state, assembly.library.bank, assembly.clock.now(), 0, True)
    assert message.clock_running is running
    assert message.limit_ms == 45_000
    assert deadline is not None or message.remaining_ms == 40_000
    await assembly.storage.store.close()


async def test_leaving_in_mid_question_waits(tmp_path: Path) -> None:
    """With no browser the question waits, and is asked again when one comes back."""
    async with sitting(fake_assembly(tmp_path, speed=50.0)) as (interviews, candidate):
        candidate.say(type="start")
        await candidate.until("asking")
        candidate.leave()
        await asyncio.sleep(1.0)
        again = await Candidate(interviews, candidate.id).attach()
        assert (await again.until("asking")).turn_id == 1
        assert again.of(wire.VoiceMessage) or await again.ask()


@pytest.mark.parametrize(
    ("broken", "seen"),
    [
        ({"voice": PreparedVoice(FakeSpeaker(SpeakerError("no voice")))}, "voice"),
        ({"transcriber": FakeTranscriber(error=TranscriberError("broken"))}, "transcript"),
        ({"in_use": FakeGrader(GraderError("no judge"))}, "not graded"),
        ({"embedded": FakeGrader(GraderError("no judge"))}, ""),
        ({"voice": PreparedVoice(FakeSpeaker(RuntimeError("a bug")))}, "voice"),
        ({"transcriber": FakeTranscriber(error=MemoryError())}, "transcript"),
        ({"in_use": FakeGrader(RuntimeError("a bug"))}, "not graded"),
        ({"embedded": FakeGrader(RuntimeError("a bug"))}, ""),
    ],
    ids=[
        *("speaker", "transcriber", "grader", "embedded grader"),
        *("speaker's bug", "transcriber's bug", "grader's bug", "embedded grader's bug"),
    ],
)
async def test_a_failing_part_never_ends_the_interview(tmp_path: Path, broken: dict[str, Any], seen: str) -> None:
    """Whatever fails, the interview reaches its end, and the page says what failed."""
    assembly = fake_assembly(tmp_path)
    for name, part in broken.items():
        owner = next(one for one in (assembly.speech, assembly.graders, assembly) if hasattr(one, name))
        setattr(owner, name, part)
    async with sitting(assembly) as (interviews, candidate):
        candidate.say(type="start")
        await candidate.answer()
        if "transcriber" not in broken:
            await candidate.answer()
        await finish(candidate)
        review = await candidate.review()
        assert review is not None
        notices = {notice.code for notice in candidate.of(wire.Notice)}
        assert not seen or seen in notices | {review["rounds"][0]["grade_state"]}


async def test_a_failing_database_is_told_and_made_up_for(tmp_path: Path) -> None:
    """Events that could not be stored are kept, the candidate is told, and all are stored in order once it works again."""
    assembly = fake_assembly(tmp_path)
    store = assembly.storage.store
    append, failing = store.append, True

    async def flaky(*arguments: Any) -> None:
        if failing:
            raise StorageError("disk full")
        await append(*arguments)

    store.append = flaky  # type: ignore[method-assign]
    async with sitting(assembly) as (interviews, candidate):
        candidate.say(type="start")
        await candidate.answer()
        assert "storage" in {notice.code for notice in candidate.of(wire.Notice)}
        failing = False
        await candidate.answer()
        await finish(candidate)
        await asyncio.sleep(0.05)
        stored = await assembly.storage.store.load(candidate.id)
        assert stored is not None
        assert [event.seq for event in stored[1]] == list(range(len(stored[1])))
        found = await assembly.interviews().load(candidate.id)
        assert found is not None and isinstance(found[1], Finished)


async def test_deleting_removes_rows_and_files(tmp_path: Path) -> None:
    """After deletion neither the log nor the audio is left."""
    assembly = fake_assembly(tmp_path)
    async with sitting(assembly) as (interviews, candidate):
        candidate.say(type="start")
        await candidate.answer()
        assert await interviews.delete(candidate.id)
        assert await assembly.storage.store.load(candidate.id) is None
        assert not list((tmp_path / "audio").rglob("*.pcm"))
        assert not await interviews.delete(candidate.id)


async def test_deleting_an_interview_tells_its_open_page(tmp_path: Path) -> None:
    """The page need not find out by itself."""
    async with sitting(fake_assembly(tmp_path)) as (interviews, candidate):
        candidate.say(type="start")
        await candidate.until("asking")
        assert await interviews.delete(candidate.id)
        assert await candidate.until_closed() == (4404, "the interview was deleted")


def test_ids_cannot_leave_the_archive(tmp_path: Path) -> None:
    """An id that is a path is refused."""
    for evil in ("../x", "a/b", "", ".."):
        with pytest.raises(StorageError):
            LocalArchive(tmp_path).read(evil, 1)


class Stuck:
    """A part that never answers."""

    async def recognise(self, _job: RecognitionJob) -> tuple[Word, ...]:
        await asyncio.Event().wait()
        raise AssertionError

    async def grade(self, _question: Question, _answers: Sequence[Answer]) -> Grade:
        await asyncio.Event().wait()
        raise AssertionError


async def test_only_interviews_with_a_browser_keep_others_out(tmp_path: Path) -> None:
    """Abandoned tabs take nobody's place; those in which somebody sits do."""
    assembly = fake_assembly(tmp_path, interview={"max_active": 1})
    async with sitting(assembly) as (interviews, candidate):
        candidate.say(type="start")
        await candidate.until("asking")
        other = await interviews.create(LOCAL, LORA)
        with pytest.raises(interviews_module.Refused, match="busy"):
            await interviews.admit(LOCAL, other)
        candidate.leave()
        assert (await interviews.admit(LOCAL, other)).id == other


async def test_a_stopping_server_takes_nobody_in(tmp_path: Path) -> None:
    """Neither is an interview planned nor one opened; both are told to come back."""
    assembly = fake_assembly(tmp_path)
    async with sitting(assembly) as (interviews, candidate):
        assembly.status.stopping = True
        with pytest.raises(UnavailableError, match="is stopping"):
            await interviews.create(LOCAL, LORA)
        with pytest.raises(interviews_module.Refused, match="is stopping") as refused:
            await interviews.admit(LOCAL, candidate.id)
        assert refused.value.code == 4503


async def test_an_interview_nobody_comes_back_to_is_put_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It leaves memory, not the store: whoever does come back is asked the same question."""
    monkeypatch.setattr(interviews_module, "ALONE_S", 0.0)
    async with sitting(fake_assembly(tmp_path)) as (interviews, candidate):
        candidate.say(type="start")
        await candidate.until("asking")
        await interviews.unload_waiting()
        assert candidate.id in interviews.running, "somebody sits in it"
        candidate.leave()
        await asyncio.sleep(0.01)
        await interviews.unload_waiting()
        assert interviews.running == frozenset()
        again = await Candidate(interviews, candidate.id).attach()
        assert (await again.until("asking")).turn_id == 1


async def test_a_disk_that_stays_full_beyond_the_end_costs_nothing(tmp_path: Path) -> None:
    """What could not be stored when the interview ended is stored when there is room, however late."""
    assembly = fake_assembly(tmp_path, speed=300.0)
    append = assembly.storage.store.append

    async def full(*_arguments: Any) -> None:
        raise StorageError("disk full")

    async with sitting(assembly) as (interviews, candidate):
        assembly.storage.store.append = full  # type: ignore[method-assign]
        candidate.say(type="start")
        await finish(candidate)
        await asyncio.sleep(0.1)
        assert candidate.id in interviews.running
        assembly.storage.store.append = append  # type: ignore[method-assign]
        async with asyncio.timeout(5):
            while candidate.id in interviews.running:
                await asyncio.sleep(0.05)
        found = await assembly.interviews().load(candidate.id)
        assert found is not None and isinstance(found[1], Finished)


async def test_a_typed_answer_waits_for_no_recognition(tmp_path: Path) -> None:
    """What was said before is not heard to the end, and a recogniser that hangs keeps nothing."""
    assembly = fake_assembly(tmp_path)
    assembly.speech.transcriber = Stuck()
    async with sitting(assembly) as (_, candidate):
        candidate.say(type="start")
        turn_id = await candidate.ask()
        candidate.speak(turn_id, 25)
        await candidate.until("answering", turn_id)
        candidate.say(type="typed", turn_id=turn_id, text="it freezes the base model")
        answer = await candidate.until_sent(wire.AnswerMessage)
        assert (answer.text, answer.note, answer.duration_s) == ("it freezes the base model", "", pytest.approx(1.0, abs=0.05))


async def test_a_part_that_hangs_keeps_no_finished_interview(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The interview ends without its grade, and then lets go of what never came."""
    monkeypatch.setattr("hotseat.interview.interview.GRACE_S", 0.1)
    assembly = fake_assembly(tmp_path, speed=300.0)
    assembly.graders.in_use = Stuck()
    async with sitting(assembly) as (interviews, candidate):
        candidate.say(type="start")
        await candidate.until("asking")
        candidate.say(type="typed", turn_id=1, text="it freezes the base model")
        await finish(candidate)
        async with asyncio.timeout(4):
            while candidate.id in interviews.running:
                await asyncio.sleep(0.05)


async def test_a_slow_voice_does_not_speak_over_the_answer(tmp_path: Path) -> None:
    """Once nobody waits for the question's voice any more, the rest of it is not sent."""

    answering = asyncio.Event()

    class Slow(FakeSpeaker):
        async def speak(self, sentence: str) -> Voice:
            await answering.wait()
            return await super().speak(sentence)

    assembly = fake_assembly(tmp_path, speed=100.0)
    assembly.speech.voice = PreparedVoice(Slow())
    async with sitting(assembly) as (_, candidate):
        candidate.say(type="start")
        await candidate.until("answering")
        heard = len(candidate.of(wire.VoiceMessage))
        answering.set()
        await asyncio.sleep(0.5)
        assert len(candidate.of(wire.VoiceMessage)) == heard
        assert candidate.of(wire.VoiceStop)


async def test_slow_storage_makes_no_answer_late(tmp_path: Path) -> None:
    """Storage that keeps the loop waiting makes no answer late."""
    assembly = fake_assembly(tmp_path, speed=25.0)
    append = assembly.storage.store.append
    async with sitting(assembly) as (_, candidate):
        candidate.say(type="start")
        turn_id = await candidate.ask()
        candidate.speak(turn_id, 25)
        await candidate.until("answering", turn_id)

        async def slow(*arguments: Any) -> None:
            await asyncio.sleep(3.0)  # the limit passes meanwhile
            await append(*arguments)

        assembly.storage.store.append = slow  # type: ignore[method-assign]
        assert candidate.interview is not None
        candidate.interview.post(events.Attached())
        candidate.interview.post(events.Detached())
        candidate.say(type="typed", turn_id=turn_id, text="it freezes the base model")
        answer = await candidate.until_sent(wire.AnswerMessage, within_s=15)
        assert (answer.text, answer.ended_by) == ("it freezes the base model", "done")


async def test_a_deleted_interview_is_released_by_its_process_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that runs the interview has let go of it before its audio and rows are removed, and adds nothing after."""
    monkeypatch.setattr(interviews_module, "MAINTAIN_EVERY_S", 0.05)
    monkeypatch.setattr(interviews_module, "STOPPED_WRITING_S", 1.0)
    assembly = fake_assembly(tmp_path)
    async with sitting(assembly) as (interviews, candidate):
        keeping = asyncio.create_task(interviews.maintain())
        candidate.say(type="start")
        turn_id = await candidate.ask()
        candidate.speak(turn_id, 25)
        await candidate.until("answering", turn_id)
        delete = assembly.storage.archive.delete

        def deleted(interview_id: str) -> None:
            assert candidate.id not in interviews.running, "the other one still writes"
            delete(interview_id)

        monkeypatch.setattr(assembly.storage.archive, "delete", deleted)
        assert await assembly.interviews().delete(candidate.id)
        assert not list((tmp_path / "audio").rglob("*.pcm"))
        keeping.cancel()


async def test_interviews_being_graded_stay_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page closed in mid-answer leaves a round to be graded; only then does the interview leave memory."""
    monkeypatch.setattr(interviews_module, "ALONE_S", 0.0)
    assembly = fake_assembly(tmp_path, interview={"follow_ups": 0})
    held = asyncio.Event()

    class Slow(FakeGrader):
        async def grade(self, question: Question, answers: Sequence[Answer]) -> Grade:
            await held.wait()
            return await super().grade(question, answers)

    assembly.graders.in_use = Slow()
    async with sitting(assembly, Choices("five")) as (interviews, candidate):
        candidate.say(type="start")
        await candidate.answer()
        await candidate.until("asking", 2)
        candidate.leave()
        await asyncio.sleep(0.01)
        await interviews.unload_waiting()
        assert candidate.id in interviews.running
        held.set()
        async with asyncio.timeout(5):
            while candidate.id in interviews.running:
                await asyncio.sleep(0.02)
                await interviews.unload_waiting()
        found = await interviews.load(candidate.id)
        assert found is not None and len(found[1].progress.grades) == 1


async def test_a_reload_keeps_the_place_in_a_full_server(tmp_path: Path) -> None:
    """A reload costs nobody their seat, however many wait for one."""
    assembly = fake_assembly(tmp_path, interview={"max_active": 1})
    async with sitting(assembly) as (interviews, candidate):
        candidate.say(type="start")
        await candidate.until("asking")
        candidate.leave()
        await Candidate(interviews, await interviews.create(LOCAL, LORA)).attach()
        assert (await interviews.admit(LOCAL, candidate.id)).id == candidate.id


async def test_others_are_looked_after_while_something_is_deleted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long that takes: other processes would take this one for dead, and nobody could connect. The interview that is
    being deleted is not there meanwhile."""
    assembly = fake_assembly(tmp_path)
    removing, done = asyncio.Event(), asyncio.Event()

    async def slow(*_arguments: Any) -> Any:
        removing.set()
        await done.wait()

    monkeypatch.setattr(interviews_module, "remove", slow)
    async with sitting(assembly) as (interviews, candidate):
        other = await interviews.create(LOCAL, LORA)
        deleting = asyncio.create_task(interviews.delete(other))
        await removing.wait()
        async with asyncio.timeout(2):
            await interviews.unload_waiting()
            with pytest.raises(interviews_module.Refused, match="no such interview"):
                await interviews.admit(LOCAL, other)
            assert (await interviews.admit(LOCAL, candidate.id)).id == candidate.id
        done.set()
        await deleting
