"""One step of the core in the making: events applied as they are decided, requests collected.

Law: an event is applied to the state in the moment it is emitted, so that the next thought of the
same step already sees it. Requests leave only after the session made all events of the step durable.
"""

from typing import NamedTuple

from tui_trader.engine.messages.events import Event
from tui_trader.engine.messages.requests import Request
from tui_trader.engine.settings.model import Settings
from tui_trader.engine.state.market_view import MarketView
from tui_trader.engine.state.order_life import OrderRecord
from tui_trader.engine.state.trading_state import TradingState
from tui_trader.engine.values.orders import ClientOrderId, ExchangeOrderId


class Step(NamedTuple):
    """What came of one message: first journal the events, then publish them, then send the requests."""

    events: tuple[Event, ...]
    requests: tuple[Request, ...]


class Decision:
    """Desk on which one step is worked out.

    Args:
        settings: Limits and timings.
        state: Changed only through `emit`.
        market: Latest prices, read only here.
        now_ms: Time of the message, UTC.
    """

    def __init__(
        self, settings: Settings, state: TradingState, market: MarketView, *, now_ms: int
    ) -> None:
        self.settings = settings
        self.state = state
        self.market = market
        self.now_ms = now_ms
        self._events: list[Event] = []
        self._requests: list[Request] = []

    def emit(self, event: Event) -> None:
        """Decide that `event` happened."""
        self.state.apply(event)
        self._events.append(event)

    def request(self, request: Request) -> None:
        """Ask the outside, once the events are durable."""
        self._requests.append(request)

    @property
    def events(self) -> tuple[Event, ...]:
        """What was decided so far."""
        return tuple(self._events)

    def step(self) -> Step:
        """The finished step."""
        return Step(tuple(self._events), tuple(self._requests))

    def find(
        self, client_order_id: ClientOrderId | None, exchange_order_id: ExchangeOrderId | None
    ) -> OrderRecord | None:
        """Our record of an order, by either name."""
        if client_order_id is not None and client_order_id in self.state.orders:
            return self.state.orders[client_order_id]
        if exchange_order_id is None:
            return None
        name = self.state.exchange_ids.get(exchange_order_id)
        return None if name is None else self.state.orders[name]
