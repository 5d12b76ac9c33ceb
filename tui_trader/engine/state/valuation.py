"""Account value and P&L from state and prices; unknown stays unknown."""

from decimal import Decimal

from tui_trader.engine.state.market_view import MarketView
from tui_trader.engine.state.trading_state import TradingState
from tui_trader.engine.values.instruments import Asset, Symbol
from tui_trader.engine.values.money import ZERO
from tui_trader.engine.values.time import utc_day


def equity_quote(state: TradingState, market: MarketView, quote: Asset) -> Decimal | None:
    """Balances at their marks, in `quote`; `None` while a price or every balance is unknown."""
    if not state.balances:
        return None
    total = ZERO
    for asset, amount in state.balances.items():
        if amount == ZERO:
            continue
        if asset == quote:
            total += amount
            continue
        mark = market.mark(Symbol(f"{asset}/{quote}"))
        if mark is None:
            return None
        total += amount * mark
    return total


def day_pnl_quote(state: TradingState, equity: Decimal | None, now_ms: int) -> Decimal | None:
    """Change of equity since the first mark of the UTC day."""
    if equity is None or state.equity_day_start is None or state.equity_day != utc_day(now_ms):
        return None
    return equity - state.equity_day_start


def drawdown_ratio(state: TradingState, equity: Decimal | None) -> float | None:
    """Distance below the highest equity, 0 to 1."""
    if equity is None or not state.equity_peak:
        return None
    return max(0.0, float(1 - equity / max(state.equity_peak, equity)))


def available(state: TradingState, asset: Asset, quote: Asset) -> Decimal:
    """What can be spent of `asset` now: balance less holds of open orders less unsettled fills.

    UNKNOWN orders hold their worst case: they may exist.
    """
    held = ZERO
    for order in state.open_orders():
        base = order.symbol.split("/")[0]
        if asset == quote:
            held += order.remaining_hold_quote
        elif order.side.sign < 0 and asset == base:
            held += order.remaining_base
    total = state.balances.get(asset, ZERO)
    return total - held - state.unsettled.get(asset, ZERO)
