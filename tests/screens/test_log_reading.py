"""The engine's log files read backwards in pages and forwards as they grow, across midnight."""

import json

import pytest

from tests.screens import scripted
from tests.screens.scripted import NOW_MS
from tui_trader.engine.launch.log_file import EngineLog
from tui_trader.engine.messages.queries import JournalEntry
from tui_trader.engine.values.time import format_rfc3339
from tui_trader.screens import log_reading
from tui_trader.screens.log_reading import FILES_MAX, read_newer, read_older
from tui_trader.widgets.drawing.event_words import Weight
from tui_trader.widgets.line_board import LINES_MAX, Level
from tui_trader.widgets.log_board import LogBoard

DAY_MS = 86_400_000


def told(number: int, *, time_ms: int = NOW_MS, level: str = "info") -> str:
    line = {"time": format_rfc3339(time_ms), "level": level, "logger": "x", "text": f"n{number}"}
    return json.dumps(line) + "\n"


def write(folder, name, *lines):
    with (folder / name).open("a") as file:
        file.writelines(lines)


def all_of(folder):
    """Every page, oldest line first."""
    texts, place = [], None
    for _ in range(1_000):
        page = read_older(folder, place)
        texts = [line.text for line in page.lines] + texts
        place = page.begin
        if place is None:
            return texts
    message = "it never came to the oldest line"
    raise AssertionError(message)


def test_pages_lead_back_to_the_oldest_file_without_losing_or_repeating_a_line(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(log_reading, "PAGE_BYTES", 333)
    write(tmp_path, "engine.jsonl.2026-11-18", *(told(n) for n in range(10)))
    write(tmp_path, "engine.jsonl.2026-11-19", *(told(n) for n in range(10, 30)))
    write(tmp_path, "engine.jsonl", *(told(n) for n in range(30, 50)))
    assert all_of(tmp_path) == [f"n{number}" for number in range(50)]


def test_what_is_written_meanwhile_follows_across_midnight(tmp_path):
    write(tmp_path, "engine.jsonl", told(1), told(2))
    page = read_older(tmp_path, None)
    write(tmp_path, "engine.jsonl", told(3), '{"time": "half a li')
    page = read_newer(tmp_path, page.end)
    assert [line.text for line in page.lines] == ["n3"]
    with (tmp_path / "engine.jsonl").open("a") as file:
        file.write('ne"}\n' + told(4))
    (tmp_path / "engine.jsonl").rename(tmp_path / "engine.jsonl.2026-11-19")
    write(tmp_path, "engine.jsonl", told(5))
    page = read_newer(tmp_path, page.end)
    assert [line.text for line in page.lines][-1] == "n4"
    page = read_newer(tmp_path, page.end)
    assert [line.text for line in page.lines] == ["n5"]
    assert read_newer(tmp_path, page.end).lines == ()


def test_lines_that_are_none_are_shown_as_they_stand_and_clean(tmp_path):
    (tmp_path / "engine.jsonl").write_bytes(
        told(1).encode() + b"no \x1b[2J json\xff\n" + b'{"time": "soon"}\n\n' + told(2).encode()
    )
    lines = read_older(tmp_path, None).lines
    assert [line.text[:22] for line in lines][::3] == ["n1", "n2"]
    assert lines[1].text.startswith("not a line of the log: no ")
    assert not any(char in line.text for line in lines for char in "\x1b\x9b")
    assert lines[1].time_ms == NOW_MS


def test_one_endless_line_is_passed_over_in_bounded_steps(tmp_path, monkeypatch):
    monkeypatch.setattr(log_reading, "PAGE_BYTES", 2_000)
    write(tmp_path, "engine.jsonl", told(1), "x" * 20_000 + "\n", told(2))
    assert all_of(tmp_path) == ["n1", log_reading.TOO_LONG, "n2"]


def test_events_are_told_in_the_words_of_the_journal_and_faults_with_their_trace(tmp_path):
    log = EngineLog(tmp_path)
    try:
        log.events([JournalEntry(sequence=i, event=e) for i, e in enumerate(scripted.halted(), 1)])
        log.bug(None, {"message": "it broke", "exception": ValueError("why")})
    finally:
        log.close()
    lines = read_older(tmp_path, None).lines
    halted = next(line for line in lines if "TRADING HALTED by console" in line.text)
    assert halted.weight is Weight.BAD
    assert (lines[-1].weight, "ValueError: why" in lines[-1].text) == (Weight.BAD, True)
    assert any(line.weight is Weight.QUIET and line.text == "EquityMarked" for line in lines)


def test_an_event_of_another_version_is_told_as_it_stands(tmp_path):
    line = {
        "time": format_rfc3339(NOW_MS),
        "level": "error",
        "text": "Odd",
        "event": {"type": "Odd"},
    }
    write(tmp_path, "engine.jsonl", json.dumps(line) + "\n")
    (found,) = read_older(tmp_path, None).lines
    assert (found.weight, found.text.startswith("Odd ")) == (Weight.BAD, True)


def test_no_files_is_an_end_and_many_files_have_a_limit(tmp_path):
    assert read_older(tmp_path, None).begin is None
    for number in range(FILES_MAX + 5):
        write(tmp_path, f"engine.jsonl.{number:03d}", told(number))
    assert len(all_of(tmp_path)) == FILES_MAX


def test_only_what_is_asked_for_is_kept_so_an_old_error_is_not_pushed_out(tmp_path):
    error = told(7, time_ms=NOW_MS - DAY_MS, level="error")
    write(tmp_path, "engine.jsonl.2026-11-19", error)
    write(tmp_path, "engine.jsonl", *(told(n) for n in range(LINES_MAX + 2_000)))
    board = LogBoard(folder=tmp_path)
    board.choose(level=Level.ERRORS)
    while not board.is_at_its_end:
        board.take_older(read_older(tmp_path, board.begin))
    assert [line.text for line in board.shown] == ["n7"]
    board.choose(level=Level.ALL)
    while not board.is_at_its_end:
        board.take_older(read_older(tmp_path, board.begin))
    assert len(board.lines) == LINES_MAX
    assert board.shown[0].text == f"n{LINES_MAX + 1_999}"


def test_a_moment_is_sought_through_more_lines_than_are_kept(tmp_path):
    write(tmp_path, "engine.jsonl.2026-11-19", told(1, time_ms=NOW_MS - DAY_MS))
    write(tmp_path, "engine.jsonl", *(told(n) for n in range(LINES_MAX * 2)))
    board = LogBoard(folder=tmp_path, level=Level.ALL)
    board.take_older(read_older(tmp_path, None))
    board.seek(NOW_MS - DAY_MS)
    while not board.settle():
        assert board.wants_lines_below(board.cursor)
        board.take_older(read_older(tmp_path, board.begin))
        assert len(board.lines) <= LINES_MAX
    assert board.marked is not None
    assert (board.marked.text, board.is_apart) == ("n1", True)
    board.choose()
    board.take_older(read_older(tmp_path, None))
    assert board.marked is not None
    assert board.marked.text == f"n{LINES_MAX * 2 - 1}"


@pytest.mark.parametrize("is_following", [True, False])
def test_cursor_stays_with_its_line_while_others_come(tmp_path, is_following):
    write(tmp_path, "engine.jsonl", told(1), told(2))
    board = LogBoard(folder=tmp_path, level=Level.ALL)
    board.take_older(read_older(tmp_path, None))
    if not is_following:
        board.move(1)
    write(tmp_path, "engine.jsonl", told(3))
    board.take_newer(read_newer(tmp_path, board.end))
    assert board.marked is not None
    assert board.marked.text == ("n3" if is_following else "n1")
