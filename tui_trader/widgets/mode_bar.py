"""The mode bar: which screen is shown, and the keys to the others."""

from collections.abc import Sequence

from textual.strip import Strip

from tui_trader.actions import TABS
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.lines import Piece
from tui_trader.widgets.drawing.mode_rows import mode_bar
from tui_trader.widgets.drawing.numbers import amount, arrow, percent
from tui_trader.widgets.pane import Pane
from tui_trader.widgets.scene import Scene


class ModeBar(Pane):
    """Second line of every screen."""

    pane_name = "modes"

    def inputs(self, scene: Scene) -> tuple[object, ...]:
        """The screen, and the selected pair where the screen does not show its price."""
        return (scene.screen, _pair(scene))

    def draw(self, scene: Scene, palette: Palette) -> Sequence[Strip]:
        """One line."""
        right = _pair_pieces(scene, palette)
        return [mode_bar(TABS, scene.screen, right=right, width=self.size.width, palette=palette)]


def _pair(scene: Scene) -> tuple[object, ...]:
    if scene.screen == TABS[0].name or scene.symbol is None:
        return ()
    ticker = scene.market.tickers.get(scene.symbol)
    price = (ticker.last, ticker.change_24h_percent) if ticker is not None else (None, None)
    return (scene.symbol, *price, scene.is_market_old)


def _pair_pieces(scene: Scene, palette: Palette) -> list[Piece]:
    if not _pair(scene):
        return []
    instrument = scene.instrument
    ticker = scene.market.tickers.get(scene.symbol) if scene.symbol else None
    last = ticker.last if ticker is not None else None
    change = ticker.change_24h_percent if ticker is not None else None
    text = amount(last, instrument.price_decimals if instrument is not None else 2)
    is_old = scene.is_market_old
    return [
        (f"{scene.symbol} ", palette.muted),
        (text, palette.muted if is_old else palette.strong),
        (
            f" {arrow(change)}{percent(change)} ",
            palette.muted if is_old else palette.signed(change),
        ),
    ]
