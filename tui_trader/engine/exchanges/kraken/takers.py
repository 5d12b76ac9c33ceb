"""What takers bought and sold in the last minutes: sums a minute, so that a flood costs no memory."""

from collections import deque

from tui_trader.engine.messages.reports import TakerReport
from tui_trader.engine.ports.clock import Clock
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.time import MS_PER_MINUTE

WINDOW_MINUTES = 15


class TakerWindow:
    """Takers of one pair over the last quarter of an hour, or since it began to listen."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._began_ms = clock.monotonic_ms()
        self._minutes: deque[tuple[int, float, float]] = deque(maxlen=WINDOW_MINUTES)

    def add(self, value_quote: float, *, is_buyer: bool) -> None:
        """Count a trade of now.

        Args:
            value_quote: Price times quantity.
            is_buyer: Whether the taker bought.
        """
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
        )
