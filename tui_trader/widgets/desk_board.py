"""What a person has set up on the desk: how the chart is drawn, where the cursors are, what is being moved."""

from dataclasses import dataclass, field
from decimal import Decimal

from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.orders import ClientOrderId
from tui_trader.widgets.drawing.ladder_rungs import Ruler
from tui_trader.widgets.overlays import EMA


@dataclass(frozen=True, slots=True, kw_only=True)
class Moving:
    """An own order on its way to another price; nothing has left yet.

    Args:
        is_trigger: It is the trigger that is moved, and a limit with it.
        start: Where it stands at the exchange.
        price: Where it would go.
    """

    client_order_id: ClientOrderId
    symbol: Symbol
    is_trigger: bool
    start: Decimal
    price: Decimal


@dataclass(slots=True, kw_only=True)
class DeskBoard:
    """Chart and ladder of the desk.

    Args:
        overlays: Names of the lines over the candles.
        is_log: Equal distances are equal percents.
        is_averaged: Heikin-Ashi candles.
        candle_width: Cells a candle takes.
        pan: Candles between the newest and the right edge.
        cross: Start of the candle under the cross-hair; None without one.
        grouping: Price step of a rung of the ladder, as a place in `grouping_steps`; 0 is every level.
        cursor: Price under the cursor of the ladder; with one, the ladder stands still.
        ruler: The rungs it stands still on; `top` is the line that is uppermost.
        moving: The order that is being moved.
        past_end: Pair, timeframe and moment before which the engine has no candle.
    """

    overlays: list[str] = field(default_factory=lambda: [EMA])
    is_log: bool = False
    is_averaged: bool = False
    candle_width: int = 1
    pan: int = 0
    cross: int | None = None
    grouping: int = 0
    cursor: Decimal | None = None
    ruler: Ruler | None = None
    top: int = 0
    moving: Moving | None = None
    past_end: tuple[object, ...] = ()
    _shown: tuple[Symbol | None, Interval | None] = (None, None)
    _newest_ms: int = 0

    def follow(self, symbol: Symbol | None, interval: Interval, *, newest_ms: int = 0) -> None:
        """Another pair or timeframe is shown: what belonged to the one before is let go.

        A chart that was moved back stays where it is while new candles begin.

        Args:
            symbol: The pair that is shown now.
            interval: Its timeframe.
            newest_ms: Start of its newest candle, UTC; 0 where there is none.
        """
        before_symbol, before_interval = self._shown
        self._shown = (symbol, interval)
        begun = (newest_ms - self._newest_ms) // interval.ms if self._newest_ms else 0
        self._newest_ms = newest_ms
        if (symbol, interval) != (before_symbol, before_interval):
            self.pan, self.cross = 0, None
        elif self.pan and begun > 0:
            self.pan += begun
        if symbol != before_symbol:
            self.free_ladder()
            self.moving = None

    def free_ladder(self) -> None:
        """It follows the spread again."""
        self.cursor, self.ruler, self.top = None, None, 0
