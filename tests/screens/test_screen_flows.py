"""Keys and mouse on the screens beside the desk, and what holds on every one of them."""

import pytest

from tests.screens import scripted
from tests.screens.console_driver import Clock, console, ready, screen_text, until
from tests.screens.scripted import ScriptedClient
from tests.screens.scripted_analysis import candle_answer
from tui_trader.actions import TABS
from tui_trader.engine.messages.analysis_queries import AskAnalysis, AskMarkets, IndicatorPick
from tui_trader.engine.messages.commands import HaltTrading
from tui_trader.engine.messages.queries import QueryFailed
from tui_trader.engine.values.candles import Interval
from tui_trader.widgets.analysis_panes import AnalysisChartPane, PatternsPane
from tui_trader.widgets.analysis_view import shown_patterns
from tui_trader.widgets.drawing.analysis_chart import window_of
from tui_trader.widgets.market_table import market_lines

SIZE = (120, 36)
KEYS = {tab.name: tab.key for tab in TABS}


def scripted_client(history=None, **more) -> ScriptedClient:
    client = ScriptedClient(history or scripted.traded(), reply=scripted.agreeable, **more)
    client.about_candles = candle_answer
    return client


async def answered(app, name):
    await until(lambda: app.scene.topic(name).answer is not None)


async def on_markets(app, pilot):
    await ready(app)
    await pilot.press("f3")
    await answered(app, "markets")
    await answered(app, "catalogue")


async def on_analysis(app, pilot):
    await ready(app)
    await pilot.press("f4")
    await answered(app, "analysis")
    await answered(app, "catalogue")


@pytest.mark.parametrize("name", KEYS)
async def test_stop_acts_on_every_screen_and_its_banner_is_seen(name):
    client = scripted_client()
    app = console(client)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(app)
        await pilot.press(KEYS[name], "!")
        await until(lambda: any(isinstance(sent, HaltTrading) for sent in client.sent))
        await until(lambda: "cancelling… not yet confirmed" in screen_text(app))
        text = screen_text(app)
        assert "! STOP" in text.splitlines()[-1]
        assert "HALTED" in text.splitlines()[0]


@pytest.mark.parametrize("name", KEYS)
@pytest.mark.parametrize("size", [(80, 23), (80, 24), (120, 36), (200, 60)])
async def test_mode_day_and_stop_are_in_sight_on_every_screen(name, size):
    app = console(scripted_client())
    async with app.run_test(size=size) as pilot:
        await ready(app)
        await pilot.press(KEYS[name])
        await until(lambda: f"{name}]" in screen_text(app))
        lines = screen_text(app).splitlines()
        assert "DEMO" in lines[0]
        assert "day -10.97" in lines[0]
        assert "! STOP" in lines[-1]


async def test_screens_are_reached_by_keys_in_a_ring_and_by_the_mouse():
    app = console(scripted_client())
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        for name in [*[tab.name for tab in TABS[1:]], "desk"]:
            await pilot.press("greater_than_sign")
            assert app.scene.screen == name
        await pilot.press("less_than_sign")
        assert app.scene.screen == TABS[-1].name
        await pilot.press("f2")
        await until(lambda: "F3" in screen_text(app).splitlines()[1])
        column = screen_text(app).splitlines()[1].index("F3")
        await pilot.click(offset=(column + 2, 1))
        await until(lambda: app.scene.screen == "markets")


async def test_keys_typed_right_after_a_switch_are_for_the_new_screen():
    client = scripted_client()
    app = console(client)
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        # On the desk `s` opens a ticket to sell.
        await pilot.press("f3", "l", "s")
        assert app.scene.ticket is None
        assert app.scene.markets.sort == "last"


async def test_hidden_screen_is_not_drawn_and_asks_nothing(monkeypatch):
    client = scripted_client()
    app = console(client)
    async with app.run_test(size=SIZE) as pilot:
        await on_analysis(app, pilot)
        await pilot.press("f2")
        drawn = []
        monkeypatch.setattr(AnalysisChartPane, "draw", lambda *_: drawn.append(1) or [])
        asked = len([query for query in client.asked if isinstance(query, AskAnalysis)])
        client.report(scripted.ticker_of("BTC/USD"))
        await pilot.press("j", "j")
        await pilot.pause()
        assert drawn == []
        assert len([query for query in client.asked if isinstance(query, AskAnalysis)]) == asked


async def test_screens_keep_what_was_set_up():
    app = console(scripted_client())
    async with app.run_test(size=SIZE) as pilot:
        await on_markets(app, pilot)
        await pilot.press("l", "l", "s", "slash", "o", "enter", "f4", "c", "f2", "f3")
        board = app.scene.markets
        assert (board.sort, board.filter, board.cursor) == ("24h", "o", "24h")
        assert "2 of 5 pairs" in screen_text(app)
        await pilot.press("f4")
        assert app.scene.analysis.cross is not None


async def test_sort_by_key_and_by_a_click_on_the_title():
    app = console(scripted_client())
    async with app.run_test(size=SIZE) as pilot:
        await on_markets(app, pilot)
        await pilot.press("l", "l", "s")
        assert market_lines(app.scene)[0].symbol == "SOL/USD"
        assert "24h▾" in screen_text(app)
        await pilot.press("s")
        assert market_lines(app.scene)[0].symbol == "XRP/USD"
        column = screen_text(app).splitlines()[3].index("last")
        await pilot.click(offset=(column, 3))
        assert app.scene.markets.sort == "last"


async def test_filter_takes_every_key_but_stop_until_it_is_closed():
    client = scripted_client()
    app = console(client)
    async with app.run_test(size=SIZE) as pilot:
        await on_markets(app, pilot)
        await pilot.press("slash", *"doq?")
        assert app.scene.markets.filter == "doq?"
        assert "no pair contains" in screen_text(app)
        await pilot.press("!")
        await until(lambda: any(isinstance(sent, HaltTrading) for sent in client.sent))
        await pilot.press("escape")
        assert app.scene.markets.filter == ""


async def test_enter_opens_the_pair_on_the_desk_and_a_on_analysis():
    app = console(scripted_client())
    async with app.run_test(size=SIZE) as pilot:
        await on_markets(app, pilot)
        await pilot.press("j", "a")
        assert (app.scene.screen, app.scene.symbol) == ("analysis", "ETH/USD")
        await pilot.press("f3", "j", "enter")
        assert (app.scene.screen, app.scene.symbol) == ("desk", "SOL/USD")
        await until(lambda: "CHART SOL/USD" in screen_text(app))


async def test_indicator_becomes_a_column_is_changed_and_goes_again():
    client = scripted_client()
    app = console(client)
    async with app.run_test(size=SIZE) as pilot:
        await on_markets(app, pilot)
        await pilot.press("i", *"adx", "enter")
        board = app.scene.markets
        assert board.picks[-1] == IndicatorPick(name="adx")
        assert board.cursor == "pick 3"
        await until(lambda: app.scene.topic("markets").answered.picks[-1:] == (board.picks[-1],))
        assert "▸adx" in screen_text(app)
        await pilot.press("e", *"21", "enter")
        assert board.picks[-1].parameters == {"period": 21.0}
        await until(lambda: "adx 21" in screen_text(app))
        await pilot.press("x")
        assert [pick.name for pick in board.picks] == ["rsi", "macd", "natr"]
        last = [query for query in client.asked if isinstance(query, AskMarkets)][-1]
        await until(lambda: app.scene.topic("markets").query.picks == tuple(board.picks))
        assert last.interval is board.interval


async def test_column_shows_the_output_that_is_chosen_and_sorts_by_it():
    app = console(scripted_client())
    async with app.run_test(size=(200, 60)) as pilot:
        await on_markets(app, pilot)
        board = app.scene.markets
        await pilot.press(*["l"] * 11, "o", "o", "s")
        assert (board.cursor, board.output(1)) == ("pick 1", 2)
        await until(lambda: "histogram of macd" in screen_text(app))
        values = [row.picks[1].values[2] for row in market_lines(app.scene)]
        assert values == sorted(values, reverse=True)
        await pilot.press("h", "o")
        assert "rsi has one output" in screen_text(app)
        await pilot.press("x")
        assert [pick.name for pick in board.picks] == ["macd", "natr"]
        assert (board.output(0), board.output(1)) == (2, 0)


async def test_click_in_a_scrolled_list_chooses_the_line_under_the_mouse():
    app = console(scripted_client())
    async with app.run_test(size=SIZE) as pilot:
        await on_analysis(app, pilot)
        app.scene.analysis.pattern = 120
        await pilot.press("3")
        pane = app.screen.query_one(PatternsPane)
        wanted = shown_patterns(app.scene)[pane.first_row + 1]
        await pilot.click(PatternsPane, offset=(8, 2))
        assert pane.first_row
        chosen = shown_patterns(app.scene)[app.scene.analysis.pattern]
        assert chosen == wanted


async def test_parameter_out_of_bounds_is_not_taken():
    app = console(scripted_client())
    async with app.run_test(size=SIZE) as pilot:
        await on_markets(app, pilot)
        await pilot.press(*["l"] * 10, "e", "1", "enter")
        assert "a whole number from 2 to 1000" in screen_text(app)
        await pilot.press("escape")
        assert app.scene.markets.picks[0].parameters == {}


async def test_fault_of_the_engine_is_said_and_asked_again_after_a_pause():
    client = scripted_client()
    client.about_candles = lambda _: QueryFailed(reason="kraken: busy")
    clock = Clock()
    app = console(client, clock=clock)
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press("f4")
        await until(lambda: "kraken: busy" in screen_text(app))
        asked = len(client.asked)
        await pilot.pause()
        assert len(client.asked) == asked
        client.about_candles = candle_answer
        clock.now_ms += 3_000
        await answered(app, "analysis")


async def test_jump_brings_the_candle_of_a_pattern_into_sight_and_marks_it():
    app = console(scripted_client())
    async with app.run_test(size=SIZE) as pilot:
        await on_analysis(app, pilot)
        board = app.scene.analysis
        board.pattern = 120
        await pilot.press("3", "j", "enter")
        assert board.pattern == 121
        assert board.mark is not None
        pane = app.screen.query_one(AnalysisChartPane)
        picture = pane._drawn_from[-1]
        window = window_of(picture, pane.size.width)
        shown = [c.open_time_ms for c in picture.candles[window.first : window.end]]
        assert board.mark in shown
        assert board.pan > 0
        await pilot.press("escape")
        assert board.mark is None


async def test_timeframe_zoom_pan_and_cross_hair():
    client = scripted_client()
    app = console(client)
    async with app.run_test(size=SIZE) as pilot:
        await on_analysis(app, pilot)
        board = app.scene.analysis
        await pilot.press("plus", "plus", "plus")
        assert board.candle_width == 3
        await pilot.press("minus", "H")
        assert (board.candle_width, board.pan) == (2, 20)
        await pilot.press("g", "g", "c", "h", "h")
        assert "C 64," in screen_text(app).splitlines()[3]
        assert board.pan == 0
        await pilot.press("right_square_bracket")
        assert app.scene.interval is Interval.M5
        assert board.cross is None
        await until(lambda: app.scene.topic("analysis").answered.interval is Interval.M5)


async def test_overlay_is_added_and_taken_away():
    app = console(scripted_client())
    async with app.run_test(size=SIZE) as pilot:
        await on_analysis(app, pilot)
        await pilot.press("i", *"super", "enter")
        await until(lambda: "supertrend(" in screen_text(app))
        await pilot.press("x", "e")
        assert [pick.name for pick in app.scene.analysis.picks] == [
            "ema",
            "bollinger",
            "rsi",
            "macd",
        ]


async def test_panes_are_reached_by_number_and_one_stands_alone():
    app = console(scripted_client())
    async with app.run_test(size=(80, 24)) as pilot:
        await on_analysis(app, pilot)
        for number, title in enumerate(
            ("CHART", "READINGS", "PATTERNS", "LEVELS", "SENTIMENT", "TIMEFRAMES"), 1
        ):
            await pilot.press(str(number))
            assert f"▌{number} {title}" in screen_text(app)
        await pilot.press("2", "z")
        assert "CHART" not in screen_text(app)
        assert "aroon" in screen_text(app)


async def test_answer_about_another_pair_is_never_drawn():
    client = scripted_client()
    app = console(client)
    async with app.run_test(size=SIZE) as pilot:
        await on_analysis(app, pilot)
        client.about_candles = lambda _: QueryFailed(reason="not now")
        await pilot.press("j")
        await until(lambda: "not now" in screen_text(app))
        assert "CHART ETH/USD" in screen_text(app)
        assert "aroon" not in screen_text(app)
        assert "bollinger" not in screen_text(app)
