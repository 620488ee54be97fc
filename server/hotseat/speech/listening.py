"""Streaming transcriber for one answer: captions while it is spoken, and its words soon after it ends.

While the candidate speaks, the audio is cut into segments at pauses. Each is recognised at once, so that only a short tail is
left at the end. About every 16 s the latest segments are recognised again as one (second pass), as context helps. Captions of
the segment still being spoken are disposable. In a silence the tail is recognised in advance (look-ahead); if nothing more is
said, the result is ready before it is asked for. If the end is known (the time limit), the last cut comes shortly before it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass, field

from hotseat.domain.endpointing import AudioSpan, CutRules, commit_point
from hotseat.domain.model import KeyTerm, Transcript, Vocabulary, Word
from hotseat.domain.turn_end import COMPLETE, NOTICE_S, Judgement, Patience, breaks_off
from hotseat.errors import TranscriberError
from hotseat.speech.audio import FRAME_SAMPLES, SAMPLE_RATE, Samples
from hotseat.speech.recognition import JUDGED_S, Priority, RecognitionJob, Superseded, Transcriber, TurnModel, VoiceActivity
from hotseat.speech.segments import Segments
from hotseat.speech.term_repair import Lexicon, Sounds, squeezed
from hotseat.telemetry.logs import failed

log = logging.getLogger(__name__)

EARLY_END_S = 4.0
"""In the last seconds before a known end, shorter segments and gaps are cut."""
QUIET_END_S = 1.0
"""In the last second before a known end no recognition is begun, so that the final finds the recogniser free."""
_PARTIAL_EVERY_S = 0.3
"""New audio from which on another caption is worthwhile."""
_SILENCE_EVERY_S = 0.25
"""While silence lasts, it is reported this often."""
_LOOK_AHEAD_S, _LOOK_AHEAD_SPARING_S = 0.3, 0.6
"""Silence after which the tail is recognised in advance, and while ``sparing``, when fewer look-aheads may be wasted."""
_REPEATED = 2
"""So many words in a row or more, at the end of one segment and the start of the next, were said once and recognised twice."""
JUDGE_S = 0.6
"""Silence after which the turn model is asked whether the speaker has finished."""
_NO_VOCABULARY = Vocabulary()
_PATIENT = Patience(float("inf"), float("inf"))
_BEHIND_S = 3.0
"""Seconds at the end of a recording that get no second pass: in an interview none would be ready in time."""
_NORMAL = CutRules()
_BEFORE_END = CutRules(shortest_s=2.0, longest_s=9.0, pause_s=0.09)


@dataclass(frozen=True, slots=True)
class Caption:
    """What the page shows while the candidate speaks."""

    committed: str
    """Text of recognised segments; grows, though a second pass may still change words in it."""
    partial: str
    """The rest so far; each caption replaces it."""


@dataclass(frozen=True, slots=True)
class SpeechEvent:
    """Sent when speech begins, when it pauses, and four times a second while silence lasts."""

    speaking: bool
    spoke: bool
    """Whether any speech has been heard so far."""
    silence_s: float
    """Audio seconds since speech was last heard, or since the start if there was none."""
    ends_at_s: float
    """Seconds of silence at which the answer is over."""

    @property
    def announced(self) -> bool:
        """Whether the end is near enough to announce; speech cancels it."""
        return not self.speaking and self.silence_s >= self.ends_at_s - NOTICE_S

    @property
    def over(self) -> bool:
        return self.silence_s >= self.ends_at_s


@dataclass(frozen=True, slots=True)
class HeardAnswer:
    """The result of recognising one answer."""

    words: tuple[Word, ...]
    """Times are seconds from the first sample fed. Repaired words keep what the recogniser wrote in ``raw``."""
    speech: tuple[AudioSpan, ...]
    """Stretches of speech, between the lulls, in seconds."""
    incomplete: bool = False
    """Whether some of it could not be recognised."""
    muffled: bool = False
    """Whether it sounds as if spoken in another room (speech.muffled)."""

    @property
    def heard_speech(self) -> bool:
        return bool(self.speech)


@dataclass(eq=False)
class Listener:
    """Recognises one answer as it is spoken. Belongs to one event loop; only ``settled`` and ``finish`` wait."""

    session_id: str
    transcriber: Transcriber
    vad: VoiceActivity
    key_terms: Sequence[KeyTerm]
    topic_terms: Sequence[KeyTerm]
    _: KW_ONLY
    on_caption: Callable[[Caption], None]
    """Called on the event loop as captions change; ``on_speech`` likewise."""
    on_speech: Callable[[SpeechEvent], None]
    sounds: Sounds | None = None
    """Needed to repair misheard or hallucinated terms (engines.phonemes); without it words stay as recognised."""
    vocabulary: Vocabulary = _NO_VOCABULARY
    """Which words are likely in answers."""
    sparing: Callable[[], bool] = lambda: False
    """While it is true, less is recognised in advance."""
    patience: Patience = _PATIENT
    """Which silence ends the answer."""
    turns: TurnModel | None = None
    """With it, an answer that sounds complete ends sooner."""
    _segments: Segments = field(init=False)
    _end: float | None = field(default=None, init=False)
    _partial: asyncio.Task[None] | None = field(default=None, init=False)
    _partial_at: float = field(default=0.0, init=False)
    _draft: str = field(default="", init=False)
    _shown: Caption = field(default=Caption("", ""), init=False)
    _judging: asyncio.Task[None] | None = field(default=None, init=False)
    _judged: Judgement | None = field(default=None, init=False)
    _asked: float = field(default=0.0, init=False)
    """``speech_end`` of the silence that was judged last, or is being judged."""
    _told: SpeechEvent = field(init=False)
    _closed: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        terms = tuple(term.term for term in self.key_terms)
        sounds = self.sounds
        lexicon = None if sounds is None else Lexicon(self.key_terms, self.topic_terms, sounds, self.vocabulary)
        self._segments = Segments(self.session_id, self.transcriber, self.vad, terms, lexicon)
        self._told = SpeechEvent(False, False, 0.0, self.patience.no_speech_s)

    def feed(self, samples: Samples) -> None:
        """Takes the next audio, of any length (usually a 40 ms frame). Ignored once the answer has ended."""
        for at in range(0, len(samples), FRAME_SAMPLES):
            if not self._closed:
                self._take(samples[at : at + FRAME_SAMPLES])

    def expect_end(self, seconds_left: float) -> None:
        """Says that the audio will end in so many seconds at the latest."""
        self._end = self._segments.now + seconds_left

    async def settled(self) -> None:
        """Waits until what was fed has been recognised: for recordings, which are fed faster than they were spoken."""
        await self._segments.settled()

    async def finish(self, *, whole: bool = False) -> HeardAnswer:
        """Ends the answer and returns all its words. With ``whole`` there is no time limit; else late words are missing.

        Raises TranscriberError if nothing could be recognised.
        """
        self._closed = True
        self._drop_tasks()
        heard = self._segments.hearing
        words, incomplete = await self._segments.finish(whole=whole)
        return HeardAnswer(tuple(words), heard.speech, incomplete, self._segments.muffled)

    def close(self) -> None:
        """Cancels all recognition that is under way."""
        self._closed = True
        self._segments.cancel()
        self._drop_tasks()

    @property
    def _left(self) -> float:
        """Seconds to the known end; infinite if none is known or it has passed."""
        now = self._segments.now
        return self._end - now if self._end is not None and self._end > now else float("inf")

    def _take(self, samples: Samples) -> None:
        segments = self._segments
        segments.take(samples)
        self._judge_soon()
        self._tell()
        if self._left < QUIET_END_S:
            return
        heard = segments.hearing
        look_ahead_s = _LOOK_AHEAD_SPARING_S if self.sparing() else _LOOK_AHEAD_S
        cut = commit_point(heard, segments.cut, _BEFORE_END if self._left < EARLY_END_S else _NORMAL)
        if cut is None and self._told.announced and heard.speech_end > segments.cut and not heard.run:
            cut = segments.now  # so that all words are known when the end takes effect
        if cut is not None:
            segment = segments.commit(cut, self._draft)
            segment.task.add_done_callback(lambda _task: self._show())
            self._draft = ""
            self._show()
            if self._left > EARLY_END_S:
                segments.start_second_pass(self._show)
        elif heard.speech_end > segments.cut and not heard.run and heard.silence_s >= look_ahead_s:
            segments.look_ahead()
        elif heard.speaking and segments.now - self._partial_at >= _PARTIAL_EVERY_S:
            if not self.sparing():
                segments.begin_parts()
            if self._partial is None or self._partial.done():
                self._partial_at = segments.now
                self._partial = asyncio.ensure_future(self._caption())

    def _tell(self) -> None:
        heard, told = self._segments.hearing, self._told
        silence = round(heard.silence_s, 3)
        now = SpeechEvent(heard.speaking, heard.heard_speech, silence, self.patience.ends_at(heard, self._judged))
        if now.over and heard.run:
            return  # a sound that may be speech and cancel the end; that is known within 0.2 s
        same = (now.speaking, now.announced, now.over) == (told.speaking, told.announced, told.over)
        if not same or (not now.speaking and silence - told.silence_s >= _SILENCE_EVERY_S):
            self._told = now
            self.on_speech(now)

    def _judge_soon(self) -> None:
        """Asks the turn model once in each silence whether the speaker has finished."""
        heard = self._segments.hearing
        if self.turns is None or heard.speaking or heard.run or not heard.heard_speech or heard.silence_s < JUDGE_S:
            return
        if self._judging is None or (self._judging.done() and self._asked != heard.speech_end):
            self._asked = heard.speech_end
            self._judging = asyncio.ensure_future(self._judge(self.turns, heard.speech_end))

    async def _judge(self, turns: TurnModel, after_s: float) -> None:
        """Stores a judgement. If that fails, the answer ends only after the long silence."""
        try:
            finished = await asyncio.to_thread(turns.finished, self._segments.latest(JUDGED_S))
            if finished >= COMPLETE and breaks_off(await self._segments.last_words()):
                finished = 0.0
        except Exception as error:
            failed(log, "end-of-turn detection", error)
        else:
            self._judged = Judgement(after_s, finished, self._segments.now - after_s)

    def _drop_tasks(self) -> None:
        """Cancels and forgets tasks: a cancelled task's frame would keep this listener and its audio in memory."""
        for task in (self._partial, self._judging):
            if task is not None:
                task.cancel()
        self._partial = self._judging = None

    async def _caption(self) -> None:
        segments = self._segments
        cut, parts = segments.cut, segments.parts

        def tail() -> Samples:
            """The audio that isn't recognised yet, as of now: the job calls it again when it starts."""
            nonlocal cut, parts
            cut, parts = segments.cut, segments.parts
            return segments.tail_audio(parts[-1].end if parts else cut, segments.now)[1]

        job = RecognitionJob(self.session_id, tail(), Priority.PARTIAL, fresh=tail)
        with contextlib.suppress(Superseded, TranscriberError):
            words = await self.transcriber.recognise(job)
            if cut == segments.cut:
                self._draft = _joined([*(part.text for part in parts), Transcript(words).text])
                self._show()

    def _show(self) -> None:
        texts = [segment.text for segment in self._segments.done]
        known = next((i for i, segment in enumerate(self._segments.done) if not segment.task.done()), len(texts))
        committed = _joined(texts[:known])
        caption = Caption(committed, _joined([*texts[known:], continuation(_joined(texts), self._draft)]))
        if caption != self._shown and not self._closed:
            self._shown = caption
            self.on_caption(caption)


async def hear_recording(listener: Listener, samples: Samples) -> HeardAnswer:
    """Recognises a recording the way a live answer is, as fast as the machine can. Raises TranscriberError."""
    live = max(0, len(samples) - round(_BEHIND_S * SAMPLE_RATE))
    listener.feed(samples[:live])
    await listener.settled()
    listener.feed(samples[live:])
    return await listener.finish(whole=True)


def continuation(before: str, after: str) -> str:
    """``after`` without the words at its beginning that ``before`` ends with.

    A cut lies before the newest audio, so a segment's last caption may have words that the next segment has again.
    """
    said, again = ([squeezed(word) for word in text.split()] for text in (before, after))
    for many in range(min(len(said), len(again)), _REPEATED - 1, -1):
        if said[-many:] == again[:many]:
            return " ".join(after.split()[many:])
    return after


def _joined(texts: Sequence[str]) -> str:
    return " ".join(filter(None, texts))
