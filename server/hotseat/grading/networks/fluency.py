"""Words that speech is full of and that say nothing: fillers, repeats and restarts. Left out before anything is compared."""

from __future__ import annotations

from collections.abc import Sequence

from hotseat.domain.evidence import bare

_SOUNDS = frozenset("um uh er ah erm hmm mm uhm mhm eh".split())
_PHRASES = (("you", "know"), ("i", "mean"), ("sort", "of"), ("kind", "of"), ("you", "see"))
_PAUSED = frozenset({"like", "well", "so", "right", "okay", "ok", "basically", "actually", "yeah"})
"""Fillers only where a comma follows, as after "like,"."""
_BEFORE_OBJECT = frozenset({"the", "a", "any", "this", "that", "these", "some", "what", "which"})
"""After "a kind of" the words are no filler."""
RESTART = 3
"""Words that may be said again after "no" or "sorry"."""


def fillers(words: Sequence[str]) -> frozenset[int]:
    """Places of the words to leave out; of what is said twice, the first."""
    said = [bare(word) for word in words]
    out: set[int] = set()
    for place, word in enumerate(said):
        following = said[place + 1] if place + 1 < len(said) else ""
        if word in _SOUNDS or (word in _PAUSED and words[place].endswith(",")):
            out.add(place)
        elif (word, following) in _PHRASES and not (place and said[place - 1] in _BEFORE_OBJECT):
            # "you know the answer" and "I mean that" go on; a filler stands alone.
            if words[place + 1].endswith(",") or word in {"sort", "kind"}:
                out.update((place, place + 1))
        elif word and word == following and word.isalpha():
            out.add(place)
        elif word in {"no", "sorry"} and words[place].endswith(","):
            again = next((n for n in range(RESTART, 0, -1) if said[place - n : place] == said[place + 1 : place + 1 + n]), 0)
            if again and place >= again:
                out.update(range(place - again, place + 1))
    return frozenset(out)
