"""A desk on a recording: served, attached to, stepped, traded at the next open, ended."""

import json
import os
import subprocess

import pytest

from tests.journeys.conftest import PROGRAM

pytestmark = pytest.mark.journey
BEGIN, HOUR = 1_568_397_600, 3_600
OPENS = (10_300.0, 10_212.1, 10_268.0, 10_300.8)


def candle_file(folder):
    rows = []
    for number, price in enumerate((*OPENS[:1], *OPENS)):
        low, high = price - 20, price + 20
        rows.append(f"{BEGIN + number * HOUR},{price},{high},{low},{price},{1 + number}.5,40")
    path = folder / "XBTUSD_60.csv"
    path.write_text("\n".join(rows) + "\n")
    return path


@pytest.fixture
def replay(desk, tmp_path):
    command = [*PROGRAM, "exchange", "serve", "--json", "--speed", "0"]
    command += ["--replay", str(candle_file(tmp_path)), "--pair", "BTC/USD"]
    command += ["--start", "2019-09-13T19:00"]
    serving = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | desk.environment,
    )
    assert json.loads(serving.stdout.readline())["rest"]
    yield serving
    if serving.poll() is None:
        serving.terminate()
    serving.communicate(timeout=10)


def test_order_is_filled_at_the_open_that_the_recording_comes_to_next(desk, replay):
    desk.control_exchange(fault="step")
    desk.start_engine()
    for number, open_price in enumerate(OPENS[1:], 1):
        desk.control_exchange(fault="step")
        assert desk.run("trade", "BTC/USD", "buy", "0.01", "--yes").returncode == 0
        fills = desk.json("history")["fills"]
        assert len(fills) == number
        newest = max(fills, key=lambda fill: fill.get("time_ms", fill.get("filled_ms", 0)))
        assert 0 <= float(newest["price"]) - open_price <= 0.3
    desk.control_exchange(fault="step")
    assert desk.run("shutdown").returncode == 0
    journal = desk.home / "exchange" / "journal.jsonl"
    assert desk.json("doctor", "--against", str(journal))["agree"] is True
    _, told = replay.communicate(timeout=10)
    assert "the tape has ended" in told
