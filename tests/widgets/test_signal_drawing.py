"""Signals, promises, gates and judgements as drawn: exact sizes, and never a number that is not known."""

import bisect

import msgspec
import pytest

from tests.screens import scripted_signals as made
from tests.screens.scripted import NOW_MS, candle_walk
from tui_trader.engine.messages.signal_queries import (
    AskWaterfalls,
    FoldRow,
    GateStep,
    ModelAnswer,
    PromiseBand,
    SignalReason,
    Waterfall,
    WaterfallsAnswer,
)
from tui_trader.engine.values.candles import Interval
from tui_trader.themes import palette_of
from tui_trader.widgets.drawing.analysis_chart import AnalysisPicture, analysis_chart
from tui_trader.widgets.drawing.model_equity import equity_picture
from tui_trader.widgets.drawing.model_rows import (
    fold_rows,
    importance_rows,
    model_rows,
    verdict_rows,
)
from tui_trader.widgets.drawing.reliability_chart import promise_rows, reliability_chart
from tui_trader.widgets.drawing.signal_brief import brief_rows
from tui_trader.widgets.drawing.signal_chart import band_rows, confidence_chart
from tui_trader.widgets.drawing.signal_rows import gate_rows, pair_rows, reason_rows
from tui_trader.widgets.drawing.signal_words import (
    chance_of,
    clock_minutes,
    needs_words,
    track_words,
    verdict_on,
)
from tui_trader.widgets.scene import Scene
from tui_trader.widgets.signals_board import DECISIONS_MAX, PAGE, SignalsBoard
from tui_trader.widgets.signals_view import CHART_DECISIONS, entries_on_chart

PALETTE = palette_of("dark")
BTC = made.BTC


def texts(strips):
    return [strip.text for strip in strips]


def band(low, right, count):
    return PromiseBand(low=low, high=low + 0.05, count=count, right_ratio=right)


# Words.


def test_track_record_is_a_sentence_and_not_known_before_there_is_one():
    assert track_words(made.row(track=band(0.65, 0.681, 212))) == "said 65-70%: right 68% of 212"
    assert track_words(made.row(track=None)) == "not known yet"
    assert track_words(made.row(track=band(0.65, None, 0))) == "not known yet"


@pytest.mark.parametrize(
    ("right", "count", "verdict"),
    [
        (0.5, 400, "less than said"),
        (0.68, 400, "as said"),
        (0.9, 400, "more than said"),
        (0.5, 29, "too few to tell"),
        (0.58, 60, "as said"),
        (None, 0, "not known yet"),
    ],
)
def test_a_promise_is_broken_only_beyond_chance(right, count, verdict):
    assert verdict_on(band(0.65, right, count)) == verdict


def test_interval_of_chance_is_wilsons():
    chance = chance_of(band(0.5, 0.5, 100))
    assert chance.low == pytest.approx(0.4038, abs=1e-4)
    assert chance.high == pytest.approx(0.5962, abs=1e-4)


def test_break_even_above_one_is_never():
    assert needs_words(1.07, 1) == "never"
    assert needs_words(None) == "—"
    assert needs_words(0.481, 1) == "48.1%"


# Rows keep their size.


@pytest.mark.parametrize("width", [20, 40, 58, 80, 120, 200])
def test_every_row_is_exactly_as_wide_as_its_pane(width):
    found = made.model_answer(made.AskModel(symbol=BTC, interval=Interval.H1, version=2), "trained")
    strips = [
        *pair_rows(
            made.rows("trained"),
            now_ms=NOW_MS,
            cursor=0,
            is_stale=False,
            width=width,
            palette=PALETTE,
        ),
        *gate_rows(made.waterfall(1, BTC, stop="cost"), width=width, room=20, palette=PALETTE),
        *band_rows(made.BANDS, width=width, palette=PALETTE),
        *promise_rows(made.BANDS, made.LIVE, width=width, palette=PALETTE),
        *model_rows(made.models("trained"), cursor=1, is_stale=True, width=width, palette=PALETTE),
        *fold_rows(found.folds, width=width, palette=PALETTE),
        *importance_rows(found.importance, width=width, palette=PALETTE),
        *verdict_rows(found, width=width, palette=PALETTE),
        *reason_rows(made.REASONS, width=width, palette=PALETTE),
        *brief_rows(made.row(), now_ms=NOW_MS, size=(width, 6), palette=PALETTE),
    ]
    assert {strip.cell_length for strip in strips} == {width}


@pytest.mark.parametrize(("width", "height"), [(26, 3), (26, 6), (40, 2), (60, 3), (80, 1)])
@pytest.mark.parametrize("mood", ["trained", "demoted"])
def test_a_signal_in_brief_keeps_to_its_lines_and_says_the_side_first(width, height, mood):
    for row in made.rows(mood):
        rows = brief_rows(row, now_ms=NOW_MS, size=(width, height), palette=PALETTE)
        assert len(rows) <= height
        assert rows[0].text.strip()


def test_brief_tells_why_before_how_old():
    rows = brief_rows(made.row(), now_ms=NOW_MS, size=(26, 2), palette=PALETTE)
    assert "57% needs 48%" in rows[0].text
    assert "✗ cost" in rows[1].text


# Gates.


def test_gates_that_were_not_asked_share_a_line_where_it_is_tight():
    one = made.waterfall(1, BTC, stop="edge")
    roomy = texts(gate_rows(one, width=80, room=20, palette=PALETTE))
    tight = texts(gate_rows(one, width=80, room=7, palette=PALETTE))
    assert sum("not asked" in row for row in roomy) == 6
    assert sum("not asked" in row for row in tight) == 1
    assert "regime, cool down, exposure, cost, minimum size, budget" in tight[-1]


def test_margin_that_is_no_number_is_left_empty():
    step = GateStep(gate="edge", is_passed=True, margin=None, text="worth it")
    one = Waterfall(
        number=1,
        time_ms=1,
        candle_ms=0,
        symbol=BTC,
        interval=Interval.H1,
        strategy="ensemble",
        steps=(step,),
        outcome="bought",
    )
    (row,) = texts(gate_rows(one, width=60, room=5, palette=PALETTE))
    assert "0" not in row
    assert "✓ edge" in row


def test_text_of_a_gate_cannot_command_the_terminal():
    step = GateStep(gate="cost", is_passed=False, text="bad \x1b[2J\x07 words")
    one = made.waterfall(1, BTC, stop="cost")
    told = msgspec.structs.replace(one, steps=(step,))
    assert "\x1b" not in "".join(texts(gate_rows(told, width=60, room=5, palette=PALETTE)))


# Bars.


def test_bars_point_the_way_they_push():
    rows = texts(reason_rows(made.REASONS, width=80, palette=PALETTE))
    towards, against = rows[0].partition("│"), rows[1].partition("│")
    assert towards[2].startswith("█")
    assert not towards[0].rstrip().endswith("█")
    assert against[0].endswith("█")
    assert not against[2].startswith("█")


def test_the_smallest_push_is_still_a_line_and_none_is_none():
    reasons = [
        SignalReason(feature=name, words=name, value=0.0, push=push)
        for name, push in (("a", 1.0), ("b", 0.001), ("c", 0.0), ("d", -0.001))
    ]
    rows = texts(reason_rows(reasons, width=60, palette=PALETTE))
    assert "│▏" in rows[1]
    assert "█" not in rows[2]
    assert "▕│" in rows[3]


# Models.


@pytest.mark.parametrize(
    ("gain", "trades", "words"),
    [
        (0.0189, 181, ("log-loss: 0.0189 better", "181 trades")),
        (-0.002, 0, ("log-loss: 0.0020 worse", "no trade in the walk-forward")),
        (-0.00001, None, ("the same as the base rate's",)),
        (None, None, ()),
    ],
)
def test_what_a_model_is_worth_is_told_in_words(gain, trades, words):
    row = made.model(logloss_gain=gain, trades=trades, live_outcomes=0, live_right_ratio=None)
    text = "\n".join(texts(verdict_rows(ModelAnswer(row=row), width=90, palette=PALETTE)))
    for each in words:
        assert each in text
    assert ("log-loss" in text) is (gain is not None)
    assert ("trade" in text) is (trades is not None)
    assert "nothing has come of it yet" in text
    assert "It was not judged." in text


# Charts.


@pytest.mark.parametrize(("width", "height"), [(30, 6), (58, 12), (100, 24)])
def test_confidence_chart_fills_its_place(width, height):
    strips = confidence_chart(made.recent(), 0.48, size=(width, height), palette=PALETTE)
    assert len(strips) == height
    assert {strip.cell_length for strip in strips} == {width}
    text = "".join(texts(strips))
    assert "╌" in text
    assert "✓" in text


def test_a_candle_without_a_word_is_a_hole():
    said = [(hour * made.HOUR, 0.5, None) for hour in range(40)]
    whole = confidence_chart(said, None, size=(40, 6), palette=PALETTE)
    said[10:20] = [(hour * made.HOUR, None, None) for hour in range(10, 20)]
    holed = confidence_chart(said, None, size=(40, 6), palette=PALETTE)

    def dots(strips):
        return sum(0x2800 < ord(char) < 0x2900 for char in "".join(texts(strips)))

    assert dots(whole) - dots(holed) == 5


def test_confidence_that_was_never_said_draws_nothing():
    said = [(hour * made.HOUR, None, None) for hour in range(40)]
    assert confidence_chart(said, 0.48, size=(40, 6), palette=PALETTE) == []


@pytest.mark.parametrize("count", [1, 6, 40, 400])
def test_the_first_candle_of_a_chart_is_told_however_few_there_are(count):
    said = [(NOW_MS + hour * made.HOUR, 0.4, None) for hour in range(count)]
    rows = texts(confidence_chart(said, None, size=(50, 8), palette=PALETTE))
    first = said[-min(count, 2 * (50 - 7))][0]
    assert clock_minutes(first) in rows[-1]


def test_growth_told_at_different_candles_stands_on_one_clock():
    equity = [(0, 1.0), (100, 1.2), (900, 0.9)]
    held = [(moment, 1 + moment / 1_000) for moment in range(0, 1_001, 10)]
    picture = equity_picture(equity, held)
    places = {moment: picture.time_ms.index(moment) for moment in (0, 1_000)}
    assert picture.equity[places[0]] == 1.0
    half = bisect.bisect_left(picture.time_ms, 500)
    assert picture.equity[half] == 1.2
    assert picture.holding[half] == pytest.approx(1.5, abs=0.011)
    assert picture.equity[places[1_000]] == 0.9
    assert max(picture.drawdown) == pytest.approx(0.25)


def test_growth_of_no_trade_is_flat_from_first_to_last():
    picture = equity_picture([(0, 1.0), (1_000, 1.0)], [(0, 1.0), (500, 1.1), (1_000, 0.8)])
    assert set(picture.equity) == {1.0}
    assert len(set(picture.time_ms)) == len(picture.time_ms)
    assert max(picture.drawdown) == 0


def test_a_break_even_that_nothing_reaches_is_no_line():
    said = [(hour * made.HOUR, 0.2 + hour / 400, None) for hour in range(40)]
    text = texts(confidence_chart(said, 1.4, size=(40, 8), palette=PALETTE))
    assert "╌" not in "".join(text)
    assert "100%" not in "".join(text)


def test_folds_of_hours_are_told_by_the_minute():
    fold = FoldRow(
        first_ms=NOW_MS - 2 * made.HOUR,
        last_ms=NOW_MS,
        bars=120,
        auc=None,
        logloss=None,
        base_logloss=None,
        net_ratio=None,
    )
    row = texts(fold_rows([fold], width=90, palette=PALETTE))[1]
    assert "11-20 08:45" in row
    assert "11-20 10:45" in row


def test_kept_promises_lie_on_the_diagonal():
    kept = [band(low / 100, low / 100 + 0.025, 4_000) for low in range(20, 80, 10)]
    strips = reliability_chart(kept, (), size=(60, 20), palette=PALETTE)
    marks = [
        (x, y) for y, strip in enumerate(strips) for x, char in enumerate(strip.text) if char == "●"
    ]
    assert len(marks) == len(kept)
    slopes = [
        (marks[place][1] - marks[place + 1][1]) / (marks[place + 1][0] - marks[place][0])
        for place in range(len(marks) - 1)
    ]
    assert max(slopes) - min(slopes) < 0.2


def test_few_outcomes_are_hollow_and_live_ones_a_mark_of_their_own():
    strips = reliability_chart(
        [band(0.4, 0.45, 12)], [band(0.4, 0.45, 50)], size=(60, 20), palette=PALETTE
    )
    text = "".join(texts(strips))
    assert text.count("○") == 1
    assert text.count("◆") == 1
    assert "●" not in text


def test_promises_without_an_outcome_are_in_no_picture():
    nothing = [band(0.4, None, 0)]
    assert reliability_chart(nothing, (), size=(60, 20), palette=PALETTE) == []
    assert len(promise_rows(nothing, (), width=60, palette=PALETTE)) == 1


# Marks on the chart of candles.


def test_candle_at_which_the_confidence_came_to_be_enough_is_marked_once():
    candles = candle_walk("BTC/USD", Interval.H1, 60)
    scene = Scene(now_ms=NOW_MS, symbol=BTC, interval=Interval.H1)
    stops = ["confidence", "cost", "cost", "confidence", "", "signal", "cost"]
    rows = [
        made.waterfall(place, BTC, stop=stop, ago=10 - place) for place, stop in enumerate(stops, 1)
    ]
    topic = scene.topic(CHART_DECISIONS)
    topic.answered = AskWaterfalls(symbol=BTC)
    topic.answer = WaterfallsAnswer(rows=tuple(reversed(rows)))
    entries = entries_on_chart(scene)
    assert entries == {rows[place].candle_ms for place in (1, 4, 6)}
    picture = AnalysisPicture(candles=candles, interval=Interval.H1, decimals=1, entries=entries)
    text = texts(analysis_chart(picture, width=100, height=24, palette=PALETTE))
    assert "◆ confidence was enough" in text[0]
    assert sum(row.count("◆") for row in text[1:]) == 3


def test_decisions_on_another_pair_or_timeframe_mark_nothing():
    scene = Scene(now_ms=NOW_MS, symbol=BTC, interval=Interval.M15)
    topic = scene.topic(CHART_DECISIONS)
    topic.answered = AskWaterfalls(symbol=BTC)
    topic.answer = WaterfallsAnswer(rows=tuple(made.past(20)))
    assert entries_on_chart(scene) == frozenset()
    scene.interval, scene.symbol = Interval.H1, made.ETH
    assert entries_on_chart(scene) == frozenset()


# Decisions that were read.


def page(count, *, newest):
    return [
        made.waterfall(number, BTC, stop="cost") for number in range(newest, newest - count, -1)
    ]


def test_no_more_decisions_are_kept_than_there_is_room_for():
    board = SignalsBoard()
    newest = 3 * DECISIONS_MAX
    board.take(AskWaterfalls(limit=PAGE), page(PAGE, newest=newest))
    board.move(DECISIONS_MAX)
    while board.wants_older:
        board.take(
            AskWaterfalls(limit=PAGE, before=board.oldest), page(PAGE, newest=board.oldest - 1)
        )
        board.move(DECISIONS_MAX)
    assert len(board.decisions) == DECISIONS_MAX
    assert board.decisions[0].number == newest
    assert board.is_complete


def test_decisions_that_a_page_missed_make_the_list_begin_anew():
    board = SignalsBoard()
    board.take(AskWaterfalls(limit=PAGE), page(PAGE, newest=PAGE))
    board.take(AskWaterfalls(limit=PAGE), page(PAGE, newest=5 * PAGE))
    numbers = [one.number for one in board.decisions]
    assert numbers == list(range(5 * PAGE, 4 * PAGE, -1))
    assert not board.is_complete


def test_decisions_of_an_engine_that_counts_anew_replace_the_old_ones():
    board = SignalsBoard()
    board.take(AskWaterfalls(limit=PAGE), page(50, newest=900))
    board.take(AskWaterfalls(limit=PAGE), page(3, newest=3))
    assert [one.number for one in board.decisions] == [3, 2, 1]


def test_sentences_of_a_verdict_are_told_to_their_end():
    text = "word " * 150 + "end."
    found = ModelAnswer(row=made.model(), verdict=(text,))
    assert any("end." in row for row in texts(verdict_rows(found, width=40, palette=PALETTE)))


def test_the_cursor_stays_with_its_decision_while_others_come():
    board = SignalsBoard()
    board.take(AskWaterfalls(limit=PAGE), page(20, newest=20))
    board.move(4)
    marked = board.marked.number
    board.take(AskWaterfalls(limit=PAGE), page(23, newest=23))
    assert board.marked.number == marked
    board.move(-1_000)
    board.take(AskWaterfalls(limit=PAGE), page(30, newest=30))
    assert board.marked.number == 30
