"""The candle store: closed candles of every venue, pair and length, in Parquet files.

Law: what is stored was closed, in order, each moment once; a gap is an absent row. A write is a merge,
under a lock, of whole files replaced in one step each: who reads sees the old file or the new one, and
a crash leaves one of them. Nothing that was stored is lost by a write.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, nullcontext
from pathlib import Path
from typing import NamedTuple

import numpy as np

from tui_trader.engine.analysis.candles import Candles
from tui_trader.engine.analysis.resample import resampled
from tui_trader.engine.stores.candles.bar_file import put_in_place, read_bars, stage_bars, sweep
from tui_trader.engine.stores.candles.bars import Bars, bars_of, empty_bars, joined
from tui_trader.engine.stores.candles.layout import (
    Series,
    period_bounds_ms,
    period_file_name,
    period_files,
    series_in,
    series_of,
)
from tui_trader.engine.stores.candles.merging import MergeCount, merged
from tui_trader.engine.stores.candles.series_lock import sole_writer
from tui_trader.engine.stores.home import Home, make_private_folder
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.errors import ConfigError, StoreError

READERS_MAX = 4
READ_TRIES_MAX = 3

Shield = Callable[[], AbstractContextManager[None]]
"""Holds back what would interrupt the renames of one write."""


class Source(NamedTuple):
    """Where the candles of one length come from.

    Args:
        stored: The longest length on the disk that they can be made of.
        is_resampled: Whether the wanted one is made of it, or is it.
        continued: Shorter ones, each of which goes on where the one before ends.
    """

    stored: Interval
    is_resampled: bool
    continued: tuple[Interval, ...] = ()

    @property
    def words(self) -> str:
        """What a reader should know of it; empty where all candles lie there as they are."""
        made = f"made of its {self.stored.value}" if self.is_resampled else ""
        beyond = " and ".join(length.value for length in self.continued)
        newest = f"the newest made of its {beyond}" if beyond else ""
        return ", ".join(filter(None, (made, newest)))


class _Part(NamedTuple):
    """Stored candles of one length that `load` reads, from where the part before it is over."""

    stored: Interval
    begin_ms: int | None
    over_ms: int


class ParquetCandleStore:
    """All candles of one home.

    Args:
        home: The home directory; candles lie in its folder `candles`.
        shield: Wrapped around the renames of a write, so that Ctrl-C comes before or after them.
    """

    def __init__(self, home: Path, *, shield: Shield = nullcontext) -> None:
        self.root = Home(home).candles
        self._shield = shield

    def load(
        self,
        venue: str,
        symbol: str,
        interval: Interval,
        *,
        start_ms: int | None = None,
        end_ms: int | None = None,
    ) -> Candles:
        """Closed candles from `start_ms` up to, but not including, `end_ms`.

        Where this length is not stored, the candles are made of the longest stored one that divides
        it; what a shorter one has beyond the end of that is made of the shorter one. `source` says
        which they are.

        Raises:
            ConfigError: nothing is stored for it, or nothing within the range.
            StoreError: a file is damaged; the message names it.
        """
        wanted = series_of(venue, symbol, interval)
        parts = self._parts(wanted)
        if not parts:
            raise ConfigError(self._nothing_stored(wanted))
        read = [
            candles
            for part in parts
            if len(candles := self._load_part(wanted, part, start_ms=start_ms, end_ms=end_ms))
        ]
        if not read:
            first_ms, newest_ms = self.bounds_ms(wanted._replace(interval=parts[0].stored))
            last_ms = newest_ms if len(parts) == 1 else parts[-1].over_ms - interval.ms
            message = (
                f"{wanted}: no stored candle lies in the range asked for; stored are "
                f"{_moment(first_ms)} to {_moment(last_ms)}"
            )
            raise ConfigError(message)
        return read[0] if len(read) == 1 else joined(list(map(bars_of, read))).checked(interval)

    def source(
        self,
        venue: str,
        symbol: str,
        interval: Interval,
        *,
        start_ms: int | None = None,
        end_ms: int | None = None,
    ) -> Source | None:
        """What `load` of this range would read; None where nothing lies in it.

        Raises:
            ConfigError: a name is impossible.
            StoreError: a file is damaged.
        """
        parts = [
            part
            for part in self._parts(series_of(venue, symbol, interval))
            if (start_ms is None or part.over_ms > start_ms)
            and (end_ms is None or part.begin_ms is None or part.begin_ms < end_ms)
        ]
        if not parts:
            return None
        stored, *continued = (part.stored for part in parts)
        return Source(stored, stored is not interval, tuple(continued))

    def source_words(
        self,
        venue: str,
        symbol: str,
        interval: Interval,
        *,
        start_ms: int | None = None,
        end_ms: int | None = None,
    ) -> str:
        """Where the candles of a range come from: `the store (kraken, the newest made of its 1m)`.

        Raises:
            ConfigError: a name is impossible.
            StoreError: a file is damaged.
        """
        source = self.source(venue, symbol, interval, start_ms=start_ms, end_ms=end_ms)
        made = source.words if source is not None else ""
        return f"the store ({venue}, {made})" if made else f"the store ({venue})"

    def over_ms(self, venue: str, symbol: str, interval: Interval) -> int | None:
        """End of the newest candle that `load` would read; None where nothing is stored.

        Raises:
            ConfigError: a name is impossible.
            StoreError: a file is damaged.
        """
        parts = self._parts(series_of(venue, symbol, interval))
        return parts[-1].over_ms if parts else None

    def series(self) -> tuple[Series, ...]:
        """Everything that is stored."""
        return tuple(one for one in series_in(self.root) if self._files(one))

    def files(self, series: Series) -> list[Path]:
        """The files of a series, oldest first."""
        return self._files(series)

    def read(
        self, series: Series, *, start_ms: int | None = None, end_ms: int | None = None
    ) -> Bars:
        """The stored rows of a range as they are, not checked.

        Raises:
            StoreError: a file is damaged; the message names it.
        """
        low = -(2**62) if start_ms is None else start_ms
        high = 2**62 if end_ms is None else end_ms
        paths = [path for path in self._files(series) if _overlaps(path, low, high)]
        bars = _read_all(paths)
        first, last = np.searchsorted(bars.open_time_ms, (low, high))
        return bars.taken(slice(int(first), int(last)))

    def bounds_ms(self, series: Series) -> tuple[int, int]:
        """Starts of the oldest and the newest stored candle.

        Raises:
            StoreError: nothing is stored, or a file is damaged.
        """
        files = self._files(series)
        if not files:
            message = f"{series}: nothing is stored"
            raise StoreError(message)
        oldest, newest = read_bars(files[0]).open_time_ms, read_bars(files[-1]).open_time_ms
        if not (len(oldest) and len(newest)):
            message = f"{series}: a file holds no candle; run `tui-trader data verify`"
            raise StoreError(message)
        return int(oldest[0]), int(newest[-1])

    def write(self, series: Series, candles: Candles, *, is_better: bool = False) -> MergeCount:
        """Merge closed candles into what is stored; all of them are durable on return.

        Args:
            series: Where they belong.
            candles: Of the length of the series.
            is_better: Whether these win over stored ones that say something else.

        Raises:
            StoreError: a stored file is damaged, or one cannot be written; what was there is untouched.
        """
        assert candles.interval is series.interval, (candles.interval, series)
        if not len(candles):
            return MergeCount()
        make_private_folder(self.root)
        folder = self.root / series.folder
        with sole_writer(folder):
            sweep(folder)
            staged, total = _stage_all(folder, bars_of(candles), is_better=is_better)
            if staged:
                with self._shield():
                    put_in_place(staged, folder)
        return total

    def preview(self, series: Series, candles: Candles, *, is_better: bool = False) -> MergeCount:
        """What `write` would come to; nothing is changed.

        Raises:
            StoreError: a stored file is damaged.
        """
        bars = bars_of(candles)
        total = MergeCount()
        if not len(candles):
            return total
        for path, part in _by_file(self.root / series.folder, bars, series.interval):
            old = read_bars(path) if path.exists() else empty_bars()
            total = total.plus(merged(old, part, is_new_better=is_better)[1])
        return total

    def _checked(self, series: Series, bars: Bars) -> Candles:
        try:
            return bars.checked(series.interval)
        except ConfigError as error:
            message = f"{series}: what is stored is damaged ({error}); run `tui-trader data verify`"
            raise StoreError(message) from error

    def _files(self, series: Series) -> list[Path]:
        return period_files(self.root / series.folder)

    def _parts(self, wanted: Series) -> list[_Part]:
        """The longest stored length that fits, then shorter ones that reach beyond the one before."""
        parts: list[_Part] = []
        for stored in sorted(Interval, key=lambda one: one.ms, reverse=True):
            series = wanted._replace(interval=stored)
            is_fit = stored.ms <= wanted.interval.ms and wanted.interval.ms % stored.ms == 0
            if not is_fit or not self._files(series):
                continue
            begin_ms = parts[-1].over_ms if parts else None
            # A candle is over when the next one is there, a longer one with its last shorter one.
            end_ms = self._newest_ms(series) + stored.ms
            over_ms = end_ms - end_ms % wanted.interval.ms
            if begin_ms is None or over_ms > begin_ms:
                parts.append(_Part(stored, begin_ms, over_ms))
        return parts

    def _load_part(
        self, wanted: Series, part: _Part, *, start_ms: int | None, end_ms: int | None
    ) -> Candles:
        begins = [ms for ms in (part.begin_ms, start_ms) if ms is not None]
        begin_ms = max(begins) if begins else None
        series = wanted._replace(interval=part.stored)
        candles = self._checked(series, self.read(series, start_ms=begin_ms, end_ms=end_ms))
        if part.stored is wanted.interval:
            return candles
        over_ms = part.over_ms if end_ms is None else min(part.over_ms, end_ms)
        return _within_whole(candles, wanted.interval, start_ms=begin_ms, over_ms=over_ms)

    def _newest_ms(self, series: Series) -> int:
        newest = read_bars(self._files(series)[-1]).open_time_ms
        if not len(newest):
            message = f"{series}: a file holds no candle; run `tui-trader data verify`"
            raise StoreError(message)
        return int(newest[-1])

    def _nothing_stored(self, wanted: Series) -> str:
        others = [
            one.interval.value
            for one in self.series()
            if (one.venue, one.symbol) == (wanted.venue, wanted.symbol)
        ]
        beside = f" (stored: {', '.join(others)})" if others else ""
        return (
            f"{wanted}: no candle is stored{beside}; `tui-trader data list` shows what is, "
            "`data import` and `data download` bring more"
        )


def _read_all(paths: list[Path]) -> Bars:
    """The rows of all files, in their order."""
    if len(paths) <= 1:
        return joined([read_bars(path) for path in paths])
    # Decompressing and copying let go of the interpreter: two cores take half the time.
    with ThreadPoolExecutor(min(READERS_MAX, os.cpu_count() or 1)) as pool:
        parts = list(pool.map(read_bars, paths))
        ends = np.cumsum([part.row_count for part in parts]).tolist()
        whole = Bars._make(np.empty(ends[-1], dtype=column.dtype) for column in parts[0])

        def place(part: Bars, end: int) -> None:
            for column, rows in zip(whole, part, strict=True):
                column[end - part.row_count : end] = rows

        list(pool.map(place, parts, ends))
    return whole


def _stage_all(
    folder: Path, bars: Bars, *, is_better: bool
) -> tuple[list[tuple[Path, Path]], MergeCount]:
    staged: list[tuple[Path, Path]] = []
    total = MergeCount()
    with ExitStack() as undo:
        undo.callback(sweep, folder)
        for path, part in _by_file(folder, bars, Interval(folder.name)):
            old = read_bars(path) if path.exists() else empty_bars()
            whole, count = merged(old, part, is_new_better=is_better)
            total = total.plus(count)
            if count.added or (count.differing and is_better):
                staged.append((stage_bars(path, whole), path))
        undo.pop_all()
    return staged, total


def _by_file(folder: Path, bars: Bars, interval: Interval) -> Iterator[tuple[Path, Bars]]:
    """The rows of each file of the layout, oldest file first."""
    row = 0
    while row < bars.row_count:
        path = folder / period_file_name(int(bars.open_time_ms[row]), interval)
        _, end_ms = period_bounds_ms(path)
        end = int(np.searchsorted(bars.open_time_ms, end_ms))
        assert end > row, path
        yield path, bars.taken(slice(row, end))
        row = end


def _overlaps(path: Path, low_ms: int, high_ms: int) -> bool:
    start_ms, end_ms = period_bounds_ms(path)
    return start_ms < high_ms and end_ms > low_ms


def _within_whole(
    candles: Candles, interval: Interval, *, start_ms: int | None, over_ms: int
) -> Candles:
    longer = resampled(candles, interval, over_ms=over_ms)
    if start_ms is None:
        return longer
    # The stretch that `start_ms` falls into would lack what lies before.
    return longer[int(np.searchsorted(longer.open_time_ms, start_ms)) :]


def _moment(time_ms: int) -> str:
    return f"{np.datetime64(time_ms, 'ms').astype('datetime64[m]')} UTC"
