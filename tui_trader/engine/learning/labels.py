"""What each candle's trade came to, under the very rules that trade.

A label is 1 where the take profit was reached before the stop and before time was up. Both touched in
one candle is a stop. What the end of the candles leaves open is no label: counting it as anything
pretends to know it (measured: an AUC of 0.88 on noise).
"""

from dataclasses import dataclass
from math import ceil, log10

import numpy as np

from tui_trader.engine.analysis.candles import Candles, FloatArray
from tui_trader.engine.analysis.catalogue import indicator_named
from tui_trader.engine.analysis.compute import compute
from tui_trader.engine.analysis.splits import Rows
from tui_trader.engine.kernels.labels import HIT, TIMED_OUT, UNRESOLVED, barrier_labels
from tui_trader.engine.rules.model import Grid, TradeRules
from tui_trader.engine.values.errors import ConfigError

BPS_PER_UNIT = 10_000
INTERPRETED_MAX = 200
"""Candles: beyond, compiling the loop once is quicker than walking it."""
DIGITS = 7
"""Digits of the lowest price that a tick resolves where the pair's own grid is not known."""


@dataclass(frozen=True, eq=False, slots=True)
class Labels:
    """Outcomes of the trades of all candles, shape (T,) each.

    Args:
        end: Row at which the outcome was known; UNRESOLVED (-1) where it never was.
        happened: 1 where the take profit came first, else 0.
        is_timed_out: Whether neither barrier was touched in time.
        net: Net return after fees and slippage, ratio; NaN where unresolved.
        range_ratio: ATR over the close at the decision: the size of a barrier.
    """

    end: Rows
    happened: FloatArray
    is_timed_out: FloatArray
    net: FloatArray
    range_ratio: FloatArray

    @property
    def is_resolved(self) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        """Which candles have a label."""
        return np.asarray(self.end != UNRESOLVED)


def triple_barrier(
    candles: Candles, rules: TradeRules, *, fee_ratio: float, grid: Grid | None = None
) -> Labels:
    """Label of every candle: stop, take profit or time, whichever comes first.

    Args:
        candles: T candles.
        rules: With a stop, a take profit and a time stop.
        fee_ratio: Of each order.
        grid: Of the pair; None for one so fine that it hides nothing.

    Raises:
        ConfigError: a barrier is missing.
    """
    _check(rules)
    atr = _range(candles, rules.atr_bars)
    prices = (candles.open, candles.high, candles.low, candles.close, atr)
    end, outcome, net = barrier_labels(
        prices, rules=rules, grid=grid or fine_grid(candles), fee_ratio=fee_ratio
    )
    return Labels(
        end=end,
        happened=(outcome == HIT).astype(np.float64),
        is_timed_out=(outcome == TIMED_OUT).astype(np.float64),
        net=net,
        range_ratio=atr / candles.close,
    )


def outcomes_of(
    candles: Candles, rules: TradeRules, *, fee_ratio: float, first: int
) -> list[tuple[int, int, int]]:
    """Trades of the candles from row `first` on whose outcome is known: row, 1 or 0, row of the end.

    The same labels as `triple_barrier` gives, for a few candles, without a compiler.
    """
    _check(rules)
    columns = (candles.open, candles.high, candles.low, candles.close)
    prices = tuple(column[first:] for column in (*columns, _range(candles, rules.atr_bars)))
    end, outcome, _ = barrier_labels(
        (prices[0], prices[1], prices[2], prices[3], prices[4]),
        rules=rules,
        grid=fine_grid(candles),
        fee_ratio=fee_ratio,
        is_interpreted=len(prices[0]) <= INTERPRETED_MAX,
    )
    known = np.flatnonzero(end != UNRESOLVED)
    return [(first + int(row), int(outcome[row] == HIT), first + int(end[row])) for row in known]


def mirrored(candles: Candles) -> Candles:
    """The market upside down: what fell rises as much, in ratios.

    Its long trades are the short ones of the market. A model that knows the size of moves and not
    their direction scores as well on its labels, which it never saw.
    """
    level = float(candles.close[0]) ** 2 if len(candles) else 1.0
    return Candles(
        interval=candles.interval,
        open_time_ms=candles.open_time_ms,
        open=level / candles.open,
        high=level / candles.low,
        low=level / candles.high,
        close=level / candles.close,
        volume=candles.volume,
    )


def forward_sign(candles: Candles, *, horizon_bars: int, cost_ratio: float) -> Labels:
    """The other label: whether the return over the horizon exceeds its costs.

    Args:
        candles: T candles.
        horizon_bars: Candles from the entry at the next open to the sale at an open.
        cost_ratio: Fees and slippage of both orders.
    """
    count = len(candles)
    end = np.full(count, UNRESOLVED, dtype=np.int64)
    net = np.full(count, np.nan)
    known = max(count - horizon_bars - 1, 0)
    bought, sold = candles.open[1 : known + 1], candles.open[horizon_bars + 1 :]
    end[:known] = np.arange(known) + horizon_bars + 1
    net[:known] = sold[:known] / bought - 1 - cost_ratio
    return Labels(
        end=end,
        happened=(np.nan_to_num(net, nan=-1.0) > 0).astype(np.float64),
        is_timed_out=np.zeros(count),
        net=net,
        range_ratio=_range(candles, 14) / candles.close,
    )


def fine_grid(candles: Candles) -> Grid:
    """A grid so fine that it hides nothing, for candles whose pair's own is not known."""
    lowest = float(candles.low.min()) if len(candles) else 1.0
    digits = max(0, DIGITS - ceil(log10(lowest)))
    return Grid(10.0**digits, 1e8, 1, 0.0)


def _range(candles: Candles, bars: int) -> FloatArray:
    return compute(candles, indicator_named("atr"), period=bars)["atr"]


def _check(rules: TradeRules) -> None:
    has_stop = rules.stop_ratio > 0 or rules.stop_atr > 0
    has_take = rules.take_ratio > 0 or rules.take_r > 0 or rules.take_atr > 0
    if not has_stop or not has_take or rules.time_stop_bars <= 0:
        message = (
            "a label needs a stop, a take profit and a horizon; set all three, else no confidence "
            "can be promised"
        )
        raise ConfigError(message, key="learning")
