"""Who a request comes from. guard.Guard finds it out; routes ask for it as a parameter.

``who: Who`` is the person, and ``interview_id: OwnInterview`` is an interview of theirs: any other is answered with 404, as if
there were none. tests/http/test_isolation.py walks every route to see that none forgets.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection

from hotseat.accounts.identity import Identity


def identity(connection: HTTPConnection) -> Identity:
    """The person the guard found. Raises HTTPException 401 if there is none (on open paths)."""
    found: Identity | None = connection.scope["identity"]
    if found is None:
        raise HTTPException(401, "sign in first")
    return found


Who = Annotated[Identity, Depends(identity)]


async def own_interview(interview_id: str, connection: HTTPConnection, who: Who) -> str:
    """The id, if the interview is this person's."""
    if await connection.app.state.owner_of(interview_id) != who.person:
        raise HTTPException(404, "there is no such interview")
    return interview_id


OwnInterview = Annotated[str, Depends(own_interview)]
