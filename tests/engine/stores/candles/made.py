"""Candles for the tests of the store: from a seed, with gaps where the test wants them."""

import numpy as np

from tui_trader.engine.analysis.candles import Candles
from tui_trader.engine.values.candles import Interval

START_MS = 1_577_836_800_000
"""2020-01-01."""
NOW_MS = 1_767_225_600_000
"""2026-01-01: everything made here is over by then."""
VENUE = "kraken"
BTC = "BTC/USD"


def made_candles(count, interval=Interval.H1, *, start_ms=START_MS, gaps=(), seed=1):
    """`count` candles in a row, without those at the places in `gaps`."""
    chance, volumes = np.random.default_rng(seed), np.random.default_rng(seed + 1_000)
    close = np.round(100 * np.exp(np.cumsum(chance.normal(0, 0.01, count))), 2)
    opened = np.append(close[:1], close[:-1])
    keep = ~np.isin(np.arange(count), gaps)
    columns = {
        "open_time_ms": start_ms + np.arange(count) * interval.ms,
        "open": opened,
        "high": np.maximum(opened, close) + 0.5,
        "low": np.minimum(opened, close) - 0.5,
        "close": close,
        "volume": np.round(volumes.exponential(2, count), 8),
    }
    return Candles(interval=interval, **{name: column[keep] for name, column in columns.items()})


def assert_same(left, right):
    """Equal to the last bit."""
    assert left.interval is right.interval
    for name in ("open_time_ms", "open", "high", "low", "close", "volume"):
        np.testing.assert_array_equal(getattr(left, name), getattr(right, name), err_msg=name)


def csv_of(candles, order="open_time_ms open high low close volume", *, head=None, per=1_000):
    """The same as text; times in units of `per` milliseconds."""
    lines = [] if head is None else [head]
    for row in range(len(candles)):
        fields = [
            str(int(candles.open_time_ms[row]) // per)
            if name == "open_time_ms"
            else name
            if name.startswith("=")
            else repr(float(getattr(candles, name)[row]))
            for name in order.split()
        ]
        lines.append(",".join(field.removeprefix("=") for field in fields))
    return "\n".join(lines) + "\n"
