"""Answers' audio in an object store, through fsspec: small chunks, because an object can't be appended to.

A chunk is named ``<interview>/<turn>.f<frame>.<start>.<writer>.pcm``: the number of the answer's first microphone frame, the
sample of the answer at which the chunk begins, and a random id of the writer. If two processes store the same seconds, because
one has not noticed yet that the other has taken the interview over, their chunks overlap instead of adding up. When the answer
is over, its chunks are joined into one.
"""

from __future__ import annotations

import re
import secrets
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import fsspec

from hotseat.errors import SettingsError, StorageError
from hotseat.speech.audio import FRAME_SAMPLES, SAMPLE_RATE
from hotseat.speech.recordings import StoredAudio
from hotseat.storage.archive.names import check_id

CHUNK_BYTES = SAMPLE_RATE
"""Half a second of PCM16; with the upload, audio is stored within a second of being spoken."""
_SETTLE_S = 5.0
"""How long reads and deletions wait for uploads."""
_TRIES = 3
"""Tries to read chunks that are being joined."""
_OPTIONS: dict[str, dict[str, Any]] = {
    "s3": {"config_kwargs": {"connect_timeout": 3, "read_timeout": 10, "retries": {"max_attempts": 1}}}
}
"""Options by protocol. Uploads fail soon rather than block for minutes; they are tried again with the next chunk."""
_CHUNK = re.compile(r"^(\d+)\.f(\d+)\.(\d+)\.\w+\.pcm$")


@dataclass(frozen=True, slots=True, order=True)
class _Chunk:
    start: int
    """First sample, counted from the answer's beginning."""
    bytes: int
    path: str

    @property
    def end(self) -> int:
        return self.start + self.bytes // 2


class ObjectRecording:
    """One open recording. Chunks that could not be uploaded are kept and tried again with the next one."""

    def __init__(
        self, put: Callable[[int, bytes], None], join: Callable[[], None], threads: ThreadPoolExecutor, start: int
    ) -> None:
        """``put(start, pcm)`` uploads the chunk from sample ``start`` on, ``join()`` joins all chunks. Both block, and raise
        StorageError."""
        self._put = put
        self._join = join
        self._threads = threads
        self._next = start
        self._open = bytearray()
        self._pending: dict[int, bytes] = {}
        self._uploads: dict[int, Future[None]] = {}
        self._trouble: StorageError | None = None
        self._lock = threading.Lock()
        self._closed = False

    @property
    def has_pending(self) -> bool:
        """Whether chunks are still to be uploaded or joined."""
        with self._lock:
            return bool(self._pending or self._uploads)

    def append(self, pcm: bytes) -> None:
        """Never waits. Raises StorageError when an earlier chunk could not be stored."""
        self._open += pcm
        if len(self._open) >= CHUNK_BYTES:
            self._cut()
        if self._trouble is not None:
            raise self._trouble

    def close(self) -> None:
        """Starts to upload what is left, without waiting (see ``settle``)."""
        self._closed = True
        self._cut()

    def settle(self, within_s: float) -> None:
        """Tries failed uploads again, and waits at most ``within_s`` seconds for all uploads."""
        self.send()
        with self._lock:
            uploads = list(self._uploads.values())
        wait(uploads, within_s)

    def _cut(self) -> None:
        with self._lock:
            self._pending[self._next] = bytes(self._open)
        self._next += len(self._open) // 2
        self._open.clear()
        self.send()

    def send(self) -> None:
        """Starts to upload all pending chunks; never waits."""
        with self._lock:
            for start, pcm in self._pending.items():
                if start not in self._uploads:
                    self._uploads[start] = self._threads.submit(self._store, start, pcm)

    def _store(self, start: int, pcm: bytes) -> None:
        trouble = None
        try:
            self._put(start, pcm)
        except StorageError as error:
            trouble = error
        with self._lock:
            self._trouble = trouble
            if trouble is None:
                del self._pending[start]
            whole = self._closed and not self._pending
        if whole:
            with suppress(StorageError, FileNotFoundError):  # the archive also works with many chunks
                self._join()
        with self._lock:
            del self._uploads[start]


class ObjectArchive:
    """Implements ``AudioArchive`` at an fsspec address such as ``s3://bucket/folder``.

    Credentials and the endpoint come from where the backend's own tools look for them, such as AWS_* variables.
    """

    def __init__(self, url: str) -> None:
        """Raises SettingsError."""
        try:
            self._files, self._root = fsspec.core.url_to_fs(
                url, use_listings_cache=False, skip_instance_cache=True, **_OPTIONS.get(url.split(":")[0], {})
            )
        except (ImportError, ValueError) as error:
            raise SettingsError(f"HOTSEAT_ARCHIVE_URL: {error}") from None
        self.url = url
        self._threads = ThreadPoolExecutor(4, thread_name_prefix="archive")
        self._recordings: dict[tuple[str, int], ObjectRecording] = {}
        """Those that are open or have pending chunks."""

    def check(self) -> None:
        """Writes and removes an object. Raises StorageError."""
        with self._reaching():
            self._files.pipe_file(f"{self._root}/.writable", b"1")
            self._files.rm_file(f"{self._root}/.writable")

    def create(self, interview_id: str, turn_id: int, first_frame: int, stored: int = 0) -> ObjectRecording:
        """A new recording, or the continuation of one of which ``stored`` samples are there."""
        frame, writer = first_frame - stored // FRAME_SAMPLES, secrets.token_hex(4)
        path = f"{self._folder(interview_id)}/{turn_id:03d}.f{frame}"

        def name(start: int) -> str:
            return f"{path}.{start:08d}.{writer}.pcm"

        def put(start: int, pcm: bytes) -> None:
            with self._reaching():
                self._files.pipe_file(name(start), pcm)

        def join() -> None:
            parts = self._parts(interview_id, turn_id)
            put(0, self._overlay(parts))
            # Another process may join at the same time: of two that begin at 0, only the one whose name is greater stays.
            if covered := [part.path for part in parts if part.start or part.path < name(0)]:
                with self._reaching():
                    self._files.rm(covered)

        for key, recording in list(self._recordings.items()):
            if key == (interview_id, turn_id):
                continue
            if recording.has_pending:
                recording.send()
            else:
                del self._recordings[key]
        self._recordings[interview_id, turn_id] = recording = ObjectRecording(put, join, self._threads, stored)
        return recording

    def read(self, interview_id: str, turn_id: int) -> bytes:
        """The turn's PCM16, with silence for lost chunks; empty if there is none. Raises StorageError."""
        for _ in range(_TRIES):
            with suppress(FileNotFoundError):  # the chunks were joined between listing and reading
                return self._overlay(self._chunks(interview_id, turn_id))
        raise StorageError(f"the audio archive {self.url} changes faster than it can be read")

    def seconds(self, interview_id: str, turn_id: int) -> float:
        return max((chunk.end for chunk in self._chunks(interview_id, turn_id)), default=0) / SAMPLE_RATE

    def delete(self, interview_id: str) -> None:
        """Removes all of an interview's audio. Raises StorageError."""
        folder = self._folder(interview_id)
        for key in [key for key in self._recordings if key[0] == interview_id]:
            self._recordings.pop(key).settle(_SETTLE_S)  # or a chunk might arrive after the deletion
        with self._reaching(), suppress(FileNotFoundError):
            self._files.rm(folder, recursive=True)

    def stored(self, interview_id: str | None = None) -> tuple[StoredAudio, ...]:
        """An interview's recordings, or those of all interviews, in order. Raises StorageError."""
        for (folder, _), recording in list(self._recordings.items()):
            if interview_id in (None, folder):
                recording.settle(_SETTLE_S)
        paths: list[str] = []
        with self._reaching(), suppress(FileNotFoundError):
            paths = self._files.find(self._root if interview_id is None else self._folder(interview_id))
        found: dict[tuple[str, int], int] = {}
        for path in paths:
            _, folder, name = path.rsplit("/", 2)
            if (named := _CHUNK.match(name)) is not None:
                found[folder, int(named[1])] = int(named[2])
        return tuple(StoredAudio(folder, turn_id, frame) for (folder, turn_id), frame in sorted(found.items()))

    def _overlay(self, chunks: list[_Chunk]) -> bytes:
        """The chunks' PCM16, each at its start. Raises FileNotFoundError, StorageError."""
        if not chunks:
            return b""
        with self._reaching(FileNotFoundError):
            found: dict[str, bytes] = self._files.cat([chunk.path for chunk in chunks])
        pcm = bytearray(2 * max(chunk.end for chunk in chunks))
        for chunk in chunks:
            data = found[chunk.path]
            pcm[2 * chunk.start : 2 * chunk.start + len(data)] = data
        return bytes(pcm)

    def _chunks(self, interview_id: str, turn_id: int) -> list[_Chunk]:
        """The turn's chunks, after waiting for uploads. Raises StorageError."""
        if (recording := self._recordings.get((interview_id, turn_id))) is not None:
            recording.settle(_SETTLE_S)
        return self._parts(interview_id, turn_id)

    def _parts(self, interview_id: str, turn_id: int) -> list[_Chunk]:
        """The turn's stored chunks by start; of two with the same start the longer comes last. Raises StorageError."""
        listed: list[dict[str, Any]] = []
        with self._reaching(), suppress(FileNotFoundError):
            listed = self._files.ls(self._folder(interview_id), detail=True)
        found = []
        for entry in listed:
            named = _CHUNK.match(entry["name"].rsplit("/", 1)[-1])
            if named is not None and int(named[1]) == turn_id:
                found.append(_Chunk(int(named[3]), entry["size"], entry["name"]))
        return sorted(found)

    def _folder(self, interview_id: str) -> str:
        return f"{self._root}/{check_id(interview_id)}"

    @contextmanager
    def _reaching(self, *let_through: type[Exception]) -> Iterator[None]:
        try:
            yield
        except let_through:
            raise
        except Exception as error:  # fsspec's backends share no other base
            raise StorageError(f"the audio archive {self.url} failed: {error}") from error
