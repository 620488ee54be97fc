"""Measures how long a candidate waits for each stage of a reply."""

from __future__ import annotations

from hotseat import wire
from hotseat.clock import Clock
from hotseat.telemetry.metrics import Metrics, Stage


class ReplyLatency:
    """Measures one interview's waits after each answer, by the messages sent to its browser."""

    def __init__(self, metrics: Metrics, clock: Clock) -> None:
        self._metrics = metrics
        self._clock = clock
        self._since = 0.0
        self._awaited: set[Stage] = set()

    def answer_ended(self, now: float) -> None:
        """Starts the measurement at ``now`` (monotonic clock)."""
        self._since = now
        self._awaited = {"acknowledgement", "final_transcript", "reply_audio"}

    def sent(self, message: wire.ServerMessage) -> None:
        """Records the wait for the message's stage, the first time after each answer."""
        stage: Stage
        match message:
            case wire.VoiceMessage(utterance="acknowledgement"):
                stage = "acknowledgement"
            case wire.AnswerMessage():
                stage = "final_transcript"
            case wire.VoiceMessage(utterance="question" | "follow_up"):
                stage = "reply_audio"
            case _:
                return
        if stage in self._awaited:
            self._awaited.discard(stage)
            self._metrics.stage(stage, self._clock.now() - self._since)
