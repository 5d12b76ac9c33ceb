"""One client on the socket, from its Hello to the Goodbye.

Law: whatever a client sends, slowly, wrongly or not at all, costs the engine a bounded amount of
memory and no time of its loop; the worst that happens is that this connection closes.
"""

import asyncio
from typing import assert_never

import msgspec

from tui_trader.engine.client.frames import (
    PROTOCOL_VERSION,
    AnswerFrame,
    AskQuery,
    ClientFrame,
    Goodbye,
    Hello,
    SendCommand,
    decode_client_frame,
    encode_frame,
)
from tui_trader.engine.client.in_process import Host, Seat
from tui_trader.engine.messages.queries import Answer, QueryFailed
from tui_trader.engine.values.text import sanitize

LINE_BYTES_MAX = 1024 * 1024
HELLO_S = 5.0
FAREWELL_S = 2.0
"""How long a client that is being let go may take to read what is left for it."""
QUESTIONS_MAX = 16
"""Questions of one client that may be under way at once."""


class BadFrame(Exception):
    """The client sent something that is not a frame; the text says what."""


class Connection:
    """Speaks frames with one client.

    Args:
        host: The session it is attached to after its Hello.
    """

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: Host
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._host = host
        self._questions: set[asyncio.Task[None]] = set()

    async def serve(self) -> None:
        """Serve until the client leaves or is let go."""
        try:
            async with asyncio.timeout(HELLO_S):
                hello = await self._hello()
        except TimeoutError:
            await self.dismiss(f"no Hello came within {HELLO_S:g} s")
        except BadFrame as error:
            await self.dismiss(str(error))
        else:
            if hello is not None:
                await self._converse(self._host.attach(hello))

    async def dismiss(self, reason: str) -> None:
        """Say goodbye to a client that was never attached."""
        self._writer.write(encode_frame(Goodbye(reason=reason)))
        try:
            async with asyncio.timeout(FAREWELL_S):
                await self._writer.drain()
        except (TimeoutError, ConnectionError):
            return

    async def _hello(self) -> Hello | None:
        frame = await self._frame()
        if frame is None:
            return None
        if not isinstance(frame, Hello):
            message = f"the first frame must be a Hello, not {type(frame).__name__}"
            raise BadFrame(message)
        if frame.protocol != PROTOCOL_VERSION:
            message = (
                f"this engine speaks protocol {PROTOCOL_VERSION}, the client {frame.protocol}: "
                "use the same tui-trader for both"
            )
            raise BadFrame(message)
        return frame

    async def _converse(self, seat: Seat) -> None:
        reading = asyncio.create_task(self._read(seat))
        writing = asyncio.create_task(self._write(seat))
        letting_go = asyncio.create_task(seat.outbox.ended.wait())
        tasks = (reading, writing, letting_go)
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if not writing.done():
                await asyncio.wait({writing}, timeout=FAREWELL_S)
        finally:
            seat.leave()
            for task in (*tasks, *self._questions):
                task.cancel()
            found = await asyncio.gather(*tasks, *self._questions, return_exceptions=True)
        for error in found:
            # Anything but these is a bug of ours and must not be swallowed.
            if isinstance(error, Exception) and not isinstance(error, ConnectionError):
                raise error

    async def _read(self, seat: Seat) -> None:
        try:
            while (frame := await self._frame()) is not None:
                match frame:
                    case SendCommand():
                        seat.command(frame.command)
                    case AskQuery():
                        self._ask(seat, frame)
                    case Hello():
                        seat.outbox.end("a second Hello; attach again instead")
                    case _:
                        assert_never(frame)
        except BadFrame as error:
            seat.outbox.end(str(error))
        else:
            seat.outbox.end(None)

    async def _write(self, seat: Seat) -> None:
        self._writer.write(seat.welcome_line)
        await self._writer.drain()
        async for frame in seat.outbox:
            self._writer.write(encode_frame(frame))
            await self._writer.drain()

    def _ask(self, seat: Seat, frame: AskQuery) -> None:
        if len(self._questions) >= QUESTIONS_MAX:
            reason = f"{QUESTIONS_MAX} questions are under way; wait for their answers"
            self._say(frame.query_id, QueryFailed(reason=reason))
            return
        task = asyncio.create_task(self._answer(seat, frame))
        self._questions.add(task)
        task.add_done_callback(self._questions.discard)

    async def _answer(self, seat: Seat, frame: AskQuery) -> None:
        self._say(frame.query_id, await seat.answer(frame.query))
        # Holds the place of the question until the client has taken its answer, which bounds them.
        await self._writer.drain()

    def _say(self, query_id: int, answer: Answer) -> None:
        self._writer.write(encode_frame(AnswerFrame(query_id=query_id, answer=answer)))

    async def _frame(self) -> ClientFrame | None:
        try:
            line = await self._reader.readuntil(b"\n")
        except asyncio.IncompleteReadError:
            return None
        except ConnectionError:
            return None
        except asyncio.LimitOverrunError:
            message = f"a line is longer than {LINE_BYTES_MAX:,} bytes"
            raise BadFrame(message) from None
        try:
            return decode_client_frame(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            message = f"this is not a frame: {sanitize(str(error))}"
            raise BadFrame(message) from error
