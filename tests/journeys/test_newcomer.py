"""Tasks of a newcomer by keys alone on a small terminal, each judged by what the exchange says."""

import pytest

from tests.journeys.conftest import Desk, wait_for
from tests.journeys.terminal import Terminal

pytestmark = pytest.mark.journey
SMALL = (80, 24)
START_S = 60


def say(console: Terminal, line: str, *echo: str) -> None:
    """Type a command; press Enter once what it means is said back."""
    console.type(":")
    console.until("COMMAND")
    console.write(line)
    console.until(*echo)
    console.type("Enter")
    console.until_gone("COMMAND")


def find_a_pair(console: Terminal) -> None:
    """By the palette, from wherever one is."""
    console.type("C-p")
    console.until("PALETTE")
    console.write("pair sol")
    console.until("SOL/USD")
    console.type("Enter")
    console.until("CHART SOL/USD")
    console.type("g")
    console.until("JUMP", "markets")
    console.type("m")
    console.until("[F3 markets]", "▸ SOL/USD")
    console.type("g", "d")
    console.until("[F2 desk]")


def buy_by_risk(desk: Desk, console: Terminal) -> float:
    """A fifth of a percent of equity at risk, down to a stop that the exchange keeps; its price."""
    say(console, "buy btc risk 0.2% sl 1.5%", "✓ BUY", "stop-loss", "nothing is sent yet")
    console.until("BUY BTC/USD", "0.2%r", "checks pass")
    console.type("Enter")
    console.until("FILLED")
    console.type("q")
    console.until_gone("FILLED")
    wait_for(lambda: desk.json("orders")["orders"], "the stop among the open orders")
    (stop,) = desk.json("orders")["orders"]
    (position,) = desk.json("positions")["positions"]
    entry, trigger = float(position["price_average"]), float(stop["terms"]["trigger_price"])
    assert stop["order_type"] == "stop-loss"
    assert trigger == pytest.approx(entry * 0.985, rel=0.003)
    # 10,000 USD of equity: 20 of them are what a fall to the stop costs.
    assert float(position["quantity_base"]) * (entry - trigger) == pytest.approx(20, rel=0.25)
    return trigger


def move_the_stop(desk: Desk, console: Terminal, trigger: float) -> None:
    """Ten dollars down, in a ticket that has the order's own terms."""
    console.type("5")
    console.until("▌5 ORDERS 1")
    console.type("a")
    console.until("AMEND SELL BTC/USD", "trigger")
    wanted = f"{trigger - 10:.1f}"
    console.type(*["BSpace"] * 12)
    console.write(wanted)
    console.until(wanted, "Enter changes the order")
    console.type("Enter")
    console.until("has its new terms")
    console.type("q")
    (stop,) = desk.json("orders")["orders"]
    assert float(stop["terms"]["trigger_price"]) == pytest.approx(trigger - 10)


def see_why_it_was_refused(console: Terminal) -> None:
    """An order that is too large, and the rule that says so."""
    say(console, "buy eth 50", "✓ BUY 50 ETH/USD")
    console.until("would be refused by")
    console.type("Enter")
    console.until("REFUSED")
    console.type("q")
    console.until_gone("REFUSED")
    console.type("g")
    console.until("JUMP")
    console.type("o", "V")
    console.until("[F6 orders]", "1 refused today", "refused by order_value", "is above the limit")
    console.type("F2")


def test_find_a_pair_buy_by_risk_move_the_stop_see_why_and_quit(desk):
    console = desk.console(size=SMALL)
    console.until("DEMO", "feed ok", "BTC/USD", seconds=START_S)
    desk.until_ready()
    find_a_pair(console)
    trigger = buy_by_risk(desk, console)
    move_the_stop(desk, console, trigger)
    see_why_it_was_refused(console)
    say(console, "close btc", "asks first")
    console.until("CLOSE BTC/USD")
    console.type("y")
    wait_for(lambda: not desk.json("positions")["positions"], "no position")
    wait_for(lambda: not desk.open_at_exchange(), "no open order at the exchange")
    say(console, "quit", "Leave: keep the engine running")
    console.until("keeps running")
    console.type("d")
    console.until("LEFT-0", seconds=15)
    assert desk.run("status").returncode == 3


def test_wrong_keys_are_said_before_anything_starts_and_right_ones_act(desk):
    keys = desk.home / "keys.toml"
    keys.write_text('[desk]\ncancel-all = "b"\n')
    done = desk.run("keys")
    assert done.returncode == 2
    assert "[desk] ticket-buy" in done.stderr
    console = desk.console(size=SMALL)
    console.until("LEFT-2", "two actions")
    assert desk.run("status").returncode == 3
    console.close()

    keys.write_text('[desk]\nticket-buy = "^b"\n[everywhere]\nstop = "^g"\n')
    assert "^b" in desk.run("keys", "--place", "desk").stdout
    console = desk.console(size=SMALL)
    console.until("DEMO", "feed ok", "^b buy", seconds=START_S)
    console.type("C-b")
    console.until("BUY BTC/USD")
    console.type("C-g")
    console.until("HALTED")
    assert desk.json("status")["halted"]
