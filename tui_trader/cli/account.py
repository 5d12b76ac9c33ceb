"""Orders, positions and fills, as tables or JSON."""

import argparse
from decimal import Decimal

import msgspec

from tui_trader.cli.conversation import talk
from tui_trader.cli.exit_codes import EXIT_OK, Unconfirmed
from tui_trader.cli.narration import tell
from tui_trader.cli.parser import Subparsers
from tui_trader.cli.table import amount, moment, money, price, print_json, print_table
from tui_trader.engine.client.protocol import EngineClient
from tui_trader.engine.messages.queries import AskStatus, PositionStatus, StatusAnswer
from tui_trader.engine.state.order_life import OrderRecord
from tui_trader.engine.state.trading_state import FILLS_SHOWN_MAX, BookedFill
from tui_trader.engine.values.orders import OrderStatus

ORDER_HEADS = (
    "ID", "TIME (UTC)", "PAIR", "SIDE", "TYPE", ">PRICE", ">AMOUNT", ">FILLED", "STATUS", "BY"
)  # fmt: skip
POSITION_HEADS = ("PAIR", ">AMOUNT", ">BOUGHT AT", ">NOW", ">OPEN P&L", ">REALISED", ">FEES")
FILL_HEADS = ("TIME (UTC)", "PAIR", "SIDE", ">PRICE", ">AMOUNT", ">VALUE", ">FEE", "ORDER")
ID_LENGTH = 8
"""Enough of an id to name an order; `cancel` takes any prefix that fits one order only."""


def add_parser(subparsers: Subparsers) -> None:
    """Declare `orders`, `positions` and `history`."""
    orders = subparsers.add_parser(
        "orders",
        description="Open orders; with --all those that ended, too.",
        examples="tui-trader orders\ntui-trader orders --all --json",
    )
    orders.add_argument("--all", action="store_true", help="also orders that ended")
    positions = subparsers.add_parser(
        "positions",
        description="What fills have built up, at its price now. P&L is before fees.",
        examples="tui-trader positions\ntui-trader positions --json",
    )
    history = subparsers.add_parser(
        "history",
        description=f"The newest {FILLS_SHOWN_MAX} fills, oldest first.",
        examples="tui-trader history\ntui-trader history --json",
    )
    for parser in (orders, positions, history):
        parser.add_argument("--json", action="store_true", help="JSON on stdout")


def run(args: argparse.Namespace) -> int:
    """Carry out the one that was called."""
    match args.command:
        case "orders":
            show_orders(talk(args, _orders, is_read_only=True), args)
        case "positions":
            show_positions(talk(args, ask_positions, is_read_only=True), args)
        case _:
            show_fills(talk(args, _fills, is_read_only=True), args)
    return EXIT_OK


async def _orders(client: EngineClient) -> list[OrderRecord]:
    return list(client.welcome.state.orders.values())


async def _fills(client: EngineClient) -> list[BookedFill]:
    return client.welcome.state.fills


async def ask_positions(client: EngineClient) -> tuple[PositionStatus, ...]:
    """Positions at their price now."""
    return (await ask_status(client)).positions


async def ask_status(client: EngineClient) -> StatusAnswer:
    """The session at a glance.

    Raises:
        Unconfirmed: the engine is there and could not answer.
    """
    reply = await client.ask(AskStatus())
    if not isinstance(reply, StatusAnswer):
        message = f"the engine could not answer: {getattr(reply, 'reason', type(reply).__name__)}"
        raise Unconfirmed(message)
    return reply


def show_orders(orders: list[OrderRecord], args: argparse.Namespace) -> None:
    """Print orders, oldest first."""
    chosen = [order for order in orders if args.all or order.is_open]
    if args.json:
        print_json({"orders": [order_document(order) for order in chosen]})
        return
    empty = "no orders" if args.all else "no open orders"
    print_table(ORDER_HEADS, [order_cells(order) for order in chosen], empty=empty)
    unknown = sum(order.status is OrderStatus.UNKNOWN for order in chosen)
    if unknown:
        tell(f"{unknown} of them may or may not exist: the engine is looking them up")


def show_positions(positions: tuple[PositionStatus, ...], args: argparse.Namespace) -> None:
    """Print positions."""
    if args.json:
        print_json({"positions": positions})
        return
    rows = [_position_cells(position) for position in positions]
    print_table(POSITION_HEADS, rows, empty="no open positions")


def show_fills(fills: list[BookedFill], args: argparse.Namespace) -> None:
    """Print fills, oldest first."""
    if args.json:
        print_json({"fills": [fill_document(booked) for booked in fills]})
        return
    print_table(FILL_HEADS, [_fill_cells(booked) for booked in fills], empty="no fills yet")
    if len(fills) >= FILLS_SHOWN_MAX:
        tell(f"the newest {FILLS_SHOWN_MAX} only; the journal has all of them")


def order_document(order: OrderRecord) -> dict[str, object]:
    """An order for scripts: what the journal knows, and what follows from it."""
    return msgspec.structs.asdict(order) | {
        "is_open": order.is_open,
        "remaining_base": order.remaining_base,
        "price_average": order.price_average,
    }


def fill_document(booked: BookedFill) -> dict[str, object]:
    """A fill for scripts, with our name of its order."""
    fill = msgspec.structs.asdict(booked.fill)
    return fill | {"client_order_id": booked.client_order_id, "value_quote": _value(booked)}


def order_cells(order: OrderRecord) -> tuple[str, ...]:
    """Cells of ORDER_HEADS."""
    return (
        order.client_order_id[:ID_LENGTH],
        moment(order.submitted_ms),
        order.symbol,
        order.side.value,
        order.order_type.value,
        "market" if order.price is None else amount(order.price),
        amount(order.quantity_base),
        amount(order.filled_base),
        _standing(order),
        order.actor,
    )


def _standing(order: OrderRecord) -> str:
    """Its status; what nobody knows is shouted."""
    is_unknown = order.status is OrderStatus.UNKNOWN
    status = order.status.value.upper() if is_unknown else order.status.value
    if order.amendment is None:
        return status
    return f"{status}, amended? UNKNOWN" if order.amendment.is_unknown else f"{status}, amending"


def _position_cells(position: PositionStatus) -> tuple[str, ...]:
    return (
        position.symbol,
        amount(position.quantity_base),
        price(position.price_average),
        price(position.price_mark),
        money(position.pnl_open),
        money(position.pnl_realised),
        money(position.fees),
    )


def _fill_cells(booked: BookedFill) -> tuple[str, ...]:
    fill = booked.fill
    return (
        moment(fill.filled_ms),
        fill.symbol,
        fill.side.value,
        amount(fill.price),
        amount(fill.quantity_base),
        money(_value(booked)),
        f"{amount(fill.fee)} {fill.fee_asset}",
        booked.client_order_id[:ID_LENGTH],
    )


def _value(booked: BookedFill) -> Decimal:
    return booked.fill.price * booked.fill.quantity_base
