"""The strategies screen by keys and mouse, on a scripted engine."""

from decimal import Decimal

import pytest

from tests.screens import scripted
from tests.screens.console_driver import console, ready, screen_text, until
from tests.screens.scripted_desk import BTC, DeskClient, SilentClient, decisions
from tui_trader.engine.messages.commands import HoldStrategy, StartStrategy, StopStrategy
from tui_trader.engine.values.candles import Interval
from tui_trader.widgets.strategies_panes import DecisionsPane, RunningPane, StartFormPane
from tui_trader.widgets.strategies_view import strategy_lines

SIZE = (120, 36)
SMALL = (80, 24)


async def on_strategies(app, pilot):
    await ready(app)
    await pilot.press("f9")
    await until(lambda: app.scene.topic("strategies").answer)
    await until(lambda: app.scene.topic("settings").answer)


async def test_who_runs_is_told_with_profit_holdings_and_the_last_decision():
    app = console(DeskClient())
    async with app.run_test(size=(200, 60)) as pilot:
        await on_strategies(app, pilot)
        await until(lambda: "the history came too late" in screen_text(app))
        text = screen_text(app)
        assert "● running" in text
        assert "‖ held" in text
        assert "0.015 BTC at 63,200" in text
        assert "stop 60,040" in text
        # 640 sold, 1,580 bought, fees of both, and 0.015 at the bid of 64,130.4.
        line = strategy_lines(app.scene)[0]
        fees = Decimal("3.95") + Decimal("1.6")
        assert line.pnl_quote == Decimal(640) - Decimal(1580) - fees + Decimal("0.015") * Decimal(
            "64130.4"
        )
        assert "▲ +16.41" in text
        await pilot.press("j")
        assert "asked by console" in screen_text(app)


async def test_without_a_price_profit_is_unknown_not_zero():
    client = DeskClient()
    del client.welcome.market.tickers[BTC]
    app = console(client)
    async with app.run_test(size=SIZE) as pilot:
        await on_strategies(app, pilot)
        assert strategy_lines(app.scene)[0].pnl_quote is None


async def test_empty_screen_says_what_could_be_started():
    app = console(DeskClient(scripted.traded()))
    async with app.run_test(size=SMALL) as pilot:
        await on_strategies(app, pilot)
        text = screen_text(app)
        assert "No strategy trades by itself." in text
        assert "sma_cross" in text
        await pilot.press("x", "p")
        assert "no strategy runs: n starts one" in screen_text(app)


async def test_form_is_checked_and_asks_before_it_trades():
    client = DeskClient(scripted.traded())
    app = console(client)
    async with app.run_test(size=SMALL) as pilot:
        await on_strategies(app, pilot)
        await pilot.press("n", "j", "j", "j", *"60")
        assert "must be above fast" in screen_text(app)
        await pilot.press("t")
        assert "slow: must be above fast" in screen_text(app)
        assert client.sent == []
        await pilot.press("k", *"12", "k", "l", "t")
        text = screen_text(app)
        assert "LET IT TRADE" in text
        assert "sma_cross fast=12 on BTC/USD, candles of 4h" in text
        await pilot.press("enter")
        assert client.sent == []
        await pilot.press("t", "t")
        await until(lambda: client.sent)
        (command,) = client.sent
        assert isinstance(command, StartStrategy)
        assert (command.name, command.symbols, command.interval, command.parameters) == (
            "sma_cross",
            (BTC,),
            Interval.H4,
            {"fast": 12.0},
        )
        assert app.scene.strategies.form is None


async def test_form_will_not_take_a_pair_that_another_strategy_trades():
    client = DeskClient()
    app = console(client)
    async with app.run_test(size=SMALL) as pilot:
        await on_strategies(app, pilot)
        await pilot.press("n")
        assert app.scene.strategies.form.pairs == ("XRP/USD",)
        await pilot.press("j", "l", "l")
        assert "BTC/USD is traded by sma_cross" in screen_text(app)
        await pilot.press("t")
        assert client.sent == []
        assert "pairs: BTC/USD is traded" in screen_text(app)


async def test_strategy_and_pairs_are_chosen_from_lists_and_a_file_is_asked_for():
    app = console(DeskClient(scripted.traded()))
    async with app.run_test(size=SIZE) as pilot:
        await on_strategies(app, pilot)
        await pilot.press("n", "enter", *"rsi", "enter")
        assert app.scene.strategies.form.strategy.name == "rsi_reversion"
        await pilot.press("j", "enter", "down", "space", "down", "space", "enter")
        assert app.scene.strategies.form.pairs == ("ETH/USD", "SOL/USD")
        await pilot.press("o", *"x.py", "enter")
        await until(lambda: "no program to run beside" in screen_text(app))
        await pilot.press("escape")
        assert app.scene.strategies.form is None


@pytest.mark.parametrize(("key", "is_flattening"), [("e", False), ("s", True)])
async def test_stop_asks_whether_to_sell_what_is_held(key, is_flattening):
    client = DeskClient()
    app = console(client)
    async with app.run_test(size=SMALL) as pilot:
        await on_strategies(app, pilot)
        await pilot.press("x")
        assert "It holds 0.015 BTC/USD." in screen_text(app)
        await pilot.press("enter")
        assert client.sent == []
        await pilot.press("x", key)
        await until(lambda: client.sent)
        (command,) = client.sent
        assert isinstance(command, StopStrategy)
        assert (command.name, command.is_flattening) == ("sma_cross", is_flattening)


async def test_hold_is_sent_at_once_and_a_held_one_enters_again_after_a_question():
    client = DeskClient()
    app = console(client)
    async with app.run_test(size=SIZE) as pilot:
        await on_strategies(app, pilot)
        await pilot.press("p")
        await until(lambda: client.sent)
        assert isinstance(client.sent[0], HoldStrategy)
        await pilot.press("j", "p")
        assert "CONTINUE macd" in screen_text(app)
        await pilot.press("e")
        await until(lambda: len(client.sent) == 2)
        again = client.sent[1]
        assert isinstance(again, StartStrategy)
        assert (again.name, again.symbols) == ("macd", ("ETH/USD", "SOL/USD"))


async def test_decisions_are_listed_filtered_followed_and_written_out(tmp_path):
    app = console(DeskClient(), export_folder=tmp_path / "exports")
    async with app.run_test(size=SIZE) as pilot:
        await on_strategies(app, pilot)
        await until(lambda: "history came too late" in screen_text(app))
        await pilot.press("tab", "v", "v")
        assert "DECISIONS  bought and sold" in screen_text(app)
        await pilot.press("v", "slash", *"exposure", "enter")
        text = screen_text(app)
        assert "with “exposure”" in text
        assert "above 5,000.00" in text
        await pilot.press("G")
        assert "newer above" in screen_text(app)
        await pilot.press("f")
        assert "following" in screen_text(app)
        await pilot.press("escape", "V", "V", "V", "E", "a")
        await until(lambda: "written to exports/" in screen_text(app))
        (path,) = (tmp_path / "exports").iterdir()
        assert len(path.read_text().splitlines()) == len(decisions("sma_cross")) + 1


async def test_clicks_mark_strategies_decisions_and_fields():
    app = console(DeskClient())
    async with app.run_test(size=SIZE) as pilot:
        await on_strategies(app, pilot)
        await pilot.click(RunningPane, offset=(4, 3))
        assert app.scene.strategies.chosen == "macd"
        await until(lambda: app.scene.topic("decisions macd").answer)
        await pilot.click(DecisionsPane, offset=(4, 4))
        assert app.scene.strategies.decision == 2
        await pilot.press("escape", "n")
        await pilot.click(StartFormPane, offset=(4, 3))
        assert app.scene.strategies.cursor == 2


async def test_read_only_console_starts_holds_and_stops_nothing():
    client = DeskClient()
    app = console(client, is_read_only=True)
    async with app.run_test(size=SIZE) as pilot:
        await on_strategies(app, pilot)
        await pilot.press("x", "p", "j", "p", "n", "j", "l", "l", "l", "t")
        assert "read-only" in screen_text(app)
        assert client.sent == []


async def test_engine_that_does_not_answer_is_said_and_nothing_breaks():
    app = console(SilentClient())
    async with app.run_test(size=SMALL) as pilot:
        await ready(app)
        await pilot.press("f9")
        await until(lambda: "the engine is busy; ask again" in screen_text(app))
        await pilot.press("n")
        assert "has not said yet what can be started" in screen_text(app)


async def test_hostile_names_and_reasons_stay_words():
    client = DeskClient()
    client._welcome.state.strategies["macd"] = client._welcome.state.strategies["macd"].__class__(
        spec=client._welcome.state.strategies["macd"].spec,
        note=client._welcome.state.strategies["macd"].note,
        actor="\x1b]0;x\x07",
        reason="\x9b2J[red]",
    )
    app = console(client)
    async with app.run_test(size=SIZE) as pilot:
        await on_strategies(app, pilot)
        await pilot.press("j")
        text = screen_text(app)
        assert "[red]" in text
        assert not any(char in text for char in "\x1b\x07\x9b")


@pytest.mark.parametrize(("size", "pane"), [(SMALL, StartFormPane), (SIZE, RunningPane)])
async def test_tab_does_not_go_to_a_list_that_the_form_hides(size, pane):
    app = console(DeskClient())
    async with app.run_test(size=size) as pilot:
        await on_strategies(app, pilot)
        await pilot.press("n", "tab")
        assert app.scene.pane == pane.pane_name
        assert ("the form is open" in screen_text(app)) is (size == SMALL)
