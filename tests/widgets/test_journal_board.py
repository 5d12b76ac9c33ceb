"""What the console keeps of the journal: both ends grow, both have a maximum."""

import pytest

from tests.screens.scripted import NOW_MS
from tui_trader.engine.messages import events as told
from tui_trader.engine.messages.queries import JournalEntry
from tui_trader.widgets.drawing.event_words import Weight
from tui_trader.widgets.journal_board import PAGES_MAX, REFUSED_MAX, JournalBoard
from tui_trader.widgets.line_board import LINES_MAX, Level

DAY_MS = 86_400_000


def refused(number: int, *, time_ms: int = NOW_MS) -> told.CommandRefused:
    return told.CommandRefused(time_ms=time_ms, actor="cli", gate="balance", reason=f"no {number}")


def page(first: int, last: int) -> list[JournalEntry]:
    return [JournalEntry(sequence=n, event=refused(n)) for n in range(first, last + 1)]


def texts(board: JournalBoard) -> list[str]:
    return [entry.text.rsplit(" ", 1)[1] for entry in board.shown]


def started(sequence: int = 10) -> JournalBoard:
    board = JournalBoard()
    board.start(sequence)
    return board


def test_pages_go_before_what_came_live_and_nothing_is_told_twice():
    board = started()
    board.add(refused(11))
    board.take_page(page(8, 11))
    board.take_page(page(5, 7))
    assert texts(board) == ["11", "10", "9", "8", "7", "6", "5"]
    assert [one.reason for one in board.refused] == [f"no {n}" for n in range(5, 12)]
    assert board.oldest == 5
    assert not board.is_at_its_end


def test_first_event_and_an_empty_page_are_the_end():
    board = started()
    board.take_page(page(1, 10))
    assert board.is_at_its_end
    empty = started()
    empty.take_page([])
    assert empty.is_at_its_end


def test_full_board_reads_no_further_and_never_gives_the_newest_for_the_oldest():
    board = started(LINES_MAX * 2)
    for number in range(LINES_MAX - 2):
        board.add(refused(number))
    board.take_page(page(100, 109))
    assert len(board.lines) == LINES_MAX
    assert board.is_at_its_end
    assert texts(board)[0] == str(LINES_MAX - 3)
    assert texts(board)[-2:] == ["109", "108"]
    assert len(board.refused) == REFUSED_MAX


def test_pages_have_a_maximum():
    board = started(PAGES_MAX * 2)
    for number in range(PAGES_MAX):
        assert board.wants_lines_below(0)
        board.take_page(page(PAGES_MAX * 2 - number, PAGES_MAX * 2 - number))
    assert board.is_at_its_end


@pytest.mark.parametrize(
    ("level", "weights"),
    [
        (Level.ALL, {Weight.QUIET, Weight.GOOD, Weight.WARN, Weight.BAD}),
        (Level.USUAL, {Weight.GOOD, Weight.WARN, Weight.BAD}),
        (Level.WARNINGS, {Weight.WARN, Weight.BAD}),
        (Level.ERRORS, {Weight.BAD}),
    ],
)
def test_levels_leave_out_what_weighs_less(level, weights):
    board = started()
    board.add(refused(1))
    board.add(told.TradingResumed(time_ms=1, actor="cli"))
    board.add(told.ReconcileFailed(time_ms=1, reason="timeout"))
    board.add(told.ReconcileCompleted(time_ms=1, fills_found=0, orders_found=0, checked_ms=1))
    board.choose(level=level)
    assert {entry.weight for entry in board.shown} == weights


def test_search_ignores_case():
    board = started()
    board.add(refused(1))
    board.add(told.TradingResumed(time_ms=1, actor="cli"))
    board.choose(text="RESUMED")
    assert [entry.text for entry in board.shown] == ["trading resumed by cli"]


def test_marked_line_stays_marked_while_news_come_and_follows_only_at_the_newest():
    board = started()
    for number in range(5):
        board.add(refused(number))
    board.move(2)
    marked = board.shown[board.cursor]
    board.add(refused(5))
    board.add(told.BalanceChanged(time_ms=1, asset="USD", total=1))
    assert board.shown[board.cursor] == marked
    board.move(-10)
    board.add(refused(6))
    assert (board.cursor, board.is_following) == (0, True)


def test_days_are_read_only_as_far_back_as_is_asked_for():
    board = started(3_000)
    assert board.wants_older_than(NOW_MS - DAY_MS)
    board.take_page([JournalEntry(sequence=2_000, event=refused(1, time_ms=NOW_MS - 2 * DAY_MS))])
    assert not board.wants_older_than(NOW_MS - DAY_MS)
    assert board.wants_older_than(NOW_MS - 3 * DAY_MS)
