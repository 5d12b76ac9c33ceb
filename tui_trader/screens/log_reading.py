"""The engine's log files as lines: read backwards in pages, and forwards as they grow; bounded in every step.

Law: a line that cannot be read is shown as it stands, not left out; nothing in here waits for an engine.
"""

import os
from pathlib import Path

import msgspec

from tui_trader.engine.messages.codec import decode_event
from tui_trader.engine.values.text import sanitize
from tui_trader.engine.values.time import parse_rfc3339
from tui_trader.widgets.drawing.event_words import LogLine, Weight, in_words
from tui_trader.widgets.log_board import LogPage, LogPlace

LOG_NAME = "engine.jsonl"
PAGE_BYTES = 512 * 1024
LINE_BYTES_MAX = 64 * 1024
FILES_MAX = 40
TEXT_MAX = 4_000
TOO_LONG = f"a line here is longer than {PAGE_BYTES // 1024} KB and is left out"
_WEIGHTS = {
    "debug": Weight.QUIET,
    "info": Weight.NORMAL,
    "warning": Weight.WARN,
    "error": Weight.BAD,
    "critical": Weight.BAD,
}


class _Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line as the engine writes it."""

    time: str
    level: str = "info"
    logger: str = ""
    text: str = ""
    event: msgspec.Raw = msgspec.Raw(b"")
    trace: str = ""


_DECODER = msgspec.json.Decoder(_Line)


def log_files(folder: Path) -> list[Path]:
    """The log and its days before, newest first."""
    try:
        days = sorted(folder.glob(f"{LOG_NAME}.*"), reverse=True)
    except OSError:
        days = []
    newest = folder / LOG_NAME
    return [*([newest] if newest.exists() else []), *days][:FILES_MAX]


def read_older(folder: Path, before: LogPlace | None) -> LogPage:
    """The page before a place, or the newest one.

    Raises:
        OSError: a file cannot be read.
    """
    files = log_files(folder)
    if before is None:
        if not files:
            return LogPage(lines=(), begin=None, end=None)
        before = LogPlace(file=files[0], byte=files[0].stat().st_size)
    start = max(0, before.byte - PAGE_BYTES)
    content = _bytes_of(before.file, start, before.byte)
    if start:
        # The first line may be cut: it belongs to the page before.
        cut = content.find(b"\n", 0, len(content) - 1) + 1
        if not cut:
            # All of it is inside of one line.
            return LogPage(lines=(), begin=LogPlace(file=before.file, byte=start), end=before)
        start, content = start + cut, content[cut:]
    whole = content[: content.rfind(b"\n") + 1]
    begin = LogPlace(file=before.file, byte=start) if start else _end_of_next(files, before.file)
    lines = _lines(whole)
    if len(whole) < len(content) and before.byte < before.file.stat().st_size:
        time_ms = lines[-1].time_ms if lines else 0
        lines.append(LogLine(time_ms=time_ms, weight=Weight.WARN, text=TOO_LONG))
    return LogPage(
        lines=tuple(lines),
        begin=begin,
        end=LogPlace(file=before.file, byte=start + len(whole)),
        oldest_ms=lines[0].time_ms if lines else 0,
    )


def read_newer(folder: Path, after: LogPlace | None) -> LogPage:
    """What was written since a place: at most a page; the end of a day's file leads to the next.

    Raises:
        OSError: a file cannot be read.
    """
    if after is None:
        return read_older(folder, None)
    size = after.file.stat().st_size if after.file.exists() else 0
    if size < after.byte:
        # A new day: what the file was has another name now, and the rest of it is there.
        moved = next((file for file in log_files(folder)[1:]), None)
        if moved is None or moved.stat().st_size <= after.byte:
            return LogPage(lines=(), begin=after, end=LogPlace(file=after.file, byte=0))
        content = _bytes_of(moved, after.byte, moved.stat().st_size)
        return LogPage(
            lines=tuple(_lines(content)), begin=after, end=LogPlace(file=after.file, byte=0)
        )
    content = _bytes_of(after.file, after.byte, min(size, after.byte + PAGE_BYTES))
    whole = content[: content.rfind(b"\n") + 1]
    end = LogPlace(file=after.file, byte=after.byte + len(whole))
    return LogPage(lines=tuple(_lines(whole)), begin=after, end=end)


def _end_of_next(files: list[Path], file: Path) -> LogPlace | None:
    """The end of the day before; None behind the oldest one."""
    place = files.index(file) + 1 if file in files else len(files)
    return (
        LogPlace(file=files[place], byte=files[place].stat().st_size)
        if place < len(files)
        else None
    )


def _bytes_of(file: Path, start: int, end: int) -> bytes:
    with file.open("rb") as opened:
        opened.seek(start, os.SEEK_SET)
        return opened.read(end - start)


def _lines(content: bytes) -> list[LogLine]:
    found: list[LogLine] = []
    for raw in content.splitlines():
        if raw.strip():
            # What has no time of its own is from about the line before it.
            found.append(_line(raw[:LINE_BYTES_MAX], found[-1].time_ms if found else 0))
    return found


def _line(raw: bytes, time_ms: int) -> LogLine:
    try:
        told = _DECODER.decode(raw)
        moment = parse_rfc3339(told.time)
    except (msgspec.DecodeError, ValueError):
        text = sanitize(raw.decode("utf-8", "replace"), length_max=TEXT_MAX)
        return LogLine(time_ms=time_ms, weight=Weight.WARN, text=f"not a line of the log: {text}")
    weight = _WEIGHTS.get(told.level, Weight.NORMAL)
    if bytes(told.event):
        return _event_line(told, moment)
    text = f"{told.text} · {' ⏎ '.join(told.trace.splitlines())}" if told.trace else told.text
    return LogLine(time_ms=moment, weight=weight, text=sanitize(text, length_max=TEXT_MAX))


def _event_line(told: _Line, moment: int) -> LogLine:
    """In the words of the journal, where there are any."""
    try:
        words = in_words(decode_event(bytes(told.event)))
    except msgspec.DecodeError:
        # Of another version.
        text = f"{told.text} {bytes(told.event).decode('utf-8', 'replace')}"
        weight = _WEIGHTS.get(told.level, Weight.NORMAL)
        return LogLine(time_ms=moment, weight=weight, text=sanitize(text, length_max=TEXT_MAX))
    if words is None:
        return LogLine(time_ms=moment, weight=Weight.QUIET, text=sanitize(told.text))
    return LogLine(time_ms=moment, weight=words.weight, text=words.text)
