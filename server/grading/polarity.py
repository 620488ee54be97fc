"""Signs that a clause close to a statement in wording says something else: opposites, absolutes, and negation.

Sentence embeddings put "costs more" next to "costs less"; these checks are what tells them apart.
"""

from __future__ import annotations

from collections.abc import Set

from server.core.normal import stem

NEGATORS = frozenset({"not", "never", "no", "without", "neither", "nor", "cannot", "instead"})

_OPPOSITES = """
more|less few low little; high|low; higher|lower less; large big long|small short tiny little
bigger larger longer|smaller shorter; increase raise grow|reduce decrease lower shrink cut
fast faster quick|slow slower; cheap cheaper|expensive costly; better|worse; before|after; first|last
always|sometimes depend; all every whole entire|only few part small; same|different; improve|hurt degrade
freeze fix|unfreeze update retrain; add|remove subtract multiply; input|output
past previous earlier|future next; relative|absolute; lossless|lossy; compute|memory bandwidth
learn|fix rotate; key|query; sequential|parallel; full|low partial; inside|outside across; merge|separate
private|public; human|automatic; offline|online; dense|sparse keyword; many several|one single; prefill|decode
"""
_ABSOLUTES = """
always never every everything all any anything only enough perfect perfectly completely totally entirely
guarantee impossible useless obsolete forever unnecessary pointless exactly strictly solve itself
"""


def _pairs() -> list[tuple[frozenset[str], frozenset[str]]]:
    pairs = []
    for entry in _OPPOSITES.replace("\n", ";").split(";"):
        if "|" in entry:
            left, right = (frozenset(stem(word) for word in side.split()) for side in entry.split("|"))
            pairs += [(left, right), (right, left)]
    return pairs


_PAIRS = _pairs()
_ABSOLUTE_STEMS = frozenset(stem(word) for word in _ABSOLUTES.split())


def conflicts(said: Set[str], right: Set[str]) -> bool:
    """Whether stems said clash with the stems of a right statement: the opposite of one of its words, with that word missing,
    an absolute it does not make, or a negation on one side only."""
    if any(said & ours and not right & ours and right & theirs and not said & theirs for ours, theirs in _PAIRS):
        return True
    if said & _ABSOLUTE_STEMS - right:
        return True
    return bool(said & NEGATORS) and not right & NEGATORS
