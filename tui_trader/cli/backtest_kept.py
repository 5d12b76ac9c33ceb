"""Kept runs on the command line: the list, and one of them again."""

import argparse
from pathlib import Path

from tui_trader.cli.narration import answer, tell
from tui_trader.cli.report_width import report_width
from tui_trader.cli.surroundings import chosen_home
from tui_trader.cli.table import print_json, print_table
from tui_trader.engine.backtest.runs import RunShelf
from tui_trader.engine.values.backtests import KeptRun, KeptRuns
from tui_trader.engine.values.text import sanitize

HEADS = (
    "ID",
    "PAIR",
    "LENGTH",
    "STRATEGY",
    ">CANDLES",
    ">RETURN",
    ">HOLDING",
    ">DRAWDOWN",
    ">TRADES",
)
DAY_LENGTH = 10


def show_kept(args: argparse.Namespace) -> None:
    """List the kept runs, tell of one, export or remove one.

    Raises:
        ConfigError: there is none of that id, its candles are gone, or the folder cannot be.
        StoreError: it is damaged, or something cannot be written.
    """
    shelf = RunShelf(chosen_home(args))
    if args.delete:
        shelf.delete(args.delete)
        tell(f"the run {sanitize(args.delete)} is removed")
        return
    if args.runs:
        runs = shelf.listing()
        if args.json:
            print_json(KeptRuns(runs=runs))
        else:
            print_table(HEADS, [_cells(run) for run in runs], empty="no kept runs")
        return
    document = shelf.load(args.show)
    if args.candles:
        # numpy and pyarrow: a list of runs needs neither.
        from tui_trader.cli.backtest_candles import show_candles

        show_candles(args, document)
        return
    if args.out:
        from tui_trader.cli.backtest_export import check_target_folder, export_kept

        folder = Path(args.out).expanduser()
        check_target_folder(folder, may_replace=args.force)
        export_kept(folder, document)
        return
    if args.json:
        print_json(document)
        return
    from tui_trader.cli.backtest_text import report_lines

    for line in report_lines(document, width=report_width(args.width)):
        answer(line)


def _cells(run: KeptRun) -> tuple[str, ...]:
    chosen = " ".join(f"{name}={value:g}" for name, value in run.parameters.items())
    return (
        run.id,
        run.pair,
        run.timeframe,
        sanitize(f"{run.strategy} {chosen}".strip()),
        f"{run.bars:,}",
        _percent(run.return_ratio),
        _percent(run.buy_and_hold_ratio),
        _size(run.max_drawdown_ratio),
        f"{run.trades:,}",
    )


def _percent(ratio: float | None) -> str:
    return "n/a" if ratio is None else f"{ratio:+.1%}"


def _size(ratio: float | None) -> str:
    # A drawdown is told as a size above 0 everywhere; with a sign it would read as a gain.
    return "n/a" if ratio is None else f"{ratio:.1%}"
