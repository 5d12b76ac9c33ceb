"""The mood of the market as consoles hear it; no source can hold the engine."""

import asyncio
from contextlib import asynccontextmanager
from decimal import Decimal

import pytest

from tests.engine.session.fakes import candle_of
from tests.engine.session.virtual_time import T0_MS, VirtualClock, virtual
from tui_trader.engine.analysis.sentiment import MARKET_PARTS
from tui_trader.engine.messages.queries import CandlesAnswer, QueryFailed
from tui_trader.engine.messages.reports import BookReport, TickerReport
from tui_trader.engine.messages.sentiment_queries import PartState
from tui_trader.engine.ports.sentiment_source import Reading, ScoredHeadline
from tui_trader.engine.session.sentiment import CANDLES_WAIT_S, READ_S, RETRY_S, SentimentDesk
from tui_trader.engine.settings.model import SentimentSettings
from tui_trader.engine.state.market_view import MarketView
from tui_trader.engine.values.books import BookLevel
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.errors import SourceFault
from tui_trader.engine.values.instruments import Symbol

PAIRS = tuple(Symbol(f"{base}/USD") for base in ("BTC", "ETH", "SOL"))
HOUR_MS = Interval.H1.ms


class FakeCandles:
    """Hourly candles of every pair, or a failure, or silence."""

    def __init__(self):
        self.asked = []
        self.failure = ""
        self.is_silent = False

    async def answer(self, query):
        self.asked.append(query.symbol)
        if self.is_silent:
            await asyncio.Event().wait()
        if self.failure:
            return QueryFailed(reason=self.failure)
        start = T0_MS - T0_MS % HOUR_MS - 240 * HOUR_MS
        candles = tuple(candle_of(start + row * HOUR_MS, 100.0 * 1.001**row) for row in range(242))
        return CandlesAnswer(symbol=query.symbol, interval=query.interval, candles=candles)


class FakeSource:
    """Says what it is told, breaks as it is told."""

    def __init__(self, name="fear_greed"):
        self.name = name
        self.asked_s = []
        self.does = self.tell

    async def read(self):
        self.asked_s.append(asyncio.get_running_loop().time())
        return await self.does()

    async def tell(self):
        return Reading(value=0.5, time_ms=VirtualClock().now_ms(), says="75 of 100")


def fail(fault):
    async def does():
        raise fault

    return does


async def hang():
    await asyncio.Event().wait()


async def hang_whatever_is_said():
    while True:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            if is_over.is_set():
                raise


is_over = asyncio.Event()


@asynccontextmanager
async def desk_of(*sources, candles=None, market=None, **settings):
    desk = SentimentDesk(
        market or MarketView(),
        candles or FakeCandles(),
        VirtualClock(),
        symbols=PAIRS,
        sources=sources,
        settings=SentimentSettings(**settings),
    )
    is_over.clear()
    running = asyncio.create_task(desk.run())
    try:
        yield desk
    finally:
        is_over.set()
        running.cancel()
        desk.close()
        await asyncio.wait({running})


async def part(desk, name):
    return next(part for part in (await desk.answer()).parts if part.name == name)


def ticker(symbol, change) -> TickerReport:
    return TickerReport(
        time_ms=T0_MS,
        symbol=symbol,
        bid=Decimal(100),
        ask=Decimal(101),
        last=Decimal(100),
        volume_24h_base=1.0,
        change_24h_percent=change,
    )


def book(symbol, bid, ask, *, is_verified=True, time_ms=T0_MS) -> BookReport:
    return BookReport(
        time_ms=time_ms,
        symbol=symbol,
        bids=(BookLevel(Decimal("99.9"), Decimal(bid)), BookLevel(Decimal(50), Decimal(999))),
        asks=(BookLevel(Decimal("100.1"), Decimal(ask)),),
        is_verified=is_verified,
    )


@virtual
async def test_the_market_itself_makes_a_score():
    market = MarketView()
    for symbol, change in zip(PAIRS, (2.0, 1.0, -1.0), strict=True):
        market.apply(ticker(symbol, change))
    market.apply(book(PAIRS[0], "30", "10"))
    market.apply(book(PAIRS[1], "1", "9", is_verified=False))
    async with desk_of(market=market) as desk:
        answer = await desk.answer()
    values = {part.name: part.value for part in answer.parts}
    # Far levels and unverified books do not count.
    assert values["book_imbalance"] == pytest.approx(0.5, abs=0.01)
    assert values["breadth"] == pytest.approx(1 / 3)
    assert values["dispersion"] == pytest.approx(1)
    assert values["taker_flow"] is None
    assert 0 < answer.score < 1
    assert {part.name for part in answer.parts if part.state is PartState.OFF} == {
        "fear_greed",
        "headlines",
    }


@virtual
async def test_nothing_known_is_no_score():
    candles = FakeCandles()
    candles.failure = "the exchange did not answer"
    async with desk_of(candles=candles) as desk:
        answer = await desk.answer()
    assert answer.score is None
    assert all(part.value is None for part in answer.parts)


@virtual
async def test_market_parts_can_be_turned_off_and_then_nothing_is_asked():
    candles = FakeCandles()
    async with desk_of(candles=candles, market_parts=False) as desk:
        answer = await desk.answer()
    assert {part.state for part in answer.parts} == {PartState.OFF}
    assert candles.asked == []


@virtual
async def test_candles_are_asked_for_when_somebody_looks_and_seldom():
    candles = FakeCandles()
    async with desk_of(candles=candles) as desk:
        await asyncio.sleep(3_600)
        assert candles.asked == []
        for _ in range(20):
            await desk.answer()
        assert candles.asked == list(PAIRS)
        await asyncio.sleep(901)
        await desk.answer()
        assert len(candles.asked) == 6


@virtual
async def test_an_exchange_that_is_silent_delays_the_answer_a_moment():
    candles = FakeCandles()
    candles.is_silent = True
    loop = asyncio.get_running_loop()
    async with desk_of(candles=candles) as desk:
        began_s = loop.time()
        await desk.answer()
        assert loop.time() - began_s == pytest.approx(CANDLES_WAIT_S)


@virtual
async def test_an_old_price_is_stale_and_shown():
    market = MarketView()
    for symbol in PAIRS:
        market.apply(ticker(symbol, 1.0))
    async with desk_of(market=market) as desk:
        await asyncio.sleep(1_000)
        stale = await part(desk, "breadth")
    assert (stale.state, stale.value, stale.weight) == (PartState.STALE, 1.0, 0)


@virtual
async def test_one_pair_that_fell_silent_does_not_age_the_others():
    market = MarketView()
    market.apply(book(PAIRS[0], "1", "9", time_ms=T0_MS))
    market.apply(book(PAIRS[1], "3", "1", time_ms=T0_MS + 100_000))
    async with desk_of(market=market) as desk:
        await asyncio.sleep(110)
        fresh = await part(desk, "book_imbalance")
    assert (fresh.state, fresh.age_ms) == (PartState.FRESH, 10_000)
    assert fresh.value == pytest.approx(0.5, abs=0.01)


@virtual
async def test_a_source_is_asked_again_after_the_pause_of_the_settings():
    source = FakeSource()
    async with desk_of(source, refresh_minutes=5) as desk:
        await asyncio.sleep(601)
        counted = await part(desk, "fear_greed")
    assert source.asked_s == [0, 300, 600]
    assert (counted.value, counted.state, counted.age_ms) == (0.5, PartState.FRESH, 1_000)


@virtual
async def test_a_source_that_fails_is_asked_again_sooner_and_then_ever_later():
    source = FakeSource()
    source.does = fail(SourceFault("the server answered 500"))
    async with desk_of(source) as desk:
        await asyncio.sleep(2_000)
        missing = await part(desk, "fear_greed")
    assert source.asked_s[:4] == [0, RETRY_S, 3 * RETRY_S, 7 * RETRY_S]
    assert len(source.asked_s) <= 8
    assert (missing.state, missing.says) == (PartState.MISSING, "the server answered 500")


@virtual
async def test_what_was_heard_before_a_failure_still_counts_and_ages():
    source = FakeSource()
    async with desk_of(source) as desk:
        await asyncio.sleep(1)
        source.does = fail(SourceFault("no answer"))
        await asyncio.sleep(3 * 86_400)
        late = await part(desk, "fear_greed")
    assert (late.state, late.value) == (PartState.STALE, 0.5)
    assert late.says == "75 of 100 (no answer)"


@virtual
async def test_a_source_that_breaks_is_named_and_the_desk_goes_on():
    broken, fine = FakeSource("headlines"), FakeSource()
    broken.does = fail(ZeroDivisionError("\x1b]0;boo\x07"))
    async with desk_of(broken, fine) as desk:
        await asyncio.sleep(1)
        assert (await part(desk, "headlines")).says == (
            "the source broke (ZeroDivisionError: ]0;boo)"
        )
        assert (await part(desk, "fear_greed")).state is PartState.FRESH


@virtual
async def test_a_source_that_hangs_is_given_up():
    slow, fine = FakeSource("headlines"), FakeSource()
    slow.does = hang
    async with desk_of(slow, fine) as desk:
        await asyncio.sleep(READ_S + 1)
        assert (await part(desk, "headlines")).says == f"no answer within {READ_S:g} s"
        assert (await part(desk, "fear_greed")).state is PartState.FRESH


@virtual
async def test_a_source_that_will_not_be_given_up_is_not_asked_twice():
    stuck = FakeSource()
    stuck.does = hang_whatever_is_said
    async with desk_of(stuck):
        await asyncio.sleep(3_600)
        assert len(stuck.asked_s) == 1


@virtual
async def test_what_a_source_says_is_cleaned():
    source = FakeSource("headlines")

    async def nasty():
        bad = ScoredHeadline(title="a\x1b[2Jb", source="s\u202e", time_ms=T0_MS, score=0.1)
        return Reading(value=0.1, time_ms=T0_MS, says="x\x07y", headlines=(bad,) * 5_000)

    source.does = nasty
    async with desk_of(source) as desk:
        await asyncio.sleep(1)
        answer = await desk.answer()
    assert answer.headlines[0].title == "a[2Jb"
    assert answer.headlines[0].source == "s"
    assert len(answer.headlines) <= 20
    assert "xy" in {part.says for part in answer.parts}


def test_the_parts_of_the_market_need_no_address():
    assert {"book_imbalance", "taker_flow", "breadth", "volatility", "dispersion"} == MARKET_PARTS
