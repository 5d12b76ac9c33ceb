"""One run of `backtest`: load, run, set beside chance, export, keep, tell."""

import argparse
import time
from pathlib import Path

from tui_trader.cli.backtest_progress import Steps
from tui_trader.cli.backtest_setup import Prepared, prepared_run
from tui_trader.cli.held_interrupt import held_interrupt
from tui_trader.cli.narration import answer, tell
from tui_trader.cli.report_width import report_width
from tui_trader.cli.surroundings import chosen_home
from tui_trader.engine.analysis.talib_source import load_alone
from tui_trader.engine.backtest.compiled import run_compiled
from tui_trader.engine.backtest.document import run_document
from tui_trader.engine.backtest.outcome import BacktestOutcome
from tui_trader.engine.backtest.report import report_on
from tui_trader.engine.backtest.request import BacktestRequest
from tui_trader.engine.backtest.runs import RunShelf
from tui_trader.engine.backtest.strategy_trial import MEMORY_MAX
from tui_trader.engine.kernels.compiler import cache_folder
from tui_trader.engine.stores.home import Home, make_private_folder
from tui_trader.engine.values.backtests import BacktestDocument
from tui_trader.engine.values.errors import StoreError

CORE = "core"
NS_PER_MS = 1_000_000
PARTS = 100
"""Progress in hundredths."""
FAST, SLOW = (30, 50), (5, 90)
"""What is done when candles are there, and after the run. Where the run is compiled first, or goes through
the core, loading is little of it, and little is left after it but the runs by chance."""


def run_once(args: argparse.Namespace) -> None:
    """Everything that one call of `backtest` does.

    Raises:
        ConfigError: the call, a setting or a file is wrong, or there are no candles.
        PluginError: the strategy's file is not sound.
        StoreError: stored candles are damaged, or something cannot be written.
    """
    width = report_width(args.width)
    target = Path(args.out).expanduser() if args.out else None
    if target is not None:
        from tui_trader.cli.backtest_export import check_target_folder

        check_target_folder(target, may_replace=args.force)
    with Steps(args.progress) as steps:
        steps.at(0, "candles")
        make_private_folder(Home(chosen_home(args)).cache)
        begin_s = time.perf_counter()
        prepared = prepared_run(args)
        load_s = time.perf_counter() - begin_s
        is_first = not is_compiled(prepared.request)
        if is_first:
            steps.say("compiling the rulebook: about ten seconds, once for this version")
        loaded, ran = SLOW if is_first or args.engine == CORE else FAST
        outcome = _outcome(prepared, steps, loaded=loaded, ran=ran)
        report = report_on(
            prepared.request,
            outcome,
            seeds=args.seeds,
            watch=lambda done, planned: steps.at(
                ran + (PARTS - ran) * done // planned, "the same trades at other times"
            ),
        )
        source = ", ".join(dict.fromkeys(prepared.sources.values()))
        document = run_document(
            prepared.request, report, call=prepared.call, source=source, load_s=load_s
        )
        steps.at(PARTS, "done")
    if target is not None:
        from tui_trader.cli.backtest_export import export

        export(target, document, report)
    _finish(args, document, width=width)


def is_compiled(request: BacktestRequest) -> bool:
    """Whether this home keeps the compiled rulebook of this version."""
    assert request.cache_root is not None
    return any(cache_folder(request.cache_root).rglob("walk.walk-*.nbi"))


def _outcome(prepared: Prepared, steps: Steps, *, loaded: int, ran: int) -> BacktestOutcome:
    request = prepared.request
    is_short = min(len(candles) for candles in request.candles.values()) <= MEMORY_MAX
    if not request.strategy.kernel or prepared.call.engine == CORE or is_short:
        # Somebody will ask TA-Lib: for values, or what a strategy remembers. There is one thread yet, and
        # nobody here makes a DataFrame.
        load_alone()
    steps.at(loaded, f"{prepared.call.strategy} on {len(request.candles)} pair(s)")
    if prepared.call.engine != CORE:
        return run_compiled(request)
    # The core and its vocabulary: a tenth of a second that the compiled engine does without.
    from tui_trader.engine.backtest.core_engine import run_on_core

    return run_on_core(
        request,
        watch=lambda done, planned: steps.at(
            loaded + (ran - loaded) * done // planned, "the core, candle by candle"
        ),
    )


def _finish(args: argparse.Namespace, document: BacktestDocument, *, width: int) -> None:
    kept, fault = document, None
    if not args.no_keep:
        try:
            # Ctrl-C comes before or after the write, never inside it.
            with held_interrupt():
                kept = RunShelf(chosen_home(args)).keep(
                    document, now_ms=time.time_ns() // NS_PER_MS
                )
        except StoreError as error:
            # The answer is there, whether it can be kept or not.
            fault = error
    _answer(kept, is_json=args.json, width=width)
    if fault is not None:
        raise fault


def _answer(kept: BacktestDocument, *, is_json: bool, width: int) -> None:
    if is_json:
        from tui_trader.cli.table import print_json

        print_json(kept)
        return
    from tui_trader.cli.backtest_text import report_lines

    for line in report_lines(kept, width=width):
        answer(line)
    if kept.id is not None:
        tell(f"kept as {kept.id}; `tui-trader backtest --show {kept.id}` shows it again")
