"""Makes clients of OpenAI-compatible servers, and words their failures."""

from __future__ import annotations

import wave
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy

import httpx
import openai

from hotseat.errors import HotseatError
from hotseat.loopback import is_loopback_url

_WRONG_ANSWERS = (ValueError, AttributeError, TypeError, LookupError, EOFError, wave.Error)
"""What reading an answer may raise: a server that isn't OpenAI-compatible may send anything."""

_LIMITS = copy(openai.DEFAULT_CONNECTION_LIMITS)
# An idle connection is given up before the server does so: llama.cpp and uvicorn hang up after 5 s, the client's own default,
# and a request that crosses that on the wire fails.
_LIMITS.keepalive_expiry = 2.0


def connect(url: str, api_key: str, timeout_s: float) -> openai.AsyncOpenAI:
    """A client that never retries: interviews have better fallbacks than waiting."""
    return openai.AsyncOpenAI(
        base_url=url,
        api_key=api_key,
        timeout=timeout_s,
        max_retries=0,
        # HTTP_PROXY and the like are not for requests to this machine.
        http_client=openai.DefaultAsyncHttpxClient(limits=_LIMITS, trust_env=not is_loopback_url(url)),
    )


@contextmanager
def failing_as(kind: type[HotseatError], what: str, url: str) -> Iterator[None]:
    """Raises ``kind``, saying what failed where, in place of all that requests and reading their answers raise."""
    try:
        yield
    except (openai.OpenAIError, httpx.HTTPError, *_WRONG_ANSWERS) as error:
        raise kind(_failure(what, url, error)) from error


@contextmanager
def in_its_own_words() -> Iterator[None]:
    """Adds the server's own words to a failure; only for requests without anything that a candidate said."""
    try:
        yield
    except HotseatError as error:
        if isinstance(error.__cause__, openai.APIStatusError):
            raise type(error)(f"{error}: {str(error.__cause__)[:200]}") from error
        raise


def _failure(what: str, url: str, error: Exception) -> str:
    """What failed, where and how, without the server's own words: they may repeat what was said, and this goes into the log."""
    kind = type(error).__name__
    if isinstance(error, openai.APIError) and not isinstance(error, openai.APIConnectionError):
        status = getattr(error, "status_code", None)  # an error in the middle of a stream has none
        did = "failed" if status is None else f"answered HTTP {status}"
        return f"{what} at {url} {did} ({kind})"
    return f"{what} at {url} failed ({kind}): {str(error)[:200]}"
