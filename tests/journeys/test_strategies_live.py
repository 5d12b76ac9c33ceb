"""A strategy on the demo, by the command line alone: started, killed with its engine, halted, ended."""

import os
import signal

import pytest

from tests.journeys.conftest import wait_for

pytestmark = [pytest.mark.journey, pytest.mark.long]


def shown(desk, name="buy_and_hold"):
    (found,) = [
        one for one in desk.json("strategies", "status")["strategies"] if one["name"] == name
    ]
    return found


def test_it_buys_survives_a_kill_is_held_by_a_halt_and_sells_at_the_end(desk):
    pid = desk.start_engine()
    start = ("strategies", "start", "buy_and_hold", "--pair", "BTC/USD", "--timeframe", "1m")
    refused = desk.run(*start)
    assert refused.returncode == 2
    assert "--yes" in refused.stderr
    assert desk.run(*start, "--yes").returncode == 0
    wait_for(lambda: shown(desk)["positions"], "a position", 100.0)
    before = shown(desk)["positions"]
    outcomes = {
        row["outcome"] for row in desk.json("strategies", "status", "buy_and_hold")["decisions"]
    }
    assert {"waits", "bought"} <= outcomes
    decided = desk.json("strategies", "status", "buy_and_hold")["decisions"]
    os.kill(pid, signal.SIGKILL)
    desk.start_engine()
    assert shown(desk)["positions"][0]["stop_price"] == before[0]["stop_price"]
    again = desk.json("strategies", "status", "buy_and_hold")["decisions"]
    assert again[: len(decided)] == decided
    assert desk.run("halt").returncode == 0
    resumed = desk.run("resume", "--yes")
    assert "started again: buy_and_hold" in resumed.stderr
    assert shown(desk)["phase"] == "held"
    assert desk.run("strategies", "stop", "buy_and_hold", "--flatten").returncode == 0
    assert desk.json("strategies", "status")["strategies"] == []
    assert desk.json("positions")["positions"] == []
    assert desk.run("shutdown").returncode == 0
    journal = desk.home / "exchange" / "journal.jsonl"
    assert desk.json("doctor", "--against", str(journal))["agree"] is True


ENDLESS = """
import os
import numpy as np
from tui_trader.engine.analysis.strategy import Strategy, each
from tui_trader.engine.ports.strategy import StrategyParameter


def signals(candles, choices):
    if choices["bars"] == 7:
        with open(__file__ + ".pid", "w") as file:
            file.write(str(os.getpid()))
        while True:
            pass
    return np.zeros(len(candles), dtype=np.int8)


STRATEGY = Strategy(
    name="endless", title="Endless", says="Never says anything.",
    parameters=(StrategyParameter(name="bars", default=5, low=2, high=50, help="7 never ends."),),
    memory=lambda choices: 1, signals=each(signals),
)
"""


def test_a_users_file_without_end_holds_up_nobody(desk, tmp_path):
    path = tmp_path / "endless.py"
    path.write_text(ENDLESS)
    desk.start_engine()
    start = ("strategies", "start", str(path), "--pair", "BTC/USD", "--timeframe", "1m")
    assert desk.run(*start, "--set", "bars=7", "--yes").returncode == 0
    pid_file = tmp_path / "endless.py.pid"
    wait_for(lambda: pid_file.exists() and pid_file.read_text(), "a file that loops", 150.0)
    pid = int(pid_file.read_text())
    assert shown(desk, "endless")["phase"] == "running"
    assert desk.run("trade", "BTC/USD", "buy", "0.005", "--yes").returncode == 0
    assert desk.run("halt").returncode == 0
    assert desk.run("shutdown").returncode == 0
    wait_for(lambda: not is_alive(pid), "the end of the file's process", 20.0)


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_coins_sold_by_hand_are_written_off_and_stopping_leaves_none(desk):
    desk.start_engine()
    start = ("strategies", "start", "buy_and_hold", "--pair", "BTC/USD", "--timeframe", "1m")
    assert desk.run(*start, "--yes").returncode == 0
    wait_for(lambda: shown(desk)["positions"], "a position", 150.0)
    quantity = f"{shown(desk)['positions'][0]['quantity']:.8f}"
    # Held, it enters nothing: otherwise the next minute might buy again before it is stopped.
    assert desk.run("halt").returncode == 0
    assert desk.run("resume", "--yes").returncode == 0
    sell = ("trade", "BTC/USD", "sell", quantity, "--yes")
    wait_for(lambda: desk.run(*sell).returncode == 0, "a compared account", 30.0)
    wait_for(lambda: not shown(desk)["positions"], "the write-off", 30.0)
    (gone,) = shown(desk)["written_off"]
    assert gone["pair"] == "BTC/USD"
    assert gone["quantity"] == pytest.approx(float(quantity))
    stopped = desk.json("strategies", "stop", "buy_and_hold")
    assert stopped["left"] == ""
    assert desk.run("shutdown").returncode == 0
