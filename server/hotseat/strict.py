"""The base of everything that is parsed at an edge: files, settings, messages, bodies."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """Frozen; a field that isn't known is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)
