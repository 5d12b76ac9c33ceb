"""Breakouts: in when the price leaves where it has been."""

import numpy as np

from tui_trader.engine.analysis.candles import Candles
from tui_trader.engine.analysis.catalogue import indicator_named
from tui_trader.engine.analysis.compute import compute
from tui_trader.engine.analysis.crossings import begins, events, is_known
from tui_trader.engine.analysis.strategy import Choices, SignalArray, Strategy, each
from tui_trader.engine.ports.strategy import StrategyParameter

SUPERTREND_PERIODS = 60
"""A turn of the trend makes Supertrend forget what was before; measured on walks, noisy and calm."""


def _donchian(candles: Candles, choices: Choices) -> SignalArray:
    donchian, close = indicator_named("donchian"), candles.close
    upper = compute(candles, donchian, period=choices["enter"])["upper"]
    lower = compute(candles, donchian, period=choices["leave"])["lower"]
    enters = np.zeros(len(candles), dtype=np.bool_)
    leaves = enters.copy()
    # The channel of the candles before: no close is above a high that includes its own.
    enters[1:] = close[1:] > upper[:-1]
    leaves[1:] = close[1:] < lower[:-1]
    return events(enters, leaves)


def _supertrend(candles: Candles, choices: Choices) -> SignalArray:
    direction = compute(candles, indicator_named("supertrend"), **choices)["direction"]
    known, rises = is_known(direction), direction > 0
    return events(begins(rises, known), begins(~rises, known))


DONCHIAN_BREAKOUT = Strategy(
    name="donchian_breakout",
    title="Donchian breakout",
    says="Enters at a close above the highest high of the bars before, leaves below their lowest low.",
    parameters=(
        StrategyParameter(
            name="enter",
            default=20,
            low=2,
            high=1_000,
            unit="bars",
            help="Channel to break out of.",
        ),
        StrategyParameter(
            name="leave", default=10, low=2, high=1_000, unit="bars", help="Channel to fall out of."
        ),
    ),
    memory=lambda choices: int(max(choices["enter"], choices["leave"])) + 1,
    signals=each(_donchian),
)

SUPERTREND_BREAKOUT = Strategy(
    name="supertrend",
    title="Supertrend",
    says="Enters when Supertrend turns up, leaves when it turns down.",
    parameters=(
        StrategyParameter(
            name="period", default=10, low=2, high=200, unit="bars", help="Of the true range."
        ),
        StrategyParameter(
            name="multiplier",
            default=3.0,
            low=0.5,
            high=10.0,
            unit="average true ranges",
            help="Distance of the line.",
        ),
    ),
    memory=lambda choices: SUPERTREND_PERIODS * int(choices["period"]) + 200,
    signals=each(_supertrend),
)
