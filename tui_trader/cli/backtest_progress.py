"""How far a backtest is, on stderr: a line for people, or JSON lines for a program that waits."""

import sys
import time
from types import TracebackType
from typing import Self

import msgspec

from tui_trader.cli.narration import tell
from tui_trader.cli.progress import ProgressLine
from tui_trader.engine.values.backtests import BacktestStep

WORDS, JSON = "words", "json"
PARTS = 100


class Steps:
    """Progress in hundredths.

    Args:
        form: WORDS or JSON.
    """

    def __init__(self, form: str) -> None:
        self._is_json = form == JSON
        self._line = ProgressLine()
        self._begun_s = time.monotonic()

    def at(self, done: int, subject: str) -> None:
        """Say that so many hundredths are done."""
        if not self._is_json:
            self._line.show(done / PARTS, subject)
            return
        taken_s = time.monotonic() - self._begun_s
        left_s = round(taken_s * (PARTS - done) / done, 1) if done else None
        self._tell(BacktestStep(done=done, planned=PARTS, step=subject, left_s=left_s))

    def say(self, text: str) -> None:
        """Say something that is no hundredth."""
        if self._is_json:
            self._tell(BacktestStep(done=0, planned=PARTS, step=text, left_s=None))
            return
        self._line.clear()
        tell(text)

    def _tell(self, step: BacktestStep) -> None:
        sys.stderr.write(msgspec.json.encode(step).decode() + "\n")
        sys.stderr.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._line.clear()
