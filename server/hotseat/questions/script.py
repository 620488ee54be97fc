"""What the interviewer says besides questions (rubrics/interviewer.toml): greeting, transitions, closing, responses to acts."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import asdict, replace
from operator import itemgetter
from typing import Annotated

from pydantic import Field

from hotseat.domain.model import Bank, Criterion, EndedBy, Grade, Level, Question
from hotseat.grading.scoring import LADDER, question_score
from hotseat.questions.content import Text
from hotseat.session.phases import Lines, RoundPlan
from hotseat.strict_model import StrictModel

_BETWEEN_S = 20.0
"""Time for asking a question and for the lines around it."""
_QUICK_S = 30.0
"""Questions shorter than this follow one another without a transition."""
_HALVES = 4
"""With fewer rounds, halftime is not announced."""
_PAUSES = {30: "half a minute", 60: "a minute"}


class GreetingFile(StrictModel):
    hello: Text
    several: Text
    """Said where there are several questions."""


class TransitionFile(StrictModel):
    next: Text
    same: Text
    """After a question on the same topic."""
    half: Text
    last: Text


class Remarks(StrictModel):
    best: Text
    practise: Text


class ClosingFile(StrictModel):
    end: Text
    answer: Remarks
    """Said where several answers were graded."""
    part: Remarks
    """Said of a single answer's criteria."""
    review: Text


class Acknowledgements(StrictModel):
    done: Annotated[list[Text], Field(min_length=2)]
    silence: Annotated[list[Text], Field(min_length=2)]
    limit: Annotated[list[Text], Field(min_length=2)]
    skipped: Annotated[list[Text], Field(min_length=2)]

    def after(self, ended_by: EndedBy, last: str) -> str:
        """A line for how an answer ended; another than the ``last`` one said."""
        lines: list[str] = getattr(self, ended_by.value)
        return random.choice([line for line in lines if line != last])  # noqa: S311 - no secret


class MovesFile(StrictModel):
    repeat: Annotated[tuple[Text, ...], Field(min_length=1)]
    scope: Text
    assume: Text = Lines().assume
    either: Text = Lines().either
    think: Text
    hint: Text
    easier: Text
    objection: Text
    off_topic: Text | Annotated[tuple[Text, ...], Field(min_length=1)]
    corrected: Text = Lines().corrected
    no_problem: Text = "No problem."
    feedback: Text = "You'll see that in the review."
    audible: Text = "Yes, I can hear you."
    time_left: Text = "At most {minutes}."
    go_on: Text = "Yes, please."
    say_more: Text = "Could you say more?"
    callback: Text = Lines().callback
    no_hint: Text = "I can't give you a hint here. Just say how you'd approach it."
    said_before: Text = "Fair enough, I won't ask again."
    meaning: Text = "I don't want to give anything away. Take it in its usual sense, and say what you assume."
    apart: Text = "Let me split that up. {case} That's the setup. My question is this: {question}"
    same_words: Text = "I have no other words for it, so here it is again."


class Script(StrictModel):
    """The whole file."""

    greeting: GreetingFile
    transition: TransitionFile
    closing: ClosingFile
    acknowledgements: Acknowledgements
    moves: MovesFile

    def lines(self, pause_s: float) -> Lines:
        """The lines as an interview's plan keeps them."""
        pause = _PAUSES.get(round(pause_s), f"{pause_s:.0f} seconds")
        return Lines(**self.moves.model_dump() | {"think": self.moves.think.format(pause=pause)})

    def constant(self) -> tuple[str, ...]:
        """Lines that never change, to be synthesised once."""
        acknowledgements, moves = self.acknowledgements.model_dump().values(), asdict(self.lines(30)).values()
        found = [self.closing.end, self.closing.review]
        for lines in (*acknowledgements, *moves):
            found += [lines] if isinstance(lines, str) else lines
        # Those with a colon or a placeholder go on with something that changes.
        return tuple(line for line in found if not line.endswith(":") and "{" not in line)

    def framed(self, rounds: Sequence[RoundPlan], bank: Bank, aloud: str, who: str, wants: str) -> tuple[RoundPlan, ...]:
        """The rounds with what is said before each question.

        ``aloud`` is what the format is called within a sentence; ``who`` asks, and ``wants`` is what they like to hear.
        """
        if len(rounds) == 1:  # the page says it all, and the question should come at once
            return tuple(rounds)
        count = f"{len(rounds)} questions"
        hello = f"{self.greeting.hello} {wants}".strip()
        hello = hello.format(format=aloud, who=who, questions=count, minutes=_minutes(rounds))
        first = replace(rounds[0], lead=f"{hello} {self.greeting.several}")
        others = (replace(rounds[index], lead=self._transition(rounds, index, bank)) for index in range(1, len(rounds)))
        return (first, *others)

    def _transition(self, rounds: Sequence[RoundPlan], index: int, bank: Bank) -> str:
        """What is said before a round that isn't the first."""
        left = _minutes(rounds[index:])
        topics = [bank.topic(entry.question_in(bank).topic) for entry in rounds[index - 1 : index + 1]]
        following = self.transition.same if topics[0] == topics[1] else self.transition.next
        topic = _within(topics[1].title)
        said = "" if rounds[index].limit_s < _QUICK_S else following.format(topic=topic)
        if index == len(rounds) - 1:
            said = self.transition.last.format(topic=topic, minutes=left)
        elif index == math.ceil(len(rounds) / 2) and len(rounds) >= _HALVES:
            said = self.transition.half.format(minutes=left, next=said)
        return said.strip()

    def farewell(self, graded: Sequence[tuple[Question, Grade]]) -> str:
        """What was best and what to practise: among the answers, or the parts of the only one. "" if all was strong."""
        if len(graded) == 1:
            [(question, grade)] = graded
            levels = {result.criterion_id: result.level for result in grade.criteria}
            parts = sorted(question.criteria, key=lambda part: -part.weight)
            rated = [(float(LADDER.index(levels[part.id])), aloud(part)) for part in parts if part.id in levels]
        else:
            rated = [
                (question_score(question, grade.by_point), _topic_of(question)) for question, grade in graded if grade.criteria
            ]
        if not rated:
            return ""
        most, best = max(rated, key=itemgetter(0))
        least, weakest = min(rated, key=itemgetter(0))
        lines = self.closing.part if len(graded) == 1 else self.closing.answer
        said = []
        if most > least:
            said.append(lines.best.format(name=best))
        if least < LADDER.index(Level.STRONG):
            said.append(lines.practise.format(name=weakest))
        return " ".join(said)


def aloud(part: Criterion) -> str:
    """What a criterion is called within a sentence, after "work on"."""
    return part.aloud or _within(part.name)


def _minutes(rounds: Sequence[RoundPlan]) -> str:
    seconds = sum(
        entry.limit_s + entry.follow_ups * entry.follow_up_limit_s + (1 + entry.follow_ups) * _BETWEEN_S for entry in rounds
    )
    minutes = max(1, round(seconds / 60))
    return "a minute" if minutes == 1 else f"{minutes} minutes"


def _topic_of(question: Question) -> str:
    """What the question is on, as it follows "your answer on"."""
    return f"the question “{question.title}”" if question.title.endswith("?") else _within(question.title)


def _within(name: str) -> str:
    """A name within a sentence."""
    first = name.split()[0]
    return name if any(letter.isupper() for letter in first[1:]) or first == "I" else name[0].lower() + name[1:]
