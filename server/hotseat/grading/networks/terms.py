"""Key terms as they are said: "low rah" and "laura" become the tokens of "LoRA" before anything is matched."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from hotseat.domain.model import KeyTerm
from hotseat.text.normal import Token, tokenize


def fold_terms(tokens: Sequence[Token], terms: tuple[KeyTerm, ...]) -> tuple[Token, ...]:
    """Tokens with every spoken variant replaced by its term; the longest variant wins. Words keep their places."""
    variants = _variants(terms)
    folded: list[Token] = []
    place = 0
    while place < len(tokens):
        for said, written in variants.get(tokens[place].text, ()):
            here = tokens[place : place + len(said)]
            if tuple(token.text for token in here) == said:
                words = [token.word for token in here]
                # The term's tokens share out the words of the variant, the last taking what is left.
                folded.extend(
                    Token(token.text, words[min(k * len(words) // len(written), len(words) - 1)], token.stem)
                    for k, token in enumerate(written)
                )
                place += len(said)
                break
        else:
            folded.append(tokens[place])
            place += 1
    return tuple(folded)


@lru_cache(maxsize=512)
def _variants(terms: tuple[KeyTerm, ...]) -> dict[str, list[tuple[tuple[str, ...], tuple[Token, ...]]]]:
    found: dict[str, list[tuple[tuple[str, ...], tuple[Token, ...]]]] = {}
    for term in terms:
        written = tokenize(term.term)
        for variant in term.spoken:
            said = tuple(token.text for token in tokenize(variant))
            if said and said != tuple(token.text for token in written):
                found.setdefault(said[0], []).append((said, written))
    for options in found.values():
        options.sort(key=lambda option: -len(option[0]))
    return found
