"""`analyze`: what candles say of one pair now, as a report or as JSON."""

import argparse
import shutil
from pathlib import Path

from tui_trader.cli.candle_options import interval_named
from tui_trader.cli.exit_codes import EXIT_OK
from tui_trader.cli.narration import counted, tell
from tui_trader.cli.parser import Subparsers
from tui_trader.engine.values.errors import ConfigError
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.text import sanitize

WIDTH_MIN, WIDTH_MAX = 60, 240
PAIR_LENGTH_MAX = 40
QUIET_CANDLES_MAX = 100_000
"""Read in less than a second; nobody waits longer without a word."""


def add_parser(subparsers: Subparsers) -> None:
    """Declare `analyze`."""
    analyze = subparsers.add_parser(
        "analyze",
        description="Indicators, patterns, levels and divergences of one pair at its newest closed "
        "candle. Candles come from the running engine, else from the store of the home, or from "
        "FILE.",
        examples="tui-trader analyze BTC/USD\n"
        "tui-trader analyze BTC/USD --timeframe 4h --all\n"
        "tui-trader analyze BTC/USD --data XBTUSD_60.csv\n"
        "tui-trader analyze BTC/USD --json",
    )
    analyze.add_argument("pair", metavar="PAIR", help="like BTC/USD")
    analyze.add_argument(
        "--timeframe", metavar="T", help="length of the candles (default: 1h, or that of FILE)"
    )
    analyze.add_argument("--data", metavar="FILE", help="candles: CSV, Parquet or Feather")
    analyze.add_argument("--columns", metavar="NAMES", help="what the columns of FILE are")
    analyze.add_argument(
        "--venue", metavar="NAME", help="stored candles of this venue, not the engine's"
    )
    analyze.add_argument("--all", action="store_true", help="indicators that take no side as well")
    analyze.add_argument("--width", type=int, metavar="N", help="cells of a line of the report")
    analyze.add_argument("--json", action="store_true", help="JSON on stdout")


def run(args: argparse.Namespace) -> int:
    """Find candles, read them, tell what they say.

    Raises:
        ConfigError: the call or the file is wrong, or there are no candles.
        StoreError: stored candles are damaged.
    """
    symbol = _symbol(args.pair)
    width = _width(args.width)
    interval = interval_named(args.timeframe) if args.timeframe else None
    # numpy, TA-Lib and pyarrow: half a second that a wrong call need not wait for.
    from tui_trader.cli import analysis_text, candle_source
    from tui_trader.cli.analysis_document import read_analysis
    from tui_trader.cli.table import print_json

    if args.data is not None:
        path = Path(args.data).expanduser()
        candles = candle_source.candles_of_file(path, interval=interval, columns=args.columns)
        candle_source.tell_other_pair(path, symbol)
        found = candle_source.FoundCandles(candles, f"the file {sanitize(path.name)}")
    else:
        chosen = interval or candle_source.DEFAULT_INTERVAL
        found = candle_source.candles_of_pair(args, symbol, chosen)
    if len(found.candles) > QUIET_CANDLES_MAX:
        tell(f"reading {counted(len(found.candles), 'candle')}; this takes some seconds")
    analysis = read_analysis(symbol, found)
    if args.json:
        print_json(analysis.document)
    else:
        now_ms = candle_source.now_ms()
        analysis_text.print_report(analysis, width=width, now_ms=now_ms, shows_all=args.all)
    return EXIT_OK


def _symbol(text: str) -> Symbol:
    base, _, quote = text.partition("/")
    if not base or not quote or "/" in quote or len(text) > PAIR_LENGTH_MAX:
        message = f"{sanitize(text)!r} is no pair; write it like BTC/USD"
        raise ConfigError(message)
    return Symbol(sanitize(text).upper())


def _width(given: int | None) -> int:
    if given is None:
        columns = shutil.get_terminal_size().columns
        return min(max(columns, WIDTH_MIN), WIDTH_MAX)
    if not WIDTH_MIN <= given <= WIDTH_MAX:
        message = f"--width {given} is not from {WIDTH_MIN} to {WIDTH_MAX}"
        raise ConfigError(message)
    return given
