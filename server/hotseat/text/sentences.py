"""Text to sentences a voice can speak, and written terms to the way they are said."""

from __future__ import annotations

import re

MAX_CHARS = 250
"""A longer sentence is cut: a voice that works sentence by sentence would keep the listener waiting."""

_ENDS = re.compile(r"\n|[.!?…]+[\"'”’)\]*]*(?=\s)")
_SOFT = re.compile(r"[;:,—–)](?=\s)")
_NO_END = frozenset(
    ("e.g", "i.e", "vs", "cf", "ca", "approx", "fig", "eq", "dr", "mr", "mrs", "ms", "prof", "st", "resp", "incl")
)
_ETC = frozenset(("etc", "al"))  # these may end a sentence, if a capital follows


def split_sentences(text: str) -> list[str]:
    """The sentences of a whole text, in order, each at most ``MAX_CHARS`` long."""
    return complete_sentences(f"{text}\n")


def complete_sentences(text: str) -> list[str]:
    """The sentences that are complete in a text of which more may come. Whatever comes, they stay as they are."""
    found: list[str] = []
    while (end := _first_end(text := text.lstrip())) is not None:
        sentence, text = text[:end].rstrip(), text[end:]
        if any(character.isalnum() for character in sentence):
            found.append(sentence)
    return found


def _first_end(text: str) -> int | None:
    """Index after the first sentence of text, or None if it is not complete yet."""
    for match in _ENDS.finditer(text, 0, MAX_CHARS + 1):
        if match.end() <= MAX_CHARS and not _abbreviated(text, match):
            after = text[match.end() :].lstrip(" \t")
            if _word_before(text, match) in _ETC and not after:
                return None if len(text) <= MAX_CHARS else match.end()
            return match.end()
    if len(text) <= MAX_CHARS:
        return None
    soft = [match.end() for match in _SOFT.finditer(text, 0, MAX_CHARS) if match.end() > MAX_CHARS // 4]
    if soft:
        return soft[-1]
    space = text.rfind(" ", 1, MAX_CHARS)
    return space if space > 0 else MAX_CHARS


def _word_before(text: str, match: re.Match[str]) -> str:
    words = text[: match.start()].split()
    return words[-1].lower().strip("(\"'“[*") if words else ""


def _abbreviated(text: str, match: re.Match[str]) -> bool:
    """Whether this full stop belongs to an abbreviation, an initial or the number of a list item."""
    if match[0][0] != ".":
        return False
    word = _word_before(text, match)
    if word in _ETC:
        after = text[match.end() :].lstrip()
        return bool(after) and not after[0].isupper()
    listed = word.isdigit() and text[: match.start()].strip() == word
    initial = len(word) == 1 and word.isalpha() and text[match.start() - 1].isupper() and word not in "ik"
    return word in _NO_END or listed or initial


# What espeak-ng (Piper's pronunciation) gets wrong, found by listening to its phonemes; matched with case, as whole words.
_SAID = {
    "RoPE": "rope", "LoRA": "lora", "QLoRA": "Q lora", "DoRA": "dora", "vLLM": "v L L M", "LLMs": "L L M's", "LLM's": "L L M's",
    "MoE": "M O E", "CoT": "C O T", "CoVe": "cove", "AWQ": "eigh W Q", "ALiBi": "alibi", "HyDE": "hyde", "FAISS": "face",
    "nDCG": "N D C G", "NDCG": "N D C G", "Qwen": "kwen", "LLaMA": "lahma", "Llama": "lahma", "TensorRT": "Tensor R T",
    "TensorRT-LLM": "Tensor R T L L M", "RLAIF": "R L eigh I F", "ZeRO": "zero", "PII": "P I I", "GGUF": "gee guff",
    "d_model": "d model", "d_k": "d k", "CI/CD": "C I C D", "A/B": "eigh B", "I/O": "I O", "w/": "with", "SwiGLU": "swig loo",
    "e.g.": "for example", "i.e.": "that is", "vs.": "versus", "vs": "versus", "NaN": "nan", "QKV": "Q K V",
    "Mixtral": "mix stral",
}  # fmt: skip
_TERMS = re.compile(
    r"(?<![\w./-])(?:" + "|".join(re.escape(term) for term in sorted(_SAID, key=len, reverse=True)) + r")(?![\w/])"
)
_RULES = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"https?://\S+", "the link"),
        (r"[*`#|]+", ""),
        (r"(?m)^\s*[-•]\s+", ""),
        (r"\bO\(([^)]*)\)", r"O of \1"),
        (r"(\w)\s*(?:\^2|²)", r"\1 squared"),
        (r"(\w)\s*(?:\^3|³)", r"\1 cubed"),
        (r"(\w)\^\{?-(\w+)\}?", r"\1 to the minus \2"),
        (r"(\w)\^\{?(\w+)\}?", r"\1 to the \2"),
        (r"\b(\d+(?:\.\d+)?)[eE]-(\d+)\b", r"\1 e minus \2"),
        (r"\b(\d+(?:\.\d+)?)T\b", r"\1 trillion"),
        (r"\b(\d+(?:\.\d+)?)([BMK])\b", r"\1 \2"),
        (r"(\d)\s*[-–]\s*(\d)", r"\1 to \2"),
        (r"(\d)[x×](?!\w)", r"\1 times"),
        (r"[~≈]\s*(?=\d)", "about "),
        (r"\s*(?:<=|≤)\s*", " at most "),
        (r"\s*(?:>=|≥)\s*", " at least "),
        (r"\s*(?:->|→|=>)\s*", " to "),
        (r"\s*=\s*", " equals "),
        (r"\s<\s", " less than "),
        (r"\s>\s", " more than "),
        (r"\s*[×·]\s*", " times "),
        (r"(?<=\w)\s*\+\s*(?=\w)", " plus "),
        (r"\s*[—–]\s*", ", "),
        (r"(?<=\w)/(?=\w)", " "),
        (r"(?<=\w)_(?=\w)", " "),
        (r"[<>{}\[\]\\~^]", " "),
        (r"\s+", " "),
    )
)


def spoken(text: str) -> str:
    """The text as it should be read aloud: terms, numbers and symbols spelled for the voice."""
    text = _TERMS.sub(lambda match: _SAID[match[0]], text)
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text.strip()
