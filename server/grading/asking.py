"""Putting points to a language model and reading its replies. Pure: the network is in ``llm.py``."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from server.core.domain import Evidence, Point, PointFinding, PointStatus
from server.core.evidence import locate
from server.grading.passage import Passage

MAX_ANSWER_CHARS = 6000
MAX_QUOTE_CHARS = 180
MAX_WHY_CHARS = 100
TOKENS_PER_POINT = 130

_CONTROL = re.compile(r"[\x00-\x1f\x7f<>{}\[\]`|\"“”]+|={3,}|#{2,}")


@dataclass(frozen=True, slots=True)
class Reply:
    """What the model said of one point."""

    quote: str
    why: str
    mentioned: bool
    explained: bool
    contradicted: bool


class BadReply(ValueError):
    """A reply that is not what the schema asks for; its text goes into the repair request."""


def answer_text(round_: Sequence[Passage]) -> str:
    """The words that may earn credit, without anything that could end the data or look like markup."""
    parts = [" ".join(passage.words) for passage in round_]
    clean = " ".join(_CONTROL.sub(" ", " ".join(parts)).split())
    return clean[:MAX_ANSWER_CHARS]


def schema(points: Sequence[Point]) -> dict[str, Any]:
    """JSON schema of one reply: an object per point, quote and explanation before the booleans."""
    reply = {
        "type": "object",
        "properties": {
            "quote": {"type": "string", "maxLength": MAX_QUOTE_CHARS},
            "why": {"type": "string", "maxLength": MAX_WHY_CHARS},
            "mentioned": {"type": "boolean"},
            "explained": {"type": "boolean"},
            "contradicted": {"type": "boolean"},
        },
        "required": ["quote", "why", "mentioned", "explained", "contradicted"],
        "additionalProperties": False,
    }
    ids = [point.id for point in points]
    return {"type": "object", "properties": dict.fromkeys(ids, reply), "required": ids, "additionalProperties": False}


def parse(text: str, points: Sequence[Point]) -> dict[str, Reply]:
    """Replies by point id. Raises BadReply."""
    try:
        raw = json.loads(text)
    except ValueError:
        raise BadReply("it is not valid JSON") from None
    if not isinstance(raw, dict):
        raise BadReply("it is not a JSON object")
    return {point.id: _reply(raw.get(point.id), point.id) for point in points}


def _reply(raw: object, point_id: str) -> Reply:
    if not isinstance(raw, Mapping):
        raise BadReply(f"the key {point_id} is missing")
    flags = {name: raw.get(name) for name in ("mentioned", "explained", "contradicted")}
    wrong = [name for name, value in flags.items() if not isinstance(value, bool)]
    if wrong:
        raise BadReply(f"{point_id}.{wrong[0]} is not true or false")
    quote, why = raw.get("quote", ""), raw.get("why", "")
    if not isinstance(quote, str) or not isinstance(why, str):
        raise BadReply(f"{point_id}.quote and why must be text")
    return Reply(
        quote[:MAX_QUOTE_CHARS],
        why[:MAX_WHY_CHARS],
        bool(flags["mentioned"]),
        bool(flags["explained"]),
        bool(flags["contradicted"]),
    )


def find_quote(quote: str, round_: Sequence[Passage]) -> Evidence | None:
    """Where the quote occurs in words that may earn credit."""
    for passage in round_:
        found = locate(passage.answer.transcript, quote, passage.answer.turn_id)
        if found and not set(passage.places).isdisjoint(range(found.word_start, found.word_end)):
            return found
    return None


def status_of(reply: Reply, evidence: Evidence | None) -> PointStatus:
    """Met or contradicted only with a quote that occurs; contradictions outweigh explanations."""
    if evidence is None:
        return PointStatus.NOT_MET
    if reply.contradicted:
        return PointStatus.CONTRADICTED
    return PointStatus.MET if reply.mentioned and reply.explained else PointStatus.NOT_MET


def is_unsure(reply: Reply, evidence: Evidence | None) -> bool:
    """Whether a reply is at odds with itself and deserves a vote."""
    claims = reply.explained or reply.contradicted
    return (claims and (evidence is None or not reply.mentioned)) or (reply.explained and reply.contradicted)


def majority(point: Point, votes: Sequence[tuple[Reply, Evidence | None]]) -> PointFinding:
    """The status most votes give; a tie is the less favourable one. Confidence is the share of votes."""
    statuses = [status_of(reply, evidence) for reply, evidence in votes]
    ranking = (PointStatus.CONTRADICTED, PointStatus.NOT_MET, PointStatus.MET)
    winner = max(ranking, key=lambda status: (statuses.count(status), -ranking.index(status)))
    reply, evidence = next(vote for vote, status in zip(votes, statuses, strict=True) if status is winner)
    shown = evidence if winner is not PointStatus.NOT_MET else None
    return PointFinding(point.id, winner, shown, reply.why, round(statuses.count(winner) / len(votes), 2))
