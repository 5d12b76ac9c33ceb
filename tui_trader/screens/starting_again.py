"""After a failure of the console: `r` starts it again, `!` stops trading, anything else leaves.

Law: nothing starts by itself. A console that fails again at once waits for the next `r`.
"""

import subprocess
from collections.abc import Callable, Sequence

from tui_trader.screens.leaving import ConsoleExit, Departure

QUESTION = "r starts the console again, ! stops trading now, any other key leaves: "
_HALT_MAX_S = 30.0


def run_until_left(
    run: Callable[[], ConsoleExit],
    *,
    read_key: Callable[[str], str],
    halt: Callable[[], str],
) -> ConsoleExit:
    """Run the console, and after each failure as the person says.

    Args:
        run: Runs a console until it ends.
        read_key: Asks for one key; empty when nobody is there to press one.
        halt: Stops trading; what came of it, in words.
    """
    while True:
        end = run()
        if end.how is not Departure.CRASHED:
            return end
        key = read_key(QUESTION)
        while key == "!":
            key = read_key(f"{halt()}\n{QUESTION}")
        if key != "r":
            return end


def halted_beside(command: Sequence[str]) -> str:
    """Run the program's own `halt`; it needs no console, and no engine either."""
    if not command:
        return "this console cannot stop anything"
    try:
        done = subprocess.run(  # noqa: S603 our own program, with arguments of our own
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_HALT_MAX_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"STOP did not come through ({type(error).__name__}): tui-trader halt"
    if done.returncode:
        return f"STOP may not have come through (exit {done.returncode}): tui-trader halt"
    return "Trading is HALTED: every order cancelled, no new ones."
