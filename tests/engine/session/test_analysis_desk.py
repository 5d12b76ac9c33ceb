"""Answers about candles: beside the loop, once a candle, and never more than few at a time."""

import asyncio
import threading

import pytest

from tests.engine.session.fakes import BTC, on_stage
from tests.screens.scripted import NOW_MS, candle_walk
from tui_trader.engine.client.frames import AnswerFrame, decode_server_frame, encode_frame
from tui_trader.engine.messages.analysis_queries import (
    AnalysisAnswer,
    AskAnalysis,
    AskCatalogue,
    AskMarkets,
    AskTimeframes,
    CatalogueAnswer,
    IndicatorPick,
    MarketsAnswer,
    TimeframesAnswer,
)
from tui_trader.engine.messages.queries import CandlesAnswer, QueryFailed
from tui_trader.engine.session import analysis_desk
from tui_trader.engine.session.analysis_desk import KEPT_MAX, WAITING_MAX, AnalysisDesk
from tui_trader.engine.values.candles import Interval

CHART = AskAnalysis(symbol=BTC, interval=Interval.M1, picks=(IndicatorPick(name="rsi"),))
COUNT = 60


class Clock:
    def __init__(self) -> None:
        self.ms = NOW_MS

    def now_ms(self) -> int:
        return self.ms

    def monotonic_ms(self) -> int:
        return self.ms


class History:
    """A `CandleDesk` that answers from a seeded walk, or not."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.asked = []
        self.failure = ""
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def answer(self, query):
        self.asked.append((query.symbol, query.interval))
        await self.may_answer.wait()
        if self.failure:
            return QueryFailed(reason=self.failure)
        candles = candle_walk("BTC/USD", query.interval, COUNT, self.clock.ms)
        return CandlesAnswer(symbol=query.symbol, interval=query.interval, candles=candles)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def history(clock):
    return History(clock)


@pytest.fixture
def desk(history, clock):
    return AnalysisDesk(history, clock, symbols=(BTC,))


async def test_the_open_candle_has_no_say(desk, clock):
    answer = await desk.answer(CHART)
    assert answer.candles == candle_walk("BTC/USD", Interval.M1, COUNT, clock.ms)[:-1]


async def test_history_is_fetched_once_until_a_candle_should_have_closed(desk, clock, history):
    first = await desk.answer(CHART)
    clock.ms += 10_000
    assert await desk.answer(CHART) == first
    assert len(history.asked) == 1
    clock.ms += 60_000
    later = await desk.answer(CHART)
    assert len(history.asked) == 2
    assert later.candles[-1].open_time_ms > first.candles[-1].open_time_ms


async def test_what_was_computed_for_a_candle_is_not_computed_again(desk, monkeypatch):
    first = await desk.answer(CHART)
    monkeypatch.setattr(analysis_desk.desk_answers, "analysis_answer", None)
    assert await desk.answer(CHART) == first


async def test_two_who_ask_at_once_have_it_computed_once(desk, monkeypatch):
    computed = []
    real = analysis_desk.desk_answers.analysis_answer

    def counted(*arguments, **named):
        computed.append(1)
        return real(*arguments, **named)

    monkeypatch.setattr(analysis_desk.desk_answers, "analysis_answer", counted)
    first, second = await asyncio.gather(desk.answer(CHART), desk.answer(CHART))
    assert first == second
    assert computed == [1]


async def test_the_loop_goes_on_while_something_is_computed(desk, monkeypatch):
    released = threading.Event()
    real = analysis_desk.desk_answers.analysis_answer

    def slow(*arguments, **named):
        assert released.wait(10), "the loop stood still"
        return real(*arguments, **named)

    monkeypatch.setattr(analysis_desk.desk_answers, "analysis_answer", slow)
    asked = asyncio.create_task(desk.answer(CHART))
    await asyncio.sleep(0)
    released.set()
    assert isinstance(await asked, AnalysisAnswer)


async def test_client_that_hangs_up_sets_no_second_computation_free(desk, monkeypatch):
    released, running, most = threading.Event(), [], []
    began, loop = asyncio.Event(), asyncio.get_running_loop()
    real = analysis_desk.desk_answers.analysis_answer

    def slow(*arguments, **named):
        running.append(1)
        loop.call_soon_threadsafe(began.set)
        most.append(len(running))
        assert released.wait(10)
        running.pop()
        return real(*arguments, **named)

    monkeypatch.setattr(analysis_desk.desk_answers, "analysis_answer", slow)
    gone = asyncio.create_task(desk.answer(CHART))
    await began.wait()
    gone.cancel()
    other = AskAnalysis(symbol=BTC, interval=Interval.H1)
    stays = asyncio.create_task(desk.answer(other))
    await asyncio.sleep(0)
    released.set()
    assert isinstance(await stays, AnalysisAnswer)
    assert max(most) == 1
    with pytest.raises(asyncio.CancelledError):
        await gone


async def test_unknown_pair_is_kept_nowhere(desk, history):
    for query in (AskTimeframes(symbol="x" * 99), AskAnalysis(symbol="x", interval=Interval.M1)):
        assert "not watched" in (await desk.answer(query)).reason
    assert history.asked == []
    assert len(desk._kept) == 0


async def test_exchange_that_does_not_answer_is_told_in_its_words(desk, history):
    history.failure = "kraken: the service is busy"
    assert await desk.answer(CHART) == QueryFailed(reason="kraken: the service is busy")
    markets = await desk.answer(AskMarkets(interval=Interval.H1))
    assert markets.rows[0].note == "kraken: the service is busy"
    assert markets.rows[0].high_24h is None
    times = await desk.answer(AskTimeframes(symbol=BTC))
    assert {row.note for row in times.rows} == {"kraken: the service is busy"}


async def test_what_was_known_stays_true_when_the_exchange_goes_away(desk, history, clock):
    before = await desk.answer(CHART)
    history.failure = "gone"
    clock.ms += 120_000
    after = await desk.answer(CHART)
    assert after.candles == before.candles
    assert after.note == "gone"


async def test_wrong_indicator_is_a_sentence(desk):
    asked = AskMarkets(interval=Interval.H1, picks=(IndicatorPick(name="nonsense"),))
    answer = await desk.answer(asked)
    assert "no indicator `nonsense`" in answer.reason


async def test_more_questions_than_may_wait_are_turned_away(desk, history):
    history.may_answer.clear()
    waiting = [asyncio.create_task(desk.answer(CHART)) for _ in range(WAITING_MAX)]
    await asyncio.sleep(0)
    answer = await desk.answer(CHART)
    assert isinstance(answer, QueryFailed)
    assert str(WAITING_MAX) in answer.reason
    history.may_answer.set()
    assert {type(answer) for answer in await asyncio.gather(*waiting)} == {AnalysisAnswer}
    assert isinstance(await desk.answer(CHART), AnalysisAnswer)


async def test_what_is_kept_has_a_maximum(desk):
    for period in range(2, KEPT_MAX + 7):
        pick = IndicatorPick(name="sma", parameters={"period": period})
        await desk.answer(AskMarkets(interval=Interval.M1, picks=(pick,)))
    assert len(desk._kept) == KEPT_MAX


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        (AskCatalogue(), CatalogueAnswer),
        (AskMarkets(interval=Interval.M15, picks=CHART.picks), MarketsAnswer),
        (CHART, AnalysisAnswer),
        (AskTimeframes(symbol=BTC), TimeframesAnswer),
    ],
)
async def test_every_answer_survives_the_wire(desk, query, kind):
    answer = await desk.answer(query)
    assert isinstance(answer, kind)
    frame = AnswerFrame(query_id=1, answer=answer)
    assert decode_server_frame(encode_frame(frame)) == frame


async def test_pair_that_is_not_watched_is_refused_by_the_session():
    async with on_stage() as stage:
        answer = await stage.client().ask(AskAnalysis(symbol="FOO/USD", interval=Interval.M1))
        assert "not watched" in answer.reason
