"""How fast is painted, on a clock of our own."""

import pytest

from tui_trader.widgets.pace import ANSWER_MAX_S, COVERED_PAUSE_S, READ_EVERY_S, LinkReading, Pace

KB = 1_000


class Seconds:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Seconds:
    return Seconds()


def answered_after(pace: Pace, clock: Seconds, seconds: float, *, sent_bytes: int) -> None:
    assert pace.frame_sent(sent_bytes)
    clock.now_s += seconds
    pace.answered(clock.now_s)


def test_one_frame_at_a_time_is_under_way(clock):
    pace = Pace(clock)
    assert pace.may_paint()
    assert pace.frame_sent(2 * KB)
    clock.now_s += 0.25
    assert not pace.may_paint()
    pace.answered(clock.now_s)
    clock.now_s += 1.0
    assert pace.may_paint()


def test_question_goes_out_after_much_or_now_and_then_never_twice(clock):
    pace = Pace(clock)
    assert pace.frame_sent(50)
    assert not pace.frame_sent(5 * KB)
    pace.answered(clock.now_s)
    assert not pace.frame_sent(60)
    assert pace.frame_sent(5 * KB)
    pace.answered(clock.now_s)
    clock.now_s += 2.1
    assert pace.frame_sent(5 * KB + 1)


def test_key_paints_at_once_on_a_free_line_and_waits_for_a_full_one(clock):
    pace = Pace(clock)
    answered_after(pace, clock, 0.02, sent_bytes=KB)
    assert pace.frame_sent(9 * KB)
    clock.now_s += 0.05
    assert not pace.is_behind()
    clock.now_s += 0.15
    assert pace.is_behind()
    pace.answered(clock.now_s)
    assert not pace.is_behind()


def test_long_line_is_not_taken_for_a_full_one(clock):
    pace = Pace(clock)
    answered_after(pace, clock, 0.6, sent_bytes=KB)
    assert pace.frame_sent(2 * KB)
    clock.now_s += 0.65
    assert not pace.is_behind()


def test_long_line_has_fewer_frames(clock):
    pace = Pace(clock)
    answered_after(pace, clock, 0.3, sent_bytes=KB)
    assert pace.may_paint()
    clock.now_s += 1.0
    assert not pace.may_paint()
    clock.now_s += 0.3
    assert pace.may_paint()


def test_terminal_nobody_looks_at_has_one_frame_a_second(clock):
    pace = Pace(clock)
    pace.is_focused = False
    painted = 0
    for _ in range(40):
        painted += pace.may_paint()
        clock.now_s += 0.25
    assert painted == 10
    pace.is_focused = True
    assert pace.may_paint()


def test_what_a_dialog_stands_over_is_painted_less_often_and_at_once_when_it_goes(clock):
    pace = Pace(clock)
    painted = 0
    for _ in range(48):
        painted += pace.may_paint(is_covered=True)
        clock.now_s += 0.25
    assert painted == 12 / COVERED_PAUSE_S
    assert pace.may_paint(is_covered=False)


def test_terminal_that_never_answers_is_asked_once_and_painted_all_the_same(clock):
    pace = Pace(clock)
    assert pace.frame_sent(KB)
    clock.now_s += ANSWER_MAX_S + 0.1
    assert pace.may_paint()
    assert not pace.is_behind()
    assert not pace.frame_sent(100 * KB)
    pace.answered(clock.now_s)
    assert pace.round_trip_s is None


def test_line_that_hangs_is_tried_again(clock):
    pace = Pace(clock)
    answered_after(pace, clock, 0.02, sent_bytes=KB)
    assert pace.frame_sent(9 * KB)
    clock.now_s += ANSWER_MAX_S + 0.1
    assert pace.may_paint()
    assert pace.frame_sent(10 * KB)


def test_badge_reads_round_trip_and_bytes_every_few_seconds(clock):
    pace = Pace(clock)
    assert pace.reading() is None
    answered_after(pace, clock, 0.04, sent_bytes=10 * KB)
    clock.now_s += READ_EVERY_S - 0.04
    reading = pace.reading()
    assert reading == LinkReading(pytest.approx(40), pytest.approx(2 * KB))
    assert pace.reading() is None


def test_answer_to_no_question_changes_nothing(clock):
    pace = Pace(clock)
    pace.answered(clock.now_s)
    assert pace.round_trip_s is None
