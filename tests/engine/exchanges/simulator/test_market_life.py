import itertools
import math
import statistics
from decimal import Decimal

import pytest

from tests.engine.exchanges.simulator.trading_floor import BTC, BUY, NOW_MS, SELL, TradingFloor
from tui_trader.engine.exchanges.simulator.candles import CANDLES_MAX, INTERVALS_MIN, CandleSeries
from tui_trader.engine.exchanges.simulator.depth_view import checksum_of
from tui_trader.engine.exchanges.simulator.fair_price import FairPrice
from tui_trader.engine.exchanges.simulator.listings import PAIRS
from tui_trader.engine.exchanges.simulator.orders import OrderState

NOW_S = NOW_MS / 1_000


def lived(floor, market, steps, every_ms=100):
    for _ in range(steps):
        floor.now_ms += every_ms
        outcome = floor.note(market.step(floor.now_ms))
        for tape in outcome.prints:
            market.note(tape)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.symbol)
def test_fair_price_stays_near_its_usual_level_and_moves_as_much_as_it_should(pair):
    path = FairPrice(pair, 1).path([NOW_S + 86_400 * day for day in range(-300, 300)])
    assert pair.price_typical / 2 < min(path) < max(path) < pair.price_typical * 2
    returns = [math.log(after / before) for before, after in itertools.pairwise(path)]
    assert 0.6 < statistics.pstdev(returns) / pair.volatility_daily_ratio < 1.5


def test_fair_price_does_not_jump():
    path = FairPrice(BTC, 1).path([NOW_S + second / 10 for second in range(2_000)])
    steps = [abs(after / before - 1) for before, after in itertools.pairwise(path)]
    assert max(steps) < 1e-4


def test_pairs_move_together_but_not_alike():
    times = [NOW_S + 3_600 * hour for hour in range(1_000)]
    first, second = (FairPrice(pair, 1).path(times) for pair in PAIRS[:2])
    changes = [
        [math.log(after / before) for before, after in itertools.pairwise(path)]
        for path in (first, second)
    ]
    assert 0.3 < statistics.correlation(*changes) < 0.9


@pytest.mark.parametrize("interval", INTERVALS_MIN)
def test_history_has_721_candles_of_every_interval_without_a_gap(interval):
    series = CandleSeries(BTC, FairPrice(BTC, 1), interval_min=interval, started_s=NOW_S)
    bars = series.bars(NOW_S)
    assert len(bars) == CANDLES_MAX
    begins = [bar.begin_s for bar in bars]
    assert begins == list(range(begins[0], begins[-1] + 1, interval * 60))
    assert begins[-1] <= NOW_S < begins[-1] + interval * 60
    for before, after in itertools.pairwise(bars):
        assert after.open == before.close
        assert (
            after.low <= min(after.open, after.close) <= max(after.open, after.close) <= after.high
        )


def test_trades_go_into_the_open_candle_and_the_next_minute_begins_a_new_one():
    series = CandleSeries(BTC, FairPrice(BTC, 1), interval_min=1, started_s=NOW_S)
    before = series.bars(NOW_S)[-1]
    trades, lots, low = before.trades, before.lots, before.low
    series.add(NOW_S + 1, low - 5, 100)
    bar = series.bars(NOW_S + 1)[-1]
    assert (bar.trades, bar.lots, bar.low, bar.close) == (trades + 1, lots + 100, low - 5, low - 5)
    series.add(NOW_S + 60, low + 7, 50)
    newest = series.bars(NOW_S + 60)[-1]
    assert (newest.open, newest.close, newest.lots, newest.trades) == (low + 7, low + 7, 50, 1)


def test_minutes_without_a_trade_are_flat_and_empty():
    series = CandleSeries(BTC, FairPrice(BTC, 1), interval_min=1, started_s=NOW_S)
    close = series.bars(NOW_S)[-1].close
    bars = series.bars(NOW_S + 180)[-3:]
    assert [(bar.open, bar.high, bar.low, bar.close, bar.lots) for bar in bars] == [
        (close, close, close, close, 0)
    ] * 3


def test_book_is_deep_and_narrow():
    floor = TradingFloor()
    market = floor.market()
    lived(floor, market, 500)
    bid, _, ask, _ = market.bbo()
    assert len(floor.book.bids.prices) >= 25
    assert len(floor.book.asks.prices) >= 25
    assert 0 < (ask - bid) / bid < 5e-4


@pytest.mark.parametrize(("dollars", "slippage_max"), [(1_000, 5e-4), (10_000, 5e-3)])
def test_size_of_an_order_decides_how_deep_it_digs(dollars, slippage_max):
    floor = TradingFloor()
    market = floor.market()
    best = BTC.price(market.bbo()[2])
    order = floor.place(BUY, (Decimal(dollars) / best).quantize(Decimal("0.0001")))
    assert order.state is OrderState.CLOSED
    assert 0 <= order.price_average / best - 1 < slippage_max


def test_order_near_the_market_is_filled_in_parts_within_minutes():
    floor = TradingFloor()
    market = floor.market()
    order = floor.place(BUY, "0.05", str(BTC.price(market.bbo()[0])))
    lived(floor, market, 600, every_ms=500)
    assert order.state is OrderState.CLOSED
    assert len(order.fills) > 1
    assert all(fill.is_maker for fill in order.fills)


def test_fall_of_the_market_sells_into_the_users_bid():
    floor = TradingFloor()
    market = floor.market()
    order = floor.place(BUY, "0.2", str(BTC.price(market.bbo()[0] - 10_000)))
    floor.note(market.move(-5, now_ms=floor.now_ms))
    assert order.state is OrderState.CLOSED
    assert order.price_average == order.accepted.price
    assert market.bbo()[2] < int(order.accepted.price * 10)


def test_frozen_market_stands_still_and_heals():
    floor = TradingFloor()
    market = floor.market(is_frozen=True)
    before = checksum_of(floor.book)
    floor.now_ms += 3_600_000
    floor.place(BUY, "0.5")
    assert checksum_of(floor.book) != before
    market.restore()
    assert checksum_of(floor.book) == before


def test_users_order_is_not_crossed_when_the_frozen_market_heals():
    floor = TradingFloor()
    market = floor.market(is_frozen=True)
    ask = market.bbo()[2]
    floor.place(BUY, "1", str(BTC.price(ask)))
    market.restore()
    bid, _, new_ask, _ = market.bbo()
    assert (bid, bid < new_ask) == (ask, True)


def test_same_seed_brings_the_same_market():
    runs = []
    for _ in range(2):
        floor = TradingFloor()
        market = floor.market(seed=7)
        lived(floor, market, 300)
        runs.append(list(market.tape))
    assert runs[0] == runs[1]
    assert {tape.side for tape in runs[0]} == {BUY, SELL}


@pytest.mark.parametrize(("side", "factor"), [(SELL, 1.7), (BUY, 0.5)])
def test_users_order_far_away_draws_neither_quotes_nor_trades_after_it(side, factor):
    floor = TradingFloor(cash="1000000", bitcoin="10")
    market = floor.market()
    lived(floor, market, 50)
    fair = float(floor.book.bids.best) / BTC.ticks_per_unit
    floor.place(side, "0.005", str(round(fair * factor)))
    far_ticks = round(fair * factor) * BTC.ticks_per_unit
    low = high = floor.book.bids.best
    for _ in range(40):
        lived(floor, market, 50)
        low, high = min(low, floor.book.bids.best), max(high, floor.book.asks.best)
        book_side = floor.book.side(side)
        near = [ticks for ticks in book_side.prices if ticks != far_ticks]
        assert len(near) >= 25
        assert max(abs(ticks / book_side.best - 1) for ticks in near) < 0.02
    assert high / low < 1.05
