"""The streaming transcriber of one answer, with a scripted voice activity detector and recogniser."""

from __future__ import annotations

import asyncio
import gc
import itertools
import weakref
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from hotseat import supervision
from hotseat.domain.model import KeyTerm, Word
from hotseat.domain.turn_end import Patience
from hotseat.engines.phonemes import phonemes
from hotseat.errors import TranscriberError
from hotseat.session import session
from hotseat.speech import segments
from hotseat.speech.audio import SAMPLE_RATE, Samples
from hotseat.speech.listening import Caption, Listener, SpeechEvent, continuation, hear_recording
from hotseat.speech.recognition import Priority, RecognitionJob, TurnModel
from hotseat.speech.term_repair import Sounds

from tests.support.fakes import LoudIsSpeech

LOUD, QUIET = 0.5, 0.0


@dataclass
class CountingTranscriber:
    """Writes one word for each whole second of loud audio in a job; the word is the answer's second it began at."""

    failures: int = 0
    error: Exception = field(default_factory=lambda: TranscriberError("broken"))
    held: asyncio.Event | None = None
    jobs: list[RecognitionJob] = field(default_factory=list)

    async def recognise(self, job: RecognitionJob) -> tuple[Word, ...]:
        self.jobs.append(job)
        if self.held is not None:
            await self.held.wait()
        if job.priority is not Priority.PARTIAL and self.failures:
            self.failures -= 1
            raise self.error
        await asyncio.sleep(0)
        loud = np.flatnonzero(job.samples > 0.1)
        return tuple(
            Word(f"w{round(float(job.samples[at]) * 1000)}", at / SAMPLE_RATE, at / SAMPLE_RATE + 0.5, 0.8)
            for at in loud
            if at == loud[0] or job.samples[at] != job.samples[at - 1]
        )

    def ran(self, *priorities: Priority) -> list[RecognitionJob]:
        return [job for job in self.jobs if job.priority in priorities]


@dataclass
class Seen:
    captions: list[Caption] = field(default_factory=list)
    speech: list[SpeechEvent] = field(default_factory=list)


class Opinion:
    """Thinks the same of every silence."""

    def __init__(self, finished: float) -> None:
        self._finished = finished

    def finished(self, samples: Samples) -> float:
        return self._finished


def make_listener(
    transcriber: CountingTranscriber, sounds: Sounds | None = None, sparing: bool = False, turns: TurnModel | None = None
) -> tuple[Listener, Seen]:
    seen = Seen()
    listener = Listener(
        "s",
        transcriber,
        LoudIsSpeech(),
        (KeyTerm("LoRA"),),
        (),
        on_caption=seen.captions.append,
        on_speech=seen.speech.append,
        sounds=sounds,
        sparing=lambda: sparing,
        patience=Patience(6.0, 20.0),
        turns=turns,
    )
    return listener, seen


def audio(*parts: tuple[float, float]) -> Samples:
    """(loudness, seconds) parts; each second of loud audio has its own loudness, so that it can be told apart."""
    chunks: list[Samples] = []
    second = 0
    for loudness, seconds in parts:
        for at in np.arange(0, seconds, 1.0):
            length = round(min(1.0, seconds - at) * SAMPLE_RATE)
            chunks.append(np.full(length, loudness + second / 1000 if loudness else 0.0, dtype=np.float32))
            second += bool(loudness)
    return np.concatenate(chunks)


async def feed(listener: Listener, samples: Samples) -> None:
    for at in range(0, len(samples), 640):
        listener.feed(samples[at : at + 640])
        await asyncio.sleep(0)
        await asyncio.sleep(0)


def names(words: Sequence[Word]) -> list[str]:
    return [word.text for word in words]


async def test_every_word_comes_out_once_with_its_time() -> None:
    """Cuts and tails neither lose nor repeat a word, and times count from the first sample fed."""
    listener, _ = make_listener(CountingTranscriber())
    await feed(listener, audio((QUIET, 2.0), (LOUD, 7.0), (QUIET, 0.6), (LOUD, 7.0), (QUIET, 0.6), (LOUD, 2.0)))
    heard = await listener.finish()
    assert names(heard.words) == [f"w{500 + second}" for second in range(16)]
    assert [word.start for word in heard.words] == pytest.approx([*range(2, 9), *np.arange(9.6, 16), 17.2, 18.2], abs=0.01)
    assert heard.speech[0].start == pytest.approx(2.0, abs=0.04)
    assert [round(after.start - before.end, 1) for before, after in itertools.pairwise(heard.speech)] == [0.6, 0.6]
    assert not heard.incomplete


async def test_only_a_short_tail_is_left_for_the_end() -> None:
    """What was said before the last pause is already written down when the answer ends."""
    transcriber = CountingTranscriber()
    listener, seen = make_listener(transcriber)
    await feed(listener, audio((LOUD, 8.0), (QUIET, 0.6), (LOUD, 8.0), (QUIET, 0.6), (LOUD, 2.0)))
    assert transcriber.ran(Priority.FINAL) == []
    await listener.finish()
    (final,) = transcriber.ran(Priority.FINAL)
    assert len(final.samples) / SAMPLE_RATE < 2.7
    assert seen.captions[-1].committed.split() == [f"w{500 + second}" for second in range(16)]


async def test_a_known_end_brings_the_last_cut_forward() -> None:
    """A short gap shortly before the limit is worth a cut, and nothing is begun in the last second."""
    transcriber = CountingTranscriber()
    listener, _ = make_listener(transcriber)
    listener.expect_end(7.5)
    await feed(listener, audio((LOUD, 4.9), (QUIET, 0.16), (LOUD, 2.44)))
    begun = len(transcriber.jobs)
    assert len(transcriber.ran(Priority.COMMIT)) == 1
    await listener.finish()
    assert len(transcriber.jobs) == begun + 1
    (final,) = transcriber.ran(Priority.FINAL)
    assert len(final.samples) / SAMPLE_RATE < 2.7


async def test_in_a_silence_the_tail_is_recognised_before_it_is_asked_for() -> None:
    """Ending an answer after a pause costs no recognition at all; going on after the pause throws the guess away."""
    transcriber = CountingTranscriber()
    listener, _ = make_listener(transcriber)
    await feed(listener, audio((LOUD, 2.0), (QUIET, 1.0)))
    assert len(transcriber.ran(Priority.COMMIT)) == 1
    await feed(listener, audio((LOUD, 1.0), (QUIET, 1.0)))
    assert len(transcriber.ran(Priority.COMMIT)) == 2
    heard = await listener.finish()
    assert transcriber.ran(Priority.FINAL) == []
    assert len(heard.words) == 3


@pytest.mark.parametrize("parts", [((QUIET, 20.0),), ((QUIET, 1.0), (LOUD, 0.06), (QUIET, 3.0)) * 3, ()])
async def test_nothing_is_recognised_where_nobody_speaks(parts: tuple[tuple[float, float], ...]) -> None:
    """No recogniser is asked about silence or clicks, so it can invent nothing."""
    transcriber = CountingTranscriber()
    listener, seen = make_listener(transcriber)
    if parts:
        await feed(listener, audio(*parts))
    heard = await listener.finish()
    assert transcriber.jobs == []
    assert (heard.words, heard.heard_speech, seen.captions) == ((), False, [])


async def test_silence_is_told_four_times_a_second_with_onset_and_length() -> None:
    """The shell ends answers on these; before any speech they count from the start."""
    listener, seen = make_listener(CountingTranscriber())
    await feed(listener, audio((QUIET, 1.0), (LOUD, 1.0), (QUIET, 1.0)))
    before = [event for event in seen.speech if not event.spoke]
    assert [round(event.silence_s, 1) for event in before] == pytest.approx([0.3, 0.5, 0.8, 1.05], abs=0.1)
    onset = next(event for event in seen.speech if event.speaking)
    assert onset.silence_s == 0
    assert seen.speech[-1].silence_s >= 0.75
    assert len(seen.speech) < 12
    listener.close()


@pytest.mark.parametrize(("finished", "ends_at_s"), [(0.99, 4.0), (0.2, 6.0)])
async def test_what_sounds_complete_ends_sooner(finished: float, ends_at_s: float) -> None:
    """In each silence the model is asked; while it isn't sure, the long silence is waited for."""
    listener, seen = make_listener(CountingTranscriber(), turns=Opinion(finished))
    await feed(listener, audio((LOUD, 2.0), (QUIET, 0.7)))
    await asyncio.sleep(0.2)
    await feed(listener, audio((QUIET, 3.4)))
    assert seen.speech[-1].ends_at_s == ends_at_s
    assert next((event.silence_s for event in seen.speech if event.over), None) == (
        pytest.approx(4.0, abs=0.05) if ends_at_s == 4.0 else None
    )
    listener.close()


async def test_speech_takes_an_end_back() -> None:
    """A word in the last second before an early end leaves the answer open, and the next silence is judged anew."""
    listener, seen = make_listener(CountingTranscriber(), turns=Opinion(0.99))
    await feed(listener, audio((LOUD, 2.0), (QUIET, 0.7)))
    await asyncio.sleep(0.2)
    await feed(listener, audio((QUIET, 2.9), (LOUD, 0.5), (QUIET, 1.0)))
    assert any(event.announced for event in seen.speech)
    assert not any(event.over for event in seen.speech)
    await asyncio.sleep(0.2)
    await feed(listener, audio((QUIET, 3.1)))
    assert seen.speech[-1].over
    listener.close()


async def test_a_word_that_has_just_begun_takes_an_end_back() -> None:
    """The end waits until it is known whether a sound at its very moment is speech; a click only delays it."""
    for sound_s, over in ((0.5, False), (0.1, True)):
        listener, seen = make_listener(CountingTranscriber())
        await feed(listener, audio((LOUD, 2.0), (QUIET, 5.95), (LOUD, sound_s), (QUIET, 0.5)))
        assert any(event.over for event in seen.speech) == over
        listener.close()


async def test_a_text_that_breaks_off_is_not_complete() -> None:
    """Whatever it sounds like, an answer doesn't end at "because"."""

    class Because(CountingTranscriber):
        async def recognise(self, job: RecognitionJob) -> tuple[Word, ...]:
            return (Word("because", 0.0, 0.5, 0.9),)

    listener, seen = make_listener(Because(), turns=Opinion(0.99))
    await feed(listener, audio((LOUD, 2.0), (QUIET, 0.7)))
    await asyncio.sleep(0.2)
    await feed(listener, audio((QUIET, 5.0)))
    assert not any(event.over for event in seen.speech)
    listener.close()


async def test_a_broken_turn_model_costs_only_the_early_end() -> None:
    """Without its opinion the long silence ends the answer."""

    class Broken:
        def finished(self, samples: Samples) -> float:
            raise RuntimeError("no model")

    listener, seen = make_listener(CountingTranscriber(), turns=Broken())
    await feed(listener, audio((LOUD, 2.0), (QUIET, 0.7)))
    await asyncio.sleep(0.2)
    await feed(listener, audio((QUIET, 5.6)))
    assert [event.ends_at_s for event in seen.speech if event.spoke] == [6.0] * sum(event.spoke for event in seen.speech)
    assert seen.speech[-1].over
    listener.close()


async def test_captions_grow_and_are_replaced() -> None:
    """Committed text only grows; the partial is what is known of the rest."""
    listener, seen = make_listener(CountingTranscriber())
    await feed(listener, audio((LOUD, 7.0), (QUIET, 0.6), (LOUD, 3.0)))
    committed = [caption.committed for caption in seen.captions]
    assert all(later.startswith(earlier) for earlier, later in itertools.pairwise(committed))
    assert seen.captions[-1].partial.split() == ["w507", "w508", "w509"]
    listener.close()


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("It freezes the base model.", "the base model and trains", "and trains"),
        ("It freezes the base model.", "It freezes the base model.", ""),
        ("It freezes the model.", "model sizes vary", "model sizes vary"),
        ("", "It freezes", "It freezes"),
        ("It freezes", "", ""),
    ],
)
def test_no_words_are_shown_twice(before: str, after: str, shown: str) -> None:
    """What a caption hears again of the stretch before it isn't repeated; a single word may have been said twice."""
    assert continuation(before, after) == shown


async def test_one_failure_loses_nothing_and_a_second_is_raised() -> None:
    """A segment whose recognition failed is tried once more at the end."""
    listener, _ = make_listener(CountingTranscriber(failures=1))
    await feed(listener, audio((LOUD, 7.0), (QUIET, 0.6), (LOUD, 2.0)))
    assert len((await listener.finish()).words) == 9
    listener, _ = make_listener(CountingTranscriber(failures=5))
    await feed(listener, audio((LOUD, 2.0)))
    with pytest.raises(TranscriberError):
        await listener.finish()


@pytest.mark.parametrize("error", [TranscriberError("broken"), RuntimeError("a bug")])
async def test_what_could_be_recognised_is_kept(error: Exception) -> None:
    """An answer whose end can't be recognised still has its beginning, and says that it is not whole."""
    transcriber = CountingTranscriber()
    listener, _ = make_listener(transcriber)
    await feed(listener, audio((LOUD, 7.0), (QUIET, 0.6), (LOUD, 2.0)))
    await listener.settled()
    transcriber.failures, transcriber.error = 5, error
    heard = await listener.finish()
    assert names(heard.words) == [f"w{500 + second}" for second in range(7)]
    assert heard.incomplete


async def test_a_recogniser_that_hangs_costs_only_what_it_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    """The words that are known are there before nobody waits any more."""
    monkeypatch.setattr("hotseat.speech.segments.FINISH_TIMEOUT_S", 0.1)
    transcriber = CountingTranscriber()
    listener, _ = make_listener(transcriber)
    await feed(listener, audio((LOUD, 7.0), (QUIET, 0.6), (LOUD, 2.0)))
    await listener.settled()
    transcriber.held = asyncio.Event()
    heard = await listener.finish()
    assert len(heard.words) == 7 and heard.incomplete


def test_a_recogniser_that_hangs_is_replaced_in_time() -> None:
    """While the answer still waits for its words, with time to load another one and to recognise them."""
    assert supervision.HUNG_S + supervision.PROBE_HERE_S + 5.0 <= segments.FINISH_TIMEOUT_S < session.FINAL_TIMEOUT_S


async def test_audio_after_the_end_does_not_exist() -> None:
    """What is fed once the answer has ended is ignored."""
    transcriber = CountingTranscriber()
    listener, _ = make_listener(transcriber)
    await feed(listener, audio((LOUD, 2.0)))
    finishing = asyncio.ensure_future(listener.finish())
    await asyncio.sleep(0)
    listener.feed(audio((LOUD, 5.0)))
    assert len((await finishing).words) == 2


async def test_closing_cancels_what_is_being_recognised() -> None:
    """A thrown-away answer leaves no task behind and shows no more captions."""
    transcriber = CountingTranscriber(held=asyncio.Event())
    listener, seen = make_listener(transcriber)
    await feed(listener, audio((LOUD, 7.0), (QUIET, 1.0), (LOUD, 1.0)))
    listener.close()
    await asyncio.sleep(0.01)
    assert transcriber.held is not None
    transcriber.held.set()
    await asyncio.sleep(0.01)
    assert [task for task in asyncio.all_tasks() if task is not asyncio.current_task()] == []
    assert seen.captions == []


async def test_a_whole_answer_may_be_fed_at_once() -> None:
    """After a crash the stored audio is listened to in one go; no cut is missed."""
    transcriber = CountingTranscriber()
    listener, _ = make_listener(transcriber)
    listener.expect_end(0.0)
    listener.feed(audio((LOUD, 8.0), (QUIET, 0.6), (LOUD, 8.0), (QUIET, 0.6), (LOUD, 2.0)))
    assert len((await listener.finish()).words) == 18
    assert all(len(job.samples) / SAMPLE_RATE < 12 for job in transcriber.jobs)


async def test_a_long_tail_is_begun_while_it_is_spoken() -> None:
    """Whoever ends an answer in the middle of one waits for its last part only; no word is lost or heard twice at the seam."""
    transcriber = CountingTranscriber()
    listener, seen = make_listener(transcriber)
    spoken = audio((LOUD, 3.0), (QUIET, 0.15), (LOUD, 4.0))
    await feed(listener, spoken)
    captioned = transcriber.ran(Priority.PARTIAL)[-1]
    heard = await listener.finish()
    (final,) = transcriber.ran(Priority.FINAL)
    assert max(len(final.samples), len(captioned.samples)) < 0.65 * len(spoken)
    assert seen.captions[-1].partial.split() == [f"w{500 + second}" for second in range(7)]
    assert names(heard.words) == [f"w{500 + second}" for second in range(7)]
    assert [word.start for word in heard.words] == pytest.approx([0, 1, 2, 3.15, 4.15, 5.15, 6.15], abs=0.05)


async def test_a_long_tail_that_goes_on_to_a_pause_is_heard_as_one() -> None:
    """Parts of it were only for an answer that ends before."""
    transcriber = CountingTranscriber()
    listener, seen = make_listener(transcriber)
    await feed(listener, audio((LOUD, 3.0), (QUIET, 0.15), (LOUD, 4.0), (QUIET, 0.6)))
    assert len(transcriber.ran(Priority.COMMIT)[-1].samples) / SAMPLE_RATE > 7.0
    assert seen.captions[-1].committed.split() == [f"w{500 + second}" for second in range(7)]
    assert names((await listener.finish()).words) == [f"w{500 + second}" for second in range(7)]


async def test_a_long_tail_of_which_nothing_was_begun_is_recognised_in_two_parts_at_once() -> None:
    """While others speak as well nothing is begun that may be thrown away."""
    transcriber = CountingTranscriber()
    listener, _ = make_listener(transcriber, sparing=True)
    await feed(listener, audio((LOUD, 3.0), (QUIET, 0.15), (LOUD, 4.0)))
    assert transcriber.ran(Priority.COMMIT) == []
    heard = await listener.finish()
    assert len(transcriber.ran(Priority.FINAL)) == 2
    assert names(heard.words) == [f"w{500 + second}" for second in range(7)]


@pytest.mark.parametrize("sparing", [True, False])
async def test_a_short_silence_costs_others_nothing(sparing: bool) -> None:
    """While others speak as well, what was said is recognised in advance only after a longer one."""
    transcriber = CountingTranscriber()
    listener, _ = make_listener(transcriber, sparing=sparing)
    await feed(listener, audio((LOUD, 2.0), (QUIET, 0.5)))
    assert bool(transcriber.ran(Priority.COMMIT)) != sparing
    await feed(listener, audio((QUIET, 0.3)))
    assert len(transcriber.ran(Priority.COMMIT)) == 1
    listener.close()


async def test_a_long_tail_without_a_gap_is_cut_where_it_is_quietest() -> None:
    """Somebody who speaks on without a breath waits no longer in the end."""
    transcriber = CountingTranscriber()
    listener, _ = make_listener(transcriber)
    spoken = audio((LOUD, 3.0), (0.2, 0.06), (LOUD, 4.5))
    await feed(listener, spoken)
    await listener.finish()
    (final,) = transcriber.ran(Priority.FINAL)
    assert len(final.samples) / SAMPLE_RATE == pytest.approx(4.53, abs=0.05)


LONG = ((LOUD, 5.0), (QUIET, 0.6), (LOUD, 5.0), (QUIET, 0.6), (LOUD, 5.0), (QUIET, 0.6))
"""Three segments that are worth hearing again as one, 5 words each."""


@dataclass
class SecondThoughts(CountingTranscriber):
    """Writes capitals, and perhaps fewer words, when it hears something again."""

    words: int | None = None
    reviewing: asyncio.Event | None = None
    committing: asyncio.Event | None = None

    async def recognise(self, job: RecognitionJob) -> tuple[Word, ...]:
        waits = {Priority.REVIEW: self.reviewing, Priority.COMMIT: self.committing}.get(job.priority)
        if waits is not None:
            await waits.wait()
        words = await super().recognise(job)
        return (
            tuple(replace(word, text=word.text.upper()) for word in words[: self.words])
            if job.priority is Priority.REVIEW
            else words
        )


async def test_stretches_are_heard_again_as_one() -> None:
    """The words of the whole take the place of those of its parts, at the same times, in the captions as well."""
    transcriber = SecondThoughts()
    listener, seen = make_listener(transcriber)
    await feed(listener, audio(*LONG, (LOUD, 2.0)))
    await listener.settled()
    heard = await listener.finish()
    assert names(heard.words) == [f"W{500 + second}" for second in range(15)] + ["w515", "w516"]
    assert [word.start for word in heard.words][::5] == pytest.approx([0.0, 5.6, 11.2, 16.8], abs=0.01)
    assert len(transcriber.ran(Priority.REVIEW)) == 1
    assert seen.captions[-1].committed.startswith("W500 W501")


async def test_a_second_hearing_waits_for_the_first() -> None:
    """Where the whole is recognised before its parts, it is compared with them once they are."""
    transcriber = SecondThoughts(committing=asyncio.Event())
    listener, _ = make_listener(transcriber)
    await feed(listener, audio(*LONG))
    assert len(transcriber.ran(Priority.REVIEW)) == 1
    assert transcriber.committing is not None
    transcriber.committing.set()
    await listener.settled()
    assert names((await listener.finish()).words) == [f"W{500 + second}" for second in range(15)]


async def test_the_end_waits_for_nothing_that_is_heard_again() -> None:
    """An answer that ends meanwhile has the words it had."""
    transcriber = SecondThoughts(reviewing=asyncio.Event())
    listener, _ = make_listener(transcriber)
    await feed(listener, audio(*LONG, (LOUD, 2.0)))
    heard = await asyncio.wait_for(listener.finish(), 5)
    assert names(heard.words) == [f"w{500 + second}" for second in range(17)]


async def test_hearing_again_takes_no_words_away() -> None:
    """A second hearing that stopped half way is thrown away; so is one that failed."""
    for transcriber in (SecondThoughts(words=8), SecondThoughts(words=0)):
        listener, _ = make_listener(transcriber)
        await feed(listener, audio(*LONG))
        await listener.settled()
        assert len(transcriber.ran(Priority.REVIEW)) == 1
        assert names((await listener.finish()).words) == [f"w{500 + second}" for second in range(15)]


@pytest.mark.parametrize("steps", range(8))
async def test_an_answer_can_be_thrown_away_at_any_step_of_a_second_pass(steps: int) -> None:
    """Also right after its end, before its words are taken over: nothing fails in the background."""
    failures: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, failure: failures.append(failure))
    transcriber = SecondThoughts(reviewing=asyncio.Event())
    listener, _ = make_listener(transcriber)
    await feed(listener, audio(*LONG))
    assert transcriber.reviewing is not None
    transcriber.reviewing.set()
    for _ in range(steps):
        await asyncio.sleep(0)
    listener.close()
    await asyncio.sleep(0.01)
    assert failures == []


async def test_nothing_is_heard_again_just_before_a_known_end() -> None:
    """So that the final finds the recogniser free."""
    transcriber = SecondThoughts()
    listener, _ = make_listener(transcriber)
    listener.expect_end(18.0)
    await feed(listener, audio(*LONG))
    assert transcriber.ran(Priority.REVIEW) == []


async def test_a_recording_is_heard_like_a_live_answer() -> None:
    """All of it, what was said in time twice, its last seconds once."""
    listener, _ = make_listener(SecondThoughts())
    heard = await hear_recording(listener, audio(*LONG, (LOUD, 4.0)))
    assert names(heard.words) == [f"W{500 + second}" for second in range(15)] + [f"w{515 + second}" for second in range(4)]


class Suggestible(CountingTranscriber):
    """Writes a term for each second, unlikely as it is, and a misheard one for the last."""

    async def recognise(self, job: RecognitionJob) -> tuple[Word, ...]:
        words = await super().recognise(job)
        return tuple(replace(word, text="lorah" if word is words[-1] else "LoRA", probability=0.001) for word in words)


async def test_terms_are_put_right_and_an_unlikely_one_is_not_heard_again() -> None:
    """Rare terms are unlikely to the recogniser, most of all with an accent."""
    transcriber = Suggestible()
    listener, _ = make_listener(transcriber, phonemes)
    await feed(listener, audio((LOUD, 4.5), (QUIET, 0.6), (LOUD, 2.0)))
    heard = await listener.finish()
    assert [(word.text, word.raw) for word in heard.words] == [("LoRA", None)] * 4 + [
        ("LoRA", "lorah"),
        ("LoRA", None),
        ("LoRA", "lorah"),
    ]
    assert [job.terms for job in transcriber.ran(Priority.COMMIT, Priority.FINAL)] == [("LoRA",), ("LoRA",)]


@pytest.mark.parametrize(("dull", "said"), [((True, True), True), ((True, False), False), ((False, False), False)])
async def test_an_answer_is_muffled_if_all_of_it_is(
    monkeypatch: pytest.MonkeyPatch, dull: tuple[bool, bool], said: bool
) -> None:
    """A neighbour heard between the candidate's own sentences says nothing about the answer; no words are taken away."""
    monkeypatch.setattr("hotseat.speech.segments.muffled", lambda samples: dull[float(samples.max()) > 0.505])
    listener, _ = make_listener(CountingTranscriber())
    await feed(listener, audio((LOUD, 5.0), (QUIET, 0.6), (LOUD, 4.0)))
    heard = await listener.finish()
    assert heard.muffled is said
    assert len(heard.words) == 9


async def test_silence_is_no_muffled_answer() -> None:
    """Nothing was written down, so there is nothing to remark on."""
    listener, _ = make_listener(CountingTranscriber())
    await feed(listener, audio((QUIET, 3.0)))
    assert not (await listener.finish()).muffled


async def test_a_recording_does_not_wait_for_a_hearing_that_never_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A recogniser too busy to hear anything again must not hold it up for ever."""
    monkeypatch.setattr("hotseat.speech.segments.SETTLE_TIMEOUT_S", 0.05)
    listener, _ = make_listener(SecondThoughts(reviewing=asyncio.Event()))
    heard = await asyncio.wait_for(hear_recording(listener, audio(*LONG, (LOUD, 4.0))), 10)
    assert names(heard.words) == [f"w{500 + second}" for second in range(19)]


@pytest.mark.parametrize("finished", [True, False])
async def test_audio_goes_with_the_answer(finished: bool) -> None:
    """Whether it ends in the middle of a caption or is given up, its audio does not wait for a garbage collection."""
    slow = CountingTranscriber(held=asyncio.Event())
    listener, _ = make_listener(slow)
    gc.disable()
    try:
        await feed(listener, audio((LOUD, 7.0), (QUIET, 0.6), (LOUD, 3.0)))
        assert {job.priority for job in slow.jobs} == {Priority.COMMIT, Priority.PARTIAL}
        heard = asyncio.ensure_future(listener.finish() if finished else asyncio.sleep(0))
        await asyncio.sleep(0)
        assert slow.held is not None
        slow.held.set()
        await heard
        listener.close()
        everything = weakref.ref(listener)
        slow.jobs.clear()
        del listener, heard
        for _ in range(5):
            await asyncio.sleep(0)
        assert everything() is None
    finally:
        gc.enable()
