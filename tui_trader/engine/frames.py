"""The analysis and the backtest for notebooks: DataFrames in, DataFrames out.

`candles` is everywhere a DataFrame with an index of UTC times, one row a closed candle, oldest first,
and float columns open, high, low, close and volume; more columns are ignored, save `buy_volume` and
`book_imbalance`, which some indicators need (docs/notebooks.md). What is unknown is NaN. These
functions are stable: what they give today they give tomorrow, or the changelog says so.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import numpy.typing as npt
import pandas as pd

from tui_trader.engine.analysis.candles import COLUMNS, FLOW, Candles, FloatArray, TimeArray
from tui_trader.engine.analysis.patterns import patterns_found
from tui_trader.engine.analysis.picks import (
    catalogue_picks,
    indicator_columns,
    parse_picks,
    pattern_columns,
)
from tui_trader.engine.analysis.structure import Structure
from tui_trader.engine.analysis.structure import structure as built_structure
from tui_trader.engine.rules.model import RiskRules, TradeRules
from tui_trader.engine.stores.home import Home
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.errors import ConfigError
from tui_trader.engine.values.instruments import Symbol

if TYPE_CHECKING:
    from tui_trader.engine.analysis.strategy import Strategy

PAIR = "BASE/QUOTE"
"""Name of the one pair of which nobody said the name."""

TIMES = (
    "open_time_ms",
    "confirmed_time_ms",
    "first_time_ms",
    "last_touch_time_ms",
    "from_time_ms",
    "to_time_ms",
)


def indicators(
    candles: pd.DataFrame,
    only: str | Iterable[str] | None = None,
    *,
    interval: str | None = None,
) -> pd.DataFrame:
    """Indicators at every candle.

    Args:
        candles: As the module says.
        only: Which ones, like `"rsi(14),macd(12,26,9)"` or a list of such; the whole catalogue at
            its defaults if not said.
        interval: Length of the candles (`1h`), where their distances do not tell it.

    Returns:
        The same index, and a column for each line: `rsi_14`, `macd_12_26_9.signal`; NaN in the
        warm-up, and where an indicator needs what these candles do not tell.

    Raises:
        ConfigError: the candles are not as said here, or a name or a parameter is wrong.
    """
    columns = _columns(candles, interval)
    text = only if only is None or isinstance(only, str) else ",".join(only)
    picks = catalogue_picks() if text is None else parse_picks(text)
    return pd.DataFrame(indicator_columns(columns, picks), index=candles.index)


def patterns(candles: pd.DataFrame, *, interval: str | None = None) -> pd.DataFrame:
    """The 61 candlestick patterns at every candle.

    Args:
        candles: As the module says.
        interval: Length of the candles (`1h`), where their distances do not tell it.

    Returns:
        The same index, and a column for each pattern (`pattern_hammer`): 0 where it is not, else
        its strength with the sign of its direction; one that takes no side is positive where it is.
        A pattern that a later candle confirms stands at that candle.

    Raises:
        ConfigError: the candles are not as said here.
    """
    return pd.DataFrame(pattern_columns(_columns(candles, interval)), index=candles.index)


def sightings(candles: pd.DataFrame, *, interval: str | None = None) -> pd.DataFrame:
    """Every pattern that occurs as one row, oldest first, with its meaning in words.

    Args:
        candles: As the module says.
        interval: Length of the candles (`1h`), where their distances do not tell it.

    Raises:
        ConfigError: the candles are not as said here.
    """
    found = patterns_found(_columns(candles, interval))
    fields = ("name", "direction", "strength", "meaning", "open_time_ms", "confirmed_time_ms")
    return _rows(found[::-1], fields)


@dataclass(frozen=True, eq=False, kw_only=True)
class StructureFrames:
    """Structure as tables; times are UTC.

    Args:
        trend: 1 rising, -1 falling, 0 neither; None before there are two highs and two lows.
        trend_words: The same for people.
        swings: Turns, in the order in which they became certain.
        levels: Support and resistance at the newest candle, highest first.
        events: Breakouts and retests, oldest first.
        divergences: In the order in which they became certain.
    """

    trend: int | None
    trend_words: str
    swings: pd.DataFrame
    levels: pd.DataFrame
    events: pd.DataFrame
    divergences: pd.DataFrame


def structure(candles: pd.DataFrame, *, interval: str | None = None) -> StructureFrames:
    """Swings, levels, breakouts and divergences.

    Args:
        candles: As the module says.
        interval: Length of the candles (`1h`), where their distances do not tell it.

    Raises:
        ConfigError: the candles are not as said here.
    """
    seen: Structure = built_structure(_columns(candles, interval))
    return StructureFrames(
        trend=seen.trend,
        trend_words=seen.trend_words,
        swings=_rows(seen.swings, ("open_time_ms", "price", "is_high", "confirmed_time_ms")),
        levels=_rows(
            seen.levels,
            (
                "price",
                "is_support",
                "touches",
                "strength",
                "first_time_ms",
                "last_touch_time_ms",
                "distance_percent",
            ),
        ),
        events=_rows(
            seen.events,
            (
                "open_time_ms",
                "happening",
                "direction",
                "price",
                "touches",
                "volume_ratio",
                "words",
            ),
        ),
        divergences=_rows(
            seen.divergences,
            (
                "name",
                "direction",
                "is_hidden",
                "from_time_ms",
                "to_time_ms",
                "confirmed_time_ms",
                "words",
            ),
        ),
    )


@dataclass(frozen=True, eq=False, kw_only=True)
class BacktestResult:
    """One run; times are UTC, money is in the quote asset, ratios are ratios.

    Args:
        trades: A row a trade, by its exit.
        equity: equity, drawdown_ratio and buy_and_hold at the start and at every close.
        metrics: By name, as docs/metrics.md lists them; None where one is not defined.
        beside: A row a metric: `holding`, and of the same trades at other times `chance_low` (5 % are
            below), `chance_median`, `chance_high` and `beaten_ratio`; NaN where one is not defined.
        warnings: What speaks against believing it.
        assumptions: What was assumed, in one line.
    """

    trades: pd.DataFrame
    equity: pd.DataFrame
    metrics: dict[str, float | None]
    beside: pd.DataFrame
    warnings: tuple[str, ...]
    assumptions: str


def backtest(  # noqa: PLR0913 — one stable function whose options all have names
    candles: pd.DataFrame | Mapping[str, pd.DataFrame],
    strategy: "str | Strategy",
    parameters: Mapping[str, object] | None = None,
    *,
    cash: float = 10_000.0,
    fee_bps: float | None = None,
    slippage_bps: float | None = None,
    rules: TradeRules | None = None,
    risk: RiskRules | None = None,
    interval: str | None = None,
    home: Path | str | None = None,
) -> BacktestResult:
    """Run a strategy over candles, as `tui-trader backtest` does.

    Args:
        candles: As the module says; or, for several pairs in one wallet, such by pair.
        strategy: A name of `strategies list`, the path of your own file, or a `Strategy`.
        parameters: Those of the strategy that are not at their defaults.
        cash: To begin with.
        fee_bps: Of every order; the fees of the rules if not said.
        slippage_bps: Of every order, spread included; that of the rules if not said.
        rules: Sizing, stops and costs; if not said the signals alone decide, with all cash, Kraken's
            fees and the slippage of the defaults.
        risk: Limits; none if not said.
        interval: Length of the candles (`1h`), where their distances do not tell it.
        home: Home whose cache keeps the compiled rulebook; without one each session compiles it once,
            for about ten seconds.

    Raises:
        ConfigError: the candles are not as said here, or a name, a parameter or a rule is wrong.
        PluginError: the strategy's file is not sound.
    """
    # numba, 0.3 s: for those alone who run something.
    from tui_trader.engine.backtest.asked import AskedRun, answered

    tables = candles if isinstance(candles, Mapping) else {PAIR: candles}
    if not tables:
        message = "candles of no pair are given; a backtest needs those of one pair at least"
        raise ConfigError(message)
    asked = AskedRun(
        candles={Symbol(pair): _columns(table, interval) for pair, table in tables.items()},
        strategy=strategy,
        parameters=parameters or {},
        cash=cash,
        fee_bps=fee_bps,
        slippage_bps=slippage_bps,
        rules=rules,
        risk=risk or RiskRules(),
        cache_root=None if home is None else Home(Path(home).expanduser()).cache,
    )
    answer = answered(asked)
    return BacktestResult(
        trades=_timed(answer.trades),
        equity=_timed(answer.equity).set_index("time"),
        metrics=answer.metrics,
        beside=pd.DataFrame.from_dict(answer.beside, orient="index", dtype="float64"),
        warnings=answer.warnings,
        assumptions=answer.assumptions,
    )


def _timed(columns: Mapping[str, npt.NDArray[np.generic]]) -> pd.DataFrame:
    """Columns as a table; those of milliseconds become UTC times and lose their unit."""
    named = [name for name in columns if name.endswith("_ms")]
    table = pd.DataFrame(dict(columns))
    for name in named:
        table[name] = pd.to_datetime(table[name].astype("int64"), unit="ms", utc=True)
    return table.rename(columns={name: name.removesuffix("_ms") for name in named})


def _rows(found: Sequence[msgspec.Struct], fields: Sequence[str]) -> pd.DataFrame:
    """Structs as a table; a column of times loses its unit from its name and becomes UTC times."""
    listed = [msgspec.to_builtins(one) for one in found]
    table = pd.DataFrame({name: [row[name] for row in listed] for name in fields})
    for name in TIMES:
        if name in table:
            table[name] = pd.to_datetime(table[name].astype("int64"), unit="ms", utc=True)
    return table.rename(columns={name: name.removesuffix("_ms") for name in TIMES})


def _columns(candles: pd.DataFrame, interval: str | None) -> Candles:
    """A DataFrame of candles, checked.

    Raises:
        ConfigError: it is not as the module says.
    """
    if not isinstance(candles, pd.DataFrame):
        message = (
            f"candles are a {type(candles).__name__}, not a DataFrame with an index of UTC times and the "
            f"columns {', '.join(COLUMNS)}"
        )
        raise ConfigError(message)
    times_ms = _times_ms(candles)
    missing = [name for name in COLUMNS if name not in candles.columns]
    if missing:
        message = (
            f"candles have no column {', '.join(missing)}; needed are {', '.join(COLUMNS)}, and "
            f"there are {', '.join(map(str, candles.columns)) or 'none'}"
        )
        raise ConfigError(message)
    flow = [name for name in FLOW if name in candles.columns]
    return Candles(
        interval=_interval(times_ms, interval),
        open_time_ms=times_ms,
        **{name: _floats(candles, name) for name in (*COLUMNS, *flow)},
    )


def _times_ms(candles: pd.DataFrame) -> TimeArray:
    index = candles.index
    if not isinstance(index, pd.DatetimeIndex):
        message = (
            f"the index of the candles holds {index.dtype}, not times; set it with "
            '`candles.index = pd.to_datetime(candles["time"], utc=True)`'
        )
        raise ConfigError(message)
    if index.tz is None:
        message = (
            "the index of the candles names no time zone; if it is UTC, say so with "
            '`candles.tz_localize("UTC")`'
        )
        raise ConfigError(message)
    if index.hasnans:
        message = "the index of the candles has a row without a time; leave it out"
        raise ConfigError(message)
    times_ms: TimeArray = index.tz_convert("UTC").as_unit("ms").asi8
    late = np.flatnonzero(np.diff(times_ms) <= 0)
    if len(late):
        row = int(late[0]) + 1
        message = (
            f"row {row} of the candles ({index[row]}) is not after the row before; sort them with "
            "`candles.sort_index()` and keep each time once"
        )
        raise ConfigError(message)
    return times_ms


def _floats(candles: pd.DataFrame, name: str) -> FloatArray:
    column = candles[name]
    if isinstance(column, pd.DataFrame):
        message = f"candles have several columns {name}; keep one"
        raise ConfigError(message)
    try:
        floats: FloatArray = column.to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError) as error:
        message = f"column {name} of the candles holds something that is no number ({error})"
        raise ConfigError(message) from error
    return floats


def _interval(times_ms: TimeArray, given: str | None) -> Interval:
    """Length of the candles, as said, or the usual distance of the rows."""
    known = ", ".join(interval.value for interval in Interval)
    if given is not None:
        try:
            return Interval(given)
        except ValueError as error:
            message = f"interval {given!r} is no length of candles here; there are: {known}"
            raise ConfigError(message) from error
    if len(times_ms) < len(("before", "after")):
        message = f"too few candles to tell their length; say it, as interval= one of {known}"
        raise ConfigError(message)
    steps, counts = np.unique(np.diff(times_ms), return_counts=True)
    usual_ms = int(steps[np.argmax(counts)])
    found = next((interval for interval in Interval if interval.ms == usual_ms), None)
    if found is None:
        message = (
            f"rows are usually {usual_ms / 60_000:g} minutes apart, which is no length of candles "
            f"here; say it, as interval= one of {known}"
        )
        raise ConfigError(message)
    return found
