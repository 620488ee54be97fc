"""The interviews one can sit (rubrics/formats.toml, tiers.toml), and planning one."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from server.content import Kind, Slug, Strict, Text, parse_file
from server.core.domain import Bank, Question
from server.core.followups import rank
from server.core.phases import Plan, RoundPlan
from server.errors import ContentError, InputError
from server.settings import InterviewSettings


class Format(Strict):
    id: Slug
    title: Text
    description: Text
    minutes: Annotated[float, Field(gt=0)]
    pick: Literal["chosen", "random", "ordered"]
    kinds: list[Kind] = []
    rounds: Annotated[int, Field(ge=1, le=50)] | None = None
    """At most so many; all that fit when absent."""
    follow_ups: Annotated[int, Field(ge=0, le=3)] | None = None
    """Overrides the setting."""


class Tier(Strict):
    id: Annotated[int, Field(ge=1, le=4)]
    title: Text
    depth: Text
    manner: Text
    """How the interviewer talks, for its prompt."""


class _FormatsFile(Strict):
    format: Annotated[list[Format], Field(min_length=1)]


class _TiersFile(Strict):
    tier: Annotated[list[Tier], Field(min_length=4, max_length=4)]


@dataclass(frozen=True, slots=True)
class Catalogue:
    formats: tuple[Format, ...]
    tiers: tuple[Tier, ...]

    def format(self, format_id: str) -> Format:
        """Raises InputError."""
        for entry in self.formats:
            if entry.id == format_id:
                return entry
        raise InputError(f"unknown format {format_id!r}; there are {', '.join(f.id for f in self.formats)}")

    def manner(self, tier: int) -> str:
        return next(entry.manner for entry in self.tiers if entry.id == tier)


def load_catalogue(root: Path) -> Catalogue:
    """Raises ContentError listing every problem."""
    problems: list[str] = []
    formats = parse_file(root / "formats.toml", root, _FormatsFile, problems)
    tiers = parse_file(root / "tiers.toml", root, _TiersFile, problems)
    if formats is None or tiers is None:
        raise ContentError("\n".join(problems))
    return Catalogue(tuple(formats.format), tuple(tiers.tier))


@dataclass(frozen=True, slots=True)
class Choices:
    """What the candidate asked for."""

    format: str
    question_ids: tuple[str, ...] = ()
    follow_ups: int | None = None
    tier: int = 3
    time_factor: float = 1.0
    """Multiplies every limit, for those who need more time; recorded with the result."""


def make_plan(
    catalogue: Catalogue, bank: Bank, choices: Choices, settings: InterviewSettings, chance: random.Random
) -> tuple[str, Plan]:
    """(title, plan). Raises InputError for choices that can't be met."""
    chosen = catalogue.format(choices.format)
    questions = _pick(chosen, bank, choices, chance)
    if not questions:
        raise InputError(f"the bank has no question for the format {chosen.title!r}")
    first = (choices.follow_ups, chosen.follow_ups, settings.follow_ups)
    follow_ups = next(number for number in first if number is not None)
    plan = Plan(
        rounds=tuple(_round(question, follow_ups, choices) for question in questions),
        think_s=settings.think_s * choices.time_factor,
        silence_s=settings.silence_s * choices.time_factor,
        no_speech_s=settings.no_speech_s * choices.time_factor,
    )
    title = questions[0].title if chosen.pick == "chosen" and len(questions) == 1 else chosen.title
    return title, plan


def _pick(chosen: Format, bank: Bank, choices: Choices, chance: random.Random) -> Sequence[Question]:
    if chosen.pick == "chosen" or choices.question_ids:
        if not choices.question_ids:
            raise InputError(f"the format {chosen.title!r} needs a question")
        try:
            return [bank.question(name) for name in choices.question_ids]
        except KeyError as error:
            raise InputError(f"unknown question {error.args[0]!r}; `hotseat bank` lists them") from None
    fitting = [question for question in bank.questions if question.kind in chosen.kinds]
    rounds = len(fitting) if chosen.rounds is None else min(chosen.rounds, len(fitting))
    if chosen.pick == "random":
        preferred = [question for question in fitting if choices.tier in question.tiers]
        pool = preferred if len(preferred) >= rounds else fitting
        return chance.sample(pool, rounds)
    return fitting[:rounds]


def _round(question: Question, follow_ups: int, choices: Choices) -> RoundPlan:
    limit = question.time_limit_s * choices.time_factor
    return RoundPlan(
        question_id=question.id,
        prompt=question.prompt,
        limit_s=limit,
        follow_ups=follow_ups,
        follow_up_limit_s=min(limit, 60.0 * choices.time_factor),
        hints=len(question.hints),
        backups=tuple((entry.id, entry.text) for entry in rank(question, (), (), choices.tier)),
    )
