"""A whole engine keeps its candles: what the exchange's history has is in the home when it ends."""

from tests.engine.test_launch import reconciled, running
from tui_trader.engine.session.clock import SystemClock
from tui_trader.engine.stores.candles import ParquetCandleStore
from tui_trader.engine.stores.candles.layout import series_of
from tui_trader.engine.stores.candles.verification import verify_series
from tui_trader.engine.values.candles import Interval

DEMO = series_of("demo", "BTC/USD", Interval.M1)


async def test_history_is_stored_by_the_end_and_the_open_candle_is_not(isolated_home):
    async with running(isolated_home) as (_, client, mirror, _story):
        await reconciled(client, mirror)
    store = ParquetCandleStore(isolated_home)
    now_ms = SystemClock().now_ms()
    assert store.series() == (DEMO,)
    verdict = verify_series(store, DEMO, now_ms=now_ms)
    assert verdict.rows >= 700
    assert verdict.damage == ()
    candles = store.load(*DEMO)
    assert candles.open_time_ms[-1] <= now_ms - Interval.M1.ms
    assert len(store.load("demo", "BTC/USD", Interval.H1)) >= 10
