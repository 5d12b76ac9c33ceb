"""The last 24 hours of a pair, for its ticker: rolled once a minute, exact since the last roll."""

from tui_trader.engine.exchanges.simulator.candles import Bar, CandleSeries

_WINDOW_BARS = 96
"""24 hours of quarter hours."""
_ROLL_S = 60.0


class DayStats:
    """Open, high, low, volume and mean price of the last 24 hours.

    Args:
        quarters: The pair's 15-minute candles.
    """

    def __init__(self, quarters: CandleSeries) -> None:
        assert quarters.interval_min * _WINDOW_BARS == 24 * 60, quarters.interval_min
        self._quarters = quarters
        self._rolled_s = float("-inf")
        self.total = quarters.open_bar

    def roll(self, time_s: float) -> None:
        """Sum up again when a minute has passed."""
        if time_s - self._rolled_s < _ROLL_S:
            return
        self._rolled_s = time_s
        bars = self._quarters.bars(time_s)[-_WINDOW_BARS:]
        self.total = Bar(
            begin_s=bars[0].begin_s,
            open=bars[0].open,
            high=max(bar.high for bar in bars),
            low=min(bar.low for bar in bars),
            close=bars[-1].close,
            lots=sum(bar.lots for bar in bars),
            value=sum(bar.value for bar in bars),
            trades=sum(bar.trades for bar in bars),
        )

    def add(self, ticks: int, lots: int) -> None:
        """Count one trade."""
        self.total.add(ticks, lots)
