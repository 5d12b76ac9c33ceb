"""The terminal as it is: which colours it shows, and whether it is still there.

Nothing here imports Textual, because Textual reads its environment when it is imported.
"""

import os
import sys
import termios
import time
import tty
from collections.abc import Mapping
from contextlib import suppress

# Terminals that show 24-bit colours but whose COLORTERM an ssh session does not carry over.
_TRUECOLOR_TERMS = frozenset(
    {"alacritty", "contour", "foot", "foot-extra", "wezterm", "xterm-ghostty", "xterm-kitty"}
)
# Textual takes these for 16 colours; each has shown 256 for decades.
_256_COLOUR_TERMS = frozenset({"rxvt", "screen", "tmux", "xterm"})


def console_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Textual's settings for a console that is used over ssh; what the user set stays.

    No animation, no smooth scrolling and no long wait after Escape: each costs bytes or time.
    """
    wanted = {
        "TEXTUAL_ANIMATIONS": "none",
        "TEXTUAL_SMOOTH_SCROLL": "0",
        "ESCDELAY": "50",
        # Only how soon after a key a changed screen may go out, not how often an idle one does.
        "TEXTUAL_FPS": "120",
        "TEXTUAL_COLOR_SYSTEM": _colour_system(environment),
    }
    return {name: value for name, value in wanted.items() if name not in environment}


def _colour_system(environment: Mapping[str, str]) -> str:
    if environment.get("COLORTERM", "").lower() in {"truecolor", "24bit"}:
        return "truecolor"
    term = environment.get("TERM", "")
    if term in _TRUECOLOR_TERMS or term.endswith("-direct"):
        return "truecolor"
    return "256" if term in _256_COLOUR_TERMS else "auto"


def read_key(question: str) -> str:
    """Ask on the terminal for one key; empty when it is gone, or for ctrl+c and ctrl+d.

    What was typed before the question does not count: it was meant for something else.
    """
    stdin, stderr = sys.__stdin__, sys.__stderr__
    if stdin is None or stderr is None or not stdin.isatty():
        return ""
    descriptor = stdin.fileno()
    try:
        before = termios.tcgetattr(descriptor)
        tty.setcbreak(descriptor, termios.TCSAFLUSH)
    except (OSError, termios.error):
        return ""
    try:
        stderr.write(question)
        stderr.flush()
        key = os.read(descriptor, 1).decode("ascii", "ignore")
        stderr.write("\n")
    except (OSError, KeyboardInterrupt):
        return ""
    finally:
        with suppress(OSError, termios.error):
            termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
    return key if key.isprintable() else ""


CHECK_PAUSE_S = 2.0


class TerminalWatch:
    """Notices that the terminal hung up: reading from it would then return nothing, for ever."""

    def __init__(self) -> None:
        stdin = sys.__stdin__
        self._descriptor = stdin.fileno() if stdin is not None and stdin.isatty() else None
        self._looked_s = float("-inf")

    def is_found_gone(self) -> bool:
        """`is_gone`, looked at now and then."""
        # By a clock nobody sets: one that was set back, or stands still, would end the looking.
        now_s = time.monotonic()
        if now_s - self._looked_s < CHECK_PAUSE_S:
            return False
        self._looked_s = now_s
        return self.is_gone()

    def is_gone(self) -> bool:
        """Whether there was a terminal and is none any more."""
        if self._descriptor is None:
            return False
        try:
            termios.tcgetattr(self._descriptor)
        except (OSError, termios.error):
            return True
        return False
