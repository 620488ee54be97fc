"""Makes clients of OpenAI-compatible servers, and words their failures."""

from __future__ import annotations

from copy import copy

import httpx
import openai

from hotseat.loopback import is_loopback_url

FAILURES = (openai.OpenAIError, httpx.HTTPError, ValueError, AttributeError, TypeError, LookupError)
"""All that calls may raise: a server that isn't OpenAI-compatible may answer with anything."""

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


def failure(what: str, url: str, error: Exception) -> str:
    """What failed, where and how, without the server's own words: they may repeat what was said, and this goes into the log."""
    kind = type(error).__name__
    if isinstance(error, openai.APIError) and not isinstance(error, openai.APIConnectionError):
        status = getattr(error, "status_code", None)  # an error in the middle of a stream has none
        did = "failed" if status is None else f"answered HTTP {status}"
        return f"{what} at {url} {did} ({kind})"
    return f"{what} at {url} failed ({kind}): {str(error)[:200]}"
