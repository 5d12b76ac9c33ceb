"""The causality check: does a function of candles know what it could not have known?

Some leaks show in no score: a whole-series z-score earns nothing and still looks ahead. So the
function is run again with the future taken away, and with another future. What changes at or before
the cut is named, with the candle. Cheap enough to run when a user's strategy is loaded (7 ms for an
indicator, measured): the number of cuts is bounded, and they lie where leaks show.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum

import numpy as np
import numpy.typing as npt

from tui_trader.engine.analysis.candles import Candles, FloatArray
from tui_trader.engine.analysis.statistics.chance import Chance
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.errors import ConfigError
from tui_trader.engine.values.time import MS_PER_DAY, MS_PER_MINUTE, UtcMs, format_rfc3339

Computed = Mapping[str, npt.ArrayLike] | npt.ArrayLike
"""Outputs by name, each of shape (T,); a single one may stand alone."""
Function = Callable[[Candles], Computed]

CUTS_MAX = 16
FIRST_CUT = 0.4
"""Cuts lie after this part of the candles, so that what is cut off leaves a warm-up behind."""
TOLERANCE = 1e-9
REST = 1e-12
"""Of the largest value of an output: what rounding may differ by where a value is nearly nothing."""
PERIODS_MS = (4 * 60 * MS_PER_MINUTE, MS_PER_DAY, 7 * MS_PER_DAY)
"""Longer candles that people build from shorter ones; a week is counted from a Thursday (1970)."""
WALK_PACE = 0.03
COIN = 0.5
GAP_SHARE = 0.005
SAMPLE_CANDLES = 1_200
SAMPLE_START_MS = UtcMs(1_704_067_200_000)
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
        leak of `tests/engine/analysis/test_causality.py` gets through.

    Raises:
        ConfigError: fewer than 8 candles, or an output is not made of numbers.
    """
    if len(candles) < 8:  # noqa: PLR2004 — a past, a cut and a future
        message = f"{len(candles)} candles do not suffice to look for a leak; give 8 at least"
        raise ConfigError(message)
    whole = _outputs(function, candles)
    faults = _misshapen(whole, candles) or _unsteady(function, candles, whole)
    if faults:
        return faults
    found: dict[str, CausalityFault] = {}
    for cut in _cuts(candles, whole, generator=generator, count=min(cuts, CUTS_MAX)):
        known = candles[: cut + 1]
        trials = (
            (FaultKind.TRUNCATED, known),
            (FaultKind.PERTURBED, _other_future(candles, cut, generator)),
        )
        for kind, tried in trials:
            again = _outputs(function, tried)
            for name in (name for name in whole if name not in found):
                fault = _difference(
                    (name, kind), whole[name][: cut + 1], again.get(name), tolerance=tolerance
                )
                if fault is not None:
                    found[name] = _placed(fault, candles, cut=cut)
    return [found[name] for name in whole if name in found]


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
    whole = _outputs(function, candles)
    if faults := _misshapen(whole, candles):
        return faults
    found: dict[str, CausalityFault] = {}
    last = np.unique(generator.integers(memory_bars, len(candles), min(cuts, CUTS_MAX)))
    for row in (int(row) for row in last):
        begin = row - memory_bars + 1
        again = _outputs(function, candles[begin : row + 1])
        for name in (name for name in whole if name not in found):
            largest = _largest(whole[name])
            before, after = float(whole[name][row]), float(again[name][-1])
            if not (np.isnan(before) and np.isnan(after)) and not (
                abs(before - after) <= tolerance * largest
            ):
                found[name] = CausalityFault(
                    output=name,
                    kind=FaultKind.MEMORY,
                    time_ms=int(candles.open_time_ms[row]),
                    cut_ms=int(candles.open_time_ms[begin]),
                    before=before,
                    after=after,
                    rows=1,
                )
    return [found[name] for name in whole if name in found]


def sample_candles(
    generator: Chance, *, interval: Interval = Interval.H1, count: int = SAMPLE_CANDLES
) -> Candles:
    """A made market to try a function on: a walk whose pace changes, days that differ, a few gaps."""
    steps = 1 + (generator.random(count) < GAP_SHARE) * generator.integers(1, 30, count)
    noise = (generator.random((3, count)) + generator.random((3, count)) - 1) * 0.012
    pace = 1 + 0.8 * np.sin(np.arange(count) / 60)
    close = 100 * np.exp(np.cumsum(noise[0] * pace))
    open_ = np.concatenate([[100.0], close[:-1]])
    volume = 1 + 100 * generator.random(count) ** 3
    return Candles(
        interval=interval,
        open_time_ms=SAMPLE_START_MS + interval.ms * np.cumsum(steps),
        open=open_,
        high=np.maximum(open_, close) * (1 + np.abs(noise[1])),
        low=np.minimum(open_, close) * (1 - np.abs(noise[2])),
        close=close,
        volume=volume,
        buy_volume=volume * generator.random(count),
        book_imbalance=2 * generator.random(count) - 1,
    )


def _outputs(function: Function, candles: Candles) -> dict[str, FloatArray]:
    computed = function(candles)
    by_name = computed if isinstance(computed, Mapping) else {SINGLE: computed}
    columns = {}
    for name, values in by_name.items():
        try:
            # A copy: a function may hand out the same buffer each time.
            columns[name] = np.array(values, dtype=np.float64)
        except (TypeError, ValueError) as fault:
            message = f"output `{name}` is not made of numbers: {fault}"
            raise ConfigError(message) from fault
    return columns


def _misshapen(whole: Mapping[str, FloatArray], candles: Candles) -> list[CausalityFault]:
    start = int(candles.open_time_ms[0])
    return [
        CausalityFault(
            output=name,
            kind=FaultKind.SHAPE,
            time_ms=start,
            cut_ms=start,
            before=np.nan,
            after=np.nan,
            rows=values.size,
        )
        for name, values in whole.items()
        if values.shape != (len(candles),)
    ]


def _unsteady(
    function: Function, candles: Candles, whole: Mapping[str, FloatArray]
) -> list[CausalityFault]:
    again = _outputs(function, candles)
    faults = (
        _difference((name, FaultKind.CHANCE), values, again.get(name), tolerance=TOLERANCE)
        for name, values in whole.items()
    )
    return [_placed(fault, candles, cut=len(candles) - 1) for fault in faults if fault is not None]


def _cuts(
    candles: Candles, whole: Mapping[str, FloatArray], *, generator: Chance, count: int
) -> list[int]:
    """Rows to cut after, ascending: where longer candles begin, where outputs turn, and anywhere.

    A leak of the day's close shows only while the day lasts, so one cut leaves its first candle as
    the last one known; one of a rare signal only where the signal stands. Chance would miss both.
    """
    first, last = int(len(candles) * FIRST_CUT), len(candles) - 2
    times = candles.open_time_ms
    wanted: list[int] = []
    for period in PERIODS_MS:
        begins = np.flatnonzero(np.diff(times // period)) + 1
        wanted += _some(begins[(begins >= first) & (begins < last)], 1, generator)
    share = max(1, (count - len(wanted)) // (2 * max(len(whole), 1)))
    for values in whole.values():
        turns = np.flatnonzero(_differs(values[1:], values[:-1], relative=0.0, absolute=0.0)) + 1
        wanted += _some(turns[(turns >= first) & (turns <= last)], share, generator)
    wanted = wanted[: max(count - 1, 1)]
    anywhere = generator.integers(first, last + 1, max(count - len(wanted), 1))
    return sorted({*wanted, *(int(row) for row in anywhere)})


def _some(rows: npt.NDArray[np.intp], count: int, generator: Chance) -> list[int]:
    if not len(rows):
        return []
    return [int(rows[place]) for place in generator.integers(0, len(rows), count)]


def _other_future(candles: Candles, cut: int, generator: Chance) -> Candles:
    """The same candles up to the cut; after it prices walk elsewhere and volumes are others."""
    later = len(candles) - cut - 1
    factor, volume = np.ones(len(candles)), np.ones(len(candles))
    walk = np.cumsum((generator.random(later) - 0.5) * 2 * WALK_PACE)
    jump = 0.25 if generator.random() < COIN else -0.25
    factor[cut + 1 :] = np.exp(np.clip(walk + jump, -20, 20))
    volume[cut + 1 :] = 0.2 + 3 * generator.random(later)
    mirror = np.where(np.arange(len(candles)) > cut, -1.0, 1.0)
    bought, imbalance = candles.buy_volume, candles.book_imbalance
    if bought is not None:
        # Who bought sells now: the other part of the volume.
        bought = np.where(mirror < 0, np.maximum(candles.volume - bought, 0.0), bought) * volume
    return Candles(
        interval=candles.interval,
        open_time_ms=candles.open_time_ms,
        open=candles.open * factor,
        high=candles.high * factor,
        low=candles.low * factor,
        close=candles.close * factor,
        volume=candles.volume * volume,
        buy_volume=bought,
        book_imbalance=None if imbalance is None else imbalance * mirror,
    )


def _difference(
    name_and_kind: tuple[str, FaultKind],
    before: FloatArray,
    after: FloatArray | None,
    *,
    tolerance: float,
) -> CausalityFault | None:
    """The first value that differs, its row in place of its time; None where none does."""
    name, kind = name_and_kind
    if after is None or len(after) < len(before):
        after = np.full(len(before), np.nan)
    known = after[: len(before)]
    changed = np.flatnonzero(
        _differs(before, known, relative=tolerance, absolute=REST * _largest(before))
    )
    if not len(changed):
        return None
    row = int(changed[0])
    return CausalityFault(
        output=name,
        kind=kind,
        time_ms=row,
        cut_ms=row,
        before=float(before[row]),
        after=float(known[row]),
        rows=len(changed),
    )


def _placed(fault: CausalityFault, candles: Candles, *, cut: int) -> CausalityFault:
    return replace(
        fault,
        time_ms=int(candles.open_time_ms[fault.time_ms]),
        cut_ms=int(candles.open_time_ms[cut]),
    )


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
