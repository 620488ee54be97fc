"""Study material from rubrics/*.toml: checkpoints, the self-assessment scale, competencies and expectations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import Field

from hotseat.domain.model import Bank
from hotseat.errors import ContentError
from hotseat.questions.content import Competency, Slug, Text, parse_file
from hotseat.questions.formats import Catalogue
from hotseat.questions.study_paths import StudyPath
from hotseat.strict_model import StrictModel

Anchor = Literal["graph", "topics", "competencies", "assessment", "plan"]
"""Parts of the study page that a task may link to."""
_PAGES = ("/", "/past", "/study", "/cheat-sheet")


class Task(StrictModel):
    id: Slug
    """The key under which a tick is stored."""
    text: Text
    link: Annotated[str, Field(pattern=r"^(/[a-z-]*(#[a-z-]+)?|format:[a-z-]+)$")]


class Checkpoint(StrictModel):
    day: Annotated[int, Field(ge=0)]
    title: Text
    tasks: Annotated[list[Task], Field(min_length=1)]


class Level(StrictModel):
    score: Annotated[int, Field(ge=1, le=5)]
    label: Text
    meaning: Text


class Band(StrictModel):
    at_least: Annotated[int, Field(ge=0)]
    """The lowest total that is in it."""
    title: Text
    advice: Text


class CompetencyNote(StrictModel):
    name: Competency
    title: Text
    sentence: Text
    question: Text
    """Id of the question that asks for it most plainly."""


class Change(StrictModel):
    """What interviews ask about something, in 2024 and in 2026."""

    aspect: Text
    before: Text
    now: Text


class Project(StrictModel):
    """Something to have in a portfolio, or not."""

    kind: Text
    impact: Literal["Very high", "High", "None"]
    example: Text


class Expectations(StrictModel):
    change: Annotated[list[Change], Field(min_length=1)]
    trap: Text
    """Where most candidates fail."""
    project: Annotated[list[Project], Field(min_length=1)]
    portfolio: Text
    """What its reviewers look for."""


class _CheckpointsFile(StrictModel):
    checkpoint: Annotated[list[Checkpoint], Field(min_length=1)]


class _AssessmentFile(StrictModel):
    level: Annotated[list[Level], Field(min_length=5, max_length=5)]
    band: Annotated[list[Band], Field(min_length=1)]


class _CompetenciesFile(StrictModel):
    competency: Annotated[list[CompetencyNote], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Study:
    """What the study page knows beside the bank and the paths."""

    checkpoints: tuple[Checkpoint, ...]
    levels: tuple[Level, ...]
    """From 1 to 5."""
    bands: tuple[Band, ...]
    """Highest first; the last starts at 0."""
    competencies: tuple[CompetencyNote, ...]
    expectations: Expectations

    def band(self, total: int) -> Band:
        return next(band for band in self.bands if total >= band.at_least)


def load_study(root: Path, bank: Bank, catalogue: Catalogue) -> Study:
    """Raises ContentError listing every problem, also those of the catalogue's paths with the bank."""
    problems: list[str] = []
    checkpoints = parse_file(root / "checkpoints.toml", root, _CheckpointsFile, problems)
    assessment = parse_file(root / "assessment.toml", root, _AssessmentFile, problems)
    competencies = parse_file(root / "competencies.toml", root, _CompetenciesFile, problems)
    expectations = parse_file(root / "expectations.toml", root, Expectations, problems)
    problems.extend(f"paths.toml: {problem}" for problem in _path_problems(catalogue.paths, bank))
    if checkpoints is not None:
        problems.extend(f"checkpoints.toml: {problem}" for problem in _task_problems(checkpoints.checkpoint, catalogue))
    if assessment is not None:
        problems.extend(f"assessment.toml: {problem}" for problem in _scale_problems(assessment))
    if competencies is not None:
        problems.extend(f"competencies.toml: {problem}" for problem in _competency_problems(competencies, bank))
    if problems or checkpoints is None or assessment is None or competencies is None or expectations is None:
        raise ContentError("\n".join(problems))
    return Study(
        checkpoints=tuple(checkpoints.checkpoint),
        levels=tuple(assessment.level),
        bands=tuple(assessment.band),
        competencies=tuple(competencies.competency),
        expectations=expectations,
    )


def _path_problems(paths: Sequence[StudyPath], bank: Bank) -> Iterator[str]:
    known = {topic.id for topic in bank.topics}
    for path in paths:
        for number, week in enumerate(path.week):
            for name in week.topics:
                if name not in known:
                    yield f"path[{path.id}].week[{number}].topics: unknown topic {name!r}"


def _task_problems(checkpoints: Sequence[Checkpoint], catalogue: Catalogue) -> Iterator[str]:
    formats = {entry.id for entry in catalogue.formats}
    days = [checkpoint.day for checkpoint in checkpoints]
    if days != sorted(set(days)):
        yield "checkpoint: day: has to grow from one checkpoint to the next"
    tasks = [task for checkpoint in checkpoints for task in checkpoint.tasks]
    for name, count in Counter(task.id for task in tasks).items():
        if count > 1:
            yield f"checkpoint.tasks: id {name!r} is used more than once"
    for task in tasks:
        page, _, anchor = task.link.partition("#")
        kind, _, name = task.link.partition(":")
        if kind == "format" and name not in formats:
            yield f"checkpoint.tasks[{task.id}].link: unknown format {name!r}"
        elif kind != "format" and (page not in _PAGES or (anchor and anchor not in get_args(Anchor))):
            yield f"checkpoint.tasks[{task.id}].link: there is no page {task.link!r}"


def _scale_problems(assessment: _AssessmentFile) -> Iterator[str]:
    scores = [level.score for level in assessment.level]
    if scores != [1, 2, 3, 4, 5]:
        yield f"level: score: is {scores}, expected 1 to 5 in order"
    lowest = [band.at_least for band in assessment.band]
    if lowest != sorted(set(lowest), reverse=True) or lowest[-1] != 0:
        yield f"band: at_least: is {lowest}, expected falling totals that end with 0"


def _competency_problems(file: _CompetenciesFile, bank: Bank) -> Iterator[str]:
    names = [entry.name for entry in file.competency]
    if sorted(names) != sorted(get_args(Competency)):
        yield f"competency: name: is {names}, expected each of {', '.join(get_args(Competency))} once"
    known = {question.id for question in bank.questions}
    for entry in file.competency:
        if entry.question not in known:
            yield f"competency[{entry.name}].question: unknown question {entry.question!r}"


def study_view(study: Study, paths: Sequence[StudyPath]) -> dict[str, Any]:
    """What does not depend on the candidate, as JSON."""
    return {
        "paths": [path.model_dump(mode="json") for path in paths],
        "levels": [level.model_dump(mode="json") for level in study.levels],
        "competencies": {
            "entries": [entry.model_dump(mode="json") for entry in study.competencies],
            **study.expectations.model_dump(mode="json"),
        },
    }
