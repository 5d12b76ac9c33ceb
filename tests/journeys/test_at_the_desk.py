"""The one true path at the desk: keys in a real terminal, judged by the exchange's own journal."""

import json
import os
import signal
import time

import pytest

from tests.journeys.conftest import Desk, is_alive, kill, wait_for
from tests.journeys.terminal import Terminal

pytestmark = pytest.mark.journey
SIZES = [(120, 36), (80, 24)]
RESTORED = {"alternate_on": "0", "mouse_any_flag": "0", "cursor_flag": "1"}
START_S = 60
STOP_S = 2
"""From the key to the last cancel accepted, by the bar of the reliability rules."""


def fill_by_key(console: Terminal, key: str, title: str, amount: str) -> None:
    """Open a ticket, type an amount, send it at the market, and press Enter once too often."""
    console.type(key)
    console.until(title)
    console.write(amount)
    console.until("checks pass")
    console.type("Enter", "Enter")
    console.until("FILLED")
    console.type("q")
    console.until_gone("FILLED")


def rest_by_key(desk: Desk, console: Terminal) -> None:
    """Place a limit order far below the market."""
    console.type("b")
    console.until("BUY BTC/USD")
    console.write("0.01")
    console.type("t", "Tab", *["BSpace"] * 12)
    console.write("40000")
    console.until("40000", "checks pass")
    console.type("Enter")
    console.until("ORDERS 1")
    console.type("q")
    wait_for(lambda: len(desk.open_at_exchange()) == 1, "the resting order at the exchange")


def stop_by_key(desk: Desk, console: Terminal) -> None:
    """One press; the exchange's journal says when everything was cancelled."""
    began = time.monotonic()
    console.type("!")
    wait_for(lambda: not desk.open_at_exchange(), "zero open orders at the exchange", 5)
    assert time.monotonic() - began < STOP_S
    console.until("HALTED", "1 order was open", "confirmed by the exchange")


@pytest.mark.parametrize("size", SIZES)
def test_start_buy_rest_stop_restart_resume_sell_quit(desk, size):
    console = desk.console(size=size)
    console.until("DEMO", "feed ok", "BTC/USD", seconds=START_S)
    desk.until_ready()
    fill_by_key(console, "b", "BUY BTC/USD", "0.01")
    console.until("POSITIONS 1")
    assert len([row for row in desk.exchange_journal() if row["kind"] == "order"]) == 1
    rest_by_key(desk, console)
    stop_by_key(desk, console)
    console.type("q")
    console.until("shut the engine down")
    console.type("d")
    console.until("LEFT-0", seconds=15)
    assert console.modes() == RESTORED
    assert desk.run("status").returncode == 3

    console = desk.console(size=size)
    console.until("HALTED", "feed ok", seconds=START_S)
    console.type("R")
    console.until("RESUME")
    console.write("RESUME")
    console.type("Enter")
    console.until_gone("R resumes")
    desk.until_ready()
    fill_by_key(console, "s", "SELL BTC/USD", "100%")
    wait_for(lambda: not desk.json("positions")["positions"], "no position")
    console.type("q")
    console.until("keeps running")
    console.type("Enter")
    console.until("LEFT-0", seconds=15)
    assert console.modes() == RESTORED
    assert desk.run("status").returncode == 0


def test_stop_acts_inside_a_ticket_and_inside_a_question(desk):
    desk.start_engine()
    console = desk.console("attach")
    console.until("feed ok")
    console.type("b")
    console.until("BUY BTC/USD")
    console.write("0.0")
    console.type("!")
    wait_for(lambda: desk.json("status")["halted"], "the halt from inside a ticket", 5)
    assert desk.run("resume", "--yes").returncode == 0
    # The log still tells of the halt: the banner alone says that it lasts.
    console.until("trading resumed by cli")
    console.until_gone("R resumes")
    console.type("q", "q")
    console.until("keeps running")
    console.type("!")
    wait_for(lambda: desk.json("status")["halted"], "the halt from inside a question", 5)


def test_two_terminals_and_a_shell_see_the_same(desk):
    desk.start_engine()
    first, second = desk.console("attach"), desk.console("attach", "--read-only", size=(80, 24))
    first.until("feed ok")
    second.until("feed ok")
    assert desk.run("trade", "BTC/USD", "buy", "0.01", "--yes").returncode == 0
    first.until("POSITIONS 1")
    second.until("POSITIONS 1")
    second.type("!")
    time.sleep(1)
    assert not desk.json("status")["halted"]


def test_console_killed_while_orders_work_leaves_the_engine_unharmed(desk):
    pid = desk.start_engine()
    assert desk.run("trade", "BTC/USD", "buy", "0.01", "--limit", "40000", "--yes").returncode == 0
    console = desk.console("attach")
    console.until("ORDERS 1")
    kill(console.child_pid(), signal.SIGKILL)
    console.until("LEFT-137")
    assert is_alive(pid)
    status = desk.json("status")
    assert status["open_orders"] == 1
    assert all(feed["state"] == "up" for feed in status["feeds"])
    assert len(desk.open_at_exchange()) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_console_ended_by_a_signal_restores_the_terminal(desk, number):
    pid = desk.start_engine()
    console = desk.console("attach")
    console.until("feed ok")
    kill(console.child_pid(), number)
    console.until("LEFT-", seconds=5)
    assert console.modes() == RESTORED
    assert is_alive(pid)


def test_lost_connection_leaves_the_engine_and_no_console(desk):
    pid = desk.start_engine()
    console = desk.console("attach")
    console.until("feed ok")
    child = console.child_pid()
    console.close()
    wait_for(lambda: not is_alive(child), "the end of the console", 10)
    assert desk.json("status")["engine"]["pid"] == pid


def test_stop_reaches_the_exchange_although_the_engine_is_dead(desk):
    pid = desk.start_engine()
    assert desk.run("trade", "BTC/USD", "buy", "0.01", "--limit", "40000", "--yes").returncode == 0
    console = desk.console("attach")
    console.until("ORDERS 1")
    os.kill(pid, signal.SIGKILL)
    console.until("ENGINE GONE")
    console.type("!")
    wait_for(lambda: not desk.open_at_exchange(), "zero open orders at the exchange", 15)
    console.until("did NOT reach the engine", "exchange cancelled 1")
    desk.start_engine_halted()
    console.until("HALTED", "without an engine", "feed ok")
    console.until_gone("ENGINE GONE")


def test_exchange_gone_is_said_plainly_and_comes_back(desk):
    desk.start_engine()
    console = desk.console("attach")
    console.until("feed ok")
    serve = json.loads((desk.home / "exchange" / "serve.json").read_text())
    os.kill(serve["pid"], signal.SIGSTOP)
    try:
        console.until_gone("feed ok", seconds=15)
    finally:
        os.kill(serve["pid"], signal.SIGCONT)
    console.until("feed ok", seconds=START_S)
