"""What takers bought and sold in the last minutes: sums a minute, so that a flood costs no memory."""

from collections import deque

from tui_trader.engine.messages.reports import TakerMinute, TakerReport
from tui_trader.engine.ports.clock import Clock
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.time import MS_PER_MINUTE, parse_rfc3339

WINDOW_MINUTES = 15
MINUTES_TOLD = 2
"""The last word on a minute may come when the next has begun."""
TO_THE_MINUTE = len("2023-09-25T07:49")


class TakerWindow:
    """Takers of one pair over the last quarter of an hour, or since it began to listen."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._began_ms = clock.monotonic_ms()
        self._minutes: deque[tuple[int, float, float]] = deque(maxlen=WINDOW_MINUTES)
        self._taken: dict[int, tuple[float, float]] = {}
        # Most trades are of the minute of the one before: it is read once.
        self._minute, self._open_time_ms = "", _parsed("")

    def add(self, value_quote: float, *, is_buyer: bool, quantity_base: float, moment: str) -> None:
        """Count a trade of now.

        Args:
            value_quote: Price times quantity.
            is_buyer: Whether the taker bought.
            quantity_base: What was taken.
            moment: When, by the venue's clock, as it writes it.
        """
        self._count(moment[:TO_THE_MINUTE], quantity_base, is_buyer=is_buyer)
        minute = self._clock.monotonic_ms() // MS_PER_MINUTE
        bought, sold = 0.0, 0.0
        if self._minutes and self._minutes[-1][0] == minute:
            _, bought, sold = self._minutes.pop()
        if is_buyer:
            bought += value_quote
        else:
            sold += value_quote
        self._minutes.append((minute, bought, sold))

    def report(self, symbol: Symbol) -> TakerReport:
        """The sums as of now."""
        now_ms = self._clock.monotonic_ms()
        oldest = now_ms // MS_PER_MINUTE - WINDOW_MINUTES + 1
        lately = [row for row in self._minutes if row[0] >= oldest]
        return TakerReport(
            time_ms=self._clock.now_ms(),
            symbol=symbol,
            bought_quote=sum(bought for _, bought, _ in lately),
            sold_quote=sum(sold for _, _, sold in lately),
            window_ms=min(WINDOW_MINUTES * MS_PER_MINUTE, now_ms - self._began_ms),
            minutes=self._newest_minutes(),
        )

    def _count(self, minute: str, quantity_base: float, *, is_buyer: bool) -> None:
        if minute != self._minute:
            self._minute, self._open_time_ms = minute, _parsed(minute)
        if self._open_time_ms is None:
            # Whose minute it was stays unknown; its candle will have more volume than was counted.
            return
        bought, sold = self._taken.get(self._open_time_ms, (0.0, 0.0))
        if is_buyer:
            bought += quantity_base
        else:
            sold += quantity_base
        self._taken[self._open_time_ms] = (bought, sold)
        if len(self._taken) > WINDOW_MINUTES:
            self._taken.pop(min(self._taken))

    def _newest_minutes(self) -> tuple[TakerMinute, ...]:
        return tuple(
            TakerMinute(open_time_ms=time_ms, bought_base=bought, sold_base=sold)
            for time_ms, (bought, sold) in sorted(self._taken.items())[-MINUTES_TOLD:]
        )


def _parsed(minute: str) -> int | None:
    try:
        return parse_rfc3339(f"{minute}:00Z")
    except ValueError:
        return None
