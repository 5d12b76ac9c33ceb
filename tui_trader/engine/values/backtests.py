"""A finished backtest as plain values: what `backtest --json` prints, what is kept, what a screen draws.

Law: unknown is None. Ratios are ratios, times UTC milliseconds, money in the quote asset.
"""

import msgspec

from tui_trader.engine.values.candles import Candle, Interval
from tui_trader.engine.values.instruments import Symbol

Number = int | float
"""Said so that msgspec reads a whole number back as one."""
Metrics = dict[str, Number | None]


class BacktestCall(msgspec.Struct, frozen=True, kw_only=True):
    """The call, complete enough to be made again.

    Args:
        parameters: All of the strategy's, those left at their defaults too.
        strategy_file: The path that was named, for a strategy or signals of a file.
        start: As it was written; None for all there is. `end` alike.
        fee_bps: None: the fees of [rules].
        slippage_bps: None: slippage, spread and impact of [rules].
    """

    pairs: tuple[Symbol, ...]
    timeframe: str
    strategy: str
    strategy_file: str | None
    parameters: dict[str, Number]
    start: str | None
    end: str | None
    files: tuple[str, ...]
    venue: str | None
    cash: float
    fee_bps: float | None
    slippage_bps: float | None
    risk: str
    engine: str


class BacktestTrade(msgspec.Struct, frozen=True, kw_only=True):
    """One finished trade; `exit_price` is the mean of its parts."""

    pair: str
    side: str
    quantity: float
    entry_time_ms: int
    entry_price: float
    exit_time_ms: int
    exit_price: float
    fees: float
    slippage: float
    pnl: float
    return_ratio: float
    mae_ratio: float
    mfe_ratio: float
    bars: int
    exit_reason: str


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """Where one metric of the runs by chance lies.

    Args:
        low: A twentieth of them is below.
        high: A twentieth of them is above.
        beaten_ratio: Share of them that is worse than the run; None where nothing is better or worse, or all are equal.
    """

    low: float
    median: float
    high: float
    beaten_ratio: float | None


class RandomEntry(msgspec.Struct, frozen=True, kw_only=True):
    """The run's trades at other times, many times over."""

    seeds: int
    metrics: dict[str, Spread | None]


class Beside(msgspec.Struct, frozen=True, kw_only=True):
    """What a run is to be compared with."""

    buy_and_hold: Metrics
    random_entry: RandomEntry


class YearOfMonths(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the monthly table; None where the run has no day."""

    year: int
    months: tuple[float | None, ...]
    total: float


class CurvePoints(msgspec.Struct, frozen=True, kw_only=True):
    """The curve in few points: the last value of each stretch, and the deepest drawdown within it.

    Args:
        chance_low: A twentieth of the runs by chance is below, at that time; empty without any.
        chance_median: Half of them are below.
        chance_high: A twentieth of them is above.
    """

    time_ms: list[int]
    equity: list[float]
    drawdown_ratio: list[float]
    buy_and_hold: list[float]
    chance_low: list[float] = []
    chance_median: list[float] = []
    chance_high: list[float] = []


class BacktestDocument(msgspec.Struct, frozen=True, kw_only=True):
    """One run.

    Args:
        pair: All of `pairs` in one text.
        bars: Candles of all pairs together.
        seconds: How long loading, signals, compiling and the run took.
        slippage: Paid by all trades beyond the prices that set their orders off.
        blocks: Entries that limits refused, by limit.
        assumptions: What was assumed, in one line.
        warnings: What speaks against believing it.
        source: Where the candles come from, in words.
        id: Name of the kept run; None where it was not kept.
    """

    pair: str
    pairs: tuple[str, ...]
    timeframe: str
    strategy: str
    parameters: dict[str, Number]
    engine: str
    bars: int
    first_time_ms: int
    last_time_ms: int
    seconds: dict[str, float]
    cash: float
    equity_final: float
    slippage: float
    metrics: Metrics
    beside: Beside
    months: tuple[YearOfMonths, ...]
    blocks: dict[str, int]
    assumptions: str
    warnings: tuple[str, ...]
    source: str
    call: BacktestCall
    trades: list[BacktestTrade]
    curve: CurvePoints
    id: str | None = None


class KeptRun(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the list of kept runs."""

    id: str
    kept_ms: int
    pair: str
    timeframe: str
    strategy: str
    parameters: dict[str, Number]
    bars: int
    first_time_ms: int
    last_time_ms: int
    return_ratio: float | None
    buy_and_hold_ratio: float | None
    max_drawdown_ratio: float | None
    sharpe: float | None
    trades: int


class KeptRuns(msgspec.Struct, frozen=True, kw_only=True):
    """What `backtest --runs --json` prints, newest first."""

    runs: tuple[KeptRun, ...]


class RunCandles(msgspec.Struct, frozen=True, kw_only=True):
    """Candles that a kept run was computed on, around a moment: what `--show ID --candles` prints.

    Args:
        candles: Oldest first.
        first_time_ms: Start of the first candle of that pair in the run; `last_time_ms` alike.
    """

    id: str
    pair: str
    interval: Interval
    candles: tuple[Candle, ...]
    first_time_ms: int
    last_time_ms: int


class BacktestStep(msgspec.Struct, frozen=True, kw_only=True):
    """One line of `--progress json`, on stderr.

    Args:
        done: Parts of `planned` that are done.
        step: What is done now, in words.
        left_s: None while nobody can tell.
    """

    done: int
    planned: int
    step: str
    left_s: float | None


class StoredSeries(msgspec.Struct, frozen=True, kw_only=True):
    """One line of `data list --json`, as far as a form needs it."""

    venue: str
    pair: str
    timeframe: Interval
    rows: int
    first_ms: int | None
    last_ms: int | None
    is_damaged: bool


class ParameterDeclaration(msgspec.Struct, frozen=True, kw_only=True):
    """A parameter of a strategy, as `strategies --json` tells it."""

    name: str
    default: float
    low: float
    high: float
    is_whole: bool
    unit: str
    help: str


class StrategyDeclaration(msgspec.Struct, frozen=True, kw_only=True):
    """A strategy, as `strategies --json` tells it.

    Args:
        increasing: Parameters that must rise in this order.
    """

    name: str
    title: str
    says: str
    memory_bars: int
    increasing: tuple[str, ...]
    parameters: tuple[ParameterDeclaration, ...]


class StrategyDeclarations(msgspec.Struct, frozen=True, kw_only=True):
    """What `strategies list --json` prints."""

    strategies: tuple[StrategyDeclaration, ...]
