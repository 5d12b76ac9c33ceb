"""Drawings of the backtest screen: what a person reads off them, at the sizes they may have."""

import math

import pytest

from tests.screens import scripted_backtest as made
from tui_trader.engine.values.metrics import METRICS
from tui_trader.themes import palette_of
from tui_trader.widgets.backtest_board import PANES_IN_ORDER, ZOOMS, BacktestBoard
from tui_trader.widgets.backtest_form import fields_of, first_form
from tui_trader.widgets.drawing.backtest_rows import (
    Progress,
    caution_row,
    clock_words,
    form_rows,
    progress_row,
    result_rows,
    run_rows,
    tab_column,
    tab_row,
)
from tui_trader.widgets.drawing.equity_chart import (
    EquityPicture,
    ValueScale,
    equity_chart,
    ratio_words,
    scale_of,
)
from tui_trader.widgets.drawing.result_rows import (
    TradeList,
    columns_shown,
    metric_cell,
    metric_rows,
    metric_titles,
    month_cell,
    month_rows,
    trade_rows,
)
from tui_trader.widgets.drawing.trade_chart import (
    TradePicture,
    candles_in,
    decimals_for,
    index_at,
    merged,
    trade_chart,
    window,
)

DARK = palette_of("dark")
CANDLES = made.candles()


def words(strips):
    return [strip.text for strip in strips]


def exact(strips, width):
    assert {strip.cell_length for strip in strips} <= {width}
    return words(strips)


def picture(**changes):
    curve = made.curve()
    fields = {
        "time_ms": curve.time_ms,
        "equity": curve.equity,
        "holding": curve.buy_and_hold,
        "low": curve.chance_low,
        "median": curve.chance_median,
        "high": curve.chance_high,
        "drawdown": curve.drawdown_ratio,
    }
    return EquityPicture(**fields | changes)


@pytest.mark.parametrize("size", [(80, 17), (40, 8), (110, 40)])
def test_equity_has_curves_drawdown_and_days_in_its_size(size):
    width, height = size
    text = exact(equity_chart(picture(), width=width, height=height, palette=DARK), width)
    assert len(text) == height
    assert "run" in text[0]
    assert "holding" in text[0]
    assert "2019-01-01" in text[-1]


def test_equity_that_has_no_room_is_blank_and_nothing_breaks():
    assert words(equity_chart(picture(), width=20, height=10, palette=DARK)) == [" " * 20] * 10
    assert len(equity_chart(picture(equity=[]), width=80, height=10, palette=DARK)) == 10


def test_scale_is_a_log_one_where_curves_differ_by_much_and_never_for_a_ruin():
    assert scale_of(picture(holding=[10_000, 200_000]), 10).is_log
    assert not scale_of(picture(), 10).is_log
    assert not scale_of(picture(holding=[10_000, 200_000, 0]), 10).is_log


@pytest.mark.parametrize("is_log", [True, False])
def test_a_value_and_its_quarter_row_are_each_others(is_log):
    low, high = (math.log(100), math.log(10_000)) if is_log else (100, 10_000)
    scale = ValueScale(low, high, 40, is_log)
    for quarter in range(40):
        assert scale.quarter(scale.value(quarter)) == quarter
    assert (scale.quarter(1e9), scale.quarter(-5)) == (0, 39)


def test_deepest_drawdown_is_named_and_hangs_lowest():
    deepest = max(made.curve().drawdown_ratio)
    text = words(equity_chart(picture(), width=80, height=20, palette=DARK))
    assert any(line.endswith(f"-{deepest:.1%}") for line in text)
    flat = words(equity_chart(picture(drawdown=[0.0] * 300), width=80, height=20, palette=DARK))
    assert not any("█" in line for line in flat)


def test_without_chance_no_band_is_promised():
    text = words(
        equity_chart(picture(low=[], median=[], high=[]), width=80, height=9, palette=DARK)
    )
    assert "chance" not in text[0]
    assert not any("╌" in line for line in text)


def chart_of(*, trade=None, zoom=1, middle_ms=None, size=(90, 20)):
    shown = TradePicture(
        candles=CANDLES,
        trades=made.document().trades,
        middle_ms=middle_ms if trade is None else trade.entry_time_ms,
        zoom=zoom,
        marked=trade,
    )
    return exact(trade_chart(shown, width=size[0], height=size[1], palette=DARK), size[0])


def test_entries_and_exits_stand_in_the_chart():
    trade = made.trade(20)
    text = "\n".join(chart_of(trade=trade))
    assert "▲" in text
    assert "▼" in text
    assert "┊" in text


@pytest.mark.parametrize("zoom", ZOOMS)
def test_every_zoom_draws_a_whole_chart(zoom):
    assert len(chart_of(zoom=zoom, middle_ms=CANDLES[1_500].open_time_ms)) == 20


def test_window_holds_the_middle_and_stays_within_what_is_loaded():
    middle = CANDLES[1_500].open_time_ms
    shown = TradePicture(candles=CANDLES, trades=(), middle_ms=middle, zoom=1, marked=None)
    first, end = window(shown, 80)
    assert (first, end) == (1_460, 1_540)
    edge = TradePicture(candles=CANDLES, trades=(), middle_ms=0, zoom=1, marked=None)
    assert window(edge, 80) == (0, 80)
    newest = TradePicture(candles=CANDLES, trades=(), middle_ms=None, zoom=-4, marked=None)
    assert window(newest, 80) == (2_680, 3_000)
    few = TradePicture(candles=CANDLES[:5], trades=(), middle_ms=None, zoom=1, marked=None)
    assert window(few, 80) == (0, 5)


def test_a_trade_longer_than_the_window_is_drawn_as_far_as_it_is_seen():
    long = made.trade(20)
    long = long.__class__(
        **{name: getattr(long, name) for name in long.__struct_fields__}
        | {"exit_time_ms": CANDLES[-1].open_time_ms}
    )
    text = "\n".join(chart_of(trade=long))
    assert "▲" in text
    assert any("⠀" < char <= "⣿" for char in text)


def test_merged_candles_keep_first_last_extremes_and_volume():
    (one, two) = merged(CANDLES[:6], 4)
    assert (one.open, one.close) == (CANDLES[0].open, CANDLES[3].close)
    assert one.high == max(candle.high for candle in CANDLES[:4])
    assert one.volume_base == pytest.approx(sum(candle.volume_base for candle in CANDLES[:4]))
    assert two.open_time_ms == CANDLES[4].open_time_ms


def test_candle_of_a_time_is_the_one_that_is_open_then():
    assert index_at(CANDLES, CANDLES[7].open_time_ms + 5) == 7
    assert index_at(CANDLES, 0) == 0
    assert (candles_in(2, 80), candles_in(-8, 80)) == (40, 640)
    assert [decimals_for(price) for price in (64_000, 3.2, 0.00012)] == [1, 5, 6]


def list_of(**changes):
    trades = made.document().trades
    fields = {
        "rows": list(enumerate(trades)),
        "cursor": 0,
        "column": "entry",
        "sort": "",
        "is_descending": False,
        "charted": None,
    }
    return TradeList(**fields | changes)


def test_marked_column_stays_where_there_is_no_room_for_all():
    text = exact(trade_rows(list_of(column="best"), size=(80, 10), palette=DARK), 80)
    assert "▸best" in text[0]
    assert "best" in columns_shown(list_of(column="best"), 80)
    assert "fees" not in columns_shown(list_of(), 80)


def test_cursor_of_a_long_list_is_in_sight_and_the_order_is_marked():
    text = words(trade_rows(list_of(cursor=30, sort="pnl"), size=(100, 8), palette=DARK))
    assert any(line.startswith("▸2019") for line in text)
    assert "pnl▴" in text[0]
    assert len(text) == 8


def test_board_sorts_trades_by_any_column_and_back():
    board = BacktestBoard()
    board.show(made.document())
    assert board.ordered() == list(range(made.TRADES))
    board.sort, board.is_descending = "return", True
    returns = [board.document.trades[place].return_ratio for place in board.ordered()]
    assert returns == sorted(returns, reverse=True)
    board.sort, board.is_descending = "ended by", False
    assert board.document.trades[board.ordered()[0]].exit_reason == "signal"


@pytest.mark.parametrize("width", [52, 58, 80])
def test_every_metric_has_a_line_beside_holding_and_chance(width):
    document = made.document()
    text = exact(metric_rows(document, width=width, palette=DARK), width)
    for metric in METRICS.values():
        assert any(metric.title in line for line in text)
    total = next(line for line in text if "Total return" in line)
    assert [part in total for part in ("36.0%", "89.0%", "-9.0%", "97%")] == [True] * 4
    assert "97%" in total
    titles = metric_titles(document, width=width, palette=DARK).text
    assert ("95%" in titles) is (width >= 72)


def test_unknown_metric_is_a_dash_and_assumptions_close_the_list():
    text = words(metric_rows(made.document(), width=80, palette=DARK))
    assert "—" in next(line for line in text if "Recovery time" in line)
    after = text[text.index(next(line for line in text if "WARNINGS" in line)) :]
    assert any("In sample" in line for line in after)
    assert any("daily loss refused 3" in line for line in after)
    assert any("filled at the next open" in line for line in after)


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("return_ratio", 0.1234, "12.3%"),
        ("return_ratio", 286.26, "28,626%"),
        ("return_ratio", None, "—"),
        ("profit", 2_862_639.0, "2.9M"),
        ("profit", -2_412.4, "-2,412"),
        ("sharpe", 1.154, "1.15"),
        ("trades", 675, "675"),
        ("recovery_days", 296.04, "296.0 d"),
    ],
)
def test_metrics_are_written_by_their_unit(name, value, text):
    assert metric_cell(METRICS[name], value) == text


def test_months_fit_their_cells_and_a_month_without_days_is_blank():
    text = exact(month_rows(made.document().months, width=78, palette=DARK), 78)
    assert "+3.4" in text[1]
    assert "+152" in text[2]
    assert (month_cell(None, 5), month_cell(3.24, 4), month_cell(-0.012, 5)) == ("", "+324", "-1.2")


def test_result_says_what_was_run_and_what_came_of_it():
    title, result = exact(result_rows(made.document(), width=120, palette=DARK), 120)
    assert "sma_cross fast=20 slow=50 · BTC/USD 1h · 2019-01-01 to 2019-05-05" in title
    assert "10,000 → 13,600 +36.0% · holding +89.0% · chance -9.0% beats 97%" in result
    assert "1 warning" in caution_row(made.document(), width=80, palette=DARK).text
    calm = caution_row(made.document(warnings=()), width=80, palette=DARK).text
    assert "assumed: Signals at the close" in calm


def test_progress_tells_share_time_and_what_is_left():
    progress = Progress(
        title="a",
        done=40,
        planned=100,
        step="walking",
        taken_s=75,
        left_s=112.4,
        is_cancelling=False,
    )
    text = progress_row(progress, width=80, palette=DARK).text
    for part in ("RUNNING", "40%", "1:15", "about 1:52 left", "walking", "x cancels"):
        assert part in text
    assert clock_words(-3) == "0:00"


def test_form_shows_the_marked_field_and_its_fault_where_lines_are_few():
    form = first_form(made.SERIES, made.STRATEGIES, pair=None)
    fields = fields_of(form.typed("slippage", "9999"), made.SERIES)
    place = [each.name for each in fields].index("slippage")
    text = exact(form_rows(fields, place, size=(60, 5), palette=DARK), 60)
    assert len(text) == 5
    assert any(line.startswith("▸slippage") and "a number from 0" in line for line in text)


def test_tabs_name_every_pane_and_a_click_finds_its_tab():
    text = tab_row(PANES_IN_ORDER, "bt-chart", width=80, palette=DARK).text
    assert "[3 chart]" in text
    for name, label in PANES_IN_ORDER:
        assert tab_column(PANES_IN_ORDER, text.index(label)) == name
    assert tab_column(PANES_IN_ORDER, 79) is None


def test_kept_runs_mark_the_one_that_is_shown():
    runs = (made.kept(0), made.kept(1))
    text = exact(run_rows(runs, 1, shown=runs[0].id, size=(78, 6), palette=DARK), 78)
    assert "● sma_cross" in text[1]
    assert text[2].startswith("▸")


def test_words_from_a_file_cannot_reach_the_terminal():
    hostile = made.document(strategy="\x1b[2Jsma", warnings=("\x07loud",), source="a\nb")
    rows = [
        *result_rows(hostile, width=90, palette=DARK),
        caution_row(hostile, width=90, palette=DARK),
        *metric_rows(hostile, width=90, palette=DARK),
    ]
    assert all(strip.text.isprintable() for strip in rows)


def test_ratio_words_have_a_sign_and_lose_the_decimal_when_large():
    assert [ratio_words(value) for value in (0.036, -0.5, 47.6, None)] == [
        "+3.6%",
        "-50.0%",
        "+4,760%",
        "—",
    ]
