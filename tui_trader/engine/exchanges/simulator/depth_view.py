"""What a subscriber of N levels has seen of a book, and what changed since.

Law: only changed levels. A level that was pushed out of the depth is not announced (the client
cuts its book itself), one that left the book is announced with quantity 0, one that came into the
depth from below is announced in full.
"""

from tui_trader.engine.exchanges.simulator.book import BookSide, OrderBook
from tui_trader.engine.exchanges.simulator.checksum import CHECKSUM_DEPTH, book_checksum

Rows = list[tuple[int, int]]
"""`(ticks, lots)` of some levels."""


class DepthView:
    """The best levels of one book as last announced."""

    def __init__(self, book: OrderBook, depth: int) -> None:
        self._book = book
        self._depth = depth
        self._bids = _levels(book.bids, depth)
        self._asks = _levels(book.asks, depth)

    def snapshot(self) -> tuple[Rows, Rows]:
        """Announced bids and asks, best first."""
        return list(self._bids.items()), list(self._asks.items())

    def changes(self) -> tuple[Rows, Rows]:
        """Bids and asks that changed since the last call; from now on they are announced."""
        bids, asks = _levels(self._book.bids, self._depth), _levels(self._book.asks, self._depth)
        changed = (
            _changed(self._book.bids, self._bids, bids),
            _changed(self._book.asks, self._asks, asks),
        )
        self._bids, self._asks = bids, asks
        return changed


def checksum_of(book: OrderBook) -> int:
    """Kraken's checksum of the book as it is."""
    return book_checksum(
        _levels(book.asks, CHECKSUM_DEPTH).items(), _levels(book.bids, CHECKSUM_DEPTH).items()
    )


def _levels(side: BookSide, depth: int) -> dict[int, int]:
    levels = side.levels
    return {ticks: levels[ticks].lots for ticks in side.top(depth)}


def _changed(side: BookSide, old: dict[int, int], new: dict[int, int]) -> Rows:
    if old == new:
        return []
    gone = [(ticks, 0) for ticks in old if ticks not in side.levels]
    return gone + [(ticks, lots) for ticks, lots in new.items() if old.get(ticks) != lots]
