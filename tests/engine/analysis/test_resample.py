"""Longer candles out of shorter ones and out of trades: nothing invented, nothing unfinished."""

import numpy as np
import pytest

from tests.engine.stores.candles.made import NOW_MS, START_MS, assert_same, made_candles
from tui_trader.engine.analysis.resample import (
    Trades,
    aggregated,
    candle_columns,
    candle_rows,
    candles_of_trades,
    resampled,
)
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.errors import ConfigError
from tui_trader.engine.values.trades import PublicTrade

MINUTE_MS = Interval.M1.ms


def test_longer_candle_sums_up_what_is_there():
    minutes = made_candles(60, Interval.M1)
    hour = resampled(minutes, Interval.H1, over_ms=NOW_MS)
    assert (hour.open[0], hour.close[0]) == (minutes.open[0], minutes.close[-1])
    assert (hour.high[0], hour.low[0]) == (minutes.high.max(), minutes.low.min())
    assert hour.volume[0] == pytest.approx(minutes.volume.sum(), rel=1e-15)


def test_stretch_without_a_candle_has_none():
    minutes = made_candles(15, Interval.M1, gaps=range(5, 10))
    longer = resampled(minutes, Interval.M5, over_ms=NOW_MS)
    assert ((longer.open_time_ms - START_MS) // MINUTE_MS).tolist() == [0, 10]


@pytest.mark.parametrize(("over", "count"), [(9, 1), (10, 2), (4, 0), (99, 2)])
def test_stretch_that_may_go_on_is_left_out(over, count):
    minutes = made_candles(10, Interval.M1)
    longer = resampled(minutes, Interval.M5, over_ms=START_MS + over * MINUTE_MS)
    assert len(longer) == count


def test_length_that_is_no_multiple_is_refused():
    with pytest.raises(ConfigError, match="1h candles cannot be made of 4h ones"):
        resampled(made_candles(3, Interval.H4), Interval.H1, over_ms=NOW_MS)


def test_none_makes_none():
    assert len(resampled(made_candles(3, Interval.M1)[:0], Interval.H1, over_ms=NOW_MS)) == 0


def test_resampling_in_two_steps_is_resampling_in_one():
    minutes = made_candles(60 * 24 * 3, Interval.M1, gaps=range(200, 900))
    hours = resampled(minutes, Interval.H1, over_ms=NOW_MS)
    two = resampled(hours, Interval.H4, over_ms=NOW_MS)
    one = resampled(minutes, Interval.H4, over_ms=NOW_MS)
    for name in ("open_time_ms", "open", "high", "low", "close"):
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name))
    np.testing.assert_allclose(one.volume, two.volume, rtol=1e-12)


def test_small_trades_lose_no_digit():
    trades = Trades(np.zeros(1_000, dtype=np.int64), np.ones(1_000), np.full(1_000, 0.1))
    assert aggregated(trades, Interval.M1).volume.tolist() == [100.0]


def test_trades_that_go_back_in_time_are_refused():
    trades = Trades(np.array([60_000, 0]), np.ones(2), np.ones(2))
    with pytest.raises(ConfigError, match="trade 1 is earlier than the one before"):
        aggregated(trades, Interval.M1)


def test_rows_and_columns_are_the_same():
    candles = made_candles(50, gaps=(3, 4))
    assert_same(candle_columns(candle_rows(candles), Interval.H1), candles)


def test_rows_are_put_in_order_and_the_later_of_two_counts():
    rows = candle_rows(made_candles(3))
    other = candle_rows(made_candles(3, seed=2))
    columns = candle_columns((*rows[::-1], other[1]), Interval.H1)
    assert candle_rows(columns) == (rows[0], other[1], rows[2])


def test_trades_row_by_row_make_the_same():
    trades = [PublicTrade(time_ms=t, price=p, quantity_base=1.0) for t, p in ((1, 5.0), (2, 7.0))]
    (candle,) = candles_of_trades(trades, Interval.M1)
    assert (candle.open, candle.high, candle.close, candle.volume_base) == (5.0, 7.0, 7.0, 2.0)
