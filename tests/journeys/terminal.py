"""A real terminal (tmux) with the program in it, as its user sees it."""

import os
import shlex
import subprocess
import time
from pathlib import Path
from uuid import uuid4

POLL_S = 0.05


class Terminal:
    """One tmux server of its own, one pane, a shell command in it.

    Args:
        command: Run by a shell, so that the terminal's state after its end can be seen.
        size: Columns and rows.
        environment: Beside what tmux inherits.
    """

    def __init__(
        self, command: list[str], *, size: tuple[int, int], environment: dict[str, str], cwd: Path
    ) -> None:
        self._socket = f"journey-{uuid4().hex[:12]}"
        pairs = [f"{key}={shlex.quote(value)}" for key, value in environment.items()]
        inner = f"cd {shlex.quote(str(cwd))}; {shlex.join(command)}; echo LEFT-$?; exec sh"
        self._tmux(
            "-f", "/dev/null", "new-session", "-d", "-s", "s",
            "-x", str(size[0]), "-y", str(size[1]),
            f"env TERM=tmux-256color COLORTERM=truecolor {' '.join(pairs)} sh -c {shlex.quote(inner)}",
        )  # fmt: skip
        self._tmux("set", "-g", "status", "off")
        self._tmux("set", "-sg", "escape-time", "20")

    def type(self, *keys: str) -> None:
        """Press keys by their tmux names, one after the other."""
        for key in keys:
            self._tmux("send-keys", "-t", "s", key)
            time.sleep(POLL_S)

    def write(self, text: str) -> None:
        """Type text as it stands."""
        self._tmux("send-keys", "-t", "s", "-l", text)

    def text(self) -> str:
        """The screen, without colours."""
        return self._tmux("capture-pane", "-p", "-t", "s")

    def until(self, *wanted: str, seconds: float = 30.0) -> str:
        """Wait until every text is on the screen at once; the screen that shows them."""
        end = time.monotonic() + seconds
        screen = ""
        while time.monotonic() < end:
            screen = self.text()
            if all(text in screen for text in wanted):
                return screen
            time.sleep(POLL_S)
        missing = [text for text in wanted if text not in screen]
        message = f"{missing} never came within {seconds} s; the screen shows:\n{screen}"
        raise AssertionError(message)

    def until_gone(self, unwanted: str, seconds: float = 30.0) -> str:
        """Wait until the text has left the screen."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            screen = self.text()
            if unwanted not in screen:
                return screen
            time.sleep(POLL_S)
        message = f"{unwanted!r} stayed for {seconds} s:\n{self.text()}"
        raise AssertionError(message)

    def child_pid(self) -> int:
        """Process id of the program in the terminal."""
        shell = self._tmux("display-message", "-p", "-t", "s", "#{pane_pid}").strip()
        children = Path(f"/proc/{shell}/task/{shell}/children").read_text().split()
        return int(children[0])

    def modes(self) -> dict[str, str]:
        """What the program left switched on: alternate screen, mouse, cursor."""
        names = ("alternate_on", "mouse_any_flag", "cursor_flag")
        form = ",".join(f"#{{{name}}}" for name in names)
        values = self._tmux("display-message", "-p", "-t", "s", form).strip().split(",")
        return dict(zip(names, values, strict=True))

    def close(self) -> None:
        """End tmux and what runs in it (as a lost connection does)."""
        self._tmux("kill-server")

    def _tmux(self, *arguments: str) -> str:
        return subprocess.run(
            ["tmux", "-L", self._socket, *arguments],
            capture_output=True,
            text=True,
            check=False,
            # Named, because readline (which pytest loads) puts COLUMNS=80 and LINES=24 into the
            # environment behind Python's back, and every console would be as small as that.
            env=dict(os.environ),
        ).stdout
