"""Interview formats and tiers (rubrics/formats.toml, tiers.toml), and the plan of an interview."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from hotseat.domain.followups import rank
from hotseat.domain.model import Bank, Kind, Move, PointTier, Question
from hotseat.errors import ContentError, InputError
from hotseat.questions.content import Slug, Text, find_question, parse_file
from hotseat.questions.script import Script
from hotseat.questions.study_paths import PathsFile, StudyPath
from hotseat.session.phases import Plan, RoundPlan
from hotseat.settings import InterviewSettings
from hotseat.strict_model import StrictModel

SIMPLER = "simpler"
"""Id, among a round's follow-ups, of the question's easier step."""
PRACTICE = "a practice interview"
"""What the greeting calls questions that the candidate chose."""
PAUSE_S = 30.0
"""Time to think for a candidate who asks for it."""


class Pick(StrEnum):
    """How a format comes by its questions."""

    CHOSEN = "chosen"
    """By the candidate."""
    RANDOM = "random"
    ORDERED = "ordered"
    """As they stand in the bank."""
    WEIGHTED = "weighted"
    """At random, by the shares of the candidate's path."""


class Format(StrictModel):
    id: Slug
    group: Literal["first", "drill", "mock", "practice"]
    """Where the start page offers it."""
    title: Text
    description: Text
    task: Text | None = None
    """What the candidate is to do, for the page before it begins."""
    aloud: Text = PRACTICE
    """What the greeting of an interview of several questions calls it: "Today it's ..."."""
    minutes: Annotated[float, Field(gt=0)]
    pick: Pick
    kinds: list[Kind] = []
    rounds: Annotated[int, Field(ge=1, le=50)] | None = None
    """Most rounds; without it, one for each question that fits."""
    follow_ups: Annotated[int, Field(ge=0, le=3)] | None = None
    """Overrides the setting."""


class Tier(StrictModel):
    id: Annotated[int, Field(ge=1, le=4)]
    title: Text
    who: Text
    """Who asks, within a sentence."""
    depth: Text
    manner: Text
    """How the interviewer talks, for its prompt."""
    wants: str = ""
    """What they like to hear, said with the greeting."""


class _FormatsFile(StrictModel):
    format: Annotated[list[Format], Field(min_length=1)]


class _TiersFile(StrictModel):
    tier: Annotated[list[Tier], Field(min_length=4, max_length=4)]


@dataclass(frozen=True, slots=True)
class Catalogue:
    formats: tuple[Format, ...]
    tiers: tuple[Tier, ...]
    paths: tuple[StudyPath, ...]
    script: Script

    def path(self, path_id: str) -> StudyPath:
        """Raises InputError."""
        for entry in self.paths:
            if entry.id == path_id:
                return entry
        raise InputError(f"unknown path {path_id!r}; there are {', '.join(p.id for p in self.paths)}")

    def format(self, format_id: str) -> Format:
        """Raises InputError."""
        for entry in self.formats:
            if entry.id == format_id:
                return entry
        raise InputError(f"unknown format {format_id!r}; there are {', '.join(f.id for f in self.formats)}")

    def tier(self, tier: int) -> Tier:
        return next(entry for entry in self.tiers if entry.id == tier)


def load_catalogue(root: Path) -> Catalogue:
    """Raises ContentError listing every problem."""
    problems: list[str] = []
    formats = parse_file(root / "formats.toml", root, _FormatsFile, problems)
    tiers = parse_file(root / "tiers.toml", root, _TiersFile, problems)
    paths = parse_file(root / "paths.toml", root, PathsFile, problems)
    script = parse_file(root / "interviewer.toml", root, Script, problems)
    if formats is None or tiers is None or paths is None or script is None:
        raise ContentError("\n".join(problems))
    return Catalogue(tuple(formats.format), tuple(tiers.tier), tuple(paths.path), script)


class CvClaim(StrictModel):
    """A claim of a CV, in its own words, and what is asked about it."""

    claim: str
    question: str


@dataclass(frozen=True, slots=True)
class Choices:
    """What the candidate asked for."""

    format: str
    question_ids: tuple[str, ...] = ()
    claims: tuple[CvClaim, ...] = ()
    """To be asked about, each in the place of the bank's question about a claim."""
    follow_ups: int | None = None
    tier: int = 3
    time_factor: float = 1.0
    """Multiplies every limit, for those who need more time; recorded with the result."""
    path: str | None = None
    """Study path, which weights the topics of a mock."""
    weakness: Mapping[str, float] = field(default_factory=dict)
    """Topic id to how weak the candidate has shown to be there, 0 to 1."""


def make_plan(
    catalogue: Catalogue, bank: Bank, choices: Choices, settings: InterviewSettings, chance: random.Random
) -> tuple[str, Plan]:
    """(title, plan). Raises InputError for choices that can't be met."""
    chosen = catalogue.format(choices.format)
    questions = _pick(chosen, catalogue, bank, choices, chance)
    if not questions:
        raise InputError(f"the bank has no question for the format {chosen.title!r}")
    first = (choices.follow_ups, chosen.follow_ups, settings.follow_ups)
    follow_ups = next(number for number in first if number is not None)
    rounds = tuple(_round(question, follow_ups, choices) for question in questions)
    if choices.claims:
        rounds = tuple(
            replace(entry, prompt=claim.question, title=f"“{claim.claim}”", rephrase="")
            for claim, entry in zip(choices.claims, rounds, strict=True)
        )
    if chosen.pick in (Pick.RANDOM, Pick.WEIGHTED) and not choices.question_ids:
        pool = [other for other in bank.questions if other.kind in chosen.kinds and choices.tier in other.tiers]
        rounds = _with_others(rounds, questions, pool, choices, chance)
    tier = catalogue.tier(choices.tier)
    pause_s = PAUSE_S * choices.time_factor
    is_own_choice = choices.question_ids and chosen.pick is not Pick.CHOSEN
    aloud = PRACTICE if is_own_choice else chosen.aloud
    plan = Plan(
        rounds=catalogue.script.framed(rounds, bank, aloud, tier.who, tier.wants),
        think_s=settings.think_s * choices.time_factor,
        silence_s=settings.silence_s * choices.time_factor,
        no_speech_s=settings.no_speech_s * choices.time_factor,
        pause_s=pause_s,
        lines=catalogue.script.lines(pause_s),
    )
    title = rounds[0].title if chosen.pick is Pick.CHOSEN and len(questions) == 1 else chosen.title
    return title, plan


def _pick(chosen: Format, catalogue: Catalogue, bank: Bank, choices: Choices, chance: random.Random) -> Sequence[Question]:
    if choices.claims:
        about = [question for question in bank.questions if question.kind is Kind.CLAIM]
        return about[:1] * len(choices.claims)
    if chosen.pick is Pick.CHOSEN or choices.question_ids:
        if not choices.question_ids:
            raise InputError(f"the format {chosen.title!r} needs a question")
        return [find_question(bank, name) for name in choices.question_ids]
    fitting = [question for question in bank.questions if question.kind in chosen.kinds]
    rounds = len(fitting) if chosen.rounds is None else min(chosen.rounds, len(fitting))
    if chosen.pick is Pick.WEIGHTED:
        return _weighted(fitting, rounds, catalogue, bank, choices, chance)
    if chosen.pick is Pick.RANDOM:
        preferred = [question for question in fitting if choices.tier in question.tiers]
        pool = preferred if len(preferred) >= rounds else fitting
        return chance.sample(pool, rounds)
    return fitting[:rounds]


def _weighted(
    fitting: Sequence[Question], rounds: int, catalogue: Catalogue, bank: Bank, choices: Choices, chance: random.Random
) -> list[Question]:
    """Draws a topic for each round, then one of its questions that suits the tier; no question twice."""
    shares = catalogue.path(choices.path).shares() if choices.path else {}
    left = list(fitting)
    drawn: list[Question] = []

    def weight(topic: str) -> float:
        path = 0.2 + shares.get(topic, 0.0) * len(bank.topics) if shares else 1.0
        weakness = 1.0 + 2.0 * choices.weakness.get(topic, 0.0)
        repeats = sum(question.topic == topic for question in drawn)
        # Each round of a topic halves its chance of another, so that a mock stays mixed.
        return float(bank.topic(topic).frequency_weight * path * weakness * 0.5**repeats)

    while left and len(drawn) < rounds:
        topics = sorted({question.topic for question in left})
        [topic] = chance.choices(topics, list(map(weight, topics)))
        of_topic = [question for question in left if question.topic == topic]
        suited = [question for question in of_topic if choices.tier in question.tiers] or of_topic
        question = chance.choice(suited)
        left.remove(question)
        drawn.append(question)
    return drawn


def _round(question: Question, follow_ups: int, choices: Choices) -> RoundPlan:
    return RoundPlan(
        question_id=question.id,
        prompt=f"{question.prompt} {question.exhibit}".strip(),
        limit_s=question.time_limit_s * choices.time_factor,
        follow_ups=follow_ups,
        follow_up_limit_s=question.follow_up_limit_s * choices.time_factor,
        hints=len(question.hints),
        backups=tuple((entry.id, entry.text) for entry in rank(question, (), (), choices.tier)),
        title=question.title,
        scope=question.scope,
        rephrase=question.rephrase,
        difficulty=question.difficulty,
        hint_texts=question.hints,
        easier=_easier(question, choices.tier),
    )


def _with_others(
    rounds: Sequence[RoundPlan],
    questions: Sequence[Question],
    pool: Sequence[Question],
    choices: Choices,
    chance: random.Random,
) -> tuple[RoundPlan, ...]:
    """Each round but the first with an easier and a harder question on its topic, where the pool has them; none twice."""
    taken = {question.id for question in questions}
    found = [rounds[0]]
    for entry, question in zip(rounds[1:], questions[1:], strict=True):
        free = [other for other in pool if other.topic == question.topic and other.id not in taken]
        easier = [other for other in free if other.difficulty < question.difficulty]
        harder = [other for other in free if other.difficulty > question.difficulty]
        others = [chance.choice(side) for side in (easier, harder) if side]
        taken.update(other.id for other in others)
        found.append(replace(entry, instead=tuple(_round(other, entry.follow_ups, choices) for other in others)))
    return tuple(found)


def _easier(question: Question, tier: int) -> tuple[str, str] | None:
    """The bank's easier step, or else the follow-up that asks for the least: it probes a point that shows recognition."""
    if question.simpler:
        return SIMPLER, question.simpler
    lean = {point.id for point in question.points if point.tier is PointTier.LEAN}
    steps = [entry for entry in question.follow_ups if entry.move is Move.PROBE and not lean.isdisjoint(entry.probes)]
    steps.sort(key=lambda entry: (tier not in entry.tiers, len(entry.probes)))
    return (steps[0].id, steps[0].text) if steps else None
