"""What survives: restarts, kills, torn writes."""

import json
import os
import signal
import subprocess
import sys
import time
from decimal import Decimal
from io import FileIO
from types import SimpleNamespace

import pytest

from tests.engine.exchanges.local_kraken.visitors import Visitor
from tui_trader.engine.exchanges.local_kraken.journal import ExchangeJournal
from tui_trader.engine.exchanges.local_kraken.server import serve
from tui_trader.engine.exchanges.local_kraken.venue import ServeConfig
from tui_trader.engine.exchanges.simulator.account import Account
from tui_trader.engine.exchanges.simulator.matching import MatchingEngine
from tui_trader.engine.values.errors import HomeBusy, StoreError

DRIVER = "import sys; from tui_trader.__main__ import main; sys.exit(main(sys.argv[1:]))"


@pytest.fixture
def start_process(tmp_path):
    """Starts `exchange serve` in a home of its own; kills what is left at the end."""
    started = []

    def start(*options):
        command = [sys.executable, "-c", DRIVER, "exchange", "serve", "--json", "--speed", "0"]
        process = subprocess.Popen(
            [*command, "--home", str(tmp_path), *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def card_of(process):
    return SimpleNamespace(**json.loads(process.stdout.readline()))


async def test_killed_exchange_comes_back_with_orders_fills_and_balances(start_process):
    process = start_process()
    async with Visitor(card_of(process)) as visitor:
        await visitor.buy("0.01")
        await visitor.buy("0.02", "1000", cl_ord_id="rests")
        before = [
            await visitor.private(name) for name in ("BalanceEx", "OpenOrders", "TradesHistory")
        ]
        process.kill()
        process.wait()
    async with Visitor(card_of(start_process())) as visitor:
        after = [
            await visitor.private(name) for name in ("BalanceEx", "OpenOrders", "TradesHistory")
        ]
        assert after == before
        cancelled = await visitor.private("CancelOrder", cl_ord_id="rests")
        assert cancelled["result"] == {"count": 1}


async def test_restarted_exchange_goes_on_at_the_same_price(tmp_path):
    prices = []
    for _ in range(2):
        async with serve(ServeConfig(journal=tmp_path / "j.jsonl", speed=1)) as exchange:
            prices.append(exchange.venue.markets["BTC/USD"].bbo()[0])
    assert prices[1] == pytest.approx(prices[0], rel=0.002)


async def test_resting_order_is_filled_after_a_restart(open_exchange, tmp_path):
    config = ServeConfig(journal=tmp_path / "j.jsonl", speed=0)
    async with serve(config) as exchange, Visitor(exchange) as visitor:
        await visitor.buy("0.01", visitor.best_bid_text(percent_below=2))
    async with serve(config) as exchange, Visitor(exchange) as visitor:
        await visitor.control(fault="move", percent=-5)
        (order,) = (await visitor.private("ClosedOrders"))["result"]["closed"].values()
        assert order["status"] == "closed"


async def rows_of_two_orders(path):
    async with serve(ServeConfig(journal=path, speed=0)) as exchange, Visitor(exchange) as visitor:
        await visitor.buy("0.01", "1000", cl_ord_id="first")
        await visitor.buy("0.0001", cl_ord_id="second")
    return path.read_bytes()


async def test_torn_write_is_cut_to_the_last_whole_step(tmp_path):
    path = tmp_path / "journal.jsonl"
    whole = await rows_of_two_orders(path)
    first_step_ends = whole.index(b'"kind":"order"', whole.index(b'"first"') + 30)
    kept = whole[: whole.rindex(b"\n", 0, first_step_ends) + 1]
    for cut in (*range(len(kept) + 1, len(whole), 37), len(whole) - 1):
        path.write_bytes(whole[:cut])
        journal = ExchangeJournal(path)
        journal.close()
        assert path.read_bytes() == kept, cut


async def test_damage_in_the_middle_is_told_and_nothing_is_overwritten(tmp_path):
    path = tmp_path / "journal.jsonl"
    whole = await rows_of_two_orders(path)
    damaged = whole.replace(b'"kind":"order"', b'"kind":"riddle"', 1)
    path.write_bytes(damaged)
    with pytest.raises(StoreError, match="line 2 cannot be read"):
        ExchangeJournal(path)
    assert path.read_bytes() == damaged


def test_full_disk_is_named(tmp_path):
    journal = ExchangeJournal(tmp_path / "journal.jsonl")
    journal.close()
    journal._file = FileIO("/dev/full", "ab")
    deposit = MatchingEngine({}, Account(), new_id=lambda _: "x", tape_id_first=1).deposit(
        "USD", Decimal(1), now_ms=0
    )
    with pytest.raises(StoreError, match="No space left"):
        journal.append(deposit.events)
    journal.close()


def test_journal_that_cannot_be_opened_exits_with_2(start_process, tmp_path):
    process = start_process("--journal", str(tmp_path))
    _, story = process.communicate(timeout=20)
    assert process.returncode == 2
    assert "Is a directory" in story


async def test_two_exchanges_never_share_a_journal(tmp_path):
    config = ServeConfig(journal=tmp_path / "journal.jsonl", speed=0)
    async with serve(config):
        with pytest.raises(HomeBusy, match="already writing"):
            async with serve(config):
                pass


async def test_taken_port_is_a_conflict(tmp_path):
    async with serve(ServeConfig(journal=tmp_path / "one.jsonl", speed=0)) as exchange:
        port = int(exchange.rest.rsplit(":", 1)[1])
        with pytest.raises(HomeBusy, match=f"port {port}"):
            async with serve(ServeConfig(journal=tmp_path / "two.jsonl", port=port)):
                pass


async def test_unwritable_journal_ends_the_exchange(open_exchange):
    visitor = await open_exchange()
    visitor.exchange.venue.close()
    with pytest.raises(AssertionError):
        await visitor.buy("0.01", "50000")
    assert isinstance(visitor.exchange.failure.exception(), ValueError)


def test_address_card_is_private_and_goes_with_the_exchange(start_process, tmp_path):
    process = start_process("--cash", "123.45")
    card = card_of(process)
    path = tmp_path / "exchange" / "serve.json"
    written = json.loads(path.read_text())
    assert written == {**vars(card), "pid": process.pid, "is_replay": False}
    assert path.stat().st_mode & 0o777 == 0o600
    assert '"123.4500"' in (tmp_path / "exchange" / "journal.jsonl").read_text()
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=5) == 0
    assert time.monotonic() - began < 2
    assert not path.exists()


def test_second_exchange_of_a_home_exits_with_3_and_says_so(start_process):
    card_of(start_process())
    second = start_process()
    _, story = second.communicate(timeout=20)
    assert second.returncode == 3
    assert "already serving" in story


@pytest.mark.parametrize(
    "option",
    [
        ("--port", "70000"),
        ("--speed", "-1"),
        ("--cash", "none"),
        ("--cash", "1e400"),
        ("--fault", "earthquake"),
        ("--fault", "refuse:3"),
        ("--start", "tomorrow"),
        ("--replay", "nowhere.csv", "--pair", "BTC/USD"),
    ],
)
def test_wrong_option_exits_with_2(start_process, option):
    process = start_process(*option)
    _, story = process.communicate(timeout=20)
    assert process.returncode == 2
    assert option[1] in story


def test_interrupt_ends_it_like_sigterm(start_process):
    process = start_process()
    card_of(process)
    os.kill(process.pid, signal.SIGINT)
    assert process.wait(timeout=5) == 0
