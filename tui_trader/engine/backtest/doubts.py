"""Doubts about a run: what speaks against believing it, said beside its numbers."""

import numpy as np

from tui_trader.engine.backtest.outcome import BacktestOutcome
from tui_trader.engine.backtest.request import BacktestRequest, unmet_times
from tui_trader.engine.backtest.strategy_trial import MEMORY_MAX
from tui_trader.engine.values.time import format_rfc3339

TRADES_FEW = 30
"""Below this the mean of trades says little: its standard error is a fifth of their deviation."""
VOLUME_SHARE = 0.01
"""An order above this part of its candle's volume would have moved the price."""


def doubts_about(
    request: BacktestRequest, outcome: BacktestOutcome, *, outgrown: int = 0
) -> tuple[str, ...]:
    """Every doubt as one sentence.

    Args:
        request: What was run.
        outcome: What came of it.
        outgrown: Runs by chance that are left out, as their money could not be counted any more.
    """
    found = [
        _few_trades(outcome),
        *(_missing(symbol, request) for symbol in request.candles),
        _never_in_time(request),
        _unmet_rows(request),
        _refused(outcome),
        _left_out(outgrown),
        _large_orders(request, outcome),
        _costless(request),
        "In sample: strategy and parameters were chosen with these candles in sight; try others.",
    ]
    return tuple(doubt for doubt in found if doubt)


def _few_trades(outcome: BacktestOutcome) -> str:
    count = len(outcome.trades)
    if count == 0:
        return "No trade was made: nothing is shown."
    if count < TRADES_FEW:
        return f"Few trades ({count}): below {TRADES_FEW}, chance decides more than the strategy."
    return ""


def _missing(symbol: str, request: BacktestRequest) -> str:
    candles = request.candles[symbol]  # type: ignore[index]
    span = int(candles.open_time_ms[-1] - candles.open_time_ms[0])
    planned = span // candles.interval.ms + 1
    missing = planned - len(candles)
    if missing <= 0:
        return ""
    share = missing / planned
    longest = int(np.diff(candles.open_time_ms).max()) // candles.interval.ms - 1
    return (
        f"{symbol}: {missing:,} of {planned:,} candles are missing ({share:.1%}; the longest gap is "
        f"{longest:,}): nothing was traded then, or nobody recorded it."
    )


def _never_in_time(request: BacktestRequest) -> str:
    shortest = min(len(candles) for candles in request.candles.values())
    if shortest > MEMORY_MAX:
        # No strategy remembers more; and to ask one may mean to import TA-Lib.
        return ""
    memory = request.strategy.memory_bars(request.strategy.checked(request.parameters))
    short = [symbol for symbol, candles in request.candles.items() if len(candles) <= memory]
    if not short:
        return ""
    return f"{', '.join(short)}: no more candles than the strategy remembers ({memory:,}); begin earlier."


def _unmet_rows(request: BacktestRequest) -> str:
    """Rows of a file of signals that lie among the candles and name none of them."""
    unmet = unmet_times(request)
    if not len(unmet):
        return ""
    return (
        f"{len(unmet):,} of {len(request.strategy.named_times_ms):,} rows of the signals name no candle "
        f"(first {format_rfc3339(int(unmet[0]))}): they do nothing; a row names the start of a candle, UTC."
    )


def _left_out(count: int) -> str:
    if not count:
        return ""
    return (
        f"{count:,} runs by chance grew beyond what can be counted and are left out: chance is better "
        "than shown."
    )


def _refused(outcome: BacktestOutcome) -> str:
    if not outcome.blocks:
        return ""
    listed = ", ".join(f"{name} {count:,}" for name, count in outcome.blocks.items())
    return f"Entries not made, by what forbade them: {listed}."


def _large_orders(request: BacktestRequest, outcome: BacktestOutcome) -> str:
    trades = outcome.trades
    large = 0
    for symbol, candles in request.candles.items():
        own = trades.symbol == symbol
        row = np.searchsorted(candles.open_time_ms, trades.entry_time_ms[own])
        large += int(np.sum(trades.quantity_base[own] > VOLUME_SHARE * candles.volume[row]))
    if large == 0:
        return ""
    return (
        f"{large:,} of {len(trades):,} entries were larger than {VOLUME_SHARE:.0%} of their candle's "
        "volume: the fills are kinder than a market would be."
    )


def _costless(request: BacktestRequest) -> str:
    rules = request.rules
    free = [
        name
        for name, value in (
            ("fees", rules.fee_takers[0]),
            ("slippage", rules.slippage_bps + rules.spread_bps + rules.impact),
        )
        if value == 0
    ]
    return f"Without {' and '.join(free)}: no market is that kind." if free else ""
