"""Rate limit for guesses (token bucket by key). ``now`` is passed in; old keys are forgotten."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

_LONGEST_KEY = 128


@dataclass(frozen=True, slots=True)
class Allowance:
    """A bucket of attempts that refills."""

    attempts: int
    """At once."""
    refill_s: float
    """Seconds until one more."""


class Throttle:
    """Counts attempts by key, in memory that does not grow beyond ``most`` keys."""

    def __init__(self, allowance: Allowance, most: int = 10_000) -> None:
        self._allowance = allowance
        self._most = most
        self._spent: OrderedDict[str, tuple[float, float]] = OrderedDict()
        """Key to the attempts it has spent and when that was counted; the one longest untouched is first."""

    def wait_s(self, key: str, now: float) -> float:
        """Seconds until this key may try again; 0 if it may now."""
        over = self._spent_of(key, now) + 1 - self._allowance.attempts
        return max(0.0, over * self._allowance.refill_s)

    def spend(self, key: str, now: float) -> None:
        """Counts an attempt. To be called before the attempt, so that many at once don't slip through."""
        key = key[:_LONGEST_KEY]
        self._spent[key] = (self._spent_of(key, now) + 1, now)
        self._spent.move_to_end(key)
        if len(self._spent) > self._most:
            self._spent.popitem(last=False)

    def forgive(self, key: str) -> None:
        """Forgets the attempts of a key, after one that was right."""
        self._spent.pop(key[:_LONGEST_KEY], None)

    def __len__(self) -> int:
        return len(self._spent)

    def _spent_of(self, key: str, now: float) -> float:
        spent, then = self._spent.get(key[:_LONGEST_KEY], (0.0, now))
        return max(0.0, spent - (now - then) / self._allowance.refill_s)
