"""What a person set up is found again, and nothing that is in the file can stop a console."""

import pytest

from tests.screens import scripted
from tests.screens.console_driver import console, ready, screen_text, until
from tests.screens.scripted import NOW_MS, ScriptedClient
from tui_trader.engine.messages.analysis_queries import PICKS_MAX, IndicatorPick
from tui_trader.engine.values.candles import Interval
from tui_trader.screens.keeping import read_set_up, write_set_up
from tui_trader.widgets.scene import Scene
from tui_trader.widgets.set_up import set_up_of, take_set_up


def changed() -> Scene:
    scene = Scene(now_ms=NOW_MS)
    scene.markets.picks = [IndicatorPick(name="adx", parameters={"period": 21.0})]
    scene.markets.choose_output(0, 1)
    scene.markets.sort, scene.markets.interval = "pick 0", Interval.H4
    scene.analysis.picks, scene.analysis.candle_width = [], 3
    scene.interval = Interval.D1
    return scene


def test_what_was_set_up_is_found_again(tmp_path):
    path = tmp_path / "console.json"
    assert write_set_up(path, set_up_of(changed())) == ""
    assert path.stat().st_mode & 0o077 == 0
    assert [each.name for each in tmp_path.iterdir()] == ["console.json"]
    kept, fault = read_set_up(path)
    fresh = Scene(now_ms=NOW_MS)
    take_set_up(fresh, kept)
    assert fault == ""
    assert set_up_of(fresh) == set_up_of(changed())


def test_first_console_finds_nothing_and_says_nothing(tmp_path):
    assert read_set_up(tmp_path / "console.json") == (None, "")
    assert read_set_up(None) == (None, "")


@pytest.mark.parametrize("text", [b"", b"{}", b"\xff\xfe", b'{"market_picks": 7}', b"[" * 70_000])
def test_file_that_is_no_set_up_is_put_aside_and_told(tmp_path, text):
    path = tmp_path / "console.json"
    path.write_bytes(text)
    kept, fault = read_set_up(path)
    assert kept is None
    assert "console.unreadable" in fault
    assert (tmp_path / "console.unreadable").read_bytes() == text


def test_home_that_takes_no_file_is_told(tmp_path):
    fault = write_set_up(tmp_path / "nowhere" / "console.json", set_up_of(changed()))
    assert "could not be kept" in fault


def test_numbers_no_console_would_write_are_not_taken():
    scene = changed()
    scene.markets.picks = [IndicatorPick(name="rsi")] * (PICKS_MAX + 1)
    scene.markets.sort, scene.analysis.candle_width = "pick 99", 40
    fresh = Scene(now_ms=NOW_MS)
    take_set_up(fresh, set_up_of(scene))
    assert len(fresh.markets.picks) == 3
    assert (fresh.markets.sort, fresh.analysis.candle_width) == ("", 1)


async def test_console_says_that_its_set_up_was_no_set_up(tmp_path):
    path = tmp_path / "console.json"
    path.write_text("not json")
    app = console(ScriptedClient(scripted.traded()), set_up_file=path)
    async with app.run_test(size=(120, 36)):
        await ready(app)
        await until(lambda: "console.json is no set-up" in screen_text(app))
