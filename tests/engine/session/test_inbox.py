"""The inbox: prices are conflated, everything else is kept, and the limits are real."""

import asyncio

from tests.engine.session.fakes import BTC, FakeFeed, candle_of, halt, place
from tests.engine.session.virtual_time import VirtualClock, virtual
from tui_trader.engine.messages.reports import (
    CandleReport,
    FillReport,
    HeartbeatReport,
    TimerReport,
)
from tui_trader.engine.session.inbox import (
    BATCH_MAX,
    COMMANDS_MAX,
    REPORTS_MAX,
    URGENT_MAX,
    Inbox,
)
from tui_trader.engine.values.candles import Interval


def heartbeat(link="a", time_ms=1):
    return HeartbeatReport(time_ms=time_ms, link=link)


def fill(number=0):
    return FillReport(time_ms=number, fill=None)


@virtual
async def test_market_reports_are_latest_wins_by_kind_and_name():
    inbox = Inbox()
    for time_ms in range(1_000):
        inbox.deliver(heartbeat("a", time_ms))
        inbox.deliver(heartbeat("b", time_ms))
        for report in FakeFeed(VirtualClock()).reports():
            inbox.deliver(report)
    batch = inbox.take()
    assert len(batch) == 5
    assert heartbeat("a", 999) in batch
    assert inbox.take() == []


@virtual
async def test_candles_of_two_intervals_do_not_replace_each_other():
    inbox = Inbox()
    candle = candle_of(0, 1.0)
    for interval in (Interval.M1, Interval.H1):
        inbox.deliver(CandleReport(time_ms=1, symbol=BTC, interval=interval, candle=candle))
    assert len(inbox.take()) == 2


@virtual
async def test_account_reports_and_commands_keep_their_order():
    inbox = Inbox()
    command = place()
    inbox.deliver(fill(1))
    inbox.put_command(command)
    inbox.deliver(fill(2))
    assert inbox.take() == [fill(1), command, fill(2)]


@virtual
async def test_emergency_stop_goes_first_and_the_tick_last():
    inbox = Inbox()
    inbox.deliver(TimerReport(time_ms=1))
    inbox.deliver(fill())
    inbox.deliver(heartbeat())
    stop = halt()
    inbox.put_command(stop)
    assert inbox.take() == [stop, heartbeat(), fill(), TimerReport(time_ms=1)]


@virtual
async def test_commands_are_turned_away_when_too_much_waits_but_not_the_emergency_stop():
    inbox = Inbox()
    taken = [inbox.put_command(place()) for _ in range(COMMANDS_MAX + 1)]
    assert taken.count(False) == 1
    assert taken[-1] is False
    stops = [inbox.put_command(halt()) for _ in range(URGENT_MAX + 1)]
    assert stops.count(False) == 1


@virtual
async def test_lost_account_reports_are_counted():
    inbox = Inbox()
    for number in range(REPORTS_MAX + 3):
        inbox.deliver(fill(number))
    assert inbox.take_lost_count() == 3
    assert inbox.take_lost_count() == 0
    inbox.put_result(fill())
    assert inbox.take_lost_count() == 0


@virtual
async def test_batches_are_bounded_and_nothing_is_forgotten():
    inbox = Inbox()
    for number in range(BATCH_MAX * 2 + 5):
        inbox.deliver(fill(number))
    sizes = []
    while not inbox.is_empty:
        await inbox.wait()
        sizes.append(len(inbox.take()))
    assert sizes == [BATCH_MAX, BATCH_MAX, 5]


@virtual
async def test_prices_alone_wake_the_core_fifty_times_a_second_at_most():
    inbox = Inbox()

    async def pour():
        for time_ms in range(1_000):
            inbox.deliver(heartbeat(time_ms=time_ms))
            await asyncio.sleep(0.001)

    pouring = asyncio.create_task(pour())
    pouring.add_done_callback(lambda _: inbox.wake())
    batches = 0
    while not pouring.done():
        await inbox.wait()
        batches += bool(inbox.take())
    assert 40 <= batches <= 51


@virtual
async def test_what_must_be_kept_wakes_the_core_at_once():
    inbox = Inbox()
    inbox.deliver(heartbeat())
    inbox.deliver(fill())
    before_s = asyncio.get_running_loop().time()
    await inbox.wait()
    assert asyncio.get_running_loop().time() == before_s
    assert inbox.take() == [heartbeat(), fill()]
