"""The candle store is kept current: closed candles only, gaps filled, a slow disk holds nobody."""

import asyncio
import threading
from contextlib import asynccontextmanager

import pytest

from tests.engine.session.fakes import BTC, candle_of
from tests.engine.session.virtual_time import virtual
from tui_trader.engine.messages.reports import CandleReport, LinkReport, TakerMinute, TakerReport
from tui_trader.engine.session import candle_keeper
from tui_trader.engine.session.candle_keeper import ROUND_PAUSE_S, WRITE_EVERY_S, CandleKeeper
from tui_trader.engine.session.candle_writer import CandleWriter
from tui_trader.engine.session.kept_feed import KeptFeed
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.errors import ConfigError, StoreError, TemporaryFault
from tui_trader.engine.values.modes import LinkState

MINUTE_MS = 60_000


class MemoryStore:
    """The port `CandleStore`, in memory, with a disk that can fail or hang."""

    def __init__(self):
        self.rows = {}
        self.writes = 0
        self.fails = False

    def append(self, symbol, interval, candles, *, is_better):
        assert interval is Interval.M1
        assert is_better
        self.writes += 1
        if self.fails:
            message = "the disk is full"
            raise StoreError(message)
        self.rows |= {candle.open_time_ms: candle for candle in candles}
        return 0

    def newest_ms(self, symbol, interval):
        return max(self.rows, default=None)


class PromptWriter:
    """Writes at once, on the caller's thread, unless it hangs."""

    def __init__(self, store, done):
        self._writing = CandleWriter(store, done)
        self._writing.close()
        self._done = done
        self.hanging = None
        self.hangs = False

    def offer(self, batch):
        if self.hanging is not None:
            return False
        self.hanging = batch
        if not self.hangs:
            self.wake()
        return True

    def wake(self):
        self.hangs = False
        batch, self.hanging = self.hanging, None
        self._done(self._writing._write(batch))

    def close(self):
        pass


class Feed:
    """A feed that is told what to deliver."""

    def __init__(self, history=()):
        self.history = list(history)
        self.asked = 0
        self.fails = False
        self.deliver = None
        self.is_closed = False

    async def instruments(self, symbols):
        return symbols

    async def candle_history(self, symbol, interval, count):
        self.asked += 1
        if self.fails:
            message = "the venue is away"
            raise TemporaryFault(message)
        return tuple(self.history)[-count:]

    async def run(self, symbols, deliver):
        self.deliver = deliver
        await asyncio.Event().wait()

    async def close(self):
        self.is_closed = True


def minute(number, price=100.0, volume=1.0):
    return candle_of(number * MINUTE_MS, price, volume=volume)


def report(candle, interval=Interval.M1):
    return CandleReport(time_ms=0, symbol=BTC, interval=interval, candle=candle)


def link(state):
    return LinkReport(time_ms=0, link="public", state=state)


class Desk:
    """A keeper at work, with what it wrote and said."""

    def __init__(self, history=()):
        self.store = MemoryStore()
        self.feed = Feed(history)
        self.told = []
        self.passed = []
        self.writer = None
        self.kept = KeptFeed(
            self.feed, self.store, self.told.append, start_writer=self.start_writer
        )

    def start_writer(self, store, done):
        self.writer = PromptWriter(store, done)
        return self.writer

    def hear(self, *candles):
        for candle in candles:
            self.feed.deliver(report(candle))

    @property
    def stored(self):
        return {time_ms // MINUTE_MS: row.close for time_ms, row in sorted(self.store.rows.items())}

    async def pass_time(self, seconds):
        await asyncio.sleep(seconds)
        # What the writer says comes with the next round of the loop.
        await asyncio.sleep(0.001)


@asynccontextmanager
async def at_work(history=()):
    desk = Desk(history)
    running = asyncio.create_task(desk.kept.run((BTC,), desk.passed.append))
    # The first look at the history is over, the first write is a minute away.
    await asyncio.sleep(0.01)
    try:
        yield desk
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@virtual
async def test_candle_is_stored_when_the_next_has_begun_with_its_last_word():
    async with at_work() as desk:
        desk.hear(minute(1, 100.0), minute(1, 101.0), minute(2, 102.0), minute(2, 103.0))
        await desk.pass_time(WRITE_EVERY_S)
        assert desk.stored == {1: 101.0}
        assert len(desk.passed) == 4


@virtual
async def test_minutes_without_a_trade_stay_missing():
    async with at_work() as desk:
        desk.hear(minute(1), minute(5), minute(6))
        await desk.pass_time(WRITE_EVERY_S)
        assert list(desk.stored) == [1, 5]


@virtual
async def test_longer_candles_and_older_ones_are_let_by():
    async with at_work() as desk:
        desk.feed.deliver(report(minute(0), Interval.M5))
        desk.hear(minute(5), minute(4, 7.0), minute(6))
        await desk.pass_time(WRITE_EVERY_S)
        assert list(desk.stored) == [5]


@virtual
async def test_history_carries_what_was_heard_of_takers():
    async with at_work([minute(1), minute(2)]) as desk:
        told = TakerMinute(open_time_ms=2 * MINUTE_MS, bought_base=0.25, sold_base=0.75)
        desk.feed.deliver(
            TakerReport(
                time_ms=0, symbol=BTC, bought_quote=0, sold_quote=0, window_ms=0, minutes=(told,)
            )
        )
        candles = await desk.kept.candle_history(BTC, Interval.M1, 2)
        assert [candle.buy_volume_base for candle in candles] == [None, 0.25]
        assert candles[0] == minute(1)


@virtual
async def test_many_minutes_are_one_write():
    async with at_work() as desk:
        desk.hear(*map(minute, range(50)))
        await desk.pass_time(WRITE_EVERY_S)
        assert len(desk.stored) == 49
        assert desk.store.writes == 1


@virtual
async def test_candle_that_was_open_when_the_link_fell_comes_from_the_history():
    async with at_work() as desk:
        desk.hear(minute(1), minute(2, 5.0))
        desk.feed.deliver(link(LinkState.DOWN))
        desk.feed.history = [minute(1), minute(2, 6.0), minute(3, 7.0), minute(4)]
        desk.hear(minute(4), minute(5))
        await desk.pass_time(WRITE_EVERY_S)
        assert 2 not in desk.stored
        desk.feed.deliver(link(LinkState.UP))
        await desk.pass_time(ROUND_PAUSE_S + 2 * WRITE_EVERY_S)
        assert desk.stored == {1: 100.0, 2: 6.0, 3: 7.0, 4: 100.0}


@virtual
async def test_start_fills_what_was_missed_but_the_candle_that_goes_on():
    async with at_work([minute(1), minute(2), minute(3)]) as desk:
        await desk.pass_time(WRITE_EVERY_S)
        assert list(desk.stored) == [1, 2]


@virtual
async def test_venue_that_is_away_is_asked_again_later():
    async with at_work([minute(1), minute(2)]) as desk:
        desk.feed.fails = True
        await desk.pass_time(WRITE_EVERY_S)
        assert desk.feed.asked >= 1
        desk.feed.fails = False
        await desk.pass_time(candle_keeper.FILL_EVERY_S + 3 * WRITE_EVERY_S)
        assert list(desk.stored) == [1]


@virtual
async def test_link_that_comes_and_goes_does_not_burn_the_calls():
    async with at_work() as desk:
        for _ in range(100):
            desk.feed.deliver(link(LinkState.UP))
            await asyncio.sleep(1)
        assert desk.feed.asked <= 1 + 100 / ROUND_PAUSE_S + 1


@virtual
async def test_gap_that_stays_is_told_once():
    async with at_work([minute(500), minute(501), minute(502)]) as desk:
        desk.store.rows = {MINUTE_MS: minute(1)}
        await desk.pass_time(5 * WRITE_EVERY_S)
        (sentence,) = desk.told
        assert "BTC/USD from 1970-01-01T00:02:00.000Z to 1970-01-01T08:20:00.000Z" in sentence


@virtual
async def test_full_disk_is_told_once_and_loses_nothing_that_fits_in_memory():
    async with at_work() as desk:
        desk.store.fails = True
        for number in range(10):
            desk.hear(minute(number))
            await desk.pass_time(WRITE_EVERY_S)
        assert desk.stored == {}
        desk.store.fails = False
        await desk.pass_time(2 * WRITE_EVERY_S)
        assert list(desk.stored) == list(range(9))
        assert "candles cannot be stored (the disk is full)" in desk.told[0]
        assert desk.told[1:] == ["candles are stored again"]


@virtual
async def test_what_waits_for_the_disk_is_bounded_and_the_loss_is_told(monkeypatch):
    monkeypatch.setattr(candle_keeper, "WAITING_MAX", 5)
    async with at_work() as desk:
        desk.store.fails = True
        desk.hear(*map(minute, range(21)))
        await desk.pass_time(2 * WRITE_EVERY_S)
        desk.store.fails = False
        await desk.pass_time(2 * WRITE_EVERY_S)
        assert list(desk.stored) == list(range(15, 20))
        assert desk.told[-1] == "candles are stored again; 15 were lost meanwhile"


@virtual
async def test_disk_that_hangs_holds_nobody():
    async with at_work() as desk:
        desk.writer.hangs = True
        desk.hear(*map(minute, range(10)))
        await asyncio.sleep(WRITE_EVERY_S)
        desk.hear(*map(minute, range(10, 20)))
        await asyncio.sleep(10 * WRITE_EVERY_S)
        assert len(desk.passed) == 20
        desk.writer.wake()
        await desk.pass_time(2 * WRITE_EVERY_S)
        assert list(desk.stored) == list(range(19))


@virtual
async def test_end_stores_what_waits():
    async with at_work() as desk:
        desk.hear(minute(1), minute(2), minute(3))
    assert list(desk.stored) == [1, 2]


class HangingStore(MemoryStore):
    def __init__(self):
        super().__init__()
        self.gate = threading.Event()

    def append(self, symbol, interval, candles, *, is_better):
        assert self.gate.wait(5)
        return super().append(symbol, interval, candles, is_better=is_better)


def test_writer_takes_one_batch_at_a_time_and_is_not_waited_for_for_ever(monkeypatch):
    monkeypatch.setattr("tui_trader.engine.session.candle_writer.CLOSE_S", 0.01)
    store = HangingStore()
    writer = CandleWriter(store, lambda _: None)
    assert writer.offer({BTC: (minute(1),)})
    assert not writer.offer({BTC: (minute(2),)})
    writer.close()
    assert store.rows == {}
    store.gate.set()
    writer._thread.join(5)
    assert list(store.rows) == [MINUTE_MS]


def test_writer_that_closes_writes_what_it_has():
    store, done = MemoryStore(), []
    writer = CandleWriter(store, done.append)
    writer.offer({BTC: (minute(1),)})
    writer.close()
    assert list(store.rows) == [MINUTE_MS]
    assert done[0].stored == {BTC}
    assert not writer.offer({BTC: (minute(2),)})


@virtual
async def test_impossible_candle_is_told_and_not_tried_for_ever():
    class Picky(MemoryStore):
        def append(self, symbol, interval, candles, *, is_better):
            message = "candle 0: high is below open or close"
            raise ConfigError(message)

    async with at_work() as desk:
        desk.store.append = Picky().append
        desk.hear(minute(1), minute(2))
        await desk.pass_time(WRITE_EVERY_S)
        assert "high is below open or close" in desk.told[0]
        desk.store.append = MemoryStore.append.__get__(desk.store)
        await desk.pass_time(WRITE_EVERY_S)
        assert desk.stored == {}


@virtual
async def test_the_feed_itself_is_reached_through():
    desk = Desk([minute(1)])
    assert await desk.kept.instruments((BTC,)) == (BTC,)
    assert await desk.kept.candle_history(BTC, Interval.H1, 5) == (minute(1),)
    await desk.kept.close()
    assert desk.feed.is_closed


@pytest.mark.parametrize("state", list(LinkState))
def test_hearing_never_fails(state):
    CandleKeeper(Feed(), MemoryStore(), print).hear(link(state))
