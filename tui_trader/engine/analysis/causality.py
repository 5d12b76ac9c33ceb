"""The causality check: does a function of candles know what it could not have known?

Some leaks show in no score: a whole-series z-score earns nothing and still looks ahead. So the
function is run again with the future taken away, and with another future. What changes at or before
the cut is named, with the candle. Cheap enough to run when a user's strategy is loaded (7 ms for an
indicator, measured): the number of cuts is bounded, and they lie where leaks show.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tui_trader.engine.analysis.candles import Candles, FloatArray, TimeArray
from tui_trader.engine.analysis.futures import (
    Market,
    cut_times,
    known_at,
    known_count,
    other_future,
    sample_candles,
)
from tui_trader.engine.analysis.statistics.chance import Chance
from tui_trader.engine.values.errors import ConfigError
from tui_trader.engine.values.time import format_rfc3339

__all__ = [
    "CUTS_MAX",
    "CausalityFault",
    "FaultKind",
    "check_causality",
    "check_memory",
    "check_pairs",
    "sample_candles",
]

Computed = Mapping[str, npt.ArrayLike] | npt.ArrayLike
"""Outputs by name, each of shape (T,); a single one may stand alone."""
Function = Callable[[Candles], Computed]
PairsFunction = Callable[[Sequence[Candles]], Sequence[npt.ArrayLike]]
"""From the candles of every pair to one output a pair, in the same order: a strategy's signals."""

CUTS_MAX = 16
CANDLES_MIN = 8
"""A past, a cut and a future."""
TOLERANCE = 1e-9
REST = 1e-12
"""Of the largest value of an output: what rounding may differ by where a value is nearly nothing."""
SINGLE = "value"


class FaultKind(Enum):
    """What gave the function away."""

    CHANCE = "is not the same when computed again: it uses chance, a clock or what it kept"
    SHAPE = "does not have one value a candle"
    TRUNCATED = "changes when later candles are taken away"
    PERTURBED = "changes when later candles are different"
    MEMORY = "depends on more candles than it declares"


@dataclass(frozen=True, slots=True, kw_only=True)
class CausalityFault:
    """One output that knows what it could not have known.

    Args:
        output: Its name.
        kind: What gave it away.
        time_ms: Start of the first candle whose value changed.
        cut_ms: Start of the last candle that was known; for MEMORY, of the first one.
        before: The value with all candles; NaN for none.
        after: The value without.
        rows: How many values at or before the cut changed.
    """

    output: str
    kind: FaultKind
    time_ms: int
    cut_ms: int
    before: float
    after: float
    rows: int

    @property
    def says(self) -> str:
        """The fault in one sentence."""
        at = format_rfc3339(self.time_ms)
        if self.kind is FaultKind.SHAPE:
            return (
                f"`{self.output}` {self.kind.value}: {self.rows} values; return one for each candle"
            )
        direction = "from" if self.kind is FaultKind.MEMORY else "up to"
        return (
            f"`{self.output}` at {at} {self.kind.value} ({self.before:.9g} became {self.after:.9g}, "
            f"candles known {direction} {format_rfc3339(self.cut_ms)})"
        )


class _Output(NamedTuple):
    """One line of values, and the pair of the market on whose candles they stand."""

    pair: int
    values: FloatArray


_Outputs = Mapping[str, _Output]
_Compute = Callable[[Market], _Outputs]


def check_causality(
    function: Function,
    candles: Candles,
    *,
    generator: Chance,
    cuts: int = CUTS_MAX,
    tolerance: float = TOLERANCE,
) -> list[CausalityFault]:
    """Every output of the function that changes at or before a moment when only later candles do.

    Args:
        function: An indicator, a strategy's signals, a feature; it may raise on its own account.
        candles: What to try it on; `sample_candles` where there are none. Long enough for its warm-up.
        generator: Seeded; picks cuts and makes other futures.
        cuts: How many moments are tried, at most CUTS_MAX; each costs two runs.
        tolerance: Part of a value that may be rounding.

    Returns:
        At most one fault an output, that of the earliest cut that shows it; none is no proof, but no
        leak of `tests/engine/analysis/test_causality.py` gets through. Many outputs share the cuts:
        check them a few at a time.

    Raises:
        ConfigError: fewer than 8 candles, or an output is not made of numbers.
    """

    def compute(market: Market) -> _Outputs:
        computed = function(market[0])
        named = computed if isinstance(computed, Mapping) else {SINGLE: computed}
        return {name: _Output(0, _column(name, values)) for name, values in named.items()}

    return _check(compute, (candles,), generator=generator, cuts=cuts, tolerance=tolerance)


def check_pairs(
    function: PairsFunction,
    pairs: Mapping[str, Candles],
    *,
    generator: Chance,
    cuts: int = CUTS_MAX,
    tolerance: float = TOLERANCE,
) -> list[CausalityFault]:
    """The same for a function of many pairs: the future of all of them is cut at one moment.

    Args:
        function: One output a pair.
        pairs: Candles by name; outputs are called by these names.
        generator: As in `check_causality`, like the others.
        cuts: How many moments are tried.
        tolerance: Part of a value that may be rounding.

    Raises:
        ConfigError: fewer than 8 candles of a pair, or an output is not made of numbers.
    """

    def compute(market: Market) -> _Outputs:
        # A pair too many or too few is one without values: its name stays, so it is told.
        given = dict(zip(pairs, function(market), strict=False))
        return {
            name: _Output(number, _column(name, given.get(name, ())))
            for number, name in enumerate(pairs)
        }

    market = tuple(pairs.values())
    return _check(compute, market, generator=generator, cuts=cuts, tolerance=tolerance)


def check_memory(
    function: Function,
    candles: Candles,
    *,
    memory_bars: int,
    generator: Chance,
    cuts: int = CUTS_MAX,
    tolerance: float = TOLERANCE,
) -> list[CausalityFault]:
    """Every output whose value depends on more candles than its last `memory_bars`.

    Args:
        function: As in `check_causality`.
        candles: More than `memory_bars` of them.
        memory_bars: Candles that a value is said to depend on, its own included.
        generator: Seeded; picks the candles tried.
        cuts: How many are tried, at most CUTS_MAX.
        tolerance: Part of the output's largest value that older candles may move it.

    Raises:
        ConfigError: the candles are not more than the memory.
    """
    if not 1 <= memory_bars < len(candles):
        message = (
            f"a memory of {memory_bars} candles needs more candles than that to be checked; "
            f"there are {len(candles)}"
        )
        raise ConfigError(message)

    def compute(tried: Candles) -> dict[str, FloatArray]:
        computed = function(tried)
        named = computed if isinstance(computed, Mapping) else {SINGLE: computed}
        return {name: _column(name, values) for name, values in named.items()}

    whole = compute(candles)
    if faults := _misshapen(
        {name: _Output(0, values) for name, values in whole.items()}, (candles,)
    ):
        return faults
    found: dict[str, CausalityFault] = {}
    last = np.unique(generator.integers(memory_bars, len(candles), min(cuts, CUTS_MAX)))
    for row in (int(row) for row in last):
        begin = row - memory_bars + 1
        again = compute(candles[begin : row + 1])
        for name in (name for name in whole if name not in found):
            before = whole[name][row : row + 1]
            after = again[name][-1:] if name in again and again[name].ndim == 1 else before[:0]
            after = after if len(after) else np.array([np.nan])
            absolute = tolerance * _largest(whole[name])
            if _differs(before, after, relative=0.0, absolute=absolute)[0]:
                found[name] = CausalityFault(
                    output=name,
                    kind=FaultKind.MEMORY,
                    time_ms=int(candles.open_time_ms[row]),
                    cut_ms=int(candles.open_time_ms[begin]),
                    before=float(before[0]),
                    after=float(after[0]),
                    rows=1,
                )
    return [found[name] for name in whole if name in found]


def _check(
    compute: _Compute, market: Market, *, generator: Chance, cuts: int, tolerance: float
) -> list[CausalityFault]:
    shortest = min((len(candles) for candles in market), default=0)
    if shortest < CANDLES_MIN:
        message = (
            f"{shortest} candles do not suffice to look for a leak; give {CANDLES_MIN} at least"
        )
        raise ConfigError(message)
    whole = compute(market)
    faults = _misshapen(whole, market)
    if not faults:
        last_ms = max(int(candles.open_time_ms[-1]) for candles in market)
        faults = _changed(
            (whole, compute(market)),
            market,
            kind=FaultKind.CHANCE,
            cut_ms=last_ms,
            tolerance=tolerance,
        )
    if faults:
        return faults
    found: dict[str, CausalityFault] = {}
    turns = [_turns(output, market) for output in whole.values()]
    for cut_ms in cut_times(market, turns, generator=generator, count=min(cuts, CUTS_MAX)):
        trials = (
            (FaultKind.TRUNCATED, known_at(market, cut_ms)),
            (FaultKind.PERTURBED, other_future(market, cut_ms, generator)),
        )
        for kind, tried in trials:
            runs = (whole, compute(tried))
            for fault in _changed(runs, market, kind=kind, cut_ms=cut_ms, tolerance=tolerance):
                found.setdefault(fault.output, fault)
    return [found[name] for name in whole if name in found]


def _column(name: str, values: npt.ArrayLike) -> FloatArray:
    try:
        # A copy: a function may hand out the same buffer each time.
        return np.array(values, dtype=np.float64)
    except (TypeError, ValueError) as fault:
        message = f"output `{name}` is not made of numbers: {fault}"
        raise ConfigError(message) from fault


def _misshapen(whole: _Outputs, market: Market) -> list[CausalityFault]:
    return [
        CausalityFault(
            output=name,
            kind=FaultKind.SHAPE,
            time_ms=int(market[output.pair].open_time_ms[0]),
            cut_ms=int(market[output.pair].open_time_ms[0]),
            before=np.nan,
            after=np.nan,
            rows=output.values.size,
        )
        for name, output in whole.items()
        if output.values.shape != (len(market[output.pair]),)
    ]


def _turns(output: _Output, market: Market) -> TimeArray:
    values = output.values
    is_turn = _differs(values[1:], values[:-1], relative=0.0, absolute=0.0)
    return market[output.pair].open_time_ms[1:][is_turn]


def _changed(
    runs: tuple[_Outputs, _Outputs],
    market: Market,
    *,
    kind: FaultKind,
    cut_ms: int,
    tolerance: float,
) -> list[CausalityFault]:
    """What differs between two runs at or before the cut: the first candle of each output."""
    whole, again = runs
    faults = []
    for name, output in whole.items():
        times = market[output.pair].open_time_ms
        count = known_count(market[output.pair], cut_ms)
        before = output.values[:count]
        after = again[name].values if name in again else np.empty(0)
        known = after[:count] if after.ndim == 1 and len(after) >= count else before * np.nan
        allowed = REST * _largest(before)
        changed = np.flatnonzero(_differs(before, known, relative=tolerance, absolute=allowed))
        if len(changed):
            row = int(changed[0])
            faults.append(
                CausalityFault(
                    output=name,
                    kind=kind,
                    time_ms=int(times[row]),
                    cut_ms=cut_ms,
                    before=float(before[row]),
                    after=float(known[row]),
                    rows=len(changed),
                )
            )
    return faults


def _differs(
    before: FloatArray, after: FloatArray, *, relative: float, absolute: float
) -> npt.NDArray[np.bool_]:
    both_none = np.isnan(before) & np.isnan(after)
    allowed = relative * np.maximum(np.abs(before), np.abs(after)) + absolute
    with np.errstate(invalid="ignore"):
        is_near = (np.abs(before - after) <= allowed) | (before == after)
    return np.asarray(~both_none & ~is_near)


def _largest(values: FloatArray) -> float:
    finite = np.abs(values[np.isfinite(values)])
    return float(finite.max()) if len(finite) else 0.0
