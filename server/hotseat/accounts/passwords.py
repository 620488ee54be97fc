"""Password hashes by argon2, and what may be a name or a password."""

from __future__ import annotations

import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from hotseat.accounts.lookalikes import has_blanks
from hotseat.errors import InputError

_SHORTEST = 10
_LONGEST = 1024
_LONGEST_NAME = 64
hasher = PasswordHasher()


def plain_name(name: str) -> str:
    """The name as it is kept and looked up."""
    return unicodedata.normalize("NFC", " ".join(name.split()))


def check_name(name: str) -> str:
    """The name as it is kept. Raises InputError."""
    name = plain_name(name)
    if not 0 < len(name) <= len(name.casefold()) <= _LONGEST_NAME or not name.isprintable() or has_blanks(name):
        raise InputError(f"a name has 1 to {_LONGEST_NAME} characters, all of them visible")
    return name


def check_password(password: str) -> None:
    """Raises InputError."""
    if not _SHORTEST <= len(password) <= _LONGEST:
        raise InputError(f"a password has {_SHORTEST} to {_LONGEST} characters; a few words make a good one")


def hash_password(password: str) -> str:
    """Takes about a tenth of a second and 64 MB, on purpose."""
    return hasher.hash(password)


def is_password(password: str, hashed: str | None) -> bool:
    """Whether this is the hashed password; without an account (None) it is not, which takes as long to find out."""
    try:
        return hasher.verify(hashed or hash_of_nobody(), password[:_LONGEST]) and hashed is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def hash_of_nobody() -> str:
    return hasher.hash("nobody's password")
