"""The settings screen by keys: a program beside it writes the file, a scripted engine is told of limits.

Twice the real program, elsewhere one that answers in its words and loads nothing.
"""

import json
import sys
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from tests.screens.console_driver import console, ready, screen_text, until
from tests.screens.scripted import NOW_MS
from tests.screens.scripted_desk import DeskClient
from tui_trader.engine.config.load import load_settings
from tui_trader.engine.messages import events as told
from tui_trader.engine.messages.commands import ChangeLimit
from tui_trader.widgets.program import Program
from tui_trader.widgets.settings_panes import SettingsPane

SMALL, SIZE = (80, 24), (120, 36)


FAKE = Path(__file__).with_name("fake_config.py")
ROWS = load_settings(config_file=None, home=Path("/nowhere"), environ={}).rows


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / "home"
    folder.mkdir()
    (folder / "config.json").write_text('{"values": {"risk.positions_max": "4"}}')
    return folder


@pytest.fixture
def real_home(home):
    (home / "config.toml").write_text("# mine\n[risk]\npositions_max = 4  # few\n")
    return home


def obedient(command):
    if not isinstance(command, ChangeLimit):
        return []
    return [
        told.LimitChanged(
            time_ms=NOW_MS,
            command_id=command.command_id,
            actor=command.actor,
            key=command.key,
            value=command.value,
            before=Decimal(1),
            is_looser=command.is_loosening,
        )
    ]


def rows_of(home):
    values = written(home)
    return tuple(
        msgspec.structs.replace(row, value=values[row.key], source="config.toml:1")
        if row.key in values
        else row
        for row in ROWS
    )


def written(home):
    return json.loads((home / "config.json").read_text())["values"]


def app_of(home, client=None, *, is_real=False, **options):
    client = client or DeskClient(rows=rows_of(home), reply=obedient)
    fake = Program(words=(sys.executable, "-I", "-S", str(FAKE)), options=(str(home),))
    real = Program(words=(sys.executable, "-m", "tui_trader"), options=("--home", str(home)))
    return console(client, beside=real if is_real else fake, **options), client


async def on_settings(app, pilot):
    await ready(app)
    await pilot.press("comma")
    await until(lambda: app.scene.topic("settings").answer)
    await until(lambda: app.scene.settings.next_start is not None)


async def find(pilot, words):
    await pilot.press("slash", *words, "enter")


def text_of(home):
    return (home / "config.toml").read_text()


def limit_of(home):
    return written(home)["risk.positions_max"]


async def test_tighter_limit_is_written_after_its_diff_and_told_to_the_engine_at_once(real_home):
    app, client = app_of(real_home, is_real=True)
    async with app.run_test(size=SMALL) as pilot:
        await on_settings(app, pilot)
        await find(pilot, "positions_max")
        await pilot.press("enter", "backspace", "2", "enter")
        await until(lambda: "WRITE risk.positions_max" in screen_text(app))
        text = screen_text(app)
        assert "-positions_max = 4  # few" in text
        assert "+positions_max = 2  # few" in text
        assert "Tighter: it counts at once" in text
        await pilot.press("enter")
        assert text_of(real_home).endswith("= 4  # few\n")
        await pilot.press("y")
        await until(lambda: client.sent)
        (command,) = client.sent
        assert isinstance(command, ChangeLimit)
        assert (command.key, command.value, command.is_loosening) == (
            "risk.positions_max",
            Decimal(2),
            False,
        )
        assert text_of(real_home) == "# mine\n[risk]\npositions_max = 2  # few\n"
        await until(lambda: "it counts from now on" in screen_text(app))


async def test_looser_limit_needs_the_typed_word(home):
    app, client = app_of(home)
    async with app.run_test(size=SMALL) as pilot:
        await on_settings(app, pilot)
        await find(pilot, "positions_max")
        await pilot.press("enter", "backspace", "9", "enter")
        await until(lambda: "ALLOWS MORE" in screen_text(app))
        await pilot.press("y", "enter")
        assert "that is not LOOSER" in screen_text(app)
        assert client.sent == []
        await pilot.press("backspace", *"LOOSER", "enter")
        await until(lambda: client.sent)
        assert client.sent[0].is_loosening
        assert limit_of(home) == "9"


async def test_off_is_the_loosest_value_of_a_limit(home):
    app, client = app_of(home)
    async with app.run_test(size=SMALL) as pilot:
        await on_settings(app, pilot)
        await find(pilot, "positions_max")
        await pilot.press("enter", "backspace", "0", "enter")
        await until(lambda: "Type LOOSER" in screen_text(app))
        await pilot.press("escape")
        assert (client.sent, limit_of(home)) == ([], "4")


async def test_other_settings_wait_for_the_next_start_and_say_so(home):
    app, client = app_of(home)
    async with app.run_test(size=SIZE) as pilot:
        await on_settings(app, pilot)
        await find(pilot, "console.theme")
        await pilot.press("enter", *"light", "enter")
        await until(lambda: "It counts at the next start" in screen_text(app))
        await pilot.press("y")
        await until(lambda: written(home).get("console.theme") == '"light"')
        await until(lambda: app.theme == "light")
        await until(lambda: "→ light" in screen_text(app))
        assert "light from config.toml" in screen_text(app)
        assert client.sent == []


async def test_list_is_typed_with_commas_and_checked_as_config_check_does(real_home):
    app, _ = app_of(real_home, is_real=True)
    async with app.run_test(size=SIZE) as pilot:
        await on_settings(app, pilot)
        await pilot.press("enter", "ctrl+u", *"btc/usd", "comma", *"eth/eur", "enter")
        await until(lambda: "did you mean" in screen_text(app))
        assert app.scene.screen == "settings"
        await pilot.press("ctrl+u", *"BTC/USD", "comma", *"ETH/USD", "enter")
        await until(lambda: "WRITE market.pairs" in screen_text(app))
        await pilot.press("y")
        await until(lambda: 'pairs = ["BTC/USD", "ETH/USD"]' in text_of(real_home))


async def test_value_out_of_bounds_is_refused_where_it_is_typed(home):
    app, _ = app_of(home)
    async with app.run_test(size=SMALL) as pilot:
        await on_settings(app, pilot)
        await find(pilot, "positions_max")
        await pilot.press("enter", *"44", "enter")
        await until(lambda: "expected a whole number from 0 to 20" in screen_text(app))
        await pilot.press("ctrl+u", *"-1", "enter")
        assert "no setting begins with a dash" in screen_text(app)
        await pilot.press("escape")
        assert not app.scene.settings.is_editing
        assert limit_of(home) == "4"


async def test_undo_puts_the_last_change_back_and_asks_as_for_any_change(home):
    app, client = app_of(home)
    async with app.run_test(size=SMALL) as pilot:
        await on_settings(app, pilot)
        await pilot.press("u")
        await until(lambda: "nothing to undo" in screen_text(app))
        await find(pilot, "positions_max")
        await pilot.press("enter", "backspace", "2", "enter")
        await until(lambda: "WRITE" in screen_text(app))
        await pilot.press("y")
        await until(lambda: client.sent and not app.scene.settings.is_busy)
        client.rows = rows_of(home)
        app.scene.topic("settings").asked_ms = 0
        await until(lambda: app.scene.topic("settings").answer.rows == client.rows)
        await pilot.press("u")
        await until(lambda: "Type LOOSER" in screen_text(app))
        await pilot.press(*"LOOSER", "enter")
        await until(lambda: len(client.sent) == 2)
        assert client.sent[1].value == 4
        assert limit_of(home) == "4"


async def test_secrets_stay_masked_and_are_not_changed_here(home):
    app, _ = app_of(home)
    async with app.run_test(size=SMALL) as pilot:
        await on_settings(app, pilot)
        await find(pilot, "api_secret")
        await pilot.press("enter", "d")
        assert not app.scene.settings.is_editing
        assert "put it into .env" in screen_text(app)
        assert "it belongs in .env" in screen_text(app)


async def test_read_only_console_writes_nothing(home):
    app, client = app_of(home, is_read_only=True)
    async with app.run_test(size=SMALL) as pilot:
        await on_settings(app, pilot)
        await pilot.press("enter", "d", "u")
        assert "read-only: nothing is written" in screen_text(app)
        assert client.sent == []


async def test_without_an_engine_settings_of_the_file_are_shown_and_changed(home):
    client = DeskClient(rows=())
    app, _ = app_of(home, client)
    async with app.run_test(size=SMALL) as pilot:
        await ready(app)
        client.vanish()
        await until(lambda: app.scene.attachment.value == "gone")
        await pilot.press("comma")
        await until(lambda: app.scene.settings.next_start is not None)
        await find(pilot, "positions_max")
        await pilot.press("enter", "backspace", "3", "enter")
        await until(lambda: "No engine is attached" in screen_text(app))
        await pilot.press("y")
        await until(lambda: limit_of(home) == "3")
        assert client.sent == []


async def test_broken_file_is_told_instead_of_being_passed_over(home):
    app, _ = app_of(home)
    (home / "config.json").unlink()
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press("comma")
        await until(lambda: "The settings file has a mistake" in screen_text(app))


async def test_lists_sections_and_the_mouse(home):
    app, _ = app_of(home)
    async with app.run_test(size=SMALL) as pilot:
        await on_settings(app, pilot)
        await pilot.press("s", "s")
        assert app.scene.settings.chosen == "rules.sizing"
        await pilot.press("S", "j")
        assert app.scene.settings.chosen == "limits.position_value_max_quote"
        await pilot.press("v")
        assert "SETTINGS  not at their defaults" in screen_text(app)
        assert "● 4" in screen_text(app)
        await pilot.press("v")
        assert "SETTINGS  limits" in screen_text(app)
        await pilot.click(SettingsPane, offset=(20, 4))
        assert app.scene.settings.chosen == "limits.order_value_max_quote"


async def test_first_steps_ask_three_questions_and_call_init(home):
    first = home.rename(home.with_name("first"))
    app, _ = app_of(first)
    async with app.run_test(size=SMALL) as pilot:
        await on_settings(app, pilot)
        assert "No settings file yet: w asks" in screen_text(app)
        await pilot.press("w", *"light", "enter", *"btc", "enter", "u")
        assert "WRITE THIS" in screen_text(app)
        await pilot.press("y")
        await until((first / "answers.json").exists)
        answers = json.loads((first / "answers.json").read_text())
        assert answers[:4] == ["--theme", "light", "--pairs", answers[3]]
        assert answers[4:] == ["--daily-loss", "3", "--position", "25"]


async def test_first_steps_leave_a_file_that_is_there_alone(home):
    app, _ = app_of(home)
    async with app.run_test(size=SMALL) as pilot:
        await on_settings(app, pilot)
        await pilot.press("w")
        assert "a settings file is there" in screen_text(app)


async def test_console_without_settings_offers_the_first_steps_and_holds_nobody_up(home):
    app, _ = app_of(home, greeting="the demo, by the defaults: , and then w asks")
    async with app.run_test(size=SMALL) as pilot:
        await until(lambda: "and then w asks" in screen_text(app))
        await ready(app)
        await pilot.press("f6")
        assert app.scene.screen == "orders"


async def test_setting_named_on_the_command_line_is_marked_and_asked_about(home):
    app, client = app_of(home)
    async with app.run_test(size=SMALL) as pilot:
        await ready(app)
        await pilot.press("colon", *"set risk.positions_max 3", "enter")
        await until(lambda: "WRITE risk.positions_max" in screen_text(app))
        await pilot.press("y")
        await until(lambda: client.sent)
        assert client.sent[0].value == 3
