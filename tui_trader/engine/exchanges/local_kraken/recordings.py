"""Recorded trades and sessions as tapes: files in the forms that people's recorders leave.

Known: Kraken's trade export (`time,price,volume`), trades as a JSON list (as freqtrade keeps them),
Kraken WebSocket v2 books, and Binance streams (depth, best quotes, trades) one message a line. Gzip
is undone. Prices finer than the pair's tick go to the next one away from the market.
"""

import csv
import gzip
import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, TextIO

from tui_trader.engine.exchanges.simulator.listings import LOT_DECIMALS, PairListing
from tui_trader.engine.exchanges.simulator.tape import BookChange, Tape, TapeEvent, Tick, trade_tape
from tui_trader.engine.values.errors import ConfigError
from tui_trader.engine.values.orders import Side
from tui_trader.engine.values.time import MS_PER_SECOND, parse_rfc3339

_GZIP_MAGIC = b"\x1f\x8b"
_HEAD_CHARACTERS = 4_096
_NS_PER_MS = 1_000_000
_TRADE_COLUMNS, _OHLCVT_COLUMNS = 3, 7
_KRAKEN_DEPTH = 10
_LOTS_PER_UNIT = 10**LOT_DECIMALS
Row = Mapping[str, Any]
Levels = Sequence[tuple[int, int]]


def read_recording(path: Path, pair: PairListing, *, start_s: float, end_s: float) -> Tape | None:
    """Tape of a file of trades or of a session; `None` when it is neither: perhaps candles.

    Args:
        path: The file.
        pair: Whose grid its prices go to.
        start_s: Nothing before this is played.
        end_s: Nothing from this moment on either.

    Raises:
        ConfigError: the file cannot be read, or a row in it makes no sense.
    """
    try:
        with open_recording(path) as lines:
            reader = _reader_of(lines.read(_HEAD_CHARACTERS))
        if reader is None:
            return None
        with open_recording(path) as lines:
            return reader(lines, pair, (start_s, end_s))
    except (OSError, EOFError) as error:
        message = f"cannot be read ({error}); name a file that can"
        raise ConfigError(message, source=str(path)) from error
    except (ValueError, KeyError, IndexError, TypeError, InvalidOperation) as error:
        message = f"a row makes no sense ({type(error).__name__}: {str(error)[:80]})"
        raise ConfigError(message, source=str(path)) from error


def read_trade_counts(path: Path) -> Mapping[int, int]:
    """How many trades each candle of a Kraken export had, by its begin; empty for any other file.

    Nobody else's candles tell it, so the stores keep no such column.
    """
    counts: dict[int, int] = {}
    try:
        with open_recording(path) as lines:
            for row in csv.reader(lines):
                if len(row) != _OHLCVT_COLUMNS or not (row[0].isdecimal() and row[6].isdecimal()):
                    return {}
                counts[int(row[0])] = int(row[6])
    except (OSError, EOFError, csv.Error):
        return {}
    return counts


Reader = Callable[[Iterable[str], PairListing, tuple[float, float]], Tape]


def _reader_of(head: str) -> Reader | None:
    first = head.partition("\n")[0].strip()
    if '"stream"' in first:
        return _binance_session
    if head.lstrip().startswith("{") and '"channel"' in head:
        return _kraken_session
    if head.lstrip().startswith("[["):
        return _json_trades
    cells = first.split(",")
    if len(cells) == _TRADE_COLUMNS and all(_is_number(cell) for cell in cells):
        return _csv_trades
    return None


def _csv_trades(lines: Iterable[str], pair: PairListing, span: tuple[float, float]) -> Tape:
    ticks: list[Tick] = []
    for row in csv.reader(lines):
        if not row:
            continue
        time_s, price, volume = Decimal(row[0]), Decimal(row[1]), Decimal(row[2])
        side = _side(ticks, round(price * pair.ticks_per_unit))
        ticks.append(_tick(int(time_s * MS_PER_SECOND), price, volume, pair=pair, side=side))
    return _trades_within(ticks, span)


def _json_trades(lines: Iterable[str], pair: PairListing, span: tuple[float, float]) -> Tape:
    rows = json.loads("".join(lines), parse_float=Decimal)
    ticks = [
        _tick(int(row[0]), Decimal(row[4]), Decimal(row[5]), pair=pair, side=Side(row[3]))
        for row in rows
    ]
    return _trades_within(ticks, span)


def _trades_within(ticks: Sequence[Tick], span: tuple[float, float]) -> Tape:
    start_s, end_s = span
    ordered = sorted(ticks, key=lambda tick: tick.time_ms)
    return trade_tape(
        [tick for tick in ordered if tick.time_ms < end_s * MS_PER_SECOND], start_s=start_s
    )


def _kraken_session(lines: Iterable[str], pair: PairListing, span: tuple[float, float]) -> Tape:
    session = json.loads("".join(lines), parse_float=Decimal)
    messages = [session["init"], *session["updates"]]
    return _session_tape(_kraken_events(messages, pair), span, depth=_KRAKEN_DEPTH)


def _kraken_events(messages: Sequence[Row], pair: PairListing) -> Iterator[TapeEvent]:
    rows = [message["data"][0] for message in messages]
    stamps = [parse_rfc3339(row["timestamp"]) if "timestamp" in row else None for row in rows]
    first_ms = next(stamp for stamp in stamps if stamp is not None)
    for message, row, stamp in zip(messages, rows, stamps, strict=True):
        yield BookChange(
            first_ms if stamp is None else stamp,
            [(_ticks(pair, each["price"], Side.BUY), _lots(each["qty"])) for each in row["bids"]],
            [(_ticks(pair, each["price"], Side.SELL), _lots(each["qty"])) for each in row["asks"]],
            is_snapshot=message["type"] == "snapshot",
        )


def _binance_session(lines: Iterable[str], pair: PairListing, span: tuple[float, float]) -> Tape:
    return _session_tape(_binance_events(lines, pair), span, depth=0)


def _binance_events(lines: Iterable[str], pair: PairListing) -> Iterator[TapeEvent]:
    book = {side: _GridSide(pair, side) for side in Side}
    for line in lines:
        stamp, _, text = line.partition(" ")
        if not text.strip():
            continue
        time_ms, message = int(stamp) // _NS_PER_MS, json.loads(text)
        if "lastUpdateId" in message:
            sides = {Side.BUY: message["bids"], Side.SELL: message["asks"]}
            bids, asks = (book[side].restart(rows) for side, rows in sides.items())
            yield BookChange(time_ms, bids, asks, is_snapshot=True)
            continue
        stream, row = message["stream"].partition("@")[2], message["data"]
        if stream.startswith("depth"):
            yield BookChange(time_ms, book[Side.BUY].take(row["b"]), book[Side.SELL].take(row["a"]))
        elif stream == "bookTicker":
            yield BookChange(time_ms, book[Side.BUY].cut(row["b"]), book[Side.SELL].cut(row["a"]))
        elif stream == "trade":
            side = Side.SELL if row["m"] else Side.BUY
            yield _tick(time_ms, Decimal(row["p"]), Decimal(row["q"]), pair=pair, side=side)


class _GridSide:
    """One side of a book that is finer than our tick: what waits at each of our prices."""

    def __init__(self, pair: PairListing, side: Side) -> None:
        self._pair, self._side = pair, side
        self._fine: dict[str, tuple[int, int]] = {}
        self._lots: dict[int, int] = {}
        self._best = 0
        """No level is better than this; it may be gone already."""

    def take(self, rows: Iterable[Sequence[str]]) -> Levels:
        """Apply levels; what changed on our grid."""
        touched: dict[int, None] = {}
        for price, quantity in rows:
            old_ticks, old_lots = self._fine.pop(price, (0, 0))
            if old_lots:
                self._lots[old_ticks] -= old_lots
            lots = _lots(Decimal(quantity))
            ticks = old_ticks or _ticks(self._pair, Decimal(price), self._side)
            if lots:
                self._fine[price] = (ticks, lots)
                self._lots[ticks] = self._lots.get(ticks, 0) + lots
                if not self._best or self._is_beyond(ticks, self._best):
                    self._best = ticks
            touched[ticks] = None
        return [(ticks, self._lots.get(ticks, 0)) for ticks in touched]

    def restart(self, rows: Iterable[Sequence[str]]) -> Levels:
        """Begin anew with a snapshot."""
        self._fine.clear()
        self._lots.clear()
        return self.take(rows)

    def cut(self, best: str) -> Levels:
        """Nothing is better than the best quote; what still seems to be was missed on the way."""
        limit = _ticks(self._pair, Decimal(best), self._side)
        if not self._lots or not self._is_beyond(self._best, limit):
            return []
        beyond = [
            price for price, (ticks, _) in self._fine.items() if self._is_beyond(ticks, limit)
        ]
        self._best = limit
        return self.take((price, "0") for price in beyond)

    def _is_beyond(self, ticks: int, limit: int) -> bool:
        return ticks > limit if self._side is Side.BUY else ticks < limit


def _session_tape(events: Iterator[TapeEvent], span: tuple[float, float], *, depth: int) -> Tape:
    start_ms, end_ms = (edge * MS_PER_SECOND for edge in span)
    # The book of the beginning is made of everything before it, so nothing of that is left out.
    within = [event for event in events if event.time_ms < end_ms]
    first = next((n for n, event in enumerate(within) if event.time_ms >= start_ms), len(within))
    before, after = within[:first], within[first:]
    changes = [
        BookChange(after[0].time_ms, event.bids, event.asks, event.is_snapshot)
        for event in before
        if after and isinstance(event, BookChange)
    ]
    return Tape(events=iter((*changes, *after)), has_books=True, book_depth=depth)


def _tick(time_ms: int, price: Decimal, volume: Decimal, *, pair: PairListing, side: Side) -> Tick:
    ticks = max(1, round(price * pair.ticks_per_unit))
    return Tick(time_ms, ticks, _lots(volume), side)


def _side(ticks: Sequence[Tick], tick: int) -> Side:
    """Whoever took: a rise says a buyer, a fall a seller, else the one before (Lee and Ready)."""
    if not ticks:
        return Side.BUY
    before = ticks[-1]
    if tick == before.ticks:
        return before.side
    return Side.BUY if tick > before.ticks else Side.SELL


def _ticks(pair: PairListing, price: Decimal, side: Side) -> int:
    scaled = price * pair.ticks_per_unit
    return max(1, math.floor(scaled) if side is Side.BUY else math.ceil(scaled))


def _lots(quantity: Decimal) -> int:
    return int((quantity * _LOTS_PER_UNIT).to_integral_value())


def _is_number(text: str) -> bool:
    try:
        return Decimal(text.strip()).is_finite()
    except InvalidOperation:
        return False


def open_recording(path: Path) -> TextIO:
    """A text file, whether or not it is packed.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        is_packed = file.read(2) == _GZIP_MAGIC
    if is_packed:
        return gzip.open(path, "rt", encoding="utf-8", errors="replace")
    return path.open(encoding="utf-8", errors="replace")
