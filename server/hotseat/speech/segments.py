"""One answer's audio, cut into segments, and the recognition of each."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from hotseat.domain.endpointing import WINDOW_S, AudioSpan, Hearing, hear
from hotseat.domain.model import Transcript, Word
from hotseat.errors import TranscriberError
from hotseat.speech.audio import SAMPLE_RATE, Samples
from hotseat.speech.muffled import muffled
from hotseat.speech.recognition import Priority, RecognitionJob, Superseded, Transcriber, VoiceActivity
from hotseat.speech.second_pass import is_accepted, to_join, with_earlier_terms
from hotseat.speech.term_repair import Lexicon, repair
from hotseat.telemetry.logs import failed

log = logging.getLogger(__name__)

AROUND_S = 0.3
"""Silence kept on either side of a segment."""
_LEAST_RUN_S = 0.09
"""Speech at the very end of the audio that may be a word, though it is too short for the voice activity detector."""

_LONG_TAIL_S = 5.0
"""A tail (the audio after the last cut) that is longer is recognised in parts, all but the last while it is being spoken."""
_LEAST_PART_S = 1.5
_HOP_S, _QUIET_HOPS = 0.02, 5
"""Seconds and number of the steps whose mean loudness decides where a tail is split."""
SETTLE_TIMEOUT_S = 20.0
"""``settled`` gives up when the recogniser has finished nothing for so long."""
FINISH_TIMEOUT_S = 26.0
"""Words not recognised so long after the end of an answer are missing (session.FINAL_TIMEOUT_S is longer)."""


@dataclass(slots=True)
class Segment:
    """Audio between two cuts, recognised or being recognised."""

    start: float
    """Second of the answer at which it was cut."""
    end: float
    offset: float
    """Second at which the recogniser's audio begins, without long silence before it."""
    job: RecognitionJob
    task: asyncio.Task[tuple[Word, ...]]
    draft: str = ""
    """Its last caption, shown until its words are known."""

    @property
    def text(self) -> str:
        """Its words, or the draft until they are known."""
        return Transcript(self.task.result()).text if self.known else self.draft

    @property
    def known(self) -> bool:
        """Whether its words are known; False if recognition failed."""
        return self.task.done() and not self.task.cancelled() and self.task.exception() is None

    @property
    def audio(self) -> AudioSpan:
        """The recogniser's audio, in seconds of the answer."""
        return AudioSpan(self.offset, self.offset + len(self.job.samples) / SAMPLE_RATE)


@dataclass(slots=True, eq=False)
class Segments:
    """The audio so far, its segments, and the recognition of the tail in advance."""

    session: str
    transcriber: Transcriber
    vad: VoiceActivity
    terms: tuple[str, ...]
    """The hotwords."""
    lexicon: Lexicon | None
    """Without one, words stay as recognised."""
    hearing: Hearing = field(default=Hearing(), init=False)
    cut: float = field(default=0.0, init=False)
    """Second of the last cut."""
    done: list[Segment] = field(default_factory=list, init=False)
    """The segments before the last cut, in order."""
    _audio: Samples = field(default_factory=lambda: np.zeros(90 * SAMPLE_RATE, dtype=np.float32), init=False)
    _fed: int = field(default=0, init=False)
    _ahead: Segment | None = field(default=None, init=False)
    """The whole tail, recognised during a silence in case nothing more is said."""
    _parts: list[Segment] = field(default_factory=list, init=False)
    """The first parts of a long tail, recognised in case the answer ends soon."""
    _second_pass: list[Segment] = field(default_factory=list, init=False)
    """Segments being recognised a second time, several as one."""
    _reviewed_until: float = field(default=0.0, init=False)
    """Second of audio up to which a second pass was considered."""

    @property
    def now(self) -> float:
        """Seconds of audio taken in."""
        return self._fed / SAMPLE_RATE

    @property
    def muffled(self) -> bool:
        """Whether all segments with words sound muffled. Complete only after ``finish``."""
        spoken = [segment for segment in self.done if segment.known and segment.task.result()]
        return bool(spoken) and all(muffled(segment.job.samples) for segment in spoken)

    def take(self, samples: Samples) -> None:
        """Appends audio."""
        if self._fed + len(samples) > len(self._audio):
            self._audio = np.concatenate((self._audio, np.zeros_like(self._audio)))
        self._audio[self._fed : self._fed + len(samples)] = samples
        self._fed += len(samples)
        for probability in self.vad.feed(samples):
            self.hearing = hear(self.hearing, probability)

    def commit(self, cut: float, draft: str) -> Segment:
        """Ends the segment at ``cut``, and recognises it unless the look-ahead has. ``draft`` is its last caption."""
        ready = self._valid_ahead() or self._begin(self.cut, cut, Priority.COMMIT)
        if ready is not self._ahead:
            self._drop_ahead()
        self._drop_parts()  # recognised as one it has fewer mistakes
        segment = replace(ready, end=cut, draft=draft)
        self.done.append(segment)
        self._ahead, self.cut = None, cut
        return segment

    @property
    def parts(self) -> list[Segment]:
        """The parts of the tail that have been recognised, from its beginning without a gap."""
        return list(itertools.takewhile(lambda part: part.known, self._parts))

    def begin_parts(self) -> None:
        """Recognises the first part of a long tail, so that less is left if the answer ends now."""
        if (middle := self._middle()) is not None:
            self._parts.append(self._begin(self._since, middle, Priority.COMMIT))

    def look_ahead(self) -> None:
        """Recognises the tail now, in case nothing more is said."""
        if self._valid_ahead() is None:
            self._drop_ahead()
            self._ahead = self._begin(self.cut, self.now, Priority.COMMIT)

    def start_second_pass(self, then: Callable[[], None]) -> None:
        """Recognises the latest segments again as one, if they are long enough; calls ``then`` if the result is accepted."""
        fresh = [segment for segment in self.done if segment.start >= self._reviewed_until]
        which = to_join([segment.audio for segment in fresh])
        if which is None:
            return
        first, last = fresh[which][0], fresh[which][-1]
        self._reviewed_until = last.end
        samples = self._audio[round(first.offset * SAMPLE_RATE) : round(last.audio.end * SAMPLE_RATE)].copy()
        job = RecognitionJob(self.session, samples, Priority.REVIEW, self.terms)
        task = asyncio.ensure_future(self._recognise_joined(job, fresh[which], first.offset))
        task.add_done_callback(_retrieve_exception)
        joined = Segment(first.start, last.end, first.offset, job, task)
        self._second_pass.append(joined)
        joined.task.add_done_callback(lambda _task: self._take_over(joined, then))

    def _take_over(self, joined: Segment, then: Callable[[], None]) -> None:
        """Replaces the segments of a second pass with its result, if that was accepted."""
        self._second_pass.remove(joined)
        parts = [segment for segment in self.done if joined.start <= segment.start < joined.end]
        if joined.known and parts:  # after ``cancel`` there are none
            first = self.done.index(parts[0])
            self.done[first : first + len(parts)] = [joined]
            then()

    async def _recognise_joined(self, job: RecognitionJob, parts: Sequence[Segment], offset: float) -> tuple[Word, ...]:
        """The words of a second pass. Raises Superseded if it isn't accepted, or TranscriberError."""
        words = await self._recognise(job)
        await asyncio.wait([part.task for part in parts])
        if not all(part.known for part in parts):
            raise Superseded
        before = [_later(word, part.offset - offset) for part in parts for word in part.task.result()]
        if not is_accepted(len(words), len(before)):
            raise Superseded
        return words if self.lexicon is None else await asyncio.to_thread(with_earlier_terms, words, before, self.lexicon)

    async def settled(self) -> None:
        """Waits until everything has been recognised, or the recogniser has finished nothing for ``SETTLE_TIMEOUT_S``."""
        while waiting := [segment.task for segment in (*self.done, *self._second_pass) if not segment.task.done()]:
            done, _ = await asyncio.wait(waiting, timeout=SETTLE_TIMEOUT_S, return_when=asyncio.FIRST_COMPLETED)
            if not done:
                return

    def _valid_ahead(self) -> Segment | None:
        """The look-ahead of the tail, if nothing has been said since."""
        tail, heard = self._ahead, self.hearing
        if tail is None or heard.speaking or heard.run or heard.speech_end > tail.end or tail.start != self.cut:
            return None
        return tail

    def _drop_ahead(self) -> None:
        if self._ahead is not None:
            self._ahead.task.cancel()
            self._ahead = None

    async def finish(self, *, whole: bool = False) -> tuple[list[Word], bool]:
        """Every word of the answer, with times from its start, and whether some could not be recognised.

        Second passes are not waited for; other recognition has ``FINISH_TIMEOUT_S``, or any time if ``whole``.
        Raises TranscriberError if nothing could be recognised.
        """
        self._cancel_second_pass()
        tail = self._valid_ahead()
        if tail is not None:
            self._drop_parts()
            self.done.append(tail)
        elif self.hearing.speech_end > self.cut or self.hearing.run * WINDOW_S >= _LEAST_RUN_S:  # speech after the last cut
            if (middle := self._middle()) is not None:
                self._parts.append(self._begin(self._since, middle, Priority.FINAL))
            self.done += [*self._parts, self._begin(self._since, self.now, Priority.FINAL)]
            self._parts = []
        words: list[Word] = []
        missing: Exception | None = None
        until = None if whole else asyncio.get_running_loop().time() + FINISH_TIMEOUT_S
        for segment in tuple(self.done):  # a second pass may still replace one in the list
            try:
                async with asyncio.timeout_at(until):
                    words += await self._words(segment)
            except Exception as error:  # the other segments' words are kept
                missing = error
                if not isinstance(error, TimeoutError):
                    failed(log, "recognising a part of an answer", error)
        if missing is not None and not words:
            raise TranscriberError(str(missing) or "speech recognition was too slow") from missing
        return words, missing is not None

    def cancel(self) -> None:
        """Cancels all recognition and forgets the segments."""
        self._drop_ahead()
        self._drop_parts()
        self._cancel_second_pass()
        for segment in self.done:
            segment.task.cancel()
        self.done = []

    def _drop_parts(self) -> None:
        for part in self._parts:
            part.task.cancel()
        self._parts = []

    def _cancel_second_pass(self) -> None:
        for segment in self._second_pass:
            segment.task.cancel()

    def tail_audio(self, since: float, end: float) -> tuple[float, Samples]:
        """The speech between two seconds: where it begins, and a copy of its audio without long silence around it."""
        heard, start = self.hearing, since
        if heard.onset is not None and heard.onset > start:
            start = max(start, heard.onset - AROUND_S)
        for gap in heard.gaps:
            if gap.start <= since < gap.end:
                start = max(start, gap.end - AROUND_S)
        if not heard.speaking and not heard.run:
            end = min(end, heard.speech_end + AROUND_S)
        return start, self._audio[round(start * SAMPLE_RATE) : min(self._fed, round(end * SAMPLE_RATE))].copy()

    async def last_words(self) -> str:
        """The text of the segment that ends at the present silence, once it is recognised; empty if there is none."""
        tail = self._valid_ahead() or (self.done[-1] if self.done else None)
        if tail is None or tail.end < self.hearing.speech_end:
            return ""
        await asyncio.wait([tail.task])
        return tail.text

    def latest(self, seconds: float) -> Samples:
        """A copy of the last seconds of audio."""
        return self._audio[max(0, self._fed - round(seconds * SAMPLE_RATE)) : self._fed].copy()

    def _middle(self) -> float | None:
        """Middle of the quietest tenth of a second, at which to split what is left of a long tail; None for a short one."""
        if self.now - self._since <= _LONG_TAIL_S:
            return None
        start, end = self._since + _LEAST_PART_S, self.now - _LEAST_PART_S
        hop = round(_HOP_S * SAMPLE_RATE)
        first = round(start * SAMPLE_RATE)
        samples = self._audio[first : first + (round(end * SAMPLE_RATE) - first) // hop * hop]
        loudness = np.square(samples).reshape(-1, hop).mean(axis=1)
        quietest = int(np.argmin(np.convolve(loudness, np.ones(_QUIET_HOPS), "valid")))
        return start + (quietest + _QUIET_HOPS / 2) * _HOP_S

    @property
    def _since(self) -> float:
        """Second from which on no part of the tail is being recognised."""
        return self._parts[-1].end if self._parts else self.cut

    def _begin(self, since: float, end: float, priority: Priority) -> Segment:
        offset, samples = self.tail_audio(since, end)
        # The text before isn't given as context: a mistake in it would lead to more.
        job = RecognitionJob(self.session, samples, priority, self.terms)
        task = asyncio.ensure_future(self._recognise(job))
        task.add_done_callback(_retrieve_exception)
        return Segment(since, end, offset, job, task)

    async def _recognise(self, job: RecognitionJob) -> tuple[Word, ...]:
        """The job's words with terms put right. Raises TranscriberError."""
        words = await self.transcriber.recognise(job)
        return words if self.lexicon is None or not words else await asyncio.to_thread(repair, words, self.lexicon)

    async def _words(self, segment: Segment) -> list[Word]:
        try:
            words = await segment.task
        except TranscriberError:  # once more, so that one failure loses nothing
            words = await self._recognise(replace(segment.job, priority=Priority.FINAL))
        return [_later(word, segment.offset) for word in words]


def _later(word: Word, seconds: float) -> Word:
    return replace(word, start=word.start + seconds, end=word.end + seconds)


def _retrieve_exception(task: asyncio.Task[tuple[Word, ...]]) -> None:
    """Keeps asyncio from logging a failure that was never retrieved: ``finish`` tries again, and a cancelled answer needn't."""
    if not task.cancelled():
        task.exception()
