"""An outbox is bounded, keeps events in order, and conflates the rest."""

import asyncio

import pytest

from tests.engine.session.virtual_time import virtual
from tui_trader.engine.client.frames import EventFrame, Goodbye, MarketFrame, PulseFrame
from tui_trader.engine.client.outbox import EVENTS_MAX, TOO_SLOW, Outbox
from tui_trader.engine.messages.events import ReconcileFailed
from tui_trader.engine.messages.reports import HeartbeatReport


def event(sequence):
    return EventFrame(sequence=sequence, event=ReconcileFailed(time_ms=0, reason=""))


def beat(link, time_ms=0):
    return HeartbeatReport(time_ms=time_ms, link=link)


async def rest_of(outbox):
    return [frame async for frame in outbox]


@virtual
async def test_events_come_in_order_and_the_goodbye_last():
    outbox = Outbox()
    for number in (1, 2, 3):
        outbox.put_event(event(number))
    outbox.end("done")
    assert await rest_of(outbox) == [event(1), event(2), event(3), Goodbye(reason="done")]
    assert await rest_of(outbox) == []


@virtual
async def test_end_without_a_reason_is_silent():
    outbox = Outbox()
    outbox.end(None)
    outbox.end("too late")
    assert await rest_of(outbox) == []


@virtual
async def test_one_event_too_many_ends_it():
    outbox = Outbox()
    for number in range(EVENTS_MAX):
        outbox.put_event(event(number))
    assert not outbox.ended.is_set()
    outbox.put_event(event(EVENTS_MAX))
    outbox.put_event(event(EVENTS_MAX + 1))
    assert await rest_of(outbox) == [Goodbye(reason=TOO_SLOW)]


@virtual
async def test_room_is_made_by_reading():
    outbox = Outbox(events_max=2)
    outbox.put_event(event(1))
    await outbox.room()
    outbox.put_event(event(2))
    waiting = asyncio.create_task(outbox.room())
    await asyncio.sleep(1)
    assert not waiting.done()
    await anext(outbox)
    await waiting


@virtual
async def test_prices_are_latest_wins_and_paced():
    outbox = Outbox(market_every_s=0.1)
    loop = asyncio.get_running_loop()
    outbox.put_market([beat("a", 1), beat("b", 1)])
    assert await anext(outbox) == MarketFrame(reports=(beat("a", 1), beat("b", 1)))
    began_s = loop.time()
    for time_ms in range(2, 50):
        outbox.put_market([beat("a", time_ms)])
    assert await anext(outbox) == MarketFrame(reports=(beat("a", 49),))
    assert loop.time() - began_s == pytest.approx(0.1)


@virtual
async def test_event_does_not_wait_for_the_pace_of_prices():
    outbox = Outbox(market_every_s=10.0)
    outbox.put_market([beat("a")])
    await anext(outbox)
    outbox.put_market([beat("a", 1)])
    asyncio.get_running_loop().call_later(0.5, outbox.put_event, event(1))
    assert await anext(outbox) == event(1)
    assert asyncio.get_running_loop().time() == pytest.approx(0.5)


@virtual
async def test_newest_pulse_wins():
    outbox = Outbox()
    outbox.put_pulse(PulseFrame(time_ms=1))
    outbox.put_pulse(PulseFrame(time_ms=2))
    assert await anext(outbox) == PulseFrame(time_ms=2)
