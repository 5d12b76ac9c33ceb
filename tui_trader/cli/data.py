"""Candles on the command line: import files, download, list and verify what is stored."""

import argparse

from tui_trader.cli.candle_options import LENGTHS
from tui_trader.cli.parser import CommandParser, Subparsers


def add_parser(subparsers: Subparsers) -> None:
    """Declare `data import`, `data download`, `data list` and `data verify`."""
    parser = subparsers.add_parser(
        "data",
        description="Candles in this home: bring them in, see what is there, check it.",
        examples="tui-trader data import Kraken_OHLCVT_Q2_2026.zip --pair BTC/USD\n"
        "tui-trader data download --pair BTC/USD --timeframe 1h --start 2026-01-01\n"
        "tui-trader data list\n"
        "tui-trader data verify BTC/USD",
    )
    actions = parser.add_subparsers(
        dest="action", metavar="import|download|list|verify", required=True
    )
    _declare_import(actions)
    _declare_download(actions)
    listing = actions.add_parser(
        "list",
        description="What is stored: rows, range, missing candles, size.",
        examples="tui-trader data list\ntui-trader data list --json",
    )
    verify = actions.add_parser(
        "verify",
        description="Look at every stored row: gaps, candles without volume, and damage: rows twice, out "
        "of order, impossible or from the future, files that cannot be read. Exits with 2 on damage; gaps "
        "and quiet stretches are no damage.",
        examples="tui-trader data verify\ntui-trader data verify BTC/USD ETH/USD --json",
    )
    verify.add_argument("pairs", metavar="PAIR", nargs="*", help="only these pairs")
    for one in (listing, verify):
        one.add_argument("--json", action="store_true", help="JSON on stdout")


def run(args: argparse.Namespace) -> int:
    """Carry out the one that was called."""
    # Each loads numpy and pyarrow; `--help` must not.
    match args.action:
        case "import":
            from tui_trader.cli.data_import import import_candles

            return import_candles(args)
        case "download":
            from tui_trader.cli.data_download import download_candles

            return download_candles(args)
        case "list":
            from tui_trader.cli.data_look import list_candles

            return list_candles(args)
        case _:
            from tui_trader.cli.data_look import verify_candles

            return verify_candles(args)


def _declare_import(actions: "argparse._SubParsersAction[CommandParser]") -> None:
    parser = actions.add_parser(
        "import",
        description="Store the candles of files: Kraken's OHLCVT zips and CSVs, Kraken's trade CSVs (made "
        "into candles), Parquet, Feather, any CSV with a head; gzip too. A file with a bad row is refused, "
        "with the line.",
        examples="tui-trader data import Kraken_OHLCVT.zip --pair BTC/USD --timeframe 1h\n"
        "tui-trader data import XBTUSD_60.csv.gz --dry-run\n"
        "tui-trader data import BTC_USDT-5m.feather --venue binance\n"
        "tui-trader data import export.csv --pair ETH/EUR --columns time,open,close,high,low,volume\n"
        "tui-trader data import trades/XBTUSD.csv trades_q2/XBTUSD.csv --timeframe 5m",
    )
    parser.add_argument("files", metavar="FILE", nargs="+", help="what to import")
    parser.add_argument(
        "--venue", metavar="V", help="where they are from (default: kraken, and that is said)"
    )
    parser.add_argument("--pair", metavar="P", help="their pair, where their names do not tell it")
    parser.add_argument(
        "--timeframe", metavar="T", help=f"{LENGTHS}; of a zip, only these; 1m for trades"
    )
    parser.add_argument(
        "--columns", metavar="C,…", help="what the columns are, in order; - for one to ignore"
    )
    parser.add_argument("--time-unit", metavar="U", help="s, ms, us, ns or iso")
    parser.add_argument(
        "--skip-bad", action="store_true", help="leave bad rows out instead of refusing their file"
    )
    parser.add_argument(
        "--replace",
        action="store_true",
        help="where stored candles differ, take those of the files",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="say what would happen, store nothing"
    )
    parser.add_argument("--json", action="store_true", help="JSON on stdout")


def _declare_download(actions: "argparse._SubParsersAction[CommandParser]") -> None:
    parser = actions.add_parser(
        "download",
        description="Fetch candles of one pair. Kraken gives the newest 720 candles of a length; what is "
        "older is made of its trades, which takes a second for a thousand trades. Called again, it goes "
        "on where it stopped. In demo mode: from the running demo exchange.",
        examples="tui-trader data download --pair BTC/USD --timeframe 1h --venue kraken\n"
        "tui-trader data download --pair BTC/USD --timeframe 5m --start 2026-01-01 --end 2026-02-01 --venue "
        "kraken",
    )
    parser.add_argument("--pair", metavar="P", required=True, help="like BTC/USD")
    parser.add_argument("--timeframe", metavar="T", required=True, help=LENGTHS)
    parser.add_argument(
        "--start",
        metavar="D",
        help="first day or moment, UTC (default: as far as 720 candles reach)",
    )
    parser.add_argument(
        "--end", metavar="D", help="where to end, UTC, itself left out (default: now)"
    )
    parser.add_argument(
        "--venue",
        metavar="V",
        choices=("demo", "kraken"),
        help="demo or kraken (default: by --mode)",
    )
    parser.add_argument("--rest-url", metavar="URL", help="another address of its REST interface")
    parser.add_argument("--json", action="store_true", help="JSON on stdout")
