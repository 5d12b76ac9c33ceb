"""The book against 510 recorded messages of Kraken, and against each of them with one digit changed."""

import copy
import gzip
import json
import random
from decimal import Decimal

import msgspec
import pytest

from tui_trader.engine.exchanges.ccxt_bridge.translate import MalformedAnswer
from tui_trader.engine.exchanges.kraken.book import Book, BookBroken, BookRow, WireLevel
from tui_trader.engine.values.instruments import Asset, Instrument, Symbol

D = Decimal
BTC_USD = Instrument(
    symbol=Symbol("BTC/USD"),
    base=Asset("BTC"),
    quote=Asset("USD"),
    tick=D("0.1"),
    lot=D("0.00000001"),
    quantity_min=D("0.00005"),
    cost_min=D("0.5"),
    fee_maker_ratio=D("0.0025"),
    fee_taker_ratio=D("0.004"),
)
# The example of Kraken's guide to the checksum.
GUIDE_ASKS = """0.05005 0.00000500
0.05010 0.00000500
0.05015 0.00000500
0.05020 0.00000500
0.05025 0.00000500
0.05030 0.00000500
0.05035 0.00000500
0.05040 0.00000500
0.05045 0.00000500
0.05050 0.00000500"""
GUIDE_BIDS = """0.05000 0.00000500
0.04995 0.00000500
0.04990 0.00000500
0.04980 0.00000500
0.04975 0.00000500
0.04970 0.00000500
0.04965 0.00000500
0.04960 0.00000500
0.04955 0.00000500
0.04950 0.00000500"""
GUIDE_CHECKSUM = 974947235


def row(*, checksum, bids=(), asks=()):
    return BookRow(
        symbol="BTC/USD",
        checksum=checksum,
        bids=tuple(WireLevel(D(price), D(quantity)) for price, quantity in bids),
        asks=tuple(WireLevel(D(price), D(quantity)) for price, quantity in asks),
    )


def levels(text):
    return tuple(tuple(line.split()) for line in text.splitlines())


def checksum_of(depth, *, instrument=BTC_USD, **sides):
    """Checksum of a book that holds `sides`, found by asking a book that was told a wrong one."""
    book = Book.__new__(Book)
    with pytest.raises(BookBroken):
        book.__init__(instrument, depth, row(checksum=-1, **sides))
    return book.checksum()


@pytest.fixture
def recorded(real_data):
    with gzip.open(real_data / "ws" / "kraken_sdk_orderbook-v2.json.gz") as file:
        recording = json.load(file)
    return [recording["init"]["data"][0], *(update["data"][0] for update in recording["updates"])]


def replay(messages, *, depth=10):
    """Messages a book took before it broke."""
    book = None
    for count, message in enumerate(messages):
        read = msgspec.json.decode(json.dumps(message), type=BookRow)
        try:
            if book is None:
                book = Book(BTC_USD, depth, read)
            else:
                book.take(read)
        except (BookBroken, MalformedAnswer):
            return count
    return len(messages)


def with_one_digit_changed(message, chance):
    """`message` with one digit of one level changed; `None` if it has no level to change."""
    changed = json.loads(json.dumps(message))
    places = [(level, key) for side in ("bids", "asks") for level in changed[side] for key in level]
    if not places:
        return None
    level, key = chance.choice(places)
    digits = list(f"{D(str(level[key])):.{1 if key == 'price' else 8}f}")
    place = chance.choice([index for index, char in enumerate(digits) if char.isdigit()])
    digits[place] = str((int(digits[place]) + chance.randint(1, 9)) % 10)
    level[key] = float("".join(digits))
    return changed


def test_example_of_the_guide_has_its_checksum():
    pair = msgspec.structs.replace(BTC_USD, tick=D("0.00001"))
    snapshot = row(checksum=GUIDE_CHECKSUM, asks=levels(GUIDE_ASKS), bids=levels(GUIDE_BIDS))
    assert Book(pair, 10, snapshot).checksum() == GUIDE_CHECKSUM


@pytest.mark.real_data
def test_every_recorded_checksum_agrees(recorded):
    assert replay(recorded) == len(recorded) == 510


@pytest.mark.real_data
def test_one_changed_digit_in_each_of_a_thousand_runs_is_noticed_on_its_message(recorded):
    chance = random.Random(7)
    reads = [msgspec.json.decode(json.dumps(message), type=BookRow) for message in recorded]
    book, before = Book(BTC_USD, 10, reads[0]), [None]
    for read in reads[1:]:
        before.append(copy.deepcopy(book))
        book.take(read)
    runs = noticed = 0
    while runs < 1_000:
        index = chance.randrange(len(recorded))
        changed = with_one_digit_changed(recorded[index], chance)
        if changed is None:
            continue
        runs += 1
        after = book_after(before[index], msgspec.json.decode(json.dumps(changed), type=BookRow))
        if after is None:
            noticed += 1
            continue
        # A level that is put and cut again, or a 0 by another spelling, is no change of the book.
        true = book_after(before[index], reads[index])
        assert (after.bids(), after.asks()) == (true.bids(), true.asks())
    assert noticed > 900


def book_after(book, read):
    """The book after one more message, or the first one; `None` if it broke."""
    try:
        if book is None:
            return Book(BTC_USD, 10, read)
        book = copy.deepcopy(book)
        book.take(read)
    except (BookBroken, MalformedAnswer):
        return None
    return book


def test_quantity_zero_removes_a_level():
    asks = [("100.1", "1"), ("100.2", "2")]
    book = Book(BTC_USD, 10, row(checksum=checksum_of(10, asks=asks), asks=asks))
    left = checksum_of(10, asks=asks[1:])
    book.take(row(checksum=left, asks=[("100.1", "0")]))
    assert [level.price for level in book.asks()] == [D("100.2")]


def test_levels_beyond_the_depth_are_cut():
    bids = [(str(100 - index), "1") for index in range(12)]
    book = Book(BTC_USD, 10, row(checksum=checksum_of(10, bids=bids), bids=bids))
    assert [level.price for level in book.bids()] == [D(100 - index) for index in range(10)]


def test_price_keeps_its_identity_when_written_with_fewer_zeros():
    asks = [("100.10", "1")]
    book = Book(BTC_USD, 10, row(checksum=checksum_of(10, asks=asks), asks=asks))
    book.take(row(checksum=checksum_of(10, asks=[("100.1", "3")]), asks=[("100.1", "3")]))
    assert [level.quantity_base for level in book.asks()] == [D(3)]


def test_crossed_book_is_broken_though_its_checksum_agrees():
    sides = {"bids": [("101", "1")], "asks": [("100", "1")]}
    with pytest.raises(BookBroken, match="cross"):
        Book(BTC_USD, 10, row(checksum=checksum_of(10, **sides), **sides))


@pytest.mark.parametrize("amount", ["NaN", "-1", "Infinity", "1E+999999999", "1E-999999999"])
def test_impossible_amount_is_a_fault_at_once(amount):
    with pytest.raises(MalformedAnswer):
        Book(BTC_USD, 10, row(checksum=0, asks=[("100", amount)]))
