"""Orders and journal by keys alone on a small terminal: why was it refused, cancel one, write the fills out."""

import csv
import json

import pytest

from tests.journeys.conftest import Desk, wait_for
from tests.journeys.terminal import Terminal

pytestmark = pytest.mark.journey
SMALL = (80, 24)


def ask_for_too_much(console: Terminal) -> None:
    """The gate's word before Enter does not stop the order from being asked for: its refusal does."""
    console.type("b")
    console.until("BUY BTC/USD")
    console.write("5")
    console.until("order_value")
    console.type("Enter")
    console.until("REFUSED")
    console.type("q")
    console.until_gone("BUY BTC/USD")


def find_why(console: Terminal) -> None:
    """The gate and its numbers, on the orders screen and in the journal."""
    console.type("F6", "V")
    console.until(
        "[F6 orders]", "1 refused today", "refused by order_value", "is above the limit 2,500"
    )
    console.type("F7")
    console.until("[F7 journal]", "buy 5 BTC/USD")
    console.type("/")
    console.write("above the limit")
    console.type("Enter")
    console.until("with “above the limit”", "order_value_max_quote", "error")


def cancel_the_resting_one(desk: Desk, console: Terminal) -> None:
    """Of two orders the marked one alone."""
    console.type("F6", "V", "V")
    console.until("2 open")
    console.type("/")
    console.write("eth")
    console.type("Enter")
    console.until("1 open with “eth”")
    console.type("c")
    wait_for(lambda: len(desk.open_at_exchange()) == 1, "one order left at the exchange")
    console.until("none contains “eth”")


def write_fills_out(desk: Desk, console: Terminal) -> None:
    """The file has what the exchange's own journal has."""
    console.type("Escape")
    console.until_gone("with “eth”")
    console.type("E")
    console.until("EXPORT", "rows as CSV")
    console.type("c")
    console.until("written to exports/")
    (path,) = (desk.home / "exports").glob("fills-*.csv")
    rows = list(csv.DictReader(path.read_text().splitlines()))
    fills = [row for row in desk.exchange_journal() if row["kind"] == "fill"]
    assert [row["pair"] for row in rows] == ["BTC/USD"] * len(fills)
    assert sum(float(row["quantity"]) for row in rows) == pytest.approx(0.01)


def test_find_why_an_order_was_refused_cancel_one_and_export_fills(desk):
    desk.start_engine()
    for order in (
        ("ETH/USD", "buy", "0.1", "--limit", "1000"),
        ("BTC/USD", "buy", "0.01", "--limit", "40000"),
    ):
        assert desk.run("trade", *order, "--yes").returncode == 0
    assert desk.run("trade", "BTC/USD", "buy", "0.01", "--yes").returncode == 0
    console = desk.console("attach", size=SMALL)
    console.until("feed ok", "ORDERS 2")
    ask_for_too_much(console)
    find_why(console)
    cancel_the_resting_one(desk, console)
    write_fills_out(desk, console)
    assert json.loads(desk.run("orders", "--json").stdout)["orders"][0]["symbol"] == "BTC/USD"
    console.type("q")
    console.until("keeps running")
    console.type("Enter")
    console.until("LEFT-0", seconds=15)


def test_drill_runs_beside_the_engine_and_touches_nothing_of_it(desk):
    desk.start_engine()
    before = (desk.home / "exchange" / "journal.jsonl").read_bytes()
    console = desk.console("attach", size=SMALL)
    console.until("feed ok")
    console.type("F8")
    console.until("[F8 drill]", "not rehearsed")
    console.type("Enter")
    console.until("✓ survived", "SURVIVED: both journals tell the same", seconds=90)
    assert (desk.home / "exchange" / "journal.jsonl").read_bytes() == before
    assert desk.json("orders")["orders"] == []
    # Given up, it clears away what it started: nothing says its name any more.
    console.type("j", "Enter")
    console.until("the exchange is killed", seconds=60)
    console.type("x")
    console.until("no verdict: cancelled", seconds=60)
