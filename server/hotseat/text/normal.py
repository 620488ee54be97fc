"""Speech and rubric text in one comparable form, so that "seven-billion" finds "7B" and "doesn't" finds "does not".

The same code reads both sides, so a rule here only has to be consistent, not linguistically right.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from hotseat.text.numbers import UNITS, in_digits
from hotseat.text.stems import singular, stem

_EXPANSIONS = {
    "can't": "can not", "cannot": "can not", "won't": "will not", "shan't": "shall not", "ain't": "is not",
    "let's": "let us", "it's": "it is", "that's": "that is", "there's": "there is", "what's": "what is",
    "gonna": "going to", "wanna": "want to", "≈": "about", "×": "times", "&": "and",
    "dont": "do not", "doesnt": "does not", "isnt": "is not", "cant": "can not", "wont": "will not", "didnt": "did not",
}  # fmt: skip
_SUFFIXES = (("n't", " not"), ("'re", " are"), ("'ve", " have"), ("'ll", " will"), ("'d", " would"), ("'m", " am"), ("'s", ""))
_WORD = re.compile(r"\d+(?:[.,]\d+)*[a-z]*|[^\W_]+(?:[.,]\d+)*(?:'[a-z]+)?|[%≈×&]")
_MONEY = re.compile(r"\$(\d[\d.,]*[a-z]*)")
""" "$100" is how a recogniser writes "a hundred dollars"."""
_TIMES = re.compile(r"^(\d+(?:\.\d+)?)x$")
_NAME_NUMBER = re.compile(r"^([a-z]+)(\d+)$")
_PREFIXES = frozenset({"pre", "re", "de", "auto", "hyper", "un"})
"""Parted prefixes are joined to the next word: "pre-training" and "pretraining" are one."""
_JOINED = {
    ("over", "fit"): "overfit", ("over", "fits"): "overfit", ("over", "fitting"): "overfitting", ("data", "set"): "dataset",
    ("check", "point"): "checkpoint", ("guard", "rail"): "guardrail", ("jail", "break"): "jailbreak",
    ("work", "flow"): "workflow",
    ("through", "put"): "throughput", ("time", "out"): "timeout", ("back", "off"): "backoff", ("soft", "max"): "softmax",
    ("key", "word"): "keyword", ("half", "way"): "halfway", ("block", "list"): "blocklist", ("allow", "list"): "allowlist",
    ("red", "team"): "redteam", ("held", "out"): "heldout", ("bench", "mark"): "benchmark", ("sub", "word"): "subword",
}  # fmt: skip
_LED_BY_A = frozenset({"ab", "ai", "api", "awq", "aws"})


@dataclass(frozen=True, slots=True)
class Token:
    text: str
    stem: str
    """What is compared; the text without endings."""


def tokenize(text: str) -> tuple[Token, ...]:
    """Lower-cased tokens without punctuation; numbers in digits, contractions spelled out, plurals singular."""
    words, _places = in_digits(_MONEY.sub(r"\1 dollar", fold(text)).replace("-", " ").split())
    parts = [part for word in words for part in _parts(word)]
    return tuple(Token(part, stem(part)) for part in _join_letters(_with_billions(_join_compounds(parts))))


def fold(text: str) -> str:
    """One spelling of quotes, dashes, case and spaces, for comparing quotations."""
    text = unicodedata.normalize("NFKC", text).translate({0x2019: "'", 0x2018: "'", 0x201C: '"', 0x201D: '"'})
    return " ".join(re.sub("[\u2010-\u2015\u2212]", "-", text).lower().split())


@lru_cache(maxsize=65536)
def _parts(word: str) -> tuple[str, ...]:
    found: list[str] = []
    for piece in _WORD.findall(word):
        if piece in _EXPANSIONS:
            found.extend(_EXPANSIONS[piece].split())
            continue
        for suffix, replacement in _SUFFIXES:
            if piece.endswith(suffix) and len(piece) > len(suffix):
                piece = piece[: -len(suffix)] + replacement
                break
        for part in piece.split():
            found.extend(_spelled(part.replace("'", "")))
    return tuple(found)


def _spelled(part: str) -> list[str]:
    part = part.replace(",", "")
    if part[-1:] == "s" and any(letter.isdigit() for letter in part):
        part = part[:-1]  # "H100s"
    if times := _TIMES.match(part):
        return [times[1], "times"]
    if part in UNITS:
        return [UNITS[part]]
    named = _NAME_NUMBER.match(part)  # "int8", "h100", "bf16": written and spoken forms differ in the space
    if named:
        return [named[1], named[2]]
    if part.startswith("finetun"):
        return ["fine", part[4:]]
    return [part]


def _join_compounds(parts: list[str]) -> list[str]:
    joined: list[str] = []
    at = 0
    while at < len(parts):
        text, following = parts[at], singular(parts[at + 1]) if at + 1 < len(parts) else ""
        compound = text + following if text in _PREFIXES and following.isalpha() else _JOINED.get((text, following))
        joined.append(compound or singular(text))
        at += 2 if compound else 1
    return joined


def _join_letters(parts: list[str]) -> list[str]:
    """ "K V" and "g q a" are acronyms spelled out; a leading "a" is an article unless it makes one of a few names."""
    joined: list[str] = []
    run: list[str] = []
    for part in [*parts, ""]:
        if len(part) == 1 and part.isalpha():
            run.append(part)
            continue
        if len(run) > 2 and run[0] in "ai" and "".join(run) not in _LED_BY_A:
            joined.append(run.pop(0))
        joined.extend(["".join(run)] if run else [])
        run = []
        joined.append(part)
    return joined[:-1]


def _with_billions(parts: list[str]) -> list[str]:
    """ "7 b" is 7 billion: "a seven B model"."""
    return [
        "billion" if part == "b" and before.replace(".", "").isdigit() else part
        for before, part in zip(["", *parts], parts, strict=False)
    ]
