"""Receives the frames of one candidate's microphone.

While a question is asked or thought about, frames are only watched for speech. Once the clock runs they are archived and
recognised, never more of them than the limit and the server's own clock allow, whatever the browser sends.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
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
"""Audio kept from before speech was detected, so that its first sound is not lost."""
_BACKLOG_S = 10.0
"""Most audio kept between the detection of speech and the start of the clock, which a busy machine may delay."""
_BURST_S = 2.0
"""How far frames may run ahead of the server's clock: network jitter, not a flood."""


@dataclass(slots=True, eq=False)
class Microphone:
    """One interview's microphone."""

    interview_id: str
    archive: AudioArchive
    clock: Clock
    make_vad: Callable[[], VoiceActivity]
    on_speech: Callable[[int], None]
    """Called with the turn's id when speech begins before the clock runs."""
    on_trouble: Callable[[str, str], None]
    """Called with a code and a text, at most once a turn for too much audio ("flood") and a full disk ("storage")."""
    turn_id: int = field(default=0, init=False)
    next_frame: int = field(default=0, init=False)
    """Number of the first frame that is still wanted."""
    _ring: deque[MicFrame] = field(default_factory=deque, init=False)
    _watch: VoiceActivity | None = field(default=None, init=False)
    _run_s: float = field(default=0.0, init=False)
    _speech_needed_s: float = field(default=0.0, init=False)
    _listener: Listener | None = field(default=None, init=False)
    _recording: OpenRecording | None = field(default=None, init=False)
    _since: float = field(default=0.0, init=False)
    _taken: int = field(default=0, init=False)
    _limit: int = field(default=0, init=False)
    _burst: int = field(default=0, init=False)
    _told: set[str] = field(default_factory=set, init=False)

    def watch(self, turn_id: int, speech_needed_s: float) -> None:
        """Watches this turn's frames for ``speech_needed_s`` of speech; stores nothing."""
        if turn_id != self.turn_id:
            self.turn_id, self.next_frame = turn_id, 0
            self._ring.clear()
            self._told.clear()
            self._since, self._taken = self.clock.now(), 0
            self._burst = int(_BURST_S * SAMPLE_RATE)
        if self._watch is None:
            self._watch = self.make_vad()
        self._run_s, self._speech_needed_s = 0.0, speech_needed_s

    def record(self, turn_id: int, limit_s: float, listener: Listener) -> None:
        """Starts archiving and recognising, from a little before the speech that started the clock."""
        self._begin(turn_id, limit_s, listener)
        first = self._ring[0].number if self._ring else self.next_frame
        self._recording = self.archive.create(self.interview_id, turn_id, first)
        # What is kept from before the clock started must not count as running ahead of it.
        self._burst += sum(len(frame.pcm) // 2 for frame in self._ring)
        for frame in self._ring:
            self._take(frame.pcm)
        self._ring.clear()

    async def resume(self, turn_id: int, limit_s: float, listener: Listener) -> None:
        """Continues an answer that another process was recording. Raises StorageError."""
        stored = await asyncio.to_thread(self.archive.read, self.interview_id, turn_id)
        recordings = await asyncio.to_thread(self.archive.stored, self.interview_id)
        first = next((recording.first_frame for recording in recordings if recording.turn_id == turn_id), 0)
        self._begin(turn_id, limit_s, listener)
        # By what was read, not by what is stored now: the other process may still be writing.
        self.next_frame, self._taken = first + len(stored) // 2 // FRAME_SAMPLES, len(stored) // 2
        self._recording = self.archive.create(self.interview_id, turn_id, self.next_frame, self._taken)
        # The browser may have gone on recording while there was no server; all of that is taken.
        self._burst = self._limit
        listener.feed(samples_of(stored))

    def _begin(self, turn_id: int, limit_s: float, listener: Listener) -> None:
        self.turn_id = turn_id
        self._watch = None
        self._listener = listener
        self._since, self._taken = self.clock.now(), 0
        self._limit = int(limit_s * SAMPLE_RATE)
        self._burst = int(_BURST_S * SAMPLE_RATE)

    def frame(self, frame: MicFrame) -> None:
        """Takes a frame; late, repeated and surplus frames are dropped."""
        if frame.turn_id != self.turn_id or frame.number < self.next_frame:
            return
        if self._watch is None and self._listener is None:
            return
        allowed = int((self.clock.now() - self._since) * SAMPLE_RATE) + self._burst - self._taken
        if allowed < len(frame.pcm) // 2:
            if self._listener is None:  # no loss: only the last half second before speech is ever used
                return
            self._tell("flood", "Your microphone sends more audio than fits into the time; we dropped the rest.")
            return
        self.next_frame = frame.number + 1
        if self._listener is not None:
            self._take(frame.pcm)
        else:
            self._taken += len(frame.pcm) // 2
            self._look(frame)

    @property
    def heard_s(self) -> float:
        """Seconds of the open answer that were taken; 0 if nothing is being recorded."""
        return self._taken / SAMPLE_RATE if self._recording is not None else 0.0

    async def finish(self, turn_id: int, make_listener: Callable[[], Listener]) -> tuple[HeardAnswer | None, float]:
        """Ends the recording; returns the recognised answer and its seconds, or (None, 0) if nothing was recorded.

        An answer that another process recorded is recognised from the archive. Raises TranscriberError, StorageError.
        """
        listener, seconds = self._listener, self.heard_s
        self._stop_recording()
        if listener is None:
            stored = await asyncio.to_thread(self.archive.read, self.interview_id, turn_id)
            if not stored:
                return None, 0.0
            listener, seconds = make_listener(), len(stored) / 2 / SAMPLE_RATE
            listener.feed(samples_of(stored))
        try:
            return await listener.finish(), seconds
        finally:
            listener.close()

    def stop(self) -> None:
        """Ends the recording and abandons its recognition; stored audio stays."""
        if self._listener is not None:
            self._listener.close()
        self._stop_recording()

    def _stop_recording(self) -> None:
        self._listener = None
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
        # Once speech was reported, none of it may be dropped before the clock starts.
        wanted = PREROLL_S + self._run_s if math.isfinite(self._speech_needed_s) else _BACKLOG_S
        kept = sum(len(entry.pcm) // 2 for entry in self._ring) / SAMPLE_RATE
        while kept > wanted and len(self._ring) > 1:
            kept -= len(self._ring.popleft().pcm) / 2 / SAMPLE_RATE
        if self._run_s >= self._speech_needed_s:
            self._speech_needed_s = math.inf  # report it once
            self.on_speech(self.turn_id)

    def _take(self, pcm: bytes) -> None:
        pcm = pcm[: 2 * (self._limit - self._taken)]
        if not pcm:
            return
        self._taken += len(pcm) // 2
        assert self._listener is not None and self._recording is not None
        self._listener.feed(samples_of(pcm))
        try:
            self._recording.append(pcm)
        except StorageError as error:
            if "storage" not in self._told:
                log.error("%s", error)
            self._tell("storage", "Your audio is not being saved right now, but you are heard. The server's log says why.")

    def _tell(self, code: str, text: str) -> None:
        if code not in self._told:
            self._told.add(code)
            self.on_trouble(code, text)
