"""A strategy: a causal function from candles to signals, with what it says about itself.

Law: the signal of a candle depends on that candle and the `memory_bars` - 1 before it. So live, which
keeps only those, and a backtest, which has all, say the same (tests/conformance/test_strategies.py).
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from tui_trader.engine.analysis.candles import Candles
from tui_trader.engine.ports.strategy import StrategyDeclaration
from tui_trader.engine.values.errors import PluginError

SignalArray = npt.NDArray[np.int8]
"""1: be in from the next open · -1: be out from the next open · 0: nothing new. Shape (T,)."""
Choices = Mapping[str, float]
"""Every parameter by name, as `checked` gives them."""

Signals = Callable[[Sequence[Candles], Choices], Sequence[SignalArray]]
OneSignal = Callable[[Candles, Choices], SignalArray]


def _nothing() -> None:
    pass


class Strategy(StrategyDeclaration, frozen=True, kw_only=True):
    """One entry of the registry, or of a user's file.

    Args:
        memory: Candles, the last included, that decide a signal.
        signals: From the candles of every pair to the signals of every pair, in the same order.
        kernel: "module:function" of a compiled form that says the same of one pair, "" for none.
        named_times_ms: Starts of the candles it was written for, UTC; empty where it takes any.
        hears_forecasts: Whether live it decides on what models say, which its candles do not tell.
        end: Ends what it keeps running: nobody asks any more, and whoever waits for an answer gets none.
    """

    memory: Callable[[Choices], int]
    signals: Signals
    kernel: str = ""
    named_times_ms: tuple[int, ...] = ()
    hears_forecasts: bool = False
    end: Callable[[], None] = _nothing

    def memory_bars(self, choices: Choices) -> int:
        """Candles, the last included, that decide a signal; `choices` as `checked` gives them."""
        return self.memory(choices)

    def signals_of(self, candles: Sequence[Candles], choices: Choices) -> tuple[SignalArray, ...]:
        """Signals of every pair at every candle.

        Raises:
            PluginError: the strategy does not give one of -1, 0, 1 for each candle of each pair.
        """
        found = tuple(np.asarray(signal) for signal in self.signals(candles, choices))
        if len(found) != len(candles):
            message = f"{self.name} gave signals of {len(found)} pairs for {len(candles)}"
            raise PluginError(message)
        for number, (signal, pair) in enumerate(zip(found, candles, strict=True), 1):
            if signal.shape != (len(pair),):
                message = (
                    f"{self.name} gave signals of shape {signal.shape} for the {len(pair)} candles"
                    f" of pair {number}; give one for each candle"
                )
                raise PluginError(message)
            if not np.isin(signal, (-1, 0, 1)).all():
                message = f"{self.name} gave a signal that is none of -1, 0 and 1"
                raise PluginError(message)
        return tuple(signal.astype(np.int8, copy=False) for signal in found)


def each(one: OneSignal) -> Signals:
    """A strategy that looks at every pair by itself."""
    return lambda candles, choices: [one(pair, choices) for pair in candles]


def silent(candles: Sequence[Candles], _: Choices) -> list[SignalArray]:
    """Nothing new at every candle."""
    return [np.zeros(len(pair), dtype=np.int8) for pair in candles]


LISTENER = Strategy(
    name="signals",
    title="Signals",
    says="Wants nothing: follows candles for those who forecast.",
    memory=lambda _: 1,
    signals=silent,
    hears_forecasts=True,
)
"""Whoever is followed although nothing trades."""


SILENT = Strategy(
    name="silent",
    title="Silent",
    says="Nothing: it stands in for one that has failed.",
    memory=lambda _: 1,
    signals=each(lambda candles, _: np.zeros(len(candles), dtype=np.int8)),
)
