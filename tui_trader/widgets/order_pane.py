"""Pane 5: open orders, with a cursor to cancel by."""

from collections.abc import Sequence

from textual.strip import Strip

from tui_trader.engine.state.order_life import OrderRecord
from tui_trader.engine.values.time import MS_PER_MINUTE, MS_PER_SECOND
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.order_rows import order_table
from tui_trader.widgets.pane import Pane
from tui_trader.widgets.scene import Scene

_LINES_ABOVE = 2


class OrderPane(Pane):
    """Open orders, UNKNOWN ones on top."""

    pane_name = "orders"
    number = 5

    def __init__(self) -> None:
        super().__init__()
        self.first_row = 0
        """Place of the order on the first line."""

    def inputs(self, scene: Scene) -> tuple[object, ...]:
        """Orders, the cursor, and ages as coarse as they are shown."""
        orders = scene.orders
        return (
            scene.pane == self.pane_name,
            scene.order_cursor,
            orders,
            [_shown_age(scene.now_ms - order.submitted_ms) for order in orders],
        )

    def draw(self, scene: Scene, palette: Palette) -> Sequence[Strip]:
        """Title and table, scrolled so that the cursor is seen."""
        orders = scene.orders
        room = max(1, self.size.height - _LINES_ABOVE)
        cursor = min(scene.order_cursor, len(orders) - 1)
        first = self.first_row = max(0, cursor - room + 1)
        title = self.head(scene, palette, title=f"ORDERS {_count(orders)}")
        rows = order_table(
            orders[first : first + room],
            scene.market.instruments,
            now_ms=scene.now_ms,
            width=self.size.width,
            palette=palette,
            cursor=cursor - first if scene.pane == self.pane_name else None,
        )
        return [title, *rows]


def _count(orders: Sequence[OrderRecord]) -> str:
    return str(len(orders)) if orders else ""


def _shown_age(age_ms: int) -> int:
    # Young orders tick by seconds, in steps of five so that a quiet screen stays quiet.
    return age_ms // (5 * MS_PER_SECOND) if age_ms < MS_PER_MINUTE else age_ms // MS_PER_MINUTE
