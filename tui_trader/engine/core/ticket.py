"""An order priced from the live book, with the gate's verdict: what a person sees before Enter."""

from decimal import Decimal

from tui_trader.engine.core.gate_context import GateContext
from tui_trader.engine.core.risk_gate import judge
from tui_trader.engine.messages.queries import TicketAnswer
from tui_trader.engine.state.valuation import available
from tui_trader.engine.values.instruments import Asset
from tui_trader.engine.values.money import BPS_PER_UNIT, ZERO
from tui_trader.engine.values.orders import OrderType, Side


def price_ticket(context: GateContext) -> TicketAnswer:
    """Estimates and verdicts; what is not known is `None`."""
    verdicts = judge(context)
    price, fee_ratio = _expected(context)
    draft, instrument, mid = context.draft, context.instrument, context.mid
    cost = fee = slippage = free = None
    if price is not None and fee_ratio is not None:
        value = price * draft.quantity_base
        fee = value * fee_ratio
        cost = value + fee * draft.side.sign
        if mid:
            slippage = float((price - mid) / mid * BPS_PER_UNIT * draft.side.sign)
    if instrument is not None and context.state.balances:
        spent = instrument.quote if draft.side is Side.BUY else instrument.base
        free = available(context.state, spent, Asset(context.settings.market.quote_asset))
        free += context.released
    return TicketAnswer(
        cost_quote=cost,
        fee_quote=fee,
        price_average=price,
        slippage_bps=slippage,
        available=free,
        verdicts=verdicts,
    )


def _expected(context: GateContext) -> tuple[Decimal | None, Decimal | None]:
    """Mean price and fee ratio to expect: a limit that does not cross rests and pays the maker fee."""
    draft, instrument, swept = context.draft, context.instrument, context.sweep
    is_sound = draft.quantity_base.is_finite() and draft.quantity_base > ZERO
    if instrument is None or swept is None or not is_sound:
        return None, None
    if draft.order_type is OrderType.MARKET:
        is_whole = swept.filled_base == draft.quantity_base
        return (swept.price_average if is_whole else None), instrument.fee_taker_ratio
    if draft.order_type.is_triggered:
        # When it wakes nobody knows what the book holds: its limit is the honest bound.
        return draft.price, instrument.fee_taker_ratio
    book = context.market.books[draft.symbol]
    opposite = book.asks if draft.side is Side.BUY else book.bids
    if draft.price is None or not draft.price.is_finite() or not opposite:
        return None, None
    if (draft.price - opposite[0].price) * draft.side.sign < ZERO:
        return draft.price, instrument.fee_maker_ratio
    reach = (swept.price_worst - draft.price) * draft.side.sign if swept.price_worst else ZERO
    # Crosses, but not for its whole quantity at once: the limit itself is the honest bound.
    average = swept.price_average if reach <= ZERO else draft.price
    return average, instrument.fee_taker_ratio
