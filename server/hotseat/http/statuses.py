"""How errors are answered over HTTP."""

from __future__ import annotations

from hotseat import errors

_STATUSES = {
    errors.TooManyAttemptsError: 429,
    errors.RefusedError: 403,
    errors.InputError: 422,
    errors.MissingError: 404,
    errors.StorageError: 503,
    errors.SpeakerError: 503,
    errors.UnavailableError: 503,
}
"""The first class that an error belongs to decides."""


def status_of(error: Exception) -> int:
    return next((status for kind, status in _STATUSES.items() if isinstance(error, kind)), 500)


def retry_after(error: Exception | None) -> dict[str, str]:
    """The header that says in how many seconds to try again; empty for errors that waiting doesn't mend."""
    return {"retry-after": f"{error.wait_s:.0f}"} if isinstance(error, errors.TooManyAttemptsError) else {}
