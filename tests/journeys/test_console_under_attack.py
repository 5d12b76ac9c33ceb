"""The console in a real terminal, against bytes, bursts and deaths that no polite user sends."""

import os
import signal

import pytest

from tests.journeys.conftest import Desk, is_alive, kill, wait_for
from tests.journeys.terminal import Terminal

pytestmark = pytest.mark.journey
START_S = 60
RESTORED = {"alternate_on": "0", "mouse_any_flag": "0", "cursor_flag": "1"}
NONSENSE = (
    ("ff",),
    ("e4", "f6", "20"),
    tuple(f"{byte:02x}" for byte in b"\x1b[49;2:3u"),
    tuple(f"{byte:02x}" for byte in b"\x1b[49:33;2u"),
    tuple(f"{byte:02x}" for byte in b"\x1b[999;999;999M\x1b[<0;99999;99999M"),
)


def started(desk: Desk) -> Terminal:
    console = desk.console()
    console.until("DEMO", "feed ok", "BTC/USD", seconds=START_S)
    desk.until_ready()
    return console


def orders_at_exchange(desk: Desk) -> int:
    return len([row for row in desk.exchange_journal() if row["kind"] == "order"])


def test_stop_is_heard_after_whatever_a_terminal_may_send(desk):
    console = started(desk)
    for sequence in NONSENSE:
        console._tmux("send-keys", "-t", "s", "-H", *sequence)
    console.type("Escape", "Escape")
    console.type("!")
    console.until("HALTED", "confirmed by the exchange", seconds=5)


def test_order_in_one_packet_is_that_order_once_and_a_pasted_one_is_none(desk):
    console = started(desk)
    console._tmux("set-buffer", "b0.5\r!")
    console._tmux("paste-buffer", "-p", "-t", "s")
    console._tmux("send-keys", "-t", "s", "-H", *[f"{byte:02x}" for byte in b"b0.002\r\r\r\r"])
    console.until("FILLED 0.002 of 0.002 BTC", seconds=10)
    assert orders_at_exchange(desk) == 1
    assert "HALTED" not in console.text()


def test_engine_that_dies_with_an_order_in_hand_leaves_no_promise_on_the_screen(desk):
    console = started(desk)
    engine = desk.json("status")["engine"]["pid"]
    os.kill(engine, signal.SIGSTOP)
    console.type("b")
    console.until("BUY BTC/USD")
    console.write("0.002")
    console.type("Enter")
    console.until("handed to the engine, waiting")
    kill(engine, signal.SIGKILL)
    console.until("ENGINE GONE", "nobody knows", seconds=10)
    console.type("Enter", "Enter", "!")
    console.until("did NOT reach the engine")
    assert orders_at_exchange(desk) == 0
    kill(console.child_pid(), signal.SIGTERM)
    wait_for(lambda: console.modes() == RESTORED, "a restored terminal", 5)


def test_terminal_that_goes_away_takes_its_console_with_it_and_not_the_engine(desk):
    started(desk)
    for _ in range(5):
        console = desk.console()
        console.until("feed ok", "BTC/USD")
        pid = console.child_pid()
        console.close()
        wait_for(lambda pid=pid: not is_alive(pid), "the end of the console", 5)
    assert desk.run("status").returncode == 0
