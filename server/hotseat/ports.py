"""What the inside needs from the outside. Adapters implement these and never import each other."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from hotseat.domain.corrections import Correction
from hotseat.domain.model import Answer, Grade, Question, Word

SAMPLE_RATE = 16_000
"""Samples per second of every microphone and recogniser array."""

FRAME_SAMPLES = 640
"""Samples of one microphone frame: 40 ms."""

Samples = NDArray[np.float32]
"""Mono audio, shape (n,), values -1 to 1, 16 kHz."""


class Priority(IntEnum):
    """Order in which recognition jobs run; lower runs first."""

    FINAL = 0
    COMMIT = 1
    PARTIAL = 2
    REVIEW = 3
    """Heard before; heard again with more around it if nobody else is speaking."""


@dataclass(frozen=True, slots=True)
class RecognitionJob:
    """One stretch of audio to be recognised."""

    session: str
    """Whose audio; a newer PARTIAL of a session replaces its waiting one."""
    samples: Samples
    priority: Priority
    terms: tuple[str, ...] = ()
    """Key terms of the question, to bias towards."""
    fresh: Callable[[], Samples] | None = None
    """The audio once the job begins, where there is more by then (partials): a word spoken while it waits is heard, too."""


class Superseded(Exception):
    """A waiting partial was replaced by a newer one or dropped under load, or there are no reviews here."""


class Transcriber(Protocol):
    """Speech to text. Word times are seconds from the start of the job's samples."""

    async def recognise(self, job: RecognitionJob) -> tuple[Word, ...]:
        """Raises Superseded (partials and reviews only) or TranscriberError."""
        ...


class VoiceActivity(Protocol):
    """Speech probability, one instance per answer."""

    def feed(self, samples: Samples) -> list[float]:
        """Returns one probability per whole 512-sample window completed by these samples."""
        ...


@dataclass(frozen=True, slots=True)
class Voice:
    """One spoken sentence."""

    pcm: bytes
    """Mono PCM16, little endian."""
    sample_rate: int

    @property
    def seconds(self) -> float:
        return len(self.pcm) / 2 / self.sample_rate


class Speaker(Protocol):
    """Text to speech."""

    async def speak(self, sentence: str) -> Voice:
        """Raises SpeakerError."""
        ...


class ChatModel(Protocol):
    """An OpenAI-compatible chat endpoint."""

    name: str

    def stream(self, messages: Sequence[dict[str, str]], *, max_tokens: int) -> AsyncGenerator[str]:
        """Yields text as it is generated. Raises ChatModelError."""
        ...

    async def complete(
        self, messages: Sequence[dict[str, str]], *, max_tokens: int, schema: dict[str, Any] | None = None
    ) -> tuple[str, int]:
        """Returns the text (JSON if a schema is given; temperature 0) and the tokens used. Raises ChatModelError."""
        ...


@dataclass(frozen=True, slots=True)
class Reading:
    """What a passage does to a statement. Probabilities; what is left of one is "neither"."""

    says: float
    denies: float
    supports: NDArray[np.float32] = field(compare=False)
    """For each word of the passage, how likely it is part of what says the statement; shape (words,)."""
    opposes: NDArray[np.float32] = field(compare=False)
    """Likewise of what denies it."""


class Reader(Protocol):
    """Implemented by grading.networks.reader.NetworksReader."""

    def read(self, statement: str, words: Sequence[str]) -> Reading:
        """Deterministic, and cached: asked again soon for the same pair it answers at once."""
        ...


class Grader(Protocol):
    """Grades one round: the answer and the answers to its follow-ups."""

    async def grade(self, question: Question, answers: Sequence[Answer]) -> Grade:
        """Raises GraderError when the answer could not be graded."""
        ...


class Clock(Protocol):
    def now(self) -> float:
        """Monotonic seconds."""
        ...

    def wall(self) -> float:
        """Seconds since the epoch, for showing."""
        ...

    def timeout_at(self, moment: float) -> AbstractAsyncContextManager[object]:
        """Raises TimeoutError in the block when ``now()`` reaches the moment."""
        ...


LOCAL = "local"
"""Whose everything is where there are no accounts; the first owner's account has this id too, and so inherits it."""


@dataclass(frozen=True, slots=True)
class InterviewRecord:
    """One stored interview, without its log."""

    id: str
    created: float
    """Seconds since the epoch."""
    format: str
    title: str
    options: dict[str, Any]
    """What the candidate chose: tier, follow_ups, time_factor."""
    plan: dict[str, Any]
    summary: dict[str, Any]
    """What lists need, derived from the log: phase, rounds, answered, verdicts, asides. In records of a list, verdicts and
    asides are those of the grades that count (``Afterwards.latest``)."""
    owner: str
    """Id of the account, or LOCAL."""
    audio_deleted: float | None = None
    """When the audio was deleted for its age, in seconds since the epoch."""


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """One event of an interview's log."""

    seq: int
    """From 0, without gaps."""
    monotonic: float
    wall: float
    type: str
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Taken:
    """An interview that this process may run, until another takes it."""

    record: InterviewRecord
    log: tuple[LoggedEvent, ...]
    term: int
    """Counts the takings; only events of the latest are stored."""


@dataclass(frozen=True, slots=True)
class Held:
    """An interview that some process runs, or ran when it died."""

    interview_id: str
    replica: str
    term: int
    beat: int | None
    """Counts up while the process is alive; None once it has ended in order."""
    phase: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """How the candidate rated themselves on one day."""

    taken: float
    """Seconds since the epoch."""
    scores: dict[str, int]
    """Topic id to 1 to 5."""


@dataclass(frozen=True, slots=True)
class Rated:
    """How the points of one question came out in one round."""

    interview_id: str
    round: int
    """Index of the round in the interview."""
    question_id: str
    at: float
    """Seconds since the epoch."""
    ratings: dict[str, int]
    """Point id to 1 (again), 2 (hard), 3 (good) or 4 (easy)."""


@dataclass(frozen=True, slots=True)
class PointCard:
    """How well one point of a question is remembered, and when it is due again."""

    question_id: str
    point_id: str
    due: float
    """Seconds since the epoch."""
    reviewed: float
    """Likewise, the last time."""
    stability: float
    """Days until the chance of recalling it falls to nine in ten."""
    difficulty: float
    """1 to 10."""


@dataclass(frozen=True, slots=True)
class Note:
    """What the candidate wrote down about one round."""

    round: int
    """Index of the round."""
    text: str
    changed: float
    """Seconds since the epoch."""


@dataclass(frozen=True, slots=True)
class Regrade:
    """A later grade of one round. The latest counts; those before it are kept."""

    round: int
    """Index of the round."""
    kind: str
    """"corrected" (misheard words), "disputed" or "answered" (one point)."""
    reason: str
    """Which words were corrected; empty for the others, except in old disputes, where it is the candidate's."""
    grade: dict[str, Any]
    """The whole grade, as in the event log."""
    ruling: dict[str, Any]
    """Of a dispute: the point, the passage named, whether it was upheld, and why. Of an answer: the point, the passage and
    whether the candidate said it. Otherwise empty."""
    made: float
    """Seconds since the epoch."""
    by: str
    """Who asked for it."""


@dataclass(frozen=True, slots=True)
class Afterwards:
    """Everything the candidate added to an interview once it was over, oldest first."""

    notes: tuple[Note, ...] = ()
    corrections: tuple[Correction, ...] = ()
    regrades: tuple[Regrade, ...] = ()

    def latest(self, round_index: int) -> Regrade | None:
        """The one that counts in place of the round's first grade."""
        return next((entry for entry in reversed(self.regrades) if entry.round == round_index), None)


class Store(Protocol):
    """Every method raises StorageError."""

    async def migrate(self) -> None:
        """Brings the schema up to date."""
        ...

    async def close(self) -> None: ...

    async def create(self, record: InterviewRecord) -> None: ...

    async def take(self, interview_id: str, replica: str) -> Taken | None:
        """Makes the process the only one that may run the interview; None if there is none."""
        ...

    async def append(self, interview_id: str, events: Sequence[LoggedEvent], summary: dict[str, Any], term: int = 0) -> None:
        """``term`` is that of the taking, 0 for an interview never taken. Raises TakenOverError if it was taken since."""
        ...

    async def release(self, interview_id: str, term: int) -> None:
        """Says that nobody runs it any more, if this term is still the latest."""
        ...

    async def beat(self, replica: str) -> dict[str, int]:
        """Says that the process is alive; the terms of the interviews it holds, by id."""
        ...

    async def held_by_others(self, replica: str) -> tuple[Held, ...]: ...

    async def retire(self, replica: str) -> None:
        """The process ends in order; what it still holds is free."""
        ...

    async def load(self, interview_id: str) -> tuple[InterviewRecord, tuple[LoggedEvent, ...]] | None: ...

    async def with_audio_before(self, moment: float, quiet_since: float) -> tuple[str, ...]:
        """Ids of the interviews begun before then whose audio was not deleted yet and in which nothing happened lately."""
        ...

    async def unstarted(self, owner: str) -> tuple[str, ...]:
        """Ids of this person's interviews in which nothing has happened and that nobody runs or has noted on, newest first."""
        ...

    async def audio_deleted(self, interview_id: str, at: float) -> None:
        """Notes that there is no audio any more."""
        ...

    async def owner_of(self, interview_id: str) -> str | None:
        """Whose interview it is; None if there is no such interview."""
        ...

    async def list(self, owner: str | None, limit: int | None = None, offset: int = 0) -> tuple[InterviewRecord, ...]:
        """This person's interviews, or everybody's (None), newest first; all of them without a limit."""
        ...

    async def count(self, owner: str) -> int:
        """How many interviews this person has."""
        ...

    async def afterwards(self, interview_id: str) -> Afterwards:
        """What was added to the interview; empty where there is none."""
        ...

    async def keep_note(self, interview_id: str, note: Note) -> None:
        """Replaces the round's note."""
        ...

    async def add_correction(self, interview_id: str, correction: Correction) -> None: ...

    async def add_regrade(self, interview_id: str, regrade: Regrade) -> None: ...

    async def add_assessment(self, owner: str, assessment: Assessment) -> None: ...

    async def assessments(self, owner: str) -> tuple[Assessment, ...]:
        """Oldest first."""
        ...

    async def settings(self, owner: str) -> dict[str, Any]:
        """What this person has chosen, by name."""
        ...

    async def keep(self, owner: str, name: str, value: Any) -> None:
        """Keeps a JSON value; None forgets it."""
        ...

    async def rated_rounds(self) -> set[tuple[str, int]]:
        """(interview, round) of everybody's ratings."""
        ...

    async def ratings(self, owner: str, question_id: str) -> tuple[Rated, ...]:
        """Oldest first."""
        ...

    async def rate(self, owner: str, rated: Rated, cards: Sequence[PointCard]) -> None:
        """Replaces the ratings of a round and the cards of its question, in one transaction."""
        ...

    async def set_cards(self, owner: str, question_id: str, cards: Sequence[PointCard]) -> None:
        """Replaces the cards of a question."""
        ...

    async def cards(self, owner: str) -> tuple[PointCard, ...]:
        """The one due first comes first."""
        ...


Row = dict[str, Any]
"""Column to value, all of them JSON's."""
PERSON_COLUMNS = ("owner", "by")
"""Those whose value is a person."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of the database, and the schema they were read from."""

    revision: str
    """Of the schema, as Alembic names it."""
    tables: dict[str, list[Row]]
    """By table; those that others refer to come first."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which rows: those of some interviews, or everything of one person or of everybody."""

    interviews: tuple[str, ...] | None = None
    owner: str | None = None
    """Whose everything; with interviews only whom they are taken out for."""


@dataclass(frozen=True, slots=True)
class Added:
    """What became of rows that were to be added."""

    rows: int
    present: int
    """Were here already, the same in every column."""
    kept: tuple[str, ...]
    """Rows that were left as they are here, such as "settings plan"."""


class Tables(Protocol):
    """The database as tables, whatever they are: for taking everything out, putting it back, and removing it."""

    async def read(self, scope: Scope) -> Rows:
        """As of one moment. Raises StorageError."""
        ...

    async def interviews(self, scope: Scope) -> tuple[str, ...]:
        """Ids of the interviews there are in the scope, oldest first. Raises StorageError."""
        ...

    async def add(self, rows: Rows) -> Added:
        """All or, if anything is wrong, none of them. Raises InputError naming table and column, StorageError."""
        ...

    async def erase(self, scope: Scope) -> int:
        """Removes the rows for good, returns how many. Raises StorageError."""
        ...

    async def count(self, scope: Scope) -> int:
        """Rows there are. Raises StorageError."""
        ...

    async def is_empty(self) -> bool:
        """Whether nobody has done anything here. Raises StorageError."""
        ...


Role = Literal["owner", "member"]


@dataclass(frozen=True, slots=True)
class Account:
    """A person with a name and a password."""

    id: str
    """What the ``owner`` of rows refers to."""
    name: str
    role: Role
    password: str
    """Its argon2 hash."""
    created: float


@dataclass(frozen=True, slots=True)
class Invite:
    """A link that makes one account. Only the hash of its secret is kept."""

    hash: str
    role: Role
    made_by: str
    """Name of the person; empty for the command line."""
    expires: float
    """Seconds since the epoch."""


@dataclass(frozen=True, slots=True)
class Noted:
    """One line of the audit log."""

    at: float
    """Seconds since the epoch."""
    what: str
    who: str
    """Name of the account; empty where nobody was signed in."""
    address: str
    """Where the request came from; empty for the command line and the server itself."""
    about: str


class AccountStore(Protocol):
    """Accounts, their sessions, invites and the audit log. Every method raises StorageError."""

    async def accounts(self) -> tuple[Account, ...]:
        """Oldest first."""
        ...

    async def account(self, name: str) -> Account | None:
        """By name, upper and lower case alike."""
        ...

    async def add_account(self, account: Account, invite: str | None, now: float) -> bool:
        """Adds it and uses up the invite (by hash) in one transaction; False if the invite is not valid any more.

        Raises InputError if the name is taken.
        """
        ...

    async def set_password(self, account_id: str, password: str) -> None:
        """Replaces the hash and ends all sessions of the account."""
        ...

    async def remove_account(self, account_id: str) -> None:
        """With its sessions."""
        ...

    async def add_invite(self, invite: Invite) -> None: ...

    async def invite(self, hash: str, now: float) -> Invite | None:
        """The invite, if it can still be used."""
        ...

    async def add_session(self, hash: str, account: Account, expires: float) -> bool:
        """False if the account is gone or has another password by now."""
        ...

    async def session(self, hash: str, now: float) -> Account | None:
        """Whose session it is; None if there is none or it has run out."""
        ...

    async def end_session(self, hash: str) -> None: ...

    async def forget_secrets(self) -> None:
        """Ends all sessions and takes back all invites."""
        ...

    async def note(self, noted: Noted) -> None: ...

    async def noted(self, limit: int) -> tuple[Noted, ...]:
        """The audit log, newest first."""
        ...

    async def tidy(self, now: float, noted_before: float) -> None:
        """Forgets sessions and invites that have run out, and old lines of the audit log."""
        ...


class OpenRecording(Protocol):
    def append(self, pcm: bytes) -> None:
        """Raises StorageError."""
        ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class StoredAudio:
    """One recording in the archive. ``archive.create`` with these numbers makes it anew."""

    interview_id: str
    turn_id: int
    first_frame: int
    """Number of its first microphone frame."""


class AudioArchive(Protocol):
    """Answers' audio, mono PCM16 at 16 kHz, one recording a turn."""

    def check(self) -> None:
        """Raises StorageError when it can't be written."""
        ...

    def create(self, interview_id: str, turn_id: int, first_frame: int, stored: int = 0) -> OpenRecording:
        """A new recording, or the continuation of one of which ``stored`` samples are there. Never waits."""
        ...

    def read(self, interview_id: str, turn_id: int) -> bytes: ...

    def seconds(self, interview_id: str, turn_id: int) -> float: ...

    def delete(self, interview_id: str) -> None: ...

    def stored(self, interview_id: str | None = None) -> tuple[StoredAudio, ...]:
        """An interview's recordings, or those of all interviews, in order. Raises StorageError."""
        ...
