"""Corrections of a transcript by the candidate, kept beside the recogniser's words, which never change.

A word keeps its place whatever it is corrected to, so quotations of either version point at the same words and seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from hotseat.domain.model import Answer, Transcript, Word

MAX_WORDS = 4
"""Most words of one correction: enough for a misheard term, too few to answer anew."""
MAX_CHARS = 60


class Change(StrEnum):
    """What a correction does to one word."""

    EDIT = "edit"
    """It becomes what the candidate wrote."""
    UNREPAIR = "unrepair"
    """It becomes what the recogniser wrote before a key term was put there."""
    RESTORE = "restore"
    """Its corrections are taken back."""


@dataclass(frozen=True, slots=True)
class Correction:
    """One correction of one word. A later one of the same word replaces it; none is ever removed."""

    turn_id: int
    word: int
    """Index into the transcript's words."""
    change: Change
    before: str
    """What the word was when it was corrected."""
    text: str
    """What it is now."""
    made: float
    """Seconds since the epoch."""
    by: str
    """Who made it."""


Corrections = Mapping[tuple[int, int], Correction]
"""The corrections in force, by turn id and index of the word."""


def corrections_in_force(corrections: Iterable[Correction]) -> Corrections:
    """The latest correction of each word, unless it restored the word; ``corrections`` are oldest first."""
    latest = {(correction.turn_id, correction.word): correction for correction in corrections}
    return {place: correction for place, correction in latest.items() if correction.change is not Change.RESTORE}


def corrected(answer: Answer, corrections: Corrections) -> Answer:
    """The answer as corrected. Words keep their probabilities: a correction doesn't make the recording clearer."""
    words = tuple(
        replace(word, text=correction.text, raw=None) if (correction := corrections.get((answer.turn_id, place))) else word
        for place, word in enumerate(answer.transcript.words)
    )
    return replace(answer, transcript=replace(answer.transcript, words=words))


def typed_in(turn_id: int, corrections: Corrections) -> frozenset[int]:
    """Indexes of the turn's words that the candidate typed. An undone repair is not typed: the recogniser wrote it."""
    return frozenset(
        word for (turn, word), correction in corrections.items() if turn == turn_id and correction.change is Change.EDIT
    )


def why_not(transcript: Transcript, word: int, change: Change, text: str, current: str | None) -> str:
    """Why the word can't be changed this way, or "" if it can. ``current``: its text as corrected, None if it isn't."""
    if transcript.typed:
        return "This answer was typed, so nothing in it was misheard."
    if not 0 <= word < len(transcript.words):
        return f"The answer has {len(transcript.words)} words; there is no word {word}."
    stored = transcript.words[word]
    match change:
        case Change.RESTORE:
            return "" if current is not None else f"“{stored.text}” was not corrected."
        case Change.UNREPAIR:
            return "" if stored.raw else f"“{stored.text}” is what was heard; there is no repair to undo."
        case Change.EDIT:
            return _unfit(text, stored.text if current is None else current)


def outcome(word: Word, change: Change, text: str) -> str:
    """What the word becomes."""
    if change is Change.EDIT:
        return " ".join(text.split())
    return (word.raw or word.text) if change is Change.UNREPAIR else word.text


def _unfit(text: str, current: str) -> str:
    words = text.split()
    if not any(letter.isalnum() for letter in text):
        return "Write the word that you said."
    if len(words) > MAX_WORDS or len(text) > MAX_CHARS:
        return f"A correction is at most {MAX_WORDS} words and {MAX_CHARS} characters long; correct the next word, too."
    return "That is what stands there already." if " ".join(words) == current else ""
