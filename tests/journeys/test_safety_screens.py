"""Strategies, risk, settings and log files by keys alone on a small terminal, with the real program."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.journeys.conftest import Desk, wait_for
from tests.journeys.terminal import Terminal

pytestmark = pytest.mark.journey
SMALL = (80, 24)


def start_from_the_form(console: Terminal, name: str, pair: str) -> None:
    """The form, its lists, its question."""
    console.type("n")
    console.until("START", "TERMS")
    console.type("Enter")
    console.until("STRATEGIES ")
    console.write(name)
    console.type("Enter")
    console.until_gone("STRATEGIES 1")
    console.type("j", "Enter")
    console.until("PAIRS")
    console.write(pair)
    console.type("Enter", "j", "h", "h", "h", "h")
    console.until("candles     ◂1m")
    console.type("t")
    console.until("LET IT TRADE", name, "candles of 1m")
    console.type("t")
    console.until(name, "● running")


def test_start_two_strategies_see_one_buy_hold_it_and_stop_it(desk):
    desk.start_engine()
    console = desk.console("attach", size=SMALL)
    console.until("feed ok")
    console.type("F9")
    console.until("[F9 strategies]", "No strategy trades by itself", "sma_cross")
    start_from_the_form(console, "sma_cross", "ETH")
    start_from_the_form(console, "buy_and_hold", "BTC")
    # Its first candle closes within a minute; then it buys through the gate, and the exchange says so.
    wait_for(
        lambda: any(row["kind"] == "fill" for row in desk.exchange_journal()), "a purchase", 130
    )
    console.until("signal:", seconds=30)
    console.type("Tab", "v", "v")
    console.until("DECISIONS  bought and sold", "bought")
    console.type("p")
    console.until("‖ held", "asked by console")
    console.type("x")
    console.until("STOP buy_and_hold", "It holds", "sell what it holds")
    console.type("s")
    console.until_gone("buy_and_hold  ", seconds=40)
    left = [row["name"] for row in desk.json("strategies", "status")["strategies"]]
    assert left == ["sma_cross"]
    sides = [row["side"] for row in desk.exchange_journal() if row["kind"] == "order"]
    assert sides == ["buy", "sell"]


def test_change_a_limit_theme_and_export_fills(desk):
    desk.home.mkdir(exist_ok=True)
    (desk.home / "config.toml").write_text(
        "# my desk\n[limits]\norder_value_max_quote = 2500 # usual\n"
    )
    desk.start_engine()
    assert desk.run("trade", "BTC/USD", "buy", "0.01", "--yes").returncode == 0
    console = desk.console("attach", size=SMALL)
    console.until("feed ok")
    console.type("F10")
    console.until("[F10 risk]", "Open orders", "Position")
    console.type(",")
    console.until("SETTINGS", "pairs")
    console.type("/")
    console.write("order_value")
    console.type("Enter", "Enter", "C-u")
    console.write("100")
    console.type("Enter")
    console.until("WRITE limits.order_value_max_quote", "+order_value_max_quote = 100 # usual")
    console.type("y")
    console.until("it counts from now on")
    refused = desk.run("trade", "BTC/USD", "buy", "0.01", "--yes")
    assert refused.returncode == 4
    assert "above the limit 100" in refused.stderr
    console.type("Enter", "C-u")
    console.write("5000")
    console.type("Enter")
    console.until("ALLOWS MORE", "Type LOOSER")
    console.type("y", "Enter")
    console.until("that is not LOOSER")
    console.type("Escape")
    console.until_gone("ALLOWS MORE")
    console.type("Escape")
    console.until_gone("new value")
    console.type("u")
    console.until("order_value_max_quote = 2500 # usual", "Type LOOSER")
    console.write("LOOSER")
    console.type("Enter")
    order = ("trade", "BTC/USD", "buy", "0.01", "--validate")
    wait_for(lambda: desk.run(*order).returncode == 0, "the limit as it was")
    change_theme(desk, console)
    export_fills_and_come_back(desk, console)


def export_fills_and_come_back(desk: Desk, console: Terminal) -> None:
    """The next console begins where this one was left."""
    console.type("F6", "E")
    console.until("EXPORT")
    console.type("c")
    console.until("written to exports/")
    assert list((desk.home / "exports").glob("fills-*.csv"))
    console.type("q")
    console.until("keeps running")
    console.type("Enter")
    console.until("LEFT-0", seconds=15)
    again = desk.console("attach", size=SMALL)
    again.until("[F6 orders]")


def change_theme(desk: Desk, console: Terminal) -> None:
    """For the next start by the settings, at once by T."""
    console.type("/", *["BSpace"] * 20)
    console.write("console.theme")
    console.type("Enter", "Enter")
    console.until("CONSOLE.THEME")
    console.write("light")
    console.type("Enter")
    console.until("WRITE console.theme", "next start")
    console.type("y")
    console.until("→ light")
    text = (desk.home / "config.toml").read_text()
    assert text.startswith("# my desk\n[limits]\norder_value_max_quote = 2500 # usual\n")
    assert 'theme = "light"' in text
    assert desk.run("config", "check").returncode == 0


def test_find_yesterdays_error_in_the_log_files(desk):
    logs = desk.home / "logs"
    logs.mkdir(parents=True)
    yesterday = datetime.now(tz=UTC) - timedelta(days=1)
    stamp = yesterday.strftime("%Y-%m-%dT12:00:00.000Z")
    lines = [
        {"time": stamp, "level": "info", "logger": "x", "text": f"routine {n}"} for n in range(99)
    ]
    fault = {"time": stamp, "level": "error", "logger": "asyncio", "text": "the disk was full"}
    (logs / f"engine.jsonl.{yesterday:%Y-%m-%d}").write_text(
        "".join(json.dumps(line) + "\n" for line in [*lines, fault])
    )
    desk.start_engine()
    console = desk.console("attach", size=SMALL)
    console.until("feed ok")
    console.type("F7")
    console.until("JOURNAL")
    console.type("s")
    console.until("LOG FILES", "following")
    console.type("v", "v")
    console.until(
        "LOG FILES  errors", "the disk was full", f"{yesterday:%Y-%m-%d} 12:00:00 UTC · error"
    )
    console.type("V", "V", "d")
    console.until("LOG FILES  without routine", "▸12:00:00 ■ the disk was full")
    console.type("f", "t")
    console.until("TO WHICH MOMENT")
    console.write("yesterday")
    console.type("Enter")
    console.until("▸12:00:00")


def test_wizard_at_a_small_terminal_writes_what_config_check_takes(desk):
    console = desk.console("init", size=SMALL)
    console.until("1 of 5  Which colours?", "1 dark", "[dark]")
    console.type("2", "Enter")
    console.until("2 of 5  Which pairs")
    console.write("BTC/USD, eth/usd")
    console.type("Enter")
    console.until("did you mean ETH/USD")
    console.write("BTC/USD, ETH/USD")
    console.type("Enter", "Enter", "Enter", "Enter")
    console.until("Write this to")
    assert not (desk.home / "config.toml").exists()
    console.type("Enter")
    console.until("written to", "LEFT-0")
    assert desk.run("config", "check").returncode == 0
    console = desk.console(size=SMALL)
    console.until("BTC/USD", "ETH/USD", "feed ok", seconds=60)
    assert "SOL/USD" not in console.text()
