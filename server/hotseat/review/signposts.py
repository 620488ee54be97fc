"""Fillers ("um", "you know") and signposts ("first", "for example") in a transcript.

Recognisers leave most hesitations out, so the fillers found are a lower bound. A phrase that may have a meaning ("do you know",
"a kind of cache", "methods like LoRA") is not counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hotseat.domain.evidence import bare
from hotseat.domain.model import Word
from hotseat.text.hesitations import HESITATIONS

_DETERMINERS = frozenset("a an the this that these those what which some any another one two every each same other new".split())
_YOU_KNOW_BEFORE = frozenset("do did does if would should as what when before until once that how let can must to".split())
_YOU_KNOW_AFTER = frozenset("what how that why whether which where who when if the a an your about nothing everything".split())
_SIGNPOSTS = tuple(
    tuple(phrase.split())
    for phrase in (
        "first", "firstly", "second", "secondly", "third", "thirdly", "finally", "lastly", "then", "next", "step", "another",
        "so", "because", "therefore", "thus", "hence", "however", "but", "instead", "whereas", "although", "unless",
        "for example", "for instance", "such as", "the trade off", "the tradeoff", "the downside", "the upside", "the catch",
        "in contrast", "by contrast", "on the one hand", "on the other hand", "compared to", "compared with", "rather than",
        "as a result", "which means", "that means", "the reason", "that is why", "that's why", "in short", "to sum up",
        "in summary", "overall", "to start", "to begin", "one is", "the other is", "the point is", "the key",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filler:
    text: str
    """In one spelling: "um", "you know"."""
    start: float
    """Second of the answer's audio."""


def is_hesitation(word: Word) -> bool:
    """Whether it is a sound such as "um" rather than a word."""
    return bare(word.text) in HESITATIONS


def fillers(words: Sequence[Word]) -> tuple[Filler, ...]:
    """The words and phrases that are certainly fillers, in order."""
    texts = [bare(word.text) for word in words]
    names = [_filler_at(index, texts, words) for index in range(len(words))]
    return tuple(Filler(name, words[index].start) for index, name in enumerate(names) if name)


def signposts(words: Sequence[Word]) -> tuple[int, ...]:
    """Indices of the words at which a signpost begins."""
    texts = [bare(word.text) for word in words]
    parts = [(part, index) for index, text in enumerate(texts) for part in text.replace("-", " ").split()]
    said = [part for part, _ in parts]
    return tuple(
        dict.fromkeys(
            index for at, (_, index) in enumerate(parts) if any(said[at : at + len(p)] == list(p) for p in _SIGNPOSTS)
        )
    )


def _filler_at(index: int, texts: Sequence[str], words: Sequence[Word]) -> str:
    """The filler that begins here; empty if none does."""
    before = texts[index - 1] if index else ""
    pair, after = (texts[index + n] if index + n < len(texts) else "" for n in (1, 2))
    match texts[index], pair:
        case hesitation, _ if hesitation in HESITATIONS:
            return "um" if "m" in hesitation else "uh"
        case "you", "know" if before not in _YOU_KNOW_BEFORE and (after not in _YOU_KNOW_AFTER or _stops(words[index + 1])):
            return "you know"
        case "i", "mean" if before not in ("what", "that", "by"):
            return "I mean"
        case ("kind" | "sort") as first, "of" if before not in _DETERMINERS:
            return f"{first} of"
        case "like", _ if _stops(words[index]) or before == "like" or before in HESITATIONS or pair in HESITATIONS:
            return "like"
    return ""


def _stops(word: Word) -> bool:
    return word.text.endswith((",", ".", "…", "-"))
