"""The console as a process: what it loads, how it fails, what it leaves behind."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.screens import scripted
from tests.screens.console_driver import console, ready, until
from tests.screens.scripted import ScriptedClient
from tui_trader.app import Departure
from tui_trader.screens.crash_report import crash_report, crash_words, record_crash
from tui_trader.widgets.diffed_display import DiffedDisplay, is_clogged
from tui_trader.widgets.terminal import TerminalWatch, console_environment

SECRET = "kQH5HW/8p1uGOVjbgWA7FunAmGO8lsSUXNsu3eow76sz84Q18fWxnyRz"


def failed() -> Exception:
    api_secret = SECRET
    try:
        int(f"not a number {api_secret}")
    except ValueError as error:
        return error
    raise AssertionError


async def test_failure_of_the_console_is_reported_and_the_engine_named(tmp_path, monkeypatch):
    client = ScriptedClient(scripted.traded())
    app = console(client, report_folder=tmp_path / "logs")

    def broken(*_):
        raise failed()

    async def run() -> None:
        async with app.run_test(size=(120, 36)):
            await ready(app)
            monkeypatch.setattr("tui_trader.app.scene_feed.watch_stop", broken)
            await until(lambda: app.crash)

    with pytest.raises(ValueError, match="invalid literal"):
        await run()
    assert app.crash.how is Departure.CRASHED
    text = app.crash.report.read_text()
    assert "ValueError" in text
    assert "test_app.py" in text
    assert SECRET not in text
    assert app.crash.report.stat().st_mode & 0o077 == 0
    assert client.is_closed


def test_report_holds_no_secret_and_no_local_variable():
    text = crash_report(failed(), now_ms=0) + crash_words(failed(), None)
    assert SECRET not in text
    assert "api_secret" not in text
    assert "[masked]" in text
    assert "keeps running" in text


def test_report_that_cannot_be_written_is_no_second_failure(tmp_path):
    file = tmp_path / "file"
    file.touch()
    assert record_crash(failed(), folder=file, now_ms=0) is None
    assert record_crash(failed(), folder=None, now_ms=0) is None


def test_console_loads_nothing_of_the_engines_machinery():
    statement = "import sys, tui_trader.app; print(*sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", statement], capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert loaded & {"ccxt", "numpy", "pandas", "pydantic", "aiohttp", "sqlite3"} == set()
    assert not any(name.startswith("tui_trader.engine.core") for name in loaded)


def test_environment_is_quiet_and_leaves_the_users_own_alone():
    plain = console_environment({"TERM": "xterm-256color"})
    assert plain["TEXTUAL_ANIMATIONS"] == "none"
    assert plain["TEXTUAL_COLOR_SYSTEM"] == "auto"
    assert "ESCDELAY" not in console_environment({"ESCDELAY": "200"})


@pytest.mark.parametrize(
    ("term", "colorterm", "system"),
    [
        ("xterm-kitty", "", "truecolor"),
        ("foot", "", "truecolor"),
        ("xterm", "", "256"),
        ("xterm-256color", "truecolor", "truecolor"),
        ("linux", "", "auto"),
    ],
)
def test_colours_are_what_the_terminal_shows(term, colorterm, system):
    found = console_environment({"TERM": term, "COLORTERM": colorterm})
    assert found["TEXTUAL_COLOR_SYSTEM"] == system


def test_terminal_that_never_was_is_not_gone():
    assert not TerminalWatch().is_gone()


def test_differences_are_on_for_this_textual_and_can_be_switched_off(monkeypatch):
    assert DiffedDisplay().is_on
    monkeypatch.setenv("TUI_TRADER_NO_DIFF", "1")
    display = DiffedDisplay()
    assert not display.is_on
    update = object()
    assert display.diffed(update) is update


def test_driver_without_a_writer_is_never_clogged():
    assert not is_clogged(None)
    assert not is_clogged(object())


def test_style_sheet_is_beside_the_app():
    import tui_trader.app as module

    assert Path(module.__file__).with_suffix(".tcss").is_file()
    assert os.environ["TEXTUAL_ANIMATIONS"]


async def test_terminal_that_does_not_read_is_sent_nothing_until_it_does(monkeypatch):
    client = ScriptedClient(scripted.traded())
    app, frames, clogged = console(client), [], [False]
    for module in ("tui_trader.screens.painting", "tui_trader.widgets.diffed_display"):
        monkeypatch.setattr(f"{module}.is_clogged", lambda _: clogged[0])
    monkeypatch.setattr(app._display_diff, "diffed", frames.append)
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(app)
        clogged[0] = True
        frames.clear()
        # Keys draw too, not only the clock: Textual's full queue would block STOP behind them.
        await pilot.press(*"jzjz?", "escape", "b", "!")
        await until(lambda: client.sent)
        assert frames == []
        clogged[0] = False
        await until(lambda: frames)
