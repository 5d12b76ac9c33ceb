"""From rules to an order: what to buy, at which price it fills, what protects it, what a sale brings."""

from typing import NamedTuple

from tui_trader.engine.rules.grid import (
    buy_fill_ticks,
    lots_of,
    price_of,
    quantity_of,
    sell_fill_ticks,
)
from tui_trader.engine.rules.model import (
    SIZING_VOLATILITY,
    Account,
    Grid,
    Market,
    RiskRules,
    TradeRules,
)
from tui_trader.engine.rules.sizing import (
    affordable_lots,
    is_entry_large_enough,
    limited_value,
    wanted_value,
)
from tui_trader.engine.rules.slippage import bought_at, impact_ratio, slippage_ratio, sold_at
from tui_trader.engine.rules.stops import first_stop_ticks, needs_atr
from tui_trader.engine.rules.take_profits import take_distance


class Protection(NamedTuple):
    """What is decided when a position opens.

    Args:
        stop_ticks: First stop; 0 is none.
        risk_price: Entry less that stop, quote; 0 is none.
        take_way: Way from the entry to the take profit, quote; 0 is none.
    """

    stop_ticks: int
    risk_price: float
    take_way: float


def order_slippage(lots: int, market: Market, rules: TradeRules, lots_per_unit: float) -> float:
    """Slippage of an order, as a ratio of the price."""
    quantity = quantity_of(lots, lots_per_unit)
    own = impact_ratio(rules.impact, market.atr, market.price, quantity, market.volume)
    return slippage_ratio(rules.slippage_bps, rules.spread_bps, own)


def bought_ticks(lots: int, market: Market, rules: TradeRules, grid: Grid) -> int:
    """Price at which a buy of so many lots fills."""
    ratio = order_slippage(lots, market, rules, grid.lots_per_unit)
    return buy_fill_ticks(bought_at(market.price, ratio), grid.ticks_per_unit)


def sold_ticks(lots: int, market: Market, rules: TradeRules, grid: Grid) -> int:
    """Price at which a sale of so many lots fills."""
    ratio = order_slippage(lots, market, rules, grid.lots_per_unit)
    return sell_fill_ticks(sold_at(market.price, ratio), grid.ticks_per_unit)


def is_priced(market: Market, rules: TradeRules) -> bool:
    """Whether everything that the rules ask of the market is known."""
    if needs_atr(rules) and not market.atr > 0.0:
        return False
    return rules.sizing != SIZING_VOLATILITY or market.volatility > 0.0


def entry_lots(
    market: Market, account: Account, grid: Grid, rules: TradeRules, risk: RiskRules
) -> int:
    """Lots to buy at the open of a candle; 0 where nothing can or may be bought.

    Cash is held for the dearest fee, as the risk gate does. Sized at the price without the order's own impact; where that impact then costs more than there is
    cash or than a limit allows, the order shrinks once (and its impact with it).
    """
    if not is_priced(market, rules):
        return 0
    entry = price_of(bought_ticks(0, market, rules, grid), grid.ticks_per_unit)
    stop = price_of(
        first_stop_ticks(entry, market.atr, rules, grid.ticks_per_unit), grid.ticks_per_unit
    )
    fee = rules.fee_takers[0]
    value = wanted_value(account, rules, entry, stop, market.volatility)
    value = limited_value(value, account, risk)
    lots = lots_of(value / entry, grid.lots_per_unit)
    lots = min(lots, affordable_lots(account.cash, entry, fee, grid.lots_per_unit))
    if lots <= 0:
        return 0
    ticks = bought_ticks(lots, market, rules, grid)
    price = price_of(ticks, grid.ticks_per_unit)
    lots = min(lots, lots_of(value / price, grid.lots_per_unit))
    lots = min(lots, affordable_lots(account.cash, price, fee, grid.lots_per_unit))
    return lots if is_entry_large_enough(lots, ticks, grid) else 0


def protect(entry: float, atr: float, rules: TradeRules, ticks_per_unit: float) -> Protection:
    """Stop and take profit of a position that was opened at `entry`."""
    stop_ticks = first_stop_ticks(entry, atr, rules, ticks_per_unit)
    risk_price = max(0.0, entry - price_of(stop_ticks, ticks_per_unit)) if stop_ticks > 0 else 0.0
    return Protection(stop_ticks, risk_price, take_distance(entry, risk_price, atr, rules))
