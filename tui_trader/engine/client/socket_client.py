"""An engine client over the engine's unix socket.

Light on purpose: a console loads this before it can paint. Only the standard library and the vocabulary.
"""

import asyncio
import contextlib
import os
import socket
import struct
from collections import deque
from pathlib import Path

import msgspec

from tui_trader.engine.client.address import find_socket
from tui_trader.engine.client.frames import (
    PROTOCOL_VERSION,
    AnswerFrame,
    AskQuery,
    ClientFrame,
    EventFrame,
    Goodbye,
    Hello,
    MarketFrame,
    PulseFrame,
    SendCommand,
    ServerFrame,
    Welcome,
    decode_server_frame,
    encode_frame,
)
from tui_trader.engine.client.outbox import Outbox
from tui_trader.engine.client.protocol import EngineClient
from tui_trader.engine.messages.commands import Command
from tui_trader.engine.messages.queries import Answer, Query
from tui_trader.engine.values.errors import NothingRunning

CONNECT_TIMEOUT_S = 5.0
ANSWER_TIMEOUT_S = 30.0
SEND_TIMEOUT_S = 5.0
FAREWELL_S = 1.0
"""An engine that hangs keeps nobody longer."""
FRAME_BYTES_MAX = 256 * 1024 * 1024
"""A Welcome of ten years of orders is far below; more is not our engine."""
_CHUNK_BYTES = 256 * 1024
_CREDENTIALS = struct.Struct("3i")


async def connect(
    home: Path, *, name: str, is_read_only: bool = False, timeout_s: float = CONNECT_TIMEOUT_S
) -> EngineClient:
    """Attach to the engine that runs in `home`.

    The name says who attaches; commands without an actor get it. The engine turns a client away that
    attached as read-only and sends a command all the same.

    Raises:
        NothingRunning: no engine answers there; the message says what was found instead.
    """
    path = find_socket(home)
    try:
        async with asyncio.timeout(timeout_s):
            reader, writer = await asyncio.open_unix_connection(str(path), limit=_CHUNK_BYTES)
            client = SocketClient(reader, writer)
            hello = Hello(protocol=PROTOCOL_VERSION, name=name, is_read_only=is_read_only)
            try:
                await client.attach(hello)
            finally:
                if not client.is_attached:
                    writer.transport.abort()
            return client
    except (FileNotFoundError, ConnectionRefusedError) as error:
        message = f"no engine runs in {home}; start one with: tui-trader start"
        raise NothingRunning(message) from error
    except TimeoutError as error:
        message = f"the engine in {home} did not answer within {timeout_s:g} s; look at its log in {home / 'logs'}"
        raise NothingRunning(message) from error
    except OSError as error:
        message = f"the engine in {home} cannot be reached ({error.strerror or error})"
        raise NothingRunning(message) from error


class SocketClient:
    """The `EngineClient` on a connected stream; made by `connect`."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._frames = FrameReader(reader)
        self._writer = writer
        self._outbox = Outbox(market_every_s=0.0)
        self._answers: dict[int, asyncio.Future[Answer]] = {}
        self._question_count = 0
        self._reading: asyncio.Task[None] | None = None
        self._welcome: Welcome | None = None
        self._lost = ""

    @property
    def welcome(self) -> Welcome:
        """The snapshot this client started from."""
        assert self._welcome is not None
        return self._welcome

    @property
    def is_attached(self) -> bool:
        """The engine has taken this client in."""
        return self._welcome is not None

    async def attach(self, hello: Hello) -> None:
        """Introduce ourselves and take the snapshot.

        Raises:
            NothingRunning: the engine does not want this client.
        """
        _require_own_engine(self._writer)
        self._writer.write(encode_frame(hello))
        try:
            frame = await self._frames.next()
        except BadServer as error:
            message = f"what listens there is no engine of this version ({error})"
            raise NothingRunning(message) from error
        if isinstance(frame, Welcome):
            self._welcome = frame
            self._reading = asyncio.create_task(self._read())
            return
        message = "the engine closed the connection"
        raise NothingRunning(frame.reason if isinstance(frame, Goodbye) else message)

    async def send(self, command: Command) -> None:
        """Hand a command over."""
        await self._write(SendCommand(command=command))

    async def ask(self, query: Query) -> Answer:
        """Answer to a read-only question."""
        self._question_count += 1
        number = self._question_count
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._answers[number] = answer
        try:
            await self._write(AskQuery(query_id=number, query=query))
            async with asyncio.timeout(ANSWER_TIMEOUT_S):
                return await answer
        except TimeoutError as error:
            message = f"the engine did not answer within {ANSWER_TIMEOUT_S:g} s"
            raise NothingRunning(message) from error
        finally:
            del self._answers[number]

    def updates(self) -> Outbox:
        """Everything after the snapshot, in order; ends when the engine is gone."""
        return self._outbox

    async def close(self) -> None:
        """Detach once the engine has heard what was sent; it trades on."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.wait({self._reading})
            if not self._lost:
                await self._take_leave()
        self._lose("this client has detached")

    async def _take_leave(self) -> None:
        # Who closes a socket with something unread in it takes back what was said last.
        with contextlib.suppress(OSError, BadServer):
            async with asyncio.timeout(FAREWELL_S):
                self._writer.write_eof()
                while await self._frames.next() is not None:
                    pass

    async def _read(self) -> None:
        reason = "the engine is gone"
        try:
            while (frame := await self._frames.next()) is not None:
                self._take(frame)
                # A reader who does not fetch makes us stop here; the socket fills, and the engine
                # lets us go. Memory stays bounded on both sides.
                await self._outbox.room()
        except (OSError, BadServer) as error:
            reason = f"the connection to the engine broke ({error})"
        self._lose(reason)

    def _take(self, frame: ServerFrame) -> None:
        match frame:
            case EventFrame():
                self._outbox.put_event(frame)
            case MarketFrame():
                self._outbox.put_market(frame.reports)
            case PulseFrame():
                self._outbox.put_pulse(frame)
            case AnswerFrame():
                waiting = self._answers.get(frame.query_id)
                if waiting is not None and not waiting.done():
                    waiting.set_result(frame.answer)
            case Goodbye():
                self._outbox.end(frame.reason)
                self._lose(frame.reason)
            case Welcome():
                message = "a second Welcome came"
                raise BadServer(message)

    async def _write(self, frame: ClientFrame) -> None:
        if self._lost:
            raise NothingRunning(self._lost)
        try:
            async with asyncio.timeout(SEND_TIMEOUT_S):
                self._writer.write(encode_frame(frame))
                await self._writer.drain()
        except (OSError, TimeoutError) as error:
            message = f"the engine is gone ({str(error) or 'it does not listen'})"
            raise NothingRunning(message) from error

    def _lose(self, reason: str) -> None:
        self._lost = self._lost or reason
        self._outbox.end(None)
        for waiting in self._answers.values():
            if not waiting.done():
                waiting.set_exception(NothingRunning(self._lost))
        self._writer.close()


class BadServer(Exception):
    """What listens on the socket does not speak our protocol."""


class FrameReader:
    """Frames of a stream; a snapshot among them can be far larger than a line that asyncio reads."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader
        self._lines: deque[bytes] = deque()
        self._pieces: list[bytes] = []
        self._size = 0

    async def next(self) -> ServerFrame | None:
        """The next frame, or `None` at the end; loses nothing when it is cancelled.

        Raises:
            BadServer: what came is no frame.
        """
        while not self._lines:
            chunk = await self._reader.read(_CHUNK_BYTES)
            if not chunk:
                return None
            self._cut(chunk)
        line = self._lines.popleft()
        try:
            return decode_server_frame(line)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            message = f"not a frame: {error}"
            raise BadServer(message) from error

    def _cut(self, chunk: bytes) -> None:
        *heads, rest = chunk.split(b"\n")
        for head in heads:
            self._lines.append(b"".join((*self._pieces, head)))
            self._pieces, self._size = [], 0
        self._pieces.append(rest)
        self._size += len(rest)
        if self._size > FRAME_BYTES_MAX:
            message = f"a frame is longer than {FRAME_BYTES_MAX:,} bytes"
            raise BadServer(message)


def _require_own_engine(writer: asyncio.StreamWriter) -> None:
    option = getattr(socket, "SO_PEERCRED", None)
    if option is None:
        return
    peer = writer.get_extra_info("socket")
    _, user_id, _ = _CREDENTIALS.unpack(
        peer.getsockopt(socket.SOL_SOCKET, option, _CREDENTIALS.size)
    )
    if user_id != os.getuid():
        message = "the engine there belongs to another user"
        raise NothingRunning(message)
