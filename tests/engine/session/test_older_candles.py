"""Candles before the venue's own history come from what was kept, one question at a time."""

import asyncio
import threading

import pytest

from tests.engine.session.fakes import BTC, candle_of
from tui_trader.engine.messages.queries import AskCandles, CandlesAnswer, QueryFailed
from tui_trader.engine.session.candles import (
    BUSY,
    COUNT_MAX,
    MOMENT_MAX_MS,
    READERS_WAITING_MAX,
    CandleDesk,
)
from tui_trader.engine.state.market_view import MarketView
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.errors import StoreError

MINUTE = 60_000
TOLD_FROM, NOW = 1_000, 1_720


class StillClock:
    def now_ms(self):
        return NOW * MINUTE

    def monotonic_ms(self):
        return 0


class Venue:
    """Tells its last 720 minutes and nothing before."""

    async def candle_history(self, symbol, interval, count):
        return tuple(candle_of(number * MINUTE, 2.0) for number in range(TOLD_FROM, NOW))


class SilentVenue:
    """Has no history at all."""

    async def candle_history(self, symbol, interval, count):
        return ()


class Kept:
    """Every minute since the first, at another price than the venue tells."""

    def __init__(self):
        self.asked = []
        self.fault = None
        self.gate = threading.Event()
        self.gate.set()

    def before(self, symbol, interval, before_ms, *, count):
        self.asked.append((before_ms // MINUTE, count))
        assert self.gate.wait(30)
        if self.fault is not None:
            raise self.fault
        end = before_ms // MINUTE
        return tuple(candle_of(number * MINUTE, 1.0) for number in range(max(0, end - count), end))


def desk_on(past) -> CandleDesk:
    return CandleDesk(Venue(), MarketView(), StillClock(), symbols=(BTC,), past=past)


def question(before, count=300):
    return AskCandles(symbol=BTC, interval=Interval.M1, count=count, before_ms=before * MINUTE)


def starts(answer):
    assert isinstance(answer, CandlesAnswer)
    return [candle.open_time_ms // MINUTE for candle in answer.candles]


async def test_what_the_venue_still_tells_is_not_read_from_the_disk():
    kept = Kept()
    answer = await desk_on(kept).answer(question(1_400))
    assert starts(answer) == list(range(1_100, 1_400))
    assert kept.asked == []


async def test_older_ones_join_without_a_hole_and_the_word_of_the_venue_counts():
    kept = Kept()
    answer = await desk_on(kept).answer(question(1_100))
    assert starts(answer) == list(range(800, 1_100))
    assert kept.asked == [(TOLD_FROM, 200)]
    assert {candle.open for candle in answer.candles[200:]} == {2.0}


async def test_all_of_them_may_come_from_the_disk_and_their_number_is_bounded():
    kept = Kept()
    answer = await desk_on(kept).answer(question(900, count=10**9))
    assert starts(answer) == list(range(900 - COUNT_MAX, 900))


async def test_beginning_of_what_was_kept_is_an_empty_answer():
    assert starts(await desk_on(Kept()).answer(question(0 + 1))) == [0]
    assert starts(await desk_on(None).answer(question(900))) == []


async def test_moment_beyond_all_time_is_asked_as_the_end_of_time():
    kept = Kept()
    desk = CandleDesk(SilentVenue(), MarketView(), StillClock(), symbols=(BTC,), past=kept)
    await desk.answer(question(10**40, count=2))
    assert kept.asked == [(MOMENT_MAX_MS // MINUTE, 2)]


async def test_damaged_file_is_said():
    kept = Kept()
    kept.fault = StoreError("2026-01.parquet is damaged")
    assert await desk_on(kept).answer(question(900)) == QueryFailed(
        reason="2026-01.parquet is damaged"
    )
    kept.fault = None
    assert len(starts(await desk_on(kept).answer(question(900)))) == 300


@pytest.mark.parametrize("extra", [3])
async def test_no_more_than_a_few_wait_for_the_disk(extra):
    kept = Kept()
    kept.gate.clear()
    desk = desk_on(kept)
    # The venue's history is there: what is counted are those that wait for the disk.
    await desk.answer(question(1_400))
    waiting = [
        asyncio.create_task(desk.answer(question(900))) for _ in range(READERS_WAITING_MAX + extra)
    ]
    turned_away = [await task for task in waiting[READERS_WAITING_MAX:]]
    assert turned_away == [QueryFailed(reason=BUSY)] * extra
    assert len(kept.asked) <= 1, "one at a time"
    kept.gate.set()
    for task in waiting[:READERS_WAITING_MAX]:
        assert len(starts(await task)) == 300
    assert len(kept.asked) == READERS_WAITING_MAX
