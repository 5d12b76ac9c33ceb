"""The program itself, run beside the console: a process of its own, of low priority, that can be cancelled.

Law: nothing here computes. What a command prints as JSON comes back as bytes; what it says of its progress
is handed on line by line; a refusal is the sentence that the command says to people.
"""

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress

import msgspec

from tui_trader.engine.values.backtests import BacktestStep
from tui_trader.engine.values.errors import TraderError
from tui_trader.engine.values.text import sanitize
from tui_trader.widgets.program import Program

NICENESS = 10
"""What computes waits for the engine and for keys."""
ANSWER_BYTES_MAX = 64 * 1024 * 1024
LINE_BYTES_MAX = 64 * 1024
END_SECONDS = 2.0
"""A process that does not end by then is killed."""
_PREFIX = "tui-trader: "


class ProgramRefused(TraderError):
    """The command said no, or broke; the message is its own last sentence."""


async def answer_of(
    program: Program,
    arguments: tuple[str, ...],
    *,
    watch: Callable[[BacktestStep], None] = lambda _: None,
) -> bytes:
    """What a command prints on stdout; cancelling this ends the process too.

    Args:
        program: What to call.
        arguments: The command and its own arguments.
        watch: Told each step that comes as JSON on stderr.

    Raises:
        ProgramRefused: it ended with another status than 0, cannot be started, or says too much.
    """
    if not program.words:
        message = "this console knows no program to run beside itself"
        raise ProgramRefused(message)
    try:
        process = await asyncio.create_subprocess_exec(
            *program.words,
            *arguments,
            *program.options,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=LINE_BYTES_MAX,
        )
    except OSError as error:
        message = f"{program.words[0]} cannot be started ({error.strerror})"
        raise ProgramRefused(message) from error
    try:
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, process.pid, NICENESS)
        assert process.stdout is not None
        assert process.stderr is not None
        told, said = await asyncio.gather(
            _whole(process.stdout), _last_words(process.stderr, watch=watch)
        )
        status = await process.wait()
    finally:
        await _end(process)
    if status:
        raise ProgramRefused(said or f"it ended with status {status} and said nothing")
    return told


async def _whole(stream: asyncio.StreamReader) -> bytes:
    parts, size = [], 0
    while part := await stream.read(LINE_BYTES_MAX):
        size += len(part)
        if size > ANSWER_BYTES_MAX:
            message = f"the answer is longer than {ANSWER_BYTES_MAX // 1024 // 1024} MB"
            raise ProgramRefused(message)
        parts.append(part)
    return b"".join(parts)


async def _last_words(
    stream: asyncio.StreamReader, *, watch: Callable[[BacktestStep], None]
) -> str:
    """The last line for people; lines of progress go to `watch`."""
    said = ""
    while True:
        try:
            row = await stream.readline()
        except ValueError:
            # Longer than any sentence of ours: the rest of it comes as further lines.
            continue
        if not row:
            return said
        try:
            watch(msgspec.json.decode(row, type=BacktestStep))
        except (msgspec.DecodeError, UnicodeDecodeError):
            words = sanitize(row.decode(errors="replace").strip())
            said = words.removeprefix(_PREFIX) or said


async def _end(process: asyncio.subprocess.Process) -> None:
    """Nothing of ours runs on when nobody waits for it."""
    if process.returncode is not None:
        return
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(END_SECONDS):
            await process.wait()
    except TimeoutError:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
