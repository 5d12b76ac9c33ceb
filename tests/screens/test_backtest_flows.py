"""Keys on the backtest screen, with a scripted program beside the console."""

import json
import sys

import pytest

from tests.screens import scripted
from tests.screens import scripted_backtest as made
from tests.screens.console_driver import Clock, console, ready, screen_text, until
from tests.screens.scripted import ScriptedClient
from tui_trader.engine.messages.commands import HaltTrading, StartStrategy
from tui_trader.widgets.backtest_board import Ended
from tui_trader.widgets.program import Program

SIZE = (120, 36)
SMALL = (80, 24)


class Beside:
    """The scripted program, and what it was called with."""

    def __init__(self, folder, mood):
        self._log = folder / "calls"
        words = (sys.executable, "-m", "tests.screens.fake_program")
        self.program = Program(words=words, options=(str(self._log), mood))

    @property
    def calls(self):
        return [json.loads(line) for line in self._log.read_text().splitlines()]


@pytest.fixture
def beside(tmp_path):
    return lambda mood="quick": Beside(tmp_path, mood)


def app_beside(program, **options):
    client = ScriptedClient(scripted.traded(), reply=scripted.agreeable)
    return console(client, beside=program.program, **options), client


async def on_backtest(app, pilot):
    await ready(app)
    await pilot.press("f5")
    await until(lambda: app.scene.backtest.series is not None and not app.scene.backtest.looking)


async def with_result(app, pilot):
    await on_backtest(app, pilot)
    await pilot.press("r")
    await until(lambda: app.scene.backtest.document is not None)
    await until(lambda: app.scene.backtest.shown_candles or app.app.size.width < 110)


async def test_form_comes_with_the_candles_of_the_home_and_runs_by_one_key(beside):
    program = beside()
    app, _ = app_beside(program)
    async with app.run_test(size=SIZE) as pilot:
        await with_result(app, pilot)
        text = screen_text(app)
        assert "10,000 → 13,600" in text
        assert app.scene.backtest.ended is Ended.DONE
        call = next(call for call in program.calls if "--strategy" in call)
        assert call[:7] == [
            *("backtest", "--pair", "BTC/USD", "--timeframe", "1h", "--venue", "kraken")
        ]


async def test_digits_go_into_the_marked_field_and_to_panes_elsewhere(beside):
    app, _ = app_beside(beside())
    async with app.run_test(size=SMALL) as pilot:
        await on_backtest(app, pilot)
        await pilot.press("j", "j", *"2019-02-01", "down", "down", "down", "7")
        form = app.scene.backtest.form
        assert (form.text("start"), form.text("set fast")) == ("2019-02-01", "7")
        assert app.scene.pane == "bt-form"
        await pilot.press("backspace", "backspace")
        assert form is not app.scene.backtest.form
        assert app.scene.backtest.form.text("set fast") == ""
        await pilot.press("escape")
        assert app.scene.backtest.form.text("set fast") == "20"
        await pilot.press("g", "g", "4")
        assert app.scene.pane == "bt-trades"


async def test_a_wrong_field_is_named_and_nothing_runs(beside):
    program = beside()
    app, _ = app_beside(program)
    async with app.run_test(size=SMALL) as pilot:
        await on_backtest(app, pilot)
        await pilot.press("j", "j", "j", "j", "j", "9", "9", "9", "9", "tab", "r")
        assert app.scene.pane == "bt-form"
        assert "fast: a whole number from 2 to 1,000" in screen_text(app)
        assert app.scene.backtest.under_way is None
        assert not [call for call in program.calls if "--strategy" in call]


async def test_keys_act_while_a_run_computes_and_cancel_ends_it(beside):
    clock = Clock()
    app, client = app_beside(beside("slow"), clock=clock)
    async with app.run_test(size=SMALL) as pilot:
        await on_backtest(app, pilot)
        await pilot.press("r")
        run = app.scene.backtest.under_way
        await until(lambda: run.done == 40)
        clock.now_ms += 3_000
        await until(lambda: "40%" in screen_text(app) and "0:03" in screen_text(app))
        await pilot.press("r")
        assert "a run is under way" in screen_text(app)
        await pilot.press("f2", "f5", "!")
        await until(lambda: any(isinstance(sent, HaltTrading) for sent in client.sent))
        await pilot.press("x")
        await until(lambda: app.scene.backtest.under_way is None)
        assert app.scene.backtest.ended is Ended.CANCELLED
        await until(lambda: "CANCELLED after 0:03" in screen_text(app))


async def test_a_run_cancelled_in_the_same_breath_is_over(beside):
    app, _ = app_beside(beside("slow"))
    async with app.run_test(size=SMALL) as pilot:
        await on_backtest(app, pilot)
        # Without the loop in between, as two keys of one burst are: the task has not begun.
        app.screen.action_run()
        app.screen.action_cancel_run()
        await until(lambda: app.scene.backtest.under_way is None)
        assert app.scene.backtest.ended is Ended.CANCELLED
        await until(lambda: "CANCELLED after 0:00" in screen_text(app))


async def test_refusal_of_the_program_is_told_and_another_run_may_start(beside):
    program = beside("refusing")
    app, _ = app_beside(program)
    async with app.run_test(size=SIZE) as pilot:
        await on_backtest(app, pilot)
        await pilot.press("r")
        await until(lambda: app.scene.backtest.ended is Ended.REFUSED)
        await until(lambda: "REFUSED the store of this home has no candles" in screen_text(app))
        await pilot.press("r")
        await until(lambda: [call[:2] for call in program.calls].count(["backtest", "--pair"]) == 2)
        await until(lambda: app.scene.backtest.under_way is None)


async def test_home_without_candles_says_how_to_get_some(beside):
    app, _ = app_beside(beside("empty"))
    async with app.run_test(size=SMALL) as pilot:
        await on_backtest(app, pilot)
        await until(lambda: "No candles are stored" in screen_text(app))
        assert "tui-trader data download" in screen_text(app)
        await pilot.press("r")
        assert "nothing to run yet" in screen_text(app)


async def test_console_that_cannot_call_the_program_says_so():
    app = console(ScriptedClient(scripted.traded()))
    async with app.run_test(size=SMALL) as pilot:
        await ready(app)
        await pilot.press("f5")
        await until(lambda: "knows no program" in screen_text(app))


async def test_trades_sort_and_jump_to_their_candle(beside):
    app, _ = app_beside(beside())
    async with app.run_test(size=SMALL) as pilot:
        await with_result(app, pilot)
        await pilot.press("4", *"lllll", "s")
        board = app.scene.backtest
        assert board.sort == "pnl"
        best = max(range(made.TRADES), key=lambda place: made.trade(place).pnl)
        assert board.selected_trade() == best
        await pilot.press("enter")
        assert (app.scene.pane, board.marked) == ("bt-chart", best)
        await until(lambda: board.shown_candles)
        await until(lambda: "▲" in screen_text(app))
        assert "2019-" in screen_text(app).splitlines()[6]
        await pilot.press("j")
        assert board.marked == best + 1
        before = board.middle_ms
        await pilot.press("H", "minus")
        assert board.middle_ms < before
        assert board.zoom == -2


async def test_kept_runs_are_reopened_exported_and_deleted_after_a_question(beside):
    program = beside()
    app, _ = app_beside(program)
    async with app.run_test(size=SMALL) as pilot:
        await on_backtest(app, pilot)
        await pilot.press("7", "j", "enter")
        await until(lambda: app.scene.backtest.document is not None)
        await until(lambda: app.scene.backtest.form.text("fee") == "26")
        await pilot.press("e", "ctrl+u", *"/tmp/x", "enter")
        await until(lambda: any("--out" in call for call in program.calls))
        await pilot.press("d", "enter")
        assert not any("--delete" in call for call in program.calls)
        await pilot.press("d", "d")
        await until(lambda: any("--delete" in call for call in program.calls))
        out = next(call for call in program.calls if "--out" in call)
        assert out[-2:] == ["--out", "/tmp/x"]
        deleted = next(call for call in program.calls if "--delete" in call)
        assert deleted == ["backtest", "--delete", made.kept(1).id]


async def test_strategy_and_pairs_are_chosen_from_lists(beside):
    app, _ = app_beside(beside())
    async with app.run_test(size=SIZE) as pilot:
        await on_backtest(app, pilot)
        await pilot.press("enter")
        await until(lambda: "PAIRS with candles of 1h" in screen_text(app))
        await pilot.press("space", "down", "space", "enter")
        assert app.scene.backtest.form.pairs == ("BTC/USD", "ETH/USD")
        await pilot.press("j", "j", "j", "j", "enter", *"rsi", "enter")
        await until(lambda: app.scene.backtest.form.strategy is not made.SMA)
        assert app.scene.backtest.form.strategy.name == "rsi_reversion"


async def test_bad_file_of_ones_own_is_refused_with_its_reason(beside):
    app, _ = app_beside(beside())
    async with app.run_test(size=SMALL) as pilot:
        await on_backtest(app, pilot)
        await pilot.press("f", *"/no.py", "enter")
        await until(lambda: "REFUSED there is no file /no.py" in screen_text(app))
        assert app.scene.backtest.form.strategy.name == "sma_cross"


async def test_a_run_needs_no_engine(beside):
    app, client = app_beside(beside())
    async with app.run_test(size=SMALL) as pilot:
        await on_backtest(app, pilot)
        client.vanish()
        await until(lambda: app.scene.attachment.value == "gone")
        await pilot.press("r")
        await until(lambda: app.scene.backtest.document is not None)


async def test_read_only_console_runs_and_removes_nothing(beside):
    program = beside()
    app, _ = app_beside(program, is_read_only=True)
    async with app.run_test(size=SMALL) as pilot:
        await on_backtest(app, pilot)
        await pilot.press("r", "7", "d", "e")
        assert "read-only" in screen_text(app)
        assert [call for call in program.calls if "--show" in call or "--pair" in call] == []


async def test_panes_that_stand_alone_and_lists_scroll_to_their_ends(beside):
    app, _ = app_beside(beside())
    async with app.run_test(size=SIZE) as pilot:
        await with_result(app, pilot)
        await pilot.press("tab", "tab", "tab", "z")
        assert app.scene.pane == "bt-metrics"
        assert "EQUITY" not in screen_text(app)
        await pilot.press("G")
        assert "CANDLES" in screen_text(app)
        last = app.scene.backtest.metric
        await pilot.press("j", "k")
        assert app.scene.backtest.metric == last - 1
        await pilot.press("z", "6", "k", "j", "escape")
        assert app.scene.pane == "bt-form"


async def test_a_click_chooses_tab_field_and_trade(beside):
    app, _ = app_beside(beside())
    async with app.run_test(size=SMALL) as pilot:
        await with_result(app, pilot)
        row = next(y for y, line in enumerate(screen_text(app).splitlines()) if "4 trades" in line)
        await pilot.click(offset=(screen_text(app).splitlines()[row].index("trades"), row))
        assert app.scene.pane == "bt-trades"
        await pilot.click(offset=(10, row + 5))
        assert app.scene.backtest.trade == 2
        await pilot.press("1")
        await pilot.click(offset=(10, row + 4))
        assert app.scene.backtest.cursor == 2


async def test_the_shown_run_trades_on_the_demo_after_a_question(beside):
    app, client = app_beside(beside())
    async with app.run_test(size=SMALL) as pilot:
        await with_result(app, pilot)
        await pilot.press("t", "enter")
        assert not any(isinstance(sent, StartStrategy) for sent in client.sent)
        await pilot.press("t")
        await until(lambda: "TRADE THIS ON THE DEMO" in screen_text(app))
        await pilot.press("t")
        await until(lambda: any(isinstance(sent, StartStrategy) for sent in client.sent))
        (sent,) = [sent for sent in client.sent if isinstance(sent, StartStrategy)]
        assert (sent.name, sent.symbols, sent.interval.value) == ("sma_cross", ("BTC/USD",), "1h")
        assert (sent.file, sent.parameters) == ("", {})


async def test_nothing_trades_from_a_run_without_an_engine(beside):
    app, client = app_beside(beside())
    async with app.run_test(size=SMALL) as pilot:
        await with_result(app, pilot)
        client.vanish()
        await until(lambda: app.scene.attachment.value == "gone")
        await pilot.press("t")
        assert "no engine: nothing was sent" in screen_text(app)
