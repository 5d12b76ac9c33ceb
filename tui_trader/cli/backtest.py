"""`backtest`: one strategy over candles that are past, as a report or as JSON; and the runs that are kept."""

import argparse
from pathlib import Path

from tui_trader.cli.backtest_progress import JSON, WORDS
from tui_trader.cli.exit_codes import EXIT_OK
from tui_trader.cli.parser import Subparsers
from tui_trader.engine.values.errors import ConfigError

OFF, CONFIG = "off", "config"
COMPILED, CORE = "compiled", "core"
CASH_QUOTE = 10_000.0
SEEDS_MAX = 1_000
DEFAULTS = {"cash": CASH_QUOTE, "risk": OFF, "engine": COMPILED}
OPTIONS_OF_A_RUN = (
    "pair",
    "timeframe",
    "strategy",
    "set",
    "start",
    "end",
    "data",
    "columns",
    "venue",
    "cash",
    "fee_bps",
    "slippage_bps",
    "risk",
    "engine",
    "seeds",
    "out",
    "force",
    "no_keep",
    "candles",
    "width",
    "json",
)
"""What may be said of a run; few of them mean anything of one that is kept."""


def add_parser(subparsers: Subparsers) -> None:
    """Declare `backtest`."""
    backtest = subparsers.add_parser(
        "backtest",
        description="One backtest: what a strategy would have made of these candles, beside holding and "
        "beside the same trades at other times. The run is kept in the home. The first run compiles "
        "for about ten seconds.",
        examples="tui-trader backtest --pair BTC/USD --timeframe 1h --strategy sma_cross\n"
        "tui-trader backtest --pair BTC/USD --timeframe 1h --strategy sma_cross --set fast=10 --set "
        "slow=40 --start 2024-01-01 --end 2025-01-01\n"
        "tui-trader backtest --pair BTC/USD --data XBTUSD_60.csv.gz --strategy rsi_reversion --risk config\n"
        "tui-trader backtest --pair BTC/USD --pair ETH/USD --timeframe 4h --strategy ~/momentum.py --json\n"
        "tui-trader backtest --runs",
    )
    _declare_run(backtest)
    _declare_costs(backtest)
    _declare_answers(backtest)


def _declare_run(backtest: argparse.ArgumentParser) -> None:
    backtest.add_argument(
        "--pair", action="append", metavar="P", help="like BTC/USD; several share one wallet"
    )
    backtest.add_argument(
        "--timeframe", metavar="T", help="length of the candles (default with --data: the file's)"
    )
    backtest.add_argument(
        "--strategy",
        metavar="NAME",
        help="of `strategies list`, or the path of your own: .py, or .csv of signals",
    )
    backtest.add_argument(
        "--set", action="append", metavar="KEY=VALUE", help="a parameter of the strategy"
    )
    backtest.add_argument("--start", metavar="D", help="first day or moment, UTC")
    backtest.add_argument("--end", metavar="D", help="where to end, UTC, itself left out")
    backtest.add_argument(
        "--data",
        action="append",
        metavar="FILE",
        help="candles: CSV, Parquet or Feather; one for each --pair (default: the store)",
    )
    backtest.add_argument("--columns", metavar="NAMES", help="what the columns of FILE are")
    backtest.add_argument("--venue", metavar="NAME", help="whose stored candles")


def _declare_costs(backtest: argparse.ArgumentParser) -> None:
    backtest.add_argument(
        "--cash", type=float, default=CASH_QUOTE, metavar="N", help="to begin with (default: 10000)"
    )
    backtest.add_argument(
        "--fee-bps", type=float, metavar="N", help="of every order (default: fees of [rules])"
    )
    backtest.add_argument(
        "--slippage-bps",
        type=float,
        metavar="N",
        help="of every order, spread included (default: those of [rules])",
    )
    backtest.add_argument(
        "--risk",
        choices=(OFF, CONFIG),
        default=OFF,
        help="off: the signals alone, with all cash; config: sizing, stops and limits of [rules] and "
        "[risk] (default: off)",
    )
    backtest.add_argument(
        "--engine",
        choices=(COMPILED, CORE),
        default=COMPILED,
        help="compiled: fast; core: the very code that trades, candle by candle. Both say the same "
        "(default: compiled)",
    )
    backtest.add_argument(
        "--seeds",
        type=int,
        metavar="N",
        help="runs with the same trades at other times; 0 for none (default: 20 to 100)",
    )


def _declare_answers(backtest: argparse.ArgumentParser) -> None:
    backtest.add_argument(
        "--out", metavar="DIR", help="export trades and equity as CSV, JSON and Parquet"
    )
    backtest.add_argument(
        "--force", action="store_true", help="let --out replace an earlier export"
    )
    backtest.add_argument("--no-keep", action="store_true", help="do not keep the run in the home")
    backtest.add_argument(
        "--runs", action="store_true", help="list the kept runs instead, newest first"
    )
    backtest.add_argument("--show", metavar="ID", help="show a kept run instead; `last` is one")
    backtest.add_argument(
        "--candles",
        metavar="D",
        help="with --show: the candles it was computed on, around that day or moment",
    )
    backtest.add_argument("--delete", metavar="ID", help="remove a kept run instead")
    backtest.add_argument("--width", type=int, metavar="N", help="cells of a line of the report")
    backtest.add_argument(
        "--progress",
        choices=(WORDS, JSON),
        default=WORDS,
        help="on stderr: words for people, or one JSON document a step",
    )
    backtest.add_argument("--json", action="store_true", help="JSON on stdout")


def run(args: argparse.Namespace) -> int:
    """Run one backtest, or tell of one that is kept.

    Raises:
        ConfigError: the call, a setting or a file is wrong, or there are no candles.
        PluginError: the strategy's file is not sound.
        StoreError: stored candles are damaged, or something cannot be written.
    """
    if args.runs or args.show or args.delete:
        _refuse_idle_options(args)
        # Light: a list needs neither numpy nor numba.
        from tui_trader.cli.backtest_kept import show_kept

        show_kept(args)
        return EXIT_OK
    _refuse_half_a_call(args)
    # numpy, numba and pyarrow: half a second that a wrong call need not wait for.
    from tui_trader.cli.backtest_run import run_once

    run_once(args)
    return EXIT_OK


def _refuse_idle_options(args: argparse.Namespace) -> None:
    """An option that does nothing beside a kept run was meant to do something."""
    act, taken = "--runs", {"json"}
    if args.delete:
        act, taken = "--delete", set()
    elif args.show:
        act, taken = "--show", {"json", "width", "out", "force"}
        if args.candles:
            taken = {"json", "candles", "pair", "columns", "venue"}
    idle = next(
        (name for name in OPTIONS_OF_A_RUN if name not in taken and _is_given(args, name)), None
    )
    if idle is not None:
        message = f"--{idle.replace('_', '-')} does nothing with {act}; leave one of them out"
        raise ConfigError(message)


def _is_given(args: argparse.Namespace, name: str) -> bool:
    value = getattr(args, name)
    return (
        bool(value != DEFAULTS[name])
        if name in DEFAULTS
        else value is not None and value is not False
    )


def _refuse_half_a_call(args: argparse.Namespace) -> None:
    for given, option in ((args.pair, "--pair BTC/USD"), (args.strategy, "--strategy NAME")):
        if not given:
            message = f"a backtest needs {option}; see `tui-trader backtest --help`"
            raise ConfigError(message)
    if args.seeds is not None and not 0 <= args.seeds <= SEEDS_MAX:
        message = f"--seeds {args.seeds} is not from 0 to {SEEDS_MAX:,}"
        raise ConfigError(message)
    if args.out is not None and Path(args.out).expanduser().is_file():
        message = f"--out {args.out} is a file; name a folder"
        raise ConfigError(message)
