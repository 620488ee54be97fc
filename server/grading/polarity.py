"""Signs that a clause close to a statement in wording says something else: opposites, absolutes, and negation.

Sentence embeddings put "costs more" next to "costs less"; these checks are what tells them apart.
"""

from __future__ import annotations

from collections.abc import Sequence, Set

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
_OVERSTATEMENTS = """
always simply equally any prove enough free matter never perfect guarantee obsolete unnecessary pointless useless forever
anything plenty
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
_OVERSTATED_STEMS = frozenset(stem(word) for word in _OVERSTATEMENTS.split())
_SWEEPING = NEGATORS | _ABSOLUTE_STEMS | _OVERSTATED_STEMS
OVERSTATEMENT_WEIGHT = 1.5
MIN_WORDS = 40
"""Words that the rate is taken over at least, so that one "not" does not taint a short answer."""


def sweeping(said: Set[str], right: Set[str]) -> bool:
    """Whether stems said hold a negation, an absolute or an overstatement that no right statement of the point does."""
    return bool(said & _SWEEPING - right)


def sweep_rate(stems: Sequence[str]) -> float:
    """Sweeping words per hundred, overstatements counted more than twice.

    Of answers in the develop set, right ones have two to three, those with false claims five and more.
    """
    weighed = sum((word in _SWEEPING) + OVERSTATEMENT_WEIGHT * (word in _OVERSTATED_STEMS) for word in stems)
    return 100 * weighed / max(MIN_WORDS, len(stems))


def conflicts(said: Set[str], right: Set[str]) -> bool:
    """Whether stems said clash with the stems of a right statement: the opposite of one of its words, with that word missing,
    an absolute it does not make, or a negation on one side only."""
    if any(said & ours and not right & ours and right & theirs and not said & theirs for ours, theirs in _PAIRS):
        return True
    if said & _ABSOLUTE_STEMS - right:
        return True
    return bool(said & NEGATORS) and not right & NEGATORS
