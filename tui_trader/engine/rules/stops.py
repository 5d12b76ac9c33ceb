"""Where a position is given up. Levels are sell prices in whole ticks; 0 is no stop.

Law: a stop never falls. What moves it is known at the close of a candle and counts from the next one.
"""

from tui_trader.engine.rules.grid import sell_order_ticks
from tui_trader.engine.rules.model import TradeRules


def fixed_stop(entry: float, stop_ratio: float) -> float:
    """A share of the entry below it."""
    return entry * (1.0 - stop_ratio)


def atr_stop(entry: float, atr: float, multiple: float) -> float:
    """A number of average true ranges below a price."""
    return entry - multiple * atr


def trailing_stop(highest: float, trail_ratio: float) -> float:
    """A share of the highest high below it."""
    return highest * (1.0 - trail_ratio)


def break_even_price(entry: float, fee_ratio: float) -> float:
    """Price whose sale earns back the entry and both fees."""
    return entry * (1.0 + fee_ratio) / (1.0 - fee_ratio)


def has_stop(rules: TradeRules) -> bool:
    """Whether any rule sets a first stop."""
    return (
        rules.stop_ratio > 0.0
        or rules.stop_atr > 0.0
        or rules.trail_ratio > 0.0
        or rules.chandelier_atr > 0.0
    )


def needs_atr(rules: TradeRules) -> bool:
    """Whether a position cannot be opened while the ATR is unknown."""
    return (
        rules.stop_atr > 0.0
        or rules.chandelier_atr > 0.0
        or rules.take_atr > 0.0
        or rules.impact > 0.0
    )


def first_stop_ticks(entry: float, atr: float, rules: TradeRules, ticks_per_unit: float) -> int:
    """The nearest of the stops that are switched on."""
    level = 0.0
    if rules.stop_ratio > 0.0:
        level = max(level, fixed_stop(entry, rules.stop_ratio))
    if rules.stop_atr > 0.0:
        level = max(level, atr_stop(entry, atr, rules.stop_atr))
    if rules.trail_ratio > 0.0:
        level = max(level, trailing_stop(entry, rules.trail_ratio))
    if rules.chandelier_atr > 0.0:
        level = max(level, atr_stop(entry, atr, rules.chandelier_atr))
    return sell_order_ticks(level, ticks_per_unit)


def moves_stop(rules: TradeRules) -> bool:
    """Whether any rule moves the stop of an open position."""
    return rules.trail_ratio > 0.0 or rules.chandelier_atr > 0.0 or rules.break_even_r > 0.0


def next_stop_level(
    entry: float,
    risk_price: float,
    highest: float,
    close: float,
    atr: float,
    fee_ratio: float,
    rules: TradeRules,
) -> float:
    """Highest level that the moving stops ask for from the next candle on; 0 is none.

    Args:
        entry: Price that was paid.
        risk_price: Entry less the first stop, quote; 0 without a first stop.
        highest: Highest high since the entry, that of the closed candle included.
        close: Close of the closed candle.
        atr: Of the closed candle; NaN asks for nothing.
        fee_ratio: Of one order.
        rules: What is switched on.
    """
    level = 0.0
    if rules.trail_ratio > 0.0:
        level = max(level, trailing_stop(highest, rules.trail_ratio))
    if rules.chandelier_atr > 0.0 and atr > 0.0:
        level = max(level, atr_stop(highest, atr, rules.chandelier_atr))
    if rules.break_even_r > 0.0 and risk_price > 0.0:
        even = break_even_price(entry, fee_ratio)
        # Above the market it would be no protection but a sale at the next open.
        if highest >= entry + rules.break_even_r * risk_price and even < close:
            level = max(level, even)
    return level


def next_stop_ticks(stop_ticks: int, level: float, ticks_per_unit: float) -> int:
    """The stop from the next candle on: the old one, or the level where that is higher."""
    return max(stop_ticks, sell_order_ticks(level, ticks_per_unit))


def is_time_up(bars_held: int, time_stop_bars: int) -> bool:
    """Whether the position has been held for as long as it may."""
    return 0 < time_stop_bars <= bars_held
