"""Questions, answers and grades, as plain frozen values.

Times inside an answer are seconds of its own audio, counted from the first stored sample.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hotseat.domain.endpointing import AudioSpan

ANSWER_LIMIT_S = 60.0
"""The longest answer to a follow-up, and to a question whose file gives no limit."""


class Level(StrEnum):
    """How one criterion was answered."""

    STRONG = "Strong Hire"
    LEAN = "Lean Hire"
    NO = "No Hire"


class Verdict(StrEnum):
    """What a whole answer amounts to."""

    STRONG_HIRE = "Strong Hire"
    LEAN_HIRE = "Lean Hire"
    LEAN_NO_HIRE = "Lean No Hire"
    NO_HIRE = "No Hire"
    NOT_ASSESSABLE = "Not Assessable"


class PointStatus(StrEnum):
    """What the answer did about one point."""

    MET = "met"
    NOT_SURE = "not sure"
    NOT_MET = "not met"
    CONTRADICTED = "contradicted"


class Move(StrEnum):
    """What a follow-up does with what was said."""

    PROBE = "probe"
    """Asks for a point that was left out."""
    CHALLENGE = "challenge"
    """Lets the candidate test a claim of theirs that contradicts a point."""
    DEEPEN = "deepen"
    """Goes a step beyond a point that was made."""
    CALLBACK = "callback"
    """Takes up what was claimed in an earlier round."""


class Source(StrEnum):
    """Whose words a follow-up is in."""

    BANK = "bank"
    LLM = "llm"
    """The model's, or it begins with them."""


class EndedBy(StrEnum):
    """What ended an answer."""

    DONE = "done"
    SILENCE = "silence"
    LIMIT = "limit"
    SKIPPED = "skipped"


class Kind(StrEnum):
    """What sort of question it is; formats choose by it."""

    CORE = "core"
    CONCEPT = "concept"
    ESTIMATE = "estimate"
    DEBUGGING = "debugging"
    TRADEOFF = "tradeoff"
    CROSS_CUTTING = "cross-cutting"
    RAPID_FIRE = "rapid-fire"
    DESIGN = "design"
    PAPER = "paper"
    PROBLEM = "problem"
    CANDIDATE_EVALUATION = "candidate-evaluation"
    STORY = "story"
    CLAIM = "claim"
    """About a claim of the candidate's CV, which may be asked in words of its own."""
    PROBE = "probe"


class PointTier(StrEnum):
    """Whether a point shows recognition (lean) or understanding (strong)."""

    LEAN = "lean"
    STRONG = "strong"


@dataclass(frozen=True, slots=True)
class KeyTerm:
    """A term of the field as it is written, with the ways it is said and misheard."""

    term: str
    spoken: tuple[str, ...] = ()
    """Other spellings a listener may write down: "low rah", "rope embeddings"."""


@dataclass(frozen=True, slots=True)
class Point:
    """One checkable statement under a criterion."""

    id: str
    """Unique within its question."""
    statement: str
    """What the candidate must have conveyed, as one sentence."""
    tier: PointTier
    phrasings: tuple[str, ...]
    """Ways a candidate might say it aloud, each conveying the whole point."""
    misconceptions: tuple[str, ...] = ()
    """Claims that show the opposite belief, as they might be said."""
    challenge: str = ""
    """The question to a candidate who claims such a thing, asked after quoting them."""
    deepen: str = ""
    """The question to a candidate who has made the point."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of the rubric with its three descriptors and its points."""

    id: str
    name: str
    weight: float
    strong: str
    lean: str
    no: str
    points: tuple[Point, ...]
    aloud: str = ""
    """The name within a sentence, after "work on"; empty where the name itself can be said so."""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One question to ask after an answer."""

    id: str
    text: str
    probes: tuple[str, ...]
    """Ids of the points it is about; it must not state them."""
    move: Move = Move.PROBE
    tiers: tuple[int, ...] = (1, 2, 3, 4)


@dataclass(frozen=True, slots=True)
class Question:
    id: str
    """``topic/slug``"""
    topic: str
    kind: Kind
    title: str
    prompt: str
    """What the interviewer says."""
    time_limit_s: float
    tiers: tuple[int, ...]
    difficulty: int
    """1 (warm-up) to 5 (derive it at a frontier lab)."""
    competencies: tuple[str, ...]
    concepts: tuple[str, ...]
    """Key concepts of the topic that this question covers."""
    key_terms: tuple[KeyTerm, ...]
    criteria: tuple[Criterion, ...]
    follow_ups: tuple[FollowUp, ...]
    model_answer: str
    hints: tuple[str, ...] = ()
    scope: str = ""
    """What to assume, said to a candidate who asks what is meant; empty where there is nothing particular."""
    rephrase: str = ""
    """The prompt again, shorter and in other words; empty if the bank has none."""
    simpler: str = ""
    """An easier first step, for a candidate who doesn't know; empty if the bank has none."""
    exhibit: str = ""
    """For evaluate-a-candidate: the answer that is read aloud to be assessed."""
    rubric_version: str = ""
    """First 12 hex digits of the sha256 of the question's file."""

    @property
    def follow_up_limit_s(self) -> float:
        """Of an answer to a follow-up: never longer than the question's own."""
        return min(self.time_limit_s, ANSWER_LIMIT_S)

    @property
    def points(self) -> tuple[Point, ...]:
        return tuple(point for criterion in self.criteria for point in criterion.points)

    @property
    def moves(self) -> tuple[FollowUp, ...]:
        """Everything that can be asked after an answer: the follow-ups, and the challenge and deepening of each point."""
        own = (
            FollowUp(f"{move}-{point.id}", text, (point.id,), move)
            for point in self.points
            for move, text in ((Move.CHALLENGE, point.challenge), (Move.DEEPEN, point.deepen))
            if text
        )
        return (*self.follow_ups, *own)

    @property
    def has_rubric(self) -> bool:
        """False only for a question that has left the bank since it was planned."""
        return self.criteria != ()


@dataclass(frozen=True, slots=True)
class Word:
    """One recognised word."""

    text: str
    start: float
    """Seconds of answer audio."""
    end: float
    probability: float = 1.0
    raw: str | None = None
    """What the recogniser wrote, where ``text`` is a repair of it."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """One answer's words. A typed answer has words without times (all 0)."""

    words: tuple[Word, ...] = ()
    typed: bool = False

    @classmethod
    def of_typed(cls, text: str) -> Transcript:
        return cls(tuple(Word(word, 0.0, 0.0) for word in text.split()), typed=True)

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def raw_text(self) -> str:
        return " ".join(word.text if word.raw is None else word.raw for word in self.words if word.raw != "")


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words of the transcript that show a point, and where to hear them."""

    quote: str
    start: float | None
    """Seconds of answer audio; None for typed answers."""
    end: float | None
    word_start: int
    """Index of the first quoted word in the transcript."""
    word_end: int
    """Index after the last quoted word."""
    turn_id: int = 0
    """The answer it was said in; a round may have several."""


MAY_DENY = "may say the opposite"
"""Note of a point that is not sure because a passage may contradict it."""


@dataclass(frozen=True, slots=True)
class PointFinding:
    """What a grader says of one point."""

    point_id: str
    status: PointStatus
    evidence: Evidence | None = None
    """Always present for met and contradicted points."""
    note: str = ""
    """A short reason, where the grader gives one."""
    says: float | None = None
    """Probability that the point was made, 0 to 1; None if the grader gives only a status."""
    denies: float | None = None
    """Probability that the point was contradicted, likewise."""

    @property
    def may_deny(self) -> bool:
        """Not sure, because a passage may contradict the point."""
        return self.status is PointStatus.NOT_SURE and self.note == MAY_DENY

    @property
    def confidence(self) -> float:
        """Probability behind the status, 0 to 1; 1 if the point was not met or the grader gives no probabilities."""
        likely = self.denies if self.status is PointStatus.CONTRADICTED or self.may_deny else self.says
        return 1.0 if likely is None or self.status is PointStatus.NOT_MET else likely


@dataclass(frozen=True, slots=True)
class CriterionResult:
    criterion_id: str
    level: Level
    findings: tuple[PointFinding, ...]


@dataclass(frozen=True, slots=True)
class Grade:
    """One grading of one round: its answer and the answers to its follow-ups."""

    question_id: str
    verdict: Verdict
    criteria: tuple[CriterionResult, ...]
    grader: str
    """"embedded" or "llm"; "combined" in grades by old versions."""
    model: str = ""
    rubric_version: str = ""
    """The question's."""
    prompt_version: str = ""
    """First 12 hex digits of the sha256 of the prompts used; empty for the embedded grader."""
    reason: str = ""
    """Why the answer is not assessable, or why another grader stood in."""
    fallback: bool = False
    """The configured grader failed and the embedded one graded instead."""
    seconds: float = 0.0
    tokens: int = 0
    advice: str = ""
    """The one thing most worth saying next time."""
    agreement: float | None = None
    """How far the language model that graded agreed with the labels in its exam, 0 to 1
    (docs/decisions/0031-exam-for-llm-graders.md); None if it sat none or didn't grade."""
    reader_agreement: float | None = None
    """How far the embedded reader agrees with the labels in the same exam."""

    @property
    def findings(self) -> tuple[PointFinding, ...]:
        return tuple(finding for criterion in self.criteria for finding in criterion.findings)

    @property
    def by_point(self) -> dict[str, PointFinding]:
        """Point id to finding."""
        return {finding.point_id: finding for finding in self.findings}


@dataclass(frozen=True, slots=True)
class Choice:
    """Why a follow-up was asked."""

    move: Move
    source: Source
    anchor: str | None
    """The candidate's words it picks up."""
    between: tuple[str, ...]
    """Ids of the best-ranked follow-ups it was chosen from, best first."""
    known: tuple[tuple[str, PointStatus], ...]
    """What was known of each point; empty when the follow-up was chosen blindly."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One spoken (or typed) turn."""

    turn_id: int
    round: int
    """Index of its round in the interview."""
    question_id: str
    asked: str
    """What the interviewer said."""
    follow_up_id: str | None
    transcript: Transcript
    duration_s: float
    ended_by: EndedBy
    note: str = ""
    """Why the transcript is empty or partial, if recognition failed."""
    thought_s: float = 0.0
    """Seconds between the end of the question and the start of the clock; 0 for an answer that cut the question short."""
    speech: tuple[AudioSpan, ...] = ()
    """Stretches of speech in its audio, between the lulls; empty if the answer was typed or not recognised."""
    choice: Choice | None = None
    """Why the follow-up was asked; None for the question itself."""

    @classmethod
    def alone(cls, question: Question, transcript: Transcript) -> Answer:
        """The answer to a question by itself, outside of any interview."""
        return cls(1, 0, question.id, question.prompt, None, transcript, 0.0, EndedBy.DONE)


@dataclass(frozen=True, slots=True)
class Topic:
    id: str
    chapter: int
    title: str
    layer: str
    """"foundation", "training", "application" or "integration"."""
    why: str
    frequency: str
    """How often and where it is asked, in words."""
    frequency_weight: float
    """0 to 1, for choosing questions."""
    depends_on: tuple[str, ...]
    concepts: tuple[str, ...]
    """Key concepts; each is covered by at least one question."""
    must_include: tuple[str, ...] = ()
    """What a 60-second answer to the core question has to contain."""
    posting_terms: tuple[str, ...] = ()
    """Words for it in job postings and CVs, besides its concepts."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of the bank's field."""

    common: frozenset[str] = frozenset()
    """Words in lower case that answers use whatever the question."""
    known: frozenset[str] = frozenset()
    """Stems of all words that the bank uses."""
    terms: tuple[KeyTerm, ...] = ()
    """Key terms of all questions, each once."""


@dataclass(frozen=True, slots=True)
class Bank:
    """All content, validated."""

    topics: tuple[Topic, ...]
    questions: tuple[Question, ...]
    vocabulary: Vocabulary = Vocabulary()

    def question(self, question_id: str) -> Question:
        """Raises KeyError for an unknown id."""
        for question in self.questions:
            if question.id == question_id:
                return question
        raise KeyError(question_id)

    def topic(self, topic_id: str) -> Topic:
        for topic in self.topics:
            if topic.id == topic_id:
                return topic
        raise KeyError(topic_id)

    def terms_of(self, topic_id: str) -> tuple[KeyTerm, ...]:
        """Key terms of all questions of a topic, each once."""
        terms = {
            term.term.lower(): term for question in self.questions if question.topic == topic_id for term in question.key_terms
        }
        return tuple(terms.values())
