"""Audio in an object store: stored within a second, complete, also with several writers."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable

import pytest
from fsspec.core import url_to_fs
from fsspec.implementations.memory import MemoryFileSystem
from hotseat.errors import SettingsError, StorageError
from hotseat.speech.audio import FRAME_SAMPLES
from hotseat.speech.recordings import StoredAudio
from hotseat.storage.archive import ObjectArchive
from hotseat.storage.archive.objects import CHUNK_BYTES

from tests.support.shared_storage import ObjectStore

FRAME_S = 0.04


def frame(number: int) -> bytes:
    """A frame that tells which it is."""
    return number.to_bytes(2, "little") * FRAME_SAMPLES


def audio(frames: int, first: int = 0) -> bytes:
    return b"".join(frame(number) for number in range(first, first + frames))


def until(done: Callable[[], bool], within_s: float = 5.0) -> None:
    """Waits until it is so."""
    deadline = time.monotonic() + within_s
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def chunks(archive: ObjectArchive) -> list[str]:
    """Where its objects are, in order."""
    files, root = url_to_fs(archive.url, use_listings_cache=False, skip_instance_cache=True)
    return sorted(files.find(root))


@pytest.fixture
def archive(object_store: ObjectStore) -> ObjectArchive:
    archive = ObjectArchive(f"{object_store.url}/{time.monotonic_ns()}")
    archive.check()
    return archive


def test_speech_is_stored_within_a_second(archive: ObjectArchive) -> None:
    """Spoken in real time, at no moment more than a second of it is missing for another process; at the end none is."""
    other = ObjectArchive(archive.url)
    recording = archive.create("one", 1, 3)
    for number in range(75):
        recording.append(frame(number))
        time.sleep(FRAME_S)
        if number % 10 == 9:
            assert len(other.read("one", 1)) >= 2 * FRAME_SAMPLES * (number + 1 - 25)
    recording.close()
    assert archive.read("one", 1) == audio(75)
    assert len(chunks(archive)) == 1, "the chunks were not joined"
    assert archive.seconds("one", 1) == pytest.approx(75 * FRAME_S)
    assert [(there.turn_id, there.first_frame) for there in archive.stored("one")] == [(1, 3)]
    assert (other.read("one", 2), other.seconds("one", 2)) == (b"", 0.0)


def test_an_answer_goes_on_elsewhere(archive: ObjectArchive) -> None:
    """Another process goes on behind what is stored; what the first one still writes covers the same seconds."""
    first = archive.create("one", 1, 3)
    first.append(audio(30))
    until(lambda: not first.has_pending)
    elsewhere = ObjectArchive(archive.url)
    stored = elsewhere.read("one", 1)
    assert (stored, elsewhere.stored("one")[0].first_frame) == (audio(30), 3)
    second = elsewhere.create("one", 1, 33, len(stored) // 2)
    second.append(audio(30, 30))
    first.append(audio(20, 30))
    for recording in (first, second):
        recording.close()
        recording.settle(5)
    assert elsewhere.read("one", 1) == audio(60)
    assert elsewhere.stored("one")[0].first_frame == 3


def test_two_processes_that_join_at_once_lose_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither removes what the other has just joined."""
    archives = [ObjectArchive("memory://joining") for _ in range(2)]
    recordings = [archive.create("one", 1, 0) for archive in archives]
    for recording in recordings:
        recording.append(audio(20))
        recording.settle(5)
    both, remove = threading.Barrier(2, timeout=5), MemoryFileSystem.rm

    def remove_together(files: MemoryFileSystem, *arguments: object, **options: object) -> None:
        both.wait()
        for path in arguments[0]:  # type: ignore[attr-defined]
            with contextlib.suppress(FileNotFoundError):  # an object store doesn't mind
                remove(files, path, **options)

    monkeypatch.setattr(MemoryFileSystem, "rm", remove_together)
    for recording in recordings:
        recording.close()
    for recording in recordings:
        recording.settle(5)
    monkeypatch.undo()
    assert ObjectArchive("memory://joining").read("one", 1) == audio(20)


def test_failed_uploads_are_kept_and_retried(monkeypatch: pytest.MonkeyPatch) -> None:
    """An unreachable store is told of without waiting for it, and nothing is lost once it is back."""
    archive = ObjectArchive("memory://unreachable")
    appended, went_on = threading.Event(), list[bool]()

    def unreachable(*_arguments: object) -> None:
        went_on.append(appended.wait(5))
        raise OSError("no route")

    monkeypatch.setattr(MemoryFileSystem, "pipe_file", unreachable)
    recording = archive.create("one", 1, 0)
    recording.append(audio(20))
    appended.set()
    recording.settle(5)
    assert all(went_on) and went_on, "appending waited for the store"
    with pytest.raises(StorageError, match="no route"):
        recording.append(frame(20))
    monkeypatch.undo()
    recording.close()
    assert archive.read("one", 1) == audio(21)


def test_a_lost_chunk_is_silence(archive: ObjectArchive) -> None:
    """What comes behind it stays at its second."""
    recording = archive.create("one", 1, 0)
    frames = CHUNK_BYTES // (2 * FRAME_SAMPLES) + 1
    for part in range(3):
        recording.append(audio(frames, part * frames))
    recording.settle(5)
    files, _ = url_to_fs(archive.url)
    files.rm_file(chunks(archive)[1])
    silence = bytes(2 * FRAME_SAMPLES * frames)
    assert archive.read("one", 1) == audio(frames) + silence + audio(frames, 2 * frames)


def test_deleting_leaves_nothing(archive: ObjectArchive) -> None:
    """Not of this interview; others are left alone."""
    for interview in ("one", "two"):
        recording = archive.create(interview, 1, 0)
        recording.append(audio(30))
        recording.settle(5)
    assert archive.stored() == (StoredAudio("one", 1, 0), StoredAudio("two", 1, 0))
    archive.delete("one")
    archive.delete("never-was")
    assert (archive.stored("one"), archive.stored("two")) == ((), (StoredAudio("two", 1, 0),))
    assert (archive.read("one", 1), archive.read("two", 1)) == (b"", audio(30))
    for evil in ("../x", "a/b", ""):
        with pytest.raises(StorageError, match="not an interview id"):
            archive.read(evil, 1)


def test_wrong_addresses_are_named(object_store: ObjectStore) -> None:
    """A scheme nobody knows is a wrong setting; a bucket that isn't there is storage that fails, in words."""
    with pytest.raises(SettingsError, match="HOTSEAT_ARCHIVE_URL"):
        ObjectArchive("nothing://here")
    with pytest.raises(StorageError, match="s3://not-there"):
        ObjectArchive("s3://not-there/audio").check()


def test_pending_uploads_of_an_ended_answer_go_with_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has to look at a recording for it to be stored once the store is back."""
    archive = ObjectArchive("memory://owing")

    def unreachable(*_arguments: object) -> None:
        raise OSError("no route")

    monkeypatch.setattr(MemoryFileSystem, "pipe_file", unreachable)
    first = archive.create("one", 1, 0)
    with contextlib.suppress(StorageError):
        first.append(audio(20))
    first.close()
    first.settle(5)
    monkeypatch.undo()
    archive.create("one", 2, 20)
    until(lambda: not first.has_pending)
    assert ObjectArchive(archive.url).read("one", 1) == audio(20)
