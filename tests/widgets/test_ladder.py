from decimal import Decimal

import pytest

from tests.screens.scripted import NOW_MS, book_of, instrument
from tui_trader.engine.messages.reports import BookReport
from tui_trader.engine.values.books import BookLevel
from tui_trader.engine.values.instruments import Symbol
from tui_trader.themes import palette_of
from tui_trader.widgets.drawing.ladder_rows import LadderPicture, OwnMark, ladder

PALETTE = palette_of("dark")


def picture(book, own=(), **more):
    return LadderPicture(book=book, instrument=instrument(), own=own, **more)


def mark(price, quantity="0.01", **more):
    return OwnMark(price=Decimal(price), quantity_base=Decimal(quantity), **more)


def texts(picture_, width=40, height=15):
    return [s.text for s in ladder(picture_, width=width, height=height, palette=PALETTE)]


@pytest.mark.parametrize("size", [(24, 3), (33, 15), (40, 26), (60, 60), (12, 1), (40, 0)])
def test_ladder_has_exactly_the_size_asked_for(size):
    strips = ladder(picture(book_of("BTC/USD")), width=size[0], height=size[1], palette=PALETTE)
    assert len(strips) == size[1]
    assert {strip.cell_length for strip in strips} <= {size[0]}


def test_best_prices_meet_at_the_spread():
    rows = texts(picture(book_of("BTC/USD")))
    spread = next(index for index, row in enumerate(rows) if "spread" in row)
    assert "64,130.5" in rows[spread - 1]
    assert "64,130.4" in rows[spread + 1]
    assert "spread 0.1 · 0.02 bps" in rows[spread]


def test_own_order_is_marked_on_its_row():
    rows = texts(picture(book_of("BTC/USD"), [mark("64128.9")]))
    (row,) = [row for row in rows if "◂0.01" in row]
    assert "64,128.9" in row


def test_lost_book_has_no_price_in_it():
    lost = BookReport(time_ms=NOW_MS, symbol=Symbol("BTC/USD"), bids=(), asks=(), is_verified=False)
    rows = texts(picture(lost))
    assert any("book lost — resubscribing" in row for row in rows)
    assert not any(char.isdigit() for row in rows for char in row)


def test_missing_book_and_empty_side_are_told():
    assert any("waiting for the order book" in row for row in texts(picture(None)))
    one_sided = BookReport(
        time_ms=NOW_MS,
        symbol=Symbol("BTC/USD"),
        bids=book_of("BTC/USD").bids,
        asks=(),
        is_verified=True,
    )
    assert any("one side is empty" in row for row in texts(picture(one_sided)))


def test_old_book_has_no_colour():
    strips = ladder(picture(book_of("BTC/USD"), is_old=True), width=40, height=15, palette=PALETTE)
    inks = {segment.style.color for strip in strips for segment in strip}
    assert PALETTE.bid.color not in inks
    assert PALETTE.ask.color not in inks


def test_prices_of_deeper_levels_are_never_cut():
    levels = [BookLevel(Decimal(price), Decimal(1)) for price in ("999.9", "1000.0", "12345678.9")]
    book = BookReport(
        time_ms=NOW_MS,
        symbol=Symbol("BTC/USD"),
        bids=(BookLevel(Decimal("999.8"), Decimal(1)),),
        asks=tuple(levels),
        is_verified=True,
    )
    text = "\n".join(texts(picture(book)))
    assert "12,345,678.9" in text
    assert "1,000.0" in text


def test_book_of_nothing_but_zeros_is_drawn():
    zero = (BookLevel(Decimal(0), Decimal(0)),)
    book = BookReport(
        time_ms=NOW_MS, symbol=Symbol("BTC/USD"), bids=zero, asks=zero, is_verified=True
    )
    assert any("— bps" in row for row in texts(picture(book)))
