"""The bank as JSON: whole for the command line, without its rubrics for the lobby."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from hotseat.attributes import attributes
from hotseat.domain.model import Bank
from hotseat.questions.formats import Catalogue, Format, Pick

_OF_TOPICS = tuple("id chapter title layer why frequency depends_on concepts must_include".split())
_OF_QUESTIONS = tuple("id topic kind title prompt time_limit_s tiers difficulty competencies concepts".split())


def bank_document(bank: Bank) -> dict[str, Any]:
    """Every topic and question with everything in it."""
    return {
        "topics": [asdict(topic) for topic in bank.topics],
        "questions": [asdict(question) for question in bank.questions],
    }


def lobby_view(bank: Bank, catalogue: Catalogue) -> dict[str, Any]:
    """The bank without its rubrics: what the lobby needs."""
    return {
        "topics": [attributes(topic, *_OF_TOPICS) for topic in bank.topics],
        "questions": [attributes(question, *_OF_QUESTIONS) for question in bank.questions],
        "formats": [_format(entry, bank) for entry in catalogue.formats],
        "paths": [attributes(path, "id", "title", "roles") for path in catalogue.paths],
        "tiers": [attributes(tier, "id", "title", "who", "depth") for tier in catalogue.tiers],
    }


def _format(entry: Format, bank: Bank) -> dict[str, Any]:
    """A format; ``rounds`` is 1 where the candidate chooses, ``seconds`` the shortest and longest limit of an answer."""
    limits = [question.time_limit_s for question in bank.questions if not entry.kinds or question.kind in entry.kinds]
    chosen = entry.pick is Pick.CHOSEN
    return {
        **attributes(entry, "id", "group", "title", "description", "task", "minutes", "follow_ups"),
        "rounds": 1 if chosen else min(entry.rounds or len(limits), len(limits)),
        "seconds": [min(limits, default=0), max(limits, default=0)],
        "needs_question": chosen,
        "follows_path": entry.pick is Pick.WEIGHTED,
    }
