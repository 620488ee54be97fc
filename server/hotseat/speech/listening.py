"""Streaming transcriber for one answer: captions while it is spoken, and its words soon after it ends.

The audio is cut into segments at pauses while the candidate speaks, and each is recognised for good at once, so that only a
short tail is left at the end. Some 16 s of them are heard again as one, for what is around a word tells what it was. Captions
of the segment still being spoken are disposable. In a silence the tail is recognised in advance; if nothing more is said, the
final is ready before it is asked for. A known end (the time limit) makes the last cut come a little before it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hotseat.domain.endpointing import AudioSpan, CutRules, commit_point
from hotseat.domain.model import KeyTerm, Vocabulary, Word
from hotseat.domain.turn_end import COMPLETE, NOTICE_S, Judgement, Patience, breaks_off
from hotseat.errors import TranscriberError
from hotseat.speech.audio import FRAME_SAMPLES, SAMPLE_RATE, Samples
from hotseat.speech.mending import Mender
from hotseat.speech.recognition import Priority, RecognitionJob, Superseded, Transcriber, TurnModel, VoiceActivity
from hotseat.speech.segments import Segment, Segments, text_of
from hotseat.speech.term_repair import Sounds, squeezed
from hotseat.telemetry.logs import failed

log = logging.getLogger(__name__)

EARLY_END_S = 4.0
"""In the last seconds before a known end any short gap is worth a cut."""
QUIET_END_S = 1.0
"""In the last second before a known end nothing more is begun, so that the final finds the recogniser free."""
_PARTIAL_EVERY_S = 0.3
"""New audio that makes the next caption worthwhile."""
_SILENCE_EVERY_S = 0.25
_SPECULATE_S, _SPARING_S = 0.3, 0.6
"""Silence after which the tail is recognised in advance; while it is sparing, fewer of these go on after that."""
_REPEATED = 2
"""Words in a row that stand there twice because they were heard twice; fewer may have been said twice."""
JUDGE_S = 0.6
"""Silence after which it is asked whether the speaker is done."""
JUDGED_S = 8.0
"""Audio that the answer to that depends on."""
_NO_VOCABULARY = Vocabulary()
_PATIENT = Patience(float("inf"), float("inf"))
_BEHIND_S = 3.0
"""End of a recording that is fed last: live, no second pass over it would be done by the time the answer is over."""
_NORMAL = CutRules()
_BEFORE_END = CutRules(shortest_s=2.0, longest_s=9.0, pause_s=0.09)


@dataclass(frozen=True, slots=True)
class Caption:
    """What the page shows while the candidate speaks."""

    committed: str
    """Recognised for good; grows, and words in it may still be put right when they are heard again."""
    partial: str
    """The rest as far as it is known; each replaces the last."""


@dataclass(frozen=True, slots=True)
class SpeechEvent:
    """Sent when speech begins, when it pauses, and four times a second while silence lasts."""

    speaking: bool
    spoke: bool
    """Whether any speech has been heard so far."""
    silence_s: float
    """Audio seconds since speech was last heard, or since the start if there was none."""
    ends_at_s: float
    """The silence at which the answer is over."""

    @property
    def announced(self) -> bool:
        """The end is near enough to say so; speech takes it back."""
        return not self.speaking and self.silence_s >= self.ends_at_s - NOTICE_S

    @property
    def over(self) -> bool:
        return self.silence_s >= self.ends_at_s


@dataclass(frozen=True, slots=True)
class HeardAnswer:
    """What was heard of one answer."""

    words: tuple[Word, ...]
    """Times are seconds from the first sample fed. Repaired words keep what the recogniser wrote in ``raw``."""
    speech: tuple[AudioSpan, ...]
    """Where there is speech, its lulls taken out."""
    incomplete: bool = False
    """Whether some of it could not be recognised."""
    muffled: bool = False
    """Whether it sounds as if somebody in another room had said it."""

    @property
    def heard_speech(self) -> bool:
        return bool(self.speech)


class Listener:
    """Belongs to one event loop; every method returns at once except ``finish``."""

    def __init__(
        self,
        session_id: str,
        transcriber: Transcriber,
        vad: VoiceActivity,
        key_terms: Sequence[KeyTerm],
        topic_terms: Sequence[KeyTerm],
        *,
        on_caption: Callable[[Caption], None],
        on_speech: Callable[[SpeechEvent], None],
        sounds: Sounds | None = None,
        vocabulary: Vocabulary = _NO_VOCABULARY,
        sparing: Callable[[], bool] = lambda: False,
        patience: Patience = _PATIENT,
        turns: TurnModel | None = None,
    ) -> None:
        """``sounds`` (engines.phonemes) lets terms misheard or invented be put right; without it words stay as recognised.

        ``vocabulary`` says which words are likely. While it is ``sparing`` less is recognised that may be thrown away.
        ``patience`` says which silence ends the answer; with ``turns`` one that sounds complete ends sooner.
        """
        self._session = session_id
        self._transcriber = transcriber
        mender = Mender(key_terms, topic_terms, sounds, vocabulary) if sounds is not None else None
        self._segments = Segments(session_id, transcriber, vad, tuple(term.term for term in key_terms), mender)
        self._sparing = sparing
        self._on_caption = on_caption
        self._on_speech = on_speech
        self._end: float | None = None
        self._partial: asyncio.Task[None] | None = None
        self._partial_at = 0.0
        self._draft = ""
        self._shown = Caption("", "")
        self._patience = patience
        self._turns = turns
        self._judging: asyncio.Task[None] | None = None
        self._judged: Judgement | None = None
        self._asked = 0.0
        """End of the speech before the silence that was judged last."""
        self._told = SpeechEvent(False, False, 0.0, patience.no_speech_s)
        self._closed = False

    def feed(self, samples: Samples) -> None:
        """Takes in the next audio: mono, 16 kHz, usually 40 ms. Ignored once the answer has ended."""
        for at in range(0, len(samples), FRAME_SAMPLES):
            if not self._closed:
                self._take(samples[at : at + FRAME_SAMPLES])

    def expect_end(self, seconds_left: float) -> None:
        """Audio will end so many seconds from now at the latest."""
        self._end = self._segments.now + seconds_left

    async def settled(self) -> None:
        """Returns when what was fed so far has been recognised: for recordings, which are fed faster than they were spoken."""
        await self._segments.settled()

    async def finish(self, *, whole: bool = False) -> HeardAnswer:
        """Takes no more audio; all words of the answer, however long that takes if ``whole``. Raises TranscriberError."""
        self._closed = True
        self._drop_tasks()
        heard = self._segments.hearing
        words, incomplete = await self._segments.finish(whole=whole)
        return HeardAnswer(tuple(words), heard.speech, incomplete, self._segments.muffled)

    def close(self) -> None:
        """Cancels whatever is still being recognised."""
        self._closed = True
        self._segments.cancel()
        self._drop_tasks()

    @property
    def _left(self) -> float:
        """Seconds to a known end; infinite if there is none or it has passed."""
        now = self._segments.now
        return self._end - now if self._end is not None and self._end > now else float("inf")

    @property
    def _look_ahead_after_s(self) -> float:
        """Silence after which the tail is recognised in advance."""
        return _SPARING_S if self._sparing() else _SPECULATE_S

    def _take(self, samples: Samples) -> None:
        segments = self._segments
        segments.take(samples)
        self._judge_soon()
        self._tell()
        if self._left < QUIET_END_S:
            return
        heard = segments.hearing
        cut = commit_point(heard, segments.cut, _BEFORE_END if self._left < EARLY_END_S else _NORMAL)
        if cut is None and self._told.announced and heard.speech_end > segments.cut and not heard.run:
            cut = segments.now  # all words are known by the time the end is final
        if cut is not None:
            segment = segments.commit(cut, self._draft)
            segment.task.add_done_callback(lambda _task: self._show())
            self._draft = ""
            self._show()
            if self._left > EARLY_END_S:
                segments.start_second_pass(self._show)
        elif heard.speech_end > segments.cut and not heard.run and heard.silence_s >= self._look_ahead_after_s:
            segments.look_ahead()
        elif heard.speaking and segments.now - self._partial_at >= _PARTIAL_EVERY_S:
            if not self._sparing():
                segments.begin_parts()
            self._caption_soon()

    def _tell(self) -> None:
        heard, told = self._segments.hearing, self._told
        silence = round(heard.silence_s, 3)
        now = SpeechEvent(heard.speaking, heard.heard_speech, silence, self._patience.ends_at(heard, self._judged))
        if now.over and heard.run:
            return  # a sound that may take the end back; it is known in 0.2 s whether it is speech
        same = (now.speaking, now.announced, now.over) == (told.speaking, told.announced, told.over)
        if not same or (not now.speaking and silence - told.silence_s >= _SILENCE_EVERY_S):
            self._told = now
            self._on_speech(now)

    def _judge_soon(self) -> None:
        """Asks once in each silence whether the speaker is done."""
        heard = self._segments.hearing
        if self._turns is None or heard.speaking or heard.run or not heard.heard_speech or heard.silence_s < JUDGE_S:
            return
        if self._judging is None or (self._judging.done() and self._asked != heard.speech_end):
            self._asked = heard.speech_end
            self._judging = asyncio.ensure_future(self._judge(self._turns, heard.speech_end))

    async def _judge(self, turns: TurnModel, after_s: float) -> None:
        """An answer goes on without: then only the long silence ends it."""
        try:
            finished = await asyncio.to_thread(turns.finished, self._segments.latest(JUDGED_S))
            if finished >= COMPLETE and breaks_off(await self._segments.last_words()):
                finished = 0.0
        except Exception as error:
            failed(log, "telling whether an answer is complete", error)
        else:
            self._judged = Judgement(after_s, finished, self._segments.now - after_s)

    def _caption_soon(self) -> None:
        if self._partial is None or self._partial.done():
            self._partial_at = self._segments.now
            self._partial = asyncio.ensure_future(self._caption())

    def _drop_tasks(self) -> None:
        """A cancelled task holds the frame it was cancelled in, and with it this listener and its audio."""
        for task in (self._partial, self._judging):
            if task is not None:
                task.cancel()
        self._partial = self._judging = None

    async def _caption(self) -> None:
        cut: float
        parts: list[Segment]

        def tail() -> Samples:
            nonlocal cut, parts
            cut, parts = self._segments.cut, self._segments.parts
            return self._segments.tail_audio(parts[-1].end if parts else cut, self._segments.now)[1]

        job = RecognitionJob(self._session, tail(), Priority.PARTIAL, fresh=tail)
        with contextlib.suppress(Superseded, TranscriberError):
            words = await self._transcriber.recognise(job)
            if cut == self._segments.cut:
                self._draft = _joined([*(part.text for part in parts), text_of(words)])
                self._show()

    def _show(self) -> None:
        texts = [segment.text for segment in self._segments.done]
        known = next((i for i, segment in enumerate(self._segments.done) if not segment.task.done()), len(texts))
        committed = _joined(texts[:known])
        caption = Caption(committed, _joined([*texts[known:], continuation(_joined(texts), self._draft)]))
        if caption != self._shown and not self._closed:
            self._shown = caption
            self._on_caption(caption)


async def hear_recording(listener: Listener, samples: Samples) -> HeardAnswer:
    """All of a recording, heard as if it were spoken now, without waiting for time to pass. Raises TranscriberError."""
    live = max(0, len(samples) - round(_BEHIND_S * SAMPLE_RATE))
    listener.feed(samples[:live])
    await listener.settled()
    listener.feed(samples[live:])
    return await listener.finish(whole=True)  # nobody waits in an interview


def continuation(before: str, after: str) -> str:
    """``after`` without the words at its beginning that ``before`` ends with.

    A cut lies before the newest audio, so the caption of the stretch before it has words that the next one hears again.
    """
    said, again = ([squeezed(word) for word in text.split()] for text in (before, after))
    for many in range(min(len(said), len(again)), _REPEATED - 1, -1):
        if said[-many:] == again[:many]:
            return " ".join(after.split()[many:])
    return after


def _joined(texts: Sequence[str]) -> str:
    return " ".join(filter(None, texts))
