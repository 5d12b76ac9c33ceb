"""When a strategy hears of a candle: on time, late, or not at all; from a feed that does as it is told."""

import asyncio
from concurrent.futures import Future, ThreadPoolExecutor

import msgspec
import numpy as np
import pytest

from tests.engine.core.rig import INSTRUMENT
from tests.engine.session.fakes import BTC, candle_of
from tests.engine.session.virtual_time import VirtualClock, virtual
from tui_trader.engine.analysis.strategy import Strategy, each
from tui_trader.engine.core.host_notes import empty_book, note_of, plain
from tui_trader.engine.messages.strategy_reports import (
    CandlesBeganReport,
    CandlesClosedReport,
    CandlesOpenedReport,
    SignalMissingReport,
    StrategyFaultReport,
    WindowRefilledReport,
)
from tui_trader.engine.rules.model import RiskRules, TradeRules
from tui_trader.engine.session.candle_follower import TRIES_MAX, CandleFollower, Outside
from tui_trader.engine.session.file_digest import file_digest
from tui_trader.engine.state.strategy_record import StrategyRecord
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.errors import PluginError, TemporaryFault, TraderError
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.strategies import StrategySpec

HOUR = 3_600_000
FIRST = 480_000 * HOUR
ETH = Symbol("ETH/USD")


def in_the_open_hour(hour: int) -> int:
    """A minute of that hour."""
    return FIRST + hour * HOUR + 60_000


class Inline(ThreadPoolExecutor):
    """Computes at once: on time that jumps, a thread would take hours."""

    def submit(self, work, /, *args, **kwargs):
        done = Future()
        try:
            done.set_result(work(*args, **kwargs))
        except TraderError as error:
            done.set_exception(error)
        return done


class History:
    """A feed of which only the past is asked."""

    def __init__(self) -> None:
        self.hours = {BTC: [0, 1, 2], ETH: [0, 1, 2]}
        self.faults = 0
        self.asked = 0
        self.pause_s = 0.0

    async def candle_history(self, symbol, interval, count):
        self.asked += 1
        await asyncio.sleep(self.pause_s)
        if self.faults:
            self.faults -= 1
            message = "the history is busy"
            raise TemporaryFault(message)
        return tuple(candle_of(FIRST + hour * HOUR, 100.0 + hour) for hour in self.hours[symbol])


def always_in(candles, _choices):
    return np.ones(len(candles), dtype=np.int8)


STRATEGY = Strategy(
    name="test", title="Test", says="In.", memory=lambda _: 1, signals=each(always_in)
)


class Room:
    """A follower, and what it says."""

    def __init__(
        self, *symbols, told_hour=None, find=lambda _: STRATEGY, file="", file_digest=""
    ) -> None:
        symbols = symbols or (BTC,)
        instruments = tuple(
            type(INSTRUMENT)(**{**_fields(INSTRUMENT), "symbol": symbol}) for symbol in symbols
        )
        book = empty_book(instruments)
        if told_hour is not None:
            for pair in book.pairs.values():
                pair.closed_ms = FIRST + told_hour * HOUR
        spec = StrategySpec(
            name="test",
            file=file,
            file_digest=file_digest,
            symbols=symbols,
            interval=Interval.H1,
            parameters={},
            rules=plain(TradeRules()),
            risk=plain(RiskRules()),
            started_ms=1,
        )
        self.history, self.said = History(), []
        self.follower = CandleFollower(
            StrategyRecord(spec=spec, note=note_of(book), actor="test"),
            Outside(self.history, VirtualClock(), self.said.append, find),
        )

    async def __aenter__(self):
        asyncio.get_running_loop().set_default_executor(Inline())
        self.task = asyncio.create_task(self.follower.run())
        await asyncio.sleep(0.01)
        return self

    async def __aexit__(self, *_):
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)

    async def hear(self, hour, symbol=BTC, *, wait_s=30.0):
        if hour not in self.history.hours[symbol]:
            self.history.hours[symbol].append(hour)
        self.follower.hear(symbol, in_the_open_hour(hour), 100.0 + hour)
        await asyncio.sleep(wait_s)

    def kinds(self):
        return [type(report) for report in self.said]

    def signals(self):
        return [
            item.signal
            for report in self.said
            if isinstance(report, CandlesClosedReport)
            for item in report.closes
        ]

    def closes(self):
        return [
            ([(item.candle.open_time_ms - FIRST) // HOUR for item in report.closes], report.is_late)
            for report in self.said
            if isinstance(report, CandlesClosedReport)
        ]


def _fields(struct):
    return {name: getattr(struct, name) for name in struct.__struct_fields__}


@virtual
async def test_a_candle_is_told_when_the_next_has_begun_and_not_before():
    async with Room() as room:
        await room.hear(2)
        await asyncio.sleep(10_000)
        assert room.said == []
        await room.hear(3)
        assert room.kinds() == [CandlesClosedReport, CandlesBeganReport, CandlesOpenedReport]
        assert room.closes() == [([2], False)]
        assert room.said[1].open_time_ms == FIRST + 3 * HOUR
        assert room.said[2].opens == (103.0,)


@virtual
async def test_a_hole_is_not_filled():
    async with Room() as room:
        await room.hear(2)
        await room.hear(7)
        assert room.closes() == [([2], False)]


@virtual
async def test_what_ended_while_the_link_was_down_is_late_and_said():
    async with Room() as room:
        await room.hear(2)
        room.follower.lose_sight("the feed was interrupted")
        room.history.hours[BTC].append(3)
        await room.hear(4)
        assert room.kinds()[0] is WindowRefilledReport
        assert (room.said[0].missed_count, room.said[0].reason) == (2, "the feed was interrupted")
        assert room.closes() == [([2], True), ([3], True)]
        await room.hear(5)
        assert room.closes()[-1] == ([4], False)


@virtual
async def test_a_link_that_was_back_before_the_candle_ended_costs_nothing():
    async with Room() as room:
        await room.hear(2)
        room.follower.lose_sight("the feed was interrupted")
        await room.hear(2)
        await room.hear(3)
        assert room.closes() == [([2], False)]


@virtual
async def test_candles_that_nobody_told_are_late_and_the_newest_is_not():
    async with Room() as room:
        await room.hear(2)
        room.history.hours[BTC] += [3, 4]
        await room.hear(5)
        assert room.closes() == [([2], True), ([3], True), ([4], False)]


@virtual
async def test_a_restart_catches_up_before_it_decides():
    async with Room(told_hour=0) as room:
        await room.hear(2)
        assert room.said[0].reason == "the engine was not running"
        assert room.closes() == [([1], True)]
        await room.hear(3)
        assert room.closes()[-1] == ([2], False)


@virtual
async def test_a_restart_within_a_candle_misses_nothing():
    async with Room(told_hour=1) as room:
        await room.hear(2)
        assert room.closes() == []
        await room.hear(3)
        assert room.closes() == [([2], False)]


@virtual
async def test_history_that_comes_too_late_is_no_signal():
    async with Room() as room:
        await room.hear(2)
        room.history.pause_s = 120.0
        await room.hear(3, wait_s=300.0)
        assert room.closes() == [([2], True)]
        assert "120 s late" in room.said[0].reason


@virtual
async def test_a_candle_is_late_when_the_one_after_has_ended_too():
    async with Room() as room:
        await room.hear(2)
        room.history.pause_s = 5.0
        await room.hear(3, wait_s=1.0)
        await room.hear(4, wait_s=60.0)
        assert room.closes() == [([2], True), ([3], False)]


@virtual
async def test_history_is_asked_again_but_not_for_ever():
    async with Room() as room:
        await room.hear(2)
        room.history.faults = TRIES_MAX - 1
        await room.hear(3)
        assert room.closes() == [([2], False)]
        room.history.faults, room.history.asked = TRIES_MAX, 0
        await room.hear(4)
        assert room.history.asked == TRIES_MAX
        missing = next(item for item in room.said if isinstance(item, SignalMissingReport))
        assert (missing.candle_ms, missing.reason) == (
            FIRST + 3 * HOUR,
            "BTC/USD: the history is busy",
        )
        await room.hear(5)
        assert room.closes()[1:] == [([3], True), ([4], True)]


@virtual
async def test_history_that_does_not_know_the_next_candle_yet_is_not_believed():
    async with Room() as room:
        await room.hear(2)
        room.follower.hear(BTC, in_the_open_hour(3), 103.0)
        await asyncio.sleep(1.5)
        assert room.closes() == []
        room.history.hours[BTC].append(3)
        await asyncio.sleep(5)
        assert room.closes() == [([2], False)]


@virtual
async def test_two_pairs_are_told_together_and_opened_each_with_its_own_candle():
    async with Room(BTC, ETH) as room:
        await room.hear(2)
        await room.hear(2, ETH)
        await room.hear(3)
        (closed,) = [item for item in room.said if isinstance(item, CandlesClosedReport)]
        assert [item.symbol for item in closed.closes] == [BTC, ETH]
        opened = [item.symbols for item in room.said if isinstance(item, CandlesOpenedReport)]
        assert opened == [(BTC,)]
        await room.hear(3, ETH)
        opened = [item.symbols for item in room.said if isinstance(item, CandlesOpenedReport)]
        assert opened == [(BTC,), (ETH,)]


def broken(_):
    message = "its file is gone"
    raise PluginError(message)


@pytest.mark.parametrize(
    ("find", "words"),
    [
        (broken, "its file is gone"),
        (
            lambda _: Strategy(
                name="test",
                title="T",
                says="S.",
                memory=lambda _: 5_000,
                signals=each(always_in),
            ),
            "5000 candles",
        ),
        (
            lambda _: Strategy(
                name="other", title="T", says="S.", memory=lambda _: 1, signals=each(always_in)
            ),
            "holds other",
        ),
    ],
)
def test_a_strategy_that_cannot_work_is_told_once_and_followed_in_silence(find, words):
    """What it holds has stops, and those move with the candles."""

    @virtual
    async def work():
        async with Room(find=find) as room:
            (report,) = room.said
            assert isinstance(report, StrategyFaultReport)
            assert words in report.reason
            for hour in (2, 3, 4):
                await room.hear(hour)
            assert room.closes() == [([2], False), ([3], False)]
            assert room.signals() == [0, 0]
            assert room.kinds().count(StrategyFaultReport) == 1

    work()


@virtual
async def test_a_strategy_that_fails_on_a_candle_says_nothing_of_it_and_of_none_after():
    def fails(candles, _choices):
        if len(candles) == 4:
            message = "its file is gone"
            raise PluginError(message)
        return always_in(candles, _choices)

    strategy = msgspec.structs.replace(STRATEGY, signals=each(fails))
    async with Room(find=lambda _: strategy) as room:
        for hour in (2, 3, 4, 5):
            await room.hear(hour)
        assert room.closes() == [([2], False), ([3], False), ([4], False)]
        assert room.signals() == [1, 0, 0]
        assert room.kinds().count(StrategyFaultReport) == 1


@virtual
async def test_rows_that_are_no_candles_are_missing_and_the_next_ones_are_not():
    async with Room() as room:
        await room.hear(2)
        good = room.history.candle_history

        async def bad(symbol, interval, count):
            first, *others = await good(symbol, interval, count)
            return (candle_of(first.open_time_ms, -1.0), *others)

        room.history.candle_history = bad
        await room.hear(3)
        assert SignalMissingReport in room.kinds()
        room.history.candle_history = good
        await room.hear(4)
        assert room.closes()[-1][0] == [3]
        assert room.kinds().count(StrategyFaultReport) == 1


@virtual
async def test_whoever_stops_a_strategy_ends_what_it_keeps_running():
    ended = []
    strategy = msgspec.structs.replace(STRATEGY, end=lambda: ended.append(True))
    async with Room(find=lambda _: strategy) as room:
        await room.hear(2)
        assert ended == []
    assert ended == [True]


@virtual
async def test_a_file_that_changed_since_its_start_trades_no_more_unasked(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text("as it was")
    known = file_digest(str(file))
    async with Room(file=str(file), file_digest=known) as room:
        assert room.said == []
    for text in ("as it never was", None):
        if text is None:
            file.unlink()
        else:
            file.write_text(text)
        loaded = []
        async with Room(file=str(file), file_digest=known, find=loaded.append) as room:
            (fault,) = room.said
            assert isinstance(fault, StrategyFaultReport)
            assert "is not what it was when the strategy was started" in fault.reason
            assert loaded == []
