"""Answers' audio on disk: one raw PCM16 file a turn, appended to while the candidate speaks.

A file is named ``<turn>.f<frame>.pcm``: the number of the first microphone frame it holds, so that after a crash the
browser can be told from which frame on to send again.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import threading
from io import FileIO
from pathlib import Path

from hotseat.errors import StorageError
from hotseat.speech.audio import SAMPLE_RATE
from hotseat.speech.recordings import StoredAudio
from hotseat.storage.archive.names import check_id

_SYNC_BYTES = SAMPLE_RATE  # half a second of PCM16
_NAME = re.compile(r"^(\d+)\.f(\d+)\.pcm$")


class Recording:
    """One open recording. Bytes that could not be written are kept and written with the next ones."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.closed = False
        self._file: FileIO | None = None
        self._pending = bytearray()
        self._unsynced = 0

    @property
    def has_pending(self) -> bool:
        """Whether bytes wait to be written."""
        return bool(self._pending)

    def append(self, pcm: bytes) -> None:
        """Hands the bytes to the operating system at once and to the disk every half second. Raises StorageError."""
        self._pending += pcm
        self.flush()

    def flush(self) -> None:
        """Writes what is pending. Raises StorageError."""
        try:
            if self._file is None:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                self._file = FileIO(self.path, "a")
                if odd := self._file.seek(0, os.SEEK_END) % 2:
                    # A crash may leave half a sample, after which everything appended would be noise.
                    self._file.truncate(self._file.tell() - odd)
            while self._pending:
                written = self._file.write(self._pending) or 0
                del self._pending[:written]
                self._unsynced += written
            if self._unsynced >= _SYNC_BYTES:
                os.fsync(self._file.fileno())
                self._unsynced = 0
        except OSError as error:
            raise StorageError(f"cannot store audio in {self.path.parent}: {error.strerror}") from error

    def close(self) -> None:
        """Ends the recording. Bytes that still can't be written stay pending (LocalArchive writes them later)."""
        if self._pending:
            with contextlib.suppress(StorageError):
                self.flush()
        if self._file is not None:
            self._file.close()
            self._file = None
        self.closed = True


class LocalArchive:
    """Recordings under one directory, a folder for each interview.

    If the disk is full, audio is kept in memory and written when there is room again.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._recordings: list[Recording] = []
        """Those that are open or have pending bytes."""
        self._lock = threading.Lock()

    def check(self) -> None:
        """Raises StorageError."""
        try:
            self._root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(f"cannot store audio in {self._root}: {error.strerror}") from error

    def create(self, interview_id: str, turn_id: int, first_frame: int, stored: int = 0) -> Recording:
        """The turn's recording, continued if there is one."""
        self._settle()
        existing = self._find(interview_id, turn_id)
        recording = Recording(existing or self._folder(interview_id) / f"{turn_id:03d}.f{first_frame}.pcm")
        with self._lock:
            self._recordings.append(recording)
        return recording

    def read(self, interview_id: str, turn_id: int) -> bytes:
        """The turn's PCM16, empty if there is none. Raises StorageError."""
        self._settle()
        path = self._find(interview_id, turn_id)
        try:
            data = path.read_bytes() if path else b""
        except OSError as error:
            raise StorageError(f"cannot read audio {path}: {error.strerror}") from error
        return data[: len(data) // 2 * 2]  # without half a sample that a crash may leave

    def seconds(self, interview_id: str, turn_id: int) -> float:
        self._settle()
        path = self._find(interview_id, turn_id)
        return path.stat().st_size // 2 / SAMPLE_RATE if path else 0.0

    def delete(self, interview_id: str) -> None:
        """Removes all of an interview's audio. Raises StorageError."""
        folder = self._folder(interview_id)
        with self._lock:
            self._recordings = [recording for recording in self._recordings if recording.path.parent != folder]
        try:
            if folder.exists():
                shutil.rmtree(folder)
        except OSError as error:
            raise StorageError(f"cannot delete {folder}: {error.strerror}") from error

    def stored(self, interview_id: str | None = None) -> tuple[StoredAudio, ...]:
        """An interview's recordings, or those of all interviews, in order. Raises StorageError."""
        self._settle()
        folders = [self._folder(interview_id)] if interview_id is not None else sorted(self._root.glob("*"))
        names = [(folder.name, _NAME.match(path.name)) for folder in folders for path in sorted(folder.glob("*.pcm"))]
        return tuple(StoredAudio(folder, int(name[1]), int(name[2])) for folder, name in names if name is not None)

    def _settle(self) -> None:
        """Tries again to write the pending bytes of closed recordings."""
        with self._lock:
            for recording in self._recordings:
                if recording.closed and recording.has_pending:
                    recording.close()
            self._recordings = [recording for recording in self._recordings if recording.has_pending or not recording.closed]

    def _folder(self, interview_id: str) -> Path:
        return self._root / check_id(interview_id)

    def _find(self, interview_id: str, turn_id: int) -> Path | None:
        return next(iter(sorted(self._folder(interview_id).glob(f"{turn_id:03d}.f*.pcm"))), None)
