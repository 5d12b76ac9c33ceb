"""The process boundary: every ending of `tui-trader` becomes an exit code and a readable sentence."""

import io
import os
import sys
from collections.abc import Sequence

from tui_trader.cli.crash import report_crash
from tui_trader.cli.dispatch import run_command_line
from tui_trader.cli.exit_codes import EXIT_BUG, EXIT_INTERRUPTED, EXIT_OK, exit_code_of
from tui_trader.cli.narration import tell
from tui_trader.engine.values.errors import TraderError
from tui_trader.engine.values.text import sanitize

_LINE_LENGTH_MAX = 4_000


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line; the exit code means what `exit_codes` says.

    Args:
        argv: Arguments without the program's name; those of the process if left out.
    """
    _mend_streams()
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        code = run_command_line(arguments)
    except BrokenPipeError:
        code = EXIT_OK
    except KeyboardInterrupt:
        code = EXIT_INTERRUPTED
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else EXIT_OK
    except TraderError as error:
        tell(f"tui-trader: {_printable(str(error))}")
        code = exit_code_of(error)
    except Exception as bug:  # noqa: BLE001
        tell(report_crash(bug, arguments))
        code = EXIT_BUG
    _flush()
    return code


def _printable(text: str) -> str:
    """What a terminal shows and does not obey: a sentence may name a file, and files have any name."""
    return "\n".join(sanitize(line, length_max=_LINE_LENGTH_MAX) for line in text.split("\n"))


def _mend_streams() -> None:
    """Let every word go somewhere, whatever the caller closed and whatever its locale can show."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            # Closed by the caller (`>&-`). Left so, a print to stderr would end up on stdout.
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w"))
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def _flush() -> None:
    """Let the last words out. A reader that went away (`| head`) is no fault."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        # Python would complain when it flushes again at exit: stdout ends in the void from here on.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
