"""New terms for one open order: asked of the gates, shown, sent once, and followed to a certain end."""

import argparse
from collections.abc import Callable
from decimal import Decimal

import msgspec

from tui_trader.cli.account import ORDER_HEADS, order_cells, order_document
from tui_trader.cli.cancelling import order_named
from tui_trader.cli.conversation import ACTOR, new_command_id, talk
from tui_trader.cli.exit_codes import EXIT_INTERRUPTED, EXIT_OK, EXIT_REFUSED, Refused, Unconfirmed
from tui_trader.cli.narration import is_agreed, is_person_there, tell
from tui_trader.cli.order_terms import number
from tui_trader.cli.parser import Subparsers
from tui_trader.cli.table import amount, print_json, print_table
from tui_trader.cli.trade import VERDICT_HEADS
from tui_trader.engine.client.conversation import carry_out
from tui_trader.engine.client.mirror import Mirror
from tui_trader.engine.client.protocol import EngineClient
from tui_trader.engine.messages.commands import AmendPlacedOrder
from tui_trader.engine.messages.events import CommandRefused, Event
from tui_trader.engine.messages.hand_events import (
    AmendOutcomeUnknown,
    AmendRejected,
    OrderAmended,
)
from tui_trader.engine.messages.queries import AskTicket, TicketAnswer
from tui_trader.engine.state.order_life import OrderRecord
from tui_trader.engine.values.errors import ConfigError, NothingRunning, OutcomeUnknown
from tui_trader.engine.values.orders import ClientOrderId

ANSWER_SECONDS = 60.0
"""Longest wait for a certain end: the answer, or what the engine's look-ups find instead."""


class Amended(msgspec.Struct, frozen=True, kw_only=True):
    """What became of new terms, as far as it is known."""

    order: OrderRecord
    end: Event | None = None

    @property
    def outcome(self) -> str:
        """`amended`, `refused`, `rejected`, `ended` or `unknown`."""
        if isinstance(self.end, CommandRefused):
            return "refused"
        if isinstance(self.end, OrderAmended):
            return "amended"
        if isinstance(self.end, AmendRejected):
            return "rejected"
        return "unknown" if self.order.is_open else "ended"

    def exit_code(self) -> int:
        """0 when the order has its new terms.

        Raises:
            Refused: it has not.
            Unconfirmed: nobody knows.
        """
        if isinstance(self.end, CommandRefused):
            message = f"{self.end.gate}: {self.end.reason}; nothing was sent"
            raise Refused(message)
        if isinstance(self.end, AmendRejected):
            message = f"the exchange did not amend it: {self.end.reason}"
            raise Refused(message)
        if self.outcome == "ended":
            message = f"the order had ended before: {self.order.status.value}"
            raise Refused(message)
        if self.outcome == "unknown":
            message = (
                f"order {self.order.client_order_id} has its old terms or its new ones: the engine"
                " keeps looking it up; see `tui-trader orders`, and do not send it again"
            )
            raise Unconfirmed(message)
        return EXIT_OK


def add_parser(subparsers: Subparsers) -> None:
    """Declare `amend`."""
    amend = subparsers.add_parser(
        "amend",
        description="Give one open order new terms, through the same gates as a new order. It keeps "
        "its id; who only asks for less keeps his place in the queue. What is not named stays.",
        examples="tui-trader amend 3f9a --limit 64000       any prefix that fits one order only\n"
        "tui-trader amend 3f9a --amount 0.02 --validate\n"
        "tui-trader amend 3f9a --trigger 55000 --yes --json",
    )
    amend.add_argument("id", metavar="ID", help="our id, the exchange's, or a unique prefix")
    amend.add_argument("--amount", metavar="A", help="quantity, what has filled included")
    amend.add_argument("--limit", metavar="P", help="limit price")
    amend.add_argument("--trigger", metavar="P", help="last trade that wakes a stop or take profit")
    amend.add_argument("--validate", action="store_true", help="ask the gates only; send nothing")
    amend.add_argument("--yes", action="store_true", help="do not ask before sending")
    amend.add_argument("--json", action="store_true", help="JSON on stdout")


def run(args: argparse.Namespace) -> int:
    """Ask the gates, ask the person, send, and tell what became of it."""
    terms = parse_terms(args)
    if not args.yes and not args.validate and not is_person_there():
        message = "an amendment needs a yes, and no terminal is there to ask at: add --yes"
        raise ConfigError(message)
    order, ticket = talk(args, lambda client: preview(client, args.id, terms), is_read_only=True)
    if args.validate:
        return show_ticket(order, ticket, args)
    if not args.yes:
        if refusal := ticket.refusal:
            message = f"{refusal.gate}: {refusal.text}; nothing was sent"
            raise Refused(message)
        if not is_agreed(f"{change_line(order, terms)}. Send it? [y/N]"):
            tell("nothing was sent")
            return EXIT_INTERRUPTED
    return show_amended(talk(args, lambda client: amend(client, order, terms)), args)


def parse_terms(args: argparse.Namespace) -> dict[str, Decimal]:
    """The new terms, by the names of the command.

    Raises:
        ConfigError: none is given, or one is no number.
    """
    given = {
        "quantity_base": ("--amount", args.amount),
        "price": ("--limit", args.limit),
        "trigger_price": ("--trigger", args.trigger),
    }
    terms = {name: number(*one) for name, one in given.items() if one[1] is not None}
    if not terms:
        message = "name what changes: --amount, --limit or --trigger"
        raise ConfigError(message)
    return terms


async def preview(
    client: EngineClient, name: str, terms: dict[str, Decimal]
) -> tuple[OrderRecord, TicketAnswer]:
    """The order meant, and what the gates say of its new terms.

    Raises:
        Refused: the engine cannot judge them.
    """
    order = order_named(name, client.welcome.state)
    trigger = terms.get("trigger_price", order.terms.trigger_price)
    reply = await client.ask(
        AskTicket(
            symbol=order.symbol,
            side=order.side,
            order_type=order.order_type,
            quantity_base=terms.get("quantity_base", order.quantity_base),
            price=terms.get("price", order.price),
            post_only=order.post_only,
            terms=msgspec.structs.replace(order.terms, trigger_price=trigger),
            amends=order.client_order_id,
        )
    )
    if not isinstance(reply, TicketAnswer):
        message = f"the new terms cannot be judged: {getattr(reply, 'reason', 'no answer')}"
        raise Refused(message)
    return order, reply


def change_line(order: OrderRecord, terms: dict[str, Decimal]) -> str:
    """What changes, in one line."""
    before = {
        "quantity_base": ("amount", order.quantity_base),
        "price": ("limit", order.price),
        "trigger_price": ("trigger", order.terms.trigger_price),
    }
    parts = [
        f"{before[name][0]} {amount(before[name][1])} to {amount(value)}"
        for name, value in terms.items()
    ]
    what = f"{order.side.value} {order.symbol}, order {order.client_order_id[:8]}"
    return f"{what}: {', '.join(parts)}"


def show_ticket(order: OrderRecord, ticket: TicketAnswer, args: argparse.Namespace) -> int:
    """Print what every gate says; nothing was sent."""
    if args.json:
        document = msgspec.structs.asdict(ticket) | {"is_accepted": ticket.refusal is None}
        print_json(document | {"order": order_document(order)})
    else:
        rows = [
            (verdict.gate, "ok" if verdict.is_passed else "NO", verdict.text)
            for verdict in ticket.verdicts
        ]
        print_table(VERDICT_HEADS, rows, empty="no gate was asked")
    tell("nothing was sent")
    if refusal := ticket.refusal:
        tell(f"tui-trader: {refusal.gate} would refuse it: {refusal.text}")
        return EXIT_REFUSED
    return EXIT_OK


async def amend(client: EngineClient, order: OrderRecord, terms: dict[str, Decimal]) -> Amended:
    """Hand the new terms over, once, and listen until it is certain which terms the order has."""
    mirror = Mirror(client.welcome)
    name = order.client_order_id
    command = AmendPlacedOrder(
        command_id=new_command_id(),
        actor=ACTOR,
        client_order_id=name,
        quantity_base=terms.get("quantity_base"),
        price=terms.get("price"),
        trigger_price=terms.get("trigger_price"),
    )
    end: Event | None = None
    try:
        events = await carry_out(
            client,
            command,
            mirror=mirror,
            until=_end_of(command, mirror),
            timeout_s=ANSWER_SECONDS,
        )
        end = events[-1]
    except (OutcomeUnknown, NothingRunning) as silence:
        tell(str(silence))
    return Amended(order=mirror.state.orders.get(name, order), end=end)


def _end_of(command: AmendPlacedOrder, mirror: Mirror) -> Callable[[Event], bool]:
    """Whether it is certain now; what is said of the order before our request is about another."""
    is_asked = False

    def is_end(event: Event) -> bool:
        nonlocal is_asked
        if event.command_id == command.command_id:
            is_asked = True
            return isinstance(event, CommandRefused)
        if not is_asked or _order_of(event) != command.client_order_id:
            return False
        if isinstance(event, AmendOutcomeUnknown):
            tell("the exchange did not answer; the engine is looking the order up …")
        is_certain = isinstance(event, OrderAmended | AmendRejected)
        return is_certain or not mirror.state.orders[command.client_order_id].is_open

    return is_end


def _order_of(event: Event) -> ClientOrderId | None:
    return getattr(event, "client_order_id", None)


def show_amended(amended: Amended, args: argparse.Namespace) -> int:
    """Print the order as it is now; the exit code says what became of the new terms."""
    end = amended.end
    if args.json:
        refusal = None
        if isinstance(end, CommandRefused):
            refusal = {"gate": end.gate, "reason": end.reason}
        print_json(
            {
                "outcome": amended.outcome,
                "order": order_document(amended.order),
                "refusal": refusal,
                "rejection": end.reason if isinstance(end, AmendRejected) else None,
            }
        )
    else:
        print_table(ORDER_HEADS, [order_cells(amended.order)], empty="")
    return amended.exit_code()
