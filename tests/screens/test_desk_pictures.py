"""What the user sees, as pictures: scripted engine, fixed clock."""

import pytest

from tests.screens import scripted
from tests.screens.console_driver import console, ready, screen_text, until
from tests.screens.scripted import NOW_MS, ScriptedClient

NARROW, MIDDLE, WIDE = (80, 24), (120, 36), (200, 60)


def cut_off() -> ScriptedClient:
    client = ScriptedClient(scripted.cut_off())
    client.welcome.market.heard_ms.update(market=NOW_MS - 7_000, account=NOW_MS - 7_000)
    return client


@pytest.mark.parametrize("size", [NARROW, MIDDLE, WIDE])
def test_desk(snap_compare, size):
    app = console(ScriptedClient(scripted.traded()))

    async def settle(pilot):
        await ready(app)

    assert snap_compare(app, terminal_size=size, run_before=settle)


@pytest.mark.parametrize("size", [NARROW, MIDDLE, WIDE])
def test_chart_read_off_with_all_lines(snap_compare, size):
    app = console(ScriptedClient(scripted.traded()))

    async def settle(pilot):
        await ready(app)
        await pilot.press("2", "v", "B")
        await until(lambda: "VWAP 64" in screen_text(app) or size == NARROW)
        await pilot.press("left", "shift+left", "shift+left")

    assert snap_compare(app, terminal_size=size, run_before=settle)


@pytest.mark.parametrize("size", [NARROW, MIDDLE])
def test_order_carried_on_a_ladder_that_is_held(snap_compare, size):
    app = console(ScriptedClient(scripted.traded()))

    async def settle(pilot):
        await ready(app)
        await pilot.press("3", "minus", "minus", "minus", "minus", "j", "m", "j", "j")
        # What was said gives way to the keys.
        app.scene.notice = None

    assert snap_compare(app, terminal_size=size, run_before=settle)


@pytest.mark.parametrize("size", [NARROW, MIDDLE])
def test_ticket(snap_compare, size):
    app = console(ScriptedClient(scripted.traded()))

    async def settle(pilot):
        await ready(app)
        await pilot.press("b", *"0.01")
        await until(lambda: "checks pass" in screen_text(app))

    assert snap_compare(app, terminal_size=size, run_before=settle)


@pytest.mark.parametrize("size", [NARROW, MIDDLE])
def test_halted(snap_compare, size):
    app = console(ScriptedClient(scripted.halted()))

    async def settle(pilot):
        await ready(app)

    assert snap_compare(app, terminal_size=size, run_before=settle)


@pytest.mark.parametrize("size", [NARROW, MIDDLE])
def test_exchange_gone(snap_compare, size):
    app = console(cut_off())

    async def settle(pilot):
        await ready(app)

    assert snap_compare(app, terminal_size=size, run_before=settle)


def test_light_desk_of_an_account_that_never_traded(snap_compare):
    app = console(ScriptedClient(scripted.started()), theme="light")

    async def settle(pilot):
        await ready(app)

    assert snap_compare(app, terminal_size=MIDDLE, run_before=settle)


def test_without_colours(snap_compare, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    app = console(ScriptedClient(scripted.halted()))

    async def settle(pilot):
        await ready(app)

    assert snap_compare(app, terminal_size=NARROW, run_before=settle)
