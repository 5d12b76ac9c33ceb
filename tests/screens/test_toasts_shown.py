"""Toasts over the live screens."""

import pytest

from tests.screens import scripted
from tests.screens.console_driver import Clock, console, ready, screen_text, until
from tests.screens.states import client_in, go_to
from tui_trader.actions import TABS
from tui_trader.engine.values.orders import Side
from tui_trader.widgets.toasts import SHOWN_MS

SIZES = [(80, 24), (120, 36), (200, 60)]

HALT = scripted.halted()[-6]


def fills(count: int):
    return [
        scripted.filled(4, "BTC/USD", Side.BUY, "0.001", "64000.0", number)
        for number in range(count)
    ]


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_toasts_leave_mode_profit_banner_and_stop_in_sight_on_every_screen(size):
    client, clock = client_in("busy"), Clock()
    app = console(client, clock=clock)
    async with app.run_test(size=size) as pilot:
        await ready(app)
        client.happen(HALT, *fills(5))
        await until(lambda: "in 5 fills" in screen_text(app))
        for tab in TABS:
            await go_to(app, pilot, tab)
            lines = screen_text(app).splitlines()
            assert "bought 0.005 BTC/USD at 64,000" in screen_text(app), tab.name
            assert "DEMO" in lines[0]
            assert "day " in lines[0]
            assert "HALTED by console" in screen_text(app)
            assert lines[-1].rstrip().endswith("! STOP")
        clock.now_ms += SHOWN_MS
        await until(lambda: not app.scene.toasts.shown)
        app.shown.sync()
        await pilot.pause()
        assert "in 5 fills" not in "\n".join(screen_text(app).splitlines()[-3:])


async def test_toast_is_in_the_log_too():
    client = client_in("busy")
    app = console(client)
    async with app.run_test(size=(120, 36)):
        await ready(app)
        client.happen(*fills(1))
        await until(lambda: app.scene.toasts.shown)
        assert app.scene.log[-1].text == app.scene.toasts.shown[-1].line.text
