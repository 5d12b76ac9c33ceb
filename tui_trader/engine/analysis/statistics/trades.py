"""Measures of closed trades."""

from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt

from tui_trader.engine.analysis.candles import BoolArray, Candles, FloatArray, TimeArray
from tui_trader.engine.analysis.statistics.defined import defined, over, spread
from tui_trader.engine.analysis.statistics.returns import kelly_share, payoff, profit_factor
from tui_trader.engine.values.errors import ConfigError
from tui_trader.engine.values.time import MS_PER_DAY

_KINDS = {"side": np.int8, "entry_time_ms": np.int64, "exit_time_ms": np.int64}


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Trades:
    """Closed trades as columns, in the order in which they ended, each of shape (N,).

    Args:
        side: 1 bought first, -1 sold first.
        quantity: Base quantity, > 0.
        entry_time_ms: UTC.
        entry_price: Average, quote currency, > 0.
        exit_time_ms: UTC, not before the entry.
        exit_price: Average.
        fees: Of entry and exit, quote currency.
        pnl: Profit or loss in quote currency, fees included.

    Raises:
        ConfigError: columns differ in length, hold what is no trade, or are not ordered by exit.
    """

    side: npt.NDArray[np.int8]
    quantity: FloatArray
    entry_time_ms: TimeArray
    entry_price: FloatArray
    exit_time_ms: TimeArray
    exit_price: FloatArray
    fees: FloatArray
    pnl: FloatArray

    def __post_init__(self) -> None:
        for field in fields(self):
            kind = _KINDS.get(field.name, np.float64)
            object.__setattr__(self, field.name, np.asarray(getattr(self, field.name), dtype=kind))
        lengths = {field.name: getattr(self, field.name).shape for field in fields(self)}
        if len(set(lengths.values())) > 1:
            message = f"trade columns must be of one length; they are {lengths}"
            raise ConfigError(message)
        entry_cost = self.entry_price * self.quantity
        if not (np.all(entry_cost > 0) and np.all(np.isfinite(entry_cost + self.pnl + self.fees))):
            message = (
                "every trade needs a price and a quantity above 0, and numbers for pnl and fees"
            )
            raise ConfigError(message)
        if np.any(np.diff(self.exit_time_ms) < 0) or np.any(self.exit_time_ms < self.entry_time_ms):
            message = "trades must be ordered by their exit, and none may end before it begins"
            raise ConfigError(message)

    def __len__(self) -> int:
        return len(self.pnl)

    def __getitem__(self, rows: slice | BoolArray) -> "Trades":
        """Some of them, in the same order."""
        return replace(
            self, **{field.name: getattr(self, field.name)[rows] for field in fields(self)}
        )

    @property
    def returns(self) -> FloatArray:
        """Profit or loss over what the entry cost, shape (N,)."""
        return self.pnl / (self.entry_price * self.quantity)

    @property
    def length_days(self) -> FloatArray:
        """From entry to exit, shape (N,)."""
        return (self.exit_time_ms - self.entry_time_ms) / MS_PER_DAY


def no_trades() -> Trades:
    """None at all."""
    nothing, never, nowhere = np.empty(0), np.empty(0, np.int64), np.empty(0, np.int8)
    return Trades(
        side=nowhere,
        quantity=nothing,
        entry_time_ms=never,
        entry_price=nothing,
        exit_time_ms=never,
        exit_price=nothing,
        fees=nothing,
        pnl=nothing,
    )


def longest_run(flags: BoolArray) -> int:
    """Most True in a row."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return int((edges[1::2] - edges[::2]).max()) if len(edges) else 0


def exposure_ms(trades: Trades) -> int:
    """Time with at least one position; overlapping trades count once."""
    order = np.argsort(trades.entry_time_ms, kind="stable")
    entries, exits = trades.entry_time_ms[order], np.maximum.accumulate(trades.exit_time_ms[order])
    covered_until = np.concatenate([entries[:1], exits[:-1]])
    return int(np.maximum(exits - np.maximum(entries, covered_until), 0).sum())


def trade_metrics(trades: Trades, span_ms: int) -> dict[str, float | None]:
    """The rows of METRICS that trades decide.

    Args:
        trades: Closed trades.
        span_ms: Length of the run, which exposure is a share of.
    """
    count, pnl, returns = len(trades), trades.pnl, trades.returns
    win = over(float((pnl > 0).sum()), count)
    payoff_ratio = payoff(pnl)
    return {
        "trades": count,
        "fees": float(trades.fees.sum()),
        "win_ratio": win,
        "profit_factor": profit_factor(pnl),
        "payoff": payoff_ratio,
        "expectancy": over(float(pnl.sum()), count),
        "expectancy_ratio": over(float(returns.sum()), count),
        "best_trade_ratio": defined(returns.max()) if count else None,
        "worst_trade_ratio": defined(returns.min()) if count else None,
        "sqn": system_quality(pnl),
        "kelly": kelly_share(win, payoff_ratio),
        "exposure_ratio": over(float(exposure_ms(trades)), span_ms),
        "average_trade_days": over(float(trades.length_days.sum()), count),
        "losing_streak": longest_run(pnl < 0) if count else None,
        "winning_streak": longest_run(pnl > 0) if count else None,
    }


def system_quality(pnl: FloatArray) -> float | None:
    """√n · mean / sample deviation (Tharp's system quality number, as backtesting.py counts it)."""
    deviation = spread(pnl)
    return over(float(np.sqrt(len(pnl)) * pnl.mean()), deviation) if deviation else None


@dataclass(frozen=True, eq=False, slots=True)
class Excursions:
    """How far trades went before they ended.

    Args:
        mae_ratio: Worst point (maximum adverse excursion) as a return before fees, ≤ 0, shape (N,).
        mfe_ratio: Best point (maximum favourable excursion), ≥ 0, shape (N,).
    """

    mae_ratio: FloatArray
    mfe_ratio: FloatArray


def excursions(trades: Trades, candles: Candles) -> Excursions:
    """Worst and best point of each trade, between entry and exit.

    The candle in which a trade ends counts by its exit price alone: what that candle did afterwards
    is not the trade's.

    Args:
        trades: Of the pair of the candles.
        candles: Those of the run.
    """
    begin = np.searchsorted(candles.open_time_ms, trades.entry_time_ms, side="right") - 1
    end = np.searchsorted(candles.open_time_ms, trades.exit_time_ms - candles.interval.ms, "right")
    begin = np.maximum(begin, 0)
    ends = np.stack([trades.entry_price, trades.exit_price])
    low = np.minimum(ends.min(axis=0), _between(candles.low, (begin, end), np.minimum))
    high = np.maximum(ends.max(axis=0), _between(candles.high, (begin, end), np.maximum))
    down, up = low / trades.entry_price - 1, high / trades.entry_price - 1
    is_long = trades.side > 0
    return Excursions(np.where(is_long, down, -up), np.where(is_long, up, -down))


def _between(
    column: FloatArray, rows: tuple[TimeArray, TimeArray], extreme: np.ufunc
) -> FloatArray:
    """Extreme of column[begin:end] for each pair; where that is empty, what changes no extreme."""
    begin, end = rows
    neutral = np.inf if extreme is np.minimum else -np.inf
    padded = np.append(column, neutral)
    result = np.full(len(begin), neutral)
    is_some = begin < end
    if is_some.any():
        edges = np.stack([begin[is_some], end[is_some]], axis=1).ravel()
        result[is_some] = extreme.reduceat(padded, edges)[::2]
    return result
