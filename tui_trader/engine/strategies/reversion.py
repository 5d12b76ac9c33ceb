"""Reversion: buying what has fallen far, selling what has come back."""

from tui_trader.engine.analysis.candles import Candles
from tui_trader.engine.analysis.catalogue import indicator_named
from tui_trader.engine.analysis.compute import compute
from tui_trader.engine.analysis.crossings import begins, events, is_above, is_known
from tui_trader.engine.analysis.strategy import Choices, SignalArray, Strategy, each
from tui_trader.engine.ports.strategy import StrategyParameter

RSI_TOP = 100.0


def _rsi(candles: Candles, choices: Choices) -> SignalArray:
    rsi = compute(candles, indicator_named("rsi"), period=choices["period"])["rsi"]
    known = is_known(rsi)
    enters = begins(is_above(choices["enter"], rsi, scale=RSI_TOP), known)
    leaves = begins(is_above(rsi, choices["leave"], scale=RSI_TOP), known)
    return events(enters, leaves)


def _bollinger(candles: Candles, choices: Choices) -> SignalArray:
    bands = compute(
        candles,
        indicator_named("bollinger"),
        period=choices["period"],
        deviations_up=choices["deviations"],
        deviations_down=choices["deviations"],
    )
    known, close = is_known(bands["lower"]), candles.close
    enters = begins(is_above(bands["lower"], close, scale=close), known)
    leaves = begins(is_above(close, bands["middle"], scale=close), known)
    return events(enters, leaves)


RSI_REVERSION = Strategy(
    name="rsi_reversion",
    title="RSI reversion",
    says="Enters when RSI falls below the lower mark, leaves when it rises above the upper one.",
    parameters=(
        StrategyParameter(name="period", default=14, low=2, high=500, unit="bars", help="Of RSI."),
        StrategyParameter(name="enter", default=30.0, low=1.0, high=99.0, help="Lower mark."),
        StrategyParameter(name="leave", default=70.0, low=1.0, high=99.0, help="Upper mark."),
    ),
    increasing=("enter", "leave"),
    memory=lambda choices: (
        (indicator_named("rsi").memory_bars({"period": choices["period"]}) or 0) + 1
    ),
    signals=each(_rsi),
)

BOLLINGER_REVERSION = Strategy(
    name="bollinger_reversion",
    title="Bollinger reversion",
    says="Enters when the close falls below the lower band, leaves when it rises above the middle.",
    parameters=(
        StrategyParameter(
            name="period", default=20, low=2, high=500, unit="bars", help="Of the bands."
        ),
        StrategyParameter(
            name="deviations",
            default=2.0,
            low=0.5,
            high=5.0,
            unit="standard deviations",
            help="Half the width of the bands.",
        ),
    ),
    memory=lambda choices: int(choices["period"]) + 1,
    signals=each(_bollinger),
)
