"""The store: what is written is what is read, and what goes wrong loses nothing."""

import numpy as np
import pyarrow.parquet as pq
import pytest

from tests.engine.stores.candles.made import BTC, NOW_MS, START_MS, VENUE, assert_same, made_candles
from tui_trader.engine.stores.candles import ParquetCandleStore, bar_file, series_lock
from tui_trader.engine.stores.candles import store as store_module
from tui_trader.engine.stores.candles.layout import Series, series_of
from tui_trader.engine.stores.candles.store import Source
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.errors import ConfigError, StoreError
from tui_trader.engine.values.time import MS_PER_DAY

HOURS = series_of(VENUE, BTC, Interval.H1)
MINUTES = series_of(VENUE, BTC, Interval.M1)


@pytest.fixture
def store(isolated_home):
    return ParquetCandleStore(isolated_home)


def load(store, interval=Interval.H1, **bounds):
    return store.load(VENUE, BTC, interval, **bounds)


def test_what_is_written_is_what_is_read_gaps_included(store):
    candles = made_candles(20_000, gaps=(5, 6, 7, 9_000))
    count = store.write(HOURS, candles)
    assert count == (len(candles), 0, 0, None)
    assert_same(load(store), candles)


def test_years_lie_in_files_of_their_own_and_minutes_in_months(store):
    store.write(HOURS, made_candles(24 * 800))
    store.write(MINUTES, made_candles(60 * 24 * 40, Interval.M1))
    names = {one: [path.name for path in store.files(one)] for one in (HOURS, MINUTES)}
    assert names[HOURS] == ["2020.parquet", "2021.parquet", "2022.parquet"]
    assert names[MINUTES] == ["2020-01.parquet", "2020-02.parquet"]
    assert store.files(HOURS)[0].parent == store.root / "kraken" / "BTC-USD" / "1h"
    assert store.files(HOURS)[0].stat().st_mode & 0o777 == 0o600


def test_venues_are_kept_apart(store):
    store.write(HOURS, made_candles(10))
    store.write(HOURS._replace(venue="demo"), made_candles(10, seed=2))
    assert load(store).close[-1] != store.load("demo", BTC, Interval.H1).close[-1]
    assert [str(one) for one in store.series()] == ["demo BTC/USD 1h", "kraken BTC/USD 1h"]


def test_range_begins_at_its_start_and_ends_before_its_end(store):
    candles = made_candles(24 * 800)
    store.write(HOURS, candles)
    bounds = {"start_ms": START_MS + 10 * Interval.H1.ms, "end_ms": START_MS + MS_PER_DAY * 500}
    assert_same(load(store, **bounds), candles[10 : 24 * 500])


def test_range_without_a_candle_names_what_is_stored(store):
    store.write(HOURS, made_candles(24))
    with pytest.raises(ConfigError, match="2020-01-01T00:00 UTC to 2020-01-01T23:00 UTC"):
        load(store, start_ms=NOW_MS)


def test_pair_that_is_not_stored_is_said_with_what_is(store):
    store.write(HOURS, made_candles(24))
    with pytest.raises(ConfigError, match=r"kraken BTC/USD 5m: no candle is stored \(stored: 1h\)"):
        load(store, Interval.M5)
    with pytest.raises(ConfigError, match="kraken ETH/USD 1h: no candle is stored; `tui-trader"):
        store.load(VENUE, "ETH/USD", Interval.H1)


@pytest.mark.parametrize("name", ["../..", "BTC", "btc/usd", "BTC/USD/EUR", "A/" + "B" * 60, ""])
def test_name_that_is_no_pair_makes_no_folder(store, name):
    with pytest.raises(ConfigError, match="is no pair"):
        series_of(VENUE, name, Interval.H1)
    with pytest.raises(ConfigError, match="is no name of a venue"):
        series_of(f"{name}/", BTC, Interval.H1)


class TestMerging:
    def test_rows_that_are_there_already_change_nothing(self, store):
        store.write(HOURS, made_candles(100))
        before = store.files(HOURS)[0].stat().st_mtime_ns
        assert store.write(HOURS, made_candles(100)) == (0, 100, 0, None)
        assert store.files(HOURS)[0].stat().st_mtime_ns == before

    def test_older_rows_and_rows_in_between_find_their_place(self, store):
        whole = made_candles(24 * 800)
        for rows in (slice(5_000, 6_000), slice(0, 2_000), slice(1_000, None)):
            store.write(HOURS, whole[rows])
        assert_same(load(store), whole)

    def test_row_that_differs_stays_as_it_was_and_is_counted(self, store):
        old, new = made_candles(10), made_candles(10, seed=2)
        store.write(HOURS, old)
        assert store.write(HOURS, new) == (0, 0, 10, START_MS)
        assert_same(load(store), old)

    def test_better_source_wins(self, store):
        old, new = made_candles(10), made_candles(10, seed=2)
        store.write(HOURS, old)
        assert store.write(HOURS, new[5:], is_better=True) == (0, 0, 5, int(new.open_time_ms[5]))
        assert_same(load(store)[:5], old[:5])
        assert_same(load(store)[5:], new[5:])

    def test_preview_says_what_a_write_would_do_and_does_nothing(self, store):
        store.write(HOURS, made_candles(10))
        assert store.preview(HOURS, made_candles(15)) == (5, 10, 0, None)
        assert len(load(store)) == 10


class TestLongerOnes:
    def test_are_made_of_minutes_where_only_those_are_stored(self, store):
        minutes = made_candles(60 * 24, Interval.M1, gaps=range(120, 180))
        store.write(MINUTES, minutes)
        hours = load(store)
        assert len(hours) == 23
        assert START_MS + 2 * Interval.H1.ms not in hours.open_time_ms
        assert hours.close[0] == minutes.close[59]
        assert hours.high[0] == minutes.high[:60].max()
        assert store.source(VENUE, BTC, Interval.H1) == Source(Interval.M1, is_resampled=True)

    def test_are_read_as_stored_where_they_are(self, store):
        store.write(MINUTES, made_candles(60 * 24, Interval.M1))
        store.write(HOURS, made_candles(24))
        assert_same(load(store), made_candles(24))
        assert store.source(VENUE, BTC, Interval.H1) == Source(Interval.H1, is_resampled=False)

    def test_go_on_with_minutes_beyond_the_end_of_what_is_stored(self, store):
        minutes, hours = made_candles(60 * 24 + 30, Interval.M1), made_candles(3)
        store.write(MINUTES, minutes)
        made = load(store)
        store.write(HOURS, hours)
        whole = load(store)
        assert_same(whole[:3], hours)
        assert_same(whole[3:], made[3:])
        source = store.source(VENUE, BTC, Interval.H1)
        assert source == (Interval.H1, False, (Interval.M1,))
        assert source.words == "the newest made of its 1m"
        assert store.over_ms(VENUE, BTC, Interval.H1) == START_MS + 24 * Interval.H1.ms
        end_ms = START_MS + 3 * Interval.H1.ms
        early = store.source(VENUE, BTC, Interval.H1, end_ms=end_ms)
        late = store.source(VENUE, BTC, Interval.H1, start_ms=end_ms)
        assert (early.words, late.words) == ("", "made of its 1m")
        told = store.source_words(VENUE, BTC, Interval.H1)
        assert told == f"the store ({VENUE}, the newest made of its 1m)"
        assert store.source_words(VENUE, BTC, Interval.M1) == f"the store ({VENUE})"

    def test_go_on_within_a_range_too(self, store):
        store.write(MINUTES, made_candles(60 * 24, Interval.M1))
        store.write(HOURS, made_candles(3))
        whole = load(store)
        hour = Interval.H1.ms
        for first, end in ((2, 5), (4, 6), (0, 3)):
            part = load(store, start_ms=START_MS + first * hour, end_ms=START_MS + end * hour)
            assert_same(part, whole[first:end])

    def test_take_the_longest_length_first_and_each_shorter_one_only_beyond(self, store):
        five = series_of(VENUE, BTC, Interval.M5)
        store.write(HOURS, made_candles(3))
        store.write(five, made_candles(5 * 12, Interval.M5))
        store.write(MINUTES, made_candles(7 * 60, Interval.M1))
        source = store.source(VENUE, BTC, Interval.H1)
        assert source == (Interval.H1, False, (Interval.M5, Interval.M1))
        assert len(load(store)) == 7

    def test_last_one_is_left_out_while_it_goes_on(self, store):
        store.write(MINUTES, made_candles(60 + 59, Interval.M1))
        assert len(load(store)) == 1

    def test_range_makes_no_candle_of_a_part(self, store):
        store.write(MINUTES, made_candles(60 * 24, Interval.M1))
        whole = load(store)
        part = load(store, start_ms=START_MS + 90 * 60_000, end_ms=START_MS + 330 * 60_000)
        assert_same(part, whole[2:5])


class TestDamage:
    @pytest.mark.parametrize("keep", [0, 4, 100, 3_000, -1])
    def test_truncated_file_is_named_and_nothing_is_overwritten(self, store, keep):
        store.write(HOURS, made_candles(1_000))
        (path,) = store.files(HOURS)
        path.write_bytes(path.read_bytes()[:keep])
        left = path.read_bytes()
        with pytest.raises(StoreError, match=r"1h/2020\.parquet is damaged"):
            load(store)
        with pytest.raises(StoreError, match=r"1h/2020\.parquet is damaged"):
            store.write(HOURS, made_candles(2_000))
        assert path.read_bytes() == left

    def test_flipped_bit_is_noticed(self, store):
        store.write(HOURS, made_candles(1_000))
        (path,) = store.files(HOURS)
        content = bytearray(path.read_bytes())
        content[len(content) // 3] ^= 1
        path.write_bytes(content)
        with pytest.raises(StoreError, match=r"2020\.parquet is damaged"):
            load(store)

    def test_file_that_claims_fewer_rows_than_were_written_is_damaged(self, store):
        store.write(HOURS, made_candles(1_000))
        (path,) = store.files(HOURS)
        table = pq.read_table(path)
        assert table.schema.metadata[bar_file.ROWS_KEY] == b"1000"
        pq.write_table(table.slice(0, 992), path)
        with pytest.raises(StoreError, match=r"2020\.parquet is damaged \(it has lost rows\)"):
            load(store)
        # Files of an earlier day do not tell.
        pq.write_table(table.replace_schema_metadata(None), path)
        assert len(load(store)) == 1_000

    def test_file_of_another_program_is_refused(self, store):
        import pyarrow as pa
        import pyarrow.parquet as pq

        store.write(HOURS, made_candles(10))
        pq.write_table(pa.table({"a": [1]}), store.files(HOURS)[0])
        with pytest.raises(StoreError, match="does not hold candles as this store writes them"):
            load(store)

    def test_rows_out_of_order_are_no_candles(self, store):
        store.write(HOURS, made_candles(10))
        path = store.files(HOURS)[0]
        bars = bar_file.read_bars(path).taken(np.arange(9, -1, -1))
        bar_file.put_in_place([(bar_file.stage_bars(path, bars), path)], path.parent)
        with pytest.raises(StoreError, match="kraken BTC/USD 1h: what is stored is damaged"):
            load(store)


class Death(BaseException):
    """The process ends here."""


class TestDeathWhileWriting:
    """A write over three files is killed at each of its steps."""

    @pytest.fixture
    def old(self, store):
        candles = made_candles(24 * 800)
        store.write(HOURS, candles[::2])
        return candles[::2]

    @pytest.mark.parametrize("staged_before", [0, 1, 2])
    def test_before_the_renames_every_old_file_stands(self, store, old, monkeypatch, staged_before):
        seen = []

        def dying(path, bars):
            if len(seen) == staged_before:
                raise Death
            seen.append(path)
            return bar_file.stage_bars(path, bars)

        monkeypatch.setattr(store_module, "stage_bars", dying)
        with pytest.raises(Death):
            store.write(HOURS, made_candles(24 * 800))
        assert_same(load(store), old)

    @pytest.mark.parametrize("renamed_before", [0, 1, 2])
    def test_between_the_renames_no_row_is_lost(self, store, old, monkeypatch, renamed_before):
        def dying(staged, folder):
            for beside, path in staged[:renamed_before]:
                beside.replace(path)
            raise Death

        monkeypatch.setattr(store_module, "put_in_place", dying)
        with pytest.raises(Death):
            store.write(HOURS, made_candles(24 * 800))
        monkeypatch.undo()
        assert np.isin(old.open_time_ms, load(store).open_time_ms).all()
        store.write(HOURS, made_candles(24 * 800))
        assert_same(load(store), made_candles(24 * 800))
        assert not list(store.files(HOURS)[0].parent.glob(".*.staged"))


def test_full_disk_leaves_what_was_there(store, monkeypatch):
    store.write(HOURS, made_candles(10))

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(bar_file.pq, "write_table", full)
    with pytest.raises(StoreError, match=r"No space left on device.*is untouched"):
        store.write(HOURS, made_candles(20))
    assert len(load(store)) == 10


def test_second_writer_waits_and_then_gives_up(store, monkeypatch):
    monkeypatch.setattr(series_lock, "LOOK_S", 0.0)
    folder = store.root / HOURS.folder
    with (
        series_lock.sole_writer(folder),
        pytest.raises(StoreError, match="another process has been writing"),
        series_lock.sole_writer(folder, wait_s_max=0.01),
    ):
        pass


def test_folders_that_are_not_ours_are_not_listed(store):
    store.write(HOURS, made_candles(10))
    for name in ("kraken/BTC-USD/90m", "Strange/BTC-USD/1h", "kraken/btc/1h", "kraken/BTC-USD/5m"):
        (store.root / name).mkdir(parents=True)
    assert store.series() == (Series(VENUE, BTC, Interval.H1),)
