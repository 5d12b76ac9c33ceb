"""Kraken's checksum of an order book: CRC32 over the ten best levels of each side.

Law: digits only. Price and quantity count as written with the pair's decimals, without the point
and without leading zeros, which is exactly the whole number of ticks and of lots.
<https://docs.kraken.com/exchange/guides/websockets/book-checksum-v2>
"""

import zlib
from collections.abc import Iterable

CHECKSUM_DEPTH = 10


def book_checksum(asks: Iterable[tuple[int, int]], bids: Iterable[tuple[int, int]]) -> int:
    """Checksum of the ten best `(ticks, lots)` of each side, best first."""
    digits = [f"{ticks}{lots}" for side in (asks, bids) for ticks, lots in side]
    return zlib.crc32("".join(digits).encode("ascii"))
