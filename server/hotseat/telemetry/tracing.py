"""Spans for an OpenTelemetry collector, where HOTSEAT_OTLP_URL names one: what candidates wait for, and no word they say.

Every stage that is in the histograms is a span as well, and all spans of an interview are one trace, whichever replica they
come from.
"""

from __future__ import annotations

import hashlib
import time
from importlib.metadata import version

from hotseat.errors import SettingsError
from hotseat.telemetry.logs import interview

_TIMEOUT_S = 2.0
"""Timeout of a request to the collector; only a process that ends waits for one."""


class Spans:
    """Sends spans in batches, every few seconds, from a thread of its own."""

    def __init__(self, otlp_url: str) -> None:
        """Raises SettingsError where the packages are missing."""
        try:
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
            from opentelemetry.sdk.resources import Resource
            from opentelemetry.sdk.trace import TracerProvider
            from opentelemetry.sdk.trace.export import BatchSpanProcessor
            from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
        except ImportError as error:
            install = "hotseat[otel], or in a checkout: uv sync --frozen --inexact --extra otel"
            raise SettingsError(f"HOTSEAT_OTLP_URL needs the otel extra ({install}): {error}") from None

        class ByInterview(RandomIdGenerator):
            def generate_trace_id(self) -> int:
                name = interview.get()
                return super().generate_trace_id() if name == "-" else trace_id(name)

        resource = Resource.create({"service.name": "hotseat", "service.version": version("hotseat")})
        # Ours alone: other libraries look for a global provider, and would tell it of requests with all that is in them.
        self._provider = TracerProvider(resource=resource, id_generator=ByInterview(), shutdown_on_exit=False)
        exporter = OTLPSpanExporter(endpoint=traces_url(otlp_url), timeout=_TIMEOUT_S)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("hotseat")

    def stage(self, name: str, seconds: float) -> None:
        """Sends a span for a stage that has just ended."""
        ended = time.time_ns()
        attributes = {"hotseat.interview": interview.get()}
        self._tracer.start_span(name, start_time=ended - round(seconds * 1e9), attributes=attributes).end(ended)

    def close(self) -> None:
        """Sends what is left. Blocks for some seconds if the collector doesn't answer."""
        self._provider.shutdown()


def trace_id(interview_id: str) -> int:
    """A hash of the interview's id, and so the same on every replica."""
    return int.from_bytes(hashlib.sha256(interview_id.encode()).digest()[:16], "big")


def traces_url(otlp_url: str) -> str:
    return f"{otlp_url.rstrip('/')}/v1/traces"
