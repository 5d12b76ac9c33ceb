"""Promises of live forecasts and what became of them, on disk beside the models of a pair.

Law: a promise is written before its outcome can be known, and never changed. What cannot be scored any
more, because its candles are gone, counts as nothing.
"""

import os
from collections.abc import Iterable
from pathlib import Path

import msgspec
import numpy as np

from tui_trader.engine.analysis.splits import LabelSpans, uniqueness
from tui_trader.engine.learning.track_record import OUTCOMES_MAX, TrackRecord
from tui_trader.engine.values.errors import StoreError

FILE = "promises.jsonl"
OPEN_MAX = 2_000
"""Promises of one version whose outcome is not known; the oldest is given up."""
LINES_SPARE = 2_000
BYTES_MAX = 1 << 26


class Promise(msgspec.Struct, kw_only=True):
    """One promise.

    Args:
        candle_ms: Start of the candle at whose close it was made, UTC.
        promised: Probability that the take profit comes first.
        happened: 1 or 0 where the outcome is known.
        end_ms: Start of the candle at which it was known.
    """

    candle_ms: int
    promised: float
    happened: int | None = None
    end_ms: int | None = None


class _Line(msgspec.Struct, frozen=True, array_like=True):
    """What is written: a promise without, or its outcome with the last two."""

    version: int
    candle_ms: int
    promised: float
    happened: int | None = None
    end_ms: int | None = None


_LINES: msgspec.json.Decoder[_Line] = msgspec.json.Decoder(_Line)


class PromiseBook:
    """Promises of every version of one pair and interval.

    Args:
        folder: Of the models of that pair; made when something is written.

    Raises:
        StoreError: the file cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._versions: dict[int, dict[int, Promise]] = {}
        self._line_count, self._is_torn = 0, False
        for line in self._read():
            self._take(line)

    def promise(self, version: int, candle_ms: int, promised: float) -> bool:
        """Write a promise down; False where one of that candle is there already.

        Raises:
            StoreError: it cannot be written.
        """
        if candle_ms in self._versions.get(version, {}):
            return False
        self._write([_Line(version, candle_ms, promised)])
        return True

    def open_promises(self, version: int) -> tuple[Promise, ...]:
        """Those whose outcome is not known, oldest first."""
        every = self._versions.get(version, {}).values()
        return tuple(promise for promise in every if promise.happened is None)

    def score(self, version: int, outcomes: Iterable[tuple[int, int, int]]) -> None:
        """Write outcomes down: candle of the promise, 1 or 0, candle at which it was known.

        Raises:
            StoreError: they cannot be written.
        """
        known = self._versions.get(version, {})
        lines = [
            _Line(version, candle_ms, known[candle_ms].promised, happened, end_ms)
            for candle_ms, happened, end_ms in outcomes
            if candle_ms in known and known[candle_ms].happened is None
        ]
        if lines:
            self._write(lines)

    def recent(self, version: int, count: int) -> tuple[Promise, ...]:
        """The newest, known or not, oldest first."""
        return tuple(self._versions.get(version, {}).values())[-count:]

    def record(self, version: int, *, candle_length_ms: int) -> TrackRecord:
        """What was promised and happened, in the order in which it became known.

        An outcome weighs its uniqueness among all promises of the version: those that were open at the
        same time, resolved or not, tell of the same stretch of the market.
        """
        every = list(self._versions.get(version, {}).values())
        newest = max((promise.end_ms or promise.candle_ms for promise in every), default=0)
        start = np.array([promise.candle_ms for promise in every], dtype=np.int64)
        end = np.array([promise.end_ms or newest for promise in every], dtype=np.int64)
        order = np.argsort(start, kind="stable")
        start, end = start[order] // candle_length_ms, end[order] // candle_length_ms
        weights = uniqueness(LabelSpans(start, np.maximum(start, end))) if every else np.empty(0)
        known = sorted(
            (promise.end_ms or 0, place)
            for place, promise in ((place, every[place]) for place in range(len(every)))
            if promise.happened is not None
        )
        rank = np.empty(len(every), dtype=np.int64)
        rank[order] = np.arange(len(every))
        places = [place for _, place in known]
        return TrackRecord(
            np.array([every[place].promised for place in places], dtype=np.float64),
            np.array([every[place].happened for place in places], dtype=np.float64),
            np.asarray(weights[rank[places]], dtype=np.float64),
        )

    def _take(self, line: _Line) -> None:
        self._line_count += 1
        known = self._versions.setdefault(line.version, {})
        known[line.candle_ms] = Promise(
            candle_ms=line.candle_ms,
            promised=line.promised,
            happened=line.happened,
            end_ms=line.end_ms,
        )
        while len(known) > OUTCOMES_MAX + OPEN_MAX:
            known.pop(next(iter(known)))
        if line.happened is None:
            # Only a new promise can be one too many.
            waiting = [promise for promise in known.values() if promise.happened is None]
            for promise in waiting[:-OPEN_MAX]:
                known.pop(promise.candle_ms)

    def _read(self) -> list[_Line]:
        if not self._path.is_file():
            return []
        try:
            if self._path.stat().st_size > BYTES_MAX:
                message = f"{self._path} is larger than a track record may be; move it away"
                raise StoreError(message)
            rows = self._path.read_bytes().split(b"\n")
        except OSError as fault:
            message = f"{self._path} cannot be read: {fault.strerror or fault}"
            raise StoreError(message) from fault
        # A crash cut the last line short: it was never promised, and nothing is written behind it.
        self._is_torn = bool(rows.pop())
        found = []
        for number, row in enumerate(rows):
            try:
                found.append(_LINES.decode(row))
            except msgspec.MsgspecError as fault:
                message = f"{self._path}, line {number + 1}: {fault}; move the file away"
                raise StoreError(message) from fault
        return found

    def _write(self, lines: list[_Line]) -> None:
        for line in lines:
            self._take(line)
        kept = sum(len(known) for known in self._versions.values())
        if self._is_torn or self._line_count > 2 * kept + LINES_SPARE:
            self._rewrite()
            return
        self._put(lines, self._path, mode="ab")

    def _rewrite(self) -> None:
        lines = [
            _Line(version, promise.candle_ms, promise.promised, promise.happened, promise.end_ms)
            for version, known in self._versions.items()
            for promise in known.values()
        ]
        aside = self._path.with_name(f".{FILE}-{os.getpid()}")
        self._put(lines, aside, mode="wb")
        aside.replace(self._path)
        self._line_count, self._is_torn = len(lines), False

    def _put(self, lines: list[_Line], path: Path, *, mode: str) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open(mode) as file:
                file.write(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
                file.flush()
                os.fsync(file.fileno())
        except OSError as fault:
            message = f"{path} cannot be written: {fault.strerror or fault}"
            raise StoreError(message) from fault
