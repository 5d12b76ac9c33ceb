"""Four states of a desk, and a walk over every screen there is: what tests of the looks stand on."""

from collections.abc import AsyncIterator
from functools import partial

from textual.pilot import Pilot
from textual.strip import Strip

from tests.screens import scripted
from tests.screens.console_driver import ready, until
from tests.screens.scripted import NOW_MS, ScriptedClient
from tests.screens.scripted_analysis import candle_answer
from tui_trader.actions import TABS, Tab
from tui_trader.app import TraderApp

SIZES = [(80, 24), (120, 36), (200, 60)]
STATES = {
    "calm": scripted.started,
    "busy": scripted.traded,
    "halted": scripted.halted,
    "exchange-gone": scripted.cut_off,
}


def client_in(state: str) -> ScriptedClient:
    """An engine in one of the four states, with candles to tell."""
    client = ScriptedClient(STATES[state](), reply=scripted.agreeable)
    client.about_candles = partial(candle_answer, count=200)
    if state == "exchange-gone":
        client.welcome.market.heard_ms.update(market=NOW_MS - 7_000, account=NOW_MS - 7_000)
    return client


async def go_to(app: TraderApp, pilot: Pilot, tab: Tab) -> None:
    """Show a screen, and wait until everything it asked for is there."""
    await pilot.press(tab.key)
    await until(lambda: app.scene.screen == tab.name and app.screen is app.shown)
    await pilot.pause()
    await until(lambda: not any(topic.is_under_way for topic in app.scene.topics.values()))
    app.shown.sync()
    await pilot.pause()


async def every_screen(app: TraderApp, pilot: Pilot) -> AsyncIterator[Tab]:
    """Go through all of them, later ones included by themselves."""
    await ready(app)
    for tab in TABS:
        await go_to(app, pilot, tab)
        yield tab


def strips_of(app: TraderApp) -> list[Strip]:
    """What leaves for the terminal, line by line."""
    return app.screen._compositor.render_strips()
