"""How the list of orders is set up: what is listed, sorted by what, and where the cursor is."""

from dataclasses import dataclass, field
from enum import Enum

from tui_trader.engine.messages.events import CommandRefused
from tui_trader.engine.state.order_life import OrderRecord

Entry = OrderRecord | CommandRefused


class Kind(Enum):
    """Which of them are listed; the value is how that is called."""

    ALL = "today"
    OPEN = "open"
    ENDED = "ended today"
    REFUSED = "refused today"


class Order(Enum):
    """What they are sorted by; the value is how that is called."""

    NEWEST = "newest first"
    OLDEST = "oldest first"
    PAIR = "by pair"
    STATUS = "by status"
    VALUE = "largest first"


@dataclass(slots=True, kw_only=True)
class OrdersBoard:
    """The list of orders.

    Args:
        chosen: Name of the entry under the cursor: the cursor stays with it while others come and go.
        is_chosen: Whether somebody moved there, rather than looked at what was newest.
        view: What was listed when it came under the cursor.
        place: Where that was, for when it is gone.
        entries: What is listed, as of `as_of`: found again only when something has changed.
    """

    kind: Kind = Kind.ALL
    sort: Order = Order.NEWEST
    filter: str = ""
    is_typing: bool = False
    chosen: str = ""
    is_chosen: bool = False
    view: tuple[object, ...] = ()
    place: int = 0
    entries: list[Entry] = field(default_factory=list)
    as_of: tuple[object, ...] = ()
