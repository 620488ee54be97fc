"""The server's end of one candidate's microphone: which frames count, where they go, and when speech begins.

While a question is asked or thought about, frames are only watched for speech. Once the clock runs they are archived and
listened to, never more of them than the limit and the server's own clock allow, whatever the browser sends.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from hotseat.clock import Clock
from hotseat.domain.endpointing import ON, WINDOW_S
from hotseat.errors import StorageError
from hotseat.speech.audio import FRAME_SAMPLES, SAMPLE_RATE, samples_of
from hotseat.speech.recognition import VoiceActivity
from hotseat.speech.recordings import AudioArchive, OpenRecording
from hotseat.wire import MicFrame

if TYPE_CHECKING:
    from hotseat.speech.listening import HeardAnswer, Listener

log = logging.getLogger(__name__)

PREROLL_S = 0.4
"""Kept from before the noticed start of speech, so that its first sound is not lost."""
_BACKLOG_S = 10.0
"""Most that is kept between the noticed start of speech and the start of the clock, on a machine that is busy."""
_BURST_S = 2.0
"""How far frames may run ahead of the server's clock: network jitter, not a flood."""


class Microphone:
    """One interview's microphone. ``on_speech(turn_id)`` is called when speech begins before the clock runs."""

    def __init__(
        self,
        interview_id: str,
        archive: AudioArchive,
        clock: Clock,
        make_vad: Callable[[], VoiceActivity],
        on_speech: Callable[[int], None],
        on_trouble: Callable[[str, str], None],
    ) -> None:
        """``on_trouble(code, text)`` tells the candidate of a flood or a full disk, once for each turn."""
        self._interview_id = interview_id
        self._archive = archive
        self._clock = clock
        self._make_vad = make_vad
        self._on_speech = on_speech
        self._on_trouble = on_trouble
        self.turn_id = 0
        self.next_frame = 0
        self._ring: deque[MicFrame] = deque()
        self._watch: VoiceActivity | None = None
        self._run_s = 0.0
        self._speech_needed_s = 0.0
        self._transcriber: Listener | None = None
        self._recording: OpenRecording | None = None
        self._since = 0.0
        self._taken = 0
        self._limit = 0
        self._burst = 0
        self._told: set[str] = set()

    def watch(self, turn_id: int, speech_needed_s: float) -> None:
        """Looks out for ``speech_needed_s`` of speech in this turn's frames; stores nothing."""
        if turn_id != self.turn_id:
            self.turn_id, self.next_frame = turn_id, 0
            self._ring.clear()
            self._told.clear()
            self._since, self._taken = self._clock.now(), 0
            self._burst = int(_BURST_S * SAMPLE_RATE)
        if self._watch is None:
            self._watch = self._make_vad()
        self._run_s, self._speech_needed_s = 0.0, speech_needed_s

    def record(self, turn_id: int, limit_s: float, transcriber: Listener) -> None:
        """The clock runs: archives and listens, starting a little before the speech that set it off."""
        self._begin(turn_id, limit_s, transcriber)
        first = self._ring[0].number if self._ring else self.next_frame
        self._recording = self._archive.create(self._interview_id, turn_id, first)
        # What is kept from before the clock started must not count as running ahead of it.
        self._burst += sum(len(frame.pcm) // 2 for frame in self._ring)
        for frame in self._ring:
            self._take(frame.pcm)
        self._ring.clear()

    async def resume(self, turn_id: int, limit_s: float, transcriber: Listener) -> None:
        """Goes on with an answer that an earlier process was recording. Raises StorageError."""
        stored = await asyncio.to_thread(self._archive.read, self._interview_id, turn_id)
        recordings = await asyncio.to_thread(self._archive.stored, self._interview_id)
        first = next((recording.first_frame for recording in recordings if recording.turn_id == turn_id), 0)
        self._begin(turn_id, limit_s, transcriber)
        # From what was read, not from what is stored by now: the process before may still be writing.
        self.next_frame, self._taken = first + len(stored) // 2 // FRAME_SAMPLES, len(stored) // 2
        self._recording = self._archive.create(self._interview_id, turn_id, self.next_frame, self._taken)
        # The browser may have gone on recording while there was no server; all of that is taken.
        self._burst = self._limit
        transcriber.feed(samples_of(stored))

    def _begin(self, turn_id: int, limit_s: float, transcriber: Listener) -> None:
        self.turn_id = turn_id
        self._watch = None
        self._transcriber = transcriber
        self._since, self._taken = self._clock.now(), 0
        self._limit = int(limit_s * SAMPLE_RATE)
        self._burst = int(_BURST_S * SAMPLE_RATE)

    def frame(self, frame: MicFrame) -> None:
        """Takes a frame in; late, repeated and surplus ones are dropped."""
        if frame.turn_id != self.turn_id or frame.number < self.next_frame:
            return
        if self._watch is None and self._transcriber is None:
            return
        allowed = int((self._clock.now() - self._since) * SAMPLE_RATE) + self._burst - self._taken
        if allowed < len(frame.pcm) // 2:
            if self._transcriber is None:  # nothing is lost: only the last half second before speech is ever wanted
                return
            self._tell("flood", "Your microphone sends more audio than fits into the time; we dropped the rest.")
            return
        self.next_frame = frame.number + 1
        if self._transcriber is not None:
            self._take(frame.pcm)
        else:
            self._taken += len(frame.pcm) // 2
            self._look(frame)

    @property
    def heard_s(self) -> float:
        """Seconds stored of the open answer."""
        return self._taken / SAMPLE_RATE if self._recording is not None else 0.0

    async def finish(self, turn_id: int, make_transcriber: Callable[[], Listener]) -> tuple[HeardAnswer | None, float]:
        """Takes no more audio; the final words and the seconds stored. (None, 0) when nothing was recorded.

        An answer that an earlier process recorded is listened to from the archive. Raises TranscriberError, StorageError.
        """
        transcriber, seconds = self._transcriber, self.heard_s
        self._stop_recording()
        if transcriber is None:
            stored = await asyncio.to_thread(self._archive.read, self._interview_id, turn_id)
            if not stored:
                return None, 0.0
            transcriber, seconds = make_transcriber(), len(stored) / 2 / SAMPLE_RATE
            transcriber.feed(samples_of(stored))
        try:
            return await transcriber.finish(), seconds
        finally:
            transcriber.close()

    def stop(self) -> None:
        """Takes no more audio and forgets what was being listened to; what is stored stays."""
        if self._transcriber is not None:
            self._transcriber.close()
        self._stop_recording()

    def _stop_recording(self) -> None:
        self._transcriber = None
        self._watch = None
        if self._recording is not None:
            self._recording.close()
            self._recording = None

    def _look(self, frame: MicFrame) -> None:
        self._ring.append(frame)
        samples = samples_of(frame.pcm)
        assert self._watch is not None
        for probability in self._watch.feed(samples):
            self._run_s = self._run_s + WINDOW_S if probability >= ON else 0.0
        # Once speech was announced, nothing of it may go before the clock starts, however long that takes.
        wanted = PREROLL_S + self._run_s if math.isfinite(self._speech_needed_s) else _BACKLOG_S
        kept = sum(len(entry.pcm) // 2 for entry in self._ring) / SAMPLE_RATE
        while kept > wanted and len(self._ring) > 1:
            kept -= len(self._ring.popleft().pcm) / 2 / SAMPLE_RATE
        if self._run_s >= self._speech_needed_s:
            self._speech_needed_s = math.inf  # say it once
            self._on_speech(self.turn_id)

    def _take(self, pcm: bytes) -> None:
        pcm = pcm[: 2 * (self._limit - self._taken)]
        if not pcm:
            return
        self._taken += len(pcm) // 2
        assert self._transcriber is not None and self._recording is not None
        self._transcriber.feed(samples_of(pcm))
        try:
            self._recording.append(pcm)
        except StorageError as error:
            if "storage" not in self._told:
                log.error("%s", error)
            self._tell("storage", "Your audio is not being saved right now, but you are heard. The server's log says why.")

    def _tell(self, code: str, text: str) -> None:
        if code not in self._told:
            self._told.add(code)
            self._on_trouble(code, text)
