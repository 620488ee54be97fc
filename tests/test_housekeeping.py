"""Audio past its retention is deleted; its words stay."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

import pytest
from hotseat.errors import StorageError
from hotseat.housekeeping import EVERY_S, delete_old_audio, run_housekeeping
from hotseat.interview.interviews import Interviews
from hotseat.session.records import LOCAL
from hotseat.startup.assembly import Assembly

from tests.support.fake_interview import LORA, Candidate, finish, sitting
from tests.support.fakes import fake_assembly, housekept

DAY_S = 86_400.0


async def interviewed(assembly: Assembly) -> tuple[Interviews, str]:
    """A finished interview with two seconds of audio."""
    assert assembly.speech.voice is not None
    await assembly.speech.voice.prepare()
    interviews = assembly.interviews()
    candidate = await Candidate(interviews, await interviews.create(LOCAL, LORA)).attach()
    candidate.say(type="start")
    await candidate.answer()
    await candidate.answer()
    await finish(candidate)
    return interviews, candidate.id


async def test_old_audio_is_deleted_and_the_words_stay(tmp_path: Path) -> None:
    """After the days the settings give, not before; the review then says when, and the log that it was done."""
    assembly = fake_assembly(tmp_path, retention_days=30)
    interviews, interview_id = await interviewed(assembly)
    assembly.clock.ahead_s = 29.9 * DAY_S
    assert await delete_old_audio(*housekept(assembly)) == 0
    before = await assembly.reviews(interviews.load).review(interview_id)
    assert before is not None and before["audio_deleted"] is None
    assert before["rounds"][0]["answers"][0]["audio"] is not None
    assembly.clock.ahead_s = 30.1 * DAY_S
    assert await delete_old_audio(*housekept(assembly)) == 1
    assert not list((tmp_path / "audio").glob("*/*"))
    after = await assembly.reviews(interviews.load).review(interview_id)
    assert after is not None and after["audio_deleted"] is not None
    answer = after["rounds"][0]["answers"][0]
    assert (answer["audio"], answer["text"]) == (None, before["rounds"][0]["answers"][0]["text"])
    assert after["rounds"][0]["grade"] == before["rounds"][0]["grade"]
    assert [(line.what, line.about) for line in await assembly.accounts.noted()] == [
        ("audio deleted", "1 interviews older than 30 days")
    ]
    assert await delete_old_audio(*housekept(assembly)) == 0, "once is enough"
    await interviews.close()
    await assembly.storage.store.close()


async def test_without_the_setting_audio_is_kept(tmp_path: Path) -> None:
    """Nothing is deleted that nobody asked to be."""
    assembly = fake_assembly(tmp_path)
    interviews, _ = await interviewed(assembly)
    assembly.clock.ahead_s = 10_000 * DAY_S
    assert await delete_old_audio(*housekept(assembly)) == 0
    assert list((tmp_path / "audio").glob("*/*"))
    await interviews.close()
    await assembly.storage.store.close()


async def test_an_interview_that_goes_on_keeps_its_audio(tmp_path: Path) -> None:
    """However long ago it was begun: what happened in the last hour counts."""
    assembly = fake_assembly(tmp_path, retention_days=1)
    assembly.clock.ahead_s = -2 * DAY_S
    interviews, _ = await interviewed(assembly)
    assembly.clock.ahead_s = -DAY_S + 60 - EVERY_S
    assert await delete_old_audio(*housekept(assembly)) == 0
    assembly.clock.ahead_s = 0
    assert await delete_old_audio(*housekept(assembly)) == 1
    await interviews.close()
    await assembly.storage.store.close()


async def test_it_goes_on_every_hour_whatever_happens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that fails for once does not end it."""
    assembly = fake_assembly(tmp_path, speed=36_000.0)  # an hour in a tenth of a second
    tried = asyncio.Queue[None]()

    async def fail(*_parts: object) -> int:
        tried.put_nowait(None)
        raise StorageError("gone")

    monkeypatch.setattr("hotseat.housekeeping.delete_old_audio", fail)
    keeping = asyncio.create_task(run_housekeeping(*housekept(assembly)))
    async with asyncio.timeout(5):
        await tried.get()
        await tried.get()
    keeping.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await keeping
    await assembly.storage.store.close()


async def test_a_folder_that_cannot_be_deleted_keeps_no_others(tmp_path: Path) -> None:
    """A folder that can't be removed keeps nobody else's voice."""
    assembly = fake_assembly(tmp_path, retention_days=30)
    ids = [(await interviewed(assembly))[1] for _ in range(3)]
    delete = assembly.storage.archive.delete

    def failing(interview_id: str) -> None:
        if interview_id == stuck:
            raise StorageError("not allowed")
        delete(interview_id)

    assembly.clock.ahead_s = 31 * DAY_S
    stuck = (await assembly.storage.store.with_audio_before(assembly.clock.wall(), assembly.clock.wall()))[0]
    assembly.storage.archive.delete = failing  # type: ignore[method-assign]
    assert await delete_old_audio(*housekept(assembly)) == 2
    assert {path.parent.name for path in (tmp_path / "audio").glob("*/*")} == {stuck}
    assembly.storage.archive.delete = delete  # type: ignore[method-assign]
    assert await delete_old_audio(*housekept(assembly)) == 1
    assert len(ids) == 3
    await assembly.storage.store.close()


async def test_audio_recorded_after_a_deletion_is_deleted_later(tmp_path: Path) -> None:
    """An interview left in the middle may be gone on with after its audio was deleted."""
    assembly = fake_assembly(tmp_path, retention_days=1)
    async with sitting(assembly) as (interviews, candidate):
        candidate.say(type="start")
        await candidate.answer()
        await candidate.until("asking", 2)
        candidate.leave()
        await asyncio.sleep(0.05)
        assembly.clock.ahead_s = 2 * DAY_S
        assert await delete_old_audio(*housekept(assembly)) == 1
        again = await Candidate(interviews, candidate.id).attach()
        await again.answer()
        await finish(again)
        assert list((tmp_path / "audio").glob("*/*"))
        assembly.clock.ahead_s = 4 * DAY_S
        assert await delete_old_audio(*housekept(assembly)) == 1
        assert not list((tmp_path / "audio").glob("*/*"))
