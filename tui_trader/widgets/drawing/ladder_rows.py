"""Order-book ladder: asks above, bids below, depth bars, spread between, own orders on their row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rich.style import Style
from textual.strip import Strip

from tui_trader.engine.messages.reports import BookReport
from tui_trader.engine.values.books import BookLevel
from tui_trader.engine.values.instruments import Instrument
from tui_trader.engine.values.money import BPS_PER_UNIT, ZERO
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.lines import Piece, blank, line, right_in
from tui_trader.widgets.drawing.numbers import UNKNOWN, amount, bar, quantity

_SIZE_WIDTH = 10
_OWN_WIDTH = 8
_HALF = 2
_BAR_MIN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderPicture:
    """What a ladder shows.

    Args:
        own: Quantity of own open orders by price.
        is_old: The book is not current: drawn muted.
    """

    book: BookReport | None
    instrument: Instrument | None
    own: Mapping[Decimal, Decimal]
    is_old: bool = False


def ladder(picture: LadderPicture, *, width: int, height: int, palette: Palette) -> list[Strip]:
    """Strips of the ladder, the spread in the middle; never a price of a book that is lost."""
    base = palette.base
    book = picture.book
    if book is None:
        return _note(("waiting for the order book…", palette.muted), (width, height), base)
    if not book.is_verified:
        return _note(("book lost — resubscribing", palette.warn), (width, height), base)
    each = max(0, (height - 1) // _HALF)
    asks, bids = book.asks[:each], book.bids[: height - 1 - each]
    style = _LevelStyle(palette, picture, levels=(*asks, *bids), width=width)
    rows = [blank(width, base)] * (each - len(asks))
    rows += [style.row(level, palette.ask, palette.ask_bar) for level in reversed(asks)]
    rows.append(_spread(book, width=width, picture=picture, palette=palette))
    rows += [style.row(level, palette.bid, palette.bid_bar) for level in bids]
    return (rows + [blank(width, base)] * height)[:height]


def _note(piece: Piece, size: tuple[int, int], base: Style) -> list[Strip]:
    width, height = size
    rows = [blank(width, base)] * height
    if rows:
        rows[len(rows) // _HALF] = line(width, base, [("  ", None), piece])
    return rows


class _LevelStyle:
    """How one level becomes a line: price, size, bar, own quantity."""

    def __init__(
        self,
        palette: Palette,
        picture: LadderPicture,
        *,
        levels: Sequence[BookLevel],
        width: int,
    ) -> None:
        self.palette, self.picture, self.width = palette, picture, width
        self.most = max((level.quantity_base for level in levels), default=ZERO) or Decimal(1)
        instrument = picture.instrument
        self.price_decimals = instrument.price_decimals if instrument else 2
        self.price_width = max(
            (len(amount(level.price, self.price_decimals)) for level in levels), default=8
        )
        self.bar_width = width - self.price_width - _SIZE_WIDTH - _OWN_WIDTH - 4
        if self.bar_width < _BAR_MIN:
            self.bar_width = 0

    def row(self, level: BookLevel, ink: Style, bar_ink: Style) -> Strip:
        palette, own = self.palette, self.picture.own.get(level.price)
        if self.picture.is_old:
            ink, bar_ink = palette.muted, palette.faint
        size = right_in(_size(level.quantity_base), _SIZE_WIDTH)
        pieces: list[Piece] = [
            (right_in(amount(level.price, self.price_decimals), self.price_width + 1), ink),
            (f" {size} ", None if not self.picture.is_old else palette.muted),
        ]
        if self.bar_width:
            pieces.append((bar(float(level.quantity_base / self.most), self.bar_width), bar_ink))
        if own is not None:
            pieces.append((f" ◂{quantity(own)}", palette.own))
        style = palette.base + palette.cursor if own is not None else palette.base
        return line(self.width, style, pieces)


def _size(value: Decimal) -> str:
    """Enough digits to compare sizes, few enough to line up."""
    decimals = next((d for limit, d in ((1_000, 0), (100, 2), (1, 3)) if value >= limit), 5)
    return amount(value, decimals)


def _spread(book: BookReport, *, width: int, picture: LadderPicture, palette: Palette) -> Strip:
    base = palette.base
    if not book.asks or not book.bids:
        return line(width, base, [(" one side is empty", palette.warn)])
    ask, bid = book.asks[0].price, book.bids[0].price
    decimals = picture.instrument.price_decimals if picture.instrument else 2
    middle = (ask + bid) / _HALF
    bps = f"{(ask - bid) / middle * BPS_PER_UNIT:.2f}" if middle else UNKNOWN
    text = f" spread {amount(ask - bid, decimals)} · {bps} bps "
    rule = "─" * max(0, width - len(text) - 1)
    return line(width, base, [("─", palette.faint), (text, palette.muted), (rule, palette.faint)])
