"""Whether the exchange is open: online, maintenance, cancel_only or post_only.

Law: one state for REST and WebSocket; it ends by itself, and whoever is subscribed hears of both.
"""

from enum import Enum
from typing import TYPE_CHECKING

from tui_trader.engine.exchanges.simulator.rejections import Rejected
from tui_trader.engine.ports.clock import Clock
from tui_trader.engine.values.time import MS_PER_SECOND

if TYPE_CHECKING:
    from collections.abc import Callable

UNAVAILABLE = "EService:Unavailable"
CANCEL_ONLY_MODE = "EService:Market in cancel_only mode"
POST_ONLY_MODE = "EService:Market in post_only mode"
PLACING = frozenset(
    {
        *("AddOrder", "AddOrderBatch", "AmendOrder", "EditOrder"),
        *("add_order", "batch_add", "amend_order", "edit_order"),
    }
)
CANCELLING = frozenset(
    {
        *("CancelOrder", "CancelOrderBatch", "CancelAll", "CancelAllOrdersAfter"),
        *("cancel_order", "batch_cancel", "cancel_all", "cancel_all_orders_after"),
    }
)


class System(Enum):
    """Kraken's four states, in its words."""

    ONLINE = "online"
    MAINTENANCE = "maintenance"
    CANCEL_ONLY = "cancel_only"
    POST_ONLY = "post_only"


class VenueStatus:
    """The present state.

    Args:
        clock: Ends it; monotonic, so that a wrong wall clock ends nothing.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._state = System.ONLINE
        self._until_ms = 0
        self.tell: Callable[[System], None] = lambda _: None

    @property
    def now(self) -> System:
        """The state at this moment."""
        self.look_at_clock()
        return self._state

    def look_at_clock(self) -> None:
        """End what is over, and tell everybody."""
        if self._state is not System.ONLINE and self._clock.monotonic_ms() >= self._until_ms:
            self._state = System.ONLINE
            self.tell(System.ONLINE)

    def enter(self, state: System, *, seconds: float) -> None:
        """Change it for so long, and tell everybody."""
        self._state = state
        self._until_ms = self._clock.monotonic_ms() + int(seconds * MS_PER_SECOND)
        self.tell(state)

    def check(self, call: str, *, is_post_only: bool = False) -> None:
        """Let a call pass, named as REST or WebSocket names it.

        Raises:
            Rejected: not in this state.
        """
        state = self.now
        if state is System.MAINTENANCE and call in PLACING | CANCELLING:
            raise Rejected(UNAVAILABLE)
        if state is System.CANCEL_ONLY and call in PLACING:
            raise Rejected(CANCEL_ONLY_MODE)
        if state is System.POST_ONLY and call in PLACING and not is_post_only:
            raise Rejected(POST_ONLY_MODE)
