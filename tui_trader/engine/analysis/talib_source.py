"""Indicators that TA-Lib computes, and the one place where it is called.

TA-Lib is imported when something is computed: it costs 0.3 s, and a list of names needs none of it.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import cast

import msgspec
import numpy as np

from tui_trader.engine.analysis.candles import Candles, FloatArray
from tui_trader.engine.analysis.declaration import Parameters


class TaLib(msgspec.Struct, frozen=True):
    """A function of TA-Lib.

    Args:
        function: Its name there.
        inputs: Candle columns, in its order.
        options: Its option names → our parameter names.
        constants: Options that are not for users.
        undefined: What stands where it divides by nothing: a number, or a candle column.
    """

    function: str
    inputs: tuple[str, ...]
    options: Mapping[str, str] = {}
    constants: Mapping[str, float] = {}
    undefined: float | str | None = None

    def warm_up_bars(self, parameters: Parameters) -> int:
        """TA-Lib's own word for it."""
        return _lookback(self.function, tuple(self._chosen(parameters).items()))

    def values(self, candles: Candles, parameters: Parameters) -> tuple[FloatArray, ...]:
        """Its outputs as floats."""
        columns = [candles.column(name) for name in self.inputs]
        found = talib_function(self.function)(*columns, **self._chosen(parameters))
        outputs = found if isinstance(found, tuple) else (found,)
        return tuple(self._defined(_as_float(output), candles) for output in outputs)

    def _chosen(self, parameters: Parameters) -> dict[str, float]:
        return {theirs: parameters[ours] for theirs, ours in self.options.items()} | {
            **self.constants
        }

    def _defined(self, output: FloatArray, candles: Candles) -> FloatArray:
        if self.undefined is None:
            return output
        spare: FloatArray | float = (
            candles.column(self.undefined) if isinstance(self.undefined, str) else self.undefined
        )
        return np.where(np.isfinite(output), output, spare)


def talib_function(name: str) -> Callable[..., object]:
    """A function of TA-Lib by its name."""
    import talib

    return cast("Callable[..., object]", getattr(talib, name))


@cache
def _lookback(function: str, options: tuple[tuple[str, float], ...]) -> int:
    from talib import abstract

    described = abstract.Function(function, **dict(options))  # type: ignore[attr-defined]  # made at run time
    return int(described.lookback)


def _as_float(output: object) -> FloatArray:
    return np.asarray(output, dtype=np.float64)
