"""Where past trades come from."""

from typing import Protocol

import msgspec

from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.trades import PublicTrade


class TradePage(msgspec.Struct, frozen=True, kw_only=True):
    """Some trades in a row.

    Args:
        trades: Oldest first.
        cursor_ns: Moment of the last of them, UTC nanoseconds; where the next page begins.
        is_full: The venue gave as many as it gives at once; there may be more.
    """

    trades: tuple[PublicTrade, ...]
    cursor_ns: int
    is_full: bool


class TradeHistory(Protocol):
    """Every trade of a pair, page by page."""

    async def trades_after(self, symbol: Symbol, cursor_ns: int) -> TradePage:
        """The first trades after a moment (UTC nanoseconds, itself left out).

        Raises:
            TemporaryFault: the venue could not be asked.
            RejectedByExchange: it does not list the pair.
        """
        ...
