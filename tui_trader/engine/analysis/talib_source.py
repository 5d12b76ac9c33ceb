"""Indicators that TA-Lib computes, and the one place where it is called.

TA-Lib is imported when something is computed: it costs 0.3 s, and a list of names needs none of it.
"""

import sys
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from math import isfinite
from operator import attrgetter
from typing import Protocol, cast

import msgspec
import numpy as np

from tui_trader.engine.analysis.candles import Candles, FloatArray
from tui_trader.engine.analysis.declaration import Parameters
from tui_trader.engine.analysis.recent import Bar, RecentCandles, bar_at
from tui_trader.engine.analysis.streams import Stream, Values


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
        return lookback_bars(self.function, tuple(self._chosen(parameters).items()))

    def values(self, candles: Candles, parameters: Parameters) -> tuple[FloatArray, ...]:
        """Its outputs as floats."""
        columns = [candles.column(name) for name in self.inputs]
        found = talib_function(self.function)(*columns, **self._chosen(parameters))
        outputs = found if isinstance(found, tuple) else (found,)
        return tuple(self._defined(_as_float(output), candles) for output in outputs)

    def opened(
        self, candles: Candles, parameters: Parameters, *, memory_bars: int | None
    ) -> Stream:
        """A handle of TA-Lib: bit for bit the values of a call over the whole series."""
        del memory_bars
        columns = [candles.column(name) for name in self.inputs]
        spare = self.undefined
        return HandleStream(
            talib_handle(self.function)(*columns, **self._chosen(parameters)),
            self.inputs,
            as_defined=None if spare is None else lambda values, bar: _filled(values, bar, spare),
            newest=bar_at(candles, len(candles) - 1),
        )

    def _chosen(self, parameters: Parameters) -> dict[str, float]:
        return {theirs: parameters[ours] for theirs, ours in self.options.items()} | {
            **self.constants
        }

    def _defined(self, output: FloatArray, candles: Candles) -> FloatArray:
        if self.undefined is None:
            return output
        # The warm-up is filled as well, and made unknown again by who asked.
        is_undefined = ~np.isfinite(output)
        output[is_undefined] = (
            candles.column(self.undefined)[is_undefined]
            if isinstance(self.undefined, str)
            else self.undefined
        )
        return output


class Handle(Protocol):
    """What `talib.stream` gives: one function at one bar, carried forward."""

    @property
    def value(self) -> float | Values:
        """At the newest bar."""
        ...

    def update(self, *bar: float) -> float | Values:
        """One closed bar more."""
        ...

    def peek(self, *bar: float) -> float | Values:
        """What `update` would answer."""
        ...


class HandleStream:
    """A handle of TA-Lib as a stream."""

    def __init__(
        self,
        handle: Handle,
        inputs: tuple[str, ...],
        *,
        newest: Bar,
        as_defined: Callable[[Values, Bar], Values] | None,
    ) -> None:
        self._handle = handle
        self._picked = picker(inputs)
        self._as_defined = as_defined
        self._values = self._answered(handle.value, newest)

    @property
    def values(self) -> Values:
        """At the newest closed candle."""
        return self._values

    def push(self, recent: RecentCandles) -> Values:
        """Take the newest candle."""
        bar = recent.newest
        self._values = self._answered(self._handle.update(*self._picked(bar)), bar)
        return self._values

    def peek(self, recent: RecentCandles) -> Values:
        """What `push` would answer."""
        bar = recent.newest
        return self._answered(self._handle.peek(*self._picked(bar)), bar)

    def _answered(self, value: float | Values, bar: Bar) -> Values:
        values = value if isinstance(value, tuple) else (value,)
        return self._as_defined(values, bar) if self._as_defined else values


def picker(names: tuple[str, ...]) -> Callable[[Bar], tuple[float, ...]]:
    """From a bar to those of its columns, in that order."""
    picked = cast("Callable[[Bar], object]", attrgetter(*names))
    if len(names) > 1:
        return cast("Callable[[Bar], tuple[float, ...]]", picked)
    # With one name it answers with the value itself, not with a tuple of it.
    return lambda bar: (cast("float", picked(bar)),)


def _filled(values: Values, bar: Bar, spare: float | str) -> Values:
    put: float = getattr(bar, spare) if isinstance(spare, str) else spare
    return tuple(value if isfinite(value) else put for value in values)


def talib_handle(name: str) -> Callable[..., Handle]:
    """The streaming form of a function of TA-Lib."""
    from talib import stream

    return cast("Callable[..., Handle]", getattr(stream, name))


def talib_function(name: str) -> Callable[..., object]:
    """A function of TA-Lib by its name."""
    import talib

    return cast("Callable[..., object]", getattr(talib, name))


def load_alone() -> None:
    """Import TA-Lib without pandas and polars, which it imports to accept their columns: 0.3 s.

    For a process of one thread that makes no DataFrame: until this returns, nobody could import them.
    """
    absent = [name for name in ("pandas", "polars") if name not in sys.modules]
    modules = cast("dict[str, object]", sys.modules)
    modules |= dict.fromkeys(absent)
    try:
        import_module("talib")
    finally:
        for name in absent:
            del modules[name]


@cache
def lookback_bars(function: str, options: tuple[tuple[str, float], ...] = ()) -> int:
    """Leading bars for which a function of TA-Lib has no value."""
    from talib import abstract

    described = abstract.Function(function, **dict(options))  # type: ignore[attr-defined]  # made at run time
    return int(described.lookback)


def _as_float(output: object) -> FloatArray:
    return np.asarray(output, dtype=np.float64)
