"""A recording is told exactly, and the user's orders live in it."""

import random
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.exchanges.simulator.trading_floor import BTC, BUY, ONE_BTC, SELL, TradingFloor
from tui_trader.engine.exchanges.simulator.orders import OrderState
from tui_trader.engine.exchanges.simulator.replay_market import ReplayMarket
from tui_trader.engine.exchanges.simulator.tape import (
    BookChange,
    Tape,
    TapeCandle,
    Tick,
    candle_tape,
    tick_path,
    trade_tape,
)

HOUR = 3_600
BEGIN = 1_568_404_800
"""2019-09-13 20:00, when bitcoin was at 8,000 and at 12,000 within an hour."""


def candle(hour, open_, high, low, close, *, lots=ONE_BTC, trades=50):
    prices = (int(price * 10) for price in (open_, high, low, close))
    return TapeCandle(BEGIN + hour * HOUR, *prices, lots, trades)


SPIKE = (
    candle(-2, 10_200, 10_240, 10_190, 10_230),
    candle(-1, 10_230, 10_260, 10_200, 10_250),
    candle(0, 10_250, 12_000, 8_000, 10_300, lots=987_654_321, trades=4_321),
    candle(1, 10_300, 10_310, 10_290, 10_295),
)

prices = st.integers(1, 10**7)
bars = st.builds(
    lambda four, lots, trades: TapeCandle(
        BEGIN, four[1], max(four), min(four), four[2], lots, trades
    ),
    st.tuples(prices, prices, prices, prices),
    st.integers(0, 10**15),
    st.integers(0, 10_000),
)


@given(bar=bars, interval_s=st.sampled_from([60, HOUR, 86_400]))
def test_path_touches_what_the_candle_touched_and_trades_what_it_traded(bar, interval_s):
    path = tick_path(bar, interval_s)
    ticks = [tick.ticks for tick in path]
    assert (ticks[0], max(ticks), min(ticks), ticks[-1]) == (bar.open, bar.high, bar.low, bar.close)
    assert sum(tick.lots for tick in path) == bar.lots
    if bar.trades or not bar.lots:
        assert sum(tick.trades for tick in path) == bar.trades
    else:
        assert all(bool(tick.trades) == bool(tick.lots) for tick in path)
    assert min(tick.lots for tick in path) >= 0
    times = [tick.time_ms for tick in path]
    assert times == sorted(times)
    assert times[0] == bar.begin_s * 1_000
    assert times[-1] < (bar.begin_s + interval_s) * 1_000
    assert tick_path(bar, interval_s) == path


@pytest.mark.parametrize(
    ("bar", "first"),
    [(candle(0, 100, 120, 80, 110), 800), (candle(0, 110, 120, 80, 100), 1_200)],
)
def test_rising_candle_went_down_first_and_falling_one_up(bar, first):
    ticks = [tick.ticks for tick in tick_path(bar, HOUR)]
    second = 2_000 - first
    assert ticks.index(first) < ticks.index(second)


def replay(candles=SPIKE, *, start=0, floor=None):
    floor = floor or TradingFloor(bitcoin="1")
    tape = candle_tape(candles, interval_s=HOUR, start_s=BEGIN + start * HOUR)
    return floor, ReplayMarket(BTC, floor.engine, tape)


def play(floor, market, until=None):
    """Play to the end, or until so many events; the prints."""
    prints, played = [], 0
    while market.next_ms is not None and played != until:
        outcome = floor.note(market.step(floor.now_ms))
        prints += [market.note(tape) for tape in outcome.prints]
        played += 1
    return prints


def rows(market, minutes):
    return [
        (bar.begin_s, bar.open, bar.high, bar.low, bar.close, bar.lots, bar.trades)
        for bar in market.candles[minutes].bars(0.0)
    ]


def row(bar):
    return (bar.begin_s, bar.open, bar.high, bar.low, bar.close, bar.lots, bar.trades)


def test_candles_served_are_the_files_past_and_played_alike():
    floor, market = replay()
    assert rows(market, 60) == [row(bar) for bar in SPIKE[:2]]
    play(floor, market)
    assert rows(market, 60) == [row(bar) for bar in SPIKE]


def test_other_intervals_are_made_of_the_same_trades():
    floor, market = replay()
    play(floor, market)
    minutes = rows(market, 1)
    for bar in SPIKE[2:]:
        inside = [each for each in minutes if bar.begin_s <= each[0] < bar.begin_s + HOUR]
        assert (inside[0][1], inside[-1][4]) == (bar.open, bar.close)
        assert max(each[2] for each in inside) == bar.high
        assert min(each[3] for each in inside) == bar.low
        assert sum(each[5] for each in inside) == bar.lots
    (day,) = rows(market, 1_440)[-1:]
    assert (day[2], day[3]) == (120_000, 80_000)
    assert market.day.total.high == 120_000


def test_hole_of_the_file_stays_a_hole():
    candles = (*SPIKE, candle(7, 10_290, 10_300, 10_280, 10_300))
    floor, market = replay(candles)
    play(floor, market)
    assert [begin - BEGIN for begin, *_ in rows(market, 60)[-2:]] == [HOUR, 7 * HOUR]


def test_prints_of_the_tape_carry_its_time_and_its_price():
    floor, market = replay()
    prints = play(floor, market)
    assert {tape.time_ms // 3_600_000 * HOUR for tape in prints} == {BEGIN, BEGIN + HOUR}
    assert max(tape.ticks for tape in prints) == 120_000
    assert min(tape.ticks for tape in prints) == 80_000
    assert sum(tape.lots for tape in prints) == SPIKE[2].lots + SPIKE[3].lots


def test_book_is_narrow_around_the_price_and_never_crossed():
    floor, market = replay()
    while market.next_ms is not None:
        floor.note(market.step(floor.now_ms))
        bid, bid_lots, ask, ask_lots = market.bbo()
        assert 0 < bid < ask
        assert bid <= market._tick.ticks <= ask
        assert (ask - bid) / bid < 1e-4
        assert min(bid_lots, ask_lots) > 0
        assert len(market.book.bids.prices) >= 20


def test_order_that_the_price_passed_is_filled_at_its_own_price():
    floor, market = replay()
    low = floor.place(BUY, "0.5", "8500")
    high = floor.place(SELL, "0.5", "11500")
    play(floor, market)
    assert (low.state, low.price_average) == (OrderState.CLOSED, Decimal(8500))
    assert (high.state, high.price_average) == (OrderState.CLOSED, Decimal(11500))
    assert all(fill.is_maker for record in (low, high) for fill in record.fills)


def test_order_that_the_price_did_not_reach_rests():
    floor, market = replay()
    order = floor.place(BUY, "0.5", "7999.9")
    play(floor, market)
    assert (order.state, order.filled) == (OrderState.OPEN, 0)


def test_order_that_was_touched_gets_no_more_than_was_traded_there():
    quiet = candle(1, 10_300, 10_300, 10_290, 10_300, lots=7_000, trades=3)
    floor, market = replay((*SPIKE[:3], quiet), start=1)
    order = floor.place(BUY, "0.5", "10290")
    play(floor, market)
    assert 0 < order.filled <= Decimal("0.00007")


def test_what_users_trade_is_in_no_candle_of_the_recording():
    floor, market = replay()
    floor.place(BUY, "0.5", "8500")
    play(floor, market, until=3)
    for tape in floor.note(
        market._engine.house_take(BTC, SELL, lots=1, limit=1, now_ms=floor.now_ms)
    ).prints:
        market.note(tape)
    floor.place(BUY, "0.3")
    play(floor, market)
    assert rows(market, 60) == [row(bar) for bar in SPIKE]


def test_market_order_is_filled_next_to_the_open_of_the_next_candle():
    floor, market = replay()
    play(floor, market, until=1)
    order = floor.place(BUY, "0.1")
    assert order.state is OrderState.CLOSED
    assert 0 <= order.price_average - Decimal(10250) <= 1


def test_same_tape_plays_the_same_way():
    histories = []
    for _ in range(2):
        floor, market = replay()
        floor.place(BUY, "0.5", "8500")
        histories.append(play(floor, market))
    assert histories[0] == histories[1]


def test_recording_can_not_be_moved():
    floor, market = replay()
    with pytest.raises(ValueError, match="is a recording"):
        market.move(-5.0, now_ms=floor.now_ms)


def test_span_without_anything_is_refused():
    with pytest.raises(ValueError, match="nothing is recorded"):
        replay(start=100)


def test_trades_are_played_as_they_were():
    ticks = [Tick(BEGIN * 1_000 + 700 * n, 100_000 + n, 10 + n, BUY) for n in range(100)]
    floor = TradingFloor()
    tape = trade_tape(ticks, start_s=BEGIN + 7)
    market = ReplayMarket(BTC, floor.engine, tape)
    assert market.last.ticks == 100_009
    prints = play(floor, market)
    assert [(tape.time_ms, tape.ticks, tape.lots) for tape in prints] == [
        (tick.time_ms, tick.ticks, tick.lots) for tick in ticks[10:]
    ]
    minute = rows(market, 1)[0]
    assert minute[1:5] == (100_000, 100_085, 100_000, 100_085)


def recorded_session(seed):
    """A book that walks, with trades at its best prices."""
    chance, mid, time_ms = random.Random(seed), 600_000, BEGIN * 1_000
    yield BookChange(
        time_ms,
        [(mid - n, ONE_BTC) for n in range(1, 30)],
        [(mid + n, ONE_BTC) for n in range(1, 30)],
        is_snapshot=True,
    )
    for _ in range(400):
        time_ms += 100
        step = chance.choice((-2, -1, 0, 1, 2))
        bids = [(mid - 30 + step, ONE_BTC)] + [(mid - n, 0) for n in range(1, 1 - step)]
        asks = [(mid + 30 + step, ONE_BTC)] + [(mid + n, 0) for n in range(1, 1 + step)]
        mid += step
        bids += [(mid - n, ONE_BTC) for n in range(1, 3)]
        asks += [(mid + n, ONE_BTC) for n in range(1, 3)]
        yield BookChange(time_ms, bids, asks)
        yield Tick(time_ms, mid + 1, 1_000, BUY)


def test_recorded_book_is_shown_and_fills_whom_it_passes():
    floor = TradingFloor()
    tape = Tape(events=recorded_session(4), has_books=True)
    market = ReplayMarket(BTC, floor.engine, tape)
    play(floor, market, until=1)
    assert (market.book.bids.best, market.book.asks.best) == (599_999, 600_001)
    order = floor.place(BUY, "0.5", "59999.5")
    while market.next_ms is not None:
        floor.note(market.step(floor.now_ms))
        bid, _, ask, _ = market.bbo()
        assert bid < ask
        if order.state is OrderState.OPEN:
            assert ask > 599_995
    assert order.filled > 0
