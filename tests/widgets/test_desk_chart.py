"""The desk's chart: price lines, log prices, averaged candles, cross-hair, zoom and pan."""

from itertools import pairwise

import pytest

from tests.screens.scripted import candle_walk
from tui_trader.engine.values.candles import Candle, Interval
from tui_trader.themes import palette_of
from tui_trader.widgets.candle_history import CANDLES_MAX, PAST_MAX, with_live, with_past
from tui_trader.widgets.drawing.chart_legend import legend
from tui_trader.widgets.drawing.desk_chart import ChartPicture, chart, chart_window
from tui_trader.widgets.drawing.price_lines import LineKind, PriceLine
from tui_trader.widgets.drawing.scale import axis_prices, fitted_scale
from tui_trader.widgets.drawing.window import window_of
from tui_trader.widgets.overlays import NO_DAY_START, OVERLAYS, heikin_ashi, overlays

PALETTE = palette_of("dark")
WALK = candle_walk("BTC/USD", Interval.M1, 120)
LAST = WALK[-1].close
KINDS = list(LineKind)


def picture(**more):
    return ChartPicture(**{"candles": WALK, "interval": Interval.M1, "decimals": 1, **more})


def texts(picture_, width=80, height=24):
    return [strip.text for strip in chart(picture_, width=width, height=height, palette=PALETTE)]


def said(picture_, width=120):
    return legend(picture_, width=width, palette=PALETTE).text


def price_line(price, label="sell 0.5", kind=LineKind.ORDER):
    return PriceLine(price=price, label=label, kind=kind)


def rising(count):
    return tuple(
        Candle(
            open_time_ms=place * 60_000,
            open=1.1**place,
            high=1.1 ** (place + 1),
            low=1.1**place,
            close=1.1 ** (place + 1),
            volume_base=1.0,
        )
        for place in range(count)
    )


@pytest.mark.parametrize("size", [(16, 6), (40, 7), (80, 24), (200, 50), (12, 3)])
@pytest.mark.parametrize("width_of_candle", [1, 2, 3])
@pytest.mark.parametrize("is_log", [False, True])
def test_everything_at_once_has_exactly_the_size_asked_for(size, width_of_candle, is_log):
    width, height = size
    shown = picture(
        lines=overlays(OVERLAYS, WALK),
        price_lines=[
            price_line(LAST * (1 + place / 100), kind=kind) for place, kind in enumerate(KINDS)
        ],
        candle_width=width_of_candle,
        pan=30,
        cross=WALK[60].open_time_ms,
        is_log=is_log,
        is_averaged=True,
    )
    strips = chart(shown, width=width, height=height, palette=PALETTE)
    assert len(strips) == height
    assert {sum(segment.cell_length for segment in strip) for strip in strips} == {width}
    assert legend(shown, width=width, palette=PALETTE).cell_length == width


@pytest.mark.parametrize("kind", KINDS)
def test_price_line_has_its_label_on_the_left_and_its_price_on_the_axis(kind):
    rows = texts(picture(price_lines=[price_line(LAST + 40, "stop 0.25", kind)]))
    (row,) = [row for row in rows if "stop 0.25" in row]
    assert row.startswith(tuple("╌═─━"))
    assert f"{LAST + 40:,.1f}" in row


def test_price_line_out_of_sight_is_named_at_the_edge_it_lies_beyond():
    far = [price_line(LAST * 3, "sell 1"), price_line(LAST / 3, "stop 2", LineKind.STOP)]
    rows = texts(picture(price_lines=far))
    assert f"▴ sell 1 {LAST * 3:,.1f}" in rows[0]
    assert any(f"▾ stop 2 {LAST / 3:,.1f}" in row for row in rows)


def test_order_at_an_absurd_price_leaves_the_candles_their_room():
    shown = picture(price_lines=[price_line(1e30, "sell 1")])
    assert chart_window(shown, 80) == chart_window(picture(), 80)
    assert "▴ sell 1" in texts(shown)[0]


def test_edge_without_room_for_a_price_names_the_line_alone():
    rows = texts(picture(price_lines=[price_line(LAST * 3, "sell 0.25 !")]), width=30)
    assert "▴ sell 0.25 ! " in rows[0]
    assert "…" not in rows[0]


def test_lines_at_one_height_are_all_named_and_what_has_no_room_is_counted():
    near = [price_line(LAST + place / 1_000, f"order {place}") for place in range(9)]
    (row,) = [row for row in texts(picture(price_lines=near)) if "order 0" in row]
    assert "order 0 · order 1" in row
    assert "+" in row


def test_near_order_widens_the_prices_in_sight_and_a_far_one_does_not():
    shown = chart_window(picture(), 80)
    low = min(candle.low for candle in WALK[shown.first : shown.end])
    near = "\n".join(texts(picture(price_lines=[price_line(low - 20, "buy 7")])))
    far = "\n".join(texts(picture(price_lines=[price_line(low / 2, "buy 7")])))
    assert "▾" not in near
    assert "▾ buy 7" in far


def test_what_is_being_moved_is_always_in_sight():
    moving = price_line(LAST * 1.2, "MOVE", LineKind.MOVING)
    rows = texts(picture(price_lines=[moving]))
    assert any("MOVE" in row and "▴" not in row for row in rows)


def test_price_that_would_be_sent_is_told_even_where_the_newest_price_stands():
    moving = price_line(LAST, "MOVE sell 0.5", LineKind.MOVING)
    (row,) = [row for row in texts(picture(price_lines=[moving])) if "MOVE" in row]
    assert row.rstrip().endswith(f" {LAST:,.1f}")


def test_label_without_room_is_cut_with_a_sign_that_it_is():
    name = "stop of a strategy with a long name"
    rows = texts(picture(price_lines=[price_line(LAST + 10, name)]), width=32)
    assert any("stop of" in row and "…" in row for row in rows)


def test_equal_percents_are_equal_distances_on_a_log_scale():
    candles = rising(40)
    scale = fitted_scale(candles, 30, is_log=True)
    steps = [scale.half_row(1.1**power) - scale.half_row(1.1 ** (power + 10)) for power in (0, 20)]
    assert abs(steps[0] - steps[1]) <= 1
    straight = fitted_scale(candles, 30)
    assert straight.half_row(1.0) - straight.half_row(1.1**10) < 5


@pytest.mark.parametrize("is_log", [False, True])
def test_scale_places_a_price_where_it_reads_it(is_log):
    scale = fitted_scale(WALK, 20, is_log=is_log)
    for half_row in (0, 7, 39):
        assert scale.half_row(scale.price_at(half_row)) == half_row
    labels = list(axis_prices(scale))
    rows = [scale.half_row(price) for price in labels]
    assert labels == sorted(labels)
    assert all(before - after >= 5 for before, after in pairwise(rows))
    assert labels


def test_log_scale_of_a_price_that_is_zero_is_drawn_evenly():
    free = [replace_low(candle, 0.0) for candle in rising(5)]
    assert not fitted_scale(free, 10, is_log=True).is_log
    assert fitted_scale(rising(5), 10, is_log=True).row(0.0) >= 10


def replace_low(candle, low):
    return Candle(
        open_time_ms=candle.open_time_ms,
        open=candle.open,
        high=candle.high,
        low=low,
        close=candle.close,
        volume_base=1.0,
    )


def test_averaged_candles_are_drawn_and_nothing_else_is_made_of_them():
    true, averaged = picture(), picture(is_averaged=True)
    assert texts(true) != texts(averaged)
    assert heikin_ashi(WALK)[-1].close != LAST
    assert any(f"◂{LAST:,.1f}" in row for row in texts(averaged))
    assert said(averaged).startswith(" Heikin-Ashi")


def test_cross_hair_reads_the_candle_and_its_distance_from_the_newest_price():
    candle = WALK[60]
    text = said(picture(cross=candle.open_time_ms))
    for number in (candle.open, candle.high, candle.low, candle.close):
        assert f"{number:,.1f}" in text
    away = (candle.close / LAST - 1) * 100
    assert f"{away:+.2f}% from last" in text
    assert "V " in text


@pytest.mark.parametrize("width", [30, 40, 60, 90])
def test_narrow_read_out_leaves_numbers_out_and_cuts_none(width):
    text = said(picture(cross=WALK[60].open_time_ms, lines=overlays(OVERLAYS, WALK)), width)
    assert f"C {WALK[60].close:,.1f}" in text
    assert "…" not in text


def test_values_of_the_lines_are_those_of_the_candle_under_the_cross_hair():
    lines = overlays(["ema"], WALK)
    at_cross = said(picture(lines=lines, cross=WALK[70].open_time_ms), 160)
    assert f"EMA 20 {lines[0].columns[0][70]:,.1f}" in at_cross
    assert f"EMA 20 {lines[0].columns[0][-1]:,.1f}" in said(picture(lines=lines))


def test_legend_of_no_candle_is_drawn():
    assert said(picture(candles=(), lines=overlays(OVERLAYS, ()))).count("—") == 6


def test_line_without_a_value_says_why():
    candles = [candle for candle in WALK if candle.open_time_ms % 86_400_000]
    assert NO_DAY_START in said(picture(candles=candles, lines=overlays(["vwap"], candles)))


@pytest.mark.parametrize(
    ("count", "step", "pan", "seen"),
    [
        (100, 1, 0, (60, 100)),
        (100, 2, 0, (80, 100)),
        (100, 1, 10, (50, 90)),
        (100, 1, 999, (0, 40)),
        (5, 1, 3, (0, 5)),
    ],
)
def test_window_ends_where_it_was_moved_to(count, step, pan, seen):
    window = window_of(count, 40, step=step, pan=pan)
    assert (window.first, window.end) == seen
    assert window.column(window.end - 1) in {39, 40 - step + step // 2}
    assert window.place_at(window.column(window.first)) == window.first
    assert window.place_at(-1 if window.left == 0 else window.left - 1) is None


def test_older_candles_go_before_those_that_are_there_and_have_a_limit():
    whole = candle_walk("BTC/USD", Interval.M1, 900)
    known, older = whole[600:], whole[:650]
    assert with_past(known, older) == whole
    assert with_past((), older) == ()
    assert with_past(known, ()) == known
    many = candle_walk("BTC/USD", Interval.M1, PAST_MAX + 500)
    grown = with_past(many[-CANDLES_MAX:], many[:-CANDLES_MAX])
    assert grown == many[-PAST_MAX:]
    assert with_past(grown, many[:500]) == grown


def test_history_that_reaches_back_keeps_its_length_and_has_no_hole():
    whole = candle_walk("BTC/USD", Interval.M1, CANDLES_MAX + 100)
    fresh = Candle(
        open_time_ms=whole[-1].open_time_ms + 60_000,
        open=1.0,
        high=1.0,
        low=1.0,
        close=1.0,
        volume_base=1.0,
    )
    assert with_live(whole, Interval.M1, fresh) == (*whole[1:], fresh)
