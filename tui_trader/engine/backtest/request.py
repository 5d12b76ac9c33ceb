"""What is asked of a backtest."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import numpy as np

from tui_trader.engine.analysis.candles import PRICES, Candles, TimeArray
from tui_trader.engine.analysis.strategy import Strategy
from tui_trader.engine.core.host_notes import grid_of as grid_of
from tui_trader.engine.rules.model import Grid, RiskRules, TradeRules, exact
from tui_trader.engine.values.errors import ConfigError
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.time import format_rfc3339

DECIMALS_MAX = 8
GRID_CANDLES = 20_000
CASH_MAX_QUOTE = 1e10


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestRequest:
    """One run.

    Args:
        candles: Candles of each pair, all of one interval and quoted in one asset. Their order decides
            who is served first where cash or a limit suffices for one only.
        strategy: What gives the signals.
        parameters: Those that are not at their defaults.
        grids: Steps and minimums of each pair.
        cash_quote: What the wallet begins with.
        rules: Sizing, stops, costs.
        risk: Limits.
        is_sold_at_end: Whether what is held is sold at the open of the last candle, so that every
            position is a trade; else it stays open.
        cache_root: Folder for compiled code, usually `<home>/cache`; None compiles anew.
    """

    candles: Mapping[Symbol, Candles]
    strategy: Strategy
    parameters: Mapping[str, object] = field(default_factory=dict)
    grids: Mapping[Symbol, Grid]
    cash_quote: float = 10_000.0
    rules: TradeRules = field(default_factory=TradeRules)
    risk: RiskRules = field(default_factory=RiskRules)
    is_sold_at_end: bool = True
    cache_root: Path | None = None

    def __post_init__(self) -> None:
        """Refuse what no engine could run; let every number be of the kind that is meant."""
        object.__setattr__(self, "rules", exact(self.rules))
        object.__setattr__(self, "risk", exact(self.risk))
        if self.strategy.hears_forecasts:
            message = (
                f"{self.strategy.name} trades on forecasts, which candles do not tell; run it with "
                "`tui-trader backtest`, which takes those of the walk-forward"
            )
            raise ConfigError(message)
        if not self.candles:
            message = "a backtest needs candles of one pair at least"
            raise ConfigError(message)
        for symbol, candles in self.candles.items():
            if len(candles) == 0:
                message = f"{symbol}: there are no candles in that range; import or download some"
                raise ConfigError(message)
            if symbol not in self.grids:
                message = f"{symbol}: its tick and lot are not known"
                raise ConfigError(message)
        quotes = {symbol.partition("/")[2] for symbol in self.candles}
        if len(quotes) > 1 or "" in quotes:
            listed = ", ".join(self.candles)
            message = (
                f"the pairs of one wallet need one quote asset, as BTC/USD has USD; given: {listed}"
            )
            raise ConfigError(message)
        intervals = {candles.interval for candles in self.candles.values()}
        if len(intervals) > 1:
            listed = ", ".join(sorted(interval.value for interval in intervals))
            message = f"the pairs of one backtest need one timeframe; given: {listed}"
            raise ConfigError(message)
        refuse_foreign_rows(self)
        if not 0 < self.cash_quote <= CASH_MAX_QUOTE:
            message = f"cash must be above 0 and at most {CASH_MAX_QUOTE:g}, not {self.cash_quote}"
            raise ConfigError(message)


def refuse_foreign_rows(request: BacktestRequest) -> None:
    """Signals written for other candles would be a run without a trade and without a word.

    Raises:
        ConfigError: not one row of them names a candle.
    """
    named = np.array(request.strategy.named_times_ms, dtype=np.int64)
    if not len(named) or any(
        np.isin(named, candles.open_time_ms).any() for candles in request.candles.values()
    ):
        return
    candles = next(iter(request.candles.values()))
    spans = [
        f"{format_rfc3339(int(first))} to {format_rfc3339(int(last))}"
        for first, last in (
            (named[0], named[-1]),
            (candles.open_time_ms[0], candles.open_time_ms[-1]),
        )
    ]
    message = (
        f"none of the {len(named):,} rows of {request.strategy.name} names a candle of this run: rows are "
        f"of {spans[0]}, candles of {spans[1]}; a row names the start of a candle, UTC"
    )
    raise ConfigError(message)


def unmet_times(request: BacktestRequest) -> TimeArray:
    """Starts that a file of signals names between the first and the last candle, and no candle has.

    Args:
        request: A run; of a strategy that takes any candles there is none.

    Returns:
        Ascending, shape (N,).
    """
    named = np.array(request.strategy.named_times_ms, dtype=np.int64)
    if not len(named):
        return named
    starts = [candles.open_time_ms for candles in request.candles.values()]
    first, last = min(one[0] for one in starts), max(one[-1] for one in starts)
    within = named[(named >= first) & (named <= last)]
    unmet: TimeArray = within[~np.isin(within, np.concatenate(starts))]
    return unmet


def grid_from_candles(candles: Candles, *, lot: Decimal = Decimal("1e-8")) -> Grid:
    """Grid for a pair that no exchange describes: the tick is the last decimal its prices use.

    Of a long series so many candles are asked as tell it, evenly spread: to ask a million takes as long
    as ten runs over them.
    """
    spread = slice(None, None, max(1, len(candles) // GRID_CANDLES))
    prices = np.concatenate([candles.column(name)[spread] for name in PRICES])
    decimals = next(
        (
            count
            for count in range(DECIMALS_MAX)
            if np.allclose(np.round(prices, count), prices, rtol=1e-12, atol=0.0)
        ),
        DECIMALS_MAX,
    )
    return Grid(10.0**decimals, float(1 / lot), 1, 0.0)
