"""Signals that somebody wrote down: one row a candle at whose close they were known."""

from collections.abc import Mapping

import numpy as np

from tui_trader.engine.analysis.candles import Candles
from tui_trader.engine.analysis.strategy import Choices, SignalArray, Strategy, each

Rows = Mapping[int, int]
"""Start of a candle, UTC milliseconds → 1, -1 or 0."""


def written_strategy(name: str, rows: Rows) -> Strategy:
    """A strategy that says what the rows say, and nothing of any other candle.

    Args:
        name: What it is called, usually the file.
        rows: Known at the close of the candle they name; nobody can check that for you.
    """
    times = np.array(sorted(rows), dtype=np.int64)
    said = np.array([rows[int(time)] for time in times], dtype=np.int8)

    def signals(candles: Candles, _: Choices) -> SignalArray:
        if len(times) == 0:
            return np.zeros(len(candles), dtype=np.int8)
        row = np.minimum(np.searchsorted(times, candles.open_time_ms), len(times) - 1)
        return np.where(times[row] == candles.open_time_ms, said[row], 0).astype(np.int8)

    return Strategy(
        name=name,
        title=f"Signals of {name}",
        says="Enters and leaves at the candles that the file names.",
        memory=lambda _: 1,
        signals=each(signals),
        named_times_ms=tuple(times.tolist()),
    )
