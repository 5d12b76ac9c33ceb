"""The backtest screen as pictures: form, running, result, no candles, bad file; nothing computes here."""

import pytest

from tests.screens import scripted
from tests.screens import scripted_backtest as made
from tests.screens.console_driver import console, ready, screen_text, until
from tests.screens.scripted import NOW_MS, ScriptedClient
from tui_trader.engine.values.backtests import BacktestStep
from tui_trader.screens.backtest_work import BacktestWork
from tui_trader.widgets.backtest_board import Ended, RunUnderWay
from tui_trader.widgets.backtest_form import first_form

SIZES = [(80, 24), (120, 36), (200, 60)]


def fill(board, *, series=made.SERIES):
    board.series, board.strategies = series, made.STRATEGIES
    board.runs = (made.kept(0), made.kept(1))
    board.form = first_form(series, made.STRATEGIES, pair="BTC/USD")


def run_under_way(board):
    step = BacktestStep(done=42, planned=100, step="the core, candle by candle", left_s=96.0)
    board.under_way = RunUnderWay(title="sma_cross on BTC/USD 1h", started_ms=NOW_MS - 69_000)
    board.under_way.told(step, now_ms=NOW_MS)


def with_result(board):
    board.show(made.document())
    board.candles["BTC/USD"] = made.run_candles()
    board.trade, board.marked = 12, 12
    board.middle_ms = made.trade(12).entry_time_ms


def refused(board):
    board.ended = Ended.REFUSED
    board.ended_words = (
        "/home/me/mine.py: `signals` looks ahead: a later candle changes an earlier one"
    )


def scene_of(app, state):
    board = app.scene.backtest
    fill(board, series=() if state == "no-candles" else made.SERIES)
    app.scene.active_panes["backtest"] = "bt-form"
    match state:
        case "running":
            run_under_way(board)
            app.scene.active_panes["backtest"] = "bt-equity"
        case "result" | "chart" | "trades" | "metrics":
            with_result(board)
            pane = {"result": "bt-equity"}.get(state, f"bt-{state}")
            app.scene.active_panes["backtest"] = pane
        case "bad-file":
            refused(board)
            board.form = board.form.typed("set fast", "5000")


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("state", ["form", "running", "result", "no-candles", "bad-file"])
def test_backtest(snap_compare, monkeypatch, state, size):
    compare(snap_compare, monkeypatch, state=state, size=size)


@pytest.mark.parametrize("state", ["chart", "trades", "metrics"])
def test_panes_alone_on_a_small_terminal(snap_compare, monkeypatch, state):
    compare(snap_compare, monkeypatch, state=state, size=(80, 24))


def test_result_without_colours(snap_compare, monkeypatch):
    compare(snap_compare, monkeypatch, state="result", size=(120, 36), theme="none")


def compare(snap_compare, monkeypatch, *, state, size, theme="dark"):
    # What there is stands on the board already.
    monkeypatch.setattr(BacktestWork, "look", lambda _: None)
    app = console(ScriptedClient(scripted.traded()), theme=theme)

    async def settle(pilot):
        await ready(app)
        scene_of(app, state)
        await pilot.press("f5")
        await until(lambda: "F5 backtest]" in screen_text(app))
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=settle)
