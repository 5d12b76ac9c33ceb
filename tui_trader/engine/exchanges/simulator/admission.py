"""What an order must satisfy before the exchange takes it in.

Law: the first failing check names the refusal; nothing has changed when one fails.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from tui_trader.engine.exchanges.simulator import rejections
from tui_trader.engine.exchanges.simulator.account import Account
from tui_trader.engine.exchanges.simulator.book import OrderBook
from tui_trader.engine.exchanges.simulator.events import CloseTerms, TimeInForce
from tui_trader.engine.exchanges.simulator.fee_schedule import fee_ratios
from tui_trader.engine.exchanges.simulator.listings import (
    LOT_DECIMALS,
    PairListing,
    quantity,
    units_of,
)
from tui_trader.engine.exchanges.simulator.orders import OrderTicket, base_ceiling, cost_ceiling
from tui_trader.engine.exchanges.simulator.pair_rules import PairRules, check_mode
from tui_trader.engine.exchanges.simulator.price_terms import OrderKind
from tui_trader.engine.exchanges.simulator.rejections import Rejected
from tui_trader.engine.values.money import ZERO
from tui_trader.engine.values.orders import Side

OPEN_ORDERS_MAX = 80
"""On one pair, where no tier says otherwise."""
DEADLINE_AHEAD_MS_MAX = 60_000
EXPIRY_AHEAD_MS_MAX = 31 * 24 * 60 * 60 * 1000
DISPLAY_PARTS_MAX = 15
"""An iceberg shows at least this part of itself."""
USERREF_MAX = 2**31
WORTH_MAX = Decimal(10) ** 15
"""Nobody has that much, and arithmetic keeps its digits below it."""

# UUID with hyphens, 32 hexadecimal digits, or up to 18 free characters.
_CLIENT_ID = re.compile(
    r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[0-9a-fA-F]{32}|[!-~]{1,18}"
)
_AT_ONCE = frozenset({TimeInForce.IOC, TimeInForce.FOK})


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What an order is judged against.

    Args:
        credit: Comes free when the order is taken in: the hold of the one it replaces.
        replaced: Client id that comes free with it.
        orders_max: Open orders on one pair.
    """

    account: Account
    book: OrderBook
    rules: PairRules
    now_ms: int
    credit: Decimal = ZERO
    replaced: str | None = None
    orders_max: int = OPEN_ORDERS_MAX


def admit(ticket: OrderTicket, around: Surroundings) -> None:
    """Check everything about a new order.

    Raises:
        Rejected: with Kraken's error string.
    """
    check_request(ticket, around)
    check_engine(ticket, around)


def check_request(ticket: OrderTicket, around: Surroundings) -> None:
    """What can be said of the request alone; a batch is refused as a whole when one order fails.

    Raises:
        Rejected: with Kraken's error string.
    """
    check_mode(around.rules.status, ticket.order_type, is_post_only=ticket.post_only)
    check_deadline(ticket.deadline_ms, around.now_ms)
    _check_names(ticket, around)
    _check_shape(ticket)
    _check_times(ticket, around.now_ms)
    check_volume(ticket.volume, around.rules)
    check_price(ticket.price, ticket.pair, around.rules)
    if ticket.trigger is not None:
        check_price(ticket.trigger.price, ticket.pair, around.rules)
    _check_display(ticket)
    _check_close(ticket.close)


def check_engine(ticket: OrderTicket, around: Surroundings) -> None:
    """What depends on the book and the account.

    Raises:
        Rejected: with Kraken's error string.
    """
    _check_minimums(ticket, around)
    symbol = ticket.pair.symbol
    orders = around.account.open_orders
    # Counted only when it can matter: a busy account asks this for every order.
    if len(orders) >= around.orders_max and around.orders_max <= sum(
        record.accepted.pair == symbol for record in orders.values()
    ):
        raise Rejected(rejections.ORDERS_LIMIT)
    if ticket.post_only and around.book.crosses(ticket.side, price_ticks(ticket)):
        raise Rejected(rejections.POST_ONLY)
    # A sleeping order reserves nothing, so nothing is asked of the account before it wakes.
    if ticket.trigger is None and ticket.starts_ms is None:
        check_funds(ticket, around)


def price_ticks(ticket: OrderTicket) -> int:
    """Limit price in ticks; the grid was checked before."""
    assert ticket.price is not None
    return grid_ticks(ticket.price, ticket.pair)


def grid_ticks(price: Decimal, pair: PairListing) -> int:
    """Ticks of a price that is on the grid."""
    ticks = units_of(price, pair.price_decimals)
    assert ticks is not None, price
    return ticks


def grid_lots(volume: Decimal) -> int:
    """Lots of a volume that is on the grid."""
    lots = units_of(volume, LOT_DECIMALS)
    assert lots is not None, volume
    return lots


def check_deadline(deadline_ms: int | None, now_ms: int) -> None:
    """Refuse what comes too late, or wants to wait too long.

    Raises:
        Rejected: the deadline has passed, or is more than a minute ahead.
    """
    if deadline_ms is None:
        return
    if now_ms > deadline_ms:
        raise Rejected(rejections.DEADLINE_ELAPSED)
    if deadline_ms > now_ms + DEADLINE_AHEAD_MS_MAX:
        raise Rejected(rejections.INVALID_DEADLINE)


def check_volume(volume: Decimal, rules: PairRules) -> None:
    """Refuse a volume that is nothing, or off the grid.

    Raises:
        Rejected: so.
    """
    if volume <= ZERO or units_of(volume, LOT_DECIMALS) is None or volume % rules.lot:
        raise Rejected(rejections.INVALID_VOLUME)
    if volume < rules.order_min:
        raise Rejected(rejections.VOLUME_MINIMUM)


def check_price(price: Decimal | None, pair: PairListing, rules: PairRules) -> None:
    """Refuse a price that is nothing, or off the grid; none at all is none of ours.

    Raises:
        Rejected: so.
    """
    if price is None:
        return
    if price <= ZERO:
        raise Rejected(rejections.INVALID_PRICE)
    if units_of(price, pair.price_decimals) is None:
        limit = f"price can only be specified up to {pair.price_decimals} decimals."
        error = f"EOrder:Invalid price:{pair.wsname} {limit}"
        raise Rejected(error)
    if price % rules.tick:
        raise Rejected(rejections.TICK_SIZE)


def check_funds(ticket: OrderTicket, around: Surroundings) -> None:
    """Refuse what the account cannot pay for.

    Raises:
        Rejected: so.
    """
    pair, account = ticket.pair, around.account
    maker, taker = fee_ratios(account.volume_usd(around.now_ms))
    ratio = maker if ticket.post_only else taker
    if ticket.side is Side.SELL:
        fee = base_ceiling(ticket.volume * ratio, pair) if ticket.fee_in_base else ZERO
        needed, asset = ticket.volume + fee, pair.base.name
    else:
        asset = pair.quote.name
        value = _value(ticket, around.book)
        if value > WORTH_MAX:
            raise Rejected(rejections.INSUFFICIENT_FUNDS)
        needed = cost_ceiling(value, ZERO if ticket.fee_in_base else ratio)
    if needed > account.available(asset) + around.credit:
        raise Rejected(rejections.INSUFFICIENT_FUNDS)


def _value(ticket: OrderTicket, book: OrderBook) -> Decimal:
    """Most that a purchase can cost."""
    if ticket.price is not None:
        return ticket.price * ticket.volume
    _, cost = book.quote_take(Side.BUY, grid_lots(ticket.volume))
    return ticket.pair.price(1) * quantity(cost)


def _check_names(ticket: OrderTicket, around: Surroundings) -> None:
    if ticket.userref is not None and abs(ticket.userref) >= USERREF_MAX:
        raise Rejected(rejections.INVALID_USERREF)
    if ticket.cl_ord_id is None:
        return
    if ticket.userref is not None:
        # Newer clients treat them as exclusive: <https://github.com/knowm/XChange/pull/5000>
        raise Rejected(rejections.INVALID_BOTH_IDS)
    if not _CLIENT_ID.fullmatch(ticket.cl_ord_id):
        raise Rejected(rejections.INVALID_CLIENT_ID)
    taken = around.account.open_with_client_id(ticket.cl_ord_id)
    if taken is not None and ticket.cl_ord_id != around.replaced:
        raise Rejected(rejections.CLIENT_ID_TAKEN)


def _check_shape(ticket: OrderTicket) -> None:
    kind = ticket.order_type
    if ticket.post_only and kind not in {OrderKind.LIMIT, OrderKind.ICEBERG}:
        raise Rejected(rejections.INVALID_FLAGS)
    # A market order never waits: only what has a limit, or sleeps, can be told for how long.
    wrong_wait = {
        OrderKind.MARKET: ticket.time_in_force is TimeInForce.GTD,
        OrderKind.ICEBERG: ticket.time_in_force in _AT_ONCE,
    }.get(kind, ticket.time_in_force in _AT_ONCE and ticket.post_only)
    if wrong_wait:
        raise Rejected(rejections.INVALID_TIME_IN_FORCE)
    # A trailing limit is known only when the order wakes.
    needs_price = kind.has_limit and not kind.is_trailing
    if needs_price is (ticket.price is None) or kind.is_triggered is (ticket.trigger is None):
        raise Rejected(rejections.INVALID_PRICE)
    if ticket.cash is not None and (kind is not OrderKind.MARKET or ticket.side is Side.SELL):
        raise Rejected(rejections.INVALID_CASH)


def _check_times(ticket: OrderTicket, now_ms: int) -> None:
    expires_ms = ticket.expires_ms
    if (ticket.time_in_force is TimeInForce.GTD) is (expires_ms is None):
        raise Rejected(rejections.INVALID_EXPIRY)
    if expires_ms is not None and not now_ms < expires_ms <= now_ms + EXPIRY_AHEAD_MS_MAX:
        raise Rejected(rejections.INVALID_EXPIRY)
    if ticket.starts_ms is not None and (
        ticket.trigger is not None or not now_ms < ticket.starts_ms <= now_ms + EXPIRY_AHEAD_MS_MAX
    ):
        raise Rejected(rejections.INVALID_BEGIN)


def _check_display(ticket: OrderTicket) -> None:
    shown = ticket.display_volume
    if (ticket.order_type is OrderKind.ICEBERG) is (shown is None):
        raise Rejected(rejections.INVALID_DISPLAY)
    if shown is not None:
        check_display(shown, ticket.volume)


def check_display(shown: Decimal, volume: Decimal) -> None:
    """Refuse an iceberg that shows too little of itself, or more than there is.

    Raises:
        Rejected: so.
    """
    on_grid = units_of(shown, LOT_DECIMALS) is not None
    if not on_grid or not ZERO < shown <= volume or shown * DISPLAY_PARTS_MAX < volume:
        raise Rejected(rejections.INVALID_DISPLAY)


def _check_close(close: CloseTerms | None) -> None:
    if close is None:
        return
    if close.order_type is OrderKind.MARKET or close.price is None:
        raise Rejected(rejections.INVALID_CLOSE)
    needs_second = close.order_type.is_triggered and close.order_type.has_limit
    if needs_second and close.price2 is None:
        raise Rejected(rejections.INVALID_CLOSE)


def _check_minimums(ticket: OrderTicket, around: Surroundings) -> None:
    pair, rules = ticket.pair, around.rules
    price = ticket.price
    if price is None and ticket.trigger is not None:
        price = ticket.trigger.price
    if price is None:
        best = around.book.side(ticket.side.opposite).best
        price = None if best is None else pair.price(best)
    if price is not None and price * ticket.volume < rules.cost_min:
        raise Rejected(rejections.COST_MINIMUM)
