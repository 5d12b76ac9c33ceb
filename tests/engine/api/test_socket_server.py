"""The socket: private, bounded, and unharmed by whatever comes in."""

import asyncio
import socket
import subprocess
import sys

import pytest

from tests.engine.client.forms import by_socket, served
from tests.engine.session.fakes import halt, place
from tui_trader.engine.api import connection, socket_server
from tui_trader.engine.api.socket_server import SocketServer
from tui_trader.engine.client import outbox as outbox_module
from tui_trader.engine.client import socket_client
from tui_trader.engine.client.conversation import carry_out
from tui_trader.engine.client.frames import (
    PROTOCOL_VERSION,
    AskQuery,
    EventFrame,
    Goodbye,
    Hello,
    SendCommand,
    Welcome,
    decode_server_frame,
    encode_frame,
)
from tui_trader.engine.client.mirror import Mirror
from tui_trader.engine.client.socket_client import connect
from tui_trader.engine.messages.queries import AskCandles, AskStatus, QueryFailed
from tui_trader.engine.session.session import Session
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.errors import NothingRunning, StoreError

HELLO = encode_frame(Hello(protocol=PROTOCOL_VERSION, name="raw"))


async def say(stage, *lines: bytes):
    """Send raw bytes, and return every frame that comes back until the connection closes."""
    reader, writer = await asyncio.open_unix_connection(str(stage.path), limit=2**24)
    try:
        for line in lines:
            writer.write(line)
        frames = []
        async with asyncio.timeout(20):
            while line := await reader.readline():
                frames.append(decode_server_frame(line))
    except ConnectionResetError:
        pass
    finally:
        writer.close()
    return frames


def farewell(frames) -> str:
    assert isinstance(frames[-1], Goodbye), frames[-1:]
    return frames[-1].reason


async def test_socket_is_private(isolated_home):
    async with served(isolated_home) as stage:
        assert stage.path.stat().st_mode & 0o777 == 0o600
    assert not stage.path.exists()


async def test_other_protocol_is_told_both_versions(isolated_home):
    async with served(isolated_home) as stage:
        frames = await say(stage, encode_frame(Hello(protocol=7, name="x")))
        assert f"protocol {PROTOCOL_VERSION}, the client 7" in farewell(frames)


GARBAGE = {
    "http": b"GET / HTTP/1.1\r\n\r\n",
    "empty": b"\n",
    "no type": b"{}\n",
    "null": b"null\n",
    "half a hello": b'{"type":"Hello"}\n',
    "a frame of ours": b'{"type":"Welcome"}\n',
    "not utf-8": b"\xff\xfe\x00\n",
    "deep": b'{"type":"Hello","protocol":1,"name":"x","y":' + b"[" * 100_000 + b"\n",
}
UNINTRODUCED = {
    "command": encode_frame(SendCommand(command=halt())),
    "query": encode_frame(AskQuery(query_id=1, query=AskStatus())),
}


async def is_unharmed(stage) -> bool:
    client = await by_socket(stage)
    await client.close()
    return stage.state.halt is None and not stage.running.done()


@pytest.mark.parametrize("name", GARBAGE | UNINTRODUCED)
async def test_garbage_instead_of_a_hello_closes_the_connection_only(isolated_home, name):
    async with served(isolated_home) as stage:
        frames = await say(stage, (GARBAGE | UNINTRODUCED)[name])
        assert "frame" in farewell(frames)
        assert await is_unharmed(stage)


@pytest.mark.parametrize("name", GARBAGE)
async def test_garbage_after_a_hello_closes_the_connection_only(isolated_home, name):
    async with served(isolated_home) as stage:
        frames = await say(stage, HELLO, GARBAGE[name])
        assert isinstance(frames[0], Welcome)
        assert "not a frame" in farewell(frames)
        assert await is_unharmed(stage)


async def test_control_characters_of_garbage_do_not_come_back(isolated_home):
    async with served(isolated_home) as stage:
        frames = await say(stage, HELLO, b'{"type":"\\u001b]0;evil"}\n')
        assert "\x1b" not in farewell(frames)


async def test_second_hello_is_a_mistake(isolated_home):
    async with served(isolated_home) as stage:
        assert "second Hello" in farewell(await say(stage, HELLO, HELLO))


async def test_line_without_an_end_is_cut_off(isolated_home):
    async with served(isolated_home) as stage:
        frames = await say(stage, HELLO, b"x" * (connection.LINE_BYTES_MAX * 3))
        # The engine may close before it has read everything; then the Goodbye may be lost.
        assert not frames or isinstance(frames[0], Welcome)
        assert not stage.running.done()
        await (await by_socket(stage)).close()


async def test_client_that_says_nothing_is_let_go(isolated_home, monkeypatch):
    monkeypatch.setattr(connection, "HELLO_S", 0.05)
    async with served(isolated_home) as stage:
        assert "no Hello came" in farewell(await say(stage))


async def test_more_clients_than_the_maximum_are_turned_away(isolated_home, monkeypatch):
    monkeypatch.setattr(socket_server, "CLIENTS_MAX", 3)
    async with served(isolated_home) as stage:
        clients = [await by_socket(stage) for _ in range(3)]
        with pytest.raises(NothingRunning, match="3 clients are attached"):
            await by_socket(stage)
        await clients.pop().close()
        await stage.until(lambda: len(stage.session._publisher._outboxes) == 2)
        await asyncio.sleep(0.05)
        clients.append(await by_socket(stage))
        for client in clients:
            await client.close()


async def test_questions_of_one_client_are_bounded(isolated_home, monkeypatch):
    monkeypatch.setattr(connection, "QUESTIONS_MAX", 2)
    async with served(isolated_home) as stage:
        client = await by_socket(stage)
        query = AskCandles(symbol="BTC/USD", interval=Interval.M1, count=3)
        answers = await asyncio.gather(*[client.ask(query) for _ in range(4)])
        assert sum(isinstance(answer, QueryFailed) for answer in answers) == 2
        await client.close()


async def test_slow_client_is_dropped_and_nobody_else_notices(isolated_home, monkeypatch):
    monkeypatch.setattr(connection, "FAREWELL_S", 0.05)
    monkeypatch.setattr(socket_server, "WAITING_BYTES_MAX", 1024)
    monkeypatch.setattr(
        outbox_module.Outbox.__init__, "__kwdefaults__", {"events_max": 50, "market_every_s": 0.1}
    )
    async with served(isolated_home) as stage:
        stalled = socket.socket(socket.AF_UNIX)
        stalled.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        stalled.connect(str(stage.path))
        stalled.sendall(HELLO)
        await stage.until(lambda: stage.session._publisher._outboxes)
        healthy = await by_socket(stage)
        mirror = Mirror(healthy.welcome)
        for _ in range(1_000):
            await carry_out(healthy, place(quantity="1000"), mirror=mirror)
            if len(stage.session._publisher._outboxes) == 1:
                break
        assert len(stage.session._publisher._outboxes) == 1
        await carry_out(healthy, place(quantity="1000"), mirror=mirror)
        await asyncio.sleep(0.2)
        with pytest.raises(ConnectionError):
            stalled.sendall(b"x" * 10_000_000)
        stalled.close()
        await healthy.close()


async def test_reader_that_does_not_fetch_makes_the_engine_wait_not_grow(
    isolated_home, monkeypatch
):
    monkeypatch.setattr(socket_client, "Outbox", lambda **_: outbox_module.Outbox(events_max=5))
    async with served(isolated_home) as stage:
        idle, busy = await by_socket(stage), await by_socket(stage)
        taking = asyncio.create_task(drain(busy))
        for _ in range(40):
            await busy.send(place(quantity="1000"))
        await stage.until(lambda: stage.journal.kinds().count("CommandRefused") == 40)
        await asyncio.sleep(0.05)
        assert len(idle._outbox._events) == 5
        await busy.close()
        await taking
        await idle.close()


async def drain(client):
    async for _ in client.updates():
        pass


async def test_goodbye_arrives_when_the_engine_stops(isolated_home):
    async with served(isolated_home) as stage:
        saying = asyncio.create_task(say(stage, HELLO))
        await stage.until(lambda: stage.session._publisher._outboxes)
        await stage.stop()
        assert farewell(await saying) == "the engine has stopped"


async def test_nobody_there_is_one_sentence(isolated_home):
    with pytest.raises(NothingRunning, match=r"no engine runs in .*; start one with"):
        await connect(isolated_home, name="test")


async def test_what_was_sent_before_leaving_is_heard(isolated_home):
    """A client that closes with events unread would take back its own last words."""
    async with served(isolated_home) as stage:
        staying = await by_socket(stage)
        sent = set()
        for _ in range(30):
            leaving = await by_socket(stage, name="leaving")
            for _ in range(3):
                await staying.send(place(quantity="1000"))
            last = place(quantity="1000")
            sent.add(last.command_id)
            await leaving.send(last)
            await leaving.close()
            # It comes back when the engine has heard everything and let it go.
            assert len(stage.session._publisher._outboxes) == 1
        heard = set()
        async for frame in staying.updates():
            if isinstance(frame, EventFrame) and frame.event.command_id in sent:
                heard.add(frame.event.command_id)
            if heard == sent:
                break
        assert heard == sent
        await staying.close()


async def test_socket_that_was_left_behind_is_nobody(isolated_home):
    isolated_home.mkdir()
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(isolated_home / "engine.sock"))
    left.close()
    with pytest.raises(NothingRunning, match="no engine runs"):
        await connect(isolated_home, name="test")


async def test_engine_that_does_not_answer_is_said_to_be_so(isolated_home):
    isolated_home.mkdir()
    mute = socket.socket(socket.AF_UNIX)
    mute.bind(str(isolated_home / "engine.sock"))
    mute.listen()
    with pytest.raises(NothingRunning, match=r"did not answer within 0\.05 s"):
        await connect(isolated_home, name="test", timeout_s=0.05)
    mute.close()


async def test_somebody_else_on_the_socket_is_no_engine(isolated_home):
    isolated_home.mkdir()

    async def babble(reader, writer):
        writer.write(b"220 smtp ready\n")
        writer.close()

    server = await asyncio.start_unix_server(babble, isolated_home / "engine.sock")
    with pytest.raises(NothingRunning, match="no engine of this version"):
        await connect(isolated_home, name="test")
    server.close()


async def test_socket_that_cannot_be_made_is_a_store_error(isolated_home):
    session = object.__new__(Session)
    with pytest.raises(StoreError, match="cannot be opened"):
        await SocketServer(session, isolated_home / "missing" / "x.sock").open()


def test_client_is_light():
    script = (
        "import sys, time; before = time.perf_counter()\n"
        "import tui_trader.engine.client.socket_client, tui_trader.engine.client.conversation\n"
        "heavy = {'numpy', 'pydantic', 'aiohttp', 'ccxt', 'textual', 'sqlite3'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
