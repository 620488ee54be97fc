"""One plain sentence about each side of a delivery."""

from __future__ import annotations

from collections import Counter

from hotseat.review.delivery import Delivery

SLOW, FAST = 110, 175
"""Words a minute; in between one can be followed and still gets somewhere."""
SPED_UP = 1.3
"""The last stretch over the first."""
LONG_PAUSE_S = 2.5
MUCH_SILENCE = 0.3
"""Of the answer."""
MANY_FILLERS = 5.0
"""A minute."""
LATE_S = 4.0
SHORT_SHARE = 0.5
"""Of the limit."""
MONOLOGUE_S = 20.0


def advice(delivery: Delivery) -> dict[str, str]:
    """pace, pauses, fillers, first_word, limit, structure: a sentence each."""
    return {
        "pace": _pace(delivery),
        "pauses": _pauses(delivery),
        "fillers": _fillers(delivery),
        "first_word": _first_word(delivery),
        "limit": _limit(delivery),
        "structure": _structure(delivery),
    }


def _pace(delivery: Delivery) -> str:
    first, last = delivery.stretches[0].pace, delivery.stretches[-1].pace
    if delivery.pace > FAST:
        return "That is fast: slow down on names and numbers, which are what a listener writes down."
    if delivery.pace < SLOW:
        return "That is slow: shorter sentences would leave room for another point."
    if len(delivery.stretches) > 1 and first and last / first >= SPED_UP:
        return "A good pace on the whole, but you sped up: give the end as much time as the beginning."
    return "That is easy to follow."


def _pauses(delivery: Delivery) -> str:
    longest = max((pause.seconds for pause in delivery.pauses), default=0.0)
    if longest >= LONG_PAUSE_S:
        return "Say what you are weighing up instead of going silent for so long."
    if delivery.silence_s > MUCH_SILENCE * delivery.seconds:
        return "Nearly a third of the answer was silence: decide on the next point while you finish the last."
    if not delivery.pauses and delivery.seconds > MONOLOGUE_S:
        return "Stop for a breath after each point, so that it can sink in."
    return "Short enough to think in without losing the listener."


def _fillers(delivery: Delivery) -> str:
    if not delivery.fillers:
        return "None were heard, though a few may have been left out of the transcript."
    if 60 * len(delivery.fillers) > MANY_FILLERS * delivery.seconds:
        [(most, _)] = Counter(filler.text for filler in delivery.fillers).most_common(1)
        return f"Where the next “{most}” would come, close your mouth and let a silence stand."
    return "Nobody minds so few."


def _first_word(delivery: Delivery) -> str:
    if delivery.first_word_s > LATE_S:
        return "Begin with the answer in one sentence, and think while you explain it."
    return "Soon enough to sound sure."


def _limit(delivery: Delivery) -> str:
    if delivery.cut_off:
        return "You were cut off: know your last sentence before you begin, and start it ten seconds early."
    if delivery.limit_share < SHORT_SHARE:
        return "There was time for a number, a failure or an alternative."
    return "You used the time and came to an end of your own."


def _structure(delivery: Delivery) -> str:
    if delivery.monologue.seconds > MONOLOGUE_S:
        return "Number your points, or say “because” and “for example”, so that one hears where you are."
    return "One hears where you are: the way you connect sentences carries the listener along."
