"""A signed-in person."""

from __future__ import annotations

from dataclasses import dataclass

from hotseat.domain.accounts import Role
from hotseat.session.records import LOCAL


@dataclass(frozen=True, slots=True)
class Identity:
    """One person as the server knows them."""

    person: str
    """Id of the account, as in the ``owner`` column of rows."""
    name: str
    role: Role


LOCAL_PERSON = Identity(LOCAL, "", "owner")
"""The user of this machine or of the token, on a server without accounts."""
