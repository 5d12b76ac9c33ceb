"""Import of people's files into the store: each checked as a whole, then merged as a whole.

Law: a file is taken or it is refused; one that is refused does not stop the others. Trades of one pair
that come in several files are put together before they make candles, because a candle may begin in one
file and end in the next.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from tui_trader.engine.analysis.resample import Trades
from tui_trader.engine.stores.candles.candle_file import (
    FileRequest,
    ReadFile,
    read_content,
    read_trades,
)
from tui_trader.engine.stores.candles.containers import Content, contents_of
from tui_trader.engine.stores.candles.csv_rows import LineFault
from tui_trader.engine.stores.candles.file_names import NameParts, UnknownLength, parts_of
from tui_trader.engine.stores.candles.layout import Series, series_of
from tui_trader.engine.stores.candles.merging import MergeCount
from tui_trader.engine.stores.candles.store import ParquetCandleStore
from tui_trader.engine.values.errors import ConfigError
from tui_trader.engine.values.instruments import Symbol

TRADES_MAX = 50_000_000
"""Trades of one call, held together until every file is read: 1.2 GB."""


class ImportRequest(NamedTuple):
    """What to import, and how.

    Args:
        venue: Where the candles are from.
        symbol: Their pair, where the names of the files do not tell it.
        file: How to read each file.
        is_better: Whether the files win over stored candles that say something else.
        is_trial: Change nothing.
    """

    venue: str
    file: FileRequest
    symbol: Symbol | None = None
    is_better: bool = False
    is_trial: bool = False


class Imported(NamedTuple):
    """What one file came to, or several files of trades together.

    Args:
        sources: The files.
        series: Where the candles went.
        rows: Good candles in the files.
        range_ms: Starts of the first and the last, `None` without any.
        merge: What the merge came to.
        faults: Rows that were left out.
        repeated: Rows that only said what another row of the file had said.
        is_last_open: The last candle was not over, and was left out.
    """

    sources: tuple[str, ...]
    series: Series
    rows: int
    range_ms: tuple[int, int] | None
    merge: MergeCount
    faults: tuple[LineFault, ...]
    repeated: int
    is_last_open: bool


class Refused(NamedTuple):
    """A file of which nothing was taken."""

    source: str
    reason: str


class PassedOver(NamedTuple):
    """A file in a zip that nobody asked for, or of a length that is not known here."""

    name: str
    reason: str


Outcome = Imported | Refused | PassedOver
Progress = Callable[[float, str], None]
"""Is told the share of everything that is done, 0 to 1, and the file at hand."""


class _Part(NamedTuple):
    """One of several files of trades."""

    source: str
    read: ReadFile

    @property
    def span_ms(self) -> tuple[int, int]:
        trades = self.read.trades
        if trades is None or not len(trades.time_ms):
            return (0, 0)
        return (int(trades.time_ms[0]), int(trades.time_ms[-1]))


class Importer:
    """Imports files into a store.

    Args:
        store: Where they go.
        request: How.
        progress: Told how far it is.
    """

    def __init__(
        self, store: ParquetCandleStore, request: ImportRequest, progress: Progress
    ) -> None:
        self._store = store
        self._request = request
        self._progress = progress
        self._trades: dict[Series, list[_Part]] = {}
        self._passed: list[PassedOver] = []
        self._furthest = 0.0
        self._trade_count = 0

    def run(self, paths: Sequence[Path]) -> Iterator[Outcome]:
        """Import one file after the other; each outcome is told when it stands.

        Raises:
            StoreError: the store is damaged or cannot be written; what was told before is stored.
        """
        for number, path in enumerate(paths):
            span = (number / len(paths), 1 / len(paths))
            is_empty = True
            try:
                for content in contents_of(path, choose=self._is_wanted):
                    is_empty = False
                    yield from self._import(content, span)
                    self._advance(span[0] + span[1] * content.share, content.source)
            except ConfigError as error:
                is_empty = False
                yield Refused(error.source or str(path), error.message)
            if is_empty:
                yield Refused(str(path), "holds no candles of what was asked for")
            self._advance(span[0] + span[1], str(path))
            yield from self._passed
            self._passed.clear()
        for series, parts in self._trades.items():
            yield self._import_trades(series, parts)

    def _advance(self, share: float, subject: str) -> None:
        # How much of a zip one of its files is, is not known until it has been read.
        self._furthest = max(self._furthest, share)
        self._progress(self._furthest, subject)

    def _is_wanted(self, name: str) -> bool:
        """Whether a file in a zip is one the user asked for."""
        try:
            told = parts_of(name)
        except UnknownLength as error:
            self._passed.append(PassedOver(name, error.message))
            return False
        except ConfigError:
            # Its pair is ambiguous: reading it says so, unless --pair settles it.
            return True
        wanted = NameParts(self._request.symbol, self._request.file.interval)
        return all(
            mine is None or its is None or mine == its
            for mine, its in zip(wanted, told, strict=True)
        )

    def _import(self, content: Content, span: tuple[float, float]) -> Iterator[Outcome]:
        begin, width = span
        request = self._request.file._replace(
            watch=lambda share: self._advance(
                begin + width * share * (not content.is_member), content.source
            )
        )
        try:
            _refuse_other_length(content, request)
            read = read_content(content, request)
            symbol = self._request.symbol or _told_symbol(content)
            series = series_of(self._request.venue, symbol, read.candles.interval)
        except ConfigError as error:
            yield Refused(error.source or content.source, error.message)
            return
        if read.trades is not None:
            self._trade_count += len(read.trades.time_ms)
            if self._trade_count > TRADES_MAX:
                message = (
                    f"more than {TRADES_MAX:,} trades in one call; name fewer files, or a --pair"
                )
                yield Refused(content.source, message)
                return
            self._trades.setdefault(series, []).append(_Part(content.source, read))
        else:
            yield self._merge(series, [content.source], read)

    def _import_trades(self, series: Series, parts: list[_Part]) -> Outcome:
        parts.sort(key=lambda part: part.span_ms)
        sources = [part.source for part in parts]
        for before, after in itertools.pairwise(parts):
            if after.span_ms[0] < before.span_ms[1]:
                reason = (
                    f"its trades begin before those of {before.source} end, and trades have no "
                    "number by which the same one could be known; import one of the two"
                )
                return Refused(after.source, reason)
        whole = [part.read.trades for part in parts if part.read.trades is not None]
        trades = Trades._make(np.concatenate(columns) for columns in zip(*whole, strict=True))
        request = self._request.file._replace(interval=series.interval)
        faults = tuple(fault for part in parts for fault in part.read.faults)
        return self._merge(series, sources, read_trades(trades, request)._replace(faults=faults))

    def _merge(self, series: Series, sources: list[str], read: ReadFile) -> Imported:
        merge = self._store.preview if self._request.is_trial else self._store.write
        candles = read.candles
        count = merge(series, candles, is_better=self._request.is_better)
        times_ms = candles.open_time_ms
        return Imported(
            tuple(sources),
            series,
            rows=len(candles),
            range_ms=(int(times_ms[0]), int(times_ms[-1])) if len(candles) else None,
            merge=count,
            faults=read.faults,
            repeated=read.repeated,
            is_last_open=read.is_last_open,
        )


def _told_symbol(content: Content) -> Symbol:
    symbol = parts_of(content.name).symbol
    if symbol is None:
        message = "its name does not tell the pair; say it with --pair, like --pair BTC/USD"
        raise ConfigError(message, source=content.source)
    return symbol


def _refuse_other_length(content: Content, request: FileRequest) -> None:
    told = parts_of(content.name).interval
    if told is not None and request.interval is not None and told is not request.interval:
        message = (
            f"its name says {told.value}, --timeframe says {request.interval.value}; "
            "leave --timeframe out, or rename the file"
        )
        raise ConfigError(message, source=content.source)
