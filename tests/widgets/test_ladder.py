from decimal import Decimal

import pytest

from tests.screens.scripted import NOW_MS, book_of, instrument
from tui_trader.engine.messages.reports import BookReport
from tui_trader.engine.values.books import BookLevel
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.orders import Side
from tui_trader.themes import palette_of
from tui_trader.widgets.drawing.ladder_rows import (
    BALANCE_ROWS_MIN,
    LadderPicture,
    OwnMark,
    ladder,
)
from tui_trader.widgets.drawing.ladder_rungs import (
    RUNGS_MAX,
    grouping_steps,
    imbalance,
    is_beyond,
    on_rungs,
    ruler_of,
    top_of,
)

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


def test_stop_and_an_order_on_its_way_are_told_apart_without_colour():
    marks = [
        mark("64123.6", is_trigger=True),
        mark("64130.0"),
        mark("64129.7", is_moving=True),
    ]
    text = "\n".join(texts(picture(book_of("BTC/USD"), marks), height=26))
    assert "◂S0.01" in text
    assert "◂0.01" in text
    assert "«0.01»" in text


def test_own_orders_beyond_the_rungs_in_sight_are_counted_at_the_spread():
    marks = [mark("65000.0"), mark("60000.0"), mark("61000.0", is_trigger=True), mark("64130.0")]
    rows = texts(picture(book_of("BTC/USD"), marks))
    spread = next(row for row in rows if "spread" in row)
    assert spread.rstrip().endswith("▴1 ▾2")
    assert "▴" not in "".join(texts(picture(book_of("BTC/USD"), [mark("64130.0")])))
    narrow = texts(picture(book_of("BTC/USD"), marks), width=24)
    assert any("spread 0.1" in row for row in narrow)


def test_both_sides_are_weighed_against_each_other_in_words():
    levels = (BookLevel(Decimal(100), Decimal(3)),)
    asks = (BookLevel(Decimal(101), Decimal(1)),)
    book = BookReport(
        time_ms=NOW_MS, symbol=Symbol("BTC/USD"), bids=levels, asks=asks, is_verified=True
    )
    rows = texts(picture(book), height=BALANCE_ROWS_MIN)
    assert "bids 75%" in rows[-1]
    assert "25% asks" in rows[-1]
    assert rows[-1].count("█") > rows[-1].count("▒") > 0
    assert "bids" not in texts(picture(book), height=BALANCE_ROWS_MIN - 1)[-1]


def test_rungs_of_a_step_add_up_what_stands_between_them():
    book = book_of("BTC/USD")
    ruler = ruler_of(book, step=Decimal(5), tick=Decimal("0.1"))
    found = on_rungs(ruler, book)
    assert sum(each.quantity_base for each in found.values()) == sum(
        level.quantity_base for level in (*book.asks, *book.bids)
    )
    assert {price % 5 for price in ruler.prices} == {0}
    assert len(ruler.asks) == len(ruler.bids) == RUNGS_MAX
    rows = texts(picture(book, step=Decimal(5)))
    assert any("64,135.0" in row for row in rows)


@pytest.mark.parametrize("step", ["0.1", "1", "10", "500"])
def test_rung_never_shows_a_better_price_than_was_there(step):
    book = book_of("BTC/USD")
    ruler = ruler_of(book, step=Decimal(step), tick=Decimal("0.1"))
    for price, each in on_rungs(ruler, book).items():
        levels = book.asks if each.side is Side.SELL else book.bids
        nearest = [level.price for level in levels if abs(level.price - price) < Decimal(step)]
        assert nearest
        assert price >= min(nearest) if each.side is Side.SELL else price <= max(nearest)


def test_what_lies_beyond_the_told_depth_is_not_called_empty():
    book = book_of("BTC/USD")
    rows = texts(picture(book, step=Decimal(5)), height=40)
    beyond = [row for row in rows if row.split()[1:2] == ["·"]]
    assert beyond
    assert all("█" not in row for row in beyond)
    assert is_beyond(book, book.asks[-1].price + 1)
    assert not is_beyond(book, book.asks[-1].price)


def test_ladder_that_is_held_keeps_its_prices_while_the_market_runs():
    before, after = book_of("BTC/USD"), book_of("BTC/USD", mid=Decimal("64190.0"), seed=9)
    ruler = ruler_of(before, step=Decimal(5), tick=Decimal("0.1"))
    still = {"step": Decimal(5), "ruler": ruler, "top": top_of(ruler, 20), "cursor": ruler.bids[2]}
    first, second = (texts(picture(book, **still), height=21) for book in (before, after))
    assert (
        prices(first) == prices(second) != prices(texts(picture(after, step=Decimal(5)), height=21))
    )
    assert any("held · mid 64,190" in row for row in second)
    marked = [row for row in second if row.startswith(">")]
    assert [row.split()[0].lstrip(">") for row in marked] == [f"{ruler.bids[2]:,.1f}"]
    sides = on_rungs(ruler, after)
    assert all(each.side is Side.BUY for price, each in sides.items() if price <= Decimal(64_190))


def prices(rows):
    return [row[1:9] for row in rows if row[1:2].isdigit()]


def test_rungs_have_steps_from_a_tick_to_a_percent():
    steps = grouping_steps(instrument(), Decimal(64_000))
    assert steps[:4] == (Decimal("0.1"), Decimal("0.2"), Decimal("0.5"), Decimal(1))
    assert steps[-1] <= 640
    assert grouping_steps(instrument("DOGE/USD"), Decimal("0.0000001")) == (Decimal("0.0000001"),)


def test_rung_of_an_empty_book_is_none():
    empty = BookReport(time_ms=NOW_MS, symbol=Symbol("BTC/USD"), bids=(), asks=(), is_verified=True)
    ruler = ruler_of(empty, step=Decimal(5), tick=Decimal("0.1"))
    assert ruler.prices == ()
    assert on_rungs(ruler, empty) == {}
    assert imbalance(empty, 10) is None
    assert any("nothing in the book" in row for row in texts(picture(empty), height=12))
