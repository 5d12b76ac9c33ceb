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
    os.kill(pid, signal.SIGKILL)
    desk.start_engine()
    assert shown(desk)["positions"][0]["stop_price"] == before[0]["stop_price"]
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
