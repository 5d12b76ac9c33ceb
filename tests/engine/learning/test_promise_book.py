"""Promises on disk: written before their outcome, scored once, there after a crash."""

import msgspec
import numpy as np
import pytest

from tests.engine.learning.made_training import KEY, REQUEST, made
from tests.engine.learning.test_forecaster import BTC, rows
from tui_trader.engine.learning import promise_book
from tui_trader.engine.learning.forecaster import StoredForecaster
from tui_trader.engine.learning.labels import triple_barrier
from tui_trader.engine.learning.model_store import ModelStore
from tui_trader.engine.learning.promise_book import FILE, PromiseBook
from tui_trader.engine.learning.study import Student
from tui_trader.engine.learning.track_record import OUTCOMES_MAX
from tui_trader.engine.messages.forecasts import Study
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.errors import StoreError

HOUR = 3_600_000


def book_of(tmp_path, *hours, version=1) -> PromiseBook:
    book = PromiseBook(tmp_path)
    for hour in hours:
        book.promise(version, hour * HOUR, 0.6)
    return book


def test_a_promise_is_there_after_a_restart_and_made_once(tmp_path):
    book = book_of(tmp_path, 1, 2)
    assert book.promise(1, HOUR, 0.9) is False
    book.score(1, [(HOUR, 1, 4 * HOUR)])
    again = PromiseBook(tmp_path)
    assert [promise.candle_ms for promise in again.open_promises(1)] == [2 * HOUR]
    assert [promise.promised for promise in again.recent(1, 10)] == [0.6, 0.6]
    record = again.record(1, candle_length_ms=HOUR)
    assert (record.promised.tolist(), record.happened.tolist()) == ([0.6], [1.0])


def test_an_outcome_is_never_changed(tmp_path):
    book = book_of(tmp_path, 1)
    book.score(1, [(HOUR, 1, 4 * HOUR), (99 * HOUR, 1, 100 * HOUR)])
    book.score(1, [(HOUR, 0, 9 * HOUR)])
    assert PromiseBook(tmp_path).record(1, candle_length_ms=HOUR).happened.tolist() == [1.0]


def test_versions_are_kept_apart(tmp_path):
    book = book_of(tmp_path, 1, 2)
    book.promise(2, HOUR, 0.3)
    assert len(book.open_promises(1)) == 2
    assert [promise.promised for promise in book.open_promises(2)] == [0.3]


def test_promises_that_overlap_weigh_what_they_tell(tmp_path):
    book = book_of(tmp_path, 1, 2, 20)
    book.score(1, [(HOUR, 0, 4 * HOUR), (2 * HOUR, 0, 4 * HOUR), (20 * HOUR, 1, 22 * HOUR)])
    weights = book.record(1, candle_length_ms=HOUR).weights
    assert weights[2] == 1.0
    assert weights[0] == pytest.approx((1 + 3 / 2) / 4)
    assert weights[1] == pytest.approx(1 / 2)


def test_outcomes_stand_in_the_order_in_which_they_became_known(tmp_path):
    book = book_of(tmp_path, 1, 2)
    book.score(1, [(2 * HOUR, 1, 3 * HOUR)])
    book.score(1, [(HOUR, 0, 9 * HOUR)])
    assert book.record(1, candle_length_ms=HOUR).happened.tolist() == [1.0, 0.0]


def test_a_line_that_a_crash_cut_short_was_never_promised(tmp_path):
    book_of(tmp_path, 1, 2)
    path = tmp_path / FILE
    path.write_bytes(path.read_bytes() + b"[1,108000")
    book = PromiseBook(tmp_path)
    assert len(book.open_promises(1)) == 2
    book.promise(1, 3 * HOUR, 0.5)
    assert len(PromiseBook(tmp_path).open_promises(1)) == 3


def test_a_line_that_is_no_promise_is_said_with_its_number(tmp_path):
    book_of(tmp_path, 1, 2)
    path = tmp_path / FILE
    path.write_bytes(b"zebra\n" + path.read_bytes())
    with pytest.raises(StoreError, match="line 1"):
        PromiseBook(tmp_path)


def test_no_more_is_kept_than_a_bound(tmp_path, monkeypatch):
    monkeypatch.setattr(promise_book, "OPEN_MAX", 3)
    monkeypatch.setattr(promise_book, "OUTCOMES_MAX", 4)
    monkeypatch.setattr(promise_book, "LINES_SPARE", 5)
    book = book_of(tmp_path, *range(1, 40))
    assert [promise.candle_ms // HOUR for promise in book.open_promises(1)] == [37, 38, 39]
    assert len((tmp_path / FILE).read_bytes().splitlines()) <= 2 * 3 + 5 + 1
    for hour in range(40, 60):
        book.promise(1, hour * HOUR, 0.6)
        book.score(1, [(hour * HOUR, 1, (hour + 1) * HOUR)])
    assert len(PromiseBook(tmp_path).recent(1, OUTCOMES_MAX)) <= 3 + 4


class Life:
    """A model that speaks at candle after candle of its own tape."""

    def __init__(self, tmp_path) -> None:
        self.root = tmp_path / "models"
        ModelStore(self.root).save(KEY, made().manifest, made().contents)
        self.begin()

    def begin(self):
        self.student = Student(StoredForecaster(ModelStore(self.root)))

    def see(self, until):
        question = Study(symbol=BTC, interval=Interval.H1, candles=rows(700, until=until))
        return self.student.study(question)


def test_live_forecasts_are_scored_as_their_barriers_are_hit_over_a_restart(tmp_path):
    life = Life(tmp_path)
    for until in range(1_700, 1_730):
        life.see(until)
    life.begin()
    for until in range(1_730, 1_760):
        told = life.see(until)
    labels = triple_barrier(made().candles, REQUEST.rules, fee_ratio=REQUEST.fee_ratio)
    (track,) = told.tracks
    assert len(track.recent) == 60
    row_of = {int(time): row for row, time in enumerate(made().candles.open_time_ms)}
    known = 0
    for candle_ms, promised, happened in track.recent:
        row = row_of[candle_ms]
        is_known = labels.end[row] <= 1_758
        assert (happened is not None) == is_known
        if is_known:
            known += 1
            assert happened == labels.happened[row]
        place = np.flatnonzero(made().trained.dataset.candle == row)
        vote = made().trained.ensemble.probability(made().trained.dataset.rows[place])
        assert promised == pytest.approx(float(vote[0]), abs=1e-9)
    assert track.outcomes == known > 20
    assert sum(band.count for band in track.bands) == known


def test_a_model_that_promises_too_much_is_refuted(tmp_path):
    life = Life(tmp_path)
    manifest = msgspec.structs.replace(made().manifest, calibration=(0.0, 0.0, 2.2))
    ModelStore(life.root).save(KEY, manifest, made().contents)
    ModelStore(life.root).promote(KEY, 2)
    book = PromiseBook(ModelStore(life.root).folder(KEY))
    times = made().candles.open_time_ms
    for row in range(100, 1_600, 30):
        book.promise(2, int(times[row]), 0.9)
        book.score(2, [(int(times[row]), int(row % 4 == 0), int(times[row + 20]))])
    told = life.see(1_700)
    champion = next(track for track in told.tracks if track.version == 2)
    assert champion.is_broken
    assert champion.right_ratio < 0.6
    assert not life.student.track(KEY, 1).is_broken


def test_a_record_that_cannot_be_read_is_said_and_the_rest_told(tmp_path):
    life = Life(tmp_path)
    (ModelStore(life.root).folder(KEY) / FILE).write_bytes(b"zebra\n")
    told = life.see(1_700)
    assert told.tracks == ()
    assert "line 1" in told.note
    assert told.reasons
