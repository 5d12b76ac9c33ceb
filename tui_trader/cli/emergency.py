"""The emergency stop and its end: `halt` works with and without an engine, `resume` asks."""

import argparse
import asyncio
from pathlib import Path

import msgspec

from tui_trader.cli.conversation import ACTOR, new_command_id, raise_if_refused, talk
from tui_trader.cli.exit_codes import EXIT_INTERRUPTED, EXIT_OK, EXIT_UNKNOWN, Unconfirmed
from tui_trader.cli.halting import HaltReport, halt_engine, halt_home
from tui_trader.cli.narration import is_agreed, painted, tell
from tui_trader.cli.parser import Subparsers
from tui_trader.cli.surroundings import chosen_home
from tui_trader.cli.table import print_json
from tui_trader.engine.client.conversation import carry_out
from tui_trader.engine.client.frames import EventFrame
from tui_trader.engine.client.mirror import Mirror
from tui_trader.engine.client.protocol import EngineClient
from tui_trader.engine.messages.commands import ResumeTrading
from tui_trader.engine.messages.events import ReconcileCompleted
from tui_trader.engine.values.errors import NothingRunning, OutcomeUnknown
from tui_trader.engine.values.strategies import StrategyPhase
from tui_trader.engine.values.text import sanitize

ANSWER_SECONDS = 10.0
COMPARE_SECONDS = 15.0
CONNECT_SECONDS = 2.0
"""A healthy engine welcomes in milliseconds; a stop must not wait for one that hangs."""
RESUME_WORD = "RESUME"


def add_parser(subparsers: Subparsers) -> None:
    """Declare `halt` and `resume`."""
    halt = subparsers.add_parser(
        "halt",
        description="Emergency stop: cancel every open order, allow no new one until `resume`, "
        "through every restart. Works without a running engine too. Exits with 0 only when the stop "
        "is latched and the exchange has confirmed the cancel; with 5 when it has not confirmed.",
        examples='tui-trader halt\ntui-trader halt --reason "wrong prices" --json',
    )
    halt.add_argument("--reason", default="by hand", metavar="TEXT", help="why, for the journal")
    halt.add_argument("--json", action="store_true", help="JSON on stdout")
    resume = subparsers.add_parser(
        "resume",
        description="Unlatch the emergency stop. Asks for the word RESUME, unless --yes.",
        examples="tui-trader resume\ntui-trader resume --yes",
    )
    resume.add_argument("--yes", action="store_true", help="do not ask")


def run(args: argparse.Namespace) -> int:
    """Carry out the one that was called."""
    return resume(args) if args.command == "resume" else halt(args)


def halt(args: argparse.Namespace) -> int:
    """Stop by the way that works; say exactly what was done."""
    reason = sanitize(args.reason) or "by hand"
    home = chosen_home(args)
    try:
        report = talk(
            args, lambda client: halt_engine(client, reason), connect_seconds=CONNECT_SECONDS
        )
    except NothingRunning:
        report = asyncio.run(halt_without_engine(home, reason))
    else:
        if not report.is_latched:
            report = asyncio.run(halt_without_engine(home, reason))
    show_report(report, args)
    return EXIT_OK if report.is_complete else EXIT_UNKNOWN


async def halt_without_engine(home: Path, reason: str) -> HaltReport:
    """Latch the home, and reach its exchange over REST if one is known."""
    # Loaded only here: the exchange's libraries would make a halt through the engine wait.
    from tui_trader.cli.demo_exchange import cancel_everything, demo_venue

    venue = demo_venue(home)
    if venue is None:
        return await halt_home(home, reason, cancel_everything=None)
    return await halt_home(home, reason, cancel_everything=lambda: cancel_everything(venue))


def show_report(report: HaltReport, args: argparse.Namespace) -> None:
    """Print what was done and what was not."""
    if args.json:
        print_json(msgspec.structs.asdict(report))
    for sentence in report.done:
        tell(f"done: {sentence}")
    for sentence in report.not_done:
        tell(f"{painted('NOT DONE', 'red')}: {sentence}")
    if not report.is_complete:
        tell("orders may still be open: look at the exchange, or run `tui-trader halt` again")


def resume(args: argparse.Namespace) -> int:
    """Unlatch, after a yes."""
    question = f"new orders will be allowed again. Type {RESUME_WORD} to resume:"
    if not args.yes and not is_agreed(question, expected=RESUME_WORD):
        tell("trading stays halted")
        return EXIT_INTERRUPTED
    tell(talk(args, resume_engine))
    return EXIT_OK


async def resume_engine(client: EngineClient) -> str:
    """Tell the engine; a sentence about what it did.

    Raises:
        Refused: the engine would not resume.
        Unconfirmed: it did not answer.
    """
    mirror = Mirror(client.welcome)
    if mirror.state.halt is None:
        return "trading was not halted"
    command = ResumeTrading(command_id=new_command_id(), actor=ACTOR)
    try:
        events = await carry_out(client, command, mirror=mirror, timeout_s=ANSWER_SECONDS)
    except (OutcomeUnknown, NothingRunning) as silence:
        message = f"{silence}; `tui-trader status` tells whether trading is halted"
        raise Unconfirmed(message) from None
    raise_if_refused(events[-1])
    compared = (
        "the account was compared, orders pass again"
        if await _is_compared(client)
        else "orders pass again once the account was compared"
    )
    return f"trading resumed; {compared}{_held(mirror)}"


def _held(mirror: Mirror) -> str:
    names = [
        name
        for name, record in mirror.state.strategies.items()
        if record.phase is StrategyPhase.HELD
    ]
    if not names:
        return ""
    return f"; held, and entering nothing until started again: {', '.join(names)}"


async def _is_compared(client: EngineClient) -> bool:
    """Wait for the comparison that a resume begins, so that the next command is not refused."""
    try:
        async with asyncio.timeout(COMPARE_SECONDS):
            async for frame in client.updates():
                if isinstance(frame, EventFrame) and isinstance(frame.event, ReconcileCompleted):
                    return True
    except TimeoutError:
        return False
    return False
