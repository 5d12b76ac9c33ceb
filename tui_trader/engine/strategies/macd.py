"""MACD: in while the difference of two averages is above its own average."""

from tui_trader.engine.analysis.candles import Candles
from tui_trader.engine.analysis.catalogue import indicator_named
from tui_trader.engine.analysis.compute import compute
from tui_trader.engine.analysis.crossings import begins, events, is_above, is_known
from tui_trader.engine.analysis.strategy import Choices, SignalArray, Strategy, each
from tui_trader.engine.ports.strategy import StrategyParameter

PERIOD_MAX = 200


def _signals(candles: Candles, choices: Choices) -> SignalArray:
    lines = compute(candles, indicator_named("macd"), **choices)
    known = is_known(lines["macd"], lines["signal"])
    above = is_above(lines["macd"], lines["signal"], scale=candles.close)
    return events(begins(above, known), begins(~above, known))


def _memory(choices: Choices) -> int:
    return (indicator_named("macd").memory_bars(choices) or 0) + 1


MACD = Strategy(
    name="macd",
    title="MACD cross",
    says="Enters when MACD rises above its signal line, leaves when it falls below.",
    parameters=(
        StrategyParameter(
            name="fast", default=12, low=2, high=PERIOD_MAX, unit="bars", help="Short average."
        ),
        StrategyParameter(
            name="slow", default=26, low=3, high=PERIOD_MAX, unit="bars", help="Long average."
        ),
        StrategyParameter(
            name="signal_period",
            default=9,
            low=2,
            high=PERIOD_MAX,
            unit="bars",
            help="Signal line.",
        ),
    ),
    increasing=("fast", "slow"),
    memory=_memory,
    signals=each(_signals),
)
