"""What is wrong with stored candles, or only missing from them: found, counted, with its place.

Damage is what the store never writes: a file that cannot be read, rows twice, out of order, impossible
or from the future. A gap and a stretch without volume are facts about the market and no damage.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from tui_trader.engine.analysis.candles import BoolArray, TimeArray
from tui_trader.engine.stores.candles.bar_file import read_bars
from tui_trader.engine.stores.candles.bars import Bars, joined
from tui_trader.engine.stores.candles.layout import Series, period_bounds_ms
from tui_trader.engine.stores.candles.row_faults import RowFault, row_faults
from tui_trader.engine.stores.candles.store import ParquetCandleStore
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.errors import StoreError


class Stretch(NamedTuple):
    """Candles in a row that are missing, or that had no volume.

    Args:
        start_ms: Start of the first of them.
        end_ms: Start of the first that is there again, or had volume again.
        candles: How many.
    """

    start_ms: int
    end_ms: int
    candles: int


class Damage(NamedTuple):
    """One kind of damage.

    Args:
        kind: What it is, in words.
        rows: In how many rows, or 1 for a whole file.
        first_ms: The first such row; `None` for a whole file.
    """

    kind: str
    rows: int
    first_ms: int | None


class Verdict(NamedTuple):
    """What was found in one series."""

    series: Series
    rows: int
    range_ms: tuple[int, int] | None
    gaps: tuple[Stretch, ...]
    quiet: tuple[Stretch, ...]
    damage: tuple[Damage, ...]

    @property
    def missing(self) -> int:
        """Candles missing in all gaps together."""
        return sum(gap.candles for gap in self.gaps)


def verify_series(store: ParquetCandleStore, series: Series, *, now_ms: int) -> Verdict:
    """Look at every row of a series.

    Args:
        store: Where it lies.
        series: What to look at.
        now_ms: UTC; what starts later cannot have happened.
    """
    damage: list[Damage] = []
    parts: list[Bars] = []
    for path in store.files(series):
        try:
            bars = read_bars(path)
        except StoreError as error:
            damage.append(Damage(str(error), 1, None))
            continue
        low, high = period_bounds_ms(path)
        is_stray = (bars.open_time_ms < low) | (bars.open_time_ms >= high)
        damage += _found(f"row that does not belong into {path.name}", bars, is_stray)
        parts.append(bars)
    whole = joined(parts)
    damage += _row_damage(whole, series.interval, now_ms)
    times = np.unique(whole.open_time_ms)
    range_ms = (int(times[0]), int(times[-1])) if len(times) else None
    return Verdict(
        series,
        whole.row_count,
        range_ms,
        gaps=gaps_between(times, series.interval),
        quiet=_quiet(whole, series.interval),
        damage=tuple(damage),
    )


def gaps_between(times_ms: TimeArray, interval: Interval) -> tuple[Stretch, ...]:
    """Stretches without a candle, oldest first; `times_ms` strictly increases."""
    before = np.flatnonzero(np.diff(times_ms) > interval.ms)
    return tuple(
        Stretch(start, end, (end - start) // interval.ms)
        for start, end in zip(
            (times_ms[before] + interval.ms).tolist(), times_ms[before + 1].tolist(), strict=True
        )
    )


def _row_damage(bars: Bars, interval: Interval, now_ms: int) -> Iterator[Damage]:
    faults = row_faults(bars, interval, now_ms=now_ms)
    for fault in RowFault:
        if fault is not RowFault.NONE:
            yield from _found(fault.words, bars, faults == fault)
    steps = np.zeros(bars.row_count, dtype=np.int64)
    steps[1:] = np.diff(bars.open_time_ms)
    is_first = np.arange(bars.row_count) == 0
    yield from _found("the same time as the row before", bars, ~is_first & (steps == 0))
    yield from _found("earlier than the row before", bars, steps < 0)


def _found(kind: str, bars: Bars, where: BoolArray) -> Iterator[Damage]:
    if where.any():
        yield Damage(kind, int(where.sum()), int(bars.open_time_ms[np.argmax(where)]))


def _quiet(bars: Bars, interval: Interval) -> tuple[Stretch, ...]:
    """Runs of candles without volume, oldest first."""
    is_quiet = np.concatenate(([False], bars.volume == 0, [False]))
    starts = np.flatnonzero(~is_quiet[:-1] & is_quiet[1:])
    ends = np.flatnonzero(is_quiet[:-1] & ~is_quiet[1:])
    return tuple(
        Stretch(
            int(bars.open_time_ms[start]),
            int(bars.open_time_ms[end - 1]) + interval.ms,
            int(end - start),
        )
        for start, end in zip(starts, ends, strict=True)
    )
