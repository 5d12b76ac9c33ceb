"""Pane 3: the order-book ladder of the selected pair."""

from collections.abc import Sequence
from decimal import Decimal

from textual.strip import Strip

from tui_trader.engine.messages.reports import BookReport
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.ladder_rows import LadderPicture, ladder, rung_rows
from tui_trader.widgets.drawing.ladder_rungs import Ruler, grouping_steps, ruler_of
from tui_trader.widgets.drawing.numbers import age, quantity
from tui_trader.widgets.own_orders import own_marks
from tui_trader.widgets.pane import Pane
from tui_trader.widgets.scene import Scene


class BookPane(Pane):
    """Asks above, bids below, own orders on their rungs."""

    pane_name = "book"
    number = 3

    @property
    def rung_rows(self) -> int:
        """Lines of rungs that are shown."""
        return rung_rows(max(0, self.size.height - 1))

    def inputs(self, scene: Scene) -> tuple[object, ...]:
        """The book, own orders in it, the cursor, and the step of the rungs."""
        board = scene.desk
        return (
            scene.pane == self.pane_name,
            scene.symbol,
            _age_words(scene),
            book_of(scene),
            own_marks(scene),
            (board.grouping, board.cursor, board.ruler, board.top),
        )

    def draw(self, scene: Scene, palette: Palette) -> Sequence[Strip]:
        """Title and ladder."""
        width, height = self.size
        board, step = scene.desk, ladder_step(scene)
        picture = LadderPicture(
            book=book_of(scene),
            instrument=scene.instrument,
            own=own_marks(scene),
            step=step,
            ruler=board.ruler,
            top=board.top if board.ruler is not None else None,
            cursor=board.cursor,
            is_old=scene.is_market_old,
        )
        words = _age_words(scene)
        right = [
            (f"OLD {words} " if words else "", palette.warn),
            ("" if step is None else f"by {quantity(step)} ", palette.strong),
        ]
        title = self.head(scene, palette, title=f"ORDER BOOK {scene.symbol or ''}", right=right)
        return [title, *ladder(picture, width=width, height=height - 1, palette=palette)]


def book_of(scene: Scene) -> BookReport | None:
    """Of the selected pair."""
    return scene.market.books.get(scene.symbol) if scene.symbol else None


def ladder_steps(scene: Scene) -> tuple[Decimal | None, ...]:
    """Steps the ladder can be grouped by; the first is every level."""
    instrument = scene.instrument
    mid = scene.market.mid(scene.symbol) if scene.symbol else None
    if instrument is None or mid is None:
        return (None,)
    return (None, *grouping_steps(instrument, mid))


def ladder_step(scene: Scene) -> Decimal | None:
    """The step that is chosen; None for every level."""
    steps = ladder_steps(scene)
    return steps[min(scene.desk.grouping, len(steps) - 1)]


def ladder_ruler(scene: Scene) -> Ruler | None:
    """The rungs about the spread as it is now; None where there is no book."""
    book, instrument = book_of(scene), scene.instrument
    if book is None or instrument is None or not book.is_verified:
        return None
    return ruler_of(book, step=ladder_step(scene), tick=instrument.tick)


def _age_words(scene: Scene) -> str:
    return age(scene.market_age_ms) if scene.is_market_old else ""
