"""Strategies from files that a person names: a Python file of their own, or a table of signals.

Law: nothing of a user runs unless the user named the file, and never in this process. What it says is tried
for causality before it is used: with the future cut off, with another future, with no more history than it asks for.
"""

import csv
import re
from math import isfinite
from pathlib import Path

from tui_trader.engine.analysis.strategy import Strategy
from tui_trader.engine.analysis.strategy_catalogue import strategy_named
from tui_trader.engine.backtest.foreign_messages import Declared
from tui_trader.engine.backtest.foreign_program import ForeignProgram
from tui_trader.engine.ports.strategy import StrategyParameter
from tui_trader.engine.strategies.written import written_strategy
from tui_trader.engine.values.errors import ConfigError, PluginError
from tui_trader.engine.values.text import sanitize
from tui_trader.engine.values.time import parse_rfc3339

FILE_BYTES_MAX = 1_000_000
PARAMETERS_MAX = 50
NAME = re.compile(r"[\w.-]{1,64}")
ROWS_MAX = 5_000_000
MS_DIGITS = 12
TIME_MS_MAX = 253_402_300_799_999
"""The last millisecond of the year 9999, after which no calendar goes."""


def find_strategy(text: str) -> Strategy:
    """The strategy that a name, or the path of a file, means.

    Args:
        text: A name of the registry, a path that ends with `.py`, or one that ends with `.csv`.

    Raises:
        ConfigError: there is no such strategy or file, or a row of the table is wrong.
        PluginError: the file holds no sound strategy.
    """
    try:
        path = Path(text).expanduser()
    except RuntimeError as fault:
        message = f"{sanitize(text)}: there is no such user"
        raise ConfigError(message) from fault
    if path.suffix == ".py":
        return load_strategy_file(path)
    if path.suffix == ".csv":
        return load_signal_file(path)
    return strategy_named(text)


def load_strategy_file(path: Path) -> Strategy:
    """The strategy `STRATEGY` of a user's file, tried for causality; it lives in a process of its own.

    Raises:
        ConfigError: there is no such file, or it is too large for one.
        PluginError: it cannot be loaded, or what it says is not causal.
    """
    if _size_bytes(path) > FILE_BYTES_MAX:
        message = f"{path} has more than {FILE_BYTES_MAX:,} bytes; a strategy is a small file"
        raise ConfigError(message)
    program = ForeignProgram(path)
    return checked_strategy(program.declared(), path, program=program)


def _size_bytes(path: Path) -> int:
    """How large a file is; a live strategy's may have become anything since it was started."""
    try:
        if path.is_file():
            return path.stat().st_size
    except OSError as fault:
        raise _unreadable(path, fault) from fault
    message = f"there is no file {path}"
    raise ConfigError(message)


def _unreadable(path: Path, fault: OSError) -> ConfigError:
    return ConfigError(f"{sanitize(str(path))} cannot be read ({fault.strerror})")


def checked_strategy(declared: Declared, path: Path, *, program: ForeignProgram) -> Strategy:
    """A strategy as a file declares it, if it can be one.

    Raises:
        PluginError: a name is no name, or bounds are none.
    """
    fault = _declaration_fault(declared)
    if fault:
        message = f"{path}: {fault}"
        raise PluginError(message)
    return Strategy(
        name=declared.name,
        title=sanitize(declared.title),
        says=sanitize(declared.says),
        parameters=tuple(
            StrategyParameter(
                name=one.name,
                default=one.default,
                low=one.low,
                high=one.high,
                unit=sanitize(one.unit),
                help=sanitize(one.help),
            )
            for one in declared.parameters
        ),
        increasing=declared.increasing,
        memory=program.memory_bars,
        signals=program.signals,
        end=program.end,
    )


def _declaration_fault(declared: Declared) -> str:
    """What is wrong with what a file says about itself; empty where nothing is."""
    parameters = {one.name: one for one in declared.parameters}
    for name in (declared.name, *(one.name for one in declared.parameters)):
        if not NAME.fullmatch(name):
            return f"{sanitize(name)!r} is no name: letters, digits, _ . and -, at most 64 of them"
    if len(parameters) < len(declared.parameters) or len(parameters) > PARAMETERS_MAX:
        return f"each parameter once, and at most {PARAMETERS_MAX} of them"
    for one in declared.parameters:
        if not (isfinite(one.low) and isfinite(one.high) and one.low <= one.default <= one.high):
            return (
                f"the default of `{one.name}` must lie within its bounds, and they must be numbers"
            )
    unknown = [name for name in declared.increasing if name not in parameters]
    return f"`increasing` names {sanitize(unknown[0])!r}, which is no parameter" if unknown else ""


def load_signal_file(path: Path) -> Strategy:
    """Signals of a CSV with the columns `time` and `signal`.

    `time` is the start of a candle, RFC 3339 or UTC milliseconds; `signal` is 1, -1 or 0, known at the
    close of that candle.

    Raises:
        ConfigError: no such file, or a row that is wrong, with its line.
    """
    _size_bytes(path)
    try:
        rows = _rows_of(path)
    except OSError as fault:
        raise _unreadable(path, fault) from fault
    except csv.Error as fault:
        message = f"{path} is no table: {fault}"
        raise ConfigError(message) from fault
    return written_strategy(path.stem, rows)


def _rows_of(path: Path) -> dict[int, int]:
    rows: dict[int, int] = {}
    with path.open(newline="", encoding="utf-8-sig", errors="replace") as file:
        table = csv.DictReader(file)
        if not {"time", "signal"} <= set(table.fieldnames or ()):
            message = f"{path} needs a head line with the columns time and signal"
            raise ConfigError(message)
        if foreign := sorted({"pair", "symbol"} & set(table.fieldnames or ())):
            message = (
                f"{path} has a column {foreign[0]}, but its rows count for every pair; leave it out"
            )
            raise ConfigError(message)
        for row in table:
            time_ms, signal = _row(path, row, line=table.line_num)
            if time_ms in rows:
                message = f"the candle {row['time']} is there twice"
                raise ConfigError(message, source=f"{path}:{table.line_num}")
            if len(rows) == ROWS_MAX:
                message = f"{path} has more than {ROWS_MAX:,} rows; split it"
                raise ConfigError(message)
            rows[time_ms] = signal
    return rows


def _row(path: Path, row: dict[str, str], *, line: int) -> tuple[int, int]:
    place = f"{path}:{line}"
    text, said = (row["time"] or "").strip(), (row["signal"] or "").strip()
    try:
        is_number = text.isdecimal() and len(text) >= MS_DIGITS
        time_ms = int(text) if is_number else int(parse_rfc3339(text))
        is_moment = time_ms <= TIME_MS_MAX
    except (ValueError, OverflowError):
        time_ms, is_moment = 0, False
    if not is_moment:
        message = f"{sanitize(text)!r} is no time: RFC 3339 with its zone, or UTC milliseconds"
        raise ConfigError(message, source=place)
    if said not in {"1", "-1", "0", "+1"}:
        message = f"signal {sanitize(said)!r} must be 1, -1 or 0"
        raise ConfigError(message, source=place)
    return time_ms, int(said)
