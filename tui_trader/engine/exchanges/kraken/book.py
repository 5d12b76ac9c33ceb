"""The order book of one pair, checked by Kraken's checksum after every message.

Law: a book is used only while its checksum agrees. CRC32 runs over the ten best asks, then the ten
best bids, each level as price and quantity in whole steps of the pair, without leading zeros. The
subscribed depth is cut here: Kraken does not say which levels fall out.
https://docs.kraken.com/api/docs/guides/spot-ws-book-v2
"""

from bisect import bisect_left
from decimal import Decimal
from zlib import crc32

import msgspec

from tui_trader.engine.exchanges.ccxt_bridge.translate import EXPONENT_MAX, checked_amount
from tui_trader.engine.values.books import BookLevel
from tui_trader.engine.values.errors import TemporaryFault
from tui_trader.engine.values.instruments import Instrument

CHECKSUM_DEPTH = 10


class WireLevel(msgspec.Struct, frozen=True):
    """One level as it arrives; quantity 0 removes it."""

    price: Decimal
    qty: Decimal


class BookRow(msgspec.Struct, frozen=True):
    """The row of a book message."""

    symbol: str
    checksum: int
    bids: tuple[WireLevel, ...] = ()
    asks: tuple[WireLevel, ...] = ()


class BookBroken(TemporaryFault):
    """This book is not the exchange's book; the text says how it shows."""


class BookSide:
    """Levels of one side.

    Read, never written, from outside: `prices`, ascending, and `checksum_text`, what the checksum runs
    over, best level first.
    """

    def __init__(self, instrument: Instrument, depth: int, *, is_bids: bool) -> None:
        self._price_decimals = instrument.price_decimals
        self._quantity_decimals = instrument.quantity_decimals
        self._depth = depth
        self._is_bids = is_bids
        self.prices: list[Decimal] = []
        self._levels: dict[Decimal, tuple[BookLevel, str]] = {}
        # Most messages change one side: the other's part of the checksum is kept.
        self.checksum_text = ""

    def take(self, changes: tuple[WireLevel, ...]) -> None:
        """Apply the levels of one message, then cut to the depth.

        Raises:
            MalformedAnswer: an amount cannot be true.
        """
        if not changes:
            return
        for change in changes:
            price, quantity = change.price, change.qty
            if not (is_amount(price) and is_amount(quantity)):
                checked_amount(price, "a book price")
                checked_amount(quantity, "a book quantity")
            if quantity:
                self._put(price, quantity)
            else:
                self._drop(price)
        while len(self.prices) > self._depth:
            worst = self.prices.pop(0 if self._is_bids else -1)
            del self._levels[worst]
        levels = self._levels
        self.checksum_text = "".join(
            [levels[price][1] for price in self._best_first(CHECKSUM_DEPTH)]
        )

    def _put(self, price: Decimal, quantity: Decimal) -> None:
        if price not in self._levels:
            self.prices.insert(bisect_left(self.prices, price), price)
        text = _steps(price, self._price_decimals) + _steps(quantity, self._quantity_decimals)
        self._levels[price] = (BookLevel(price, quantity), text)

    def _drop(self, price: Decimal) -> None:
        if self._levels.pop(price, None) is not None:
            del self.prices[bisect_left(self.prices, price)]

    def levels(self) -> tuple[BookLevel, ...]:
        """All levels, best first."""
        levels = self._levels
        return tuple(levels[price][0] for price in self._best_first(len(self.prices)))

    def _best_first(self, count: int) -> list[Decimal]:
        return self.prices[: -count - 1 : -1] if self._is_bids else self.prices[:count]


class Book:
    """Both sides of one pair, as the last message left them."""

    def __init__(self, instrument: Instrument, depth: int, snapshot: BookRow) -> None:
        self._symbol = instrument.symbol
        self._bids = BookSide(instrument, depth, is_bids=True)
        self._asks = BookSide(instrument, depth, is_bids=False)
        self.take(snapshot)

    def take(self, row: BookRow) -> None:
        """Apply one message.

        Raises:
            BookBroken: the checksum disagrees, or the sides cross: use this book no more.
            MalformedAnswer: an amount cannot be true: likewise.
        """
        self._bids.take(row.bids)
        self._asks.take(row.asks)
        if self.checksum() != row.checksum:
            message = f"{self._symbol}: book checksum disagrees"
            raise BookBroken(message)
        bids, asks = self._bids.prices, self._asks.prices
        if bids and asks and bids[-1] >= asks[0]:
            message = f"{self._symbol}: book crosses"
            raise BookBroken(message)

    def checksum(self) -> int:
        """CRC32 of the best levels."""
        return crc32((self._asks.checksum_text + self._bids.checksum_text).encode())

    def bids(self) -> tuple[BookLevel, ...]:
        """Bids, highest first."""
        return self._bids.levels()

    def asks(self) -> tuple[BookLevel, ...]:
        """Asks, lowest first."""
        return self._asks.levels()


def is_amount(value: Decimal) -> bool:
    """What `checked_amount` lets pass; the quick way."""
    return value.is_finite() and not value.is_signed() and abs(value.adjusted()) <= EXPONENT_MAX


def _steps(value: Decimal, decimals: int) -> str:
    """`value` in steps of the last decimal, which is the pair's or, where it sends more, the wire's.

    A tick may be coarser than the decimals Kraken writes prices with, and those may change overnight.
    """
    text = str(value)
    if "E" in text:
        text = f"{value:f}"
    whole, _, fraction = text.partition(".")
    if len(fraction) < decimals:
        fraction = fraction.ljust(decimals, "0")
    return (whole + fraction).lstrip("0")
