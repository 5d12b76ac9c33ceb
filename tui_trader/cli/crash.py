"""Report of a bug: what broke and where, without one value that the program held."""

import os
import re
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from tui_trader.engine.config.home import choose_home
from tui_trader.engine.values.text import sanitize

FRAMES_MAX = 60
LINES_MAX = 500
DEPTH_MAX = 10
REPORT_MODE = 0o600

# A key or secret of an exchange is a long run of base64; names and paths are broken by other signs.
_KEY = re.compile(r"(?<![\w/.-])[A-Za-z0-9+/]{40,}={0,2}(?![\w/.-])")


def report_crash(bug: BaseException, arguments: Sequence[str]) -> str:
    """Write the report into the home's logs; the sentence for the user."""
    kind = f"{type(bug).__name__}: {redacted(str(bug))}"
    text = crash_report(bug, arguments)
    try:
        folder = choose_home(_home_in(arguments), os.environ) / "logs"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        stamp = datetime.now(tz=UTC).strftime("%Y%m%d-%H%M%S")
        path = folder / f"crash-{stamp}-{os.getpid()}.txt"
        write_private(path, text)
    except OSError as error:
        return (
            f"{text}\ntui-trader: this is a bug ({kind}); no report was written: {error.strerror}"
        )
    return f"tui-trader: this is a bug ({kind}). Please file the report {path}"


def crash_report(bug: BaseException, arguments: Sequence[str]) -> str:
    """Type, message and places of `bug` and of what caused it; no locals, no option values."""
    # The package index of the interpreter, 20 ms, which every command would wait for.
    from tui_trader.cli.version import version_lines

    lines = [*version_lines(), f"command: {_command_shape(arguments)}"]
    lines += _story(bug)[:LINES_MAX]
    return "\n".join(lines) + "\n"


def _story(bug: BaseException, *, depth_left: int = DEPTH_MAX) -> list[str]:
    lines = [f"{type(bug).__name__}: {redacted(str(bug))}"]
    lines += [
        f"  {_short(frame.filename)}:{frame.lineno} in {frame.name}"
        for frame in traceback.extract_tb(bug.__traceback__)[-FRAMES_MAX:]
    ]
    inner = bug.exceptions if isinstance(bug, BaseExceptionGroup) else ()
    for earlier in (*inner, bug.__cause__ or bug.__context__):
        if earlier is not None and depth_left:
            lines += _story(earlier, depth_left=depth_left - 1)
    return lines


def redacted(message: str) -> str:
    """One clean line without anything that looks like a key."""
    return _KEY.sub("[redacted]", sanitize(message))


def write_private(path: Path, text: str) -> None:
    """Write a new file that only its owner can read."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, REPORT_MODE)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def _command_shape(arguments: Sequence[str]) -> str:
    """Words and option names; a value may be a key or a path, so it stays away."""
    return " ".join(
        argument.partition("=")[0] if argument.startswith("--") else "…" for argument in arguments
    )


def _short(filename: str) -> str:
    """Path from the package or the library on, without the machine's folders."""
    parts = Path(filename).parts
    for anchor in ("tui_trader", "site-packages"):
        if anchor in parts:
            return "/".join(parts[parts.index(anchor) :])
    return "/".join(parts[-2:])


def _home_in(arguments: Sequence[str]) -> str | None:
    """Home that the arguments name, found without the parser: it may be what broke."""
    for position, argument in enumerate(arguments):
        if argument == "--home" and position + 1 < len(arguments):
            return arguments[position + 1]
        if argument.startswith("--home="):
            return argument.partition("=")[2]
    return None
