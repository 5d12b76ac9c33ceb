"""The engine from outside: run it in the foreground, ask for its status, end it."""

import argparse
import asyncio
import os
import time
from contextlib import suppress

import msgspec

from tui_trader import __version__
from tui_trader.cli.account import ask_status
from tui_trader.cli.conversation import ACTOR, new_command_id, raise_if_refused, talk
from tui_trader.cli.exit_codes import EXIT_OK, Unconfirmed
from tui_trader.cli.narration import answer, tell
from tui_trader.cli.parser import Subparsers
from tui_trader.cli.surroundings import chosen_config_file, chosen_home, chosen_mode
from tui_trader.cli.table import UNKNOWN, money, print_json, stream_json
from tui_trader.engine.client.conversation import carry_out
from tui_trader.engine.client.mirror import Mirror
from tui_trader.engine.client.protocol import EngineClient
from tui_trader.engine.messages.commands import ShutDownEngine
from tui_trader.engine.messages.events import StrategyDecided, StrategyNoted
from tui_trader.engine.messages.queries import FeedStatus, JournalEntry, StatusAnswer
from tui_trader.engine.stores.home import Home, is_locked
from tui_trader.engine.values.abilities import BudgetLevel
from tui_trader.engine.values.errors import NothingRunning, OutcomeUnknown
from tui_trader.engine.values.modes import Mode

END_SECONDS = 10.0
"""An engine ends within 5 s of being told; after twice that, something is wrong."""
LOCK_LOOK_SECONDS = 0.05


def add_parser(subparsers: Subparsers) -> None:
    """Declare `start`, `status` and `shutdown`."""
    start = subparsers.add_parser(
        "start",
        description="Run the engine alone, in the foreground, until it is told to end (Ctrl-C, "
        "SIGTERM or `tui-trader shutdown`). The log is on stderr.",
        examples="tui-trader start\ntui-trader start --home ~/desk --json",
    )
    told = start.add_mutually_exclusive_group()
    told.add_argument("--json", action="store_true", help="events as JSON lines on stdout")
    told.add_argument("--quiet", action="store_true", help="no events, only what the engine says")
    status = subparsers.add_parser(
        "status",
        description="The running engine at a glance; exits with 3 when none runs.",
        examples="tui-trader status\ntui-trader status --json",
    )
    status.add_argument("--json", action="store_true", help="JSON on stdout")
    subparsers.add_parser(
        "shutdown",
        description="End the running engine. Open orders stay at the exchange; `halt` cancels them.",
        examples="tui-trader shutdown",
    )


def run(args: argparse.Namespace) -> int:
    """Carry out the one that was called."""
    match args.command:
        case "status":
            show_status(talk(args, ask_status, is_read_only=True), args)
            return EXIT_OK
        case "shutdown":
            return end_engine(args)
        case _:
            return start_engine(args)


def start_engine(args: argparse.Namespace) -> int:
    """Run the engine in this process until it ends; its exit code.

    Raises:
        ConfigError: the settings are wrong; nothing has begun.
        TraderError: the engine could not begin.
    """
    # Loaded only here: the engine's libraries would make every other answer wait.
    from tui_trader.engine.config.load import load_settings
    from tui_trader.engine.launch import LaunchOptions, describe, run_engine

    def show(entry: JournalEntry) -> None:
        if args.json:
            stream_json(entry)
        elif not args.quiet and not isinstance(entry.event, StrategyNoted | StrategyDecided):
            # What a strategy remembers is for the journal; what it does is told by its orders.
            tell(describe(entry.event))

    home = chosen_home(args)
    loaded = load_settings(config_file=chosen_config_file(args), home=home, environ=os.environ)
    options = LaunchOptions(
        home=home,
        mode=Mode(chosen_mode(args)),
        settings=loaded.settings,
        rows=loaded.rows,
        version=__version__,
        tell=tell,
        show=show,
    )
    return asyncio.run(run_engine(options))


def show_status(status: StatusAnswer, args: argparse.Namespace) -> None:
    """Print the status; with --json exactly the fields that scripts rely on."""
    if args.json:
        print_json(msgspec.structs.asdict(status))
        return
    percent = None if status.drawdown_ratio is None else f"{status.drawdown_ratio:.1%}"
    rows = {
        "mode": status.mode,
        "halted": f"YES: {status.halt_reason}" if status.halted else "no",
        "equity": money(status.equity),
        "cash": money(status.cash),
        "P&L today": money(status.day_pnl),
        "drawdown": percent or UNKNOWN,
        "positions": ", ".join(item.symbol for item in status.positions) or "none",
        "open orders": str(status.open_orders),
        "unknown orders": str(status.unknown_orders),
        "feeds": ", ".join(feed_text(feed) for feed in status.feeds) or "none",
        "rate limits": ", ".join(map(budget_text, status.budgets)) or "not counted",
        "engine": f"pid {status.engine.pid}, up {status.engine.uptime_s} s, "
        f"{status.engine.rss_mb:.0f} MB",
    }
    for name, text in rows.items():
        answer(f"{name:<15} {text}")


def budget_text(budget: BudgetLevel) -> str:
    """How much of one of the exchange's limits is used up."""
    return f"{budget.name} {budget.used:g} of {budget.limit:g}"


def feed_text(feed: FeedStatus) -> str:
    """One link in a few words."""
    return feed.name + (
        f" {feed.state}" if feed.age_ms is None else f" {feed.state} ({feed.age_ms} ms)"
    )


def end_engine(args: argparse.Namespace) -> int:
    """Tell the engine to end, and wait until its home is free."""
    pid, open_orders = talk(args, shut_down)
    if not _is_free(Home(chosen_home(args))):
        message = f"the engine (pid {pid}) took the command and has not ended; look at its log"
        raise Unconfirmed(message)
    tell(f"the engine (pid {pid}) ended; open orders that stay at the exchange: {open_orders}")
    return EXIT_OK


async def shut_down(client: EngineClient) -> tuple[int, int]:
    """Say it; pid, and how many orders stay open.

    Raises:
        Refused: the engine would not end.
    """
    mirror = Mirror(client.welcome)
    command = ShutDownEngine(command_id=new_command_id(), actor=ACTOR)
    # An engine that goes away before it answers has done what it was asked for.
    with suppress(NothingRunning, OutcomeUnknown):
        events = await carry_out(client, command, mirror=mirror, timeout_s=END_SECONDS)
        raise_if_refused(events[-1])
    return mirror.pid, len(mirror.state.open_orders())


def _is_free(home: Home) -> bool:
    """Whether the engine lets go of the home in time."""
    give_up = time.monotonic() + END_SECONDS
    while is_locked(home.lock):
        if time.monotonic() > give_up:
            return False
        time.sleep(LOCK_LOOK_SECONDS)
    return True
