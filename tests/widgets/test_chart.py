import pytest

from tests.screens.scripted import NOW_MS, candle_walk
from tui_trader.engine.values.candles import Candle, Interval
from tui_trader.engine.values.orders import Side
from tui_trader.themes import palette_of
from tui_trader.widgets.candle_history import CANDLES_MAX, with_live
from tui_trader.widgets.drawing.desk_chart import ChartPicture, FillMark, chart

PALETTE = palette_of("dark")
MINUTE = 60_000


def candle(open_time_ms, open_, high, low, close, volume=1.0):
    return Candle(
        open_time_ms=open_time_ms, open=open_, high=high, low=low, close=close, volume_base=volume
    )


def picture(candles, fills=(), **more):
    return ChartPicture(
        candles=candles, interval=Interval.M1, fills=fills, decimals=more.pop("decimals", 1), **more
    )


def texts(picture_, width=60, height=20):
    return [s.text for s in chart(picture_, width=width, height=height, palette=PALETTE)]


@pytest.mark.parametrize(
    "size", [(16, 6), (30, 6), (60, 20), (120, 30), (200, 50), (5, 3), (40, 1)]
)
@pytest.mark.parametrize("count", [0, 1, 2, 40, 300])
def test_chart_has_exactly_the_size_asked_for(size, count):
    width, height = size
    shown = picture(candle_walk("BTC/USD", Interval.M1, count))
    strips = chart(shown, width=width, height=height, palette=PALETTE)
    assert len(strips) == height
    assert {strip.cell_length for strip in strips} == {width}
    assert {sum(seg.cell_length for seg in strip) for strip in strips} == {width}


@pytest.mark.parametrize(
    "candles",
    [
        [candle(0, 5.0, 5.0, 5.0, 5.0, 0.0)],
        [candle(0, 0.0, 0.0, 0.0, 0.0, 0.0)],
        [candle(0, 1e-8, 2e-8, 1e-8, 2e-8), candle(MINUTE, 2e-8, 9e-8, 2e-8, 3e-8)],
        [candle(0, 1e9, 2e9, 1e9, 2e9)],
    ],
)
def test_flat_tiny_and_huge_prices_are_drawn(candles):
    assert len(texts(picture(candles))) == 20


def test_candle_has_a_body_between_its_wicks():
    rows = texts(picture([candle(0, 10.0, 20.0, 0.0, 15.0), candle(MINUTE, 15.0, 20.0, 0.0, 10.0)]))
    column = "".join(row[51] for row in rows[:16]).strip("· ")
    assert column[0] in "╷│"
    assert column[-1] in "╵│"
    assert "┃" in column


def test_newest_candle_stands_beside_the_axis_with_the_last_price():
    rows = texts(picture(candle_walk("BTC/USD", Interval.M1, 5)))
    assert any("◂64,130.4" in row for row in rows)


def test_own_fills_are_marked_in_their_candle():
    candles = candle_walk("BTC/USD", Interval.M1, 30)
    fills = [
        FillMark(time_ms=candles[10].open_time_ms + 30_000, side=Side.BUY),
        FillMark(time_ms=candles[20].open_time_ms, side=Side.SELL),
        FillMark(time_ms=candles[0].open_time_ms - MINUTE, side=Side.SELL),
    ]
    rows = texts(picture(candles, fills))
    drawn = "\n".join(rows)
    assert drawn.count("▲") == 1
    assert drawn.count("▼") == 1
    first = 60 - 10 - 1 - 30
    assert any(row[first + 10] == "▲" for row in rows)
    assert any(row[first + 20] == "▼" for row in rows)


def test_times_on_both_sides_of_a_hole_do_not_run_together():
    whole = candle_walk("BTC/USD", Interval.M1, 90)
    quarters = [row for row in whole if row.open_time_ms // 60_000 % 15 in {0, 3, 6, 9}]
    axis = texts(picture(tuple(quarters)), width=80)[-1]
    assert axis.split()
    assert all(len(label) == len("10:30") for label in axis.split())


def test_time_axis_names_round_minutes():
    axis = texts(picture(candle_walk("BTC/USD", Interval.M1, 60)), width=80)[-1]
    assert "10:30" in axis
    assert "10:45" in axis


def test_chart_without_candles_says_so():
    assert "waiting for candles" in texts(picture([]))[0]


def test_old_prices_have_no_colour():
    strips = chart(
        picture(candle_walk("BTC/USD", Interval.M1, 30), is_old=True),
        width=60,
        height=20,
        palette=PALETTE,
    )
    inks = {segment.style.color for strip in strips for segment in strip}
    assert PALETTE.up.color not in inks
    assert PALETTE.down.color not in inks


def test_live_minute_replaces_the_open_candle_and_begins_the_next():
    history = candle_walk("BTC/USD", Interval.M1, 3)
    start = history[-1].open_time_ms
    changed = candle(start, 1.0, 3.0, 0.5, 2.0)
    assert with_live(history, Interval.M1, changed) == (*history[:-1], changed)
    fresh = candle(start + MINUTE, 2.0, 2.0, 2.0, 2.0)
    assert with_live(history, Interval.M1, fresh) == (*history, fresh)
    late = candle(start - MINUTE, 9.0, 9.0, 9.0, 9.0)
    assert with_live(history, Interval.M1, late) == history
    assert with_live((), Interval.M1, fresh) == ()


def test_live_minute_widens_a_longer_candle_without_counting_its_volume_twice():
    start = NOW_MS // Interval.M5.ms * Interval.M5.ms
    history = (candle(start, 10.0, 12.0, 9.0, 11.0, 70.0),)
    grown = with_live(history, Interval.M5, candle(start + MINUTE, 11.0, 15.0, 8.0, 14.0, 3.0))
    assert grown == (candle(start, 10.0, 15.0, 8.0, 14.0, 70.0),)
    begun = with_live(history, Interval.M5, candle(start + 5 * MINUTE, 14.0, 15.0, 13.0, 13.5, 2.0))
    assert begun[-1] == candle(start + 5 * MINUTE, 14.0, 15.0, 13.0, 13.5, 2.0)


def test_history_never_grows_beyond_its_limit():
    history = candle_walk("BTC/USD", Interval.M1, CANDLES_MAX)
    fresh = candle(history[-1].open_time_ms + MINUTE, 1.0, 1.0, 1.0, 1.0)
    assert len(with_live(history, Interval.M1, fresh)) == CANDLES_MAX


def test_no_label_of_the_price_axis_is_cut():
    candles = [candle(0, 9.0, 12_345.0, 9.0, 9.0), candle(MINUTE, 9.0, 9.5, 9.0, 9.0)]
    rows = texts(picture(candles))
    labels = [row.split()[-1] for row in rows if row.rstrip()[-1:].isdecimal()]
    assert "10,000.0" in labels
