"""Controls: what every other strategy has to beat."""

import numpy as np
import numpy.typing as npt

from tui_trader.engine.analysis.candles import Candles
from tui_trader.engine.analysis.crossings import events
from tui_trader.engine.analysis.strategy import Choices, SignalArray, Strategy, each
from tui_trader.engine.ports.strategy import StrategyParameter

Words = npt.NDArray[np.uint64]

_STEP = 0x9E3779B97F4A7C15
_FIRST = 0xBF58476D1CE4E5B9
_SECOND = 0x94D049BB133111EB
_MASK = 0xFFFFFFFFFFFFFFFF


def _hold(candles: Candles, _: Choices) -> SignalArray:
    return np.ones(len(candles), dtype=np.int8)


def _chance(candles: Candles, seed: int) -> npt.NDArray[np.float64]:
    """A number from 0 to 1 for each candle that its time and the seed decide, and nothing else.

    Source: Steele, Lea and Flood, Fast Splittable Pseudorandom Number Generators (splitmix64).
    """
    word: Words = candles.open_time_ms.astype(np.uint64) + np.uint64((seed + 1) * _STEP & _MASK)
    word = (word ^ (word >> np.uint64(30))) * np.uint64(_FIRST)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(_SECOND)
    word ^= word >> np.uint64(31)
    return (word >> np.uint64(11)).astype(np.float64) * 2.0**-53


def _random(candles: Candles, choices: Choices) -> SignalArray:
    chance = _chance(candles, int(choices["seed"]))
    return events(chance < 1.0 / choices["wait"], chance >= 1.0 - 1.0 / choices["hold"])


BUY_AND_HOLD = Strategy(
    name="buy_and_hold",
    title="Buy and hold",
    says="Enters at the first chance and never leaves.",
    memory=lambda _: 1,
    signals=each(_hold),
)

RANDOM_ENTRY = Strategy(
    name="random_entry",
    title="Random entry",
    says="Enters and leaves by chance: what is left after costs when nothing is known.",
    parameters=(
        StrategyParameter(name="seed", default=1, low=0, high=1_000_000, help="Other chance."),
        StrategyParameter(
            name="wait", default=50.0, low=2.0, high=10_000.0, unit="bars", help="Mean time out."
        ),
        StrategyParameter(
            name="hold", default=50.0, low=2.0, high=10_000.0, unit="bars", help="Mean time in."
        ),
    ),
    memory=lambda _: 1,
    signals=each(_random),
)
