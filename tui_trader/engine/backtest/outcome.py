"""What a backtest leaves: equity, fills, trades and open positions, as columns."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tui_trader.engine.analysis.candles import FloatArray, TimeArray
from tui_trader.engine.analysis.statistics import trades as statistics
from tui_trader.engine.values.instruments import Symbol

Whole = npt.NDArray[np.int64]
Signs = npt.NDArray[np.int8]
Texts = npt.NDArray[np.str_]


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Fills:
    """Every fill in the order of the engine, shape (F,).

    Args:
        time_ms: Start of the candle it happened in, UTC.
        pair: Number of the pair in `BacktestOutcome.symbols`.
        side: 1 bought, -1 sold.
        fee: Money steps of 1e-8 quote.
        reason: Why it was sold: number in `walk_arrays.REASONS`; 0 for a purchase.
    """

    time_ms: TimeArray
    pair: Whole
    side: Whole
    lots: Whole
    ticks: Whole
    fee: Whole
    reason: Whole


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Trades:
    """Every finished trade, by its exit, shape (N,). A trade ends when nothing of it is left.

    Args:
        symbol: Pair; `exit_reason` is that of the last part.
        side: 1, bought first, always: a spot account cannot sell what it does not hold.
        quantity_base: What was bought.
        exit_price: Mean price of all parts.
        fees_quote: Of the purchase and every part.
        slippage_quote: Paid beyond the prices that set the orders off.
        pnl_quote: After fees and slippage; `return_ratio` is that of what was bought for.
        mae_ratio: Lowest price seen while it was held against the entry, below zero.
        mfe_ratio: Highest price seen, above zero.
        bars: Closes it was held over.
    """

    symbol: Texts
    side: Signs
    quantity_base: FloatArray
    entry_time_ms: TimeArray
    entry_price: FloatArray
    exit_time_ms: TimeArray
    exit_price: FloatArray
    fees_quote: FloatArray
    slippage_quote: FloatArray
    pnl_quote: FloatArray
    return_ratio: FloatArray
    mae_ratio: FloatArray
    mfe_ratio: FloatArray
    bars: Whole
    exit_reason: Texts

    def __len__(self) -> int:
        return len(self.pnl_quote)

    def for_statistics(self) -> statistics.Trades:
        """The same, as `analysis.statistics` measures them."""
        return statistics.Trades(
            side=self.side,
            quantity=self.quantity_base,
            entry_time_ms=self.entry_time_ms,
            entry_price=self.entry_price,
            exit_time_ms=self.exit_time_ms,
            exit_price=self.exit_price,
            fees=self.fees_quote,
            pnl=self.pnl_quote,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPosition:
    """What is still held at the end; it is in the equity, and no trade yet.

    Args:
        stop_price: None without a stop.
        pnl_quote: At the last close, fees so far included, the sale's not.
    """

    symbol: Symbol
    quantity_base: float
    entry_time_ms: int
    entry_price: float
    stop_price: float | None
    pnl_quote: float


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class BacktestOutcome:
    """One run.

    Args:
        engine: "compiled" or "core".
        symbols: Pairs, in the order of the request.
        time_ms: Starts of the candles of all pairs together, UTC, shape (T,).
        equity_quote: At the close of each, shape (T,).
        blocks: How many entries each limit refused, by its name.
        seconds: How long each step took: "signals", "run", and "compile" where that was needed.
    """

    engine: str
    symbols: tuple[Symbol, ...]
    cash_quote: float
    time_ms: TimeArray
    equity_quote: FloatArray
    trades: Trades
    fills: Fills
    positions: tuple[OpenPosition, ...]
    blocks: dict[str, int]
    seconds: dict[str, float]

    @property
    def exposure_ratio(self) -> float:
        """Share of candles at whose close something was held."""
        steps = np.zeros(len(self.time_ms) + 1)
        begun = np.array([held.entry_time_ms for held in self.positions], dtype=np.int64)
        begun = np.append(self.trades.entry_time_ms, begun)
        np.add.at(steps, np.searchsorted(self.time_ms, begun), 1)
        np.add.at(steps, np.searchsorted(self.time_ms, self.trades.exit_time_ms), -1)
        return float(np.mean(np.cumsum(steps[:-1]) > 0))

    @property
    def equity_final_quote(self) -> float:
        """Equity at the last close."""
        return float(self.equity_quote[-1])
