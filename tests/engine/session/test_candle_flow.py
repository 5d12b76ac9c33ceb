"""What takers did and what waited in the book of a candle: known where it was heard, never guessed."""

from decimal import Decimal

import pytest

from tests.engine.session.fakes import BTC, candle_of
from tui_trader.engine.analysis.candles import candles_of
from tui_trader.engine.analysis.catalogue import indicator_named
from tui_trader.engine.analysis.compute import compute
from tui_trader.engine.analysis.push import open_stream
from tui_trader.engine.messages.reports import (
    BookReport,
    HeartbeatReport,
    TakerMinute,
    TakerReport,
)
from tui_trader.engine.session.candle_flow import MINUTES_MAX, SILENCE_MAX_MS, CandleFlows
from tui_trader.engine.values.books import BookLevel
from tui_trader.engine.values.candles import Interval

MINUTE_MS = 60_000
START_MS = 1_700_000_100_000 // (5 * MINUTE_MS) * 5 * MINUTE_MS


@pytest.fixture
def flows():
    return CandleFlows()


def minute(number, volume=3.0):
    return candle_of(START_MS + number * MINUTE_MS, 100.0, volume=volume)


def taken(*minutes):
    """A report of (minute, bought, sold)."""
    return TakerReport(
        time_ms=START_MS + minutes[-1][0] * MINUTE_MS + 30_000,
        symbol=BTC,
        bought_quote=0.0,
        sold_quote=0.0,
        window_ms=0,
        minutes=tuple(
            TakerMinute(open_time_ms=START_MS + number * MINUTE_MS, bought_base=b, sold_base=s)
            for number, b, s in minutes
        ),
    )


def book(time_ms, bid, ask, *, is_verified=True):
    levels = [(BookLevel(Decimal(100), Decimal(size)),) if size else () for size in (bid, ask)]
    return BookReport(
        time_ms=time_ms, symbol=BTC, bids=levels[0], asks=levels[1], is_verified=is_verified
    )


def heartbeat(time_ms):
    return HeartbeatReport(time_ms=time_ms, link="public")


def bought(flows, *candles, interval=Interval.M1):
    return [candle.buy_volume_base for candle in flows.told(BTC, interval, candles)]


def imbalance(flows, number=0, interval=Interval.M1):
    (candle,) = flows.told(BTC, interval, (minute(number),))
    return candle.book_imbalance


class TestTakers:
    def test_bought_part_is_known_where_all_trades_make_up_the_volume(self, flows):
        flows.hear(taken((0, 1.0, 2.0), (1, 0.5, 0.0)))
        flows.hear(taken((1, 0.5, 2.5)))
        assert bought(flows, minute(0), minute(1)) == [1.0, 0.5]

    @pytest.mark.parametrize("volume", [2.9, 3.1, 6.0, 0.0])
    def test_trade_that_was_missed_or_told_twice_leaves_it_unknown(self, flows, volume):
        flows.hear(taken((0, 1.0, 2.0)))
        assert bought(flows, minute(0, volume)) == [None]

    def test_what_was_before_anybody_listened_is_unknown_and_not_zero(self, flows):
        assert bought(flows, minute(0, 0.0)) == [None]
        flows.hear(taken((1, 1.0, 2.0)))
        assert bought(flows, minute(0, 0.0), minute(0), minute(1)) == [None, None, 1.0]

    def test_quiet_minute_while_somebody_listened_had_no_buyer(self, flows):
        flows.hear(taken((0, 1.0, 2.0), (2, 1.0, 2.0)))
        assert bought(flows, minute(1, 0.0)) == [0.0]

    def test_longer_candle_is_known_where_all_its_minutes_are(self, flows):
        flows.hear(taken((0, 1.0, 2.0), (1, 0.5, 2.5)))
        flows.hear(taken((3, 0.25, 0.25)))
        assert bought(flows, minute(0, 6.5), interval=Interval.M5) == [1.75]
        assert bought(flows, minute(0, 7.0), interval=Interval.M5) == [None]
        assert bought(flows, minute(-5, 6.5), interval=Interval.M5) == [None]

    def test_sum_is_never_more_than_the_volume(self, flows):
        flows.hear(taken((0, 3.0000001, 0.0)))
        assert bought(flows, minute(0)) == [3.0]

    def test_oldest_minutes_make_room(self, flows):
        for number in range(MINUTES_MAX + 5):
            flows.hear(taken((number, 1.0, 2.0)))
        assert bought(flows, minute(4), minute(5)) == [None, 1.0]
        assert len(flows._taken[BTC]) == MINUTES_MAX


class TestBook:
    def test_imbalance_is_that_of_the_newest_book_before_the_close(self, flows):
        flows.hear(book(START_MS + 1_000, 1, 1))
        flows.hear(book(START_MS + 58_000, 3, 1))
        flows.hear(book(START_MS + 60_010, 1, 3))
        assert imbalance(flows) == 0.5
        assert imbalance(flows, 1) is None

    def test_book_that_stands_still_counts_while_the_link_is_heard(self, flows):
        flows.hear(book(START_MS + 1_000, 3, 1))
        for second in range(2, 125):
            flows.hear(heartbeat(START_MS + second * 1_000))
        assert [imbalance(flows, number) for number in range(3)] == [0.5, 0.5, None]

    def test_silence_before_the_close_leaves_it_unknown(self, flows):
        flows.hear(book(START_MS + MINUTE_MS - SILENCE_MAX_MS - 1, 3, 1))
        flows.hear(heartbeat(START_MS + MINUTE_MS + 1))
        assert imbalance(flows) is None
        flows.hear(heartbeat(START_MS + 5 * MINUTE_MS - 1))
        flows.hear(heartbeat(START_MS + 9 * MINUTE_MS))
        assert [imbalance(flows, number) for number in range(9)] == [*[None] * 4, 0.5, *[None] * 4]

    @pytest.mark.parametrize("unusable", [{"bid": 0, "ask": 0}, {"bid": 3, "is_verified": False}])
    def test_book_that_is_not_verified_or_empty_says_nothing(self, flows, unusable):
        flows.hear(book(START_MS + 57_000, 3, 1))
        flows.hear(book(START_MS + 58_000, **({"bid": 1, "ask": 1} | unusable)))
        flows.hear(heartbeat(START_MS + 60_500))
        assert imbalance(flows) is None

    def test_longer_candle_has_the_book_of_its_close(self, flows):
        flows.hear(book(START_MS + 5 * MINUTE_MS - 500, 1, 3))
        flows.hear(heartbeat(START_MS + 5 * MINUTE_MS))
        assert imbalance(flows, interval=Interval.M5) == -0.5
        assert imbalance(flows, interval=Interval.M1) is None

    def test_oldest_closes_make_room(self, flows):
        for number in range(MINUTES_MAX + 5):
            flows.hear(book(START_MS + (number + 1) * MINUTE_MS - 1, 3, 1))
        assert [imbalance(flows, number) for number in (3, 4)] == [None, 0.5]
        assert len(flows._imbalances[BTC]) == MINUTES_MAX


def test_indicators_know_what_was_heard_and_nothing_else(flows):
    for number in range(10, 30):
        flows.hear(book(START_MS + (number + 1) * MINUTE_MS - 500, 3, 1))
        flows.hear(taken((number, 1.0, 2.0)))
    flows.hear(heartbeat(START_MS + 30 * MINUTE_MS))
    told = flows.told(BTC, Interval.M1, tuple(minute(number) for number in range(30)))
    candles = candles_of(told, Interval.M1)
    cvd = compute(candles, indicator_named("cvd"))["cvd"]
    assert cvd.tolist()[9:12] == pytest.approx([float("nan"), -1.0, -2.0], nan_ok=True)
    taker = compute(candles, indicator_named("taker_imbalance"))["taker_imbalance"]
    assert taker[-1] == pytest.approx(-1 / 3)
    waiting = compute(candles, indicator_named("book_imbalance"))["book_imbalance"]
    assert waiting[-1] == 0.5
    assert candles_of([minute(0)], Interval.M1).buy_volume is None
    stream = open_stream(candles_of(told[:15], Interval.M1), indicator_named("cvd"))
    assert [stream.push(candle)["cvd"] for candle in told[15:]] == cvd[15:].tolist()
