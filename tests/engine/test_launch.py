"""A whole engine on the local exchange: it starts, trades, survives, and ends in order."""

import asyncio
import gc
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import uuid
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path

import pytest

from tui_trader.engine.client.conversation import carry_out, follow_order
from tui_trader.engine.client.mirror import Mirror
from tui_trader.engine.client.socket_client import connect
from tui_trader.engine.launch import LaunchOptions, run_engine
from tui_trader.engine.messages.commands import PlaceOrder, ResumeTrading, ShutDownEngine
from tui_trader.engine.messages.queries import AskStatus
from tui_trader.engine.settings.model import DemoSettings, MarketSettings, Settings
from tui_trader.engine.state.trading_state import TradingState
from tui_trader.engine.stores.home import HaltLatch, Home, HomeLock, is_locked
from tui_trader.engine.stores.journal import SqliteJournal
from tui_trader.engine.values.errors import ConfigError, HomeBusy, NothingRunning, StoreError
from tui_trader.engine.values.modes import Mode
from tui_trader.engine.values.orders import OrderStatus, OrderType, Side

SETTINGS = Settings(
    market=MarketSettings(pairs=("BTC/USD",)), demo=DemoSettings(speed=Decimal("0.5"))
)
SCRIPT = """
import asyncio, pathlib, sys
from decimal import Decimal
from tui_trader.engine.launch import LaunchOptions, run_engine
from tui_trader.engine.settings.model import MarketSettings, Settings
from tui_trader.engine.values.modes import Mode
say = lambda text: print(text, file=sys.stderr, flush=True)
options = LaunchOptions(
    home=pathlib.Path(sys.argv[1]), mode=Mode.DEMO, version="test", tell=say,
    show=lambda entry: say(entry.event), settings=Settings(market=MarketSettings(pairs=("BTC/USD",))),
)
sys.exit(asyncio.run(run_engine(options)))
"""


class Story:
    def __init__(self) -> None:
        self.told = []
        self.shown = []

    def options(self, home: Path, **changes) -> LaunchOptions:
        given = {"mode": Mode.DEMO, "settings": SETTINGS, "version": "test"} | changes
        return LaunchOptions(home=home, tell=self.told.append, show=self.shown.append, **given)


@asynccontextmanager
async def running(home: Path, **changes):
    """An engine in this process, and a client that is ready to trade."""
    story = Story()
    engine = asyncio.create_task(run_engine(story.options(home, **changes)))
    client = await attached(home, engine)
    mirror = Mirror(client.welcome)
    try:
        yield engine, client, mirror, story
    finally:
        if not engine.done():
            await client.close()
            ending = await connect(home, name="test")
            await ending.send(ShutDownEngine(command_id=new_id(), actor="test"))
            await asyncio.wait({engine})
            await ending.close()
        await client.close()


async def attached(home: Path, engine=None):
    for _ in range(400):
        assert engine is None or not engine.done(), engine.result()
        try:
            return await connect(home, name="test")
        except NothingRunning:
            await asyncio.sleep(0.05)
    raise AssertionError(home)


async def reconciled(client, mirror, *, seconds=30.0):
    async with asyncio.timeout(seconds):
        while not (mirror.state.is_reconciled and mirror.market.books and mirror.market.tickers):
            mirror.apply(await anext(client.updates()))


async def buy(client, mirror, quantity="0.001"):
    name = new_id()
    command = PlaceOrder(
        command_id=new_id(),
        actor="test",
        client_order_id=name,
        symbol="BTC/USD",
        side=Side.BUY,
        order_type=OrderType.MARKET,
        quantity_base=Decimal(quantity),
        price=None,
    )
    await carry_out(client, command, mirror=mirror)
    return await follow_order(client, mirror, name, until=lambda order: order.status.is_terminal)


def new_id():
    return str(uuid.uuid4())


def exchange_card(home: Path) -> dict:
    return json.loads((home / "exchange" / "serve.json").read_text())


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A child that ended and was not waited for still has its number.
    return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"


async def test_demo_engine_trades_and_ends_in_order(isolated_home):
    async with running(isolated_home) as (engine, client, mirror, story):
        await reconciled(client, mirror)
        order = await buy(client, mirror)
        assert order.status is OrderStatus.FILLED
        status = await client.ask(AskStatus())
        assert status.mode == "demo"
        assert [item.symbol for item in status.positions] == ["BTC/USD"]
        card = json.loads((isolated_home / "engine.json").read_text())
        assert card["pid"] == os.getpid()
        exchange_pid = exchange_card(isolated_home)["pid"]
        before_s = time.monotonic()
        await client.send(ShutDownEngine(command_id=new_id(), actor="test"))
        assert await engine == 0
        assert time.monotonic() - before_s < 5
    assert not is_running(exchange_pid)
    for name in ("engine.json", "engine.sock", "exchange/serve.json"):
        assert not (isolated_home / name).exists(), name
    assert not is_locked(isolated_home / "engine.lock")
    state = TradingState()
    journal = SqliteJournal(Home(isolated_home).journal)
    for entry in journal.read():
        state.apply(entry.event)
    journal.close()
    async for frame in client.updates():
        mirror.apply(frame)
    assert state == mirror.state
    assert len(story.shown) == mirror.sequence
    assert mirror.farewell == "the engine has stopped"


async def test_second_engine_of_a_home_is_refused(isolated_home):
    home = Home(isolated_home)
    home.prepare()
    with HomeLock(home), pytest.raises(HomeBusy, match=f"pid {os.getpid()}"):
        await run_engine(Story().options(isolated_home))


@pytest.mark.parametrize("mode", [Mode.PAPER, Mode.LIVE])
async def test_modes_with_real_prices_wait(isolated_home, mode):
    story = Story()
    assert await run_engine(story.options(isolated_home, mode=mode)) == 4
    assert "waits for" in story.told[0]
    assert not isolated_home.exists()


async def test_pair_that_is_not_listed_is_a_configuration_error(isolated_home):
    settings = Settings(market=MarketSettings(pairs=("NO/SUCH",)))
    with pytest.raises(ConfigError, match="NO/SUCH"):
        await run_engine(Story().options(isolated_home, settings=settings))
    assert not (isolated_home / "exchange" / "serve.json").exists()


async def test_latch_that_waits_in_the_home_halts_and_goes_with_the_resume(isolated_home):
    home = Home(isolated_home)
    home.prepare()
    home.write_halt(HaltLatch(actor="cli", reason="flash crash", time_ms=1))
    async with running(isolated_home) as (_, client, mirror, _):
        async with asyncio.timeout(10):
            while mirror.state.halt is None:
                mirror.apply(await anext(client.updates()))
        assert (mirror.state.halt.actor, mirror.state.halt.reason) == ("cli", "flash crash")
        assert mirror.state.halt.time_ms == 1
        assert home.halt.exists()
        command = ResumeTrading(command_id=new_id(), actor="test")
        await carry_out(client, command, mirror=mirror)
        assert mirror.state.halt is None
        assert not home.halt.exists()


async def test_latch_that_is_left_beside_a_running_engine_counts(isolated_home):
    async with running(isolated_home) as (_, client, mirror, _):
        Home(isolated_home).write_halt(HaltLatch(actor="cli", reason="no answer", time_ms=1))
        async with asyncio.timeout(10):
            while mirror.state.halt is None:
                mirror.apply(await anext(client.updates()))


async def test_latch_that_cannot_be_removed_halts_again_and_ends_nothing(isolated_home):
    home = Home(isolated_home)
    async with running(isolated_home) as (_, client, mirror, story):
        home.halt.mkdir()
        async with asyncio.timeout(10):
            while mirror.state.halt is None:
                mirror.apply(await anext(client.updates()))
            command = ResumeTrading(command_id=new_id(), actor="test")
            await carry_out(client, command, mirror=mirror)
            while mirror.state.halt is None:
                mirror.apply(await anext(client.updates()))
        assert any("cannot be removed" in text for text in story.told)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_journal_that_fails_ends_the_engine_with_1(isolated_home, monkeypatch):
    async with running(isolated_home) as (engine, client, mirror, story):
        await reconciled(client, mirror)

        def fail(self, events, inputs):
            message = "database or disk is full"
            raise sqlite3.OperationalError(message)

        monkeypatch.setattr(SqliteJournal, "_write", fail)
        with pytest.raises(NothingRunning, match="is the disk full"):
            await buy(client, mirror)
        assert await engine == 1
        assert any("is the disk full" in text for text in story.told)
        # Orders may rest at the exchange, so it stays for the next engine.
        exchange_pid = exchange_card(isolated_home)["pid"]
        assert is_running(exchange_pid)
        os.kill(exchange_pid, signal.SIGTERM)
        await asyncio.to_thread(os.waitpid, exchange_pid, 0)
    # Python warns of a child that was left on purpose as soon as nobody remembers it: now.
    gc.collect()


async def test_damaged_journal_refuses_to_start(isolated_home):
    home = Home(isolated_home)
    home.prepare()
    home.journal.write_bytes(b"rubbish" * 1_000)
    with pytest.raises(StoreError, match=r"journal\.sqlite"):
        await run_engine(Story().options(isolated_home))
    assert not is_locked(home.lock)


async def test_exchange_that_dies_is_started_again_at_its_port(isolated_home):
    async with running(isolated_home) as (_, client, mirror, story):
        await reconciled(client, mirror)
        first = await buy(client, mirror)
        card = exchange_card(isolated_home)
        os.kill(card["pid"], signal.SIGKILL)
        async with asyncio.timeout(20):
            while mirror.state.is_reconciled:
                mirror.apply(await anext(client.updates()))
        await reconciled(client, mirror)
        assert exchange_card(isolated_home)["rest"] == card["rest"]
        assert exchange_card(isolated_home)["pid"] != card["pid"]
        assert mirror.state.orders[first.client_order_id].filled_base == Decimal("0.001")
        assert any("started again" in text for text in story.told)


def start(home: Path):
    return subprocess.Popen([sys.executable, "-c", SCRIPT, str(home)], stderr=subprocess.PIPE)


async def test_killed_engine_leaves_the_exchange_and_the_next_one_attaches(isolated_home):
    with start(isolated_home) as first:
        client = await attached(isolated_home)
        mirror = Mirror(client.welcome)
        await reconciled(client, mirror)
        order = await buy(client, mirror)
        card = exchange_card(isolated_home)
        first.kill()
        first.communicate()
    await client.close()
    assert is_running(card["pid"])
    with start(isolated_home) as second:
        client = await attached(isolated_home)
        mirror = Mirror(client.welcome)
        assert mirror.state.orders[order.client_order_id].status is OrderStatus.FILLED
        await reconciled(client, mirror)
        assert exchange_card(isolated_home) == card
        second.send_signal(signal.SIGHUP)
        await client.ask(AskStatus())
        before_s = time.monotonic()
        second.send_signal(signal.SIGTERM)
        async for frame in client.updates():
            mirror.apply(frame)
        assert mirror.farewell == "the engine has stopped"
        _, said = await asyncio.to_thread(second.communicate)
        assert time.monotonic() - before_s < 5
        assert second.returncode == 0, said.decode()
        assert b"ended" in said
    await client.close()
    assert not is_running(card["pid"])
