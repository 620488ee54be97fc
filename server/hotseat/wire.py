"""The WebSocket's messages. docs/protocol.md describes them for people and a test holds the two together.

Text frames are JSON objects with a ``type``. Binary frames to the server carry microphone audio, binary frames from it the
interviewer's voice; see ``MicFrame`` and ``VoiceMessage``.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from hotseat.domain.acts import Act
from hotseat.domain.model import EndedBy
from hotseat.errors import HotseatError
from hotseat.session import events
from hotseat.session.summary import Phase
from hotseat.strict_model import StrictModel

PROTOCOL = 1
MAX_TEXT_BYTES = 32_768
MAX_FRAME_SAMPLES = 8_000
"""Half a second; the page sends 640 samples (40 ms) at a time."""
_HEADER = struct.Struct("<II")
_MAX_NAME = 40
"""Characters of a field's name that an error shows."""


UtteranceKind = Literal["question", "follow_up", "acknowledgement", "closing"]
"""What the interviewer's voice says."""


class _Message(StrictModel):
    model_config = ConfigDict(allow_inf_nan=False)


class _TurnMessage(_Message):
    turn_id: int


# ---- From the browser -----------------------------------------------------------------------------------------------


class Start(_Message):
    """Begin the planned interview."""

    type: Literal["start"] = "start"


class PlaybackDone(_TurnMessage):
    """The question or follow-up of this turn has been played to its end."""

    type: Literal["playback.done"] = "playback.done"


class BargeIn(_TurnMessage):
    """Stop talking, I am answering; also starts the clock while thinking."""

    type: Literal["barge_in"] = "barge_in"


class Done(_TurnMessage):
    """The answer is complete. While the question is being asked: stop the voice and let me think."""

    type: Literal["done"] = "done"


class Typed(_TurnMessage):
    """The whole answer, written instead of spoken."""

    type: Literal["typed"] = "typed"
    text: Annotated[str, Field(max_length=8000)]
    asks: bool = False
    """It asks what is meant; it isn't an answer."""


class Request(_TurnMessage):
    """Ask for the question again, for what is meant, or for time to think; what was said so far is kept."""

    type: Literal["request"] = "request"
    act: Literal["repeat", "clarify", "think"]


class Skip(_TurnMessage):
    """Pass on this question; what was said so far is kept."""

    type: Literal["skip"] = "skip"


class Hint(_TurnMessage):
    """Show the next hint; it is noted in the result."""

    type: Literal["hint"] = "hint"


class End(_Message):
    """End the interview; an answer being given is kept and graded."""

    type: Literal["end"] = "end"


class Mic(_Message):
    """How the microphone is doing, so that the server's log can explain a silent interview."""

    type: Literal["mic"] = "mic"
    state: Literal["on", "off", "denied", "missing", "silent"]


class Ping(_Message):
    """Heartbeat; ``t`` comes back unchanged."""

    type: Literal["ping"] = "ping"
    t: float = 0.0


ClientMessage = Annotated[
    Start | PlaybackDone | BargeIn | Done | Typed | Request | Skip | Hint | End | Mic | Ping, Field(discriminator="type")
]
_client: TypeAdapter[ClientMessage] = TypeAdapter(ClientMessage)


@dataclass(frozen=True, slots=True)
class MicFrame:
    """Binary, browser to server, little-endian: turn (u32), frame number within the turn from 0 (u32), mono PCM16 at 16 kHz."""

    turn_id: int
    number: int
    pcm: bytes


# ---- To the browser -------------------------------------------------------------------------------------------------


class Hello(_Message):
    """First message of every connection."""

    type: Literal["hello"] = "hello"
    protocol: int = PROTOCOL
    interview_id: str


class StateMessage(_TurnMessage):
    """The interview as it stands; sent on connecting and after every change."""

    type: Literal["state"] = "state"
    phase: Phase
    round: int
    """From 1."""
    rounds: int
    question_id: str
    topic: str
    title: str
    text: str
    """What is being asked, for reading along."""
    follow_up: bool
    understood: Act | None
    """What the candidate did instead of answering, which the interviewer responds to in this turn."""
    said: str
    """What is said aloud in this turn, where that isn't just ``text``."""
    requests: tuple[Act, ...]
    """What can be asked for with ``request``."""
    limit_ms: int | None
    """The current turn's time limit."""
    remaining_ms: int | None
    """On the clock now: of the answer while answering, of thinking while thinking; else null."""
    clock_running: bool
    next_frame: int
    """Number of the first microphone frame of this turn that the server does not have."""
    hints_left: int
    voice: bool
    """False when there is no voice: show the text and send playback.done when it has been read."""


class VoiceMessage(_TurnMessage):
    """One spoken sentence. The next binary frame is its audio: mono PCM16, little-endian."""

    type: Literal["voice"] = "voice"
    utterance: UtteranceKind
    index: int
    text: str
    sample_rate: int
    bytes: int


class VoiceEnd(_TurnMessage):
    """No more sentences of this utterance."""

    type: Literal["voice.end"] = "voice.end"
    utterance: UtteranceKind
    seconds: float


class VoiceStop(_TurnMessage):
    """Stop playing this turn's voice at once."""

    type: Literal["voice.stop"] = "voice.stop"


class Caption(_TurnMessage):
    """What has been heard so far. ``committed`` grows, though a word in it may be put right; ``partial`` may change."""

    type: Literal["caption"] = "caption"
    committed: str
    partial: str


class SpeechMessage(_TurnMessage):
    """Whether the candidate is heard speaking; ``silence_ms`` counts up to the silence that ends the answer."""

    type: Literal["speech"] = "speech"
    speaking: bool
    silence_ms: int
    ends_at_ms: int


class AnswerMessage(_TurnMessage):
    """An answer's final transcript."""

    type: Literal["answer"] = "answer"
    text: str
    duration_s: float
    ended_by: EndedBy
    note: str = ""
    act: Act = Act.ANSWER
    """What was understood from the words; anything but an answer is not graded."""


class HintMessage(_TurnMessage):
    """A revealed hint."""

    type: Literal["hint"] = "hint"
    number: int
    text: str


class GradeMessage(_Message):
    """A round has been graded (or not: ``verdict`` null and the reason)."""

    type: Literal["grade"] = "grade"
    round: int
    verdict: str | None
    reason: str = ""
    fallback: bool = False


class Notice(_Message):
    """Something the candidate should know; the interview goes on."""

    type: Literal["notice"] = "notice"
    code: str
    text: str


class ErrorMessage(_Message):
    """The last message was not understood or not expected; nothing has changed."""

    type: Literal["error"] = "error"
    code: Literal["malformed", "unknown_type", "oversized", "unexpected", "flood"]
    text: str


class FinishedMessage(_Message):
    """The interview is over; its review is at ``review``."""

    type: Literal["finished"] = "finished"
    review: str


class Pong(_Message):
    """Answer to ping."""

    type: Literal["pong"] = "pong"
    t: float


ServerMessage = (
    Hello
    | StateMessage
    | VoiceMessage
    | VoiceEnd
    | VoiceStop
    | Caption
    | SpeechMessage
    | AnswerMessage
    | HintMessage
    | GradeMessage
    | Notice
    | ErrorMessage
    | FinishedMessage
    | Pong
)


# ---- Parsing --------------------------------------------------------------------------------------------------------


class WireError(HotseatError):
    """A client sent what is not in docs/protocol.md; ``code`` goes into the error message."""

    def __init__(self, code: Literal["malformed", "unknown_type", "oversized"], text: str) -> None:
        super().__init__(text)
        self.code = code


def parse_text(text: str) -> ClientMessage:
    """Raises WireError."""
    size = len(text.encode(errors="replace"))
    if size > MAX_TEXT_BYTES:
        raise WireError("oversized", f"message has {size} bytes, at most {MAX_TEXT_BYTES}")
    try:
        return _client.validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        if first["type"] in {"union_tag_invalid", "union_tag_not_found"}:
            raise WireError(
                "unknown_type", f"unknown message type; expected {first.get('ctx', {}).get('expected_tags', 'a type')}"
            ) from None
        where = ".".join(_shown(part) for part in first["loc"]) or "message"
        raise WireError("malformed", f"{where}: {first['msg']}") from None


def _shown(part: int | str) -> str:
    """A field's name; one that the sender made up must not get a line of its own into the log."""
    name = str(part)
    return name if name.isprintable() and len(name) <= _MAX_NAME else repr(name[:_MAX_NAME])


def parse_frame(data: bytes) -> MicFrame:
    """Raises WireError."""
    size = len(data) - _HEADER.size
    if size > MAX_FRAME_SAMPLES * 2:
        raise WireError("oversized", f"audio frame has {size} bytes of audio, at most {MAX_FRAME_SAMPLES * 2}")
    if size <= 0 or size % 2:
        raise WireError("malformed", f"audio frame has {len(data)} bytes, expected 8 of header and whole 16-bit samples")
    turn_id, number = _HEADER.unpack_from(data)
    return MicFrame(turn_id, number, data[_HEADER.size :])


def pack_frame(turn_id: int, number: int, pcm: bytes) -> bytes:
    """The inverse of ``parse_frame``, for clients in Python."""
    return _HEADER.pack(turn_id, number) + pcm


def to_event(message: ClientMessage) -> events.Event | None:
    """The core event a message stands for; None for those that only concern the connection."""
    match message:
        case Start():
            return events.StartPressed()
        case PlaybackDone():
            return events.PlaybackDone(message.turn_id)
        case BargeIn():
            return events.SpeechStarted(message.turn_id)
        case Done():
            return events.DonePressed(message.turn_id)
        case Typed():
            return events.TypedAnswer(message.turn_id, message.text, Act.CLARIFY if message.asks else None)
        case Request():
            return events.ActPressed(message.turn_id, Act(message.act))
        case Skip():
            return events.SkipPressed(message.turn_id)
        case Hint():
            return events.HintPressed(message.turn_id)
        case End():
            return events.EndPressed()
        case _:
            return None
