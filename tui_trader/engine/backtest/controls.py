"""Controls of a run: holding what it traded, and the same trades at other times.

Law: a control knows nothing. Holding buys at the first open and pays nothing, so it is not easily beaten.
Chance takes the lengths of the run's own trades, shuffles them and lays them anywhere: as many trades, as
long in the market, under the same rules, limits and costs. Only the moments are not the run's.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from tui_trader.engine.analysis.candles import Candles, FloatArray
from tui_trader.engine.analysis.strategy import SignalArray, Strategy
from tui_trader.engine.backtest.compiled import run_compiled
from tui_trader.engine.backtest.outcome import BacktestOutcome
from tui_trader.engine.backtest.request import BacktestRequest
from tui_trader.engine.values.backtests import Spread
from tui_trader.engine.values.errors import OutgrownError
from tui_trader.engine.values.metrics import Better

SEEDS_MAX, SEEDS_MIN = 100, 20
CANDLES_MAX = 20_000_000
"""Walked by all seeds together: a fifth of a second."""
THREADS_MAX = 2
"""Metrics are numpy's work, which lets go of the interpreter."""
LOW_SHARE, HIGH_SHARE = 0.05, 0.95

Whole = npt.NDArray[np.int64]
Measure = TypeVar("Measure")
Watch = Callable[[int, int], None]
"""Told how many of how many are done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Rows of one trade on its own pair's candles."""

    begin: Whole
    end: Whole


def seeds_for(candles: int) -> int:
    """How many runs by chance a run of so many candles is set beside."""
    return max(SEEDS_MIN, min(SEEDS_MAX, CANDLES_MAX // max(1, candles)))


def holding_quote(request: BacktestRequest, time_ms: Whole) -> FloatArray:
    """Worth, at each close, of the cash split evenly and put into each pair at its first open.

    Args:
        request: Candles and cash.
        time_ms: Starts of the candles of all pairs together.
    """
    share = request.cash_quote / len(request.candles)
    total = np.zeros(len(time_ms))
    for candles in request.candles.values():
        if len(candles) == len(time_ms):
            total += share / candles.open[0] * candles.close
            continue
        row = np.searchsorted(candles.open_time_ms, time_ms, side="right") - 1
        worth = share / candles.open[0] * candles.close[np.maximum(row, 0)]
        total += np.where(row >= 0, worth, share)
    return total


def measured_by_chance(
    request: BacktestRequest,
    outcome: BacktestOutcome,
    *,
    seeds: int,
    measure: Callable[[BacktestOutcome], Measure],
    watch: Watch | None = None,
) -> list[Measure]:
    """The run's trades at other times, once for each seed; nothing where it made no trade.

    One whose money outgrows what can be counted is left out: fewer than `seeds` come back.

    Args:
        request: What was run.
        outcome: What came of it.
        seeds: How many; the same number gives the same runs.
        measure: What is wanted of each; called by two threads.
        watch: Told after each.
    """
    found: list[Measure] = []
    if len(outcome.trades) == 0:
        return found
    pairs = tuple(request.candles.items())
    spans = [_spans(symbol, candles, outcome) for symbol, candles in pairs]

    def one(seed: int) -> Measure | None:
        chance = np.random.default_rng([seed, len(outcome.time_ms)])
        signals = tuple(
            _shuffled(span, len(candles), chance)
            for span, (_, candles) in zip(spans, pairs, strict=True)
        )
        shuffled = replace(request, strategy=_said(signals), parameters={})
        try:
            made = run_compiled(shuffled)
        except OutgrownError:
            return None
        return measure(made)

    pool = ThreadPoolExecutor(THREADS_MAX)
    try:
        waiting = [pool.submit(one, seed) for seed in range(seeds)]
        for done, run in enumerate(waiting, 1):
            measured = run.result()
            if measured is not None:
                found.append(measured)
            if watch is not None:
                watch(done, seeds)
    finally:
        # Ctrl-C waits for the runs of this moment, not for all of them.
        pool.shutdown(cancel_futures=True)
    return found


def _said(signals: tuple[SignalArray, ...]) -> Strategy:
    return Strategy(
        name="chance",
        title="Chance",
        says="The trades of another run, at other times.",
        memory=lambda _: 1,
        signals=lambda _candles, _choices: signals,
    )


def _spans(symbol: str, candles: Candles, outcome: BacktestOutcome) -> Span:
    trades = outcome.trades
    own = trades.symbol == symbol
    begin = np.searchsorted(candles.open_time_ms, trades.entry_time_ms[own])
    end = np.searchsorted(candles.open_time_ms, trades.exit_time_ms[own])
    return Span(begin=begin, end=end)


def _shuffled(span: Span, count: int, chance: np.random.Generator) -> SignalArray:
    """Signals of trades of these lengths, in any order, with any pauses between them."""
    signal = np.zeros(count, dtype=np.int8)
    # A stop may end a trade in the candle it began in; a signal cannot.
    lengths = chance.permutation(np.maximum(span.end - span.begin, 1))
    # A candle between two trades: one signal cannot both leave and enter.
    taken = lengths + 1
    slack = max(0, count - 1 - int(taken.sum()))
    pauses = np.sort(chance.integers(0, slack + 1, len(lengths)))
    begin = pauses + np.cumsum(taken) - taken
    signal[begin[begin < count]] = 1
    end = begin + lengths
    signal[end[end < count]] = -1
    return signal


def spread_of(values: list[float | None], own: float | None, better: Better) -> Spread | None:
    """Where the known values lie; None where chance gave none.

    Args:
        values: Of the runs by chance.
        own: Of the run itself.
        better: Which way the metric is good.
    """
    known = np.array([value for value in values if value is not None], dtype=np.float64)
    if not len(known):
        return None
    low, median, high = np.quantile(known, (LOW_SHARE, 0.5, HIGH_SHARE)).tolist()
    beaten = None
    # Where chance can only do the same, there is nothing to beat.
    is_contest = own is not None and bool(np.any(known != own))
    if own is not None and is_contest and better is not Better.NEITHER:
        worse = known < own if better is Better.MORE else known > own
        beaten = float(np.mean(worse))
    return Spread(low=low, median=median, high=high, beaten_ratio=beaten)
