"""A user's strategy file at work: a child process that is asked, timed and, if need be, ended.

Law: no file of a user is ever run in this process. A child that takes too long is killed, and one that dies
costs the answer it owed; the next question starts another.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Sequence
from pathlib import Path

import msgspec

from tui_trader.engine.analysis.candles import Candles
from tui_trader.engine.analysis.strategy import Choices, SignalArray
from tui_trader.engine.backtest.foreign_messages import (
    ANSWER_BYTES_MAX,
    AskForeignMemory,
    AskForeignSignals,
    Declared,
    ForeignAnswer,
    ForeignAsk,
    ForeignFault,
    ForeignMemory,
    ForeignSignals,
    packed_pair,
    unpacked_signals,
)
from tui_trader.engine.backtest.foreign_pipes import LOOK_S, ChildPipes, Overtime, has_exited
from tui_trader.engine.values.errors import PluginError
from tui_trader.engine.values.text import sanitize

CHILD = "tui_trader.engine.backtest.foreign_child"
LOAD_S_MAX = 60.0
SAY_S_MAX = 30.0
SAY_S_PER_CANDLE = 1e-4
"""A file that looks at each candle in plain Python takes a tenth of that for each."""
FAREWELL_S = 5.0
FAULT_LENGTH_MAX = 600
OURS = "TUI_TRADER_"
"""Settings in the environment, keys among them: a file of a user has no use for them."""


class ForeignProgram:
    """One file; its child starts with the first question.

    Args:
        path: The file, which exists.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._process: subprocess.Popen[bytes] | None = None
        self._declared: Declared | None = None
        self._end_process: weakref.finalize[..., ForeignProgram] | None = None
        self._lock = threading.Lock()
        self._is_over = False
        _PROGRAMS.add(self)

    def declared(self) -> Declared:
        """What the file says about itself.

        Raises:
            PluginError: it cannot be loaded, is not causal, or took too long.
        """
        with self._lock:
            self._run()
            assert self._declared is not None, self._path
            return self._declared

    def memory_bars(self, choices: Choices) -> int:
        """Candles, the last included, that decide a signal.

        Raises:
            PluginError: it fails, or takes too long.
        """
        answer = self._answer(AskForeignMemory(choices=dict(choices), seconds=SAY_S_MAX))
        assert isinstance(answer, ForeignMemory), answer
        return answer.bars

    def signals(self, candles: Sequence[Candles], choices: Choices) -> Sequence[SignalArray]:
        """Signals of every pair.

        Raises:
            PluginError: it fails, takes too long, or does not keep its word.
        """
        lengths = [len(pair) for pair in candles]
        ask = AskForeignSignals(
            choices=dict(choices),
            pairs=tuple(packed_pair(pair) for pair in candles),
            seconds=SAY_S_MAX + SAY_S_PER_CANDLE * sum(lengths),
        )
        answer = self._answer(ask)
        assert isinstance(answer, ForeignSignals), answer
        return unpacked_signals(answer, lengths)

    def end(self) -> None:
        """No more answers, from whatever thread one is awaited: it fails at once."""
        self._is_over = True
        process = self._process
        if process is not None:
            _kill(process)

    def _answer(self, ask: ForeignAsk) -> ForeignAnswer:
        kind = ForeignSignals if isinstance(ask, AskForeignSignals) else ForeignMemory
        with self._lock:
            self._run()
            return self._exchange(ask, kind=kind, seconds=ask.seconds)

    def _run(self) -> None:
        """Start a child where none lives, and let it load the file."""
        if self._process is None:
            self._process = self._start()
            self._end_process = weakref.finalize(self, _end, self._process)
            declared = self._exchange(None, kind=Declared, seconds=LOAD_S_MAX)
            assert isinstance(declared, Declared), declared
            self._declared = declared

    def _start(self) -> subprocess.Popen[bytes]:
        if self._is_over:
            message = f"{self._path}: nobody may ask any more"
            raise PluginError(message)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        # -P: a file beside the one that is loaded must not take the place of a library.
        command = [sys.executable, "-P", "-B", "-m", CHILD, str(self._path), str(LOAD_S_MAX)]
        try:
            return subprocess.Popen(  # noqa: S603 (our own interpreter and module)
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                env=kept,
                start_new_session=True,
            )
        except OSError as error:
            message = f"{self._path}: no process could be started for it: {error.strerror}"
            raise PluginError(message) from error

    def _exchange(
        self, ask: ForeignAsk | None, *, kind: type[ForeignAnswer], seconds: float
    ) -> ForeignAnswer:
        """Ask, and wait for the answer no longer than that."""
        process, end_s = self._process, time.monotonic() + seconds
        assert process is not None, self._path
        pipes, body, is_late, has_ended = ChildPipes(process), None, False, False
        try:
            if ask is not None:
                pipes.send(msgspec.msgpack.encode(ask), end_s=end_s)
            body = pipes.receive(length_max=ANSWER_BYTES_MAX, end_s=end_s)
            has_ended = body is None
        except Overtime:
            is_late = True
        finally:
            # Also where somebody pressed Ctrl-C meanwhile, who does not want to wait.
            if body is None:
                self._forget(wait_s=FAREWELL_S if has_ended else 0.0)
        if body is None:
            late = f"took longer than {seconds:.0f} s" if is_late else _death(process)
            message = f"{self._path}: {late}"
            raise PluginError(message)
        return self._believed(body, kind)

    def _believed(self, body: bytes, kind: type[ForeignAnswer]) -> ForeignAnswer:
        try:
            answer = msgspec.msgpack.decode(body, type=ForeignAnswer)
        except msgspec.DecodeError:
            answer = ForeignFault(text="said what nobody can read")
        if isinstance(answer, kind):
            return answer
        self._forget()
        said = answer.text if isinstance(answer, ForeignFault) else "said what nobody asked"
        message = f"{self._path}: {sanitize(said, length_max=FAULT_LENGTH_MAX)}"
        raise PluginError(message)

    def _forget(self, *, wait_s: float = 0.0) -> None:
        """End the child; first let it end by itself, so that its exit code is its own."""
        process, self._process = self._process, None
        assert process is not None, self._path
        assert self._end_process is not None, self._path
        until_s = time.monotonic() + wait_s
        while not (has_exited(process) or self._is_over) and time.monotonic() < until_s:
            time.sleep(LOOK_S)
        self._end_process()


def end_foreign_programs() -> None:
    """End every child, for a process that wants to end itself."""
    for program in tuple(_PROGRAMS):
        program.end()


_PROGRAMS: weakref.WeakSet[ForeignProgram] = weakref.WeakSet()


def _kill(process: subprocess.Popen[bytes]) -> None:
    # Its own session: what it may have started goes with it.
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)


def _end(process: subprocess.Popen[bytes]) -> None:
    _kill(process)
    for pipe in (process.stdin, process.stdout):
        # What was not written has nobody to read it.
        with contextlib.suppress(OSError):
            if pipe is not None:
                pipe.close()
    process.wait()


def _death(process: subprocess.Popen[bytes]) -> str:
    code = process.returncode
    if code is None or code >= 0:
        return f"ended its process instead of answering (exit code {code})"
    return f"its process was ended by signal {-code} ({signal.Signals(-code).name})"
