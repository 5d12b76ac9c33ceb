"""One rulebook: compiled, interpreted and on the core, the same orders, fills, exits and money.

Not close: the same. Prices are whole ticks, quantities whole lots, money whole steps.
"""

from dataclasses import fields, replace

import msgspec
import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.engine.backtest.made_runs import requests
from tui_trader.engine.analysis.candles import Candles
from tui_trader.engine.backtest.compiled import run_compiled
from tui_trader.engine.backtest.core_engine import run_on_core
from tui_trader.engine.backtest.outcome import BacktestOutcome
from tui_trader.engine.rules.model import Grid
from tui_trader.engine.values.errors import ConfigError
from tui_trader.engine.values.instruments import Symbol


def assert_same(mine: BacktestOutcome, theirs: BacktestOutcome) -> None:
    for part in ("fills", "trades"):
        for field in fields(getattr(mine, part)):
            left, right = (getattr(getattr(run, part), field.name) for run in (mine, theirs))
            assert np.array_equal(left, right), (part, field.name, left, right)
    assert np.array_equal(mine.equity_quote, theirs.equity_quote)
    assert mine.positions == theirs.positions
    assert mine.blocks == theirs.blocks


@given(requests())
def test_compiled_walk_and_core_do_the_same(request):
    assert_same(run_compiled(request), run_on_core(request))


@given(
    requests(),
    st.integers(-7, 6),
    st.integers(0, 8),
    st.sampled_from([1e-3, 1.0, 1e9]),
)
def test_prices_and_wallets_of_any_size_change_nothing_of_that(request, power, places, cash):
    """Whole numbers of compiled code wrap around, and it divides them as floats: the edges of both."""
    (symbol, candles) = next(iter(request.candles.items()))
    factor = 10.0**power / 6e4
    scaled = replace(
        candles,
        **{name: candles.column(name) * factor for name in ("open", "high", "low", "close")},
    )
    signals = request.strategy.signals((candles,), {})[:1]
    edge = replace(
        request,
        candles={symbol: scaled},
        grids={symbol: Grid(10.0**places, 1e8, 1, 0.0)},
        cash_quote=cash,
        strategy=msgspec.structs.replace(request.strategy, signals=lambda *_: signals),
    )
    mine, theirs = (outcome_or_fault(run, edge) for run in (run_compiled, run_on_core))
    if isinstance(mine, str) or isinstance(theirs, str):
        assert mine == theirs
    else:
        assert_same(mine, theirs)


def outcome_or_fault(run, request) -> BacktestOutcome | str:
    try:
        return run(request)
    except ConfigError as fault:
        return str(fault)


@given(requests())
def test_compiled_and_interpreted_walk_do_the_same(request):
    assert_same(run_compiled(request), run_compiled(request, is_interpreted=True))


@given(requests(pairs_max=1))
def test_a_second_pair_that_says_nothing_changes_nothing(request):
    """One pair is hurried through; two go through every phase. Both must be the same walk."""
    (symbol, candles) = next(iter(request.candles.items()))
    silent = Symbol("NIL/USD")
    both = replace(
        request,
        candles={symbol: candles, silent: candles},
        grids={**request.grids, silent: Grid(100.0, 100.0, 1, 0.0)},
        strategy=_silent_beside(request),
    )
    assert_same_but_symbols(run_compiled(request), run_compiled(both))


def _silent_beside(request):
    def signals(candles, choices):
        spoken = request.strategy.signals(candles[:1], choices)[0]
        return [spoken, np.zeros_like(spoken)]

    return msgspec.structs.replace(request.strategy, signals=signals)


def assert_same_but_symbols(mine: BacktestOutcome, theirs: BacktestOutcome) -> None:
    assert_same(mine, replace(theirs, symbols=mine.symbols))


@given(requests())
def test_money_is_conserved(request):
    run = run_compiled(request)
    cash = round(request.cash_quote * 1e8)
    held = dict.fromkeys(range(len(run.symbols)), 0)
    grids = list(request.grids.values())
    for pair, side, lots, ticks, fee in zip(
        run.fills.pair, run.fills.side, run.fills.lots, run.fills.ticks, run.fills.fee, strict=True
    ):
        grid = grids[pair]
        value = round(lots / grid.lots_per_unit * (ticks / grid.ticks_per_unit) * 1e8)
        cash -= side * value + fee
        held[pair] += side * lots
        assert cash >= 0
        assert held[pair] >= 0
    last = [candles.close[-1] for candles in request.candles.values()]
    worth = sum(held[pair] / grid.lots_per_unit * last[pair] for pair, grid in enumerate(grids))
    assert np.isclose(cash / 1e8 + worth, run.equity_final_quote, rtol=1e-9)


@given(requests())
def test_what_comes_later_changes_no_earlier_fill(request):
    cut_ms = sorted({int(time) for pair in request.candles.values() for time in pair.open_time_ms})
    cut = cut_ms[len(cut_ms) // 2]
    heads = {symbol: _until(candles, cut) for symbol, candles in request.candles.items()}
    assume(all(len(head) for head in heads.values()))
    request = replace(request, is_sold_at_end=False)
    whole = run_compiled(request)
    head = run_compiled(replace(request, candles=heads, strategy=_shorter(request, heads)))
    count = len(head.fills.time_ms)
    for field in fields(whole.fills):
        left, right = getattr(whole.fills, field.name), getattr(head.fills, field.name)
        assert np.array_equal(left[:count], right)
    assert (whole.fills.time_ms[count:] > cut).all()


def _until(candles: Candles, cut_ms: int) -> Candles:
    return candles[: int(np.searchsorted(candles.open_time_ms, cut_ms, side="right"))]


def _shorter(request, heads):
    whole = request.strategy.signals(tuple(request.candles.values()), {})
    rows = [row[: len(head)] for row, head in zip(whole, heads.values(), strict=True)]
    return msgspec.structs.replace(request.strategy, signals=lambda candles, choices: rows)
