import gzip
import json
from decimal import Decimal

import pytest

from tui_trader.engine.exchanges.simulator.book import OrderBook
from tui_trader.engine.exchanges.simulator.checksum import book_checksum
from tui_trader.engine.exchanges.simulator.depth_view import DepthView, checksum_of
from tui_trader.engine.values.orders import Side

# Kraken's documented example: <https://docs.kraken.com/exchange/guides/websockets/book-checksum-v2>
DOCUMENTED_ASKS = (
    ("45285.2", "0.00100000"),
    ("45286.4", "1.54571953"),
    ("45286.6", "1.54571109"),
    ("45289.6", "1.54560911"),
    ("45290.2", "0.15890660"),
    ("45291.8", "1.54553491"),
    ("45294.7", "0.04454749"),
    ("45296.1", "0.35380000"),
    ("45297.5", "0.09945542"),
    ("45299.5", "0.18772827"),
)
DOCUMENTED_BIDS = (
    ("45283.5", "0.10000000"),
    ("45283.4", "1.54582015"),
    ("45282.1", "0.10000000"),
    ("45281.0", "0.10000000"),
    ("45280.3", "1.54592586"),
    ("45279.0", "0.07990000"),
    ("45277.6", "0.03310103"),
    ("45277.5", "0.30000000"),
    ("45277.3", "1.54602737"),
    ("45276.6", "0.15445238"),
)


def units(rows):
    return [(int(Decimal(price) * 10), int(Decimal(quantity) * 10**8)) for price, quantity in rows]


def test_documented_book_has_the_documented_checksum():
    assert book_checksum(units(DOCUMENTED_ASKS), units(DOCUMENTED_BIDS)) == 3310070434


@pytest.mark.real_data
def test_every_recorded_message_has_its_recorded_checksum(real_data):
    path = real_data / "ws" / "kraken_sdk_orderbook-v2.json.gz"
    recorded = json.loads(gzip.decompress(path.read_bytes()), parse_float=str)
    sides = {"bids": {}, "asks": {}}
    checked = 0
    for message in (recorded["init"], *recorded["updates"]):
        (row,) = message["data"]
        for name, levels in sides.items():
            for ticks, lots in units((level["price"], level["qty"]) for level in row[name]):
                levels[ticks] = lots
                if lots == 0:
                    del levels[ticks]
        bids = sorted(sides["bids"].items(), reverse=True)[:10]
        asks = sorted(sides["asks"].items())[:10]
        sides = {"bids": dict(bids), "asks": dict(asks)}
        assert book_checksum(asks, bids) == row["checksum"], checked
        checked += 1
    assert checked == 510


def book_of(bids, asks):
    book = OrderBook()
    for ticks, lots in bids:
        book.set_house(Side.BUY, ticks, lots)
    for ticks, lots in asks:
        book.set_house(Side.SELL, ticks, lots)
    return book


def test_only_changed_levels_are_announced():
    book = book_of([(10, 1), (9, 1)], [(11, 1), (12, 1)])
    view = DepthView(book, 2)
    assert view.changes() == ([], [])
    book.set_house(Side.SELL, 12, 5)
    assert view.changes() == ([], [(12, 5)])


def test_level_that_leaves_the_book_is_announced_with_nothing_left():
    book = book_of([(10, 1), (9, 1), (8, 1)], [])
    view = DepthView(book, 2)
    book.set_house(Side.BUY, 10, 0)
    assert view.changes() == ([(10, 0), (8, 1)], [])


def test_level_pushed_out_of_the_depth_is_not_announced():
    book = book_of([(10, 1), (9, 1)], [])
    view = DepthView(book, 2)
    book.set_house(Side.BUY, 11, 3)
    assert view.changes() == ([(11, 3)], [])


def test_checksum_of_a_book_looks_at_ten_levels_only():
    levels = [(100 - index, 7) for index in range(15)]
    book = book_of(levels, [])
    before = checksum_of(book)
    book.set_house(Side.BUY, 86, 1)
    assert checksum_of(book) == before
    book.set_house(Side.BUY, 91, 1)
    assert checksum_of(book) != before
