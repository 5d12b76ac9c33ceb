"""What is left when the console itself fails: a report without secrets, and a few plain words.

Law: no local variables, no arguments, no environment: file, line and function of each frame, and
the error with everything that looks like a key or a token masked.
"""

import re
import traceback
from pathlib import Path

from textual.worker import WorkerFailed

from tui_trader import __version__
from tui_trader.engine.values.text import sanitize
from tui_trader.engine.values.time import format_rfc3339

_SECRET = re.compile(r"[A-Za-z0-9+/_=-]{24,}")
_MESSAGE_LENGTH_MAX = 500
_CAUSES_MAX, _FRAMES_MAX = 5, 40


def record_crash(error: BaseException, *, folder: Path | None, now_ms: int) -> Path | None:
    """Write the report, readable by its owner alone; `None` when there is no place for it."""
    if folder is None:
        return None
    path = folder / f"console-crash-{now_ms}.txt"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        path.write_text(crash_report(error, now_ms=now_ms))
    except OSError:
        return None
    return path


def crash_report(error: BaseException, *, now_ms: int) -> str:
    """The report as text."""
    lines = [f"tui-trader console {__version__}", f"time: {format_rfc3339(now_ms)}"]
    each: BaseException | None = error
    for _ in range(_CAUSES_MAX):
        if each is None:
            break
        lines += ["" if each is error else "caused by", f"error: {_masked(each)}"]
        lines += [
            f"{Path(frame.filename).name}:{frame.lineno} in {frame.name}"
            for frame in traceback.extract_tb(each.__traceback__)[-_FRAMES_MAX:]
        ]
        each = _cause(each)
    return "\n".join(lines) + "\n"


def _cause(error: BaseException) -> BaseException | None:
    """What is behind it; a worker of Textual's wraps the error that ended it."""
    if isinstance(error, WorkerFailed):
        return error.error
    return error.__cause__ or error.__context__


def crash_words(error: BaseException, report: Path | None) -> str:
    """What the person reads after the terminal was restored."""
    where = f"Report: {report}" if report is not None else "No report could be written."
    return (
        f"The tui-trader console failed: {_masked(error)}\n"
        "The engine is a process of its own and keeps running.\n"
        f"{where}\n"
        "Start `tui-trader` again to attach; `tui-trader halt` stops trading from a shell."
    )


def _masked(error: BaseException) -> str:
    text = sanitize(str(error), length_max=_MESSAGE_LENGTH_MAX)
    return f"{type(error).__name__}: {_SECRET.sub('[masked]', text)}"
