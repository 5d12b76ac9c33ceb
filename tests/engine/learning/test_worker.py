"""The process of the models: what it answers, in which order, and what becomes of who waits when it dies."""

import asyncio
import io
import os
import signal

import msgspec
import pytest

from tests.engine.learning.made_training import KEY, REQUEST, made
from tests.engine.learning.test_forecaster import BTC, rows
from tui_trader.engine.learning import worker_process
from tui_trader.engine.learning.model_store import ModelStore
from tui_trader.engine.learning.worker import (
    Answerer,
    Start,
    read_frame,
    write_frame,
)
from tui_trader.engine.learning.worker import (
    _rank as rank,
)
from tui_trader.engine.learning.worker_process import WorkerProcess, first_frame
from tui_trader.engine.messages.forecasts import (
    Asked,
    Forecast,
    Forecasted,
    ListModels,
    ModelsListed,
    NotAnswered,
    ShowModel,
    Studied,
    Study,
)
from tui_trader.engine.values.candles import Interval

ASKED = Forecast(symbol=BTC, interval=Interval.H1, candles=rows(700))


@pytest.fixture
def root(tmp_path):
    ModelStore(tmp_path / "models").save(KEY, made().manifest, made().contents)
    return tmp_path / "models"


@pytest.fixture
def answerer(root):
    named = msgspec.msgpack.decode(first_frame(root, REQUEST.rules), type=Start)
    return Answerer(named)


def test_a_champion_speaks_and_a_challenger_shadows_it(answerer, root):
    alone = answerer.answer(ASKED)
    assert alone.champion.confidence is not None
    assert alone.challenger is None
    ModelStore(root).save(KEY, made().manifest, made().contents)
    both = answerer.answer(ASKED)
    assert (both.champion.version, both.challenger.version) == (1, 2)
    assert both.challenger.confidence == both.champion.confidence


def test_another_trade_in_the_settings_silences_the_model(root):
    start = msgspec.msgpack.decode(
        first_frame(root, REQUEST.rules._replace(take_atr=9.0)), type=Start
    )
    said = Answerer(start).answer(ASKED).champion
    assert said.confidence is None
    assert "take_atr was 3" in said.silence


def test_a_study_tells_reasons_that_are_pushes_of_the_confidence(answerer):
    study = answerer.answer(Study(symbol=BTC, interval=Interval.H1, candles=rows(700)))
    assert isinstance(study, Studied)
    assert study.reasons
    strengths = [abs(reason.push) for reason in study.reasons]
    assert strengths == sorted(strengths, reverse=True)
    assert all("of what was learned" in reason.words for reason in study.reasons)
    assert {shift.feature for shift in study.drifts} == set(made().manifest.features)
    assert sum(band.count for band in study.forward) == made().trained.scores["ensemble"].samples


def test_every_model_is_listed_and_one_is_shown_in_full(answerer, root):
    ModelStore(root).save(KEY, made().manifest, made().contents)
    (first, second) = answerer.answer(ListModels()).rows
    assert (first.state, second.state) == ("champion", "challenger")
    assert first.auc == made().trained.scores["ensemble"].auc
    shown = answerer.answer(ShowModel(symbol=BTC, interval=Interval.H1, version=1)).answer
    scores = made().trained.scores["ensemble"]
    assert len(shown.folds) == scores.folds
    assert sum(fold.bars for fold in shown.folds) == scores.samples
    assert {name for name, _ in shown.importance} == set(made().manifest.features)
    assert shown.equity[-1][1] == pytest.approx(1 + scores.net_return_ratio)
    # Holding is told up to the last decision; the assessment holds to the last outcome.
    assert shown.held[0][1] == 1.0
    assert shown.verdict[0] == scores.verdict
    gone = answerer.answer(ShowModel(symbol=BTC, interval=Interval.H1, version=7))
    assert gone.answer is None
    assert "no version 7" in gone.reason


def test_a_broken_version_is_listed_as_broken_with_the_reason(answerer, root):
    (root / "BTC-USD_1h" / "0001" / "manifest.json").write_bytes(b"{}")
    (row,) = answerer.answer(ListModels()).rows
    assert row.state == "broken"
    assert "no manifest" in row.reason


def test_forecasts_go_first_and_studies_last():
    study = Study(symbol=BTC, interval=Interval.H1, candles=())
    assert rank(ASKED) < rank(ListModels()) < rank(study)


def test_frames_are_read_as_they_were_written():
    stream = io.BytesIO()
    write_frame(stream, Asked(3, ASKED))
    stream.seek(0)
    assert msgspec.msgpack.decode(read_frame(stream), type=Asked) == Asked(3, ASKED)
    assert read_frame(stream) is None


async def test_without_a_model_no_process_is_started():
    desk = WorkerProcess(b"", is_needed=lambda: False, tell=lambda _: None)
    assert await desk.ask(ListModels()) == ModelsListed(rows=())
    reply = await desk.ask(ASKED)
    assert isinstance(reply, NotAnswered)
    assert "`tui-trader train`" in reply.reason


async def test_no_more_than_a_bound_may_wait(monkeypatch):
    monkeypatch.setattr(worker_process, "WAITING_MAX", 2)
    desk = WorkerProcess(b"", is_needed=lambda: True, tell=lambda _: None)
    waiting = [asyncio.create_task(desk.ask(ASKED)) for _ in range(2)]
    await asyncio.sleep(0)
    reply = await desk.ask(ASKED)
    assert "2 questions about models wait already" in reply.reason
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert desk._waiting == {}


async def test_what_takes_too_long_is_no_answer(monkeypatch):
    monkeypatch.setattr(worker_process, "FORECAST_S", 0.0)
    desk = WorkerProcess(b"", is_needed=lambda: True, tell=lambda _: None)
    reply = await desk.ask(ASKED)
    assert "did not answer within 0 s" in reply.reason
    assert desk._waiting == {}


@pytest.mark.timeout(300)
async def test_a_process_that_dies_answers_who_waits_and_is_started_again(root, monkeypatch):
    monkeypatch.setattr(worker_process, "AGAIN_S", 0.0)
    monkeypatch.setattr(worker_process, "FORECAST_S", 300.0)
    told = []
    desk = WorkerProcess(first_frame(root, REQUEST.rules), is_needed=lambda: True, tell=told.append)
    running = asyncio.create_task(desk.run())
    before = await desk.ask(ASKED)
    assert isinstance(before, Forecasted)
    child = desk._child
    os.kill(child.pid, signal.SIGSTOP)
    waiting = asyncio.create_task(desk.ask(ASKED))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    os.kill(child.pid, signal.SIGKILL)
    lost = await waiting
    assert isinstance(lost, NotAnswered)
    assert "ended" in lost.reason
    after = await desk.ask(ASKED)
    assert after == before
    assert "is started again" in told[0]
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
