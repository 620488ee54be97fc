"""A follow-up is tied to what was said about its matter, or to nothing."""

from __future__ import annotations

import pytest
from hotseat.domain.model import Answer, FollowUp, Transcript, Word
from hotseat.interview.passages import nearest

from tests.support.fakes import BANK

LORA = BANK.question("finetuning/lora")
ABOUT = {
    "how-much": "So you train far fewer parameters, which saves most of the memory.",
    "configure": "I pick the rank and alpha, and which layers get adapters.",
}
ELSE = "My manager was happy with the project in the end."


def answer(text: str) -> Answer:
    return Answer.alone(LORA, Transcript(tuple(Word(word, 0, 0) for word in text.split())))


def follow_up(name: str) -> FollowUp:
    return next(entry for entry in LORA.follow_ups if entry.id == name)


@pytest.mark.parametrize("name", ABOUT)
def test_the_passage_about_the_same_thing_is_found(name: str) -> None:
    """Each follow-up goes with the sentence that speaks of what it asks."""
    found = nearest(LORA, follow_up(name), [answer(" ".join([ELSE, *ABOUT.values()]))])
    assert found is not None and found.rstrip(".") == ABOUT[name].rstrip(".")


def test_no_passage_for_an_unrelated_answer() -> None:
    """An answer about something else has no passage to pick up."""
    assert nearest(LORA, follow_up("configure"), [answer(ELSE)]) is None
    assert nearest(LORA, follow_up("configure"), [answer("")]) is None


def test_a_passage_can_be_said_in_one_breath() -> None:
    """A long sentence is cut at its commas."""
    text = ", ".join(["the rank and alpha decide how strong the update to the layers is"] * 8) + "."
    found = nearest(LORA, follow_up("configure"), [answer(text)])
    assert found is not None and len(found.split()) <= 26
