"""Strategies from files that a person names: a Python file of their own, or a table of signals.

Law: nothing of a user runs unless the user named the file. What it says is tried for causality before
it is used: with the future cut off, with another future, with no more history than it asks for.
"""

import csv
import sys
from collections.abc import Sequence
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType, TracebackType

import msgspec
import numpy as np

from tui_trader.engine.analysis.candles import Candles
from tui_trader.engine.analysis.causality import check_memory, check_pairs
from tui_trader.engine.analysis.futures import sample_candles
from tui_trader.engine.analysis.strategy import Choices, SignalArray, Strategy
from tui_trader.engine.analysis.strategy_catalogue import strategy_named
from tui_trader.engine.strategies.written import written_strategy
from tui_trader.engine.values.errors import ConfigError, PluginError
from tui_trader.engine.values.text import sanitize
from tui_trader.engine.values.time import parse_rfc3339

ATTRIBUTE = "STRATEGY"
MEMORY_MAX = 20_000
"""Candles; live keeps this many of each pair."""
ROWS_MAX = 5_000_000
SEED = 20_260_101
SAMPLE_PAIRS = 3
MS_DIGITS = 12


def find_strategy(text: str) -> Strategy:
    """The strategy that a name, or the path of a file, means.

    Args:
        text: A name of the registry, a path that ends with `.py`, or one that ends with `.csv`.

    Raises:
        ConfigError: there is no such strategy or file, or a row of the table is wrong.
        PluginError: the file holds no sound strategy.
    """
    path = Path(text).expanduser()
    if path.suffix == ".py":
        return load_strategy_file(path)
    if path.suffix == ".csv":
        return load_signal_file(path)
    return strategy_named(text)


def load_strategy_file(path: Path) -> Strategy:
    """The strategy `STRATEGY` of a user's file, tried for causality.

    Raises:
        ConfigError: there is no such file.
        PluginError: it cannot be loaded, or what it says is not causal.
    """
    strategy = getattr(_module(path), ATTRIBUTE, None)
    if not isinstance(strategy, Strategy):
        message = (
            f"{path} defines no `{ATTRIBUTE} = Strategy(…)`; docs/strategies.md has an example"
        )
        raise PluginError(message)
    with _ForeignCode(f"{path}: `{strategy.name}` fails on made candles"):
        faults = causality_faults(strategy)
    if faults:
        message = f"{path}: `{strategy.name}` may not be used; tried on made candles, {faults[0]}"
        raise PluginError(message)
    return _guarded(strategy, path)


def _guarded(strategy: Strategy, path: Path) -> Strategy:
    """The same strategy, whose faults on other candles are told as the file's."""

    def signals(candles: Sequence[Candles], choices: Choices) -> Sequence[SignalArray]:
        with _ForeignCode(f"{path}: `{strategy.name}` fails on these candles"):
            return strategy.signals(candles, choices)

    return msgspec.structs.replace(strategy, signals=signals, kernel="")


def _module(path: Path) -> ModuleType:
    if not path.is_file():
        message = f"there is no file {path}"
        raise ConfigError(message)
    spec = spec_from_file_location(f"user_strategy_{path.stem}", path)
    if spec is None or spec.loader is None:
        message = f"{path} is no Python file"
        raise ConfigError(message)
    module = module_from_spec(spec)
    wrote = sys.dont_write_bytecode
    # Nothing is written beside a file of the user.
    sys.dont_write_bytecode = True
    try:
        with _ForeignCode(f"{path} cannot be loaded"):
            spec.loader.exec_module(module)
    finally:
        sys.dont_write_bytecode = wrote
    return module


class _ForeignCode:
    """A user's file at work: whatever ends it, `sys.exit` too, ends as a fault of that file.

    It must take neither the engine nor its neighbours along. Ctrl-C stays Ctrl-C.
    """

    def __init__(self, words: str) -> None:
        self._words = words

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        fault: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if fault is not None and not isinstance(fault, KeyboardInterrupt):
            message = f"{self._words}: {_told(fault)}"
            raise PluginError(message) from fault


def _told(fault: BaseException) -> str:
    where = f" (line {fault.lineno})" if isinstance(fault, SyntaxError) else ""
    return f"{type(fault).__name__}: {sanitize(str(fault))}{where}"


def causality_faults(strategy: Strategy) -> list[str]:
    """What is wrong with a strategy at its defaults, each in one sentence; empty when nothing is.

    Raises:
        ConfigError: a default is out of its own bounds.
        PluginError: it does not give one signal for each candle.
    """
    choices = strategy.checked({})
    memory = strategy.memory_bars(choices)
    if not 1 <= memory <= MEMORY_MAX:
        return [f"memory_bars is {memory}; it must be from 1 to {MEMORY_MAX} candles"]

    def signals(candles: Sequence[Candles]) -> tuple[SignalArray, ...]:
        return strategy.signals_of(tuple(candles), choices)

    chance = np.random.default_rng(SEED)
    count = max(1_200, memory + 400)
    pairs = {f"pair {n}": sample_candles(chance, count=count) for n in range(1, SAMPLE_PAIRS + 1)}
    faults = check_pairs(signals, pairs, generator=chance)
    first = pairs["pair 1"]
    faults += check_memory(
        lambda candles: signals([candles])[0], first, memory_bars=memory, generator=chance
    )
    return [fault.says for fault in faults]


def load_signal_file(path: Path) -> Strategy:
    """Signals of a CSV with the columns `time` and `signal`.

    `time` is the start of a candle, RFC 3339 or UTC milliseconds; `signal` is 1, -1 or 0, known at the
    close of that candle.

    Raises:
        ConfigError: no such file, or a row that is wrong, with its line.
    """
    if not path.is_file():
        message = f"there is no file {path}"
        raise ConfigError(message)
    rows: dict[int, int] = {}
    with path.open(newline="", encoding="utf-8", errors="replace") as file:
        table = csv.DictReader(file)
        if not {"time", "signal"} <= set(table.fieldnames or ()):
            message = f"{path} needs a head line with the columns time and signal"
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
    return written_strategy(path.stem, rows)


def _row(path: Path, row: dict[str, str], *, line: int) -> tuple[int, int]:
    place = f"{path}:{line}"
    text, said = (row["time"] or "").strip(), (row["signal"] or "").strip()
    try:
        is_number = text.isdecimal() and len(text) >= MS_DIGITS
        time_ms = int(text) if is_number else int(parse_rfc3339(text))
    except (ValueError, OverflowError):
        message = f"{sanitize(text)!r} is no time: RFC 3339 with its zone, or UTC milliseconds"
        raise ConfigError(message, source=place) from None
    if said not in {"1", "-1", "0", "+1"}:
        message = f"signal {sanitize(said)!r} must be 1, -1 or 0"
        raise ConfigError(message, source=place)
    return time_ms, int(said)
