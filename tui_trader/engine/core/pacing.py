"""When the core asks again: memory of questions under way, lost on a restart on purpose.

A restart asks everything anew, so nothing here decides about money; it only keeps the questions to
the exchange within its rate limit.
"""

from typing import TYPE_CHECKING

from tui_trader.engine.values.orders import ClientOrderId

if TYPE_CHECKING:
    from decimal import Decimal

    from tui_trader.engine.state.order_life import OrderRecord
    from tui_trader.engine.values.instruments import Asset, Symbol

LOOKUP_AGAIN_MS = 10_000
"""A look costs 5 of the 15 points that Kraken's starter tier grants and refills at 0.33 a second."""
FETCH_AGAIN_MS = 5_000
FETCH_AGAIN_MS_MAX = 30_000
CANCEL_ALL_AGAIN_MS = 1_500
CANCEL_AGAIN_MS = 5_000
FILL_GRACE_MS = 1_500
"""The stream usually tells a fill within milliseconds of the status; only then is it asked for."""
CANCELLING_GRACE_MS = 4_000
EQUITY_MARK_MS = 60_000
FIRST_FETCH_PATIENCE_MS = 3_000
"""How long the first look waits for the order stream, so that one look serves both."""
CANCEL_ALL_TRIES_MAX = 5
"""For a cancel-all by hand; the emergency stop asks for ever."""

SELL_AGAIN_MS = 1_000
SELL_AGAIN_MS_MAX = 8_000


class ClosingPace:
    """When the next sale of one closing may be tried, and what stood in its way last.

    Args:
        started_ms: Of the closing it belongs to.
        until_ms: When its patience ends.
    """

    def __init__(self, started_ms: int, *, until_ms: int) -> None:
        self.started_ms = started_ms
        self.until_ms = until_ms
        self.not_before_ms = 0
        self.reason = ""
        self.short_since_ms: int | None = None
        self.shrunk: set[ClientOrderId] = set()
        self._pause_ms = SELL_AGAIN_MS
        self._heard: ClientOrderId | None = None

    def hear(self, sale: "OrderRecord | None", now_ms: int) -> None:
        """The newest sale has ended: at once the next, unless it sold nothing."""
        if sale is None or sale.client_order_id == self._heard:
            return
        self._heard, self.short_since_ms = sale.client_order_id, None
        if sale.filled_base:
            self._pause_ms, self.reason = SELL_AGAIN_MS, ""
        else:
            self.wait(f"the exchange did not sell it: {sale.reason or sale.status.value}", now_ms)

    def wait(self, reason: str, now_ms: int) -> None:
        """Not now, and ever more seldom."""
        self.reason, self.not_before_ms = reason, now_ms + self._pause_ms
        self._pause_ms = min(SELL_AGAIN_MS_MAX, 2 * self._pause_ms)


class Pacing:
    """Questions under way and the moments of the next ones."""

    def __init__(self) -> None:
        self.is_fetch_wanted = False
        self.is_fetching = False
        self.fetch_not_before_ms = 0
        self.fetch_failures = 0
        self.lookups_under_way: set[ClientOrderId] = set()
        self.lookup_not_before_ms: dict[ClientOrderId, int] = {}
        self.fills_expected: dict[ClientOrderId, tuple[Decimal, int]] = {}
        self.is_cancelling_all = False
        self.cancel_all_not_before_ms = 0
        self.cancel_all_tries_left = 0
        self.cancel_not_before_ms: dict[ClientOrderId, int] = {}
        self.equity_marked_ms = 0
        self.balance_heard_ms: dict[Asset, int] = {}
        self.closings: dict[Symbol, ClosingPace] = {}

    def forget(self, client_order_id: ClientOrderId) -> None:
        """Drop what is kept for an order that has ended."""
        self.lookup_not_before_ms.pop(client_order_id, None)
        self.fills_expected.pop(client_order_id, None)
        self.cancel_not_before_ms.pop(client_order_id, None)

    def forget_unless_fills_missing(self, client_order_id: ClientOrderId) -> None:
        """Drop what is kept for an ended order, but for fills that are still owed."""
        if client_order_id not in self.fills_expected:
            self.forget(client_order_id)

    def want_fetch(self, *, not_before_ms: int = 0) -> None:
        """Compare the account with the exchange as soon as allowed."""
        self.is_fetch_wanted = True
        self.fetch_not_before_ms = max(self.fetch_not_before_ms, not_before_ms)
