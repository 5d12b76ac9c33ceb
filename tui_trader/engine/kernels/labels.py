"""Barrier labels: what a trade entered after each candle would have come to.

Law: what protects a trade, where it fills and what it pays is asked of `engine/rules`, in the order in
which the walk of a backtest asks: at the open the gaps, then the time stop; inside the stop, then the
take profit; at the close the stop moves. A test holds both to the same trades.
"""

from collections.abc import Callable
from functools import cache
from typing import cast

import numba
import numpy as np
import numpy.typing as npt

from tui_trader.engine.kernels.compiler import lend
from tui_trader.engine.rules.fills import gap_stop_price, gap_take_price, stop_price, take_price
from tui_trader.engine.rules.grid import price_of
from tui_trader.engine.rules.model import Grid, Market, TradeRules, exact
from tui_trader.engine.rules.orders import bought_ticks, protect, sold_ticks
from tui_trader.engine.rules.stops import is_time_up, next_stop_level, next_stop_ticks
from tui_trader.engine.rules.take_profits import take_ticks

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
UNRESOLVED = -1
MISSED, HIT, TIMED_OUT = 0, 1, 2


def barrier_labels(
    prices: tuple[Floats, Floats, Floats, Floats, Floats],
    *,
    rules: TradeRules,
    grid: Grid,
    fee_ratio: float,
    is_interpreted: bool = False,
) -> tuple[Rows, Rows, Floats]:
    """What became of a buy at the next open, for every candle.

    Args:
        prices: Open, high, low, close and ATR, shape (T,) each; ATR is NaN where it is unknown.
        rules: With a stop, a take profit and a time stop; parts of a take profit are taken as one.
        grid: Of the pair.
        fee_ratio: Of each order.
        is_interpreted: Let Python itself run the same code: for a few candles, compiling takes longer.

    Returns:
        Row at which the outcome was known, or UNRESOLVED; HIT where the take profit came first, MISSED
        where a stop did, TIMED_OUT where neither; net return of the trade after fees and slippage, as
        a ratio of what was bought for, NaN where unresolved. Shape (T,) each.
    """
    count = len(prices[0])
    end = np.full(count, UNRESOLVED, dtype=np.int64)
    outcome = np.zeros(count, dtype=np.int64)
    net = np.full(count, np.nan)
    act = label_every if is_interpreted else _machine_code()
    act(*prices, exact(rules), grid, float(fee_ratio), end, outcome, net)
    return end, outcome, net


@cache
def _machine_code() -> Callable[..., None]:
    # Nothing is kept on disk: learning compiles once in a process that then works for minutes.
    lend()
    return cast("Callable[..., None]", numba.njit(label_every))


def label_every(  # noqa: C901, PLR0913, PLR0917 — one loop, compiled whole
    open_: Floats,
    high: Floats,
    low: Floats,
    close: Floats,
    atr: Floats,
    rules: TradeRules,
    grid: Grid,
    fee_ratio: float,
    end: Rows,
    outcome: Rows,
    net: Floats,
) -> None:
    """Fill `end`, `outcome` and `net`."""
    unit = grid.ticks_per_unit
    for row in range(len(open_) - 1):
        if not atr[row] > 0.0:
            continue
        ticks = bought_ticks(0, Market(open_[row + 1], atr[row], np.nan, 1.0), rules, grid)
        entry = price_of(ticks, unit)
        stop_ticks, risk_price, way = protect(entry, atr[row], rules, unit)
        take = price_of(take_ticks(entry, way, 0, 1, unit), unit)
        highest, known = entry, atr[row]
        for now in range(row + 1, len(open_)):
            stop = price_of(stop_ticks, unit)
            sold, how = 0.0, MISSED
            if now > row + 1:
                sold = gap_stop_price(open_[now], stop)
                if sold == 0.0:
                    sold = gap_take_price(open_[now], take)
                    how = HIT
                if sold == 0.0 and is_time_up(now - row - 1, rules.time_stop_bars):
                    sold, how = open_[now], TIMED_OUT
            if sold == 0.0:
                sold, how = stop_price(open_[now], low[now], stop), MISSED
            if sold == 0.0:
                sold, how = take_price(open_[now], high[now], take), HIT
            if sold > 0.0:
                brought = sold_ticks(0, Market(sold, known, np.nan, 1.0), rules, grid)
                got = price_of(brought, unit) * (1.0 - fee_ratio)
                end[row], outcome[row] = now, how
                net[row] = got / entry - (1.0 + fee_ratio)
                break
            highest = max(highest, high[now])
            if atr[now] > 0.0:
                known = atr[now]
            level = next_stop_level(
                entry, risk_price, highest, close[now], atr[now], fee_ratio, rules
            )
            stop_ticks = next_stop_ticks(stop_ticks, level, unit)
