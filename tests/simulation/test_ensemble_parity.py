"""The strategy that trades on models, live and in a backtest, candle by candle.

Models are trained on the past of a tape. The engine then lives through what they had not seen, with its
own adapter, session and core on the local exchange, and asks the stored models; the backtest trades on
the forecasts of the walk-forward. Both must say the same of each candle and send the same orders.
"""

import asyncio
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import NamedTuple

import msgspec
import numpy as np
import pytest

from tests.engine.session.virtual_time import run_virtual
from tests.simulation.test_live_parity import (
    BTC,
    PLAIN,
    Order,
    made_candles,
    session_on,
    started_in,
    tape_of,
)
from tui_trader.engine.analysis.candles import Candles
from tui_trader.engine.backtest.core_engine import run_on_core
from tui_trader.engine.backtest.forecast_strategy import KnownForecasts, bound
from tui_trader.engine.backtest.request import BacktestRequest
from tui_trader.engine.core.host_notes import grid_of, rules_of
from tui_trader.engine.core.signal_gate import SignalGate
from tui_trader.engine.learning.ensemble import fit_ensemble
from tui_trader.engine.learning.forward import Forward, forward_of
from tui_trader.engine.learning.model_store import Key, ModelStore
from tui_trader.engine.learning.models.table import chosen_kinds
from tui_trader.engine.learning.money import fit_payoff
from tui_trader.engine.learning.plan import Plan
from tui_trader.engine.learning.training import (
    Trained,
    TrainingRequest,
    contents_of,
    manifest_of,
    train,
)
from tui_trader.engine.learning.validation import known_rate, planned_splits
from tui_trader.engine.learning.worker import Answerer, Start
from tui_trader.engine.learning.worker_process import first_frame
from tui_trader.engine.messages.codec import decode_input
from tui_trader.engine.messages.events import OrderSubmitted, StrategyNoted
from tui_trader.engine.messages.signal_reports import ForecastReport
from tui_trader.engine.messages.strategy_reports import CandlesClosedReport
from tui_trader.engine.rules.signal_trade import signal_limits, signal_rules
from tui_trader.engine.settings.learning import LearningSettings
from tui_trader.engine.settings.model import MarketSettings, Settings
from tui_trader.engine.settings.rulebook import WITHOUT_LIMITS
from tui_trader.engine.strategies.ensemble import ENSEMBLE
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.orders import Side

FEATURES = ("move_1", "move_6", "body", "pace_6_48", "volume_now", "hour_sine")
PLAYED = 60
CANDLES = 1_500
RULES = msgspec.structs.replace(PLAIN, take_percent=Decimal(0))
LEARNING = LearningSettings()
PLAN = Plan(train_min=900, test_size=400, folds=2)


class Past(NamedTuple):
    """A training of a tape, and what its walk-forward said."""

    candles: Candles
    trained: Trained
    request: TrainingRequest
    forward: Forward


def trending_candles(seed: int, count: int) -> Candles:
    """Moves that go on for a while, so that there is something to learn; with a hole now and then.

    Without upper shadows: stepped, the engine hears one price a candle, and would not see a take profit
    that was only touched.
    """
    calm, chance = made_candles(seed, count), np.random.default_rng(seed)
    noise, move = chance.normal(0.0, 60.0, count), np.zeros(count)
    for row in range(1, count):
        move[row] = 0.6 * move[row - 1] + noise[row]
    close = np.round(30_000.0 + np.cumsum(move), 1)
    begin = np.concatenate([close[:1], close[:-1]])
    shadow = np.round(chance.exponential(15.0, count), 1)
    return replace(
        calm,
        open=begin,
        high=np.maximum(begin, close),
        low=np.round(np.minimum(begin, close) - shadow, 1),
        close=close,
    )


@cache
def past() -> Past:
    candles = trending_candles(5, CANDLES)
    request = TrainingRequest(
        models=("logistic", "boosting"),
        features=FEATURES,
        rules=signal_rules(RULES, LEARNING),
        fee_ratio=0.0,
        plan=PLAN,
    )
    trained = train(candles, request, progress=lambda *_: None)
    return Past(candles, trained, request, forward_of(trained.forward))


def stored_fold(folder) -> None:
    """The models that made the forecasts of the first fold, stored as the champion."""
    candles, trained, request, _ = past()
    split = planned_splits(trained.dataset, PLAN)[0]
    learned = trained.dataset.at(split.train)
    rate = known_rate(trained.dataset, int(trained.dataset.candle[split.test[0]]), PLAN)
    ensemble = fit_ensemble(
        learned, chosen_kinds(request.models), PLAN, base_rate=rate, tick=lambda _: None
    )
    then = replace(trained, ensemble=ensemble, payoff=fit_payoff(learned))
    manifest = manifest_of(then, candles, request, created_ms=1)
    ModelStore(folder).save(Key(BTC, Interval.H1), manifest, contents_of(then))


class InProcess:
    """The models' process, without the process."""

    def __init__(self, root) -> None:
        frame = first_frame(root, signal_rules(RULES, LEARNING))
        self.answerer = Answerer(msgspec.msgpack.decode(frame, type=Start))

    async def ask(self, question):
        return self.answerer.answer(question)

    async def run(self):
        await asyncio.Event().wait()


class Rows:
    """Keeps decisions in memory."""

    def __init__(self) -> None:
        self.kept = {}

    def keep(self, rows):
        for row in rows:
            self.kept[row.strategy, row.candle_ms, row.outcome == "sold"] = row

    def search(self, query):
        return ()

    def close(self):
        pass


def first_played() -> int:
    """Row of the candle that is open when the strategy is started: inside the first fold."""
    told = past().forward
    begin_ms = told.open_time_ms[told.fold == 0][20]
    return int(np.searchsorted(past().candles.open_time_ms, begin_ms))


@cache
def parameters() -> dict[str, float]:
    """A confidence that half of the played forecasts reach, and none meets exactly."""
    times = past().candles.open_time_ms[first_played() :][:PLAYED]
    said = np.sort(past().forward.confidence[np.isin(past().forward.open_time_ms, times)])
    middle = len(said) // 2
    return {"without_edge": 1.0, "confidence": 100 * float(said[middle - 1 : middle + 1].mean())}


async def lived(folder):
    """Inputs, orders, rules, grids and kept decisions of a live run."""
    row = first_played()
    candles = past().candles[: row + PLAYED]
    recorded = {BTC: candles[row - 1 :]}
    settings = Settings(
        market=MarketSettings(pairs=(BTC,)), rules=RULES, risk=WITHOUT_LIMITS, learning=LEARNING
    )
    tapes = {BTC: tape_of(candles, start_s=int(candles.open_time_ms[row]) // 1_000)}
    rows = Rows()
    models = (InProcess(folder), rows)
    async with session_on(folder, tapes, settings, recorded=recorded, models=models) as engine:
        await engine.start("ensemble", parameters())
        for open_ms in candles.open_time_ms[row + 1 :].tolist():
            await engine.step("ensemble", open_ms)
        spec = engine.state.strategies["ensemble"].spec
        decided = {
            pair.order: pair.order_candle_ms
            for event in engine.happened(StrategyNoted)
            for pair in event.note.pairs.values()
            if pair.order is not None
        }
        orders = [
            Order(
                event.symbol,
                1 if event.side is Side.BUY else -1,
                int(event.quantity_base * 10**8),
                decided[event.client_order_id],
            )
            for event in engine.happened(OrderSubmitted)
        ]
        grids = {BTC: grid_of(engine.market.instruments[BTC])}
    inputs = [decode_input(item) for item in engine.journal.inputs]
    return inputs, orders, rules_of(spec), grids, rows.kept


def backtested(rules, grids):
    """The same candles in a backtest that knows the forecasts of the walk-forward."""
    row, told = first_played(), past().forward
    candles = past().candles[: row + PLAYED]
    known = KnownForecasts(
        pair=BTC,
        open_time_ms=told.open_time_ms,
        close=told.close,
        confidence=told.confidence,
        expected=told.expected,
        apart=told.apart,
        has_edge=False,
    )
    strategy = started_in(bound(ENSEMBLE, [known], LEARNING), int(candles.open_time_ms[row]))
    trade_rules, risk = rules
    outcome = run_on_core(
        BacktestRequest(
            candles={BTC: candles},
            strategy=strategy,
            parameters=parameters(),
            grids=grids,
            rules=trade_rules,
            risk=risk,
            is_sold_at_end=False,
        )
    )
    (signal,) = strategy.signals_of([candles], strategy.checked(parameters()))
    fills = outcome.fills
    orders = zip(fills.side.tolist(), fills.lots.tolist(), fills.time_ms.tolist(), strict=True)
    said = dict(zip(candles.open_time_ms.tolist(), signal.tolist(), strict=True))
    return said, [Order(BTC, *order) for order in orders]


@pytest.mark.timeout(300)
def test_live_says_and_sends_what_the_backtest_of_the_walk_forward_does(tmp_path):
    stored_fold(tmp_path)
    inputs, live, rules, grids, kept = run_virtual(lived(tmp_path))
    said, expected = backtested(rules, grids)
    told = past().forward
    forward = dict(zip(told.open_time_ms.astype(int).tolist(), told.confidence, strict=True))
    gate = SignalGate(signal_limits(parameters(), LEARNING))
    decided = {}
    for item in inputs:
        if isinstance(item, ForecastReport):
            (forecast,) = item.forecasts
            assert forecast.confidence == pytest.approx(forward[forecast.open_time_ms], abs=1e-9)
            gate.hear(item.forecasts, ())
        elif isinstance(item, CandlesClosedReport):
            # From the rows of the journal alone, as a replay would.
            (closed,) = gate.decided(item).closes
            decided[closed.candle.open_time_ms] = closed.signal
    assert len(decided) == PLAYED - 1
    assert decided == {candle: said[candle] for candle in decided}
    assert 1 in decided.values()
    assert 0 in decided.values()
    assert live
    assert live == expected
    entries = {candle for strategy, candle, is_exit in kept if strategy and not is_exit}
    assert entries >= decided.keys()
    bought = [row for row in kept.values() if row.outcome == "bought"]
    assert len(bought) == sum(order.side == 1 for order in live)
    assert all(step.is_passed for row in bought for step in row.steps)
