"""Own prices of the selected pair: open orders, stops, take profits, the entry, and what is being moved."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from tui_trader.engine.messages.commands import AmendPlacedOrder
from tui_trader.engine.state.order_life import OrderRecord
from tui_trader.engine.values.instruments import Instrument, Symbol
from tui_trader.engine.values.orders import CommandId, OrderStatus, OrderType
from tui_trader.engine.values.text import sanitize
from tui_trader.widgets.desk_board import Moving
from tui_trader.widgets.drawing.ladder_rows import OwnMark
from tui_trader.widgets.drawing.numbers import quantity
from tui_trader.widgets.drawing.price_lines import LineKind, PriceLine
from tui_trader.widgets.scene import Scene

_WORDS = {LineKind.ORDER: "", LineKind.STOP: "stop ", LineKind.TAKE: "take "}
_MOVABLE = frozenset({OrderStatus.OPEN, OrderStatus.PARTIALLY_FILLED})


def orders_of(scene: Scene, symbol: Symbol | None) -> list[OrderRecord]:
    """Open orders of a pair, newest first."""
    return [order for order in scene.orders if order.symbol == symbol]


def price_of(order: OrderRecord) -> Decimal | None:
    """Price at which an order does something: its trigger while it sleeps, else its limit."""
    return order.terms.trigger_price if order.order_type.is_triggered else order.price


def price_lines(scene: Scene) -> list[PriceLine]:
    """What the chart is to name."""
    moving = scene.desk.moving
    lines = []
    if moving is not None and moving.symbol == scene.symbol:
        lines.append(_moving_line(scene, moving))
    for order in orders_of(scene, scene.symbol):
        price = price_of(order)
        is_there = moving is not None and _is_carried(order, moving) and moving.price == price
        if price is not None and not is_there:
            lines.append(PriceLine(price=float(price), label=_label(order), kind=_kind(order)))
        lines += _close_line(order)
    return [*lines, *_strategy_lines(scene), *_entry_line(scene)]


def own_marks(scene: Scene) -> list[OwnMark]:
    """What the ladder is to mark."""
    moving = scene.desk.moving
    marks = []
    for order in orders_of(scene, scene.symbol):
        price = price_of(order)
        if price is None:
            continue
        is_trigger = order.order_type.is_triggered
        rest = order.remaining_base
        to = moving.price if moving is not None and _is_carried(order, moving) else None
        if to != price:
            marks.append(OwnMark(price=price, quantity_base=rest, is_trigger=is_trigger))
        if to is not None:
            marks.append(
                OwnMark(price=to, quantity_base=rest, is_trigger=is_trigger, is_moving=True)
            )
    return marks


def _is_carried(order: OrderRecord, moving: Moving) -> bool:
    return order.client_order_id == moving.client_order_id


def why_unmovable(order: OrderRecord) -> str:
    """Why an order cannot be moved now; empty when it can."""
    if order.order_type.is_trailing:
        return "a trailing stop follows the market by itself"
    if order.amendment is not None:
        return "new terms of this order are still on their way"
    if order.status not in _MOVABLE:
        return f"this order is {order.status.value}: it cannot be moved now"
    return "" if price_of(order) is not None else "this order has no price to move"


def picked_up(order: OrderRecord) -> Moving:
    """The order in the hand, still where it is."""
    price = price_of(order)
    assert price is not None, order
    return Moving(
        client_order_id=order.client_order_id,
        symbol=order.symbol,
        is_trigger=order.order_type.is_triggered,
        start=price,
        price=price,
    )


def moved_to(moving: Moving, price: Decimal) -> Moving:
    """The same order, held at another price."""
    return replace(moving, price=price)


def nearest_first(scene: Scene, orders: Sequence[OrderRecord]) -> list[OrderRecord]:
    """Those nearest to the cursor of the ladder, else to the market."""
    symbol = scene.symbol
    mid = scene.market.mid(symbol) if symbol is not None else None
    here = scene.desk.cursor or mid

    def distance(order: OrderRecord) -> Decimal:
        price = price_of(order)
        return Decimal("Infinity") if price is None or here is None else abs(price - here)

    return sorted(orders, key=distance)


def amendment(
    moving: Moving, order: OrderRecord, *, command_id: CommandId, actor: str
) -> AmendPlacedOrder:
    """The command that puts it where it is held; a limit keeps its distance from its trigger."""
    if not moving.is_trigger:
        return AmendPlacedOrder(
            command_id=command_id,
            actor=actor,
            client_order_id=moving.client_order_id,
            price=moving.price,
        )
    limit, now = order.price, price_of(order)
    if limit is not None and now is not None:
        # From where it stands now: it may have been amended elsewhere since it was taken up.
        limit += moving.price - now
    return AmendPlacedOrder(
        command_id=command_id,
        actor=actor,
        client_order_id=moving.client_order_id,
        price=limit,
        trigger_price=moving.price,
    )


def on_tick(price: Decimal, instrument: Instrument) -> Decimal:
    """The nearest price that the exchange takes, never below one tick."""
    ticks = (price / instrument.tick).to_integral_value()
    return max(Decimal(1), ticks) * instrument.tick


def _close_line(order: OrderRecord) -> Sequence[PriceLine]:
    """What its fills bring forth at the exchange: no order waits there yet."""
    close = order.terms.close
    price = None if close is None else close.trigger_price or close.price
    if close is None or price is None:
        return ()
    kind = _kind_of(close.order_type)
    return (
        PriceLine(
            price=float(price),
            label=f"once filled: {_WORDS[kind]}{order.side.opposite.value}",
            kind=kind,
        ),
    )


def _kind(order: OrderRecord) -> LineKind:
    return _kind_of(order.order_type)


def _kind_of(order_type: OrderType) -> LineKind:
    if not order_type.is_triggered:
        return LineKind.ORDER
    return LineKind.TAKE if "take-profit" in order_type.value else LineKind.STOP


def _label(order: OrderRecord) -> str:
    words = _WORDS[_kind(order)]
    doubt = " ?" if order.status is OrderStatus.UNKNOWN else ""
    return f"{words}{order.side.value} {quantity(order.remaining_base)}{doubt}"


def _moving_line(scene: Scene, moving: Moving) -> PriceLine:
    mid = scene.market.mid(moving.symbol)
    away = f" {moving.price / mid - 1:+.2%}" if mid else ""
    order = scene.state.orders.get(moving.client_order_id)
    what = f" {_label(order)}" if order is not None else ""
    return PriceLine(price=float(moving.price), label=f"MOVE{what}{away}", kind=LineKind.MOVING)


def _strategy_lines(scene: Scene) -> Sequence[PriceLine]:
    """Stops and take profits that a strategy keeps itself: the engine sells there, no order waits."""
    lines = []
    for name, record in scene.state.strategies.items():
        pair = record.note.pairs.get(scene.symbol) if scene.symbol is not None else None
        if pair is None or pair.held is None:
            continue
        who = sanitize(name)
        if pair.held.stop > 0:
            lines.append(
                PriceLine(price=pair.held.stop, label=f"stop of {who}", kind=LineKind.STOP)
            )
        if pair.held.take > 0:
            lines.append(
                PriceLine(price=pair.held.take, label=f"take of {who}", kind=LineKind.TAKE)
            )
    return lines


def _entry_line(scene: Scene) -> Sequence[PriceLine]:
    position = scene.state.positions.get(scene.symbol) if scene.symbol is not None else None
    if position is None or not position.quantity_base:
        return ()
    label = f"entry {quantity(position.quantity_base)}"
    return (PriceLine(price=float(position.price_average), label=label, kind=LineKind.ENTRY),)
