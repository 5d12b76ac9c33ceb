"""Candles out of one file of any known format: read, told apart from trades, checked row by row.

Law: a row that is wrong is never mended. It refuses its file with its line, or, where the user said
so, it is left out and listed.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tui_trader.engine.analysis.candles import Candles, TimeArray
from tui_trader.engine.analysis.resample import Trades, aggregated
from tui_trader.engine.stores.candles.bars import Bars
from tui_trader.engine.stores.candles.column_roles import Role
from tui_trader.engine.stores.candles.containers import Content, contents_of
from tui_trader.engine.stores.candles.csv_dialect import Wishes, dialect_of
from tui_trader.engine.stores.candles.csv_rows import (
    LineFault,
    Rows,
    Watch,
    read_carefully,
    read_fast,
    unwatched,
)
from tui_trader.engine.stores.candles.file_names import NameParts, parts_of
from tui_trader.engine.stores.candles.merging import same_rows
from tui_trader.engine.stores.candles.row_faults import RowFault, row_faults
from tui_trader.engine.stores.candles.table_rows import is_table, read_table
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.errors import ConfigError

FAULTS_SHOWN = 5
_PRICE_ROLES = (Role.OPEN, Role.HIGH, Role.LOW, Role.CLOSE, Role.VOLUME)
_TRADE_FAULT = "price or quantity is not a number above 0"
_SECOND = "a second candle of this time that says something else"


class FileRequest(NamedTuple):
    """How to read a file.

    Args:
        interval: Length of its candles, or of those to make of its trades; `None`: by its name, then
            by the distance of its rows; one minute for trades.
        now_ms: UTC; a candle that is not over by then is not closed.
        skips_bad: Leave bad rows out instead of refusing the file.
        watch: Told the share of the file that has been read.
    """

    now_ms: int
    interval: Interval | None = None
    wishes: Wishes = Wishes()
    skips_bad: bool = False
    watch: Watch = unwatched


class ReadFile(NamedTuple):
    """What a file came to.

    Args:
        candles: The good rows, in order, each moment once, closed ones only.
        trades: What they were made of, for a file of trades.
        faults: What was left out.
        repeated: Rows that said what another row had said.
        is_last_open: The last candle is not over yet, and was left out.
    """

    candles: Candles
    trades: Trades | None = None
    faults: tuple[LineFault, ...] = ()
    repeated: int = 0
    is_last_open: bool = False


def load_candles_file(
    path: Path,
    *,
    now_ms: int,
    interval: Interval | None = None,
    columns: str | None = None,
) -> Candles:
    """Closed candles of one file of any known format, without storing them.

    Args:
        path: CSV (also of trades), CSV in gzip or alone in a zip, Parquet or Feather.
        now_ms: UTC; a candle that is not over by then is left out.
        interval: Length, where neither the name of the file nor its rows tell it.
        columns: What the columns are, in order, where they do not tell it: `time,open,close,…`.

    Raises:
        ConfigError: the file cannot be read, or a row is wrong; the message names both.
    """
    contents = contents_of(path)
    content = next(contents)
    if next(contents, None) is not None:
        message = "holds several files; unpack it and name one"
        raise ConfigError(message, source=str(path))
    request = FileRequest(now_ms=now_ms, interval=interval, wishes=Wishes(columns=columns))
    return read_content(content, request).candles


def read_content(content: Content, request: FileRequest) -> ReadFile:
    """The candles of one content.

    Raises:
        ConfigError: it cannot be read, or a row is wrong and bad rows are not to be skipped.
    """
    try:
        if is_table(content.content):
            return _checked(read_table(content.content, request.wishes), content, request)
        dialect = dialect_of(content.content, request.wishes)
        fast = read_fast(content.content, dialect, request.watch)
        if fast is not None:
            read = _checked(fast, content, request._replace(skips_bad=True))
            if not read.faults:
                return read
        return _checked(read_carefully(content.content, dialect, request.watch), content, request)
    except ConfigError as error:
        raise ConfigError(error.message, source=error.source or content.source) from error


def name_parts(content: Content) -> NameParts:
    """Pair and length that the name of a content tells."""
    return parts_of(content.name)


def read_trades(trades: Trades, request: FileRequest) -> ReadFile:
    """The closed candles that trades make."""
    candles = aggregated(trades, request.interval or Interval.M1)
    return _closed(ReadFile(candles, trades=trades), request.now_ms)


def _checked(rows: Rows, content: Content, request: FileRequest) -> ReadFile:
    if Role.PRICE in rows.values:
        return _checked_trades(rows, content, request)
    bars = Bars(rows.times_ms, *(rows.values[role] for role in _PRICE_ROLES))
    if not bars.row_count:
        # What is wrong with the rows says more than that they are too few.
        _refuse_or_keep(rows.faults, request)
    interval = request.interval or _told_interval(bars.open_time_ms, content)
    faults = row_faults(bars, interval, now_ms=request.now_ms)
    is_bad = faults != RowFault.NONE
    told = [
        LineFault(_line(rows, int(row)), RowFault(int(faults[row])).words)
        for row in np.flatnonzero(is_bad)
    ]
    good = np.flatnonzero(~is_bad)
    good, clashing, repeated = _in_order(bars, good)
    told += [LineFault(_line(rows, int(row)), _SECOND) for row in clashing]
    every = _refuse_or_keep((*rows.faults, *told), request)
    is_as_it_was = len(good) == bars.row_count and (np.diff(good) > 0).all()
    whole = bars if is_as_it_was else bars.taken(good)
    read = ReadFile(whole.checked(interval), faults=every, repeated=repeated)
    return _closed(read, request.now_ms)


def _checked_trades(rows: Rows, content: Content, request: FileRequest) -> ReadFile:
    price, quantity = rows.values[Role.PRICE], rows.values[Role.QUANTITY]
    is_good = np.isfinite(price) & np.isfinite(quantity) & (price > 0) & (quantity > 0)
    is_late = is_good & (rows.times_ms > request.now_ms)
    told = [
        LineFault(_line(rows, int(row)), RowFault.FUTURE.words if is_late[row] else _TRADE_FAULT)
        for row in np.flatnonzero(~is_good | is_late)
    ]
    every = _refuse_or_keep((*rows.faults, *told), request)
    good = np.flatnonzero(is_good & ~is_late)
    good = good[np.argsort(rows.times_ms[good], kind="stable")]
    trades = Trades(rows.times_ms[good], price[good], quantity[good])
    interval = request.interval or parts_of(content.name).interval or Interval.M1
    read = read_trades(trades, request._replace(interval=interval))
    return read._replace(faults=every)


def _in_order(
    bars: Bars, rows: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], list[int], int]:
    """Rows by time, each moment once; those that clash with an earlier one; how many only repeat it."""
    times = bars.open_time_ms[rows]
    steps = np.diff(times)
    if (steps > 0).all():
        return rows, [], 0
    rows = rows[np.argsort(times, kind="stable")]
    ordered = bars.taken(rows)
    is_again = np.zeros(len(rows), dtype=np.bool_)
    is_again[1:] = np.diff(ordered.open_time_ms) == 0
    # The first of a moment counts, so each repetition is compared with that one.
    first = np.maximum.accumulate(np.where(is_again, 0, np.arange(len(rows))))
    clashes = is_again & ~same_rows(ordered, ordered.taken(first))
    return (
        rows[~is_again],
        sorted(int(row) for row in rows[clashes]),
        int(is_again.sum() - clashes.sum()),
    )


def _closed(read: ReadFile, now_ms: int) -> ReadFile:
    """Without the last candle, if it is not over."""
    candles = read.candles
    if len(candles) and candles.open_time_ms[-1] + candles.interval.ms > now_ms:
        return read._replace(candles=candles[:-1], is_last_open=True)
    return read


def _refuse_or_keep(faults: Sequence[LineFault], request: FileRequest) -> tuple[LineFault, ...]:
    """The faults in order of their lines.

    Raises:
        ConfigError: there are some, and bad rows are not to be skipped.
    """
    ordered = tuple(sorted(faults))
    if ordered and not request.skips_bad:
        shown = "; ".join(f"line {fault.line}: {fault.reason}" for fault in ordered[:FAULTS_SHOWN])
        beside = "; …" if len(ordered) > FAULTS_SHOWN else ""
        rows = "row" if len(ordered) == 1 else "rows"
        message = f"{len(ordered):,} bad {rows}, nothing was taken from it ({shown}{beside})"
        raise ConfigError(message)
    return ordered


def _line(rows: Rows, row: int) -> int:
    return row + 1 if rows.lines is None else int(rows.lines[row])


def _told_interval(times_ms: TimeArray, content: Content) -> Interval:
    """Length of the candles, by the file's name, else by the usual distance of its rows.

    Raises:
        ConfigError: neither tells it.
    """
    named = parts_of(content.name).interval
    if named is not None:
        return named
    steps = np.diff(np.unique(times_ms))
    if not len(steps):
        message = "has too few rows to tell the length of its candles; say it with --timeframe"
        raise ConfigError(message)
    distances, counts = np.unique(steps, return_counts=True)
    usual_ms = int(distances[np.argmax(counts)])
    found = next((interval for interval in Interval if interval.ms == usual_ms), None)
    if found is None:
        message = (
            f"its rows are usually {usual_ms / 60_000:g} minutes apart, which is no length of candles "
            "here; say it with --timeframe"
        )
        raise ConfigError(message)
    return found
