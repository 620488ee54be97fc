"""Numbers in one form, however they were said: "one point three gig" and "1.3GB" both become "1.3 gb".

The reader sees statements and answers in this form. Below a million a number is written in digits ("four thousand" is "4000",
"128k" is "128000"); above, its scale stays a word ("70B" is "70 billion").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_SMALL = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18,
    "nineteen": 19,
}  # fmt: skip
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_SUFFIXES = {"k": "thousand", "m": "million", "b": "billion", "bn": "billion", "t": "trillion"}
UNITS = {
    "gig": "gb", "gigs": "gb", "gigabyte": "gb", "gigabytes": "gb", "gb": "gb", "meg": "mb", "megs": "mb", "megabyte": "mb",
    "megabytes": "mb", "mb": "mb", "terabyte": "tb", "terabytes": "tb", "tb": "tb", "kilobyte": "kb", "kilobytes": "kb",
    "kb": "kb",
    "millisecond": "ms", "milliseconds": "ms", "millis": "ms", "ms": "ms", "percent": "%", "%": "%",
}  # fmt: skip
_ORDINALS = {"second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10,
             "eleventh": 11, "twelfth": 12, "fifteenth": 15, "sixteenth": 16, "twentieth": 20}  # fmt: skip
_DIGITS = re.compile(r"^[~$€£]?(\d{1,3}(?:,\d{3}){1,4}|\d{1,15})(\.\d{1,15})?([a-z%]+)?$")
_MOST = 1e15
"""What is a thousand times this or more is no number that anybody means."""
_EDGES = re.compile(r"^(\W*?)([~$€£]?[\w%].*?)(\W*)$")


@dataclass(frozen=True, slots=True)
class _Number:
    value: float
    end: int
    """Index after its last word."""
    tail: str = ""
    """A unit written onto it, as in "80GB"."""


def in_digits(words: Sequence[str]) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """The words with their numbers in digits, and for each the index of the (first) word that it comes from."""
    parts = [part for index, word in enumerate(words) for part in _parted(word, index)]
    texts, places = [], []
    at = 0
    while at < len(parts):
        number = _number(parts, at)
        if number is None:
            texts.append(parts[at][0])
            places.append(parts[at][1])
            at += 1
            continue
        pieces = [*_written(number.value), *([number.tail] if number.tail else [])]
        end = number.end
        power = _power(parts, end)
        if power is not None:
            pieces[-1] += f"^{_plain(power.value)}"
            end = power.end
        elif not number.tail and end < len(parts) and _stops(parts[end - 1][0]) == "" and _core(parts[end][0]) in UNITS:
            pieces.append(UNITS[_core(parts[end][0])])
            end += 1
        pieces[-1] += _stops(parts[end - 1][0])
        texts.extend(pieces)
        places.extend(parts[at][1] for _ in pieces)
        at = end
    return tuple(texts), tuple(places)


def text_in_digits(text: str) -> str:
    return " ".join(in_digits(text.split())[0])


def _parted(word: str, index: int) -> list[tuple[str, int]]:
    """ "seventy-billion" as two words; other hyphens stay."""
    pieces = word.split("-")
    if len(pieces) > 1 and all(_is_numeral(_core(piece)) for piece in pieces):
        return [(piece, index) for piece in pieces]
    return [(word, index)]


def _core(word: str) -> str:
    """Without the marks around it."""
    found = _EDGES.match(word.lower())
    return found[2] if found else ""


def _stops(word: str) -> str:
    """The marks after it, which end a number."""
    found = _EDGES.match(word)
    return found[3] if found else ""


def _is_numeral(core: str) -> bool:
    return core in _SMALL or core in _TENS or core in _SCALES or core == "hundred" or bool(_DIGITS.match(core))


def _number(parts: Sequence[tuple[str, int]], at: int) -> _Number | None:
    """The number that begins here: digits or words below a thousand, then scales."""
    total, group, seen, tail = 0.0, 0.0, False, ""
    last = ""
    place = at
    while place < len(parts):
        core = _core(parts[place][0])
        following = _core(parts[place + 1][0]) if place + 1 < len(parts) else ""
        digits = _DIGITS.match(core)
        if core in ("a", "an") and not seen and following in ("hundred", *_SCALES):
            group = 1.0
        elif digits and not seen:
            group = float(digits[1].replace(",", "") + (digits[2] or ""))
            suffix = digits[3] or ""
            if suffix in _SUFFIXES:
                group *= _SCALES[_SUFFIXES[suffix]]
            elif suffix in UNITS:
                tail = UNITS[suffix]
            elif suffix:
                return None
        elif core in _SMALL and (not seen or last in ("hundred", "and", "scale") or (last == "ten" and 0 < _SMALL[core] < 10)):
            group += _SMALL[core]
        elif core in _TENS and (not seen or last in ("hundred", "and", "scale")):
            group += _TENS[core]
        elif core == "hundred" and seen and last in ("small", "ten", "digits", "a") and group < 100:
            group *= 100
        elif core in _SCALES and seen and last != "and" and total + group < _MOST:
            total, group = total + max(group, 1.0) * _SCALES[core] if group else total * _SCALES[core], 0.0
        elif core == "and" and last in ("hundred", "scale") and (following in _SMALL or following in _TENS):
            last, place = "and", place + 1
            continue
        elif core == "point" and seen and (total + group).is_integer() and (following in _SMALL or following.isdecimal()):
            return _decimal(parts, place + 1, total + group)
        else:
            break
        kind = "a" if core in ("a", "an") else "digits" if digits else "hundred" if core == "hundred" else ""
        last = kind or ("scale" if core in _SCALES else "ten" if core in _TENS else "small")
        seen, place = True, place + 1
        if tail or _stops(parts[place - 1][0]):
            break
    if not seen or last == "a":
        return None
    return _Number(total + group, place, tail)


def _decimal(parts: Sequence[tuple[str, int]], place: int, whole: float) -> _Number:
    """ "one point three five billion": the digits after the point, then a scale."""
    digits = ""
    while place < len(parts):
        core = _core(parts[place][0])
        if core in _SMALL and _SMALL[core] < 10:
            digits += str(_SMALL[core])
        elif core.isdecimal() or (core in _SMALL and not digits):
            digits += core if core.isdecimal() else str(_SMALL[core])
        elif core in _TENS and not digits:
            digits += str(_TENS[core] // 10)
        else:
            break
        place += 1
        if _stops(parts[place - 1][0]):
            break
    value = float(f"{_plain(whole)}.{digits}")
    if place < len(parts) and _core(parts[place][0]) in _SCALES and not _stops(parts[place - 1][0]):
        return _Number(value * _SCALES[_core(parts[place][0])], place + 1)
    return _Number(value, place)


def _power(parts: Sequence[tuple[str, int]], at: int) -> _Number | None:
    """ "to the twelve", "to the power of 12", after a number."""
    cores = [_core(text) for text, _ in parts[at : at + 5]]
    if cores[:2] != ["to", "the"] or not at or _stops(parts[at - 1][0]):
        return None
    skip = 4 if cores[2:4] == ["power", "of"] else 2
    if skip < len(cores) and cores[skip] in _ORDINALS:
        return _Number(_ORDINALS[cores[skip]], at + skip + 1)
    return _number(parts, at + skip)


def _written(value: float) -> list[str]:
    for name in ("trillion", "billion", "million"):
        if value >= _SCALES[name]:
            return [_plain(value / _SCALES[name]), name]
    return [_plain(value)]


def _plain(value: float) -> str:
    return f"{value:.6g}" if value < 1e6 else str(int(value))
