"""Advice on delivery: one sentence on each side of it."""

from __future__ import annotations

from collections import Counter

from hotseat.review.delivery import Delivery

SLOW, FAST = 110, 175
"""Words per minute; anything between is easy to follow."""
SPED_UP = 1.3
"""Ratio of the last stretch's pace to the first's from which the speaker has sped up."""
LONG_PAUSE_S = 2.5
MUCH_SILENCE = 0.3
"""Share of the answer that is silence."""
MANY_FILLERS = 5.0
"""Fillers per minute."""
LATE_S = 4.0
"""Seconds from the question to the first speech."""
SHORT_SHARE = 0.5
"""Share of the time limit below which an answer is short."""
MONOLOGUE_S = 20.0
"""Seconds without a signpost."""


def advice(delivery: Delivery) -> dict[str, str]:
    """A sentence for each of pace, pauses, fillers, first_word, limit and structure."""
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
        return "That’s fast: slow down for names and numbers, which listeners write down."
    if delivery.pace < SLOW:
        return "That’s slow: shorter sentences would leave time for another point."
    if len(delivery.stretches) > 1 and first and last / first >= SPED_UP:
        return "A good pace overall, but you sped up towards the end."
    return "Easy to follow."


def _pauses(delivery: Delivery) -> str:
    longest = max((pause.seconds for pause in delivery.pauses), default=0.0)
    if longest >= LONG_PAUSE_S:
        return "Instead of going silent for so long, say what you’re weighing up."
    if delivery.silence_s > MUCH_SILENCE * delivery.seconds:
        return "Almost a third of your answer was silence: decide on your next point while you finish the last one."
    if not delivery.pauses and delivery.seconds > MONOLOGUE_S:
        return "Pause for a breath after each point, so it can sink in."
    return "Long enough to think, short enough to keep your listener."


def _fillers(delivery: Delivery) -> str:
    if not delivery.fillers:
        return "We heard none, though the transcript may leave out a few."
    if 60 * len(delivery.fillers) > MANY_FILLERS * delivery.seconds:
        [(most, _)] = Counter(filler.text for filler in delivery.fillers).most_common(1)
        return f"When you feel a “{most}” coming, pause silently instead."
    return "That’s few enough that nobody will notice."


def _first_word(delivery: Delivery) -> str:
    if delivery.first_word_s > LATE_S:
        return "Start with your answer in one sentence, and think while you explain it."
    return "You started quickly, which sounds confident."


def _limit(delivery: Delivery) -> str:
    if delivery.cut_off:
        return "You were cut off: know your last sentence before you begin, and start it ten seconds early."
    if delivery.limit_share < SHORT_SHARE:
        return "You had time left for a number, a failure or an alternative."
    return "You used your time well and finished on your own."


def _structure(delivery: Delivery) -> str:
    if delivery.monologue.seconds > MONOLOGUE_S:
        return "Number your points, or say “because” and “for example”, so listeners know where you are."
    return "Easy to follow: you signpost where you’re going."
