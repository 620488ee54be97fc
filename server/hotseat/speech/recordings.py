"""Interface of the archive of answers' audio; hotseat.storage.archive implements it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class OpenRecording(Protocol):
    def append(self, pcm: bytes) -> None:
        """Raises StorageError."""

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class StoredAudio:
    """One recording in the archive. Its fields are the arguments with which ``AudioArchive.create`` made it."""

    interview_id: str
    turn_id: int
    first_frame: int
    """Number of its first microphone frame."""


class AudioArchive(Protocol):
    """Answers' audio, mono PCM16 at 16 kHz, one recording a turn."""

    def check(self) -> None:
        """Raises StorageError when it can't be written."""

    def create(self, interview_id: str, turn_id: int, first_frame: int, stored: int = 0) -> OpenRecording:
        """A new recording, or the continuation of one that has ``stored`` samples. Never waits."""

    def read(self, interview_id: str, turn_id: int) -> bytes:
        """The turn's PCM16; empty if there is none. Raises StorageError."""

    def seconds(self, interview_id: str, turn_id: int) -> float:
        """The recording's length; 0 if there is none. Raises StorageError."""

    def delete(self, interview_id: str) -> None:
        """Deletes all recordings of the interview. Raises StorageError."""

    def stored(self, interview_id: str | None = None) -> tuple[StoredAudio, ...]:
        """An interview's recordings, or those of all interviews, in order. Raises StorageError."""
