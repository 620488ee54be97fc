"""What can happen to an interview (events), and what the shell is to do about it (commands).

The events are the interview's log: stored in order with their times, they rebuild its state.
"""

from __future__ import annotations

from dataclasses import dataclass

from hotseat.domain.acts import Act
from hotseat.domain.endpointing import AudioSpan
from hotseat.domain.model import Choice, EndedBy, Grade, Source, Transcript
from hotseat.session.phases import Utterance


@dataclass(frozen=True, slots=True)
class StartPressed:
    """The candidate starts the interview."""


@dataclass(frozen=True, slots=True)
class Attached:
    """A browser connected."""


@dataclass(frozen=True, slots=True)
class Detached:
    """The browser went away."""


@dataclass(frozen=True, slots=True)
class VoiceSent:
    """The whole utterance has been sent to the browser."""

    turn_id: int
    seconds: float
    """How long it takes to hear or, without a voice, to read; 0 if the voice failed."""


@dataclass(frozen=True, slots=True)
class PlaybackDone:
    """The browser has played the whole utterance."""

    turn_id: int


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """The candidate was heard to begin, or pressed the key that says so."""

    turn_id: int


@dataclass(frozen=True, slots=True)
class SilenceHeard:
    """``seconds`` of silence have ended the answer (domain.turn_end). ``spoke``: something was said before."""

    turn_id: int
    seconds: float
    spoke: bool


@dataclass(frozen=True, slots=True)
class DonePressed:
    turn_id: int


@dataclass(frozen=True, slots=True)
class TypedAnswer:
    turn_id: int
    text: str
    act: Act | None = None
    """The act that the page named when it sent the text; None if the words have to tell."""


@dataclass(frozen=True, slots=True)
class ActPressed:
    """A button asks for the question again, for what is meant, or for time to think."""

    turn_id: int
    act: Act


@dataclass(frozen=True, slots=True)
class SkipPressed:
    turn_id: int


@dataclass(frozen=True, slots=True)
class HintPressed:
    turn_id: int


@dataclass(frozen=True, slots=True)
class EndPressed:
    """The candidate ends the interview now."""


@dataclass(frozen=True, slots=True)
class Transcribed:
    turn_id: int
    transcript: Transcript
    duration_s: float
    """Seconds of stored audio."""
    note: str = ""
    """Why the transcript is empty or partial, if recognition failed."""
    speech: tuple[AudioSpan, ...] = ()
    """Where the stored audio has speech."""
    act: Act = Act.ANSWER
    """What the words do (interview.act_classifier). Kept in the log: a replay doesn't depend on this version's weights."""
    reworded: str = ""
    """What was asked, in a language model's other words, if the candidate asks for them."""


@dataclass(frozen=True, slots=True)
class FollowUpChosen:
    """``text`` is asked next; empty if nothing is left worth asking."""

    turn_id: int
    follow_up_id: str
    text: str
    source: Source
    choice: Choice | None = None
    act: Act = Act.ANSWER
    """What the model takes the last answer for, if not for an answer; ``text`` is asked only if nothing is said to that act."""


@dataclass(frozen=True, slots=True)
class RoundGraded:
    round: int
    grade: Grade


@dataclass(frozen=True, slots=True)
class RoundNotGraded:
    round: int
    reason: str
    """Shown to the candidate."""


@dataclass(frozen=True, slots=True)
class Recovered:
    """A new process took the interview over; ``heard_s`` seconds of the open answer are on disk."""

    heard_s: float


@dataclass(frozen=True, slots=True)
class TimerFired:
    """``session.next_deadline`` has passed."""


TurnEvent = (
    VoiceSent
    | PlaybackDone
    | SpeechStarted
    | SilenceHeard
    | DonePressed
    | TypedAnswer
    | ActPressed
    | SkipPressed
    | HintPressed
    | Transcribed
    | FollowUpChosen
)
Event = TurnEvent | StartPressed | Attached | Detached | EndPressed | RoundGraded | RoundNotGraded | Recovered | TimerFired


@dataclass(frozen=True, slots=True)
class Ask:
    """Speak the utterance and open the microphone for barge-in."""

    utterance: Utterance


@dataclass(frozen=True, slots=True)
class StopVoice:
    """Stop speaking the turn's utterance."""

    turn_id: int


@dataclass(frozen=True, slots=True)
class StartAnswer:
    """The clock has started: store and recognise audio, at most ``limit_s`` seconds of it."""

    turn_id: int
    limit_s: float


@dataclass(frozen=True, slots=True)
class CloseAnswer:
    """Take no more audio, acknowledge, and report Transcribed."""

    turn_id: int
    ended_by: EndedBy
    typed: str | None
    """The answer, if it was typed."""


@dataclass(frozen=True, slots=True)
class ChooseFollowUp:
    """Report FollowUpChosen for ``turn_id``."""

    turn_id: int
    round: int


@dataclass(frozen=True, slots=True)
class GradeRound:
    """Report RoundGraded or RoundNotGraded."""

    round: int


@dataclass(frozen=True, slots=True)
class ShowHint:
    turn_id: int
    number: int
    """1 for the first."""


@dataclass(frozen=True, slots=True)
class Close:
    """The interview is finished."""


Command = Ask | StopVoice | StartAnswer | CloseAnswer | ChooseFollowUp | GradeRound | ShowHint | Close
