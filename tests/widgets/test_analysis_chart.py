"""The chart of the analysis screen: exact sizes, windows, lines, levels, marks, read-out."""

from dataclasses import replace

import pytest

from tests.screens.scripted import candle_walk
from tui_trader.engine.values.candles import Interval
from tui_trader.themes import palette_of
from tui_trader.widgets.drawing.analysis_chart import (
    PRICE_ROWS_MIN,
    AnalysisPicture,
    PriceLevel,
    analysis_chart,
    pane_heights,
    window_of,
)
from tui_trader.widgets.drawing.grid import Grid
from tui_trader.widgets.drawing.subpanes import ChartLine

PALETTE = palette_of("dark")
CANDLES = candle_walk("BTC/USD", Interval.M15, 200)


def overlay(values, *, shift=0, **more):
    return ChartLine(
        label="ema(50)",
        names=("ema",),
        columns=(tuple(values),),
        shifts=(shift,),
        is_overlay=more.pop("is_overlay", True),
        colour=0,
        **more,
    )


CLOSES = [candle.close for candle in CANDLES]
LEVEL = max(candle.high for candle in CANDLES[-75:])
RSI = overlay([50 + index % 30 for index in range(200)], is_overlay=False, low=0.0, high=100.0)
MACD = ChartLine(
    label="macd(12,26,9)",
    names=("macd", "signal", "histogram"),
    columns=tuple(tuple(float(index % 7 - part) for index in range(200)) for part in (3, 2, 4)),
    shifts=(0, 0, 0),
    is_overlay=False,
    colour=2,
)
PICTURE = AnalysisPicture(
    candles=CANDLES,
    interval=Interval.M15,
    decimals=1,
    lines=(overlay(CLOSES), RSI, MACD),
    levels=(PriceLevel(price=LEVEL, label="R", is_support=False),),
    signs={CANDLES[-5].open_time_ms: 1, CANDLES[-9].open_time_ms: -1},
)


def texts(picture, width=90, height=30):
    return [
        strip.text for strip in analysis_chart(picture, width=width, height=height, palette=PALETTE)
    ]


def dots(picture):
    return sum(0x2800 <= ord(char) < 0x2900 for line in texts(picture) for char in line)


@pytest.mark.parametrize("size", [(50, 20), (78, 32), (134, 56), (20, 9), (5, 3), (200, 12)])
@pytest.mark.parametrize("count", [0, 1, 2, 40, 200])
@pytest.mark.parametrize("candle_width", [1, 2, 3])
def test_chart_has_exactly_the_size_asked_for(size, count, candle_width):
    width, height = size
    picture = replace(
        PICTURE,
        candles=CANDLES[:count],
        candle_width=candle_width,
        cross=CANDLES[0].open_time_ms,
        mark=CANDLES[0].open_time_ms,
    )
    strips = analysis_chart(picture, width=width, height=height, palette=PALETTE)
    assert len(strips) == height
    assert {strip.cell_length for strip in strips} == {width}
    assert {sum(segment.cell_length for segment in strip) for strip in strips} == {width}


@pytest.mark.parametrize("rows", range(9, 60))
@pytest.mark.parametrize("count", range(6))
def test_panes_below_leave_the_price_enough(rows, count):
    heights = pane_heights(rows, count)
    assert len(heights) <= count
    assert rows - sum(heights) >= min(rows, PRICE_ROWS_MIN)


def test_window_is_panned_no_further_than_the_oldest_candle():
    assert window_of(PICTURE, 90).end == 200
    assert window_of(replace(PICTURE, pan=50), 90).end == 150
    oldest = window_of(replace(PICTURE, pan=10_000), 90)
    assert oldest.first == 0
    assert oldest.end > 50


def test_wider_candles_are_fewer():
    one, three = window_of(PICTURE, 90), window_of(replace(PICTURE, candle_width=3), 90)
    assert three.end - three.first == (one.end - one.first) // 3


def test_every_pane_has_its_label_and_values():
    text = "\n".join(texts(PICTURE))
    assert "ema(50) 64,130.4" in text
    assert "macd(12,26,9)  macd 0.0" not in text
    assert "signal" in text
    assert "histogram" in text


def test_cross_hair_reads_out_the_candle_and_the_line():
    candle = CANDLES[-20]
    legend = texts(replace(PICTURE, cross=candle.open_time_ms), width=140)[0]
    assert f"O {candle.open:,.1f} H {candle.high:,.1f}" in legend
    assert f"ema(50) {candle.close:,.1f}" in legend
    assert "┊" in "\n".join(texts(replace(PICTURE, cross=candle.open_time_ms)))


def test_level_is_a_line_with_its_price_and_side():
    lines = texts(PICTURE)
    (level,) = [line for line in lines if f"R{LEVEL:,.1f}" in line]
    assert "╌╌" in level


def test_patterns_and_the_mark_are_drawn():
    text = "\n".join(texts(PICTURE))
    assert "▵" in text
    assert "▿" in text
    marked = "\n".join(texts(replace(PICTURE, mark=CANDLES[-30].open_time_ms)))
    assert "▼" in marked
    assert "▲" in marked


def test_line_in_its_warm_up_says_what_it_needs():
    line = overlay([None] * 200, is_overlay=False, missing_bars=12)
    assert "needs 12 more candles" in "\n".join(texts(replace(PICTURE, lines=(line,))))


def test_gap_in_a_line_stays_a_gap():
    values = [None if 150 <= index < 170 else LEVEL for index in range(200)]
    whole = dots(replace(PICTURE, levels=(), lines=(overlay([LEVEL] * 200),)))
    assert whole - dots(replace(PICTURE, levels=(), lines=(overlay(values),))) >= 15


def test_dots_never_hide_a_candle():
    grid = Grid(4, 2, PALETTE.base)
    grid.put(1, 0, ("┃", PALETTE.up))
    for half in range(8):
        grid.dot(half, 1, PALETTE.own)
    assert grid.strips()[0].text[1] == "┃"
    assert grid.strips()[0].text[0] != " "


def test_old_prices_are_drawn_without_colour():
    old = replace(PICTURE, is_old=True, signs={}, levels=())
    strips = analysis_chart(old, width=90, height=30, palette=PALETTE)
    colours = {segment.style.color for strip in strips[1:12] for segment in strip}
    assert not colours & {PALETTE.up.color, PALETTE.down.color}
