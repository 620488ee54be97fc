"""The phases of an interview: one frozen dataclass for each, with only the fields that it has."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hotseat.domain.acts import Act
from hotseat.domain.model import ANSWER_LIMIT_S, Answer, Bank, Choice, EndedBy, Grade, Kind, Question


@dataclass(frozen=True, slots=True)
class RoundPlan:
    """One question with its follow-ups."""

    question_id: str
    prompt: str
    limit_s: float
    follow_ups: int = 1
    """Follow-ups to ask at most."""
    follow_up_limit_s: float = ANSWER_LIMIT_S
    hints: int = 0
    """How many hints the candidate may ask for."""
    backups: tuple[tuple[str, str], ...] = ()
    """(id, text) of bank follow-ups, asked in order when none could be chosen in time."""
    title: str = ""
    """The question's; empty in plans that were made before titles were kept."""
    lead: str = ""
    """Said before the question: the greeting, or how far the interview is and what comes next."""
    scope: str = ""
    """What to assume, for a candidate who asks what is meant; empty if the bank doesn't say."""
    rephrase: str = ""
    """The question again, shorter and in other words; empty if the bank has none."""
    hint_texts: tuple[str, ...] = ()
    easier: tuple[str, str] | None = None
    """(id, text) of an easier step into the question."""
    difficulty: int = 0
    """The question's, 1 to 5; 0 in plans that were made before it was kept."""
    instead: tuple[RoundPlan, ...] = ()
    """Easier and harder questions on the same topic; one is asked instead if the answers before it call for that."""

    @property
    def opening(self) -> str:
        """All that is said when the question is asked."""
        return f"{self.lead} {self.prompt}".strip()

    def question_in(self, bank: Bank) -> Question:
        """The bank's question; one about a CV has the words it was asked in.

        For a question that has left the bank since: what the plan remembers, with no rubric and no hints.
        """
        try:
            question = bank.question(self.question_id)
            return replace(question, prompt=self.prompt, title=self.title) if question.kind is Kind.CLAIM else question
        except KeyError:
            topic, _, slug = self.question_id.partition("/")
            return Question(
                id=self.question_id,
                topic=topic,
                kind=Kind.CONCEPT,
                title=self.title or slug.replace("-", " ").capitalize(),
                prompt=self.prompt,
                time_limit_s=self.limit_s,
                tiers=(),
                difficulty=0,
                competencies=(),
                concepts=(),
                key_terms=(),
                criteria=(),
                follow_ups=(),
                model_answer="",
            )


@dataclass(frozen=True, slots=True)
class Lines:
    """What the interviewer says to an utterance that is no answer (rubrics/interviewer.toml). Kept in the plan, so that a
    replay of the log says the same."""

    repeat: tuple[str, ...] = ("Sure.", "In short:")
    """Before the question is asked again, as it was and in other words."""
    scope: str = "Take the most common case, and say what you assume."
    """Where the question has no scope of its own."""
    assume: str = "Yes, go with that."
    """To a candidate who asks whether they may take it in a certain way."""
    either: str = "Either is fine. Pick one, and say which."
    """To a candidate who asks which of several things is meant."""
    think: str = "Sure, take half a minute."
    hint: str = "Here is something to start from."
    easier: str = "Let's take a smaller step."
    objection: str = "Fair enough. Let's stay with the question:"
    off_topic: str | tuple[str, ...] = "Let's come back to the question:"
    """Said in turn. A string in plans that were made when there was only one."""
    corrected: str = "I'll note that correction."
    """To a candidate who takes back what they said."""
    no_problem: str = ""
    """Before the next question, to a candidate who didn't know an answer or passed. This and the next five are empty in plans
    that were made before there were such lines; then such utterances are taken as they were then."""
    feedback: str = ""
    """To a candidate who asks whether an answer was right."""
    audible: str = ""
    """To a candidate who asks whether they are heard."""
    time_left: str = ""
    go_on: str = ""
    """To a candidate who asks whether to go on."""
    say_more: str = ""
    """To a candidate who answers a question in a word or two."""
    no_hint: str = ""
    """To a candidate who asks for a hint where there is none. This and the next four are empty in plans that were made before
    there were such lines, too."""
    said_before: str = ""
    """Before the next question, to a candidate who says that they have answered this one already."""
    meaning: str = ""
    """To a candidate who asks what words of a follow-up mean."""
    apart: str = ""
    """A follow-up in other words: its ``{case}`` and its ``{question}``."""
    same_words: str = ""
    """Before a follow-up that is only a question, and so can't be put differently."""
    callback: str = "Earlier, on {question}, you said {quote}. How does that fit with what you've just said?"
    """To a candidate who contradicts what they said in an earlier round."""


@dataclass(frozen=True, slots=True)
class Plan:
    rounds: tuple[RoundPlan, ...]
    think_s: float = 5.0
    """Silence after the question before the clock starts by itself."""
    silence_s: float = 6.0
    """Silence after speech that ends an answer."""
    no_speech_s: float = 20.0
    """Silence from the start of an answer in which nothing was said that ends it."""
    pause_s: float = 30.0
    """Time to think for a candidate who asks for it, with the clock standing."""
    lines: Lines = Lines()


@dataclass(frozen=True, slots=True)
class RoundGrade:
    """How a round was graded; ``grade`` is None when it could not be, and ``reason`` says why."""

    round: int
    grade: Grade | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class NonAnswer:
    """An utterance that was no answer, such as "could you repeat that?"."""

    turn_id: int
    round: int
    act: Act
    text: str
    """Empty when a button was pressed."""
    asked: str = ""
    """What the interviewer had said."""
    choice: Choice | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the interview has come: what every phase has."""

    plan: Plan
    round: int = 0
    """Index of the current round."""
    asked: int = 0
    """Follow-ups asked in the current round so far."""
    answers: tuple[Answer, ...] = ()
    grades: tuple[RoundGrade, ...] = ()
    hints: int = 0
    """Hints shown in the current round."""
    hints_used: tuple[int, ...] = ()
    """Hints shown in each earlier round."""
    attached: bool = False
    """A browser is connected."""
    acts: tuple[NonAnswer, ...] = ()
    """Utterances that were no answers. Never graded."""
    ended: bool = False
    """The candidate has ended the interview: nothing more is asked."""

    @property
    def graded(self) -> tuple[tuple[int, Grade], ...]:
        """(index of the round, grade) of the rounds that could be graded."""
        return tuple((entry.round, entry.grade) for entry in self.grades if entry.grade is not None)

    @property
    def left_s(self) -> float:
        """Seconds of answering planned from here to the end, the current round's follow-ups included."""
        here = max(0, self.current.follow_ups - self.asked) * self.current.follow_up_limit_s
        rest = self.plan.rounds[self.round + 1 :]
        return here + sum(entry.limit_s + entry.follow_ups * entry.follow_up_limit_s for entry in rest)

    @property
    def current(self) -> RoundPlan:
        return self.plan.rounds[min(self.round, len(self.plan.rounds) - 1)]

    @property
    def round_answers(self) -> tuple[Answer, ...]:
        return self.answers_of(self.round)

    def answers_of(self, round_index: int) -> tuple[Answer, ...]:
        return tuple(answer for answer in self.answers if answer.round == round_index)


@dataclass(frozen=True, slots=True)
class Utterance:
    """What the interviewer asks in one turn."""

    turn_id: int
    text: str
    """What is to be answered."""
    follow_up_id: str | None = None
    """None for the question itself."""
    said: str = ""
    """All that is said aloud, where that isn't just ``text``."""
    acts: tuple[Act, ...] = ()
    """What the candidate has done instead of answering in full since this was first asked; ``said`` replies to the last."""
    choice: Choice | None = None
    """Why this follow-up was chosen."""

    @property
    def aloud(self) -> str:
        """All that is said."""
        return self.said or self.text


@dataclass(frozen=True, slots=True)
class Ready:
    """Planned, not started."""

    progress: Progress


@dataclass(frozen=True, slots=True)
class Asking:
    """The interviewer speaks. Without a browser it waits, and asks again when one connects."""

    progress: Progress
    utterance: Utterance
    deadline: float | None
    """None while nobody is connected."""


@dataclass(frozen=True, slots=True)
class Thinking:
    """The question is out, the answer has not begun."""

    progress: Progress
    utterance: Utterance
    deadline: float
    """When the clock starts by itself."""


@dataclass(frozen=True, slots=True)
class Answering:
    """The clock runs."""

    progress: Progress
    utterance: Utterance
    limit_s: float
    deadline: float | None
    """When the interviewer cuts in; None while the clock stands after a restart, until a browser connects
    (docs/decisions/0002-clock-across-restarts.md)."""
    spent_s: float = 0.0
    """Seconds of the limit used when the clock was stopped."""
    thought_s: float = 0.0
    """Seconds between the end of the question and the start of the clock."""


@dataclass(frozen=True, slots=True)
class Finalising:
    """The answer is over, its transcript not yet final."""

    progress: Progress
    utterance: Utterance
    ended_by: EndedBy
    typed: str | None
    deadline: float
    thought_s: float = 0.0
    act: Act | None = None
    """The act whose button ended the answer; None if the words have to tell."""


@dataclass(frozen=True, slots=True)
class FollowingUp:
    """The interviewer thinks about what to ask next. ``turn_id`` is the turn to come."""

    progress: Progress
    turn_id: int
    deadline: float
    utterance: Utterance
    """What has just been answered."""


@dataclass(frozen=True, slots=True)
class Grading:
    """Everything is said; grades are outstanding."""

    progress: Progress
    turn_id: int
    deadline: float


@dataclass(frozen=True, slots=True)
class Finished:
    progress: Progress
    turn_id: int


State = Ready | Asking | Thinking | Answering | Finalising | FollowingUp | Grading | Finished
