"""Markets and analysis as pictures: with data, without history, in trouble; scripted, fixed clock."""

from functools import partial

import pytest

from tests.screens import scripted
from tests.screens.console_driver import console, ready, screen_text, until
from tests.screens.scripted import NOW_MS, ScriptedClient
from tests.screens.scripted_analysis import candle_answer

SIZES = [(80, 24), (120, 36), (200, 60)]
SCREENS = {"markets": "f3", "analysis": "f4"}


def picture(client: ScriptedClient, name: str, said: str):
    app = console(client)

    async def settle(pilot):
        await ready(app)
        await pilot.press(SCREENS[name])
        await until(lambda: app.scene.topic(name).answer is not None)
        await until(lambda: said in screen_text(app))
        await until(lambda: not any(topic.is_under_way for topic in app.scene.topics.values()))
        await pilot.pause()

    return app, settle


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("name", SCREENS)
def test_with_data(snap_compare, name, size):
    client = ScriptedClient(scripted.traded())
    client.about_candles = partial(candle_answer, count=200)
    app, settle = picture(client, name, "rsi")
    assert snap_compare(app, terminal_size=size, run_before=settle)


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("name", SCREENS)
def test_without_history(snap_compare, name, size):
    client = ScriptedClient(scripted.started())
    client.about_candles = partial(candle_answer, count=0)
    app, settle = picture(client, name, "needs" if name == "markets" else "no candle has closed")
    assert snap_compare(app, terminal_size=size, run_before=settle)


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("name", SCREENS)
def test_halted_with_the_exchange_gone(snap_compare, name, size):
    client = ScriptedClient([*scripted.halted(), *scripted.cut_off()[-2:]])
    client.about_candles = partial(candle_answer, count=200)
    client.welcome.market.heard_ms.update(market=NOW_MS - 7_000, account=NOW_MS - 7_000)
    app, settle = picture(client, name, "rsi")
    assert snap_compare(app, terminal_size=size, run_before=settle)
