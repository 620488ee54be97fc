"""Corrections of a transcript keep word indices and times, and never lose the recogniser's words."""

from dataclasses import replace

import pytest
from hotseat.domain.corrections import Change, Correction, corrected, corrections_in_force, outcome, typed_in, why_not
from hotseat.domain.model import Answer, EndedBy, Transcript, Word
from hypothesis import given
from hypothesis import strategies as st

HEARD = Transcript(
    (
        Word("You", 0.0, 0.2),
        Word("breeze", 0.2, 0.6, 0.3),
        Word("the", 0.6, 0.7),
        Word("LoRA", 0.7, 1.2, 0.4, raw="low rah"),
    )
)
ANSWER = Answer(3, 0, "finetuning/lora", "How?", None, HEARD, 1.2, EndedBy.DONE)


def made(word: int, change: Change, text: str = "", turn_id: int = 3) -> Correction:
    stored = HEARD.words[word]
    return Correction(turn_id, word, change, stored.text, outcome(stored, change, text), 0.0, "candidate")


def test_a_corrected_word_keeps_its_place() -> None:
    """An edit changes the text of one word and neither its seconds nor how sure the recogniser was."""
    after = corrected(ANSWER, corrections_in_force([made(1, Change.EDIT, " freeze ")]))
    assert after.transcript.text == "You freeze the LoRA"
    assert after.transcript.words[1] == replace(HEARD.words[1], text="freeze")
    assert ANSWER.transcript is HEARD


def test_a_repair_is_undone() -> None:
    """Undoing a repair brings back what the recogniser wrote, which is not counted as written by the candidate."""
    in_force = corrections_in_force([made(3, Change.UNREPAIR)])
    assert corrected(ANSWER, in_force).transcript.text == "You breeze the low rah"
    assert typed_in(3, in_force) == frozenset()


def test_the_latest_correction_counts() -> None:
    """A later correction of the same word replaces the earlier; taking it back leaves the word as it was heard."""
    first, second = made(1, Change.EDIT, "freeze"), made(1, Change.EDIT, "frees")
    assert corrected(ANSWER, corrections_in_force([first, second])).transcript.words[1].text == "frees"
    assert typed_in(3, corrections_in_force([first, second])) == {1}
    assert corrected(ANSWER, corrections_in_force([first, second, made(1, Change.RESTORE)])) == ANSWER


def test_other_turns_are_left_alone() -> None:
    """A correction of another turn's word with the same number changes nothing here."""
    elsewhere = corrections_in_force([made(1, Change.EDIT, "freeze", turn_id=5)])
    assert corrected(ANSWER, elsewhere) == ANSWER
    assert typed_in(3, elsewhere) == frozenset()


@pytest.mark.parametrize(
    ("word", "change", "text", "current", "reason"),
    [
        (1, Change.EDIT, "freeze", None, ""),
        (1, Change.EDIT, "full fine-tuning run now", None, ""),
        (1, Change.EDIT, "breeze", "freeze", ""),
        (3, Change.UNREPAIR, "", None, ""),
        (1, Change.RESTORE, "", "freeze", ""),
        (4, Change.EDIT, "freeze", None, "there is no word 4"),
        (-1, Change.EDIT, "freeze", None, "there is no word -1"),
        (1, Change.EDIT, " … ", None, "Write the word"),
        (1, Change.EDIT, "a whole new answer here", None, "at most 4 words"),
        (1, Change.EDIT, "x" * 61, None, "60 characters"),
        (1, Change.EDIT, "breeze", None, "stands there already"),
        (1, Change.EDIT, "freeze", "freeze", "stands there already"),
        (0, Change.UNREPAIR, "", None, "no repair to undo"),
        (1, Change.RESTORE, "", None, "was not corrected"),
    ],
)
def test_what_can_be_corrected(word: int, change: Change, text: str, current: str | None, reason: str) -> None:
    """What can't be done is refused with words that say why."""
    found = why_not(HEARD, word, change, text, current)
    assert reason in found if reason else found == ""


def test_typed_answers_are_not_corrected() -> None:
    """What was typed cannot have been misheard."""
    assert "typed" in why_not(replace(HEARD, typed=True), 0, Change.EDIT, "I", None)


changes = st.lists(
    st.builds(
        made,
        st.integers(0, len(HEARD.words) - 1),
        st.sampled_from(Change),
        st.text("abc ", min_size=1).filter(str.strip),
    )
)


@given(changes)
def test_corrections_never_move_words(corrections: list[Correction]) -> None:
    """Whatever is corrected, there are as many words at the same seconds, and only places in force differ."""
    in_force = corrections_in_force(corrections)
    after = corrected(ANSWER, in_force).transcript.words
    assert [(word.start, word.end, word.probability) for word in after] == [
        (word.start, word.end, word.probability) for word in HEARD.words
    ]
    assert all((3, place) in in_force or after[place] == HEARD.words[place] for place in range(len(after)))
    assert typed_in(3, in_force) <= {place for _, place in in_force}
