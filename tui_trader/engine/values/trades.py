"""Trades of a market that everybody may see."""

import msgspec


class PublicTrade(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """One trade on the tape; a statistic, therefore floats.

    Args:
        time_ms: UTC.
        price: Quote per base.
        quantity_base: Base quantity.
        trade_id: The venue's number of it, rising with time; `None` where it gives none.
    """

    time_ms: int
    price: float
    quantity_base: float
    trade_id: int | None = None
