"""Kraken's two counters: calls per key, and orders per pair, both falling with time.

Law: a refused call costs nothing. Too many refused calls lock the key out for a quarter of an hour.
<https://docs.kraken.com/api/docs/guides/spot-rest-ratelimits>
<https://docs.kraken.com/api/docs/guides/spot-ratelimits>
"""

from collections import deque
from dataclasses import dataclass

from tui_trader.engine.exchanges.simulator import rejections
from tui_trader.engine.exchanges.simulator.rejections import Rejected
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.time import MS_PER_SECOND

LOCKOUT_MS = 15 * 60 * MS_PER_SECOND
LOCKOUT_REFUSALS = 20
"""Kraken says "repeatedly" and no number: this many refusals within a minute are ours."""
_REFUSALS_WITHIN_MS = 60 * MS_PER_SECOND
ADD_COST = 1.0
# `(age in seconds below which, cost)`, on top of what every amendment or edit costs.
_AMEND_COSTS = ((5, 3.0), (10, 2.0), (15, 1.0))
_EDIT_COSTS = ((5, 6.0), (10, 5.0), (15, 4.0), (45, 2.0), (90, 1.0))
_CANCEL_COSTS = ((5, 8.0), (10, 6.0), (15, 5.0), (45, 4.0), (90, 2.0), (300, 1.0))
# Orders have a counter of their own.
_FREE_CALLS = frozenset(
    {
        *("AddOrder", "AddOrderBatch", "AmendOrder", "EditOrder"),
        *("CancelOrder", "CancelOrderBatch", "CancelAll", "CancelAllOrdersAfter"),
    }
)
_HISTORY_CALLS = frozenset({"Ledgers", "QueryLedgers", "TradesHistory", "QueryTrades"})
_HISTORY_COST = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """What Kraken allows a customer who is known so well.

    Args:
        open_orders_max: On one pair.
    """

    calls_max: float
    calls_decay_per_s: float
    orders_max: float
    orders_decay_per_s: float
    open_orders_max: int


TIERS = {
    "starter": Tier(
        calls_max=15,
        calls_decay_per_s=0.33,
        orders_max=60,
        orders_decay_per_s=1,
        open_orders_max=60,
    ),
    "intermediate": Tier(
        calls_max=20,
        calls_decay_per_s=0.5,
        orders_max=125,
        orders_decay_per_s=2.34,
        open_orders_max=80,
    ),
    "pro": Tier(
        calls_max=20,
        calls_decay_per_s=1,
        orders_max=180,
        orders_decay_per_s=3.75,
        open_orders_max=225,
    ),
}


class FallingCounter:
    """One counter."""

    def __init__(self, level_max: float, decay_per_s: float) -> None:
        self._max, self._decay_per_ms = level_max, decay_per_s / MS_PER_SECOND
        self._level, self._read_ms = 0.0, 0

    def level(self, now_ms: int) -> float:
        """Where it stands."""
        # A clock that is set back must not make the counter rise.
        passed_ms = max(0, now_ms - self._read_ms)
        self._level = max(0.0, self._level - passed_ms * self._decay_per_ms)
        self._read_ms = now_ms
        return self._level

    def spend(self, cost: float, now_ms: int) -> bool:
        """Add a cost if it fits; whether it did."""
        if self.level(now_ms) + cost > self._max:
            return False
        self._level += cost
        return True


class CallCounters:
    """Calls of each API key.

    Args:
        tier: `None` counts nothing.
    """

    def __init__(self, tier: Tier | None) -> None:
        self._tier = tier
        self._counters: dict[str, FallingCounter] = {}
        self._refusals: dict[str, deque[int]] = {}
        self._locked_until_ms: dict[str, int] = {}

    def spend(self, key: str, endpoint: str, now_ms: int) -> None:
        """Count one call of a known key.

        Raises:
            Rejected: too many calls, or locked out.
        """
        if self._tier is None:
            return
        if now_ms < self._locked_until_ms.get(key, 0):
            raise Rejected(rejections.LOCKOUT)
        if endpoint in _FREE_CALLS:
            return
        counter = self._counters.setdefault(
            key, FallingCounter(self._tier.calls_max, self._tier.calls_decay_per_s)
        )
        if not counter.spend(_HISTORY_COST if endpoint in _HISTORY_CALLS else 1.0, now_ms):
            self._note_refusal(key, now_ms)
            raise Rejected(rejections.CALL_RATE)

    def _note_refusal(self, key: str, now_ms: int) -> None:
        refusals = self._refusals.setdefault(key, deque(maxlen=LOCKOUT_REFUSALS))
        refusals.append(now_ms)
        if len(refusals) == LOCKOUT_REFUSALS and now_ms - refusals[0] <= _REFUSALS_WITHIN_MS:
            self._locked_until_ms[key] = now_ms + LOCKOUT_MS
            refusals.clear()


class OrderCounters:
    """Orders of each pair, whichever face they come in by.

    Args:
        tier: `None` counts nothing.
    """

    def __init__(self, tier: Tier | None) -> None:
        self._tier = tier
        self._counters: dict[Symbol, FallingCounter] = {}

    def level(self, symbol: Symbol, now_ms: int) -> float:
        """Where the counter of a pair stands: what `ratecounter` streams."""
        counter = self._counters.get(symbol)
        return 0.0 if counter is None else counter.level(now_ms)

    def spend(self, symbol: Symbol, cost: float, now_ms: int) -> None:
        """Count one act.

        Raises:
            Rejected: too many; nothing was counted.
        """
        if self._tier is None:
            return
        counter = self._counters.setdefault(
            symbol, FallingCounter(self._tier.orders_max, self._tier.orders_decay_per_s)
        )
        if not counter.spend(cost, now_ms):
            raise Rejected(rejections.TRADING_RATE)


def amend_cost(age_ms: int) -> float:
    """What an amendment costs."""
    return 1.0 + _by_age(_AMEND_COSTS, age_ms)


def edit_cost(age_ms: int) -> float:
    """What an edit costs."""
    return 1.0 + _by_age(_EDIT_COSTS, age_ms)


def cancel_cost(age_ms: int) -> float:
    """What a cancel costs; an old order is cancelled for nothing."""
    return _by_age(_CANCEL_COSTS, age_ms)


def _by_age(costs: tuple[tuple[int, float], ...], age_ms: int) -> float:
    return next((cost for age_s, cost in costs if age_ms < age_s * MS_PER_SECOND), 0.0)
