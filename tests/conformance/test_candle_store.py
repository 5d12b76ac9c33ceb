"""Laws of the ports CandleStore, DownloadStore and CandlePast, on every store."""

import pytest

from tests.engine.session.fakes import candle_of
from tui_trader.engine.ports.candle_store import DownloadMark
from tui_trader.engine.stores.candles import ParquetCandleStore
from tui_trader.engine.stores.candles.venue_store import MARK_NAME, VenueCandleStore
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.errors import ConfigError, StoreError
from tui_trader.engine.values.instruments import Symbol

BTC, ETH = Symbol("BTC/USD"), Symbol("ETH/USD")
MINUTE_MS = 60_000
STORES = {"parquet": lambda home: VenueCandleStore(ParquetCandleStore(home), "kraken")}


@pytest.fixture(params=STORES)
def store(request, isolated_home):
    return STORES[request.param](isolated_home)


def minute(number, price=100.0):
    return candle_of(number * MINUTE_MS, price)


def test_empty_store_has_no_newest(store):
    assert store.newest_ms(BTC, Interval.M1) is None


def test_newest_is_the_latest_whatever_the_order_of_writing(store):
    store.append(BTC, Interval.M1, [minute(9), minute(3)], is_better=True)
    store.append(BTC, Interval.M1, [minute(5)], is_better=True)
    assert store.newest_ms(BTC, Interval.M1) == 9 * MINUTE_MS
    assert store.newest_ms(ETH, Interval.M1) is None
    assert store.newest_ms(BTC, Interval.H1) is None


def test_candle_that_says_something_else_is_counted(store):
    rows = [minute(1), minute(2)]
    assert store.append(BTC, Interval.M1, rows, is_better=False) == 0
    assert store.append(BTC, Interval.M1, rows, is_better=False) == 0
    assert store.append(BTC, Interval.M1, [minute(2, 7.0)], is_better=False) == 1
    assert store.append(BTC, Interval.M1, [minute(2, 7.0)], is_better=True) == 1
    assert store.append(BTC, Interval.M1, [minute(2, 7.0)], is_better=True) == 0


def starts(candles):
    return [candle.open_time_ms // MINUTE_MS for candle in candles]


def test_candles_before_a_moment_are_the_last_that_began_before_it(store):
    store.append(BTC, Interval.M1, [minute(number) for number in range(1, 31)], is_better=True)
    older = store.before(BTC, Interval.M1, 20 * MINUTE_MS, count=3)
    assert starts(older) == [17, 18, 19]
    assert older[-1] == minute(19)
    assert starts(store.before(BTC, Interval.M1, 3 * MINUTE_MS, count=9)) == [1, 2]


def test_candles_behind_a_hole_are_found_by_the_next_question(store):
    rows = [minute(number) for number in (1, 2, 3, 40, 41)]
    store.append(BTC, Interval.M1, rows, is_better=True)
    newest = store.before(BTC, Interval.M1, 42 * MINUTE_MS, count=4)
    assert starts(newest) == [40, 41]
    older = store.before(BTC, Interval.M1, newest[0].open_time_ms, count=4)
    assert starts(older) == [1, 2, 3]
    assert store.before(BTC, Interval.M1, older[0].open_time_ms, count=4) == ()


def test_longer_candles_before_a_moment_are_made_of_whole_shorter_stretches(store):
    rows = [minute(number, float(number)) for number in range(1, 121)]
    store.append(BTC, Interval.M1, rows, is_better=True)
    older = store.before(BTC, Interval.M5, 100 * MINUTE_MS, count=2)
    assert starts(older) == [90, 95]
    assert (older[-1].open, older[-1].close) == (rows[94].open, rows[98].close)


def test_nothing_was_before_what_is_not_kept(store):
    assert store.before(BTC, Interval.M1, 20 * MINUTE_MS, count=3) == ()
    store.append(BTC, Interval.M1, [minute(30)], is_better=True)
    assert store.before(BTC, Interval.M1, 20 * MINUTE_MS, count=3) == ()


def test_nothing_is_nothing(store):
    assert store.append(BTC, Interval.M1, [], is_better=True) == 0
    assert store.newest_ms(BTC, Interval.M1) is None


def test_impossible_candle_is_refused_and_nothing_is_written(store):
    with pytest.raises(ConfigError, match="high is below open or close"):
        store.append(
            BTC,
            Interval.M1,
            [minute(1), candle_of(MINUTE_MS * 2, 5.0, 4.0, 3.0, 5.0)],
            is_better=True,
        )
    assert store.newest_ms(BTC, Interval.M1) is None


def test_mark_is_kept_until_it_is_removed(store):
    mark = DownloadMark(start_ms=5, cursor_ns=7)
    assert store.read_mark(BTC, Interval.M1) is None
    store.write_mark(BTC, Interval.M1, mark)
    assert store.read_mark(BTC, Interval.M1) == mark
    assert store.read_mark(BTC, Interval.H1) is None
    store.remove_mark(BTC, Interval.M1)
    store.remove_mark(BTC, Interval.M1)
    assert store.read_mark(BTC, Interval.M1) is None


def test_mark_that_cannot_be_read_is_none(store, isolated_home):
    store.write_mark(BTC, Interval.M1, DownloadMark(start_ms=5, cursor_ns=7))
    (path,) = isolated_home.rglob(MARK_NAME)
    path.write_text("{")
    assert store.read_mark(BTC, Interval.M1) is None


def test_folder_that_cannot_be_used_is_said(store, isolated_home):
    isolated_home.mkdir(parents=True)
    (isolated_home / "candles").write_text("")
    with pytest.raises(StoreError, match="candles cannot be used"):
        store.append(BTC, Interval.M1, [minute(1)], is_better=True)
