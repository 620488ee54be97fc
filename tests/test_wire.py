"""The WebSocket's messages: what is accepted, and what is refused with which error."""

from __future__ import annotations

import json
import logging
import math
import struct
import sys
from typing import get_args

import pytest
from hotseat import wire
from hotseat.domain.acts import Act
from hotseat.session import events
from hotseat.telemetry import logs
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

u32 = st.integers(0, 2**32 - 1)

MESSAGES: list[tuple[str, wire.ClientMessage, events.Event | None]] = [
    ('{"type": "start"}', wire.Start(), events.StartPressed()),
    ('{"type": "playback.done", "turn_id": 3}', wire.PlaybackDone(turn_id=3), events.PlaybackDone(3)),
    ('{"type": "barge_in", "turn_id": 3}', wire.BargeIn(turn_id=3), events.SpeechStarted(3)),
    ('{"type": "done", "turn_id": 3}', wire.Done(turn_id=3), events.DonePressed(3)),
    (
        '{"type": "typed", "turn_id": 3, "text": "é 模 😀"}',
        wire.Typed(turn_id=3, text="é 模 😀"),
        events.TypedAnswer(3, "é 模 😀"),
    ),
    (
        '{"type": "typed", "turn_id": 3, "text": "At inference?", "asks": true}',
        wire.Typed(turn_id=3, text="At inference?", asks=True),
        events.TypedAnswer(3, "At inference?", Act.CLARIFY),
    ),
    (
        '{"type": "request", "turn_id": 3, "act": "repeat"}',
        wire.Request(turn_id=3, act="repeat"),
        events.ActPressed(3, Act.REPEAT),
    ),
    ('{"type": "skip", "turn_id": 3}', wire.Skip(turn_id=3), events.SkipPressed(3)),
    ('{"type": "hint", "turn_id": 3}', wire.Hint(turn_id=3), events.HintPressed(3)),
    ('{"type": "end"}', wire.End(), events.EndPressed()),
    ('{"type": "mic", "state": "denied"}', wire.Mic(state="denied"), None),
    ('{"type": "ping", "t": 12.5}', wire.Ping(t=12.5), None),
    ('{"type": "ping"}', wire.Ping(), None),
]


@pytest.mark.parametrize(("text", "message", "event"), MESSAGES, ids=[text for text, _, _ in MESSAGES])
def test_client_messages(text: str, message: wire.ClientMessage, event: events.Event | None) -> None:
    """Every message of the browser is parsed, and stands for one event of the core or concerns only the connection."""
    assert wire.parse_text(text) == message
    assert wire.to_event(message) == event
    assert wire.parse_text(message.model_dump_json()) == message


def test_every_client_message_is_in_the_table() -> None:
    """The table above leaves out no message."""
    union, _ = get_args(wire.ClientMessage)
    assert {type(message) for _, message, _ in MESSAGES} == set(get_args(union))


BAD_TEXT = {
    "empty": ("", "malformed", "Invalid JSON"),
    "not JSON": ("start", "malformed", "Invalid JSON"),
    "cut short": ('{"type": "start"', "malformed", "Invalid JSON"),
    "an array": ("[]", "malformed", "object"),
    "null": ("null", "malformed", "object"),
    "nested too deep": ("[" * 20_000, "malformed", "recursion"),
    "lone surrogate": ("\ud800", "malformed", "string"),
    "escaped lone surrogate": ('{"type": "typed", "turn_id": 1, "text": "\\ud800"}', "malformed", "Invalid JSON"),
    "no type": ("{}", "unknown_type", "expected a type"),
    "type of the server": ('{"type": "state"}', "unknown_type", "'playback.done'"),
    "type of another case": ('{"type": "Start"}', "unknown_type", "'start'"),
    "type a number": ('{"type": 1}', "unknown_type", "'start'"),
    "field missing": ('{"type": "done"}', "malformed", "done.turn_id: Field required"),
    "field of another kind": ('{"type": "done", "turn_id": "x"}', "malformed", "done.turn_id: Input should be a valid integer"),
    "field with a fraction": ('{"type": "done", "turn_id": 1.5}', "malformed", "done.turn_id"),
    "field null": ('{"type": "done", "turn_id": null}', "malformed", "done.turn_id"),
    "field unknown": ('{"type": "start", "limit_s": 600}', "malformed", "start.limit_s: Extra inputs are not permitted"),
    "field with a line of its own": (
        json.dumps({"type": "start", "x\nWARNING all is lost": 1}),
        "malformed",
        "start.'x\\nWARNING all is lost': Extra inputs",
    ),
    "field with a long name": (json.dumps({"type": "start", "x" * 9000: 1}), "malformed", f"start.'{'x' * 40}': Extra"),
    "value unknown": ('{"type": "mic", "state": "loud"}', "malformed", "mic.state"),
    "time not a number": ('{"type": "ping", "t": NaN}', "malformed", "ping.t"),
    "time without end": ('{"type": "ping", "t": 1e999}', "malformed", "ping.t"),
    "typed too long": (json.dumps({"type": "typed", "turn_id": 1, "text": "a" * 8001}), "malformed", "typed.text"),
    "oversized": (" " * (wire.MAX_TEXT_BYTES + 1), "oversized", "32769 bytes, at most 32768"),
    "oversized in bytes only": ("é" * (wire.MAX_TEXT_BYTES // 2 + 1), "oversized", "32770 bytes"),
}


@pytest.mark.parametrize(("text", "code", "words"), BAD_TEXT.values(), ids=BAD_TEXT.keys())
def test_bad_text(text: str, code: str, words: str) -> None:
    """Bad text is refused with a code for programs, and for people the field at fault and what was expected."""
    with pytest.raises(wire.WireError) as caught:
        wire.parse_text(text)
    assert caught.value.code == code
    assert words in str(caught.value)


@pytest.mark.parametrize("said", ["one\nWARNING two", "one\r\x1b[2Jtwo", "one\x85two", "one\u2028two"])
def test_messages_cannot_forge_log_lines(said: str) -> None:
    """Whatever gets into a message, a line stays one and tells a terminal nothing; the trace of a bug has its lines."""
    record = logging.LogRecord("server", logging.WARNING, "x.py", 1, "refused: %s", (said,), None)
    line = logs.TextFormatter().format(record)
    assert len(line.splitlines()) == 1 and line.isprintable() and "two" in line
    try:
        raise ValueError("a bug")
    except ValueError:
        record.exc_info = sys.exc_info()
    assert logs.TextFormatter().format(record).endswith("\nValueError: a bug")


def test_largest_text() -> None:
    """The longest typed answer fits into a message, whatever its letters."""
    typed = wire.Typed(turn_id=1, text="😀" * 8000)
    assert wire.parse_text(typed.model_dump_json()) == typed


def test_largest_frame() -> None:
    """A frame of one sample and one of half a second are taken, with their numbers and samples as they were sent."""
    for size in (1, wire.MAX_FRAME_SAMPLES):
        pcm = b"\x01\x80" * size
        assert wire.parse_frame(wire.pack_frame(7, 2**32 - 1, pcm)) == wire.MicFrame(7, 2**32 - 1, pcm)


def test_frame_layout() -> None:
    """A frame is turn and number, four bytes each, lowest first, and then samples."""
    assert wire.pack_frame(1, 258, b"\x05\x00") == bytes([1, 0, 0, 0, 2, 1, 0, 0, 5, 0])


BAD_FRAMES = {
    "empty": (b"", "malformed", "0 bytes"),
    "half a header": (b"\x01\x00\x00", "malformed", "3 bytes"),
    "no samples": (struct.pack("<II", 1, 0), "malformed", "8 bytes"),
    "half a sample": (struct.pack("<II", 1, 0) + b"\x00" * 3, "malformed", "whole 16-bit samples"),
    "oversized": (struct.pack("<II", 1, 0) + b"\x00" * 16_002, "oversized", "16002 bytes of audio, at most 16000"),
    "oversized and odd": (b"\x00" * 1_000_001, "oversized", "at most 16000"),
}


@pytest.mark.parametrize(("data", "code", "words"), BAD_FRAMES.values(), ids=BAD_FRAMES.keys())
def test_bad_frames(data: bytes, code: str, words: str) -> None:
    """A frame without header, without samples, with half a sample or too many is refused with its size."""
    with pytest.raises(wire.WireError) as caught:
        wire.parse_frame(data)
    assert caught.value.code == code
    assert words in str(caught.value)


@given(u32, u32, st.binary(min_size=1, max_size=400).map(lambda half: half * 2))
def test_frames_round_trip(turn_id: int, number: int, pcm: bytes) -> None:
    """What is packed is parsed again unchanged."""
    assert wire.parse_frame(wire.pack_frame(turn_id, number, pcm)) == wire.MicFrame(turn_id, number, pcm)


@given(
    st.binary(max_size=64)
    | st.builds(lambda head, size: head + bytes(size), st.binary(max_size=9), st.integers(15_995, 16_010))
)
def test_arbitrary_bytes_are_a_frame_or_an_error(data: bytes) -> None:
    """Arbitrary bytes are a frame or a WireError, nothing else."""
    try:
        frame = wire.parse_frame(data)
    except wire.WireError:
        return
    assert wire.pack_frame(frame.turn_id, frame.number, frame.pcm) == data


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
types = st.sampled_from(["start", "playback.done", "barge_in", "done", "typed", "skip", "hint", "end", "mic", "ping"])
near_messages = st.fixed_dictionaries(
    {"type": types | values}, optional={"turn_id": values, "text": values, "state": values, "t": values, "more": values}
).map(json.dumps)


@given(st.text(st.characters(exclude_categories=())) | values.map(json.dumps) | near_messages)
def test_any_text(text: str) -> None:
    """Arbitrary text, JSON and almost-messages are a message or a WireError, nothing else."""
    try:
        message = wire.parse_text(text)
    except wire.WireError as error:
        wire.ErrorMessage(code=error.code, text=str(error)).model_dump_json()
        return
    wire.to_event(message)
    assert wire.parse_text(message.model_dump_json()) == message


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_ping_comes_back_unchanged(t: float) -> None:
    """The time in a ping survives the way there and back."""
    ping = wire.parse_text(wire.Ping(t=t).model_dump_json())
    assert isinstance(ping, wire.Ping)
    assert json.loads(wire.Pong(t=ping.t).model_dump_json())["t"] == t


def test_messages_are_immutable_and_strict() -> None:
    """Messages cannot be changed, nor made with fields or numbers that the protocol does not know."""
    with pytest.raises(ValidationError, match="frozen"):
        setattr(wire.Done(turn_id=1), "turn_id", 2)  # noqa: B010
    with pytest.raises(ValidationError, match="finite"):
        wire.VoiceEnd(turn_id=1, utterance="question", seconds=math.nan)
