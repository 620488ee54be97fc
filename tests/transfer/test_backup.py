"""Backup and restore while interviews run, and damaged files."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import signal
import sqlite3
import sys
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hotseat.errors import InputError, RefusedError, StorageError
from hotseat.session.records import LOCAL
from hotseat.settings import PROJECT
from hotseat.startup.loading import load_storage
from hotseat.storage.sqlite_file import SqliteFile
from hotseat.transfer.backup import backup, restore, verify
from hotseat.transfer.removing import remove
from hotseat.transfer.scheduled import back_up, keep_backups
from hotseat.transfer.temporary_folders import remove_leftovers, temporary_folder

from tests.support.command_line import hotseat
from tests.support.fake_interview import LORA, Candidate, sitting
from tests.support.fakes import fake_assembly, removing
from tests.transfer.test_transfer import EVERYTHING, SECRET, contents, sit, storage


async def backed_up(folder: Path) -> io.BytesIO:
    """As the command does it: with a connection of its own."""
    file = io.BytesIO()
    async with storage(folder) as assembly:
        await backup(assembly.storage, assembly.clock, file)
    file.seek(0)
    return file


async def put_back(folder: Path, file: io.BytesIO, *, force: bool = False) -> None:
    assembly = fake_assembly(folder)
    try:
        await restore(assembly.storage, file, force=force)
    finally:
        await assembly.storage.store.close()


async def test_a_backup_gives_everything_back(tmp_path: Path) -> None:
    """Into an empty folder, and over what has changed since; every cell and every byte of audio is what it was."""
    await sit(tmp_path / "a")
    before = contents(tmp_path / "a")
    file = await backed_up(tmp_path / "a")
    (tmp_path / "b").mkdir()
    await put_back(tmp_path / "b", file)
    assert contents(tmp_path / "b") == before

    await sit(tmp_path / "a")
    async with storage(tmp_path / "a") as assembly:
        [*ids] = await assembly.storage.tables.interviews(EVERYTHING)
        assembly.storage.archive.delete(ids[0])
    with pytest.raises(InputError, match="say --force"):
        await put_back(tmp_path / "a", file)
    assert len(contents(tmp_path / "a")[0]["interviews"]) == 2, "nothing was changed"
    await put_back(tmp_path / "a", file, force=True)
    assert contents(tmp_path / "a") == before
    assert {path.name for path in (tmp_path / "a").iterdir()} <= {"audio", "hotseat.db", "hotseat.db-wal", "hotseat.db-shm"}


async def test_a_backup_in_mid_answer_can_be_gone_on_from(tmp_path: Path) -> None:
    """A backup made while the candidate speaks holds every finished answer, and the interview goes on from it elsewhere."""
    running = fake_assembly(tmp_path / "a", speed=20.0)
    async with storage(tmp_path / "a"), sitting(running) as (_, candidate):
        candidate.say(type="start")
        await candidate.answer()
        turn_id = await candidate.ask()
        candidate.speak(turn_id, 30)
        await candidate.until("answering", turn_id)
        file = await backed_up(tmp_path / "a")
        candidate.speak(turn_id, 30, first=30)
    (tmp_path / "b").mkdir()
    await put_back(tmp_path / "b", file)
    async with storage(tmp_path / "b"):
        assembly = fake_assembly(tmp_path / "b", speed=20.0)
        interviews = assembly.interviews()
        resumed = await Candidate(interviews, candidate.id).attach()
        state = await resumed.until("answering", turn_id)
        assert state.next_frame >= 25, "the audio so far is there"
        review = await assembly.reviews(interviews.load).review(candidate.id)
        assert review is not None and SECRET in review["rounds"][0]["answers"][0]["text"]
        await interviews.close()
        await assembly.storage.store.close()


async def test_backups_under_writing_are_whole(tmp_path: Path) -> None:
    """While another connection appends without pause, each backup is a sound database with logs without gaps."""
    await sit(tmp_path)

    written: list[int] = []

    def write(stop: asyncio.Event) -> None:
        with closing(sqlite3.connect(tmp_path / "hotseat.db", timeout=10)) as database:
            [interview_id] = database.execute("SELECT id FROM interviews").fetchone()
            [start] = database.execute("SELECT max(seq) + 1 FROM events").fetchone()
            while not stop.is_set():
                with database:
                    seq = start + len(written)
                    row = (interview_id, seq, 0.0, 0.0, "TimerFired", "{}")
                    database.execute("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)", row)
                    database.execute("UPDATE interviews SET title = ?", (str(seq),))
                written.append(seq)

    stop = asyncio.Event()
    writer = asyncio.create_task(asyncio.to_thread(write, stop))
    seen = []
    for number in range(3):
        before = len(written)
        while len(written) == before:
            await asyncio.sleep(0.01)
        file = await backed_up(tmp_path)
        copy = tmp_path / f"copy{number}.db"
        copy.write_bytes(zipfile.ZipFile(file).read("hotseat.db"))
        with closing(sqlite3.connect(copy)) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            count, last, title = database.execute("SELECT count(*), max(seq), max(title) FROM events, interviews").fetchone()
            assert count == last + 1
            seen.append((last, title))
    stop.set()
    await writer
    assert all(str(last) == title for last, title in seen), "one moment for all tables"
    assert len(set(seen)) == 3


async def test_restoring_under_a_running_interview(tmp_path: Path) -> None:
    """The restored log stays whole: whoever runs an interview has to let go, and goes on from what was restored."""
    running = fake_assembly(tmp_path, speed=20.0)
    async with storage(tmp_path), sitting(running) as (interviews, candidate):
        candidate.say(type="start")
        await candidate.answer()
        await candidate.until("asking", 2)
        file = await backed_up(tmp_path)
        await candidate.answer()
        await candidate.until("finished")
        again = await Candidate(interviews, await interviews.create(LOCAL, LORA)).attach()
        again.say(type="start")
        await again.until("asking")
        await put_back(tmp_path, file, force=True)
        again.say(type="end")
        await again.until_closed()
        assert await running.reviews(interviews.load).review(again.id) is None, "it was begun after the backup"
        resumed = await Candidate(interviews, candidate.id).attach()
        await resumed.answer()
        await resumed.until("finished")
        with closing(sqlite3.connect(tmp_path / "hotseat.db")) as database:
            assert database.execute("SELECT count(DISTINCT interview_id) FROM events").fetchone() == (1,)
            assert database.execute("SELECT count(*) = max(seq) + 1 FROM events").fetchone() == (1,)


def rewritten(file: io.BytesIO, change: Any) -> io.BytesIO:
    target = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(target, "w") as new:
        held = {name: old.read(name) for name in old.namelist()}
        manifest = json.loads(held.pop("manifest.json"))
        change(manifest, held)
        for name, data in {**held, "manifest.json": json.dumps(manifest).encode()}.items():
            new.writestr(name, data)
    target.seek(0)
    return target


def other_database(manifest: Any, held: dict[str, bytes]) -> None:
    held["hotseat.db"] = b"SQLite format 3\0" + b"x" * 5000
    manifest["files"]["hotseat.db"] = {"bytes": 5016, "sha256": hashlib.sha256(held["hotseat.db"]).hexdigest()}


def odd_name(manifest: Any, held: dict[str, bytes]) -> None:
    held["audio/x/001.f0.pcm\n"] = b"\0\0"
    manifest["files"]["audio/x/001.f0.pcm\n"] = {"bytes": 2, "sha256": hashlib.sha256(b"\0\0").hexdigest()}


def audio_of(held: dict[str, bytes]) -> str:
    return next(name for name in held if name.startswith("audio/"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda m, held: held.update({audio_of(held): b"\0\0"}),
            r"audio/.*\.pcm is damaged: it is not what manifest.json says",
        ),
        (lambda m, held: held.update({"hotseat.db": held["hotseat.db"][:-1]}), "hotseat.db is damaged"),
        (lambda m, held: held.pop(audio_of(held)), r"audio/.*\.pcm is missing"),
        (lambda m, held: held.update({"audio/../../x": b""}), "audio/../../x is not in manifest.json"),
        (lambda m, held: m["files"].update({"../x": m["files"]["hotseat.db"]}), "../x is not a file that a backup holds"),
        (lambda m, held: m["files"].pop("hotseat.db"), "manifest.json does not name hotseat.db"),
        (lambda m, held: m.update(version=2), "version: Input should be 1"),
        (lambda m, held: m.update(format="x"), "not a backup of Hotseat"),
        (other_database, "hotseat.db can't be used"),
        (odd_name, r"audio/x/001\.f0\.pcm\n is not a file that a backup holds"),
    ],
)
async def test_a_damaged_backup_changes_nothing(tmp_path: Path, sample_backup: bytes, change: Any, message: str) -> None:
    """What is wrong is named, even when forced, and all that was here is here still."""
    await sit(tmp_path)
    before = contents(tmp_path)
    with pytest.raises(InputError, match=message):
        await put_back(tmp_path, rewritten(io.BytesIO(sample_backup), change), force=True)
    assert contents(tmp_path) == before


@pytest.fixture(scope="module")
def sample_backup(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("backup")

    async def make() -> bytes:
        await sit(folder)
        return (await backed_up(folder)).getvalue()

    return asyncio.run(make())


@pytest.mark.parametrize("cut", [0.0, 0.3, 0.9, 0.999])
async def test_a_backup_cut_short_is_no_backup(tmp_path: Path, sample_backup: bytes, cut: float) -> None:
    """A file that was not written to its end is refused."""
    with pytest.raises(InputError, match="not a ZIP file"):
        await put_back(tmp_path, io.BytesIO(sample_backup[: int(len(sample_backup) * cut)]))


async def test_a_ruined_database_can_be_restored_over(tmp_path: Path, sample_backup: bytes) -> None:
    """When the database itself is what broke, the refusal says so and force gets everything back."""
    (tmp_path / "hotseat.db").write_bytes(b"no database at all" * 500)
    with pytest.raises(InputError, match="can't be read"):
        await put_back(tmp_path, io.BytesIO(sample_backup))
    await put_back(tmp_path, io.BytesIO(sample_backup), force=True)
    assert len(contents(tmp_path)[0]["interviews"]) == 1


async def test_deleted_data_is_in_no_later_backup(tmp_path: Path) -> None:
    """A backup is a fresh copy, not the file with its freed pages."""
    await sit(tmp_path)
    async with storage(tmp_path) as assembly:
        await remove(*removing(assembly), EVERYTHING)
    held = zipfile.ZipFile(await backed_up(tmp_path))
    assert all(SECRET.split()[0].encode() not in held.read(name) for name in held.namelist())


def test_postgresql_is_sent_to_its_own_tools() -> None:
    """Only a SQLite database is a file."""
    with pytest.raises(InputError, match="pg_dump"):
        SqliteFile("postgresql+asyncpg://somebody@host/hotseat")


async def test_ended_sessions_stay_ended_after_a_restore(tmp_path: Path, quick_hashes: None) -> None:
    """A session that was ended after the backup, and an invitation that was used since, are no good after a restore."""
    async with storage(tmp_path) as assembly:
        await assembly.accounts.add("Ada", "four words make one", "owner")
        session = await assembly.accounts.sign_in("Ada", "four words make one", "")
        invite = await assembly.accounts.invite("member")
    file = await backed_up(tmp_path)
    await put_back(tmp_path, file, force=True)
    async with storage(tmp_path) as assembly:
        assert await assembly.accounts.identify(session) is None
        with pytest.raises(RefusedError):
            await assembly.accounts.invitation(invite)
        assert await assembly.accounts.sign_in("Ada", "four words make one", "")


LEAVES_A_COPY = """
import asyncio, os, signal, sys
from pathlib import Path
from hotseat.storage.sqlite_file import SqliteFile
from hotseat.transfer.temporary_folders import temporary_folder

with temporary_folder(Path(sys.argv[1])) as folder:
    SqliteFile(f"sqlite:///{sys.argv[1]}/hotseat.db").snapshot(folder / "hotseat.db")
    os.kill(os.getpid(), signal.SIGKILL)
"""


async def test_a_copy_that_was_left_is_removed(tmp_path: Path) -> None:
    """What ``kill -9`` leaves of a backup goes with the next backup, start or deletion; one under way stays."""

    def copies() -> list[str]:
        return [path.name for path in tmp_path.glob("*/*.db")]

    await sit(tmp_path)
    async with storage(tmp_path) as assembly:
        for remedy in (
            lambda: backup(assembly.storage, assembly.clock, io.BytesIO()),
            lambda: load_storage(assembly),
            lambda: remove(*removing(assembly), EVERYTHING),
        ):
            killed = await asyncio.create_subprocess_exec(sys.executable, "-c", LEAVES_A_COPY, str(tmp_path), cwd=PROJECT)
            assert await killed.wait() == -signal.SIGKILL
            assert copies() == ["hotseat.db"]
            with temporary_folder(tmp_path / ".") as folder:  # a process that works here removes what was left, and only that
                assert copies() == []
                (folder / "mine.db").touch()
                remove_leftovers(tmp_path)
                assert copies() == ["mine.db"]
            killed = await asyncio.create_subprocess_exec(sys.executable, "-c", LEAVES_A_COPY, str(tmp_path), cwd=PROJECT)
            await killed.wait()
            await remedy()
            assert copies() == []


async def test_recordings_alone_are_not_overwritten_either(tmp_path: Path, sample_backup: bytes) -> None:
    """Audio whose database was lost is somebody's; restoring over it has to be forced."""
    async with storage(tmp_path) as assembly:
        recording = assembly.storage.archive.create("orphan", 1, 0)
        recording.append(b"\x01\x00" * 640)
        recording.close()
    with pytest.raises(InputError, match="say --force"):
        await put_back(tmp_path, io.BytesIO(sample_backup))
    assert list((tmp_path / "audio").rglob("*.pcm"))


# ---- By themselves --------------------------------------------------------------------------------------------------


async def test_a_restore_drill(tmp_path: Path) -> None:
    """A backup that was made by itself, found whole by the command, is put back elsewhere and holds everything."""
    await sit(tmp_path / "a")
    async with storage(tmp_path / "a") as assembly:
        path = await back_up(assembly.storage, assembly.clock, tmp_path / "backups", keep=2)
    assert path.stat().st_mode & 0o777 == 0o600 and path.parent.stat().st_mode & 0o777 == 0o700
    verified = hotseat("backup", "--verify", str(path), HOTSEAT_DATA_DIR=str(tmp_path / "c"))
    assert (verified.returncode, "is whole" in verified.stdout) == (0, True), verified.stderr
    restored = hotseat("restore", str(path), HOTSEAT_DATA_DIR=str(tmp_path / "b"))
    assert restored.returncode == 0, restored.stderr
    assert contents(tmp_path / "b") == contents(tmp_path / "a")


async def test_backups_are_made_in_time_and_the_oldest_go(tmp_path: Path) -> None:
    """One for each period, the newest few; what is no backup stays."""
    folder = tmp_path / "backups"
    folder.mkdir()
    (folder / "mine.zip").touch()
    assembly = fake_assembly(tmp_path, speed=3_000.0)
    keeping = asyncio.create_task(keep_backups(assembly.storage, assembly.clock, folder, 0.1, 3))
    seen: set[str] = set()
    async with asyncio.timeout(60):
        while len(seen) < 5:
            seen |= {path.name for path in folder.glob("hotseat-*.zip")}
            await asyncio.sleep(0.02)
    keeping.cancel()
    await asyncio.gather(keeping, return_exceptions=True)
    await assembly.storage.store.close()
    left = sorted(path.name for path in folder.glob("*.zip"))
    assert len(left) <= 5 and left[-1] == "mine.zip" and min(seen) not in left


async def test_one_bad_recording_fails_no_backup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is named and left out; everything else is there."""
    await sit(tmp_path)
    await sit(tmp_path)
    file = io.BytesIO()
    async with storage(tmp_path) as assembly:
        archive = assembly.storage.archive
        [bad, *good] = archive.stored()
        read = archive.read

        def reads(interview_id: str, turn_id: int) -> bytes:
            if (interview_id, turn_id) == (bad.interview_id, bad.turn_id):
                raise StorageError("Input/output error")
            return read(interview_id, turn_id)

        monkeypatch.setattr(archive, "read", reads)
        done = await backup(assembly.storage, assembly.clock, file)
        assert good and done.recordings == len(good)
        assert len(done.skipped) == 1 and done.skipped[0].endswith("Input/output error")
        assert (await verify(tmp_path, file)).recordings == len(good)


async def test_verifying_finds_a_damaged_database(tmp_path: Path) -> None:
    """Also where every hash is right, as the database was damaged before it was copied."""
    await sit(tmp_path / "a")
    file = await backed_up(tmp_path / "a")
    (tmp_path / "b").mkdir()
    await verify(tmp_path / "b", file)
    damaged = io.BytesIO()
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(damaged, "w") as target:
        manifest = json.loads(source.read("manifest.json"))
        for name in source.namelist():
            data = source.read(name)
            if name == "hotseat.db":
                data = data[:4096] + b"\xff" * 8192 + data[12288:]
                manifest["files"][name]["sha256"] = hashlib.sha256(data).hexdigest()
            if name != "manifest.json":
                target.writestr(name, data)
        target.writestr("manifest.json", json.dumps(manifest))
    with pytest.raises(InputError, match=r"damaged|can't be used"):
        await verify(tmp_path / "b", damaged)
    assert [path.name for path in (tmp_path / "b").iterdir()] == [], "nothing is left behind"
