"""Verification: every kind of damage is found, counted and placed; gaps are no damage."""

import numpy as np
import pytest

from tests.engine.stores.candles.made import BTC, NOW_MS, START_MS, VENUE, made_candles
from tui_trader.engine.stores.candles import ParquetCandleStore
from tui_trader.engine.stores.candles.bar_file import put_in_place, stage_bars
from tui_trader.engine.stores.candles.bars import Bars, bars_of, joined
from tui_trader.engine.stores.candles.layout import series_of
from tui_trader.engine.stores.candles.verification import verify_series
from tui_trader.engine.values.candles import Interval

HOURS = series_of(VENUE, BTC, Interval.H1)
HOUR_MS = Interval.H1.ms


@pytest.fixture
def store(isolated_home):
    store = ParquetCandleStore(isolated_home)
    store.write(HOURS, made_candles(100))
    return store


@pytest.fixture
def found(store):
    def found(change):
        """What is found once the stored file holds what `change` makes of its columns."""
        bars = Bars._make(column.copy() for column in bars_of(made_candles(100)))
        (path,) = store.files(HOURS)
        bars = change(bars) or bars
        put_in_place([(stage_bars(path, bars), path)], path.parent)
        return verify_series(store, HOURS, now_ms=NOW_MS)

    return found


def set_value(name, row, value):
    def change(bars):
        getattr(bars, name)[row] = value

    return change


def test_whole_series_is_fine(store):
    verdict = verify_series(store, HOURS, now_ms=NOW_MS)
    assert verdict == (HOURS, 100, (START_MS, START_MS + 99 * HOUR_MS), (), (), ())


@pytest.mark.parametrize(
    ("change", "kind", "rows", "place"),
    [
        (set_value("close", 3, np.nan), "a value is missing or not a finite number", 1, 3),
        (set_value("volume", 3, -1.0), "the volume is below 0", 1, 3),
        (set_value("low", 3, 0.0), "a price is not above 0", 1, 3),
        (set_value("high", slice(3, 5), 0.5), "high is below low", 2, 3),
        (set_value("close", 7, 1e9), "open or close lies outside low to high", 1, 7),
        (
            lambda bars: joined([bars, bars.taken(slice(99, 100))]),
            "the same time as the row before",
            1,
            99,
        ),
        (
            lambda bars: joined([bars.taken(slice(50, None)), bars.taken(slice(0, 50))]),
            "earlier than the row before",
            1,
            0,
        ),
    ],
)
def test_damage_is_found_with_its_place(found, change, kind, rows, place):
    assert [tuple(one) for one in found(change).damage] == [
        (kind, rows, START_MS + place * HOUR_MS)
    ]


def test_time_between_two_candles_is_damage(found):
    verdict = found(set_value("open_time_ms", 3, START_MS + 3 * HOUR_MS + 1))
    assert verdict.damage[0].kind == "the time is not a start of its interval"


def test_future_is_damage(store):
    verdict = verify_series(store, HOURS, now_ms=START_MS + 50 * HOUR_MS)
    assert [tuple(one) for one in verdict.damage] == [
        ("the time has not come yet", 49, START_MS + 51 * HOUR_MS)
    ]


def test_row_in_the_wrong_file_is_damage(found):
    verdict = found(set_value("open_time_ms", 99, NOW_MS - HOUR_MS))
    assert verdict.damage[0].kind == "row that does not belong into 2020.parquet"


def test_file_that_cannot_be_read_is_damage_and_the_others_are_looked_at(store):
    store.write(HOURS, made_candles(10, start_ms=NOW_MS - 1_000 * HOUR_MS))
    first, _ = store.files(HOURS)
    first.write_bytes(b"PAR1")
    verdict = verify_series(store, HOURS, now_ms=NOW_MS)
    assert verdict.rows == 10
    (damage,) = verdict.damage
    assert "1h/2020.parquet is damaged" in damage.kind


def test_gaps_and_quiet_stretches_are_told_and_are_no_damage(found):
    def change(bars):
        bars.volume[[20, 21, 22, 40]] = 0
        return bars.taken(np.delete(np.arange(100), [5, 60, 61, 62]))

    verdict = found(change)
    assert verdict.damage == ()
    at = lambda *rows: [START_MS + row * HOUR_MS for row in rows]  # noqa: E731
    assert verdict.gaps == ((*at(5, 6), 1), (*at(60, 63), 3))
    assert verdict.missing == 4
    assert verdict.quiet == ((*at(20, 23), 3), (*at(40, 41), 1))
