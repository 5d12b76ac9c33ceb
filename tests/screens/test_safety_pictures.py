"""Strategies, risk, settings and log files as pictures: with content, empty, and with the engine gone; fixed clock."""

import pytest

from tests.screens import scripted
from tests.screens.console_driver import console, ready, screen_text, until
from tests.screens.scripted import NOW_MS
from tests.screens.scripted_desk import DeskClient
from tests.screens.test_log_reading import told, write
from tui_trader.widgets.settings_board import SettingsShown

SIZES = [(80, 24), (120, 36), (200, 60)]
SCREENS = {"strategies": "f9", "risk": "f10", "settings": "comma"}


def picture(client, name, *keys, **options):
    app = console(client, **options)

    async def settle(pilot):
        await ready(app)
        await pilot.press(SCREENS[name])
        await until(lambda: f" {name}]" in screen_text(app))
        await ready(app)
        if name == "risk":
            await until(lambda: app.scene.journal.is_at_its_end)
        if name == "settings":
            # What the program beside the console would say of the file; there is none here.
            await until(lambda: app.scene.settings.next_fault)
            rows = client.rows if isinstance(client, DeskClient) else ()
            app.scene.settings.take_shown(SettingsShown(settings=rows, config_path="config.toml"))
        await pilot.press(*keys)
        app.shown.sync()
        await pilot.pause()

    return app, settle


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("name", SCREENS)
def test_with_content(snap_compare, name, size):
    app, settle = picture(DeskClient(), name, "j")
    assert snap_compare(app, terminal_size=size, run_before=settle)


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("name", ["strategies", "risk"])
def test_empty(snap_compare, name, size):
    app, settle = picture(DeskClient(scripted.started()), name)
    assert snap_compare(app, terminal_size=size, run_before=settle)


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("name", SCREENS)
def test_with_the_engine_gone(snap_compare, name, size):
    client = DeskClient()
    app, settle = picture(client, name)

    async def lose(pilot):
        await settle(pilot)
        client.vanish()
        await until(lambda: app.scene.attachment.value == "gone")
        app.scene.attachment_detail = "no engine answers in this home"
        app.shown.sync()
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=lose)


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_form_that_starts_a_strategy(snap_compare, size):
    app, settle = picture(DeskClient(scripted.traded()), "strategies", "n", "j", "j", "j", "9")
    assert snap_compare(app, terminal_size=size, run_before=settle)


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_setting_that_is_changed(snap_compare, size):
    app, settle = picture(DeskClient(), "settings", "slash", *"daily_loss", "enter", "enter", "9")
    assert snap_compare(app, terminal_size=size, run_before=settle)


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_log_files(snap_compare, size, tmp_path):
    for number in range(60):
        level = ("info", "warning", "error")[number % 7 % 3]
        write(
            tmp_path,
            "engine.jsonl",
            told(number, time_ms=NOW_MS - (60 - number) * 4_000_000, level=level),
        )
    app = console(DeskClient(), report_folder=tmp_path)

    async def settle(pilot):
        await ready(app)
        await pilot.press("f7", "s")
        await until(lambda: app.scene.logs.is_all_read)
        await pilot.press("j", "j")
        app.shown.sync()
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=settle)
