"""The trade of a signal: what [rules] sets, and what [learning] adds where [rules] leaves it open.

A confidence is the chance that this trade reaches its take profit before its stop and before its time
is up; so whoever trades on it and whoever learned it must mean the same trade.
"""

from collections.abc import Mapping

from tui_trader.engine.rules.from_settings import trade_rules
from tui_trader.engine.rules.model import TradeRules
from tui_trader.engine.rules.signal_gates import SignalLimits
from tui_trader.engine.settings.learning import LearningSettings
from tui_trader.engine.settings.rulebook import RuleSettings

ENSEMBLE = "ensemble"
"""The strategy that trades on forecasts."""
PERCENT = 100.0


def signal_limits(parameters: Mapping[str, float], learning: LearningSettings) -> SignalLimits:
    """What a forecast must reach: [learning], or what the strategy was started with where that is stricter.

    Args:
        parameters: Of the strategy `ensemble`; one that is missing asks for nothing of its own.
        learning: The settings.
    """

    def ratio(name: str, otherwise: float = 0.0) -> float:
        return parameters.get(name, otherwise) / PERCENT

    return SignalLimits(
        confidence_min=max(ratio("confidence"), float(learning.confidence_percent_min) / PERCENT),
        gain_min_ratio=max(ratio("gain"), float(learning.gain_percent_min) / PERCENT),
        apart_max=min(ratio("apart", PERCENT), float(learning.disagreement_percent_max) / PERCENT),
        needs_edge=not parameters.get("without_edge", 0.0),
        leave_below=ratio("leave_below"),
    )


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
