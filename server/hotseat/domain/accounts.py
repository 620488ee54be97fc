"""Accounts, invites, browser sessions and lines of the audit log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["owner", "member"]


@dataclass(frozen=True, slots=True)
class Allowance:
    """A token bucket: how many attempts somebody has, and how fast they come back."""

    attempts: int
    """Attempts in a full bucket."""
    refill_s: float
    """Seconds until one attempt comes back."""

    def spent(self, spent: float, then: float, now: float) -> float:
        """Attempts still spent at ``now``, if ``spent`` of them were at ``then`` (both in seconds)."""
        return max(0.0, spent - max(0.0, now - then) / self.refill_s)

    def wait_s(self, spent: float) -> float:
        """Seconds until an attempt is allowed; 0 if one is allowed now."""
        return max(0.0, round((spent + 1 - self.attempts) * self.refill_s, 3))


@dataclass(frozen=True, slots=True)
class Account:
    """A person with a name."""

    id: str
    """Stored as ``owner`` in the account's rows."""
    name: str
    role: Role
    password: str
    """Its argon2 hash."""
    created: float
    subject: str | None = None
    """Subject at the OpenID Connect provider, for an account that signs in there."""


THE_SERVER = "the  server"
"""``Invite.made_by`` of the first invite, which the server makes. Has two spaces, as no account's name can."""


@dataclass(frozen=True, slots=True)
class Invite:
    """A link that makes one account. Only the hash of its secret is kept."""

    hash: str
    role: Role
    made_by: str
    """Name of the owner, THE_SERVER, or empty for the command line."""
    expires: float
    """Seconds since the epoch."""


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that is signed in. Only the hash of its cookie is kept."""

    hash: str
    expires: float
    """Seconds since the epoch."""
    browser: str
    """Such as "Firefox on Linux"; empty where it didn't say."""
    address: str
    """Where it signed in from."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of the audit log."""

    at: float
    """Seconds since the epoch."""
    what: str
    who: str
    """Name of the account; empty where nobody was signed in."""
    address: str
    """Where the request came from; empty for the command line and the server itself."""
    about: str
