"""How Kraken writes numbers and moments.

Law: trailing zeros stay. REST writes numbers as text, WebSocket v2 as JSON numbers, and the book's
checksum depends on every zero.
"""

from decimal import Decimal
from email.utils import formatdate

import msgspec

from tui_trader.engine.exchanges.simulator.listings import (
    ASSET_BY_NAME,
    LOT_DECIMALS,
    PairListing,
    units_text,
)
from tui_trader.engine.values.time import MS_PER_SECOND, format_rfc3339

_REST_PRICE_DECIMALS_MIN = 5
_AVERAGE_DECIMALS_MIN = 5


def fixed(value: Decimal, decimals: int) -> str:
    """Plain decimal text."""
    return f"{value:.{decimals}f}"


def number(text: str) -> msgspec.Raw:
    """JSON number written exactly like `text`."""
    return msgspec.Raw(text.encode("ascii"))


def lots_text(lots: int) -> str:
    """Quantity with all its decimals."""
    return units_text(lots, LOT_DECIMALS)


def rest_price(pair: PairListing, ticks: int) -> str:
    """Price as the older REST endpoints write it: at least five decimals."""
    return fixed(pair.price(ticks), max(_REST_PRICE_DECIMALS_MIN, pair.price_decimals))


def average_text(pair: PairListing, price: Decimal) -> str:
    """Mean price of fills: finer than the tick."""
    return fixed(price, max(_AVERAGE_DECIMALS_MIN, pair.price_decimals))


def asset_amount(asset: str, amount: Decimal) -> str:
    """Balance with the asset's decimals, more if the amount has more."""
    exponent = amount.as_tuple().exponent
    assert isinstance(exponent, int), amount
    return fixed(amount, max(ASSET_BY_NAME[asset].decimals, -exponent))


def seconds(time_ms: int) -> float:
    """Unix time as REST writes it."""
    return time_ms / MS_PER_SECOND


def moment(time_ms: int) -> str:
    """RFC 3339 with microseconds, as WebSocket v2 writes it."""
    return f"{format_rfc3339(time_ms)[:-1]}000Z"


def http_date(time_ms: int) -> str:
    """RFC 1123."""
    return formatdate(time_ms / MS_PER_SECOND, usegmt=True)
