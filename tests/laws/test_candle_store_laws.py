"""Laws of the candle store, over all inputs: import and load are one, and a merge is a union."""

import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.stores.candles.made import BTC, NOW_MS, START_MS, VENUE, assert_same, csv_of
from tui_trader.engine.analysis.candles import Candles
from tui_trader.engine.stores.candles import ParquetCandleStore, load_candles_file
from tui_trader.engine.stores.candles.bars import Bars, bars_of, empty_bars
from tui_trader.engine.stores.candles.candle_file import FileRequest
from tui_trader.engine.stores.candles.importing import Importer, ImportRequest
from tui_trader.engine.stores.candles.layout import series_of
from tui_trader.engine.stores.candles.merging import merged
from tui_trader.engine.values.candles import Interval

# Every example writes and syncs files: a third of the usual number says as much in a third of the time.
ON_DISK = settings(max_examples=settings.default.max_examples // 3)
PRICE = st.floats(min_value=1e-9, max_value=1e9, allow_nan=False)
VOLUME = st.floats(min_value=0, max_value=1e12, allow_nan=False)
# Around the first moment of the next file: hour 8,784 is the next year, minute 44,640 the next month.
PLACE = st.one_of(*(st.integers(middle, middle + 12) for middle in (0, 8_778, 44_634)))


@st.composite
def candles(draw, interval=Interval.H1, *, rows_min=0):
    """Any closed candles, some on both sides of where a file ends."""
    places = sorted(draw(st.sets(PLACE, min_size=rows_min, max_size=8)))
    four = [sorted(draw(st.tuples(PRICE, PRICE, PRICE, PRICE))) for _ in places]
    volumes = [draw(VOLUME) for _ in places]
    low, first, last, high = (np.array([row[at] for row in four]) for at in range(4))
    return Candles(
        interval=interval,
        open_time_ms=START_MS + np.array(places, dtype=np.int64) * interval.ms,
        open=first,
        high=high,
        low=low,
        close=last,
        volume=np.array(volumes, dtype=np.float64),
    )


@ON_DISK
@given(candles(rows_min=1), st.sampled_from([Interval.M1, Interval.H1, Interval.D1]))
def test_import_then_load_is_the_identity(whole, interval):
    times = START_MS + (whole.open_time_ms - START_MS) // Interval.H1.ms * interval.ms
    is_over = times + interval.ms <= NOW_MS
    columns = {name: getattr(whole, name) for name in ("open", "high", "low", "close", "volume")}
    whole = Candles(interval=interval, open_time_ms=times, **columns)[: int(is_over.sum())]
    if not len(whole):
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"XBTUSD_{interval.minutes}.csv")
        path.write_text(csv_of(whole, head="time,open,high,low,close,volume"))
        store = ParquetCandleStore(Path(folder))
        request = ImportRequest(VENUE, FileRequest(now_ms=NOW_MS))
        list(Importer(store, request, lambda *_: None).run([path]))
        assert_same(store.load(VENUE, BTC, interval), whole)
        assert_same(load_candles_file(path, now_ms=NOW_MS), whole)


@ON_DISK
@given(st.lists(st.tuples(candles(rows_min=1), st.booleans()), min_size=1, max_size=4))
def test_any_interleaving_of_writes_is_sort_and_drop_of_doubles(writes):
    expected = {}
    with tempfile.TemporaryDirectory() as folder:
        store = ParquetCandleStore(Path(folder))
        for part, is_better in writes:
            count = store.write(series_of(VENUE, BTC, Interval.H1), part, is_better=is_better)
            rows = list(zip(*(column.tolist() for column in bars_of(part)), strict=True))
            assert count.added == len({row[0] for row in rows} - expected.keys())
            assert count.added + count.same + count.differing == len(rows)
            for row in rows:
                known = expected.setdefault(row[0], row)
                if is_better and not _is_same(known, row):
                    expected[row[0]] = row
        got = list(
            zip(
                *(column.tolist() for column in bars_of(store.load(VENUE, BTC, Interval.H1))),
                strict=True,
            )
        )
    assert got == [expected[time_ms] for time_ms in sorted(expected)]


@given(candles(), candles(), st.booleans())
def test_merge_is_idempotent_and_loses_no_moment(left, right, is_better):
    old, new = bars_of(left), bars_of(right)
    once, _ = merged(old, new, is_new_better=is_better)
    assert set(once.open_time_ms) == set(old.open_time_ms) | set(new.open_time_ms)
    assert (np.diff(once.open_time_ms) > 0).all()
    twice, count = merged(once, new, is_new_better=is_better)
    assert count.added == 0
    assert all(np.array_equal(a, b) for a, b in zip(once, twice, strict=True))
    from_nothing, _ = merged(empty_bars(), new, is_new_better=is_better)
    assert all(np.array_equal(a, b) for a, b in zip(from_nothing, Bars._make(new), strict=True))


def _is_same(left, right):
    return left[:5] == right[:5] and bool(np.isclose(left[5], right[5], rtol=1e-9, atol=0))
