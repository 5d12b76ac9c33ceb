"""Signals in a session: who is followed and asked, what late and refuted models do, what clients hear."""

import asyncio
from contextlib import asynccontextmanager

import msgspec
import pytest

from tests.engine.session.fakes import BTC, candle_of, command_id, on_stage
from tests.engine.session.test_candle_follower import Inline
from tests.engine.session.virtual_time import virtual
from tui_trader.engine.messages.codec import decode_event, decode_input
from tui_trader.engine.messages.commands import StartStrategy
from tui_trader.engine.messages.events import CommandRefused, ModelRefuted
from tui_trader.engine.messages.forecasts import (
    Forecast,
    Forecasted,
    ListModels,
    ModelsListed,
    NotAnswered,
    Studied,
    Study,
    Track,
)
from tui_trader.engine.messages.queries import QueryFailed
from tui_trader.engine.messages.reports import CandleReport
from tui_trader.engine.messages.signal_queries import (
    AskModels,
    AskSignal,
    AskSignals,
    AskWaterfalls,
    FeatureShift,
    ModelRow,
    PromiseBand,
    SignalReason,
)
from tui_trader.engine.messages.signal_reports import ForecastReport, ForecastView
from tui_trader.engine.state.trading_state import TradingState
from tui_trader.engine.stores.waterfalls import SqliteWaterfalls
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.instruments import Symbol

H1 = Interval.H1
NO_EDGE = "no edge after costs was found"


class Models:
    """Models that say what a test wants."""

    def __init__(self) -> None:
        self.asked = []
        self.is_silent = False
        self.has_edge = False
        self.version = 1
        self.tracks = (Track(version=1),)

    async def ask(self, question):
        self.asked.append(question)
        match question:
            case ListModels():
                row = ModelRow(
                    symbol=BTC,
                    interval=H1,
                    version=self.version,
                    state="champion",
                    has_edge=self.has_edge,
                )
                return ModelsListed(rows=(row,))
            case Forecast() if self.is_silent:
                return NotAnswered(reason="the models did not answer within 5 s")
            case Forecast():
                return Forecasted(champion=self.said(question))
            case Study():
                return Studied(
                    open_time_ms=question.candles[-1].open_time_ms,
                    reasons=(SignalReason(feature="body", words="body", value=1.0, push=0.3),),
                    drifts=(FeatureShift(feature="body", stability=0.3, says="another market"),),
                    tracks=self.tracks,
                    forward=(PromiseBand(low=0.6, high=0.65, count=40, right_ratio=0.5),),
                )
            case _:
                return NotAnswered(reason="nobody asks that here")

    async def run(self):
        await asyncio.Event().wait()

    def said(self, question):
        return ForecastView(
            symbol=question.symbol,
            interval=question.interval,
            open_time_ms=question.candles[-1].open_time_ms,
            version=self.version,
            confidence=0.62,
            break_even=0.4,
            expected_net_ratio=0.01,
            votes=(("logistic", 0.6), ("boosting", 0.65)),
            has_edge=self.has_edge,
        )

    def count(self, kind):
        return sum(isinstance(question, kind) for question in self.asked)


class Room:
    """A session with models, and the minutes that make its candles end."""

    def __init__(self, stage, models) -> None:
        self.stage, self.models, self.client = stage, models, stage.client()

    async def minute(self):
        """A trade in the minute of now."""
        now_ms = self.stage.clock.now_ms()
        candle = candle_of(now_ms - now_ms % 60_000, 64_000.0)
        report = CandleReport(time_ms=now_ms, symbol=BTC, interval=Interval.M1, candle=candle)
        self.stage.session._hear_feed(report)
        await asyncio.sleep(5.0)

    async def next_hour(self):
        await asyncio.sleep(H1.ms / 1_000)
        await self.minute()

    async def row(self):
        (row,) = (await self.client.ask(AskSignals())).rows
        return row


@asynccontextmanager
async def room(tmp_path, models=None, **changes):
    asyncio.get_running_loop().set_default_executor(Inline())
    models = models or Models()
    store = SqliteWaterfalls(tmp_path / "decisions.sqlite")
    async with on_stage(models=(models, store), **changes) as stage:
        here = Room(stage, models)
        await asyncio.sleep(1.0)
        await here.minute()
        yield here


@virtual
async def test_a_pair_that_has_a_model_is_asked_at_once_and_after_every_candle(tmp_path):
    async with room(tmp_path) as here:
        row = await here.row()
        assert (row.confidence, row.state, row.version) == (0.62, "no_opinion", 1)
        assert NO_EDGE in row.silence
        assert row.disagreement == pytest.approx(0.05)
        assert here.models.count(Forecast) == 1
        await here.next_hour()
        later = await here.row()
        assert later.candle_ms == row.candle_ms + H1.ms
        assert here.models.count(Forecast) == 2
        (newest,) = [item for item in here.models.asked if isinstance(item, Study)][1:]
        assert len(newest.candles) > 700


@virtual
async def test_reasons_track_record_and_drift_come_with_the_signal(tmp_path):
    async with room(tmp_path) as here:
        told = await here.client.ask(AskSignal(symbol=BTC, interval=H1))
        assert told.row.track == PromiseBand(low=0.6, high=0.65, count=40, right_ratio=0.5)
        assert told.row.is_live_track is False
        assert told.row.drift.says == "another market"
        assert [reason.push for reason in told.reasons] == [0.3]
        here.models.tracks = (
            Track(
                version=1,
                bands=(PromiseBand(low=0.6, high=0.65, count=25, right_ratio=0.6),),
                outcomes=25,
            ),
        )
        await here.next_hour()
        assert (await here.row()).is_live_track is True


@virtual
async def test_every_candle_leaves_a_decision_that_can_be_searched_after_a_restart(tmp_path):
    async with room(tmp_path) as here:
        await here.next_hour()
        rows = (await here.client.ask(AskWaterfalls(symbol=BTC, gate="edge"))).rows
        assert len(rows) == 2
        assert rows[0].stopped_by.gate == "edge"
        assert [step.is_passed for step in rows[0].steps[:4]] == [True, True, False, None]
        assert (await here.client.ask(AskWaterfalls(gate="cost"))).rows == ()
    async with room(tmp_path) as here:
        rows = (await here.client.ask(AskWaterfalls())).rows
        assert len(rows) >= 2


@virtual
async def test_a_forecast_that_does_not_come_is_no_signal_with_the_reason(tmp_path):
    async with room(tmp_path) as here:
        here.models.is_silent = True
        await here.next_hour()
        row = await here.row()
        assert (row.state, row.confidence, row.side) == ("late", None, 0)
        assert "did not answer within 5 s" in row.silence
        (newest, *_) = (await here.client.ask(AskWaterfalls())).rows
        assert newest.stopped_by.gate == "signal"
        here.models.is_silent = False
        await asyncio.sleep(30.0)
        # Shown as soon as it is there; decided on it was not.
        assert (await here.row()).confidence == 0.62


@virtual
async def test_a_broken_promise_is_an_event_and_silences_the_model_for_good(tmp_path):
    broken = Track(version=1, outcomes=60, promised=0.62, right_ratio=0.3, is_broken=True)
    async with room(tmp_path) as here:
        here.models.has_edge = True
        here.models.tracks = (broken,)
        await here.next_hour()
        (event,) = [item for item in here.stage.journal.events if isinstance(item, ModelRefuted)]
        assert (event.version, event.reason) == (
            1,
            "it promised 62.0% on average, and 30.0% of 60 came true",
        )
        row = await here.row()
        assert (row.state, row.side) == ("demoted", 0)
        (model,) = (await here.client.ask(AskModels())).rows
        assert (model.state, model.reason) == ("demoted", event.reason)
        await here.next_hour()
        assert (await here.row()).confidence is None
        rows = here.stage.journal.rows
    state = TradingState()
    for encoded in rows:
        state.apply(decode_event(encoded))
    again = Models()
    again.has_edge = True
    async with room(tmp_path, again, state=state) as here:
        assert (await here.row()).state == "demoted"
        again.version = 2
        await here.next_hour()
        assert (await here.row()).state == "speaks"


def start(**parameters) -> StartStrategy:
    return StartStrategy(
        command_id=command_id(),
        actor="test",
        name="ensemble",
        symbols=(BTC,),
        interval=H1,
        parameters=parameters,
    )


@virtual
async def test_auto_trading_without_an_edge_is_refused_unless_somebody_says_so(tmp_path):
    async with room(tmp_path) as here:
        await here.client.send(start())
        await asyncio.sleep(0.5)
        (refused,) = [e for e in here.stage.journal.events if isinstance(e, CommandRefused)]
        assert refused.gate == "edge"
        assert "without_edge = 1 lets it trade all the same" in refused.reason
        await here.client.send(start(without_edge=1.0))
        await here.stage.until(lambda: "ensemble" in here.stage.state.strategies)


@virtual
async def test_a_strategy_that_follows_a_pair_asks_for_it_alone(tmp_path):
    models = Models()
    models.has_edge = True
    async with room(tmp_path, models) as here:
        await here.client.send(start())
        await here.stage.until(lambda: "ensemble" in here.stage.state.strategies)
        await asyncio.sleep(1.0)
        await here.minute()
        before = models.count(Forecast)
        await here.next_hour()
        assert models.count(Forecast) == before + 1
        inputs = [decode_input(item) for item in here.stage.journal.inputs]
        (report,) = [item for item in inputs if isinstance(item, ForecastReport)]
        assert report.forecasts[0].confidence == 0.62
        row = await here.row()
        assert row.state == "speaks"
        assert row.side == 1
        assert row.waterfall.strategy == "ensemble"


@virtual
async def test_without_models_every_pair_says_so():
    async with on_stage() as stage:
        client = stage.client()
        (row,) = (await client.ask(AskSignals())).rows
        assert (row.symbol, row.interval, row.state) == (BTC, H1, "no_model")
        assert "without models" in row.silence
        for question in (AskModels(), AskWaterfalls()):
            assert isinstance(await client.ask(question), QueryFailed)
        unknown = await client.ask(AskSignal(symbol=Symbol("X/Y"), interval=H1))
        assert "is not watched" in unknown.reason


def test_a_forecast_is_a_journal_row():
    view = ForecastView(symbol=BTC, interval=H1, open_time_ms=1, confidence=0.5)
    report = ForecastReport(time_ms=1, strategy="ensemble", forecasts=(view,))
    assert decode_input(msgspec.json.encode(report)) == report
