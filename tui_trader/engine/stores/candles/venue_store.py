"""The candles of one venue, as the engine and a download write them: row by row, and little at a time."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from tui_trader.engine.analysis.resample import candle_columns
from tui_trader.engine.ports.candle_store import DownloadMark
from tui_trader.engine.stores.candles.layout import Series, series_of
from tui_trader.engine.stores.candles.series_lock import sole_writer
from tui_trader.engine.stores.candles.store import ParquetCandleStore
from tui_trader.engine.stores.home import remove, write_whole
from tui_trader.engine.values.candles import Candle, Interval
from tui_trader.engine.values.errors import ConfigError
from tui_trader.engine.values.instruments import Symbol

MARK_NAME = "download.json"
REACHES = (1, 8, 64)
"""How many times the stretch that should hold the wanted candles is looked through, holes being no candles."""


class VenueCandleStore:
    """The ports `CandleStore`, `DownloadStore` and `CandlePast`, on the files of one venue."""

    def __init__(self, store: ParquetCandleStore, venue: str) -> None:
        self._store = store
        self._venue = venue

    def append(
        self, symbol: Symbol, interval: Interval, candles: Sequence[Candle], *, is_better: bool
    ) -> int:
        """`CandleStore.append`."""
        columns = candle_columns(candles, interval)
        merge = self._store.write(self._series(symbol, interval), columns, is_better=is_better)
        return merge.differing

    def newest_ms(self, symbol: Symbol, interval: Interval) -> int | None:
        """`CandleStore.newest_ms`."""
        series = self._series(symbol, interval)
        return self._store.bounds_ms(series)[1] if self._store.files(series) else None

    def before(
        self, symbol: Symbol, interval: Interval, before_ms: int, *, count: int
    ) -> tuple[Candle, ...]:
        """`CandlePast.before`."""
        found: tuple[Candle, ...] = ()
        for reach in REACHES:
            start_ms = before_ms - reach * count * interval.ms
            found = self._between(symbol, interval, (start_ms, before_ms))
            # Those behind a hole are the next question's: a page is read once, whatever its length.
            if found:
                break
        return found[-count:]

    def _between(
        self, symbol: Symbol, interval: Interval, bounds_ms: tuple[int, int]
    ) -> tuple[Candle, ...]:
        start_ms, end_ms = bounds_ms
        try:
            kept = self._store.load(self._venue, symbol, interval, start_ms=start_ms, end_ms=end_ms)
        except ConfigError:
            # Nothing is kept there, which is no fault of whoever asks.
            return ()
        columns = (kept.open_time_ms, kept.open, kept.high, kept.low, kept.close, kept.volume)
        rows = zip(*(column.tolist() for column in columns), strict=True)
        return tuple(
            Candle(
                open_time_ms=time_ms, open=first, high=high, low=low, close=last, volume_base=volume
            )
            for time_ms, first, high, low, last, volume in rows
        )

    def read_mark(self, symbol: Symbol, interval: Interval) -> DownloadMark | None:
        """`DownloadStore.read_mark`."""
        try:
            return msgspec.json.decode(self._mark(symbol, interval).read_bytes(), type=DownloadMark)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            # Without it the download begins anew, which finds the same.
            return None

    def write_mark(self, symbol: Symbol, interval: Interval, mark: DownloadMark) -> None:
        """`DownloadStore.write_mark`."""
        path = self._mark(symbol, interval)
        with sole_writer(path.parent):
            write_whole(path, msgspec.json.encode(mark))

    def remove_mark(self, symbol: Symbol, interval: Interval) -> None:
        """`DownloadStore.remove_mark`."""
        remove(self._mark(symbol, interval))

    def _mark(self, symbol: Symbol, interval: Interval) -> Path:
        return self._store.root / self._series(symbol, interval).folder / MARK_NAME

    def _series(self, symbol: Symbol, interval: Interval) -> Series:
        return series_of(self._venue, symbol, interval)
