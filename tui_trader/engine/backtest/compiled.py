"""The compiled engine: one walk over arrays, every pair in one wallet, every rule and limit."""

from collections.abc import Callable
from time import perf_counter
from typing import cast

import numpy as np

from tui_trader.engine.backtest.assembly import assemble, signals_of
from tui_trader.engine.backtest.columns import TOO_RICH, outcome_of
from tui_trader.engine.backtest.outcome import BacktestOutcome, OpenPosition
from tui_trader.engine.backtest.request import BacktestRequest
from tui_trader.engine.kernels import walk_arrays as at
from tui_trader.engine.kernels.compiler import kernel_of
from tui_trader.engine.kernels.walk import walk
from tui_trader.engine.kernels.walk_arrays import Book, Purse, Sheets, Tape
from tui_trader.engine.rules.checks import refuse_impossible
from tui_trader.engine.rules.grid import MONEY_PER_QUOTE
from tui_trader.engine.rules.limits import BLOCKS
from tui_trader.engine.rules.model import RiskRules, TradeRules
from tui_trader.engine.values.errors import OutgrownError
from tui_trader.engine.values.instruments import Symbol

Walk = Callable[[Tape, Book, Purse, Sheets, TradeRules, RiskRules], None]


def run_compiled(request: BacktestRequest, *, is_interpreted: bool = False) -> BacktestOutcome:
    """Run a backtest in compiled code.

    Args:
        request: What to run.
        is_interpreted: Let Python itself run the same code, a thousand times slower: for tests.

    Raises:
        ConfigError: the rules contradict each other, a parameter is wrong, or the money outgrows what
            can be counted.
        PluginError: the strategy does not keep its word.
    """
    refuse_impossible(request.rules)
    begin = perf_counter()
    signals = signals_of(request, use_kernel=not is_interpreted)
    assembly = assemble(request, signals)
    signalled = perf_counter()
    tape = assembly.tape
    book, purse = at.empty_book(len(request.candles)), at.full_purse(request.cash_quote)
    sheets = _sheets(tape, request.rules)
    act = cast("Walk", walk)
    if not is_interpreted:
        kernel = kernel_of(walk, request.cache_root)
        arguments = (tape, book, purse, sheets, request.rules, request.risk)
        act = cast("Walk", kernel.made_for(*arguments))
    compiled_at = perf_counter()
    act(tape, book, purse, sheets, request.rules, request.risk)
    seconds = {
        "signals": signalled - begin,
        "compile": compiled_at - signalled,
        "run": perf_counter() - compiled_at,
    }
    if purse.ints[at.TOO_RICH]:
        raise OutgrownError(TOO_RICH)
    return outcome_of(
        request,
        assembly,
        Sheets(
            sheets.equity,
            sheets.fills[: purse.ints[at.FILLS]],
            sheets.trades[: purse.ints[at.TRADES]],
            sheets.trade_floats[: purse.ints[at.TRADES]],
            sheets.blocks,
        ),
        engine="compiled",
        positions=_positions(tuple(request.candles), tape, book),
        seconds=seconds,
    )


def _sheets(tape: Tape, rules: TradeRules) -> Sheets:
    entries_max = int(np.count_nonzero(tape.signal == 1))
    return at.empty_sheets(
        len(tape.time_ms),
        trades_max=entries_max,
        fills_a_trade_max=rules.take_parts + 2,
        blocks=len(BLOCKS),
    )


def _positions(symbols: tuple[Symbol, ...], tape: Tape, book: Book) -> tuple[OpenPosition, ...]:
    held = []
    for pair, symbol in enumerate(symbols):
        ints, floats = book.ints[pair], book.floats[pair]
        if ints[at.LOTS] == 0:
            continue
        value = floats[at.QUANTITY] * floats[at.CLOSE]
        paid = (ints[at.COST] + ints[at.FEES] - ints[at.PROCEEDS]) / MONEY_PER_QUOTE
        held.append(
            OpenPosition(
                symbol=symbol,
                quantity_base=float(floats[at.QUANTITY]),
                entry_time_ms=int(tape.time_ms[ints[at.ENTRY_ROW]]),
                entry_price=float(floats[at.ENTRY]),
                stop_price=float(floats[at.STOP]) if ints[at.STOP_TICKS] > 0 else None,
                pnl_quote=float(value - paid),
            )
        )
    return tuple(held)
