"""What an order must satisfy before the exchange takes it in.

Law: the first failing check names the refusal; nothing has changed when one fails.
"""

import re

from tui_trader.engine.exchanges.simulator import rejections
from tui_trader.engine.exchanges.simulator.account import Account
from tui_trader.engine.exchanges.simulator.book import OrderBook
from tui_trader.engine.exchanges.simulator.listings import (
    FEE_MAKER_RATIO,
    FEE_TAKER_RATIO,
    LOT_DECIMALS,
    quantity,
    units_of,
)
from tui_trader.engine.exchanges.simulator.orders import OrderTicket, cost_ceiling
from tui_trader.engine.exchanges.simulator.rejections import Rejected
from tui_trader.engine.values.money import ZERO
from tui_trader.engine.values.orders import OrderType, Side

OPEN_ORDERS_MAX = 80
DEADLINE_AHEAD_MS_MAX = 60_000
USERREF_MAX = 2**31

# UUID with hyphens, 32 hexadecimal digits, or up to 18 free characters.
_CLIENT_ID = re.compile(
    r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[0-9a-fA-F]{32}|[!-~]{1,18}"
)


def admit(ticket: OrderTicket, account: Account, book: OrderBook, *, now_ms: int) -> None:
    """Check everything about a new order.

    Raises:
        Rejected: with Kraken's error string.
    """
    _check_deadline(ticket, now_ms)
    _check_names(ticket, account)
    _check_grid(ticket)
    _check_minimums(ticket, book)
    if len(account.open_orders) >= OPEN_ORDERS_MAX:
        raise Rejected(rejections.ORDERS_LIMIT)
    if ticket.post_only and book.crosses(ticket.side, price_ticks(ticket)):
        raise Rejected(rejections.POST_ONLY)
    _check_funds(ticket, account, book)


def price_ticks(ticket: OrderTicket) -> int:
    """Limit price in ticks; the grid was checked before."""
    assert ticket.price is not None
    ticks = units_of(ticket.price, ticket.pair.price_decimals)
    assert ticks is not None
    return ticks


def volume_lots(ticket: OrderTicket) -> int:
    """Volume in lots; the grid was checked before."""
    lots = units_of(ticket.volume, LOT_DECIMALS)
    assert lots is not None
    return lots


def _check_deadline(ticket: OrderTicket, now_ms: int) -> None:
    if ticket.deadline_ms is None:
        return
    if now_ms > ticket.deadline_ms:
        raise Rejected(rejections.DEADLINE_ELAPSED)
    if ticket.deadline_ms > now_ms + DEADLINE_AHEAD_MS_MAX:
        raise Rejected(rejections.INVALID_DEADLINE)


def _check_names(ticket: OrderTicket, account: Account) -> None:
    if ticket.userref is not None and abs(ticket.userref) >= USERREF_MAX:
        raise Rejected(rejections.INVALID_USERREF)
    if ticket.cl_ord_id is None:
        return
    if ticket.userref is not None:
        # Newer clients treat them as exclusive: <https://github.com/knowm/XChange/pull/5000>
        raise Rejected(rejections.INVALID_BOTH_IDS)
    if not _CLIENT_ID.fullmatch(ticket.cl_ord_id):
        raise Rejected(rejections.INVALID_CLIENT_ID)
    if account.open_with_client_id(ticket.cl_ord_id) is not None:
        raise Rejected(rejections.CLIENT_ID_TAKEN)


def _check_grid(ticket: OrderTicket) -> None:
    if ticket.volume <= ZERO or units_of(ticket.volume, LOT_DECIMALS) is None:
        raise Rejected(rejections.INVALID_VOLUME)
    if ticket.order_type is OrderType.MARKET:
        if ticket.post_only:
            raise Rejected(rejections.INVALID_FLAGS)
        return
    if ticket.price is None or ticket.price <= ZERO:
        raise Rejected(rejections.INVALID_PRICE)
    if units_of(ticket.price, ticket.pair.price_decimals) is None:
        limit = f"price can only be specified up to {ticket.pair.price_decimals} decimals."
        error = f"EOrder:Invalid price:{ticket.pair.wsname} {limit}"
        raise Rejected(error)


def _check_minimums(ticket: OrderTicket, book: OrderBook) -> None:
    pair = ticket.pair
    if ticket.volume < pair.order_min:
        raise Rejected(rejections.VOLUME_MINIMUM)
    if ticket.price is not None:
        cost = ticket.price * ticket.volume
    else:
        best = book.side(ticket.side.opposite).best
        cost = pair.cost_min if best is None else pair.price(best) * ticket.volume
    if cost < pair.cost_min:
        raise Rejected(rejections.COST_MINIMUM)


def _check_funds(ticket: OrderTicket, account: Account, book: OrderBook) -> None:
    pair = ticket.pair
    if ticket.side is Side.SELL:
        needed, asset = ticket.volume, pair.base.name
    else:
        asset = pair.quote.name
        fee_ratio = FEE_MAKER_RATIO if ticket.post_only else FEE_TAKER_RATIO
        if ticket.price is not None:
            needed = cost_ceiling(ticket.price * ticket.volume, fee_ratio)
        else:
            _, cost = book.quote_take(Side.BUY, volume_lots(ticket))
            needed = cost_ceiling(pair.price(1) * quantity(cost), fee_ratio)
    if needed > account.available(asset):
        raise Rejected(rejections.INSUFFICIENT_FUNDS)
