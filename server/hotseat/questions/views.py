"""The bank as JSON: whole for the command line, without its rubrics for the lobby."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from hotseat.domain.model import Bank
from hotseat.questions.formats import Catalogue, Format, Pick


def bank_document(bank: Bank) -> dict[str, Any]:
    """Every topic and question with everything in it."""
    return {
        "topics": [asdict(topic) for topic in bank.topics],
        "questions": [{**asdict(question), "rubric_version": bank.versions[question.id]} for question in bank.questions],
    }


def lobby_view(bank: Bank, catalogue: Catalogue) -> dict[str, Any]:
    """The bank without its rubrics: what the lobby needs."""
    return {
        "topics": [
            {
                "id": topic.id,
                "chapter": topic.chapter,
                "title": topic.title,
                "layer": topic.layer,
                "why": topic.why,
                "frequency": topic.frequency,
                "depends_on": topic.depends_on,
                "concepts": topic.concepts,
                "must_include": topic.must_include,
            }
            for topic in bank.topics
        ],
        "questions": [
            {
                "id": question.id,
                "topic": question.topic,
                "kind": question.kind,
                "title": question.title,
                "prompt": question.prompt,
                "time_limit_s": question.time_limit_s,
                "tiers": question.tiers,
                "difficulty": question.difficulty,
                "competencies": question.competencies,
                "concepts": question.concepts,
            }
            for question in bank.questions
        ],
        "formats": [_format(entry, bank) for entry in catalogue.formats],
        "paths": [{"id": path.id, "title": path.title, "roles": path.roles} for path in catalogue.paths],
        "tiers": [{"id": tier.id, "title": tier.title, "who": tier.who, "depth": tier.depth} for tier in catalogue.tiers],
    }


def _format(entry: Format, bank: Bank) -> dict[str, Any]:
    """A format; ``rounds`` is 1 where the candidate chooses, ``seconds`` the shortest and longest limit of an answer."""
    limits = [question.time_limit_s for question in bank.questions if not entry.kinds or question.kind in entry.kinds]
    chosen = entry.pick is Pick.CHOSEN
    return {
        "id": entry.id,
        "group": entry.group,
        "title": entry.title,
        "description": entry.description,
        "task": entry.task,
        "minutes": entry.minutes,
        "rounds": 1 if chosen else min(entry.rounds or len(limits), len(limits)),
        "seconds": [min(limits, default=0), max(limits, default=0)],
        "follow_ups": entry.follow_ups,
        "needs_question": chosen,
        "follows_path": entry.pick is Pick.WEIGHTED,
    }
