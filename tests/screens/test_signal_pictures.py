"""Signals and models as pictures: trained, without a model, demoted; fixed clock."""

from functools import partial

import pytest

from tests.screens import scripted
from tests.screens import scripted_signals as made
from tests.screens.console_driver import console, ready, screen_text, until
from tests.screens.scripted import NOW_MS, ScriptedClient
from tui_trader.engine.values.backtests import BacktestStep
from tui_trader.widgets.backtest_board import RunUnderWay

SIZES = [(80, 24), (120, 36), (200, 60)]
KEYS = {"signals": "f11", "models": "f12"}
NEEDED = {"signals": ("signals", "decisions"), "models": ("models",)}


def compare(snap_compare, *, name, mood, size, pane="", theme="dark", is_training=False):
    client = ScriptedClient(scripted.traded())
    client.about_signals = partial(made.signal_reply, mood=mood)
    app = console(client, theme=theme)

    async def settle(pilot):
        await ready(app)
        await pilot.press(KEYS[name])
        await until(lambda: f"{name}]" in screen_text(app))
        await until(lambda: all(app.scene.topic(one).answer is not None for one in NEEDED[name]))
        one = "signal" if name == "signals" else "model"
        await until(lambda: mood == "none" or app.scene.topic(one).answer is not None)
        if pane:
            app.shown.activate(pane)
        if is_training:
            step = BacktestStep(done=42, planned=100, step="fold 4 of 10", left_s=96.0)
            board = app.scene.models
            board.under_way = RunUnderWay(title="BTC/USD 1h", started_ms=NOW_MS - 69_000)
            board.under_way.told(step, now_ms=NOW_MS)
        app.shown.sync()
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=settle)


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("mood", ["trained", "none", "demoted"])
@pytest.mark.parametrize("name", KEYS)
def test_screen(snap_compare, name, mood, size):
    compare(snap_compare, name=name, mood=mood, size=size)


@pytest.mark.parametrize("pane", ["sg-reasons", "sg-record", "sg-drift", "sg-past"])
def test_panes_of_signals_on_a_small_terminal(snap_compare, pane):
    compare(snap_compare, name="signals", mood="trained", size=(80, 24), pane=pane)


@pytest.mark.parametrize("pane", ["md-equity", "md-folds", "md-weights", "md-drift", "md-verdict"])
def test_panes_of_models_on_a_small_terminal(snap_compare, pane):
    compare(snap_compare, name="models", mood="trained", size=(80, 24), pane=pane)


@pytest.mark.parametrize("theme", ["light", "none"])
@pytest.mark.parametrize("name", KEYS)
def test_other_colours(snap_compare, name, theme):
    compare(snap_compare, name=name, mood="demoted", size=(120, 36), theme=theme)


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_training_under_way(snap_compare, size):
    compare(snap_compare, name="models", mood="trained", size=size, is_training=True)
