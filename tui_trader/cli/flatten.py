"""The emergency stop that also sells everything: asked for by a word, followed to its end."""

import argparse

import msgspec

from tui_trader.cli.conversation import ACTOR, new_command_id, talk
from tui_trader.cli.exit_codes import EXIT_INTERRUPTED, EXIT_OK, Refused, Unconfirmed
from tui_trader.cli.narration import counted, is_agreed, is_person_there, tell
from tui_trader.cli.parser import Subparsers
from tui_trader.cli.table import amount, print_json
from tui_trader.engine.client.conversation import carry_out
from tui_trader.engine.client.mirror import Mirror
from tui_trader.engine.client.protocol import EngineClient
from tui_trader.engine.messages.commands import FlattenAll
from tui_trader.engine.messages.events import CommandRefused, Event
from tui_trader.engine.messages.hand_events import FlattenEnded
from tui_trader.engine.state.trading_state import TradingState
from tui_trader.engine.values.errors import ConfigError, NothingRunning, OutcomeUnknown
from tui_trader.engine.values.instruments import Symbol

END_SECONDS = 120.0
FLATTEN_WORD = "FLATTEN"


class Flattened(msgspec.Struct, frozen=True, kw_only=True):
    """What became of it.

    Args:
        held: Positions that stay, by pair.
        left: What stays, and why.
    """

    left: tuple[str, ...]
    held: dict[Symbol, str]


def add_parser(subparsers: Subparsers) -> None:
    """Declare `flatten`."""
    flatten = subparsers.add_parser(
        "flatten",
        description="Emergency stop, and sell every position that this program knows of: latch as "
        "`halt` does, cancel every order, then sell at market, pair by pair. No other order passes "
        f"until `resume`. Asks for the word {FLATTEN_WORD}, unless --yes. Coins that were not bought "
        "through this program stay, and are named. Exits with 0 only when no position is left.",
        examples="tui-trader flatten\ntui-trader flatten --yes --json\n"
        "tui-trader flatten --validate                   tell what would be sold, send nothing",
    )
    flatten.add_argument("--validate", action="store_true", help="tell only; send nothing")
    flatten.add_argument("--yes", action="store_true", help="do not ask")
    flatten.add_argument("--json", action="store_true", help="JSON on stdout")


def run(args: argparse.Namespace) -> int:
    """Show what would be sold, ask for the word, and tell what stays."""
    if not args.yes and not args.validate and not is_person_there():
        message = "flatten needs a yes, and no terminal is there to ask at: add --yes"
        raise ConfigError(message)
    if args.validate or not args.yes:
        state = talk(args, _state, is_read_only=True)
        if args.validate:
            return show_plan(state, args)
        question = f"{plan_line(state)}, and halt. Type {FLATTEN_WORD} to go on:"
        if not is_agreed(question, expected=FLATTEN_WORD):
            tell("nothing was sold")
            return EXIT_INTERRUPTED
    return show_end(talk(args, flatten), args)


async def _state(client: EngineClient) -> TradingState:
    return client.welcome.state


def plan_line(state: TradingState) -> str:
    """What it would do, as things are."""
    sold = ", ".join(f"{held} {symbol.partition('/')[0]}" for symbol, held in _held(state).items())
    orders = counted(len(state.open_orders()), "open order")
    return f"cancel {orders}, sell {sold or 'nothing (no position is held)'} at market"


def show_plan(state: TradingState, args: argparse.Namespace) -> int:
    """Print it; nothing was sent."""
    if args.json:
        print_json({"positions": _held(state), "open_orders": len(state.open_orders())})
    tell(f"{plan_line(state)}; nothing was sent")
    return EXIT_OK


async def flatten(client: EngineClient) -> Flattened:
    """Hand it over, and listen to its end.

    Raises:
        Refused: it is under way already.
        Unconfirmed: it has not ended yet, or the engine went away.
    """
    mirror = Mirror(client.welcome)
    command = FlattenAll(command_id=new_command_id(), actor=ACTOR)

    def is_end(event: Event) -> bool:
        is_ours = event.command_id == command.command_id
        return is_ours and isinstance(event, FlattenEnded | CommandRefused)

    try:
        events = await carry_out(
            client, command, mirror=mirror, until=is_end, timeout_s=END_SECONDS
        )
    except (OutcomeUnknown, NothingRunning) as silence:
        message = (
            f"{silence}; the engine goes on selling, after a restart too: see `tui-trader status`,"
            " `tui-trader positions` and `tui-trader orders`; `tui-trader halt` breaks it off"
        )
        raise Unconfirmed(message) from None
    end = events[-1]
    if isinstance(end, CommandRefused):
        message = f"{end.gate}: {end.reason}"
        raise Refused(message)
    assert isinstance(end, FlattenEnded), end
    return Flattened(left=end.left, held=_held(mirror.state))


def show_end(flattened: Flattened, args: argparse.Namespace) -> int:
    """Print what stays; a position among it ends the call with 4."""
    if args.json:
        print_json({"is_flat": not flattened.held, "held": flattened.held, "left": flattened.left})
    for sentence in flattened.left:
        tell(sentence)
    if flattened.held:
        message = "not every position could be sold; trading stays halted"
        raise Refused(message)
    tell("no position is held; trading stays halted until `tui-trader resume`")
    return EXIT_OK


def _held(state: TradingState) -> dict[Symbol, str]:
    return {
        symbol: amount(position.quantity_base)
        for symbol, position in sorted(state.positions.items())
        if position.quantity_base
    }
