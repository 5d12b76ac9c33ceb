"""The child in which a user's strategy file runs: `python -m tui_trader.engine.backtest.foreign_child PATH SECONDS`.

Law: whatever the file does costs this process at most: it may loop, exit, recurse, print or take memory. Nothing is
caught here. A fault ends the child; its last words are the fault, told by the hook of the interpreter.
"""

import os
import resource
import signal
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType, TracebackType
from typing import IO

import msgspec

from tui_trader.engine.analysis.strategy import Strategy
from tui_trader.engine.backtest.foreign_messages import (
    MESSAGE_BYTES_MAX,
    AskForeignSignals,
    Declared,
    ForeignAnswer,
    ForeignAsk,
    ForeignFault,
    ForeignMemory,
    ForeignParameter,
    ForeignSignals,
    read_bytes,
    unpacked_pair,
    write_message,
)
from tui_trader.engine.backtest.strategy_trial import causality_faults
from tui_trader.engine.values.errors import PluginError, TraderError
from tui_trader.engine.values.text import sanitize

ATTRIBUTE = "STRATEGY"
MEMORY_BYTES_MAX = 4 << 30
GRACE_S = 5.0
"""The parent ends a child that takes too long; where there is no parent any more, the alarm does."""


class LastWords:
    """Tells the fault that ends this process."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe = pipe
        self.stage = "cannot be loaded"

    def __call__(
        self, _kind: type[BaseException], fault: BaseException, _trace: TracebackType | None
    ) -> None:
        """As `sys.excepthook` is called."""
        write_message(self._pipe, ForeignFault(text=f"{self.stage}: {told(fault)}"))


def told(fault: BaseException) -> str:
    """A fault in one clean line."""
    if isinstance(fault, TraderError):
        return sanitize(str(fault))
    words, line = str(fault), None
    if isinstance(fault, SyntaxError):
        words, line = fault.msg, fault.lineno
    where = "" if line is None else f" (line {line})"
    return f"{type(fault).__name__}: {sanitize(words)}{where}"


def loaded(path: Path) -> Strategy:
    """The strategy that a file defines.

    Raises:
        PluginError: it defines none.
    """
    strategy = getattr(_module(path), ATTRIBUTE, None)
    if not isinstance(strategy, Strategy):
        message = f"it defines no `{ATTRIBUTE} = Strategy(…)`; docs/strategies.md has an example"
        raise PluginError(message)
    return strategy


def _module(path: Path) -> ModuleType:
    spec = spec_from_file_location(f"user_strategy_{path.stem}", path)
    assert spec is not None, path
    assert spec.loader is not None, path
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def declared(strategy: Strategy) -> Declared:
    """What a strategy says about itself, for the way."""
    return Declared(
        name=strategy.name,
        title=strategy.title,
        says=strategy.says,
        parameters=tuple(
            ForeignParameter(
                name=one.name,
                default=one.default,
                low=one.low,
                high=one.high,
                unit=one.unit,
                help=one.help,
            )
            for one in strategy.parameters
        ),
        increasing=strategy.increasing,
    )


def answered(strategy: Strategy, ask: ForeignAsk) -> ForeignAnswer:
    """What the strategy says."""
    if isinstance(ask, AskForeignSignals):
        pairs = tuple(unpacked_pair(pair) for pair in ask.pairs)
        signals = strategy.signals_of(pairs, ask.choices)
        return ForeignSignals(signals=tuple(signal.tobytes() for signal in signals))
    return ForeignMemory(bars=int(strategy.memory_bars(ask.choices)))


def serve(path: Path, asks: IO[bytes], answers: IO[bytes], *, words: LastWords) -> None:
    """Load, declare, and answer until nobody asks any more."""
    strategy = loaded(path)
    words.stage = f"`{sanitize(strategy.name)}` fails on made candles"
    if faults := causality_faults(strategy):
        words.stage = f"`{sanitize(strategy.name)}` may not be used"
        message = f"tried on made candles, {faults[0]}"
        raise PluginError(message)
    words.stage = f"`{sanitize(strategy.name)}` fails on these candles"
    write_message(answers, declared(strategy))
    _live_for(0.0)
    while (body := read_bytes(asks, length_max=MESSAGE_BYTES_MAX)) is not None:
        ask = msgspec.msgpack.decode(body, type=ForeignAsk)
        _live_for(ask.seconds + GRACE_S)
        write_message(answers, answered(strategy, ask))
        _live_for(0.0)


def _live_for(seconds: float) -> None:
    """The kernel ends this process after so long, whatever it does then; 0 for no end."""
    signal.setitimer(signal.ITIMER_REAL, seconds)


def _own_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """Both pipes under other numbers: what the file prints or reads goes nowhere."""
    asks, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    return asks, answers


def main(path: str, seconds: str) -> None:
    """Serve one file."""
    _live_for(float(seconds) + GRACE_S)
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    asks, answers = _own_pipes()
    words = sys.excepthook = LastWords(answers)
    serve(Path(path), asks, answers, words=words)


if __name__ == "__main__":
    main(*sys.argv[1:])
