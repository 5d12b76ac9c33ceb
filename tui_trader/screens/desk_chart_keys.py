"""What keys and the mouse do on the chart of the desk."""

from decimal import Decimal

from tui_trader.screens.moving_orders import CARRY_MAX, MovingOrders
from tui_trader.widgets.boards import WIDTHS
from tui_trader.widgets.chart_pane import ChartPane, shown_candles, window_for
from tui_trader.widgets.drawing.scale import nice_step
from tui_trader.widgets.drawing.window import Window
from tui_trader.widgets.pane import Pane

_ROWS_OF_PRICE = 20
"""Steps between the highest and the lowest price in sight when an order is carried on the chart."""


class ChartKeys(MovingOrders):
    """Zoom, pan, cross-hair, lines, and how candles and prices are drawn."""

    def action_widen(self, step: int) -> None:
        """Candles narrower or wider."""
        board = self._scene.desk
        place = WIDTHS.index(board.candle_width) - step
        board.candle_width = WIDTHS[max(0, min(len(WIDTHS) - 1, place))]
        self.sync()

    def action_pan(self, step: int) -> None:
        """Back in time, and forward."""
        self._pan_to(self._scene.desk.pan - step)
        self.sync()

    def action_cross(self, step: int) -> None:
        """The cross-hair on at the newest candle in sight, then from candle to candle."""
        scene = self._scene
        board, candles = scene.desk, shown_candles(scene)
        if self._carries_ticks(step) or not candles:
            return
        if scene.pane != "chart":
            self.activate("chart")
        window = self._window()
        places = {candle.open_time_ms: place for place, candle in enumerate(candles)}
        now = places.get(board.cross) if board.cross is not None else None
        place = window.end - 1 if now is None else max(0, min(len(candles) - 1, now + step))
        board.cross = candles[place].open_time_ms
        self._bring_into_sight(place)
        self.sync()

    def action_line(self, name: str) -> None:
        """A line over the candles, or not."""
        board = self._scene.desk
        if name in board.overlays:
            board.overlays.remove(name)
        else:
            board.overlays.append(name)
        self.sync()

    def action_log_scale(self) -> None:
        """Equal distances are equal percents, or equal prices."""
        board = self._scene.desk
        board.is_log = not board.is_log
        self.sync()

    def action_averaged(self) -> None:
        """Heikin-Ashi candles, or the true ones."""
        board = self._scene.desk
        board.is_averaged = not board.is_averaged
        self.sync()

    def chart_back(self) -> bool:
        """Cross-hair away, then to the newest candle; whether anything was to be done."""
        board = self._scene.desk
        if board.cross is None and not board.pan:
            return False
        if board.cross is None:
            board.pan = 0
        board.cross = None
        self.sync()
        return True

    def wheeled(self, message: Pane.Wheeled) -> None:
        """The wheel over the chart makes candles narrower or wider; elsewhere it goes through lines."""
        if message.pane_name == ChartPane.pane_name:
            self.activate(ChartPane.pane_name)
            self.action_widen(message.step)
        else:
            super().wheeled(message)

    def point_at_candle(self, column: int) -> None:
        """The cross-hair on the candle of a column."""
        candles = shown_candles(self._scene)
        place = self._window().place_at(column) if candles else None
        self._scene.desk.cross = None if place is None else candles[place].open_time_ms

    def chart_step(self) -> Decimal:
        """How far one key carries an order on the chart: a round part of the prices in sight."""
        scene, instrument = self._scene, self._scene.instrument
        window, candles = self._window(), shown_candles(self._scene)
        shown = candles[window.first : window.end]
        tick = instrument.tick if instrument is not None else Decimal(1)
        if not shown or scene.symbol is None:
            return tick
        span = max(candle.high for candle in shown) - min(candle.low for candle in shown)
        return max(tick, Decimal(str(nice_step(span / _ROWS_OF_PRICE)))) if span > 0 else tick

    def _carries_ticks(self, step: int) -> bool:
        instrument = self._scene.instrument
        if instrument is None or abs(step) > CARRY_MAX:
            return False
        return self.carry(step, instrument.tick)

    def _window(self) -> Window:
        return window_for(self._scene, self.query_one(ChartPane).size.width)

    def _pan_to(self, pan: int) -> None:
        window = self._window()
        oldest = len(shown_candles(self._scene)) - (window.end - window.first)
        self._scene.desk.pan = max(0, min(pan, oldest))

    def _bring_into_sight(self, place: int) -> None:
        window, count = self._window(), len(shown_candles(self._scene))
        if place < window.first:
            self._pan_to(count - place - (window.end - window.first))
        elif place >= window.end:
            self._pan_to(count - place - 1)
