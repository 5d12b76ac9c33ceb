"""What a person set up is found again, and nothing that is in the file can stop a console."""

import json

import msgspec
import pytest

from tests.screens import scripted
from tests.screens.console_driver import console, ready, screen_text, until
from tests.screens.scripted import NOW_MS, ScriptedClient
from tui_trader.engine.messages.analysis_queries import PICKS_MAX, IndicatorPick
from tui_trader.engine.values.candles import Interval
from tui_trader.screens.keeping import put_aside, read_set_up, write_set_up
from tui_trader.widgets.line_board import Level
from tui_trader.widgets.orders_board import Kind
from tui_trader.widgets.scene import Scene
from tui_trader.widgets.set_up import VERSION, SetUp, set_up_of, take_set_up
from tui_trader.widgets.strategies_board import Outcomes


def changed() -> Scene:
    scene = Scene(now_ms=NOW_MS)
    scene.markets.picks = [IndicatorPick(name="adx", parameters={"period": 21.0})]
    scene.markets.choose_output(0, 1)
    scene.markets.sort, scene.markets.interval = "pick 0", Interval.H4
    scene.analysis.picks, scene.analysis.candle_width = [], 3
    scene.interval = Interval.D1
    scene.screen, scene.symbol = "orders", "SOL/USD"
    scene.desk.overlays, scene.desk.is_log, scene.desk.candle_width = ["vwap"], True, 2
    scene.order_board.kind, scene.order_board.filter = Kind.REFUSED, "btc"
    scene.journal.level, scene.journal.filter = Level.ERRORS, "timeout"
    scene.strategies.outcomes = Outcomes.STOPPED
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
    assert (fresh.screen, fresh.symbol) == ("orders", "SOL/USD")
    assert (fresh.journal.level, fresh.journal.filter) == (Level.ERRORS, "timeout")
    assert (fresh.order_board.kind, fresh.desk.overlays) == (Kind.REFUSED, ["vwap"])


async def test_console_begins_on_the_screen_and_pair_it_was_left_on(tmp_path):
    path = tmp_path / "console.json"
    write_set_up(path, set_up_of(changed()))
    app = console(ScriptedClient(scripted.traded()), set_up_file=path)
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(app)
        await until(lambda: "[F6 orders]" in screen_text(app))
        await until(lambda: "with “btc”" in screen_text(app))
        assert app.scene.symbol == "SOL/USD"
        await pilot.press("f2")
        await until(lambda: "SOL/USD" in screen_text(app))


async def test_pair_that_is_no_longer_watched_gives_way_to_the_first(tmp_path):
    path, scene = tmp_path / "console.json", changed()
    scene.symbol = "GONE/USD"
    write_set_up(path, set_up_of(scene))
    app = console(ScriptedClient(scripted.traded()), set_up_file=path)
    async with app.run_test(size=(120, 36)):
        await ready(app)
        assert app.scene.symbol == "BTC/USD"


def test_file_of_an_older_console_gives_what_it_has(tmp_path):
    path = tmp_path / "console.json"
    write_set_up(path, set_up_of(changed()))
    content = json.loads(path.read_text())
    del content["session"], content["version"]
    path.write_text(json.dumps(content))
    kept, fault = read_set_up(path)
    fresh = Scene(now_ms=NOW_MS)
    take_set_up(fresh, kept)
    assert (fault, fresh.screen, fresh.markets.sort) == ("", "desk", "pick 0")


def test_file_of_a_newer_console_is_put_aside_and_told(tmp_path):
    path = tmp_path / "console.json"
    write_set_up(path, msgspec.structs.replace(set_up_of(changed()), version=VERSION + 1))
    kept, fault = read_set_up(path)
    assert kept is None
    assert "newer console" in fault
    assert (tmp_path / "console.unreadable").exists()


def test_what_a_console_breaks_on_at_once_is_put_aside(tmp_path):
    put_aside(tmp_path / "console.json")
    put_aside(None)
    write_set_up(tmp_path / "console.json", set_up_of(changed()))
    put_aside(tmp_path / "console.json")
    assert [each.name for each in tmp_path.iterdir()] == ["console.unreadable"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"screen": "nowhere"},
        {"filters": {"orders": "x" * 99, "journal": "\x1b[2J", "nothing": "x"}},
        {"order_kind": "SOME", "journal_level": "LOUD", "outcomes": "?", "settings": "?"},
        {"desk": {"overlays": ["everything"], "candle_width": 99, "grouping": -4}},
        {"shows_logs": True},
    ],
)
def test_places_no_console_would_write_are_passed_over(tmp_path, wrong):
    fresh = Scene(now_ms=NOW_MS)
    plain = msgspec.to_builtins(set_up_of(fresh))
    plain["session"] |= wrong
    take_set_up(fresh, msgspec.convert(plain, SetUp))
    assert set_up_of(fresh).session == set_up_of(Scene(now_ms=NOW_MS)).session


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
