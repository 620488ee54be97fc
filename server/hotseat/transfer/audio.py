"""Stores and deletes whole recordings in the archive."""

from __future__ import annotations

from collections.abc import Iterable

from hotseat.errors import StorageError
from hotseat.speech.audio import SAMPLE_RATE
from hotseat.speech.recordings import AudioArchive, StoredAudio


def put(archive: AudioArchive, stored: StoredAudio, pcm: bytes) -> None:
    """Stores a recording at once. Raises StorageError if any of it is missing then, though the archive may try again later."""
    recording = archive.create(stored.interview_id, stored.turn_id, stored.first_frame)
    recording.append(pcm)
    recording.close()
    archive.stored(stored.interview_id)  # waits for uploads
    if round(archive.seconds(stored.interview_id, stored.turn_id) * SAMPLE_RATE) != len(pcm) // 2:
        raise StorageError(f"the audio of interview {stored.interview_id} could not be stored; is there room left?")


def delete_audio(archive: AudioArchive, recordings: Iterable[StoredAudio]) -> None:
    """Deletes all audio of the interviews that these are of. Raises StorageError."""
    for interview_id in {stored.interview_id for stored in recordings}:
        archive.delete(interview_id)
