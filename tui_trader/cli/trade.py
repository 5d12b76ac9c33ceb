"""One manual order, and the cancel of orders: both through the engine, which asks its gates."""

import argparse
import uuid

import msgspec

from tui_trader.cli import cancelling, order_terms, placing
from tui_trader.cli.account import ORDER_HEADS, fill_document, order_cells, order_document
from tui_trader.cli.conversation import ACTOR, new_command_id, talk
from tui_trader.cli.exit_codes import (
    EXIT_INTERRUPTED,
    EXIT_OK,
    EXIT_REFUSED,
    Refused,
    Unconfirmed,
)
from tui_trader.cli.narration import counted, is_agreed, is_person_there, tell
from tui_trader.cli.parser import Subparsers
from tui_trader.cli.placing import Placed
from tui_trader.cli.table import UNKNOWN, amount, money, price, print_json, print_table
from tui_trader.engine.client.protocol import EngineClient
from tui_trader.engine.messages.commands import PlaceOrder
from tui_trader.engine.messages.queries import TicketAnswer
from tui_trader.engine.values.errors import ConfigError
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.orders import ClientOrderId, OrderStatus, Side
from tui_trader.engine.values.text import is_text

ALL = "all"
VERDICT_HEADS = ("GATE", "SAYS", "WHY")


def add_parser(subparsers: Subparsers) -> None:
    """Declare `trade` and `cancel`."""
    trade = subparsers.add_parser(
        "trade",
        description="Send one order through the risk gate, and wait for the answer. "
        "AMOUNT is in units of the base: 0.01 of BTC/USD is 0.01 BTC.",
        examples="tui-trader trade BTC/USD buy 0.01\n"
        "tui-trader trade BTC/USD sell 0.01 --limit 70000 --post-only\n"
        "tui-trader trade BTC/USD sell 0.01 --stop-loss 55000\n"
        "tui-trader trade BTC/USD sell 0.01 --trailing-stop 2%\n"
        "tui-trader trade BTC/USD buy 0.01 --stop-loss 55000     the exchange keeps the stop\n"
        "tui-trader trade ETH/USD buy 1 --validate       ask the gate, send nothing\n"
        "tui-trader trade ETH/USD buy 1 --yes --json     for scripts",
    )
    trade.add_argument("pair", metavar="PAIR", help="base before quote: BTC/USD")
    trade.add_argument("side", metavar="buy|sell", choices=("buy", "sell"), help="direction")
    trade.add_argument("amount", metavar="AMOUNT", help="quantity in units of the base")
    order_terms.add_options(trade)
    trade.add_argument("--validate", action="store_true", help="ask the gate only; send nothing")
    trade.add_argument("--yes", action="store_true", help="do not ask before sending")
    trade.add_argument("--json", action="store_true", help="JSON on stdout")
    cancel = subparsers.add_parser(
        "cancel",
        description="Cancel one order, or every open order of the account (which asks first).",
        examples="tui-trader cancel 3f9a                any prefix that fits one order only\n"
        "tui-trader cancel all --yes",
    )
    cancel.add_argument("id", metavar="ID|all", help="our id, the exchange's, or a unique prefix")
    cancel.add_argument("--yes", action="store_true", help="do not ask before cancelling all")
    cancel.add_argument("--json", action="store_true", help="JSON on stdout")


def run(args: argparse.Namespace) -> int:
    """Carry out the one that was called."""
    if args.command == "cancel":
        return cancel_all(args) if args.id.lower() == ALL else cancel_one(args)
    return trade(args)


def trade(args: argparse.Namespace) -> int:
    """Ask the gate, ask the person, send, and tell what became of it."""
    order = parse_order(args)
    if not args.yes and not args.validate and not is_person_there():
        message = "an order needs a yes, and no terminal is there to ask at: add --yes"
        raise ConfigError(message)
    if args.validate or not args.yes:
        ticket = talk(args, lambda client: placing.ask_ticket(client, order), is_read_only=True)
        if args.validate:
            return show_ticket(order, ticket, args)
        if refusal := ticket.refusal:
            message = f"{refusal.gate}: {refusal.text}; nothing was sent"
            raise Refused(message)
        if not is_agreed(f"{order_line(order, ticket)}. Send it? [y/N]"):
            tell("nothing was sent")
            return EXIT_INTERRUPTED
    return show_placed(talk(args, lambda client: placing.place(client, order)), args)


def parse_order(args: argparse.Namespace) -> PlaceOrder:
    """The order the arguments describe.

    Raises:
        ConfigError: they describe none.
    """
    symbol = parse_pair(args.pair)
    kind = order_terms.kind_of(args)
    return PlaceOrder(
        command_id=new_command_id(),
        actor=ACTOR,
        client_order_id=ClientOrderId(str(uuid.uuid4())),
        symbol=symbol,
        side=Side(args.side),
        order_type=kind.order_type,
        quantity_base=order_terms.number("AMOUNT", args.amount),
        price=kind.price,
        post_only=args.post_only,
        terms=kind.terms,
    )


def parse_pair(text: str) -> Symbol:
    """A pair, as a person writes it.

    Raises:
        ConfigError: it is none.
    """
    symbol = text.upper()
    base, slash, quote = symbol.partition("/")
    if not (base and slash and quote and is_text(symbol)):
        message = f"PAIR {text!r} is none; write base before quote, such as BTC/USD"
        raise ConfigError(message)
    return Symbol(symbol)


def order_line(order: PlaceOrder, ticket: TicketAnswer) -> str:
    """The order and what it would cost, in one line."""
    base, _, quote = order.symbol.partition("/")
    at = "at market" if order.price is None else f"at {amount(order.price)} {quote} or better"
    what = f"{order.side.value} {amount(order.quantity_base)} {base} {at}{_waits(order)}"
    if ticket.cost_quote is None:
        return f"{what}: what it {'costs' if order.side is Side.BUY else 'brings'} is not known"
    verb = "costs about" if order.side is Side.BUY else "brings about"
    slippage = UNKNOWN if ticket.slippage_bps is None else f"{ticket.slippage_bps:.1f} bps"
    return (
        f"{what}: {verb} {money(ticket.cost_quote)} {quote}, of it fee {money(ticket.fee_quote)}, "
        f"slippage {slippage}"
    )


def _waits(order: PlaceOrder) -> str:
    terms = order.terms
    if terms.trigger_price is not None:
        return f", once the last trade reaches {amount(terms.trigger_price)}"
    if terms.trailing is not None:
        unit = "%" if terms.trailing.is_percent else ""
        return f", once the market turns by {amount(terms.trailing.amount)}{unit}"
    if terms.close is not None:
        kind = terms.close.order_type.value
        return f", with a {kind} at {amount(terms.close.trigger_price)} kept by the exchange"
    return ""


def show_ticket(order: PlaceOrder, ticket: TicketAnswer, args: argparse.Namespace) -> int:
    """Print what every gate says; nothing was sent."""
    if args.json:
        document = msgspec.structs.asdict(ticket) | {"is_accepted": ticket.refusal is None}
        print_json(document)
    else:
        rows = [
            (verdict.gate, "ok" if verdict.is_passed else "NO", verdict.text)
            for verdict in ticket.verdicts
        ]
        print_table(VERDICT_HEADS, rows, empty="no gate was asked")
        tell(f"{order_line(order, ticket)}; nothing was sent")
    if refusal := ticket.refusal:
        tell(f"tui-trader: {refusal.gate} would refuse it: {refusal.text}")
        return EXIT_REFUSED
    return EXIT_OK


def show_placed(placed: Placed, args: argparse.Namespace) -> int:
    """Print the order as it is now; the exit code says what became of it."""
    order = placed.order
    if args.json:
        fills = [fill_document(fill) for fill in placed.fills]
        refusal = placed.refusal
        print_json(
            {
                "outcome": placed.outcome,
                "order": None if order is None else order_document(order) | {"fills": fills},
                "refusal": refusal and {"gate": refusal.gate, "reason": refusal.reason},
            }
        )
    elif order is not None:
        print_table(ORDER_HEADS, [order_cells(order)], empty="")
        if order.price_average is not None:
            tell(f"filled at {price(order.price_average)}, fees {money(order.fees_quote)}")
    return placed.exit_code()


def cancel_one(args: argparse.Namespace) -> int:
    """Cancel one order and wait until the exchange has confirmed it."""

    async def said(client: EngineClient) -> cancelling.Cancelled:
        order = cancelling.order_named(args.id, client.welcome.state)
        return await cancelling.cancel(client, order.client_order_id)

    cancelled = talk(args, said)
    if args.json:
        print_json({"order": order_document(cancelled.order)})
    else:
        print_table(ORDER_HEADS, [order_cells(cancelled.order)], empty="")
    if cancelled.order.status is not OrderStatus.CANCELLED:
        raise cancelled.fault()
    return EXIT_OK


def cancel_all(args: argparse.Namespace) -> int:
    """Cancel every open order of the account and wait until the exchange has confirmed it."""
    if not args.yes and not is_agreed("cancel every open order of the account? [y/N]"):
        tell("nothing was cancelled")
        return EXIT_INTERRUPTED
    count = talk(args, cancelling.cancel_all)
    if args.json:
        print_json({"is_confirmed": count is not None, "cancelled": count})
    if count is None:
        message = (
            "the exchange did not confirm; the engine keeps asking: see `tui-trader orders`, "
            "and `tui-trader halt` if nothing may be open"
        )
        raise Unconfirmed(message)
    tell(f"the exchange cancelled {counted(count, 'order')}")
    return EXIT_OK
