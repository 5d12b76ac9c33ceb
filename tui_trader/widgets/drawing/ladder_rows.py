"""Order-book ladder: asks above, bids below, depth bars, own orders and the cursor on their rungs.

Law: never a price of a book that is lost. With a cursor in it the rungs stand still, and only what stands
on them moves.
"""

from collections.abc import Sequence
from decimal import Decimal

import msgspec
from rich.style import Style
from textual.strip import Strip

from tui_trader.engine.messages.reports import BookReport
from tui_trader.engine.values.instruments import Instrument
from tui_trader.engine.values.money import BPS_PER_UNIT, ZERO
from tui_trader.engine.values.orders import Side
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.ladder_rungs import (
    LadderRow,
    OnRung,
    Ruler,
    imbalance,
    is_beyond,
    on_rungs,
    rows_in_sight,
    ruler_of,
    rung_at,
)
from tui_trader.widgets.drawing.lines import Piece, blank, line, right_in
from tui_trader.widgets.drawing.numbers import UNKNOWN, amount, bar, quantity

BALANCE_ROWS_MIN = 8
"""Below this height every line is a rung."""
_SIZE_WIDTH = 10
_OWN_WIDTH = 8
_HALF = 2
_BAR_MIN = 3
_BALANCE_BAR_MIN = 6
_PERCENT = 100
_BEYOND = "·"


class OwnMark(msgspec.Struct, frozen=True, kw_only=True):
    """An own order on the ladder.

    Args:
        is_trigger: It sleeps until this price is traded.
        is_moving: It is being moved: this is where it would go.
    """

    price: Decimal
    quantity_base: Decimal
    is_trigger: bool = False
    is_moving: bool = False


class LadderPicture(msgspec.Struct, frozen=True, kw_only=True):
    """What a ladder shows.

    Args:
        step: Distance of two rungs; None for every level.
        ruler: The rungs it stands still on, `top` the line that is uppermost; None follows the spread.
        cursor: Rung under the cursor.
        is_old: The book is not current: drawn muted.
    """

    book: BookReport | None
    instrument: Instrument | None
    own: Sequence[OwnMark] = ()
    step: Decimal | None = None
    ruler: Ruler | None = None
    top: int | None = None
    cursor: Decimal | None = None
    is_old: bool = False


def rung_rows(height: int) -> int:
    """Lines of rungs in a ladder of that height."""
    return height - 1 if height >= BALANCE_ROWS_MIN else height


def ladder(picture: LadderPicture, *, width: int, height: int, palette: Palette) -> list[Strip]:
    """Strips of the ladder: rungs, the spread among them, and the balance of both sides last."""
    base = palette.base
    book = picture.book
    if book is None:
        return _note(("waiting for the order book…", palette.muted), (width, height), base)
    if not book.is_verified:
        return _note(("book lost — resubscribing", palette.warn), (width, height), base)
    tick = picture.instrument.tick if picture.instrument is not None else Decimal("0.01")
    ruler = picture.ruler or ruler_of(book, step=picture.step, tick=tick)
    count = rung_rows(height)
    rows = rows_in_sight(ruler, count, top=picture.top)
    drawing = _Rungs(picture, book, ruler, rows=rows, width=width, palette=palette)
    strips = [drawing.strip(row) for row in rows]
    if count < height:
        strips.append(_balance(picture, book, width=width, palette=palette))
    return strips


def _note(piece: Piece, size: tuple[int, int], base: Style) -> list[Strip]:
    width, height = size
    rows = [blank(width, base)] * height
    if rows:
        rows[len(rows) // _HALF] = line(width, base, [("  ", None), piece])
    return rows


class _Rungs:
    """How one rung becomes a line: price, size, bar, own quantity."""

    def __init__(
        self,
        picture: LadderPicture,
        book: BookReport,
        ruler: Ruler,
        *,
        rows: Sequence[LadderRow],
        width: int,
        palette: Palette,
    ) -> None:
        self.picture, self.book, self.width, self.palette = picture, book, width, palette
        self.found = on_rungs(ruler, book)
        self.own = _own_by_rung(picture.own, ruler, book)
        self.prices = prices = [row.price for row in rows if row.price is not None]
        seen = [self.found[price].quantity_base for price in prices if price in self.found]
        self.most = max(seen, default=ZERO) or Decimal(1)
        instrument = picture.instrument
        self.decimals = instrument.price_decimals if instrument else 2
        self.price_width = max((len(amount(price, self.decimals)) for price in prices), default=8)
        self.bar_width = width - self.price_width - _SIZE_WIDTH - _OWN_WIDTH - 4
        if self.bar_width < _BAR_MIN:
            self.bar_width = 0

    def strip(self, row: LadderRow) -> Strip:
        """One line."""
        if row.is_spread:
            own = _elsewhere(self.picture.own, self.prices)
            return _spread(self.picture, self.book, own=own, width=self.width, palette=self.palette)
        if row.price is None:
            return blank(self.width, self.palette.base)
        return self._rung(row.price)

    def _rung(self, price: Decimal) -> Strip:
        palette, found = self.palette, self.found.get(price)
        is_old = self.picture.is_old
        ink, bar_ink = self._inks(price, found)
        own = self.own.get(price, ())
        mark = ">" if price == self.picture.cursor else " "
        text = right_in(amount(price, self.decimals), self.price_width)
        pieces: list[Piece] = [(f"{mark}{text}", ink)]
        if found is None:
            empty = _BEYOND if is_beyond(self.book, price) else ""
            pieces.append((f" {right_in(empty, _SIZE_WIDTH)} ", palette.faint))
        else:
            size = right_in(_size(found.quantity_base), _SIZE_WIDTH)
            pieces.append((f" {size} ", palette.muted if is_old else None))
        if self.bar_width:
            share = float(found.quantity_base / self.most) if found is not None else 0.0
            pieces.append((bar(share, self.bar_width), bar_ink))
        pieces += [_own_piece(each, palette) for each in own]
        return line(self.width, self._ground(price, is_own=bool(own)), pieces)

    def _inks(self, price: Decimal, found: OnRung | None) -> tuple[Style, Style]:
        palette = self.palette
        if self.picture.is_old:
            return palette.muted, palette.faint
        if found is not None:
            is_ask = found.side is Side.SELL
        else:
            is_ask = bool(self.book.asks) and price >= self.book.asks[0].price
        return (palette.ask, palette.ask_bar) if is_ask else (palette.bid, palette.bid_bar)

    def _ground(self, price: Decimal, *, is_own: bool) -> Style:
        if price == self.picture.cursor:
            return self.palette.base + self.palette.field
        return self.palette.base + self.palette.cursor if is_own else self.palette.base


def _own_by_rung(
    own: Sequence[OwnMark], ruler: Ruler, book: BookReport
) -> dict[Decimal, list[OwnMark]]:
    rising = sorted(set(ruler.prices))
    by_rung: dict[Decimal, list[OwnMark]] = {}
    if not rising:
        return by_rung
    for mark in own:
        is_above = bool(book.asks) and mark.price >= book.asks[0].price
        side = Side.SELL if is_above else Side.BUY
        rung = rung_at(rising, mark.price, side=side, step=ruler.step)
        if rung is not None:
            by_rung.setdefault(rung, []).append(mark)
    return by_rung


def _elsewhere(own: Sequence[OwnMark], prices: Sequence[Decimal]) -> str:
    """How many own orders stand above and below the rungs in sight: `▴1 ▾2`."""
    if not prices:
        return ""
    above = sum(mark.price > prices[0] for mark in own)
    below = sum(mark.price < prices[-1] for mark in own)
    return " ".join(f"{sign}{count}" for sign, count in (("▴", above), ("▾", below)) if count)


def _own_piece(mark: OwnMark, palette: Palette) -> Piece:
    """`◂0.01`, `◂S0.01` for what sleeps until the price is traded, `«0.01»` for what is being moved."""
    sign = "S" if mark.is_trigger else ""
    if mark.is_moving:
        return f" «{sign}{quantity(mark.quantity_base)}»", palette.warn
    return f" ◂{sign}{quantity(mark.quantity_base)}", palette.own


def _size(value: Decimal) -> str:
    """Enough digits to compare sizes, few enough to line up."""
    decimals = next((d for limit, d in ((1_000, 0), (100, 2), (1, 3)) if value >= limit), 5)
    return amount(value, decimals)


def _spread(
    picture: LadderPicture, book: BookReport, *, own: str, width: int, palette: Palette
) -> Strip:
    base = palette.base
    if not book.asks or not book.bids:
        return line(width, base, [(" one side is empty", palette.warn)])
    ask, bid = book.asks[0].price, book.bids[0].price
    decimals = picture.instrument.price_decimals if picture.instrument else 2
    middle = (ask + bid) / _HALF
    bps = f"{(ask - bid) / middle * BPS_PER_UNIT:.2f}" if middle else UNKNOWN
    text = f" spread {amount(ask - bid, decimals)} · {bps} bps "
    if picture.ruler is not None:
        held = amount(middle, decimals)
        text = f" held · mid {held} · Esc "
        if len(text) + len(own) + 3 > width:
            text = f" held · {held} · Esc "
    told = f" {own} " if own and len(text) + len(own) + 3 <= width else ""
    rule = "─" * max(0, width - len(text) - len(told) - 1)
    ink = palette.muted if picture.ruler is None else palette.warn
    pieces = [("─", palette.faint), (text, ink), (rule, palette.faint), (told, palette.own)]
    return line(width, base, pieces)


def _balance(picture: LadderPicture, book: BookReport, *, width: int, palette: Palette) -> Strip:
    """Which side holds more of what is in the told book: words, numbers, and a bar cut in two."""
    count = max(len(book.bids), len(book.asks))
    share = imbalance(book, count)
    if share is None:
        return line(width, palette.base, [(" nothing in the book", palette.muted)])
    bids = round(share * _PERCENT)
    left, right = f" bids {bids}% ", f" {_PERCENT - bids}% asks "
    room = width - len(left) - len(right)
    if room < _BALANCE_BAR_MIN:
        return line(width, palette.base, [(left, palette.muted), (right, palette.muted)])
    cut = max(0, min(room, round(share * room)))
    is_old = picture.is_old
    bid_ink, ask_ink = (
        (palette.muted, palette.faint) if is_old else (palette.bid_bar, palette.ask_bar)
    )
    words = palette.muted if is_old else None
    pieces = [(left, words), ("█" * cut, bid_ink), ("▒" * (room - cut), ask_ink), (right, words)]
    return line(width, palette.base, pieces)
