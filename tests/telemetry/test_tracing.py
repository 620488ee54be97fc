"""OpenTelemetry if it is configured: each wait is a span, each interview one trace, without transcripts."""

from __future__ import annotations

import importlib
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from hotseat import wire
from hotseat.doctor.components import collector
from hotseat.errors import SettingsError
from hotseat.settings import Settings
from hotseat.telemetry.tracing import Spans, trace_id
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.support.fake_interview import LOUD, finish
from tests.support.light_server import LightServer
from tests.support.scripted_llm import nobody
from tests.support.stub_http import Stub, serving
from tests.support.wire_candidate import sitting_at

CANARY = "seventeen purple canaries"


class Collector:
    """Takes OTLP over HTTP."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.asked = 0
        """Requests of any kind."""
        self.url = ""

    @property
    def spans(self) -> list[Span]:
        reports = [ExportTraceServiceRequest.FromString(body) for body in self.bodies]
        return [
            span for report in reports for resource in report.resource_spans for s in resource.scope_spans for span in s.spans
        ]


@contextmanager
def collecting() -> Iterator[Collector]:
    taken = Collector()

    class Handler(Stub):
        def do_POST(self) -> None:
            body = self.body()
            taken.asked += 1
            if self.path == "/v1/traces" and body:
                taken.bodies.append(body)
            self.answer(200 if self.path == "/v1/traces" else 404)

    with serving(Handler) as taken.url:
        yield taken


async def sit(server: LightServer) -> str:
    """One spoken and one typed answer; the interview's id."""
    async with sitting_at(server.url) as candidate:
        await candidate.say(type="start")
        await candidate.hear(1)
        for number in range(25):
            await candidate.say_raw(wire.pack_frame(1, number, LOUD))
        await candidate.say(type="done", turn_id=1)
        await candidate.type(2, f"{CANARY} freeze the base model")
        await finish(candidate, 20)
    return candidate.id


async def test_every_wait_is_a_span(tmp_path: Path) -> None:
    """The stages of one interview make one trace, with the seconds they took, and nothing that was said."""
    with collecting() as taken:
        server = LightServer(tmp_path / "data", HOTSEAT_OTLP_URL=taken.url).wait_until_ready()
        interview_id = await sit(server)
        server.stop()
        found = {span.name: span for span in taken.spans}
        assert found.keys() == {"acknowledgement", "final_transcript", "reply_audio", "grade"}
        assert {span.trace_id for span in taken.spans} == {trace_id(interview_id).to_bytes(16, "big")}
        for span in taken.spans:
            assert 0 <= span.end_time_unix_nano - span.start_time_unix_nano < 20e9
            assert abs(span.end_time_unix_nano / 1e9 - time.time()) < 120
            assert [(entry.key, entry.value.string_value) for entry in span.attributes] == [("hotseat.interview", interview_id)]
        sent = b"".join(taken.bodies)
    assert b"hotseat" in sent and CANARY.encode() not in sent and b"freeze" not in sent and b"frames" not in sent


async def test_a_collector_that_is_gone_costs_nothing(tmp_path: Path) -> None:
    """Interviews go on, and the process ends as quickly as ever."""
    with nobody() as dead:
        server = LightServer(tmp_path / "data", HOTSEAT_OTLP_URL=dead.url).wait_until_ready()
        await sit(server)
        began = time.monotonic()
        server.stop()
    assert time.monotonic() - began < 8
    assert server.process is not None and server.process.returncode == -signal.SIGTERM, server.log()
    assert CANARY not in server.log()


def test_no_traces_without_the_setting(tmp_path: Path) -> None:
    """Where OpenTelemetry's own variables are set, FastAPI would send addresses with tokens in them; it is told not to."""
    with collecting() as taken:
        others = {"OTEL_EXPORTER_OTLP_ENDPOINT": taken.url, "FASTAPI_OTEL_AUTO_CONFIGURE": "true"}
        server = LightServer(tmp_path / "data", **others).wait_until_ready()
        assert httpx.get(f"{server.url}/api/bank", params={"token": "secret"}).status_code == 200
        server.stop()
        assert taken.asked == 0
        assert httpx.post(f"{taken.url}/v1/traces", content=b"").status_code == 200 and taken.asked == 1


def test_missing_packages_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The slim way of installing has no OpenTelemetry; who asks for it is told which extra brings it."""
    monkeypatch.setitem(importlib.sys.modules, "opentelemetry.sdk.trace", None)  # type: ignore[attr-defined]
    with pytest.raises(SettingsError, match="--extra otel"):
        Spans("http://127.0.0.1:4318")


async def test_the_doctor_asks_the_collector(tmp_path: Path) -> None:
    """Well, absent, or something else that answers."""
    assert await collector(Settings(data_dir=tmp_path)) == []
    with collecting() as taken:
        [well] = await collector(Settings(data_dir=tmp_path, otlp_url=f"{taken.url}/"))
        [other] = await collector(Settings(data_dir=tmp_path, otlp_url=f"{taken.url}/api"))
    with nobody() as gone:
        [dead] = await collector(Settings(data_dir=tmp_path, otlp_url=gone.url))
    assert well.ok
    assert not other.ok and "404" in other.detail and "4318" in other.mend
    assert not dead.ok and "nothing answers" in dead.detail and "HOTSEAT_OTLP_URL" in dead.mend
