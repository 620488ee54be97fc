"""Rate limit for guesses (token bucket by key), of one process. ``now`` is passed in; old keys are forgotten."""

from __future__ import annotations

from collections import OrderedDict

from hotseat.domain.accounts import Allowance

_LONGEST_KEY = 128


class Throttle:
    """Counts attempts by key, in memory that does not grow beyond ``most`` keys."""

    def __init__(self, allowance: Allowance, most: int = 10_000) -> None:
        self._allowance = allowance
        self._most = most
        self._spent: OrderedDict[str, tuple[float, float]] = OrderedDict()
        """Key to the attempts it has spent and when that was counted; the one longest untouched is first."""

    def wait_s(self, key: str, now: float) -> float:
        """Seconds until this key may try again; 0 if it may now."""
        return self._allowance.wait_s(self._spent_of(key, now))

    def spend(self, key: str, now: float) -> None:
        """Counts an attempt. To be called before the attempt, so that many at once don't slip through."""
        key = key[:_LONGEST_KEY]
        self._spent[key] = (self._spent_of(key, now) + 1, now)
        self._spent.move_to_end(key)
        if len(self._spent) > self._most:
            self._spent.popitem(last=False)

    def __len__(self) -> int:
        return len(self._spent)

    def _spent_of(self, key: str, now: float) -> float:
        spent, then = self._spent.get(key[:_LONGEST_KEY], (0.0, now))
        return self._allowance.spent(spent, then, now)
