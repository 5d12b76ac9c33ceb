"""The strategy `ensemble` for a backtest: bound to forecasts that were made before their outcomes were known.

Law: the forecasts are those of the walk-forward and no other; each belongs to one candle, and candles of
another market are refused. What a forecast must reach is asked of `rules.signal_gates`, as live does.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from tui_trader.engine.analysis.candles import Candles, FloatArray
from tui_trader.engine.analysis.strategy import Choices, SignalArray, Strategy
from tui_trader.engine.rules.signal_gates import SaidNumbers, SignalLimits, signal_of
from tui_trader.engine.rules.signal_trade import signal_limits
from tui_trader.engine.settings.learning import LearningSettings
from tui_trader.engine.values.errors import ConfigError
from tui_trader.engine.values.time import format_rfc3339

SAME_RATIO = 1e-9


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class KnownForecasts:
    """Forecasts of one pair in the order of time, shape (N,) each.

    Args:
        pair: Whose, for people.
        open_time_ms: Start of the candle at whose close each was made, UTC.
        close: Of that candle.
        confidence: Of the vote.
        expected: Net return that was promised.
        apart: Highest vote less the lowest.
        has_edge: Whether the model was worth money when it was judged.
    """

    pair: str
    open_time_ms: FloatArray
    close: FloatArray
    confidence: FloatArray
    expected: FloatArray
    apart: FloatArray
    has_edge: bool


def bound(
    strategy: Strategy, known: Sequence[KnownForecasts], learning: LearningSettings
) -> Strategy:
    """The same strategy, that knows these forecasts: one a pair, in the order of the pairs.

    Raises:
        ConfigError: (when it is asked) the candles are not those that were forecast.
    """

    def signals(candles: Sequence[Candles], choices: Choices) -> list[SignalArray]:
        limits = signal_limits(choices, learning)
        return [_signal(pair, told, limits) for pair, told in zip(candles, known, strict=True)]

    return msgspec.structs.replace(strategy, signals=signals, hears_forecasts=False)


def _signal(candles: Candles, known: KnownForecasts, limits: SignalLimits) -> SignalArray:
    signal = np.zeros(len(candles), dtype=np.int8)
    _, rows, places = np.intersect1d(
        candles.open_time_ms, known.open_time_ms.astype(np.int64), return_indices=True
    )
    if not len(rows):
        message = (
            f"{known.pair}: the walk-forward forecast candles from {_moment(known, 0)} to "
            f"{_moment(known, -1)}, and none of these; choose that range or train again"
        )
        raise ConfigError(message)
    if not np.allclose(candles.close[rows], known.close[places], rtol=SAME_RATIO, atol=0.0):
        message = (
            f"{known.pair}: these candles are not the ones that were learned from; train on them, or "
            "name the same file or venue"
        )
        raise ConfigError(message)
    for row, place in zip(rows.tolist(), places.tolist(), strict=True):
        said = SaidNumbers(
            float(known.confidence[place]),
            float(known.expected[place]),
            float(known.apart[place]),
            known.has_edge,
        )
        signal[row] = signal_of(said, limits)
    return signal


def _moment(known: KnownForecasts, place: int) -> str:
    return format_rfc3339(int(known.open_time_ms[place]))
