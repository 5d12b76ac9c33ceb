"""Pane 3: the order-book ladder of the selected pair."""

from collections.abc import Sequence

from textual.strip import Strip

from tui_trader.themes import Palette
from tui_trader.widgets.drawing.ladder_rows import LadderPicture, ladder
from tui_trader.widgets.drawing.order_rows import own_by_price
from tui_trader.widgets.pane import Pane
from tui_trader.widgets.scene import Scene


class BookPane(Pane):
    """Asks above, bids below, own orders on their rows."""

    pane_name = "book"
    number = 3

    def inputs(self, scene: Scene) -> tuple[object, ...]:
        """The book and own orders in it."""
        return (
            scene.pane == self.pane_name,
            scene.symbol,
            scene.is_market_old,
            scene.market.books.get(scene.symbol) if scene.symbol else None,
            own_by_price(scene.orders, scene.symbol),
        )

    def draw(self, scene: Scene, palette: Palette) -> Sequence[Strip]:
        """Title and ladder."""
        width, height = self.size
        picture = LadderPicture(
            book=scene.market.books.get(scene.symbol) if scene.symbol else None,
            instrument=scene.instrument,
            own=own_by_price(scene.orders, scene.symbol),
            is_old=scene.is_market_old,
        )
        title = self.head(scene, palette, title=f"ORDER BOOK {scene.symbol or ''}")
        return [title, *ladder(picture, width=width, height=height - 1, palette=palette)]
