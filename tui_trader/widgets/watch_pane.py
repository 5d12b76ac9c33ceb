"""Pane 1: the pairs."""

from collections.abc import Sequence

from textual.strip import Strip

from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.money import ZERO
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.lines import line, right_in
from tui_trader.widgets.drawing.watch_rows import WatchRow, curve_width, watch_list
from tui_trader.widgets.pane import Pane
from tui_trader.widgets.scene import Scene

_CLOSES_SHOWN = 60


class WatchPane(Pane):
    """Pairs with price, change of the day and the last hour."""

    pane_name = "watch"
    number = 1

    def inputs(self, scene: Scene) -> tuple[object, ...]:
        """Prices, positions and which pair is selected."""
        return (
            scene.pane == self.pane_name,
            scene.symbol,
            scene.is_market_old,
            tuple(_row(scene, symbol) for symbol in scene.symbols),
        )

    def draw(self, scene: Scene, palette: Palette) -> Sequence[Strip]:
        """Title and one line a pair, scrolled so that the selected one is seen."""
        width, height = self.size
        rows = [_row(scene, symbol) for symbol in scene.symbols]
        curve = curve_width(rows, width)
        hour = right_in("1 h ", curve + 1) if curve else " "
        title = self.head(scene, palette, title="MARKETS", right=[("24 h" + hour, None)])
        if not rows:
            return [title, line(width, palette.base, [(" no prices yet", palette.muted)])]
        chosen = next((i for i, row in enumerate(rows) if row.symbol == scene.symbol), 0)
        first = max(0, chosen - (height - 2))
        shown = rows[first : first + height - 1]
        return [title, *watch_list(shown, selected=scene.symbol, width=width, palette=palette)]


def _row(scene: Scene, symbol: Symbol) -> WatchRow:
    ticker, instrument = scene.market.tickers.get(symbol), scene.market.instruments.get(symbol)
    position = scene.state.positions.get(symbol)
    candles = scene.candles.get((symbol, Interval.M1), ())
    return WatchRow(
        symbol=symbol,
        price=ticker.last if ticker is not None else None,
        decimals=instrument.price_decimals if instrument is not None else 2,
        change_percent=ticker.change_24h_percent if ticker is not None else None,
        closes=tuple(candle.close for candle in candles[-_CLOSES_SHOWN:]),
        is_held=position is not None and position.quantity_base > ZERO,
        is_old=scene.is_market_old,
    )
