"""The table of pairs: order, filter, unknown values, columns that give way."""

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.screens import scripted
from tests.screens.scripted import NOW_MS, ScriptedClient, candle_walk
from tests.screens.scripted_analysis import candle_answer
from tui_trader.engine.messages.analysis_queries import (
    AskCatalogue,
    AskMarkets,
    IndicatorPick,
    PickValue,
)
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.instruments import Symbol
from tui_trader.themes import palette_of
from tui_trader.widgets import scene_feed
from tui_trader.widgets.boards import Topic
from tui_trader.widgets.drawing.market_rows import (
    column_at,
    fitting_columns,
    market_rows,
    market_titles,
    value_text,
)
from tui_trader.widgets.market_table import all_columns, market_lines
from tui_trader.widgets.scene import Scene

PALETTE = palette_of("dark")


@pytest.fixture
def scene():
    scene = Scene(now_ms=NOW_MS)
    scene_feed.take_welcome(scene, ScriptedClient(scripted.traded()).welcome)
    scene.screen = "markets"
    for symbol in scene.symbols:
        scene.candles[symbol, Interval.M1] = candle_walk(symbol, Interval.M1, 120)
    asked = AskMarkets(interval=scene.markets.interval, picks=tuple(scene.markets.picks))
    scene.topics["markets"] = Topic(query=asked, answered=asked, answer=candle_answer(asked))
    scene.topics["catalogue"] = Topic(answer=candle_answer(AskCatalogue()))
    return scene


def symbols(scene):
    return [line.symbol.partition("/")[0] for line in market_lines(scene)]


def test_unsorted_the_pairs_stand_as_in_the_settings(scene):
    assert symbols(scene) == ["BTC", "ETH", "SOL", "XRP", "DOGE"]


@pytest.mark.parametrize(
    ("column", "is_descending", "first", "last"),
    [
        ("24h", True, "SOL", "XRP"),
        ("24h", False, "XRP", "SOL"),
        ("last", True, "BTC", "DOGE"),
        ("pair", False, "BTC", "XRP"),
        ("position", True, "ETH", "DOGE"),
    ],
)
def test_sorts_by_any_column(scene, column, is_descending, first, last):
    scene.markets.sort, scene.markets.is_descending = column, is_descending
    assert (symbols(scene)[0], symbols(scene)[-1]) == (first, last)


@pytest.mark.parametrize("is_descending", [True, False])
def test_unknown_comes_last_whichever_way_it_is_sorted(scene, is_descending):
    del scene.market.tickers[Symbol("ETH/USD")]
    scene.markets.sort, scene.markets.is_descending = "24h", is_descending
    assert symbols(scene)[-1] == "ETH"


def test_every_column_sorts(scene):
    for column in all_columns(scene):
        scene.markets.sort = column.name
        assert sorted(symbols(scene)) == ["BTC", "DOGE", "ETH", "SOL", "XRP"], column.name


def test_filter_finds_parts_of_names_in_either_case(scene):
    scene.markets.filter = "o"
    assert symbols(scene) == ["SOL", "DOGE"]


def test_answer_to_other_columns_is_not_shown_under_these(scene):
    scene.markets.picks.append(IndicatorPick(name="adx"))
    line = market_lines(scene)[0]
    assert line.picks == ()
    assert line.high_24h is not None
    assert line.why == "computing…"


def test_line_says_why_something_is_unknown(scene):
    asked = AskMarkets(interval=scene.markets.interval, picks=tuple(scene.markets.picks))
    scene.topics["markets"].answer = candle_answer(asked, count=20)
    assert "needs 14 more candles" in market_lines(scene)[0].why
    scene.topics["markets"] = Topic(fault="kraken: busy")
    assert market_lines(scene)[0].why == "kraken: busy"
    del scene.market.tickers[Symbol("BTC/USD")]
    assert market_lines(scene)[0].why == "no price heard yet"


def test_change_of_the_hour_is_unknown_without_an_hour_of_candles(scene):
    assert market_lines(scene)[0].change_1h is not None
    scene.candles[Symbol("BTC/USD"), Interval.M1] = candle_walk("BTC/USD", Interval.M1, 60)
    assert market_lines(scene)[0].change_1h is None


@pytest.mark.parametrize("width", [40, 77, 117, 197])
def test_the_marked_column_is_always_shown_and_rows_fit(scene, width):
    columns = all_columns(scene)
    for marked in columns:
        fitting = fitting_columns(columns, marked=marked.name, width=width - 3)
        assert marked in fitting
        assert fitting[0].name == "pair" or marked.priority
        rows = market_rows(
            market_lines(scene),
            fitting,
            selected="BTC/USD",
            is_old=False,
            width=width,
            palette=PALETTE,
        )
        assert {strip.cell_length for strip in rows} == {width}


def test_title_of_the_sorted_column_has_an_arrow_and_a_click_finds_it(scene):
    columns = fitting_columns(all_columns(scene), marked="pair", width=117)
    title = market_titles(
        columns, marked="24h", sort="24h", is_descending=True, width=120, palette=PALETTE
    )
    assert "▸24h▾" in title.text
    assert column_at(columns, title.text.index("24h")) == "24h"
    assert column_at(columns, 0) is None


def test_colour_is_never_alone(scene):
    line = market_lines(scene)[0]
    bearish = replace(line, picks=(PickValue(values=(71.5,), stance=-1),), change_24h=-1.0)
    columns = [column for column in all_columns(scene) if column.name in {"24h", "pick 0"}]
    (row,) = market_rows([bearish], columns, selected=None, is_old=False, width=60, palette=PALETTE)
    assert "▼-1.00%" in row.text
    assert "71.50 ▼" in row.text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (None, "price", "—"),
        (64_130.4, "price", "64,130.4"),
        (-0.00018773, "price", "-0.000188"),
        (0.4312, "ratio", "0.431"),
        (1_234_567.0, "volume", "1.2M"),
        (14.0, "bars", "14"),
    ],
)
def test_values_have_the_digits_of_their_unit(value, unit, text):
    decimals = 1 if value is None or abs(value) > 1 else 7
    assert value_text(value, unit=unit, decimals=decimals) == text


def test_spread_of_an_empty_book_is_unknown(scene):
    ticker = scene.market.tickers[Symbol("BTC/USD")]
    changed = scripted.msgspec.structs.replace(ticker, bid=Decimal(0))
    scene.market.tickers[Symbol("BTC/USD")] = changed
    assert market_lines(scene)[0].spread_bps is None
