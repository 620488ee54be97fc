"""Words without their endings: plurals, verb forms and British spellings made one. Crude on purpose; both sides use it."""

from __future__ import annotations

from functools import lru_cache

_IRREGULAR = {
    "froze": "freeze", "frozen": "freeze", "chose": "choose", "chosen": "choose", "kept": "keep", "wrote": "write",
    "written": "write", "built": "build", "learnt": "learn", "ran": "run", "grew": "grow", "grown": "grow",
    "shrank": "shrink", "shrunk": "shrink", "lost": "lose", "sent": "send", "made": "make", "taught": "teach",
    "broke": "break", "broken": "break", "forgot": "forget", "forgotten": "forget", "threw": "throw", "thrown": "throw",
    "fed": "feed", "held": "hold", "used": "use", "using": "use", "found": "find", "caught": "catch", "gave": "give",
    "given": "give", "got": "get", "gotten": "get", "went": "go", "gone": "go", "told": "tell", "said": "say", "saw": "see",
    "seen": "see", "knew": "know", "known": "know", "matrice": "matrix", "matrixe": "matrix", "indice": "index",
    "vertice": "vertex", "indexe": "index", "biase": "bias", "fell": "fall", "fallen": "fall", "rose": "rise",
    "risen": "rise", "drew": "draw", "drawn": "draw", "fewer": "few", "hidden": "hide", "stole": "steal", "stolen": "steal",
    "spoke": "speak", "spoken": "speak", "became": "become",
}  # fmt: skip
_NO_PLURAL = frozenset({"bias", "gas", "lens", "alias", "always", "perhaps", "across", "canvas", "whereas", "atlas", "news"})
_NO_ENDING = frozenset({"embed", "string", "spring", "during", "nothing", "something", "anything", "everything", "hundred"})
_VOWELS = frozenset("aeiouy")


def singular(word: str) -> str:
    """A cheap plural stripper, used on both sides of every comparison, so it only has to be consistent."""
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) and word not in _NO_PLURAL:
        return word[:-3] + "y" if word.endswith("ies") and len(word) > 4 else word[:-1]
    return word


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The common part of a word's forms: "merging", "merged" and "merge" all give "merg"."""
    word = _IRREGULAR.get(word, word)
    if len(word) < 4 or not word.isalpha():
        return word
    word = _american(word)
    if word not in _NO_ENDING and not word.endswith("eed"):
        for ending in ("ing", "ed"):
            rest = word[: -len(ending)]
            if word.endswith(ending) and len(rest) >= 3 and not _VOWELS.isdisjoint(rest):
                word = _undoubled(rest)
                break
    if len(word) > 5 and word.endswith("ll"):
        word = word[:-1]
    if word.endswith("y") and len(word) > 4:
        word = word[:-1] + "i"
    return word[:-1] if word.endswith("e") and len(word) > 3 else word


def _american(word: str) -> str:
    for british, american in (("isation", "ization"), ("ising", "izing"), ("ised", "ized"), ("ise", "ize"), ("iser", "izer")):
        if word.endswith(british) and len(word) > len(british) + 3:
            return word[: -len(british)] + american
    return word[:-3] + "or" if word.endswith("our") and len(word) > 5 else word


def _undoubled(rest: str) -> str:
    return rest[:-1] if len(rest) > 3 and rest[-1] == rest[-2] and rest[-1] in "bdgmnprt" else rest
