"""Live mode: trading keys sleep until they are armed, and what takes risk away never does."""

import pytest

from tests.screens import scripted
from tests.screens.console_driver import Clock, console, ready, screen_text, until
from tests.screens.scripted import NOW_MS, ScriptedClient
from tui_trader.engine.messages import events as told
from tui_trader.engine.messages.commands import (
    CancelAllOrders,
    CancelOrder,
    FlattenAll,
    HaltTrading,
    PlaceOrder,
)
from tui_trader.engine.messages.reports import HeartbeatReport
from tui_trader.engine.values.modes import LinkState, Mode

SIZE = (120, 36)


def live(*more):
    history = scripted.traded()
    start = next(event for event in history if isinstance(event, told.EngineStarted))
    history[history.index(start)] = told.EngineStarted(
        time_ms=start.time_ms, mode=Mode.LIVE, venue="Kraken", version=start.version
    )
    return ScriptedClient([*history, *more], reply=scripted.agreeable)


def sent(client, kind):
    return [command for command in client.sent if isinstance(command, kind)]


async def test_trading_keys_sleep_until_they_are_armed():
    client = live()
    app = console(client, armed_minutes=5)
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        text = screen_text(app)
        assert "[[ LIVE ]]" in text
        assert "not armed" in text
        assert "(b buy)" in text.splitlines()[-1]
        await pilot.press("b")
        assert app.scene.ticket is None
        assert "A arms them" in screen_text(app)
        await pilot.press("A", "b", *"0.01")
        assert "ARMED 5:00" in screen_text(app)
        await until(lambda: "checks pass" in screen_text(app))
        await pilot.press("enter")
        await until(lambda: sent(client, PlaceOrder))


async def test_a_ticket_that_was_opened_in_time_is_not_sent_after_it():
    client, clock = live(), Clock()
    app = console(client, clock=clock, armed_minutes=1, idle_minutes=60)
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press("A", "b", *"0.01")
        clock.now_ms += 61_000
        client.report(HeartbeatReport(time_ms=clock.now_ms, link="market"))
        await until(lambda: "not armed" in screen_text(app))
        await pilot.press("enter")
        assert client.sent == []


@pytest.mark.parametrize(
    ("keys", "kind"),
    [
        (("exclamation_mark",), HaltTrading),
        (("5", "j", "c"), CancelOrder),
        (("C", "y"), CancelAllOrders),
        (("F", *"FLATTEN", "enter"), FlattenAll),
    ],
)
async def test_what_takes_risk_away_needs_no_arming(keys, kind):
    client = live()
    app = console(client)
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press(*keys)
        await until(lambda: sent(client, kind))


@pytest.mark.parametrize("line", ["buy btc 0.01", "close btc", "amend 2 @64000"])
async def test_words_sleep_as_keys_do(line):
    client = live()
    app = console(client)
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press("colon", *line, "enter")
        assert "not armed" in screen_text(app).splitlines()[-1]
        assert app.scene.ticket is None
        assert client.sent == []


async def test_old_prices_put_the_keys_to_sleep():
    client = live()
    app = console(client)
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press("A")
        assert app.scene.arming.left_s(NOW_MS) is not None
        client.happen(
            told.LinkChanged(
                time_ms=NOW_MS, link="market", state=LinkState.DOWN, detail="connection reset"
            )
        )
        await until(lambda: "sleep again: prices are old" in screen_text(app))
        await pilot.press("A")
        assert app.scene.arming.until_ms is None


async def test_demo_needs_no_arming():
    app = console(ScriptedClient(scripted.traded()))
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        assert "armed" not in screen_text(app)
        await pilot.press("A")
        assert "only live mode needs arming" in screen_text(app)
