"""A rehearsal run beside the console: `exchange drill NAME --json`, with its steps as they come.

Law: it has a home, an engine and an exchange of its own, and it alone can end them. So it is never killed
while it works, only interrupted: then it clears away what it started.
"""

import asyncio
import signal
import subprocess
from collections.abc import Callable
from typing import IO

import msgspec

from tui_trader.engine.values.errors import TraderError
from tui_trader.engine.values.text import sanitize
from tui_trader.widgets.drill_board import DrillStep, DrillVerdict

LINE_BYTES_MAX = 256 * 1024
ANSWER_BYTES_MAX = 8 * 1024 * 1024
EXIT_SURVIVED, EXIT_FAILED = 0, 4
_PREFIX = "tui-trader: "


class DrillBroke(TraderError):
    """The rehearsal came to no verdict; the message is its own last sentence."""


class _Document(msgspec.Struct, frozen=True, kw_only=True):
    """What `exchange drill --json` prints, as far as the console tells it."""

    drills: tuple[DrillVerdict, ...]


class DrillRun:
    """One rehearsal in a process of its own.

    Args:
        words: Interpreter and module of this program.
        watch: Told each step.
    """

    def __init__(self, words: tuple[str, ...], *, watch: Callable[[DrillStep], None]) -> None:
        self._words, self._watch = words, watch
        self._process: subprocess.Popen[bytes] | None = None
        self.is_given_up = False

    def give_up(self) -> None:
        """Interrupt it; it clears away what it started, and ends."""
        self.is_given_up = True
        self._interrupt()

    def _interrupt(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)

    async def verdict(self, name: str) -> DrillVerdict:
        """Run the drill of that name to its end.

        Raises:
            DrillBroke: it came to no verdict.
        """
        # Not through asyncio: a loop that closes kills the processes it started.
        try:
            process = self._process = subprocess.Popen(  # noqa: S603, ASYNC220 (our own program; it starts at once)
                [*self._words, "exchange", "drill", name, "--json"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                # A terminal that hangs up must not end it half-way.
                start_new_session=True,
            )
        except (OSError, IndexError) as error:
            message = "this console cannot run its own program"
            raise DrillBroke(message) from error
        try:
            assert process.stdout is not None
            assert process.stderr is not None
            told, said = await asyncio.gather(
                _whole(process.stdout), self._last_words(process.stderr)
            )
            # It has closed both pipes: it is at its end.
            status = await asyncio.to_thread(process.wait)
        finally:
            self._interrupt()
        if status not in {EXIT_SURVIVED, EXIT_FAILED}:
            raise DrillBroke(said or f"it ended with status {status} and said nothing")
        return _verdict(told)

    async def _last_words(self, file: IO[bytes]) -> str:
        """The last line for people; steps go to `watch`."""
        said, stream = "", await _reader(file)
        while True:
            try:
                row = await stream.readline()
            except ValueError:
                # Longer than any sentence of ours: the rest of it comes as further lines.
                continue
            if not row:
                return said
            try:
                self._watch(msgspec.json.decode(row, type=DrillStep))
            except (msgspec.DecodeError, UnicodeDecodeError):
                words = sanitize(row.decode(errors="replace").strip())
                said = words.removeprefix(_PREFIX) or said


async def _reader(file: IO[bytes]) -> asyncio.StreamReader:
    stream = asyncio.StreamReader(limit=LINE_BYTES_MAX)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(stream), file)
    return stream


async def _whole(file: IO[bytes]) -> bytes:
    stream, parts, size = await _reader(file), [], 0
    while part := await stream.read(LINE_BYTES_MAX):
        size += len(part)
        if size > ANSWER_BYTES_MAX:
            message = f"its answer is longer than {ANSWER_BYTES_MAX // 1024 // 1024} MB"
            raise DrillBroke(message)
        parts.append(part)
    return b"".join(parts)


def _verdict(told: bytes) -> DrillVerdict:
    try:
        return msgspec.json.decode(told, type=_Document).drills[0]
    except (msgspec.DecodeError, IndexError, UnicodeDecodeError) as error:
        message = "its verdict cannot be read"
        raise DrillBroke(message) from error
