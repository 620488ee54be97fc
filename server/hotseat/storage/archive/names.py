"""Interview ids as names of folders and objects."""

from __future__ import annotations

import re

from hotseat.errors import StorageError

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


def is_id(interview_id: str) -> bool:
    """Whether it is fit for a name."""
    return _ID.fullmatch(interview_id) is not None


def check_id(interview_id: str) -> str:
    """The id, fit for a path. Raises StorageError."""
    if not is_id(interview_id):
        raise StorageError(f"not an interview id: {interview_id!r}")
    return interview_id
