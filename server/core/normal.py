"""Speech and rubric text in one comparable form, so that "seven-billion" finds "7B" and "doesn't" finds "does not".

The unit is a token that remembers which word of the text it came from; matching works on tokens, quoting on words.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_UNITS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_EXPANSIONS = {
    "can't": "can not", "cannot": "can not", "won't": "will not", "shan't": "shall not", "ain't": "is not",
    "let's": "let us", "it's": "it is", "that's": "that is", "there's": "there is", "what's": "what is",
    "gonna": "going to", "wanna": "want to", "%": "percent", "≈": "about", "×": "times", "&": "and",
}  # fmt: skip
_SUFFIXES = (("n't", " not"), ("'re", " are"), ("'ve", " have"), ("'ll", " will"), ("'d", " would"), ("'m", " am"), ("'s", ""))
_SCALE = {"b": "billion", "bn": "billion", "m": "million", "t": "trillion", "k": "thousand", "gb": "gigabyte", "mb": "megabyte",
          "tb": "terabyte", "kb": "kilobyte", "ms": "millisecond", "x": "times"}  # fmt: skip
_ALONE = {"gb": "gigabyte", "mb": "megabyte", "tb": "terabyte", "kb": "kilobyte", "gig": "gigabyte", "fine-tuning": "fine tuning"}
_WORD = re.compile(r"[^\W_]+(?:[.,]\d+)*(?:'[a-z]+)?|[%≈×&]")
_NUMBER_UNIT = re.compile(r"^(\d+(?:\.\d+)?)([a-z]+)$")


@dataclass(frozen=True, slots=True)
class Token:
    text: str
    word: int
    """Index of the whitespace-separated word it came from."""


def tokenize(text: str) -> tuple[Token, ...]:
    """Lower-cased tokens without punctuation; number words as digits, contractions and units spelled out, plurals singular."""
    tokens: list[Token] = []
    for index, word in enumerate(text.split()):
        tokens.extend(Token(part, index) for part in _parts(word))
    return tuple(_join_numbers(tokens))


def fold(text: str) -> str:
    """One spelling of quotes, dashes, case and spaces, for comparing quotations."""
    text = unicodedata.normalize("NFKC", text).translate({0x2019: "'", 0x2018: "'", 0x201C: '"', 0x201D: '"'})
    return " ".join(re.sub("[\u2010-\u2015\u2212]", "-", text).lower().split())


def _parts(word: str) -> list[str]:
    found: list[str] = []
    for piece in _WORD.findall(fold(word)):
        if piece in _EXPANSIONS:
            found.extend(_EXPANSIONS[piece].split())
            continue
        for suffix, replacement in _SUFFIXES:
            if piece.endswith(suffix) and len(piece) > len(suffix):
                piece = piece[: -len(suffix)] + replacement
                break
        for part in piece.split():
            found.extend(_spelled(part.replace("'", "")))
    return found


def _spelled(part: str) -> list[str]:
    part = part.replace(",", "")
    if part in _UNITS:
        return [str(_UNITS[part])]
    if part in _TENS:
        return [str(_TENS[part])]
    measured = _NUMBER_UNIT.match(part)
    if measured and measured[2] in _SCALE:
        return [measured[1], _SCALE[measured[2]]]
    if part in _ALONE:
        return _ALONE[part].split()
    return [singular(part)]


def singular(word: str) -> str:
    """A cheap plural stripper, used on both sides of every comparison, so it only has to be consistent."""
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-3] + "y" if word.endswith("ies") and len(word) > 4 else word[:-1]
    return word


def _join_numbers(tokens: list[Token]) -> list[Token]:
    """"50 6" said in one breath is 56; "2 point 5" is 2.5."""
    joined: list[Token] = []
    for token in tokens:
        last = joined[-1].text if joined else ""
        if token.text.isdigit() and len(token.text) == 1 and token.text != "0" and last.isdigit() and len(last) == 2 and last[1] == "0" and last != "10":
            joined[-1] = Token(str(int(last) + int(token.text)), joined[-1].word)
        elif token.text.isdigit() and last == "point" and len(joined) > 1 and joined[-2].text.isdigit():
            joined[-2:] = [Token(f"{joined[-2].text}.{token.text}", joined[-2].word)]
        else:
            joined.append(token)
    return joined
