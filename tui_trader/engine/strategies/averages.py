"""Two averages that cross: in while the fast one is above the slow one."""

from tui_trader.engine.analysis.candles import Candles
from tui_trader.engine.analysis.catalogue import indicator_named
from tui_trader.engine.analysis.compute import compute
from tui_trader.engine.analysis.crossings import begins, events, is_above, is_known
from tui_trader.engine.analysis.strategy import Choices, SignalArray, Strategy, each
from tui_trader.engine.ports.strategy import StrategyParameter

PERIOD_MAX = 1_000


def _periods(fast: int, slow: int) -> tuple[StrategyParameter, ...]:
    return (
        StrategyParameter(
            name="fast", default=fast, low=2, high=PERIOD_MAX, unit="bars", help="Short average."
        ),
        StrategyParameter(
            name="slow", default=slow, low=3, high=PERIOD_MAX, unit="bars", help="Long average."
        ),
    )


def _cross(kind: str, candles: Candles, choices: Choices) -> SignalArray:
    average = indicator_named(kind)
    fast = compute(candles, average, period=choices["fast"])[kind]
    slow = compute(candles, average, period=choices["slow"])[kind]
    known = is_known(fast, slow)
    above = is_above(fast, slow, scale=slow)
    return events(begins(above, known), begins(~above, known))


def _memory(kind: str, choices: Choices) -> int:
    memories = [
        indicator_named(kind).memory_bars({"period": choices[name]}) for name in ("fast", "slow")
    ]
    # One candle more: a crossing is seen from the candle before.
    return max(memory for memory in memories if memory is not None) + 1


SMA_CROSS = Strategy(
    name="sma_cross",
    title="Moving average cross",
    says="Enters when the fast simple average rises above the slow one, leaves when it falls below.",
    parameters=_periods(20, 50),
    increasing=("fast", "slow"),
    memory=lambda choices: _memory("sma", choices),
    signals=each(lambda candles, choices: _cross("sma", candles, choices)),
    kernel="tui_trader.engine.kernels.signals:sma_cross",
)

EMA_CROSS = Strategy(
    name="ema_cross",
    title="Exponential average cross",
    says="Enters when the fast exponential average rises above the slow one, leaves when it falls below.",
    parameters=_periods(12, 26),
    increasing=("fast", "slow"),
    memory=lambda choices: _memory("ema", choices),
    signals=each(lambda candles, choices: _cross("ema", candles, choices)),
)
