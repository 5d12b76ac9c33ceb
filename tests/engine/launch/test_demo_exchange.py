"""The local exchange is trusted only after it was looked at."""

import asyncio
import json
import os
import socket
import subprocess

import pytest

from tui_trader.engine.launch import demo_exchange
from tui_trader.engine.launch.demo_exchange import DemoExchange, DemoExchangeFailed
from tui_trader.engine.settings.model import DemoSettings
from tui_trader.engine.stores.home import Home, HomeLock
from tui_trader.engine.values.errors import HomeBusy


@pytest.fixture
def home(isolated_home):
    home = Home(isolated_home)
    home.prepare()
    return home


@pytest.fixture
def exchange(home):
    return DemoExchange(home, DemoSettings(), [].append)


def write_card(home, port, *, host="127.0.0.1", pid=None, is_replay=False):
    card = {
        "rest": f"http://{host}:{port}",
        "ws": f"ws://{host}:{port}/v2",
        "key": "k",
        "secret": "s",
        "pid": pid or os.getpid(),
        "is_replay": is_replay,
    }
    (home.exchange / "serve.json").write_text(json.dumps(card))


class Held:
    """The lock of the exchange, held by somebody."""

    def __init__(self, home):
        class At:
            lock = home.exchange / "lock"
            path = home.path

        self.lock = HomeLock(At)


async def reply(text: bytes):
    async def answer(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(text)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    return server, server.sockets[0].getsockname()[1]


OK = b'HTTP/1.1 200 OK\r\n\r\n{"error":[],"result":{"status":"online"}}'


async def test_exchange_that_runs_and_answers_is_attached_to(home, exchange):
    server, port = await reply(OK)
    write_card(home, port)
    held = Held(home)
    exchange.begin()
    address = await exchange.address()
    assert (address.port, address.host) == (port, f"127.0.0.1:{port}")
    assert exchange._child is None
    held.lock.release()
    # Nobody holds the lock now, so the pid may be anybody's: it is left alone.
    await exchange.end()
    server.close()


@pytest.mark.parametrize(
    "answer",
    [b"", b"SSH-2.0\r\n", b"HTTP/1.1 404 Not Found\r\n\r\n{}", b"HTTP/1.1 200 OK\r\n\r\n<html>"],
)
async def test_something_else_that_answers_is_not_trusted(home, exchange, answer, monkeypatch):
    monkeypatch.setattr(demo_exchange, "START_S", 0.2)
    server, port = await reply(answer)
    write_card(home, port)
    held = Held(home)
    exchange.begin()
    with pytest.raises(HomeBusy, match="does not answer as a demo exchange"):
        await exchange.address()
    held.lock.release()
    server.close()


@pytest.mark.parametrize(
    "card",
    [
        "",
        "{}",
        "[]",
        '{"rest": 1}',
        '{"rest":"http://127.0.0.1:1","ws":"","key":"","secret":"","pid":1}',
    ],
)
async def test_card_that_makes_no_sense_is_ignored(home, exchange, card):
    (home.exchange / "serve.json").write_text(card)
    assert exchange._read() is None


async def test_card_that_points_elsewhere_is_ignored(home, exchange):
    write_card(home, 80, host="192.0.2.1")
    assert exchange._read() is None


@pytest.fixture
def uncollected_pid():
    """A process that has ended and whose parent has not looked yet."""
    dead = subprocess.Popen(["true"])
    os.waitid(os.P_PID, dead.pid, os.WEXITED | os.WNOWAIT)
    yield dead.pid
    dead.wait()


async def test_dead_exchange_that_nobody_collected_is_started_again(
    home, exchange, uncollected_pid, monkeypatch
):
    spawned = asyncio.Future()
    monkeypatch.setattr(demo_exchange, "WATCH_S", 0.01)
    monkeypatch.setattr(DemoExchange, "_spawn", lambda _, port: spawned.set_result(port))
    server, port = await reply(b'HTTP/1.1 200 OK\r\n\r\n{"result": {"status": "online"}}')
    write_card(home, port, pid=uncollected_pid)
    held = Held(home)
    await exchange.address()
    held.lock.release()
    watching = asyncio.create_task(exchange.watch())
    async with asyncio.timeout(5):
        assert await spawned == port
    watching.cancel()
    server.close()


async def test_nothing_takes_the_place_of_a_replay_that_died(home, uncollected_pid, monkeypatch):
    monkeypatch.setattr(demo_exchange, "WATCH_S", 0.01)
    monkeypatch.setattr(
        DemoExchange, "_spawn", lambda *_: pytest.fail("another market was started")
    )
    told = asyncio.Queue()
    exchange = DemoExchange(home, DemoSettings(), told.put_nowait)
    server, port = await reply(OK)
    write_card(home, port, pid=uncollected_pid, is_replay=True)
    held = Held(home)
    exchange.begin()
    await exchange.address()
    held.lock.release()
    watching = asyncio.create_task(exchange.watch())
    async with asyncio.timeout(20):
        assert f"with --port {port}" in await told.get()
        held = Held(home)
        write_card(home, port, is_replay=True)
        assert await told.get() == "the replay is served again"
    watching.cancel()
    held.lock.release()
    server.close()


def test_an_engine_does_not_begin_in_another_market_than_its_account(home, exchange):
    write_card(home, 1, is_replay=True)
    with pytest.raises(DemoExchangeFailed, match="trades in a recorded market"):
        exchange.begin()


async def test_exchange_that_ends_at_once_is_told_with_its_last_words(home, exchange, monkeypatch):
    monkeypatch.setattr(demo_exchange.sys, "executable", "/bin/sh")
    exchange.begin()
    with pytest.raises(DemoExchangeFailed, match=r"ended with code \d+"):
        await exchange.address()
    await exchange.end()


async def test_program_that_is_not_there_is_told(home, exchange, monkeypatch):
    monkeypatch.setattr(demo_exchange.sys, "executable", str(home.path / "missing"))
    with pytest.raises(DemoExchangeFailed, match="could not be started"):
        exchange.begin()


def test_port_is_kept_when_it_is_free():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert demo_exchange._free_port(port) == 0
    assert demo_exchange._free_port(port) == port
