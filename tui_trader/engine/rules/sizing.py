"""How much to buy: each rule gives a value in quote, the last one turns it into whole lots."""

from tui_trader.engine.rules.grid import lots_of, price_of, quantity_of, quote_of
from tui_trader.engine.rules.model import (
    SIZING_AMOUNT,
    SIZING_FRACTION,
    SIZING_RISK,
    SIZING_VOLATILITY,
    Account,
    Grid,
    RiskRules,
    TradeRules,
)

HOLD_MARGIN = 1.005
"""A market order may meet a market that moved: half a percent of cash is held beside its cost."""
HAIR = 1e-9
"""Cash that stays untouched, as a ratio, so that a float's rounding never asks for more than is there."""
ENTRY_MIN_QUOTE = 1e-5
"""A thousand money steps: below that, rounding a cost and its fee up could exceed what was held."""
COST_MIN_TIMES = 2.0
"""An entry is worth at least twice the smallest order, so that it can be sold at half its price."""


def risk_value(equity: float, risk_ratio: float, entry: float, stop: float) -> float:
    """Value at which a fall from entry to stop costs `risk_ratio` of equity; 0 without a stop."""
    if not 0.0 < stop < entry:
        return 0.0
    return equity * risk_ratio / (entry - stop) * entry


def volatility_value(equity: float, target_ratio: float, volatility: float) -> float:
    """Value at which the position moves like `target_ratio` of equity a year; 0 when unknown."""
    if not volatility > 0.0:
        return 0.0
    return equity * target_ratio / volatility


def kelly_ratio(
    account: Account, cap_ratio: float, trades_min: int, fallback_ratio: float
) -> float:
    """Share of equity after Kelly: p - (1 - p) / b of the trades so far, within 0 and the cap."""
    trades = account.wins + account.losses
    if trades < max(1, trades_min):
        return min(fallback_ratio, cap_ratio)
    if account.wins == 0:
        return 0.0
    if account.losses == 0 or account.loss_sum <= 0.0:
        return cap_ratio
    chance = account.wins / trades
    odds = (account.win_sum / account.wins) / (account.loss_sum / account.losses)
    if odds <= 0.0:
        return 0.0
    return min(cap_ratio, max(0.0, chance - (1.0 - chance) / odds))


def wanted_value(
    account: Account, rules: TradeRules, entry: float, stop: float, volatility: float
) -> float:
    """Value that the chosen sizing asks for, before any limit."""
    if rules.sizing == SIZING_AMOUNT:
        return rules.amount_quote
    if rules.sizing == SIZING_FRACTION:
        return account.equity * rules.fraction_ratio
    if rules.sizing == SIZING_RISK:
        return risk_value(account.equity, rules.risk_ratio, entry, stop)
    if rules.sizing == SIZING_VOLATILITY:
        return volatility_value(account.equity, rules.volatility_ratio, volatility)
    share = kelly_ratio(
        account, rules.kelly_cap_ratio, rules.kelly_trades_min, rules.fraction_ratio
    )
    return account.equity * share


def limited_value(value: float, account: Account, risk: RiskRules) -> float:
    """What the limits on position and exposure leave of a value."""
    if risk.position_max_quote > 0.0:
        value = min(value, risk.position_max_quote)
    if risk.position_max_ratio > 0.0:
        value = min(value, account.equity * risk.position_max_ratio)
    if risk.exposure_max_ratio > 0.0:
        value = min(value, account.equity * risk.exposure_max_ratio - account.exposure)
    return max(0.0, value)


def affordable_lots(cash: int, price: float, fee_ratio: float, lots_per_unit: float) -> int:
    """Most lots that the cash pays for, fee and hold included."""
    quote = quote_of(cash) * (1.0 - HAIR)
    if quote <= 0.0:
        return 0
    return lots_of(quote / (price * (1.0 + fee_ratio) * HOLD_MARGIN), lots_per_unit)


def is_large_enough(lots: int, ticks: int, grid: Grid) -> bool:
    """Whether the exchange takes an order of this size."""
    value = quantity_of(lots, grid.lots_per_unit) * price_of(ticks, grid.ticks_per_unit)
    return lots > 0 and lots >= grid.lots_min and value >= grid.cost_min_quote


def is_entry_large_enough(lots: int, ticks: int, grid: Grid) -> bool:
    """Whether a position of this size can be opened and, later, sold again."""
    value = quantity_of(lots, grid.lots_per_unit) * price_of(ticks, grid.ticks_per_unit)
    value_min = max(ENTRY_MIN_QUOTE, COST_MIN_TIMES * grid.cost_min_quote)
    return is_large_enough(lots, ticks, grid) and value >= value_min
