"""The trade of a signal: what [rules] sets, and what [learning] adds where [rules] leaves it open.

A confidence is the chance that this trade reaches its take profit before its stop and before its time
is up; so whoever trades on it and whoever learned it must mean the same trade.
"""

from tui_trader.engine.rules.from_settings import trade_rules
from tui_trader.engine.rules.model import TradeRules
from tui_trader.engine.settings.learning import LearningSettings
from tui_trader.engine.settings.rulebook import RuleSettings


def signal_rules(rules: RuleSettings, learning: LearningSettings) -> TradeRules:
    """Rules with a stop, a take profit and a horizon.

    A stop of [rules] in percent stays beside one in true ranges: the nearer one counts, as always.
    """
    found = trade_rules(rules)
    has_take = found.take_ratio > 0 or found.take_r > 0 or found.take_atr > 0
    return found._replace(
        stop_atr=found.stop_atr or float(learning.stop_atr),
        take_atr=found.take_atr if has_take else float(learning.take_profit_atr),
        time_stop_bars=found.time_stop_bars or learning.horizon_candles,
    )
