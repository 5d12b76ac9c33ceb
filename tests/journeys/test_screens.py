"""From the desk through markets and analysis and back, by keys alone on a small terminal."""

import pytest

from tests.journeys.conftest import wait_for

pytestmark = pytest.mark.journey
SMALL = (80, 24)
START_S = 60


def pairs_in_order(screen: str) -> list[str]:
    """First word of each row of the table."""
    words = [line.lstrip(" ▸●").split() for line in screen.splitlines()[4:12]]
    return [found[0] for found in words if found and "/" in found[0]]


def find_a_pair(console) -> None:
    """Sort both ways, then filter down to one pair."""
    console.type("F3")
    console.until("[F3 markets]", "5 pairs", "DOGE/USD", "▸pair")
    console.type("l", "l", "s")
    descending = pairs_in_order(console.until("▸24h▾"))
    console.type("s")
    ascending = pairs_in_order(console.until("▸24h▴"))
    # Prices move on between the two: the ends are the same pairs, the middle may have swapped.
    assert {*descending} == {*ascending}
    assert descending[0] == ascending[-1]
    console.type("/")
    console.until("filter:")
    console.write("eth")
    console.type("Enter")
    assert pairs_in_order(console.until("1 of 5 pairs")) == ["ETH/USD"]


def read_its_candles(console) -> None:
    """Add a line to the chart, jump to a pattern."""
    console.type("a")
    console.until("[F4 analysis]", "CHART ETH/USD", "rsi(14)")
    console.type("i")
    console.until("INDICATORS")
    console.write("vwap")
    console.type("Enter")
    console.until_gone("INDICATORS")
    console.until(" vwap")
    console.type("3")
    console.until("▌3 PATTERNS")
    console.type("j", "j", "Enter")
    console.until(" H ", " L ")
    console.type("Escape")


def test_find_a_pair_read_its_candles_come_back_and_stop(desk):
    console = desk.console(size=SMALL)
    console.until("DEMO", "feed ok", "BTC/USD", seconds=START_S)
    desk.until_ready()
    find_a_pair(console)
    read_its_candles(console)
    console.type("F2")
    console.until("[F2 desk]", "CHART ETH/USD")

    placed = desk.run("trade", "BTC/USD", "buy", "0.01", "--limit", "40000", "--yes")
    assert placed.returncode == 0, placed.stderr
    wait_for(lambda: len(desk.open_at_exchange()) == 1, "the resting order at the exchange")
    console.type("F4")
    console.until("[F4 analysis]")
    console.type("!")
    wait_for(lambda: not desk.open_at_exchange(), "zero open orders at the exchange", 5)
    console.until("HALTED", "confirmed by the exchange", "! STOP")
    console.type("q")
    console.until("shut the engine down")
    console.type("d")
    console.until("LEFT-0", seconds=15)
