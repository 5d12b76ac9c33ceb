"""Kept runs: whole or not at all, a written most, and what is damaged is not in the way."""

import os

import pytest

from tests.engine.backtest.made_calls import CALL
from tests.engine.backtest.made_runs import bars, run_of, said
from tui_trader.engine.backtest.compiled import run_compiled
from tui_trader.engine.backtest.document import run_document
from tui_trader.engine.backtest.report import report_on
from tui_trader.engine.backtest.runs import RUN_NAME, SUMMARY_NAME, RunShelf
from tui_trader.engine.values.errors import ConfigError, StoreError

NOW_MS = 1_700_000_000_000
SECOND_MS = 1_000


@pytest.fixture(scope="module")
def document():
    candles = bars(*[(100, 101, 99, 100)] * 6)
    request = run_of(candles, said([1, 0, -1, 0, 0, 0]))
    report = report_on(request, run_compiled(request), seeds=3)
    return run_document(request, report, call=CALL, source="a test", load_s=0.0)


def test_a_kept_run_is_the_run(document, isolated_home):
    shelf = RunShelf(isolated_home)
    kept = shelf.keep(document, now_ms=NOW_MS)
    assert kept.id == "20231114-221320-000"
    assert shelf.load(kept.id) == shelf.load("last") == kept
    (line,) = shelf.listing()
    assert (line.id, line.trades, line.kept_ms) == (kept.id, 1, NOW_MS)
    assert line.return_ratio == document.metrics["return_ratio"]


def test_newest_first_and_two_in_one_second(document, isolated_home):
    shelf = RunShelf(isolated_home)
    ids = [shelf.keep(document, now_ms=NOW_MS + at).id for at in (0, 0, SECOND_MS)]
    assert [line.id for line in shelf.listing()] == ids[::-1]


def test_the_oldest_go_when_there_are_too_many(document, isolated_home):
    shelf = RunShelf(isolated_home, runs_max=3)
    ids = [shelf.keep(document, now_ms=NOW_MS + n * SECOND_MS).id for n in range(5)]
    assert [line.id for line in shelf.listing()] == ids[:1:-1]


def test_the_oldest_go_when_they_take_too_much_room(document, isolated_home):
    shelf = RunShelf(isolated_home, bytes_max=1)
    ids = [shelf.keep(document, now_ms=NOW_MS + n * SECOND_MS).id for n in range(2)]
    assert [line.id for line in shelf.listing()] == ids[1:]


def test_what_a_dead_process_left_is_swept_and_never_listed(document, isolated_home):
    shelf = RunShelf(isolated_home)
    shelf.keep(document, now_ms=NOW_MS)
    dead, living = shelf.root / ".staged-999999999", shelf.root / f".staged-{os.getppid()}"
    dead.mkdir()
    living.mkdir()
    assert len(shelf.listing()) == 1
    shelf.keep(document, now_ms=NOW_MS)
    assert not dead.exists()
    assert living.exists()


def test_a_damaged_run_is_told_and_does_not_hide_the_others(document, isolated_home):
    shelf = RunShelf(isolated_home)
    first = shelf.keep(document, now_ms=NOW_MS)
    second = shelf.keep(document, now_ms=NOW_MS + SECOND_MS)
    (shelf.root / second.id / SUMMARY_NAME).write_bytes(b"{")
    (shelf.root / second.id / RUN_NAME).write_bytes(b"\xff")
    assert [line.id for line in shelf.listing()] == [first.id]
    with pytest.raises(StoreError, match="cannot be read"):
        shelf.load(second.id)


@pytest.mark.parametrize("name", ["nonsense", "..", "../..", "last"])
def test_a_run_that_is_not_there_is_refused(name, isolated_home):
    with pytest.raises(ConfigError, match=r"there is no kept run .*none is kept yet"):
        RunShelf(isolated_home).load(name)
