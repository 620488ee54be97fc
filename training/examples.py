"""The reader's training examples: texts, each with statements and whether the text makes or contradicts them.

Free answers (``data/free``), whose writers saw only the question, have the highest weight; the writers of others saw the
statements.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from hotseat.domain.acts import Act
from hotseat.domain.model import PointTier
from hotseat.grading.reading import described
from hotseat.questions.content import load_bank
from hotseat.settings import PROJECT

DATA = Path(__file__).parent / "data"
NEITHER, SAYS, DENIES = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
PARTLY = (0.5, 0.5, 0.0)
TARGETS = {"met": SAYS, "no": NEITHER, "partly": PARTLY, "wrong": DENIES}
_SENTENCE = re.compile(r"[^.?!]*[.?!]+\s*|[^.?!]+$")
FREE = ("learn", "develop", "test", "varied-learn", "later-learn")
SHORT = ("short-learn",)
"""Files of free answers that the reader learns from, of usual length and of a few sentences; the others judge it."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement and what a text does to it."""

    statement: str
    target: tuple[float, float, float]
    """Probabilities of neither, says, denies."""
    evidence: str | None = None
    """The part of the text that says or denies it: "" where nothing does, None where it isn't known."""
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Example:
    text: str
    claims: tuple[Claim, ...]
    act: int | None = None
    """Index of what the text does, said to ``question``."""
    question: str = ""


def rows(folder: str, name: str = "*") -> Iterator[dict]:
    """The JSON lines of ``data/<folder>/<name>.jsonl``."""
    for path in sorted((DATA / folder).glob(f"{name}.jsonl")):
        with path.open() as lines:
            yield from map(json.loads, lines)


class Examples:
    """All examples that the committed data give, drawn with one seed."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        questions = load_bank(PROJECT / "rubrics").questions
        self._point = {f"{question.id}#{point.id}": point for question in questions for point in question.points}
        self._all = list(self._point)
        self._models = [(question, question.model_answer) for question in questions]

    def model_answers(self) -> list[Example]:
        """The bank's own answers, which make every strong point."""
        return [
            Example(
                answer,
                tuple(
                    Claim(self._described(f"{question.id}#{p.id}"), SAYS) for p in question.points if p.tier is PointTier.STRONG
                ),
            )
            for question, answer in self._models
        ]

    def free(self, names: Sequence[str], share: float, others: int) -> list[Example]:
        """Free answers of these files, each as it was said or as it was heard, some cut short: all that have a mistake in them,
        and a share of the rest. Of the points that aren't wrong ``others`` are drawn."""
        found = []
        for row in (row for name in names for row in rows("free", name)):
            wrong = [point for point, label in row["points"].items() if label["l"] == "wrong"]
            if not wrong and self._dice.random() >= share:
                continue
            heard = row.get("heard")
            text = heard if heard and self._dice.random() < 0.5 else row["text"]
            rest = [point for point in row["points"] if point not in wrong]
            claims = []
            for point in (*wrong, *self._dice.sample(rest, min(others, len(rest)))):
                label = row["points"][point]
                quote = label.get("q", "")
                known = quote if quote in text else None
                claims.append(Claim(self._described(f"{row['question']}#{point}"), TARGETS[label["l"]], known))
            claims.append(self._unrelated())
            example = Example(text, tuple(claims))
            found.append(self._cut_short(example) if self._dice.random() < 0.12 else example)
        return found

    def windows(self, count: int) -> list[Example]:
        """One to three sentences of a free answer, with what they say or deny and what is said nowhere in it."""
        found = []
        answers = [row for name in FREE for row in rows("free", name)]
        for row in self._dice.choices(answers, k=count):
            sentences = [sentence for sentence in _SENTENCE.findall(row["text"]) if sentence.strip()]
            at = self._dice.randrange(len(sentences))
            text = "".join(sentences[at : at + self._dice.choice((1, 1, 2, 3))]).strip()
            claims, nowhere = [], [self._unrelated()]
            for point, label in row["points"].items():
                statement, quote = self._described(f"{row['question']}#{point}"), label.get("q", "")
                if label["l"] == "no":
                    nowhere.append(Claim(statement, NEITHER, ""))
                elif quote and quote in text:
                    claims.append(Claim(statement, TARGETS[label["l"]], quote))
            claims.append(self._dice.choice(nowhere))
            found.append(Example(text, tuple(claims)))
        return found

    def edited(self) -> list[Example]:
        """Free answers in which one thing is said wrong, right in quite other words, or left out for something else that is
        true of it; half of the time only the sentences around it. What was left out may be said again further away, so there
        it is always only those. Half of them come with a point that the answer doesn't mention, too."""
        answers = {row["id"]: row for name in FREE for row in rows("free", name)}
        return [
            self._changed(answers[edit["id"]], edit, edit[kind], target)
            for edit in rows("edits")
            for kind, target in (("wrong", DENIES), ("right", SAYS), ("beside", NEITHER))
            if kind in edit
        ]

    def _changed(self, row: Mapping, edit: Mapping, part: str, target: tuple[float, float, float]) -> Example:
        before, after = row["text"].split(edit["said"])
        if target is NEITHER or self._dice.random() < 0.5:
            before, after = _last_sentence(before), _first_sentence(after)
        text = " ".join(f"{before} {part} {after}".split())
        evidence = "" if target is NEITHER else " ".join(part.split())
        claims = [Claim(self._described(f"{row['question']}#{edit['point']}"), target, evidence)]
        unsaid = [point for point, label in row["points"].items() if label["l"] == "no"]
        if unsaid and self._dice.random() < 0.5:
            claims.append(Claim(self._described(f"{row['question']}#{self._dice.choice(unsaid)}"), NEITHER, ""))
        return Example(text, tuple(claims))

    def corrected(self) -> list[Example]:
        """Sentences that get a point wrong, each set right in nearly the same words, and plain ones that make it: one alone, or
        two about different points of a question. So no word by itself tells right from wrong."""
        by_question: dict[str, list[tuple[str, str, tuple[float, float, float]]]] = defaultdict(list)
        for row in rows("corrected"):
            for kind, target in (("wrong", DENIES), ("fixed", SAYS), ("plain", SAYS)):
                by_question[row["point"].split("#")[0]] += [(row["point"], said, target) for said in row[kind]]
        found = []
        for said in by_question.values():
            self._dice.shuffle(said)
            while said:
                key, text, target = said.pop()
                claims = [Claim(self._described(key, text), target, text)]
                if said and said[-1][0] != key and self._dice.random() < 0.5:
                    other, more, meant = said.pop()
                    text = f"{text.rstrip(' .')}. {more}"
                    claims.append(Claim(self._described(other, more), meant, more))
                found.append(Example(text, tuple(claims)))
        return found

    def acts(self) -> list[Example]:
        """Utterances that ask, decline, object or stop; short answers, and beginnings and sentences of real ones.

        Of real answers only sentences with a word that no act uses: many hold "I don't know", which by itself is an act.
        """
        order = list(Act)
        prompts = {question.id: question.prompt for question, _ in self._models}
        said = [
            row
            for path in sorted((DATA / "acts").glob("*.jsonl"))
            if not path.stem.startswith("test")
            for row in rows("acts", path.stem)
        ]
        counts = Counter(word for row in said if row["act"] != "answer" for word in set(_bare(row["text"]).split()))
        found = []
        for row in said:
            prompt = prompts.get(row.get("question", "")) or self._dice.choice(list(prompts.values()))
            act = order.index(Act(row["act"]))
            found += [Example(text, (), act, prompt) for text in (row["text"], _bare(row["text"]))]
        for row in (row for name in (*FREE, *SHORT) for row in rows("free", name)):
            sentences = [text.strip() for text in _SENTENCE.findall(row["text"])]
            own = [
                text for text in sentences if len(text.split()) <= 25 and any(counts[word] < 2 for word in _bare(text).split())
            ]
            texts = [" ".join(row["text"].split()[: self._dice.randint(3, 25)]), *self._dice.sample(own, min(1, len(own)))]
            found += [Example(text, (), order.index(Act.ANSWER), prompts[row["question"]]) for text in texts]
        return [example for example in found if example.text.split()]

    def _unrelated(self) -> Claim:
        """A statement of any other question: not said, nearly always."""
        return Claim(self._described(self._dice.choice(self._all)), NEITHER, None, 0.5)

    def _described(self, key: str, passage: str = "") -> str:
        """The point as the reader is told it, with some of its phrasings and misconceptions, none of them the passage's."""
        point = self._point[key]
        phrasings = [text for text in point.phrasings if text.strip() not in passage]
        misconceptions = [text for text in point.misconceptions if text.strip() not in passage]
        if self._dice.random() < 0.5:
            phrasings = self._dice.sample(phrasings, self._dice.randint(0, len(phrasings)))
        misconceptions = [] if self._dice.random() < 0.15 else self._dice.sample(misconceptions, len(misconceptions))
        return described(replace(point, phrasings=tuple(phrasings), misconceptions=tuple(misconceptions)))

    def _cut_short(self, example: Example) -> Example:
        """The text up to some sentence, as it is known while somebody speaks; only claims whose evidence tells are kept."""
        ends = [index + 1 for index, mark in enumerate(example.text) if mark in ".?!"][1:-1]
        if not ends:
            return example
        text = example.text[: self._dice.choice(ends)]
        claims = []
        for claim in example.claims:
            if claim.target is NEITHER or (claim.evidence and claim.evidence in text):
                claims.append(claim)
            elif claim.evidence and claim.target is not PARTLY:
                claims.append(replace(claim, target=NEITHER, evidence=""))
        return Example(text, tuple(claims))

    def unmarked(self, found: Sequence[Example], share: float = 0.2) -> list[Example]:
        """Some without punctuation, as a recogniser may print speech."""
        return [self._unmarked(example) if self._dice.random() < share else example for example in found]

    def _unmarked(self, example: Example) -> Example:
        claims = (replace(claim, evidence=claim.evidence and _bare(claim.evidence)) for claim in example.claims)
        return replace(example, text=_bare(example.text), claims=tuple(claims))


def _first_sentence(text: str) -> str:
    return next(iter(_SENTENCE.findall(text)), "")


def _last_sentence(text: str) -> str:
    return next(iter(_SENTENCE.findall(text)[-1:]), "")


def _bare(text: str) -> str:
    return " ".join(word.strip(",.;:?!").lower() for word in text.split())
