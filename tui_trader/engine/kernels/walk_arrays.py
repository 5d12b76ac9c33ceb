"""Arrays that the walk reads and writes, grouped; numpy makes them, outside the compiled code.

Law: numba's own allocator asks for no huge pages and is fifteen times slower to fill, so nothing here
is made inside a kernel.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tui_trader.engine.rules.fees import FEE_DAYS
from tui_trader.engine.rules.grid import money_of, quote_of

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Signs = npt.NDArray[np.int8]

# Why a position, or a part of it, was sold; 0 is the reason of an entry.
BY_SIGNAL, BY_STOP, BY_TAKE, BY_TIME = range(4)
REASONS = ("signal", "stop", "take_profit", "time")

# Columns of `Sheets.fills`.
FILL_ROW, FILL_PAIR, FILL_SIDE, FILL_LOTS, FILL_TICKS, FILL_FEE, FILL_REASON = range(7)
FILL_COLUMNS = 7
# Columns of `Sheets.trades` and of `Sheets.trade_floats`.
TRADE_PAIR, TRADE_LOTS, TRADE_ENTRY_ROW, TRADE_EXIT_ROW, TRADE_ENTRY_TICKS = range(5)
TRADE_COST, TRADE_PROCEEDS, TRADE_FEES, TRADE_BARS, TRADE_REASON = range(5, 10)
TRADE_EXIT_TICKS, TRADE_SALES = range(10, 12)
TRADE_COLUMNS = 12
TRADE_SLIPPAGE, TRADE_MAE, TRADE_MFE = range(3)
TRADE_FLOATS = 3

# Columns of `Book.ints` and of `Book.floats`, one row a pair.
LOTS, LOTS_FIRST, ENTRY_ROW, ENTRY_TICKS, STOP_TICKS, TAKE_TICKS, PART = range(7)
BARS, COST, PROCEEDS, FEES, COOL_UNTIL, WANT, TIME_UP, LAST_ROW, SALES = range(7, 16)
BOOK_INTS = 16
RISK_PRICE, TAKE_WAY, HIGHEST, LOWEST, SLIPPAGE = range(5)
# What whole numbers of the book are worth: a division is five nanoseconds, and a candle asks often.
ENTRY, STOP, TAKE, QUANTITY = range(5, 9)
CLOSE = 9
BOOK_FLOATS = 10

# Columns of `Purse.ints` and of `Purse.floats`.
CASH, OPEN_COUNT, ENTRIES_TODAY, DAY_END, STREAK, PAUSED_UNTIL, WINS, LOSSES = range(8)
FILLS, TRADES, FEE_DAY, FEE_MONEY, TOO_RICH = range(8, 13)
PURSE_INTS = 13
EQUITY, PEAK, DAY_START, WIN_SUM, LOSS_SUM, CASH_QUOTE = range(6)
PURSE_FLOATS = 6


class Tape(NamedTuple):
    """What happened, one row a pair, one column a moment; a pair without a candle has NaN there.

    Args:
        time_ms: Starts of the candles, shape (T,).
        open: Shape (P, T), as all below.
        atr: Read only by rules that need it; `volatility` alike.
        signal: 1 enter, -1 leave, 0 nothing: said at the close of that candle.
        grid: ticks_per_unit, lots_per_unit, lots_min, cost_min_quote of each pair, shape (P, 4).
    """

    time_ms: Ints
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats
    atr: Floats
    volatility: Floats
    signal: Signs
    grid: Floats


class Book(NamedTuple):
    """What is held and known of each pair."""

    ints: Ints
    floats: Floats


class Purse(NamedTuple):
    """The one wallet: `tiers` are the money steps traded on each of the last days."""

    ints: Ints
    floats: Floats
    tiers: Ints


class Sheets(NamedTuple):
    """What is written: equity at every close, fills and trades as rows, blocks counted by code."""

    equity: Floats
    fills: Ints
    trades: Ints
    trade_floats: Floats
    blocks: Ints


def empty_book(pairs: int) -> Book:
    """Nothing held, nothing known."""
    ints = np.zeros((pairs, BOOK_INTS), dtype=np.int64)
    ints[:, LAST_ROW] = -1
    return Book(ints, np.zeros((pairs, BOOK_FLOATS)))


def full_purse(cash_quote: float) -> Purse:
    """A wallet with cash and no past."""
    ints = np.zeros(PURSE_INTS, dtype=np.int64)
    ints[CASH] = money_of(cash_quote)
    ints[FEE_DAY] = -1
    floats = np.zeros(PURSE_FLOATS)
    floats[[EQUITY, PEAK, DAY_START, CASH_QUOTE]] = quote_of(ints[CASH])
    return Purse(ints, floats, np.zeros(FEE_DAYS, dtype=np.int64))


def empty_sheets(moments: int, *, trades_max: int, fills_a_trade_max: int, blocks: int) -> Sheets:
    """Room for everything that can happen."""
    return Sheets(
        np.empty(moments),
        np.empty((trades_max * fills_a_trade_max, FILL_COLUMNS), dtype=np.int64),
        np.empty((trades_max, TRADE_COLUMNS), dtype=np.int64),
        np.empty((trades_max, TRADE_FLOATS)),
        np.zeros(blocks, dtype=np.int64),
    )
