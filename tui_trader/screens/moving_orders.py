"""Moving an own order on the chart or the ladder: take it up, carry it, put it down, once."""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from tui_trader.engine.values.orders import CommandId
from tui_trader.screens.cancelling import Cancelling
from tui_trader.screens.console_screen import ACTOR
from tui_trader.screens.wishes import CommandWanted
from tui_trader.widgets.chart_pane import shown_candles
from tui_trader.widgets.desk_board import Moving
from tui_trader.widgets.drawing.numbers import amount
from tui_trader.widgets.own_orders import (
    amendment,
    moved_to,
    nearest_first,
    on_tick,
    orders_of,
    picked_up,
    why_unmovable,
)

CARRY_MAX = 20
"""Most steps of one key: what goes to an end of a list does not carry an order there."""


class MovingOrders(Cancelling):
    """Nothing leaves before Enter, and then one command; Esc puts the order back."""

    def sync(self, *, but: frozenset[str] = frozenset()) -> None:
        """Show the scene; what cannot be moved any more is put back first."""
        scene = self._scene
        board = scene.desk
        candles = shown_candles(scene)
        newest_ms = candles[-1].open_time_ms if candles else 0
        board.follow(scene.symbol, scene.interval, newest_ms=newest_ms)
        if board.cursor is not None and scene.pane != "book":
            board.free_ladder()
        moving = board.moving
        if moving is not None:
            order = scene.state.orders.get(moving.client_order_id)
            if order is None or not order.is_open or scene.ticket is not None:
                board.moving = None
        super().sync(but=but)

    def action_carry(self) -> None:
        """Take up an own order of this pair; again: the next one."""
        scene = self._scene
        if scene.is_read_only:
            self.say("this console is read-only: attach without --read-only to trade", is_bad=True)
            return
        if scene.is_asleep and not self.may_trade():
            return
        orders = nearest_first(scene, orders_of(scene, scene.symbol))
        movable = [order for order in orders if not why_unmovable(order)]
        if not movable:
            why = why_unmovable(orders[0]) if orders else f"no order is open in {scene.symbol}"
            self.say(why, is_bad=bool(orders))
            return
        names = [order.client_order_id for order in movable]
        moving = scene.desk.moving
        place = 0
        if moving is not None and moving.client_order_id in names:
            place = (names.index(moving.client_order_id) + 1) % len(names)
        scene.desk.moving = picked_up(movable[place])
        self.say("j k carry it, ← → by a tick; Enter sends, Esc puts it back")

    def carry(self, count: int, step: Decimal) -> bool:
        """Carry what is being moved by `count` steps, to round prices; whether there is anything."""
        scene = self._scene
        moving, instrument = scene.desk.moving, scene.instrument
        if moving is None or instrument is None:
            return False
        rounding = ROUND_FLOOR if count > 0 else ROUND_CEILING
        steps = (moving.price / step).to_integral_value(rounding=rounding) + count
        scene.desk.moving = moved_to(moving, on_tick(steps * step, instrument))
        self.sync()
        return True

    def put_down(self, moving: Moving) -> None:
        """Send the new price, once; an order that was not moved stays as it is."""
        scene = self._scene
        order = scene.state.orders.get(moving.client_order_id)
        if order is None or not self.may_trade():
            return
        scene.desk.moving = None
        why = why_unmovable(order)
        if why or moving.price == moving.start:
            self.say(why or "it was not moved: nothing was sent", is_bad=bool(why))
            return
        command_id = CommandId(self._make_id())
        self.post_message(
            CommandWanted(amendment(moving, order, command_id=command_id, actor=ACTOR))
        )
        instrument = scene.instrument
        decimals = instrument.price_decimals if instrument is not None else 2
        self.say(f"sent: {order.side.value} {order.symbol} to {amount(moving.price, decimals)}")

    def put_back(self) -> bool:
        """Let go of what is being moved; whether there was anything."""
        if self._scene.desk.moving is None:
            return False
        self._scene.desk.moving = None
        self.say("put back: nothing was sent")
        return True
