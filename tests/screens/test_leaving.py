"""The question before one leaves: what stays, and what only the engine watches."""

from tests.screens import scripted
from tui_trader.screens.leaving import leave_question
from tui_trader.widgets import scene_feed
from tui_trader.widgets.scene import Scene


def asked(events, **strategies):
    scene = Scene(now_ms=scripted.NOW_MS)
    scene_feed.take_welcome(scene, scripted.ScriptedClient(events).welcome)
    scene.state.strategies.update(strategies)
    return leave_question(scene)._text


def test_what_is_held_is_named_before_one_leaves():
    assert asked([]) == "There are no open orders."
    text = asked(scripted.traded())
    assert "open order(s) stay at the exchange either way." in text
    assert "Held: BTC/USD, ETH/USD." in text


def test_who_shuts_down_hears_that_stops_of_strategies_end():
    assert "only while the engine runs" not in asked(scripted.traded())
    assert "only while the engine runs" in asked(scripted.traded(), sma_cross=None)
