"""Where an order of the account waits in a book."""

from decimal import Decimal

from tui_trader.engine.exchanges.simulator.admission import grid_lots, grid_ticks
from tui_trader.engine.exchanges.simulator.book import OrderBook
from tui_trader.engine.exchanges.simulator.orders import OrderRecord


def rest(book: OrderBook, record: OrderRecord) -> None:
    """Let what is left of an order wait at its price."""
    order = record.accepted
    assert order.price is not None, order.txid
    shown = order.display_volume
    book.rest(
        order.side,
        grid_ticks(order.price, record.pair),
        lots=grid_lots(record.remaining),
        owner=order.txid,
        peak=None if shown is None else grid_lots(shown),
    )


def shrink(book: OrderBook, record: OrderRecord, less: Decimal | None) -> None:
    """Take so much from a waiting order; `None` takes it out of the book."""
    order = record.accepted
    assert order.price is not None, order.txid
    lots = None if less is None else grid_lots(less)
    if lots != 0:
        ticks = grid_ticks(order.price, record.pair)
        book.shrink(order.side, ticks, owner=order.txid, lots=lots)
