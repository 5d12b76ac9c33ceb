"""The local exchange, alone: for programs of your own, for rehearsals, for tests."""

import argparse
import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from tui_trader.cli.drill import add_drill, run_drills
from tui_trader.cli.exit_codes import EXIT_OK
from tui_trader.cli.narration import answer, tell
from tui_trader.cli.parser import Subparsers
from tui_trader.cli.replay_files import add_replay_options, tapes_of
from tui_trader.cli.surroundings import chosen_home
from tui_trader.engine.exchanges.local_kraken.fault_names import describe_faults, parse_fault
from tui_trader.engine.exchanges.local_kraken.rate_counters import TIERS
from tui_trader.engine.values.money import parse_amount

if TYPE_CHECKING:
    from tui_trader.engine.exchanges.local_kraken.server import RunningExchange

FOLDER = "exchange"
SPEED_MAX = 100_000.0
CASH_MAX = 1_000_000_000
LATENCY_MS_MAX = 60_000
PORT_MAX = 65_535
NONCE_WINDOW_MAX = 10**18
NO_TIER = "none"
EXAMPLES = """\
tui-trader exchange serve --json                      addresses and key on stdout, then it serves
tui-trader exchange serve --port 8080 --speed 0       a market that stands still, for tests
tui-trader exchange serve --fault drop_reply_after     the first order's answer is lost
tui-trader exchange serve --fault mix:seed=7           one fault after the other, by a seed
tui-trader exchange serve --replay XBTUSD_60.csv.gz --pair BTC/USD --start 2019-09-13 --speed 3600
curl -d '{"fault": "ws_silent", "seconds": 20}' http://127.0.0.1:8080/_control"""
DESCRIPTION = """\
Kraken's REST and WebSocket v2 on 127.0.0.1, with one demo account and five moving pairs.
What happens on the account is appended to the journal, fsynced, before the answer leaves; with
the same journal the exchange goes on where it was.

With --replay the market is what was recorded, and orders are filled in it. Candles and trades then
carry the recording's time; orders, fills and the exchange's clock carry the machine's.

faults: --fault NAME[:parameter=value,...] from the beginning, or POST /_control with
{"fault": NAME, parameter: value, ...}; GET /_control tells what is armed and where a tape is. Faults
of answers hit the endpoint named, count times. docs/faults.md has every parameter with its bounds.

"""


def add_parser(subparsers: Subparsers) -> None:
    """Declare `exchange serve` and `exchange drill`."""
    exchange = subparsers.add_parser(
        "exchange",
        description="A Kraken of your own on this machine: no account, no network, no money.",
        examples=EXAMPLES,
    )
    actions = exchange.add_subparsers(dest="action", metavar="serve|drill", required=True)
    add_drill(actions)
    serve = actions.add_parser(
        "serve", description=DESCRIPTION + describe_faults(), examples=EXAMPLES
    )
    for flag, parse, default, notes in (
        ("--port", _port, 0, "port on 127.0.0.1; 0 takes a free one (default: 0)"),
        ("--seed", int, 1, "which market: prices are a function of seed and time (default: 1)"),
        (
            "--speed",
            _speed,
            1.0,
            "times 10 market events a second, or recorded seconds a second; 0: still (default: 1)",
        ),
        ("--cash", _cash, Decimal(10_000), "USD of a new account (default: 10000)"),
        ("--latency-ms", _latency, 0, "added to every REST reply (default: 0)"),
    ):
        serve.add_argument(flag, type=parse, default=default, metavar="N", help=notes)
    add_replay_options(serve)
    serve.add_argument(
        "--fault",
        action="append",
        default=[],
        type=_fault,
        metavar="NAME",
        help="let this go wrong from the beginning: NAME or NAME:parameter=value,...; repeatable",
    )
    serve.add_argument(
        "--tier",
        choices=(*TIERS, NO_TIER),
        default="pro",
        help="whose rate limits hold, of calls and of orders a pair (default: pro)",
    )
    serve.add_argument(
        "--nonce-window",
        type=_nonce_window,
        default=0,
        metavar="N",
        help="how far below the highest nonce a late call may be (default: 0)",
    )
    serve.add_argument(
        "--journal", metavar="FILE", help="account's journal (default: HOME/exchange/journal.jsonl)"
    )
    serve.add_argument("--json", action="store_true", help="print the address card as JSON first")


def run(args: argparse.Namespace) -> int:
    """Serve until SIGTERM or Ctrl-C, or rehearse.

    Raises:
        HomeBusy: another exchange serves this home, this journal or this port.
        StoreError: the journal cannot be read.
    """
    if args.action == "drill":
        return run_drills(args)
    # aiohttp costs a third of a second: only who serves pays for it.
    import asyncio

    from tui_trader.engine.exchanges.local_kraken.market_pace import Gaps
    from tui_trader.engine.exchanges.local_kraken.process import JOURNAL_FILE, run_process
    from tui_trader.engine.exchanges.local_kraken.venue import ServeConfig

    folder = chosen_home(args) / FOLDER
    config = ServeConfig(
        journal=Path(args.journal).expanduser() if args.journal else folder / JOURNAL_FILE,
        port=args.port,
        seed=args.seed,
        speed=args.speed,
        cash=args.cash,
        latency_ms=args.latency_ms,
        tier=None if args.tier == NO_TIER else args.tier,
        nonce_window=args.nonce_window,
        tapes=tapes_of(args),
        gaps=Gaps(args.gaps),
        faults=args.fault,
    )
    announce = _announce_json if args.json else _announce
    asyncio.run(run_process(config, folder, announce, tell=tell))
    return EXIT_OK


def _announce_json(exchange: "RunningExchange") -> None:
    from tui_trader.engine.exchanges.local_kraken.process import address_card

    answer(json.dumps(address_card(exchange)))
    # Whoever started this reads it over a pipe, and waits.
    sys.stdout.flush()


def _announce(exchange: "RunningExchange") -> None:
    tell(f"REST       {exchange.rest}")
    tell(f"WebSocket  {exchange.ws}")
    tell(f"key        {exchange.key}")
    tell(f"secret     {exchange.secret}")
    tell("serving; Ctrl-C ends it")


def _fault(text: str) -> str:
    try:
        parse_fault(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return text


def _port(text: str) -> int:
    return _whole(text, 0, PORT_MAX)


def _latency(text: str) -> int:
    return _whole(text, 0, LATENCY_MS_MAX)


def _nonce_window(text: str) -> int:
    return _whole(text, 0, NONCE_WINDOW_MAX)


def _whole(text: str, lowest: int, highest: int) -> int:
    if not text.isdecimal() or not lowest <= int(text) <= highest:
        message = f"{text!r} is not a whole number from {lowest} to {highest}"
        raise argparse.ArgumentTypeError(message)
    return int(text)


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = -1.0
    if not 0 <= speed <= SPEED_MAX:
        message = f"{text!r} is not a number from 0 to {SPEED_MAX:g}"
        raise argparse.ArgumentTypeError(message)
    return speed


def _cash(text: str) -> Decimal:
    try:
        cash = parse_amount(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    if cash > CASH_MAX:
        message = f"{text!r} is above {CASH_MAX:,}"
        raise argparse.ArgumentTypeError(message)
    return cash
