"""The base of all models that parse input: files, settings, messages, request bodies."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, ValidationError


class StrictModel(BaseModel):
    """Frozen; a field that isn't known is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def first_error(error: ValidationError) -> str:
    """The first wrong field and what is wrong with it, as "field: reason", without its value."""
    first = error.errors(include_url=False, include_context=False)[0]
    return ": ".join(filter(None, (".".join(map(str, first["loc"])), first["msg"])))
