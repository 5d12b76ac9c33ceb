"""Recorded files of real markets: read whole, stored as they are, the stress moments by name."""

import gzip
import json

import numpy as np
import pytest

from tests.engine.stores.candles.made import NOW_MS, assert_same
from tui_trader.engine.analysis.resample import Trades, aggregated, resampled
from tui_trader.engine.stores.candles import ParquetCandleStore, load_candles_file
from tui_trader.engine.stores.candles.layout import series_of
from tui_trader.engine.stores.candles.verification import verify_series
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.time import parse_rfc3339

pytestmark = pytest.mark.real_data
KRAKEN_BTC, KRAKEN_ETH = "kraken_1h/XBTUSD_60.csv.gz", "kraken_1h/ETHUSD_60.csv.gz"


def load(path, **options):
    return load_candles_file(path, now_ms=NOW_MS, **options)


def at(candles, moment):
    """Open, high, low and close of the candle that starts at a moment."""
    (row,) = np.flatnonzero(candles.open_time_ms == parse_rfc3339(f"{moment}:00Z"))
    return tuple(float(getattr(candles, name)[row]) for name in ("open", "high", "low", "close"))


def verdict_of(home, candles):
    store = ParquetCandleStore(home)
    series = series_of("real", "AAA/BBB", candles.interval)
    store.write(series, candles)
    assert_same(store.load(*series), candles)
    return verify_series(store, series, now_ms=NOW_MS)


@pytest.mark.parametrize(
    ("name", "rows", "interval"),
    [
        (KRAKEN_BTC, 56_928, Interval.H1),
        (KRAKEN_ETH, 48_237, Interval.H1),
        ("binance_1h/BTC_USDT-1h.parquet", 38_221, Interval.H1),
        ("binance_5m/DOGE_USDT-5m.parquet", 43_776, Interval.M5),
        ("binance_5m_2023/BTC_USDT-5m.parquet", 104_816, Interval.M5),
        ("bitfinex_1m/BTCUSD_1m_2017-11_2018-02.parquet", 172_723, Interval.M1),
        ("bitfinex_1m/ETHUSD_1m_2017-06_2017-08.parquet", 128_140, Interval.M1),
        ("coinbase_1d/btcusd_trade.csv.gz", 1_318, Interval.D1),
        ("metrics/bt_binance_BTC_1h_2020_input.csv.gz", 8_766, Interval.H1),
        ("trades/XRP_ETH-5m.feather", 706, Interval.M5),
    ],
)
def test_every_row_is_read_stored_and_read_again(real_data, isolated_home, name, rows, interval):
    candles = load(real_data / name)
    assert (len(candles), candles.interval) == (rows, interval)
    verdict = verdict_of(isolated_home, candles)
    assert (verdict.rows, verdict.damage) == (rows, ())


@pytest.mark.parametrize(
    ("name", "moment", "prices"),
    [
        (KRAKEN_ETH, "2021-02-22T14:00", (1_724.60, None, 700.0, 1_759.40)),
        (KRAKEN_BTC, "2019-09-13T20:00", (None, 12_000.0, 8_000.0, None)),
    ],
    ids=["ETH flash crash", "XBT spike"],
)
def test_stress_moment_comes_through_as_it_was(real_data, isolated_home, name, moment, prices):
    candles = load(real_data / name)
    verdict_of(isolated_home, candles)
    stored = ParquetCandleStore(isolated_home).load("real", "AAA/BBB", Interval.H1)
    got = at(stored, moment)
    assert [one for one, known in zip(got, prices, strict=True) if known is not None] == [
        known for known in prices if known is not None
    ]


def test_covid_crash_is_in_both_files(real_data):
    candles = load(real_data / KRAKEN_BTC)
    span = [parse_rfc3339(f"2020-03-{day}T00:00:00Z") for day in (12, 14)]
    first, last = np.searchsorted(candles.open_time_ms, span)
    crash = candles[first:last]
    assert (crash.high.max() > 7_900, crash.low.min() < 4_000) == (True, True)
    assert len(crash) == 48


def test_launch_tick_of_ether_is_kept(real_data):
    candles = load(real_data / KRAKEN_ETH)
    ratios = candles.high / candles.low
    assert ratios.max() == pytest.approx(6.8, abs=0.1)


def test_outages_stay_gaps(real_data, isolated_home):
    verdict = verdict_of(isolated_home, load(real_data / KRAKEN_BTC))
    span = [parse_rfc3339(f"2018-{month}-01T00:00:00Z") for month in ("01", "02")]
    # From the last candle before to the first one after.
    january = {gap.candles + 1 for gap in verdict.gaps if span[0] <= gap.start_ms < span[1]}
    assert {6, 24, 20, 3} <= january


def test_outage_of_binance_and_its_quiet_candles_are_found(real_data, isolated_home):
    verdict = verdict_of(isolated_home, load(real_data / "binance_1h/BTC_USDT-1h.parquet"))
    assert len(verdict.gaps) == 27
    assert max(gap.candles for gap in verdict.gaps) == 33
    assert sum(run.candles for run in verdict.quiet) == 3


def test_frozen_market_before_an_outage_is_a_quiet_stretch(real_data, isolated_home):
    verdict = verdict_of(isolated_home, load(real_data / "binance_5m_2023/BTC_USDT-5m.parquet"))
    (gap,), (run,) = verdict.gaps, verdict.quiet
    assert (run.candles, run.end_ms) == (14, gap.start_ms)
    assert gap == (
        parse_rfc3339("2023-03-24T12:40:00Z"),
        parse_rfc3339("2023-03-24T14:00:00Z"),
        16,
    )


@pytest.mark.parametrize("interval", [Interval.M1, Interval.M5])
def test_trades_make_exactly_the_stored_candles(real_data, interval):
    with gzip.open(real_data / "trades" / "XRP_ETH-trades.json.gz") as file:
        rows = json.load(file)
    assert len(rows) == 12_477
    columns = ([row[place] for row in rows] for place in (0, 4, 5))
    times, prices, amounts = columns
    trades = Trades(
        np.array(times), np.array(prices, dtype=np.float64), np.array(amounts, dtype=np.float64)
    )
    stored = load(real_data / "trades" / f"XRP_ETH-{interval.value}.feather")
    assert_same(aggregated(trades, interval), stored)


def test_five_minutes_made_of_one_are_those_made_of_trades(real_data):
    minutes = load(real_data / "trades" / "XRP_ETH-1m.feather")
    stored = load(real_data / "trades" / "XRP_ETH-5m.feather")
    made = resampled(minutes, Interval.M5, over_ms=NOW_MS)
    assert len(made) == len(stored)
    for name in ("open_time_ms", "open", "high", "low", "close"):
        np.testing.assert_array_equal(getattr(made, name), getattr(stored, name))
    np.testing.assert_allclose(made.volume, stored.volume, rtol=1e-12)


def test_second_part_of_a_trade_export_goes_on_where_the_first_ended(real_data):
    first = load(real_data / "trades" / "kraken_trades_csv_BCHEUR.csv")
    second = load(real_data / "trades" / "kraken_trades_csv_incremental_q2_BCHEUR.csv")
    assert (len(first), len(second)) == (78, 165)
    assert first.open_time_ms[-1] < second.open_time_ms[0]
    assert first.open[0] == 90.54
