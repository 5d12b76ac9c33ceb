"""What an indicator says about itself.

An indicator is one `Indicator`. Its source computes it; everything else is read by people, screens,
documents and the laws in `tests/laws/test_indicator_laws.py`, which hold each declaration to its word.
"""

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Protocol

import msgspec

from tui_trader.engine.analysis.candles import FLOW, Candles, FloatArray
from tui_trader.engine.analysis.streams import Stream, WindowStream
from tui_trader.engine.values.errors import ConfigError

Parameters = Mapping[str, float]
"""Every parameter of the indicator by name; whole numbers are int."""


class Group(Enum):
    """What an indicator is about."""

    TREND = "trend"
    MOMENTUM = "momentum"
    VOLATILITY = "volatility"
    VOLUME = "volume"
    CYCLE = "cycle"
    STATISTICS = "statistics"


class Unit(Enum):
    """Unit of an output: its name, and the powers of price and of volume that it scales with."""

    PRICE = ("price", 1, 0)
    PRICE_SQUARED = ("price²", 2, 0)
    PERCENT = ("percent", 0, 0)
    RATIO = ("ratio", 0, 0)
    RATIO_PER_YEAR = ("ratio per year", 0, 0)
    DEGREES = ("degrees", 0, 0)
    BARS = ("bars", 0, 0)
    FLAG = ("flag", 0, 0)
    VOLUME = ("volume", 0, 1)
    TURNOVER = ("price * volume", 1, 1)
    PRICE_PER_VOLUME = ("price per volume", 1, -1)

    def __init__(self, label: str, price_power: int, volume_power: int) -> None:
        self.label = label
        self.price_power = price_power
        self.volume_power = volume_power


class Anchor(Enum):
    """Where the memory of an indicator begins that no number of bars bounds."""

    FIRST_BAR = "the first candle: its level is arbitrary, only its changes mean something"
    LAST_TURN = "its last turns: it follows a path, and forgets the past as it turns"
    SESSION = "00:00 UTC of the candle's day"
    CHOSEN = "the moment of the parameter `anchor_ms`"


class Parameter(msgspec.Struct, frozen=True):
    """One knob; a whole default makes it a whole number. Bounds are inclusive."""

    name: str
    default: float
    low: float
    high: float
    says: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether only whole numbers are meant."""
        return isinstance(self.default, int)


class Output(msgspec.Struct, frozen=True):
    """One line. `displacement` is for drawing only: bars to the right; values are never shifted."""

    name: str
    unit: Unit
    displacement: int = 0


class Placement(msgspec.Struct, frozen=True, kw_only=True):
    """Where to draw: over the candles, or in a pane below with its range where that is known."""

    is_overlay: bool = False
    low: float | None = None
    high: float | None = None


OVERLAY = Placement(is_overlay=True)
PANE = Placement()


class Source(Protocol):
    """What computes an indicator."""

    @property
    def inputs(self) -> tuple[str, ...]:
        """Candle columns it reads."""
        ...

    def warm_up_bars(self, parameters: Parameters) -> int:
        """Leading bars that have no value."""
        ...

    def values(self, candles: Candles, parameters: Parameters) -> tuple[FloatArray, ...]:
        """One array an output, shape (T,), T > warm-up; what lies in the warm-up is not read."""
        ...

    def opened(
        self, candles: Candles, parameters: Parameters, *, memory_bars: int | None
    ) -> Stream:
        """The indicator in motion after these candles, T > warm-up."""
        ...


class Own(msgspec.Struct, frozen=True):
    """Computed by a function of this project.

    Args:
        inputs: Columns it reads.
        function: All values at once.
        warm_up: Leading bars that have no value.
        opening: The same in motion. Without it the function is called again for each candle, over
            the bars of its memory; one without a memory needs it.
    """

    inputs: tuple[str, ...]
    function: Callable[[Candles, Parameters], tuple[FloatArray, ...]]
    warm_up: Callable[[Parameters], int]
    opening: Callable[[Candles, Parameters], Stream] | None = None

    def warm_up_bars(self, parameters: Parameters) -> int:
        """Leading bars that have no value."""
        return self.warm_up(parameters)

    def values(self, candles: Candles, parameters: Parameters) -> tuple[FloatArray, ...]:
        """One array an output."""
        return self.function(candles, parameters)

    def opened(
        self, candles: Candles, parameters: Parameters, *, memory_bars: int | None
    ) -> Stream:
        """The indicator in motion."""
        if self.opening is not None:
            return self.opening(candles, parameters)
        assert memory_bars is not None, "an indicator without a memory must say how it moves"
        return WindowStream(
            candles[-memory_bars:], memory_bars, lambda made: self.function(made, parameters)
        )


class Indicator(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the catalogue.

    Args:
        name: As users type it.
        title: Its usual name.
        says: One sentence: what it measures.
        increasing: Parameters that must grow in this order, as fast < slow.
        memory: Bars that a value depends on; None where that is its warm-up and the bar itself.
        is_steady: False where rounding decides the value while the price stands still or runs in a
            straight line (the phase of a cycle that is not there). Values then differ with the
            history and the unit of price; on moving prices memory and scale hold as for all others.
        bullish: When it speaks for rising prices: `LEFT < RIGHT` or `LEFT > RIGHT`, where each side
            is an output, a candle column or a number. Empty where it takes no side.
        bearish: The same for falling prices; neither is neutral.
    """

    name: str
    title: str
    group: Group
    says: str
    source: Source
    outputs: tuple[Output, ...]
    parameters: tuple[Parameter, ...] = ()
    increasing: tuple[str, ...] = ()
    memory: Callable[[Parameters], int] | Anchor | None = None
    is_steady: bool = True
    bullish: str = ""
    bearish: str = ""
    draw: Placement = PANE

    @property
    def anchor(self) -> Anchor | None:
        """Where its memory begins, if no number of bars bounds it."""
        return self.memory if isinstance(self.memory, Anchor) else None

    @property
    def needs(self) -> tuple[str, ...]:
        """Columns it reads that candles alone cannot tell: its values are known where those are."""
        return tuple(name for name in self.source.inputs if name in FLOW)

    def warm_up_bars(self, parameters: Parameters) -> int:
        """Leading bars that have no value; `parameters` as `checked` gives them."""
        return self.source.warm_up_bars(parameters)

    def memory_bars(self, parameters: Parameters) -> int | None:
        """Bars, its own included, that decide a value to 1e-9; None for an anchored one."""
        if isinstance(self.memory, Anchor):
            return None
        warm_up = self.warm_up_bars(parameters)
        return warm_up + 1 + (self.memory(parameters) if self.memory else 0)

    def checked(self, given: Mapping[str, object]) -> dict[str, float]:
        """Every parameter: those given, checked, and the defaults of the others.

        Raises:
            ConfigError: a name is unknown, a value is out of bounds, or two are out of order.
        """
        known = {parameter.name: parameter for parameter in self.parameters}
        if unknown := [name for name in given if name not in known]:
            takes = ", ".join(known) or "none"
            message = f"{self.name} has no parameter `{unknown[0]}`; it takes: {takes}"
            raise ConfigError(message)
        chosen = {
            name: _within(self.name, parameter, given.get(name, parameter.default))
            for name, parameter in known.items()
        }
        for lesser, greater in zip(self.increasing, self.increasing[1:], strict=False):
            if chosen[lesser] >= chosen[greater]:
                message = (
                    f"{self.name}: {lesser} ({chosen[lesser]}) must be below "
                    f"{greater} ({chosen[greater]})"
                )
                raise ConfigError(message)
        return chosen


def _within(owner: str, parameter: Parameter, value: object) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        if parameter.low <= value <= parameter.high and not parameter.is_whole:
            return float(value)
        if parameter.low <= value <= parameter.high and value == int(value):
            return int(value)
    kind = "a whole number" if parameter.is_whole else "a number"
    message = (
        f"{owner}: {parameter.name} must be {kind} from {parameter.low} to {parameter.high}, "
        f"not {value!r}"
    )
    raise ConfigError(message)


def period(default: int, name: str = "period", *, low: int = 2) -> Parameter:
    """Bars that a window or a smoothing spans."""
    return Parameter(name, default, low, PERIOD_MAX, "bars")


PERIOD_MAX = 1_000
