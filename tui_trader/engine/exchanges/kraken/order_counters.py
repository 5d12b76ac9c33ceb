"""Kraken's matching-engine counters, one a pair, kept on our side: what an order and a cancel cost.

A new order costs 1, a cancel up to 8 the younger its order is, an amendment 1 and up to 3 more; the
counter falls each second, and at its maximum Kraken refuses. New orders leave a reserve, so that what
was placed can be cancelled; over that they are refused here, unsent. Cancels wait a moment until they
fit, for they become cheaper and the counter falls. The cancel of everything costs nothing.
https://docs.kraken.com/api/docs/guides/spot-ratelimits
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable
from typing import Final, NamedTuple

import msgspec

from tui_trader.engine.ports.clock import Clock
from tui_trader.engine.values.abilities import BudgetLevel
from tui_trader.engine.values.account import ExchangeOrder
from tui_trader.engine.values.errors import RejectedByExchange
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.orders import ClientOrderId, OrderStatus
from tui_trader.engine.values.time import MS_PER_SECOND

ORDERS_REMEMBERED_MAX: Final = 5_000
_ADD_COST: Final = 1.0
_CANCEL_COSTS: Final = ((5, 8.0), (10, 6.0), (15, 5.0), (45, 4.0), (90, 2.0), (300, 1.0))
_AMEND_COSTS: Final = ((5, 3.0), (10, 2.0), (15, 1.0))
_OLD_MS: Final = _CANCEL_COSTS[-1][0] * MS_PER_SECOND
"""From this age on an order costs nothing any more."""
_LOOK_AGAIN_MS: Final = 250
_TRAVEL_MARGIN: Final = 1.0
"""An order that travelled longer than what follows it fell less there than here."""

Sleep = Callable[[float], Awaitable[None]]


class OrderLimits(msgspec.Struct, frozen=True, kw_only=True):
    """One tier.

    Args:
        level_max: What each pair's counter may reach.
        decay_per_s: What it falls each second.
        cancel_reserve: What new orders leave untouched.
        cancel_wait_max_ms: Longest wait of a cancel before it is refused here.
    """

    level_max: float
    decay_per_s: float
    cancel_reserve: float
    cancel_wait_max_ms: int = 8_000


# Two cancels of young orders always fit; eight wait for no more than their maximum.
STARTER_ORDERS = OrderLimits(level_max=60, decay_per_s=1, cancel_reserve=20)


class _Placed(NamedTuple):
    symbol: Symbol
    placed_ms: int


class OrderCounters:
    """Counters of one account: what the first look shows of an earlier session counts, too."""

    def __init__(self, limits: OrderLimits, clock: Clock, *, sleep: Sleep = asyncio.sleep) -> None:
        self._limits = limits
        self._clock = clock
        self._sleep = sleep
        self._levels: dict[Symbol, tuple[float, int]] = {}
        self._placed: OrderedDict[ClientOrderId, _Placed] = OrderedDict()
        self._is_seeded = False

    def seed(self, orders: Iterable[ExchangeOrder]) -> None:
        """Count what was placed and cancelled before this session; only the first call does anything.

        Nobody tells when an order was cancelled: it counts as at once, which is dearest.
        """
        if self._is_seeded:
            return
        self._is_seeded = True
        now_ms, wall_ms = self._clock.monotonic_ms(), self._clock.now_ms()
        for order in sorted(orders, key=lambda one: one.opened_ms):
            age_ms = max(0, wall_ms - order.opened_ms)
            name = order.client_order_id
            if name in self._placed or age_ms >= _OLD_MS:
                continue
            if name is not None:
                self._remember(name, _Placed(order.symbol, now_ms - age_ms))
            cost = _ADD_COST
            if order.status is OrderStatus.CANCELLED:
                cost += _CANCEL_COSTS[0][1]
            left = cost - age_ms / MS_PER_SECOND * self._limits.decay_per_s
            level = self._level(order.symbol) + max(0.0, left)
            self._put(order.symbol, min(level, self._limits.level_max))

    def spend_order(self, symbol: Symbol, client_order_id: ClientOrderId) -> None:
        """Count a new order.

        Raises:
            RejectedByExchange: it does not fit beside the reserve; nothing was counted or sent.
        """
        room = self._limits.level_max - self._limits.cancel_reserve
        self._spend(symbol, _ADD_COST, room=room)
        self._remember(client_order_id, _Placed(symbol, self._clock.monotonic_ms()))

    def note_answer(self, client_order_id: ClientOrderId) -> None:
        """An order's answer came: the exchange counts its age from before now, at the latest."""
        placed = self._placed.get(client_order_id)
        if placed is not None:
            now_ms = self._clock.monotonic_ms()
            self._placed[client_order_id] = placed._replace(placed_ms=now_ms)

    def spend_amendment(self, symbol: Symbol, client_order_id: ClientOrderId) -> None:
        """Count an amendment.

        Raises:
            RejectedByExchange: it does not fit beside the reserve; nothing was counted or sent.
        """
        cost = 1.0 + _by_age(_AMEND_COSTS, self._age_ms(client_order_id))
        room = self._limits.level_max - self._limits.cancel_reserve
        self._spend(symbol, cost, room=room)

    async def spend_cancel(self, client_order_id: ClientOrderId) -> None:
        """Wait until the cancel of an order fits, then count it; of an unknown order it is free.

        Raises:
            RejectedByExchange: it would wait too long; nothing was counted or sent.
        """
        placed = self._placed.get(client_order_id)
        if placed is None:
            return
        end_ms = self._clock.monotonic_ms() + self._limits.cancel_wait_max_ms
        while True:
            cost = _by_age(_CANCEL_COSTS, self._age_ms(client_order_id))
            if self._level(placed.symbol) + cost <= self._limits.level_max - _TRAVEL_MARGIN:
                break
            if self._clock.monotonic_ms() >= end_ms:
                message = self._refusal(placed.symbol)
                raise RejectedByExchange(message)
            await self._sleep(_LOOK_AGAIN_MS / MS_PER_SECOND)
        self._put(placed.symbol, self._level(placed.symbol) + cost)

    def levels(self) -> tuple[BudgetLevel, ...]:
        """Where every counter stands that is not at zero."""
        return tuple(
            BudgetLevel(
                name=f"orders {symbol}",
                used=round(level, 1),
                limit=self._limits.level_max,
                recovers_per_s=self._limits.decay_per_s,
            )
            for symbol in sorted(self._levels)
            if (level := self._level(symbol)) > 0
        )

    def _remember(self, client_order_id: ClientOrderId, placed: _Placed) -> None:
        self._placed[client_order_id] = placed
        if len(self._placed) > ORDERS_REMEMBERED_MAX:
            self._placed.popitem(last=False)

    def _spend(self, symbol: Symbol, cost: float, *, room: float) -> None:
        level = self._level(symbol)
        if level + cost > room:
            message = self._refusal(symbol)
            raise RejectedByExchange(message)
        self._put(symbol, level + cost)

    def _refusal(self, symbol: Symbol) -> str:
        return (
            f"not sent: {symbol} had too many orders and cancels in a short time (our count of"
            f" Kraken's limit: {self._level(symbol):.0f} of {self._limits.level_max:.0f}, falling"
            f" {self._limits.decay_per_s:g} a second); wait, or cancel all"
        )

    def _age_ms(self, client_order_id: ClientOrderId) -> int:
        placed = self._placed.get(client_order_id)
        # Not ours, or of an earlier session: how young it is nobody knows, so it counts as young.
        return 0 if placed is None else self._clock.monotonic_ms() - placed.placed_ms

    def _level(self, symbol: Symbol) -> float:
        level, read_ms = self._levels.get(symbol, (0.0, 0))
        fallen = (self._clock.monotonic_ms() - read_ms) / MS_PER_SECOND * self._limits.decay_per_s
        return max(0.0, level - fallen)

    def _put(self, symbol: Symbol, level: float) -> None:
        self._levels[symbol] = (level, self._clock.monotonic_ms())


def _by_age(costs: tuple[tuple[int, float], ...], age_ms: int) -> float:
    return next((cost for age_s, cost in costs if age_ms < age_s * MS_PER_SECOND), 0.0)
