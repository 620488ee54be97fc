"""Loads rubrics/ into a Bank. Every error names the file and the field, and all are reported at once."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, Field, StringConstraints, TypeAdapter, ValidationError

from hotseat.domain import model as domain
from hotseat.errors import ContentError, InputError
from hotseat.strict_model import StrictModel
from hotseat.text.stems import stem


def _one_line(text: str) -> str:
    """Unwraps a text; a line that ends in a hyphen goes on without a space."""
    return " ".join(re.sub(r"(?<=\w-)\n\s*", "", text).split())


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Line = Annotated[str, AfterValidator(_one_line)]
"""A text that may be wrapped in the file; may be empty."""
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
TierNumber = Annotated[int, Field(ge=1, le=4)]
QUESTION_ID = r"^[a-z]+/[a-z0-9]+(-[a-z0-9]+)*$"

Competency = Literal["breadth", "judgment", "evaluation", "failure modes", "cost"]

COMMON_TOPICS = 6
"""Topics, of eleven, that have to use a word for it to be common."""
Model = TypeVar("Model", bound=BaseModel)
_QUESTION = TypeAdapter(domain.Question)


class KeyTermFile(StrictModel):
    term: Text
    spoken: tuple[Text, ...] = ()


class PointFile(StrictModel):
    id: Slug
    statement: Text
    tier: domain.PointTier
    phrasings: Annotated[tuple[Text, ...], Field(min_length=2, max_length=3)]
    misconceptions: tuple[Text, ...] = ()
    challenge: Line = ""
    deepen: Line = ""


class CriterionFile(StrictModel):
    id: Slug
    name: Text
    aloud: Line = ""
    weight: Annotated[float, Field(gt=0, le=5)] = 1.0
    strong: Text
    lean: Text
    no: Text
    points: Annotated[tuple[PointFile, ...], Field(min_length=1, max_length=4)]


class FollowUpFile(StrictModel):
    id: Slug
    text: Text
    probes: Annotated[tuple[Slug, ...], Field(min_length=1)]
    deeper: bool = False
    tiers: tuple[TierNumber, ...] = (1, 2, 3, 4)


class QuestionFile(StrictModel):
    id: Annotated[str, StringConstraints(pattern=QUESTION_ID)]
    kind: domain.Kind
    title: Text
    prompt: Text
    time_limit_s: Annotated[float, Field(ge=10, le=900)] = domain.ANSWER_LIMIT_S
    tiers: Annotated[tuple[TierNumber, ...], Field(min_length=1)]
    difficulty: Annotated[int, Field(ge=1, le=5)]
    competencies: Annotated[tuple[Competency, ...], Field(min_length=1)]
    concepts: tuple[Text, ...] = ()
    model_answer: Annotated[Text, AfterValidator(_one_line)]
    key_terms: Annotated[tuple[KeyTermFile, ...], Field(min_length=1)]
    criteria: Annotated[tuple[CriterionFile, ...], Field(min_length=3, max_length=5)]
    follow_ups: Annotated[tuple[FollowUpFile, ...], Field(min_length=3)]
    hints: tuple[Text, ...] = ()
    scope: Line = ""
    """What the interviewer says to a candidate who asks what is meant."""
    rephrase: Line = ""
    simpler: Line = ""
    exhibit: Line = ""


class TopicFile(StrictModel):
    id: Slug
    chapter: Annotated[int, Field(ge=1)]
    title: Text
    layer: Literal["foundation", "training", "application", "integration"]
    why: Text
    frequency: Text
    frequency_weight: Annotated[float, Field(gt=0, le=1)]
    depends_on: tuple[Slug, ...]
    concepts: Annotated[tuple[Text, ...], Field(min_length=1)]
    must_include: tuple[Text, ...] = ()
    posting_terms: tuple[Text, ...] = ()


class TopicsFile(StrictModel):
    topic: Annotated[list[TopicFile], Field(min_length=1)]


def load_bank(root: Path) -> domain.Bank:
    """Reads topics.toml and every <topic>/<question>.toml below root.

    Raises ContentError listing every problem found, one a line: file, field, what is wrong; or that there is no bank in root.
    """
    try:
        (root / "topics.toml").stat()
    except OSError as error:
        raise ContentError(
            f"there is none in {root} (topics.toml: {error.strerror}); HOTSEAT_RUBRICS_DIR has to name its folder"
        ) from None
    problems: list[str] = []
    topics_file = parse_file(root / "topics.toml", root, TopicsFile, problems)
    topics = tuple(domain.Topic(**dict(entry)) for entry in topics_file.topic) if topics_file else ()
    questions: list[domain.Question] = []
    for topic in topics:
        for path in sorted((root / topic.id).glob("*.toml")):
            parsed = parse_file(path, root, QuestionFile, problems)
            if parsed is None:
                continue
            expected = f"{topic.id}/{path.stem}"
            if parsed.id != expected:
                problems.append(f"{path.relative_to(root)}: id: is {parsed.id!r}, expected {expected!r} from its place")
                continue
            question = _question(parsed, topic.id, hashlib.sha256(path.read_bytes()).hexdigest()[:12])
            problems.extend(f"{path.relative_to(root)}: {problem}" for problem in _reference_problems(question))
            questions.append(question)
    known = {topic.id for topic in topics}
    problems.extend(
        f"topics.toml: topic {topic.id}: depends_on: unknown topic {name!r}"
        for topic in topics
        for name in topic.depends_on
        if name not in known
    )
    if problems:
        raise ContentError("\n".join(problems))
    return domain.Bank(topics, tuple(questions), _vocabulary(questions))


def find_question(bank: domain.Bank, question_id: str) -> domain.Question:
    """Raises InputError for an unknown id, naming those nearest to it."""
    try:
        return bank.question(question_id)
    except KeyError:
        near = get_close_matches(question_id, [question.id for question in bank.questions])
        meant = f"did you mean {' or '.join(near)}? " if near else ""
        raise InputError(f"unknown question {question_id!r}; {meant}`hotseat bank` lists them") from None


def _vocabulary(questions: Sequence[domain.Question]) -> domain.Vocabulary:
    """Words of prompts, points and model answers; common are those of ``COMMON_TOPICS`` topics."""
    topics: dict[str, set[str]] = {}
    for question in questions:
        phrases = (text for point in question.points for text in (point.statement, *point.phrasings))
        for word in re.findall(r"[a-z']+", " ".join((question.prompt, question.model_answer, *phrases)).lower()):
            topics.setdefault(word, set()).add(question.topic)
    terms = {term.term.lower(): term for question in questions for term in question.key_terms}
    of_terms = (part for term in terms for part in re.findall(r"[a-z']+", term))
    return domain.Vocabulary(
        common=frozenset(word for word, used in topics.items() if len(used) >= COMMON_TOPICS),
        known=frozenset(map(stem, (*topics, *of_terms))),
        terms=tuple(terms.values()),
    )


def parse_file(path: Path, root: Path, model: type[Model], problems: list[str]) -> Model | None:
    """One validated TOML file, or None with what is wrong added to ``problems``."""
    name = path.relative_to(root)
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        problems.append(f"{name}: file is missing")
    except OSError as error:
        problems.append(f"{name}: can't be read: {error.strerror}")
    except UnicodeDecodeError as error:
        problems.append(f"{name}: is not UTF-8: {error.reason} at byte {error.start}")
    except tomllib.TOMLDecodeError as error:
        problems.append(f"{name}: is not valid TOML: {error}")
    else:
        try:
            return model.model_validate(raw)
        except ValidationError as error:
            problems.extend(f"{name}: {_field(item['loc'], raw)}: {item['msg']}" for item in error.errors())
    return None


def _field(loc: tuple[int | str, ...], raw: Any) -> str:
    """Names a field the way its author thinks of it: ``criteria[math].points[rank].tier``."""
    parts: list[str] = []
    here = raw
    for step in loc:
        try:
            here = here[step]
        except (LookupError, TypeError):
            here = None
        if isinstance(step, int):
            label = here.get("id", here.get("term", step)) if isinstance(here, dict) else step
            parts[-1] += f"[{label}]"
        else:
            parts.append(step)
    return ".".join(parts)


def _reference_problems(question: domain.Question) -> list[str]:
    problems: list[str] = []
    point_ids = [point.id for point in question.points]
    for kind, ids in (
        ("criteria", [criterion.id for criterion in question.criteria]),
        ("points", point_ids),
        ("follow_ups", [move.id for move in question.moves]),
    ):
        problems.extend(f"{kind}: id {name!r} is used more than once" for name in sorted({i for i in ids if ids.count(i) > 1}))
    if not 4 <= len(point_ids) <= 12:
        problems.append(f"criteria: {len(point_ids)} points in all, expected 4 to 12")
    for follow_up in question.follow_ups:
        problems.extend(
            f"follow_ups[{follow_up.id}].probes: unknown point {name!r}" for name in follow_up.probes if name not in point_ids
        )
    if not any(follow_up.move is domain.Move.DEEPEN for follow_up in question.follow_ups):
        problems.append("follow_ups: none has deeper = true; one must go a level deeper")
    probed = {name for follow_up in question.follow_ups for name in follow_up.probes}
    strong = [point.id for point in question.points if point.tier is domain.PointTier.STRONG]
    problems.extend(f"follow_ups: no follow-up probes point {name!r}" for name in strong if name not in probed)
    return problems


def _question(entry: QuestionFile, topic: str, version: str) -> domain.Question:
    """Fields have the same names in the file and in the domain, except for ``deeper``, which is a move."""
    given = entry.model_dump()
    for follow_up in given["follow_ups"]:
        follow_up["move"] = domain.Move.DEEPEN if follow_up.pop("deeper") else domain.Move.PROBE
    return _QUESTION.validate_python({**given, "topic": topic, "rubric_version": version})
