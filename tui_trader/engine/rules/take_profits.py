"""Where gains are taken, at once or in parts. Levels are sell prices in whole ticks; 0 is none."""

from tui_trader.engine.rules.grid import sell_order_ticks
from tui_trader.engine.rules.model import Grid, TradeRules
from tui_trader.engine.rules.sizing import is_large_enough


def take_distance(entry: float, risk_price: float, atr: float, rules: TradeRules) -> float:
    """Way from the entry to the take profit: the shortest of those switched on; 0 is none."""
    distance = 0.0
    if rules.take_ratio > 0.0:
        distance = entry * rules.take_ratio
    if rules.take_r > 0.0 and risk_price > 0.0:
        found = rules.take_r * risk_price
        distance = found if distance == 0.0 else min(distance, found)
    if rules.take_atr > 0.0 and atr > 0.0:
        found = rules.take_atr * atr
        distance = found if distance == 0.0 else min(distance, found)
    return distance


def take_ticks(entry: float, distance: float, part: int, parts: int, ticks_per_unit: float) -> int:
    """Price at which part 0, 1, … of `parts` is sold."""
    if distance <= 0.0:
        return 0
    return sell_order_ticks(entry + distance * (part + 1) / parts, ticks_per_unit)


def part_lots(
    lots_first: int, lots_left: int, part: int, parts: int, ticks: int, grid: Grid
) -> int:
    """Lots that part 0, 1, … sells: an equal share, or all when a share or the rest were too small."""
    share = lots_first // parts
    if part >= parts - 1 or share >= lots_left:
        return lots_left
    if is_large_enough(share, ticks, grid) and is_large_enough(lots_left - share, ticks, grid):
        return share
    return lots_left
