"""What the gates look at: an order that nobody has agreed to yet, the account, and the prices of the moment."""

from decimal import Decimal
from typing import Final

import msgspec

from tui_trader.engine.settings.model import Settings
from tui_trader.engine.state.market_view import MarketView
from tui_trader.engine.state.order_life import OrderRecord
from tui_trader.engine.state.trading_state import TradingState
from tui_trader.engine.values.books import Sweep, sweep
from tui_trader.engine.values.instruments import Instrument, Symbol
from tui_trader.engine.values.money import ZERO
from tui_trader.engine.values.orders import PLAIN_TERMS, ClientOrderId, OrderTerms, OrderType, Side

MARKET_HOLD_MARGIN: Final = Decimal("1.005")
"""A market order may meet a book that moved: half a percent is held beside the sweep's worst price."""
PERCENT: Final = Decimal(100)


class OrderDraft(msgspec.Struct, frozen=True, kw_only=True):
    """An order that nobody has agreed to yet. `client_order_id` is `None` for a preview.

    Args:
        actor: Who asks; limits of strategies that trade by themselves read it.
        amends: The open order that would become this one; `client_order_id` is `None` then.
        is_closing: It sells what a person closes, as much as is held and no more.
    """

    client_order_id: ClientOrderId | None
    symbol: Symbol
    side: Side
    order_type: OrderType
    quantity_base: Decimal
    price: Decimal | None
    post_only: bool
    terms: OrderTerms = PLAIN_TERMS
    actor: str = ""
    amends: OrderRecord | None = None
    is_closing: bool = False


class GateContext:
    """What the gates look at: the draft, the state, and the prices, worked out once."""

    def __init__(
        self,
        draft: OrderDraft,
        settings: Settings,
        state: TradingState,
        *,
        market: MarketView,
        now_ms: int,
    ) -> None:
        self.draft = draft
        self.settings = settings
        self.state = state
        self.market = market
        self.now_ms = now_ms
        self.instrument: Instrument | None = market.instruments.get(draft.symbol)
        self.mid: Decimal | None = market.mid(draft.symbol)
        self.sweep: Sweep | None = self._sweep()

    def _sweep(self) -> Sweep | None:
        book = self.market.books.get(self.draft.symbol)
        quantity = self.draft.quantity_base
        if book is None or not book.is_verified or not quantity.is_finite():
            return None
        levels = book.asks if self.draft.side is Side.BUY else book.bids
        return sweep(levels, quantity)

    @property
    def rest_base(self) -> Decimal:
        """What the order can still fill."""
        amends = self.draft.amends
        return self.draft.quantity_base - (ZERO if amends is None else amends.filled_base)

    @property
    def is_modest(self) -> bool:
        """Whether it amends an order so that it takes no more than it already may."""
        amends, hold = self.draft.amends, self.hold_rest_quote
        if amends is None or hold is None:
            return False
        return hold <= amends.remaining_hold_quote and self.rest_base <= amends.remaining_base

    @property
    def released(self) -> Decimal:
        """What an amended order holds with its old terms: it is free for the new ones."""
        amends = self.draft.amends
        if amends is None:
            return ZERO
        is_buy = self.draft.side is Side.BUY
        return amends.remaining_hold_quote if is_buy else amends.remaining_base

    def other_orders(self) -> list[OrderRecord]:
        """Open orders beside the one that this would amend."""
        amends = self.draft.amends
        return [
            order
            for order in self.state.open_orders()
            if amends is None or order.client_order_id != amends.client_order_id
        ]

    @property
    def price_worst(self) -> Decimal | None:
        """Limit price, or the last level a market order would touch; `None` when unknown.

        A triggered order without a limit counts from its trigger or from the market, whichever is
        dearer: what the book holds when it wakes nobody knows.
        """
        kind = self.draft.order_type
        if kind.is_trailing:
            return self._trailing_worst()
        if kind.has_limit:
            return self.draft.price
        if kind.is_triggered:
            trigger = self.draft.terms.trigger_price
            return None if self.mid is None or trigger is None else max(trigger, self.mid)
        if self.sweep is None or self.sweep.filled_base < self.draft.quantity_base:
            return None
        return self.sweep.price_worst

    def _trailing_worst(self) -> Decimal | None:
        trailing = self.draft.terms.trailing
        if self.mid is None or trailing is None:
            return None
        distance = trailing.amount + (trailing.limit_offset or ZERO)
        return self.mid + (self.mid * distance / PERCENT if trailing.is_percent else distance)

    @property
    def value_worst(self) -> Decimal | None:
        """Quote value at the worst price, without fee.

        At the middle of the market where the book does not reach that far: the collar refuses such
        an order, but a person should first hear that it is too large.
        """
        price = self.price_worst or self.mid
        return None if price is None else price * self.draft.quantity_base

    @property
    def value_rest(self) -> Decimal | None:
        """Likewise, of what can still fill."""
        price = self.price_worst or self.mid
        return None if price is None else price * self.rest_base

    @property
    def hold_rest_quote(self) -> Decimal | None:
        """Likewise, of the quote that a buy can still take."""
        hold = self.hold_quote
        if hold is None or self.draft.amends is None:
            return hold
        return hold * self.rest_base / self.draft.quantity_base

    @property
    def hold_quote(self) -> Decimal | None:
        """Quote that a buy can take at worst, fee included; 0 for a sell; `None` when unknown."""
        if self.draft.side is Side.SELL:
            return ZERO
        if self.value_worst is None or self.instrument is None:
            return None
        hold = self.value_worst * (1 + self.instrument.fee_taker_ratio)
        return hold if self.draft.order_type.has_limit else hold * MARKET_HOLD_MARGIN


class Refusal(Exception):
    """A gate says no."""


def known_instrument(context: GateContext) -> Instrument:
    """The pair as the exchange lists it; a gate that needs it refuses without it."""
    if context.instrument is None:
        message = "the pair is not known"
        raise Refusal(message)
    return context.instrument
