"""Selling one position by hand, wholly or in part; what stays is told, and why."""

import argparse
from collections.abc import Callable
from decimal import Decimal

import msgspec

from tui_trader.cli.account import ID_LENGTH
from tui_trader.cli.conversation import ACTOR, new_command_id, talk
from tui_trader.cli.exit_codes import EXIT_INTERRUPTED, EXIT_OK, Refused, Unconfirmed
from tui_trader.cli.narration import counted, is_agreed, is_person_there, tell
from tui_trader.cli.order_terms import number
from tui_trader.cli.parser import Subparsers
from tui_trader.cli.table import amount, print_json
from tui_trader.cli.trade import parse_pair
from tui_trader.engine.client.conversation import carry_out
from tui_trader.engine.client.mirror import Mirror
from tui_trader.engine.client.protocol import EngineClient
from tui_trader.engine.messages.commands import ClosePosition
from tui_trader.engine.messages.events import CancelRequested, CommandRefused, Event
from tui_trader.engine.messages.hand_events import AmendRequested, CloseEnded, OrderAmended
from tui_trader.engine.state.trading_state import TradingState
from tui_trader.engine.values.errors import ConfigError, NothingRunning, OutcomeUnknown
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.money import ZERO
from tui_trader.engine.values.orders import ClientOrderId, Side
from tui_trader.engine.values.strategies import StrategyPhase

END_SECONDS = 90.0
"""The engine itself gives up after a minute, and says what stays."""
WHOLE = Decimal(100)
NO_SHORT = "A spot account holds no short: the other side of what is held is to hold nothing."


class Closed(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a close.

    Args:
        cancelled: Orders that were cancelled for it.
        shrunk: Orders that were made smaller for it.
    """

    end: CloseEnded
    cancelled: tuple[ClientOrderId, ...] = ()
    shrunk: tuple[ClientOrderId, ...] = ()


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What a close would do, as things are.

    Args:
        strategies: Those that trade the pair, and may buy again.
    """

    symbol: Symbol
    held_base: Decimal
    quantity_base: Decimal
    open_sells: int
    strategies: tuple[str, ...] = ()


def add_parser(subparsers: Subparsers) -> None:
    """Declare `close` and `reverse`."""
    close = subparsers.add_parser(
        "close",
        description="Sell a position at market, or a share of it. Sells of the pair that are in the way "
        "are made smaller first, or cancelled; all are cancelled when the whole position goes. Works "
        "while trading is halted, too: it only reduces. Exits with 0 only when nothing that was to be "
        "sold stays.",
        examples="tui-trader close BTC/USD\n"
        "tui-trader close BTC/USD --percent 50 --yes\n"
        "tui-trader close BTC/USD --validate             tell what would be sold, send nothing",
    )
    close.add_argument("--percent", metavar="N", default="100", help="share to sell (%(default)s)")
    reverse = subparsers.add_parser(
        "reverse",
        description=f"{NO_SHORT} So this is `close`, of the whole position.",
        examples="tui-trader reverse BTC/USD\ntui-trader reverse BTC/USD --validate",
    )
    reverse.set_defaults(percent="100")
    for parser in (close, reverse):
        parser.add_argument("pair", metavar="PAIR", help="base before quote: BTC/USD")
        parser.add_argument("--validate", action="store_true", help="tell only; send nothing")
        parser.add_argument("--yes", action="store_true", help="do not ask before selling")
        parser.add_argument("--json", action="store_true", help="JSON on stdout")


def run(args: argparse.Namespace) -> int:
    """Show what would be sold, ask the person, close, and tell what stays."""
    symbol, percent = parse_pair(args.pair), number("--percent", args.percent)
    if percent > WHOLE:
        message = f"--percent {percent} is more than the position; a spot account cannot sell more"
        raise ConfigError(message)
    if not args.yes and not args.validate and not is_person_there():
        message = "closing needs a yes, and no terminal is there to ask at: add --yes"
        raise ConfigError(message)
    if args.command == "reverse":
        tell(NO_SHORT)
    if args.validate or not args.yes:
        plan = talk(args, lambda client: planned(client, symbol, percent), is_read_only=True)
        if args.validate:
            return show_plan(plan, args)
        if not is_agreed(f"{plan_line(plan)}. Sell it? [y/N]"):
            tell("nothing was sold")
            return EXIT_INTERRUPTED
    return show_end(talk(args, lambda client: close(client, symbol, percent)), args)


async def planned(client: EngineClient, symbol: Symbol, percent: Decimal) -> Plan:
    """What a close would do, as things are.

    Raises:
        Refused: nothing is held.
    """
    state = client.welcome.state
    position = state.positions.get(symbol)
    held = ZERO if position is None else position.quantity_base
    if not held:
        message = f"nothing is held of {symbol}; `tui-trader positions` tells what is"
        raise Refused(message)
    return Plan(
        symbol=symbol,
        held_base=held,
        quantity_base=held * percent / WHOLE,
        open_sells=open_sells(state, symbol),
        strategies=tuple(
            name
            for name, record in sorted(state.strategies.items())
            if symbol in record.spec.symbols and record.phase is StrategyPhase.RUNNING
        ),
    )


def open_sells(state: TradingState, symbol: Symbol) -> int:
    """Sells of a pair that are open."""
    orders = state.open_orders()
    return sum(order.symbol == symbol and order.side is Side.SELL for order in orders)


def plan_line(plan: Plan) -> str:
    """The close in one line."""
    base = plan.symbol.partition("/")[0]
    whole = "" if plan.quantity_base == plan.held_base else f" of {amount(plan.held_base)}"
    sells = (
        f"; {counted(plan.open_sells, 'open sell')} may be cancelled or made smaller"
        if plan.open_sells
        else ""
    )
    names = ", ".join(plan.strategies)
    again = f"; {names} trades this pair and may buy again" if names else ""
    return f"sell {amount(plan.quantity_base)}{whole} {base} at market{sells}{again}"


def show_plan(plan: Plan, args: argparse.Namespace) -> int:
    """Print it; nothing was sent."""
    if args.json:
        print_json(msgspec.structs.asdict(plan))
    tell(f"{plan_line(plan)}; nothing was sent")
    return EXIT_OK


async def close(client: EngineClient, symbol: Symbol, percent: Decimal) -> Closed:
    """Hand the close over, and listen to its end.

    Raises:
        Refused: the engine would not begin.
        Unconfirmed: it has not ended yet, or the engine went away.
    """
    command = ClosePosition(
        command_id=new_command_id(), actor=ACTOR, symbol=symbol, fraction=percent / WHOLE
    )

    def is_end(event: Event) -> bool:
        is_ours = event.command_id == command.command_id
        return is_ours and isinstance(event, CloseEnded | CommandRefused)

    events = await followed(client, command, is_end)
    end = events[-1]
    if isinstance(end, CommandRefused):
        message = f"{end.gate}: {end.reason}; nothing was sent"
        raise Refused(message)
    assert isinstance(end, CloseEnded), end
    cancels = [event for event in events if isinstance(event, CancelRequested)]
    names = dict.fromkeys(event.client_order_id for event in cancels if event.actor == "engine")
    amends = [event for event in events if isinstance(event, AmendRequested)]
    amended = {event.client_order_id for event in events if isinstance(event, OrderAmended)}
    shrunk = (event.client_order_id for event in amends if event.actor == "engine")
    return Closed(
        end=end,
        cancelled=tuple(names),
        shrunk=tuple(name for name in shrunk if name in amended and name not in names),
    )


async def followed(
    client: EngineClient, command: ClosePosition, is_end: Callable[[Event], bool]
) -> tuple[Event, ...]:
    """What happened until its end, that last.

    Raises:
        Unconfirmed: it has not ended yet, or the engine went away.
    """
    try:
        events = await carry_out(
            client,
            command,
            mirror=Mirror(client.welcome),
            until=is_end,
            timeout_s=END_SECONDS,
        )
    except (OutcomeUnknown, NothingRunning) as silence:
        message = (
            f"{silence}; the position may be sold or not: see `tui-trader positions` and"
            " `tui-trader orders` before you sell again"
        )
        raise Unconfirmed(message) from None
    return events


def show_end(closed: Closed, args: argparse.Namespace) -> int:
    """Print what was sold; what stays ends the call with 4."""
    end = closed.end
    base = end.symbol.partition("/")[0]
    if args.json:
        fields = ("symbol", "sold_base", "left_base", "reason")
        document = {name: getattr(end, name) for name in fields}
        print_json(document | {"cancelled": closed.cancelled, "shrunk": closed.shrunk})
    if closed.shrunk:
        tell(f"made smaller for it: {_short(closed.shrunk)}")
    if closed.cancelled:
        names = _short(closed.cancelled)
        tell(f"cancelled for it: {names}; what is still held is not protected by them any more")
    tell(f"sold {amount(end.sold_base)} {base}")
    if end.left_base:
        message = f"{amount(end.left_base)} {base} stay: {end.reason}"
        raise Refused(message)
    return EXIT_OK


def _short(names: tuple[ClientOrderId, ...]) -> str:
    return ", ".join(name[:ID_LENGTH] for name in names)
