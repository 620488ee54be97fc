"""Pace, pauses and fillers, of words and silences that are known."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hotseat.domain.endpointing import AudioSpan
from hotseat.domain.model import Answer, EndedBy, Transcript, Word
from hotseat.review.delivery import Delivery, delivery
from hotseat.review.delivery_advice import advice
from hotseat.review.signposts import fillers, signposts


def spoken(text: str, each_s: float = 0.5, gaps: dict[int, float] | None = None) -> tuple[Word, ...]:
    """A word every ``each_s`` seconds; before the words named in ``gaps`` there is silence."""
    words: list[Word] = []
    at = 0.0
    for index, word in enumerate(text.split()):
        at += (gaps or {}).get(index, 0.0)
        words.append(Word(word, at, at + each_s))
        at += each_s
    return tuple(words)


def answer(words: tuple[Word, ...], **changes: object) -> Answer:
    whole = Answer(1, 0, "rag/core", "?", None, Transcript(words), words[-1].end if words else 0.0, EndedBy.DONE)
    return replace(whole, **changes)  # type: ignore[arg-type]


def measured(text: str, each_s: float = 0.5, gaps: dict[int, float] | None = None, **changes: object) -> Delivery:
    found = delivery(answer(spoken(text, each_s, gaps), **changes), 60.0)
    assert found is not None
    return found


def test_a_typed_or_empty_answer_has_no_delivery() -> None:
    """Nobody spoke."""
    assert delivery(answer((), transcript=Transcript(spoken("typed words"), typed=True)), 60.0) is None
    assert delivery(answer(()), 60.0) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("we freeze the base model", 5),
        ("a low-rank update", 4),
        ("um we freeze uh the model", 4),
        ("4,096 tokens - that's it", 4),
        ("Um, so, hmm.", 1),
    ],
)
def test_words_are_counted_alike_however_they_are_written(text: str, words: int) -> None:
    """A hyphen makes no word less, and hesitations, which recognisers write down or not, are none."""
    assert measured(text).words == words


def test_pace_runs_from_the_first_word_to_the_last() -> None:
    """Silence before and after doesn't slow one down; silence within does."""
    assert measured("word " * 20).pace == pytest.approx(120.0)
    assert measured("word " * 20, gaps={0: 4.0}).pace == pytest.approx(120.0)
    assert measured("word " * 20, gaps={10: 10.0}).pace == pytest.approx(60.0)
    assert measured("word " * 20, duration_s=60.0).pace == pytest.approx(120.0)


def test_pace_over_time_adds_up() -> None:
    """Equal stretches without a hole between them hold all the words."""
    words = (*spoken("slow " * 30, 0.6), *(replace(w, start=w.start + 18, end=w.end + 18) for w in spoken("fast " * 60, 0.3)))
    found = delivery(answer(words), 60.0)
    assert found is not None
    assert len(found.stretches) == 4
    assert sum(part.pace * (part.end - part.start) / 60 for part in found.stretches) == pytest.approx(90)
    assert [part.start for part in found.stretches[1:]] == [part.end for part in found.stretches[:-1]]
    assert found.stretches[0].pace == pytest.approx(100, abs=7) and found.stretches[-1].pace == pytest.approx(200, abs=14)


def test_pauses_are_half_a_second_and_more() -> None:
    """Shorter silences are none, and neither is the silence before the first word."""
    found = measured("a b c d e f", gaps={0: 3.0, 1: 0.4, 2: 0.5, 4: 2.0})
    assert [round(pause.seconds, 2) for pause in found.pauses] == [0.5, 2.0]
    assert found.silence_s == pytest.approx(2.5)


def test_the_audio_outweighs_the_words() -> None:
    """Where the recording was measured, pauses, beginning and end are its."""
    speech = (AudioSpan(1.0, 2.0), AudioSpan(2.7, 4.0))
    found = delivery(answer(spoken("one two three four"), speech=speech), 60.0)
    assert found is not None
    assert (found.start, found.end, found.pauses) == (1.0, 4.0, (AudioSpan(2.0, 2.7),))
    assert found.pace == pytest.approx(80.0)


def test_the_first_word_is_timed_from_the_end_of_the_question() -> None:
    """Thinking before the clock started counts, and what was kept of the time before it does not count twice."""
    words = spoken("one two three", gaps={0: 0.4})
    found = delivery(answer(words, thought_s=3.0), 60.0, lead_s=0.4)
    assert found is not None and found.first_word_s == pytest.approx(3.0)
    interrupting = delivery(answer(words, thought_s=0.0), 60.0, lead_s=0.6)
    assert interrupting is not None and interrupting.first_word_s == 0.0


@pytest.mark.parametrize(("seconds", "share"), [(15.0, 0.25), (60.0, 1.0), (60.4, 1.0)])
def test_the_share_of_the_limit(seconds: float, share: float) -> None:
    """Of the time there was, never more than all of it."""
    assert measured("one two three", duration_s=seconds).limit_share == share


def test_the_longest_stretch_without_a_signpost() -> None:
    """It runs from one signpost to the next, or to the end."""
    found = measured("first we embed chunks because search needs vectors and then we rank them and we go on and on")
    assert found.monologue == AudioSpan(4.5, 9.5)
    assert measured("words that lead nowhere at all").monologue == AudioSpan(0.0, 3.0)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Um, we freeze, uh, the model", ["um", "uh"]),
        ("Umm uhm er hmm", ["um", "um", "uh", "um"]),
        ("It is, you know, a matrix", ["you know"]),
        ("You know the matrix is small", []),
        ("Do you know what it costs", []),
        ("if you know it", []),
        ("and you know it gets slow", ["you know"]),
        ("I mean it is smaller", ["I mean"]),
        ("that is what I mean", []),
        ("it is kind of slow", ["kind of"]),
        ("this kind of cache", []),
        ("a sort of index", []),
        ("it was, like, slow", ["like"]),
        ("methods like LoRA", []),
        ("um like that", ["um", "like"]),
        ("it looks like a matrix", []),
        ("a summary of the umbrella term", []),
    ],
)
def test_only_certain_fillers_are_counted(text: str, found: list[str]) -> None:
    """A phrase that may be meant is no filler: the count is a lower bound."""
    assert [filler.text for filler in fillers(spoken(text))] == found


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("First, we embed", [0]),
        ("it is fast because of caching", [3]),
        ("the trade-off is memory", [0]),
        ("so, for example, a cache", [0, 1]),
        ("On the other hand it costs", [0]),
        ("which means less memory", [0]),
        ("the sofa is secondhand", []),
        ("we embed the documents", []),
    ],
)
def test_signposts(text: str, at: list[int]) -> None:
    """Words that say where one is, whole words only."""
    assert list(signposts(spoken(text))) == at


@pytest.mark.parametrize(
    ("side", "found", "sentence"),
    [
        ("pace", measured("word " * 60, 0.3), "fast"),
        ("pace", measured("word " * 40, 0.7), "slow"),
        ("pace", measured("word " * 40, 0.4), "Easy to follow"),
        ("pauses", measured("word " * 20, gaps={5: 3.0}), "Instead of going silent"),
        ("pauses", measured("word " * 20, gaps={5: 2.0, 10: 2.0, 15: 2.0}), "a third"),
        ("pauses", measured("word " * 50), "breath"),
        ("pauses", measured("word " * 50, gaps={20: 0.6}), "short enough"),
        ("fillers", measured("word " * 20), "We heard none"),
        ("fillers", measured("um " * 5 + "word " * 20), "“um”"),
        ("fillers", measured("um " + "word " * 60), "few enough"),
        ("first_word", measured("word " * 20, thought_s=6.0), "one sentence"),
        ("first_word", measured("word " * 20, thought_s=1.0), "started quickly"),
        ("limit", measured("word " * 20, ended_by=EndedBy.LIMIT), "cut off"),
        ("limit", measured("word " * 20), "time left for a number"),
        ("limit", measured("word " * 100), "finished on your own"),
        ("structure", measured("word " * 60), "Number your points"),
        ("structure", measured("because word " * 20), "you signpost"),
    ],
)
def test_each_side_gets_one_plain_sentence(side: str, found: Delivery, sentence: str) -> None:
    """What to do, or that it was fine; one sentence for each side, never more."""
    said = advice(found)
    assert set(said) == {"pace", "pauses", "fillers", "first_word", "limit", "structure"}
    assert sentence in said[side]
    assert all(text.endswith(".") and ". " not in text for text in said.values())


def test_speeding_up_is_told() -> None:
    """A good mean may hide a rushed end."""
    words = (*spoken("slow " * 25, 0.6), *(replace(w, start=w.start + 15, end=w.end + 15) for w in spoken("fast " * 40, 0.3)))
    found = delivery(answer(words), 60.0)
    assert found is not None
    assert "sped up" in advice(found)["pace"]
