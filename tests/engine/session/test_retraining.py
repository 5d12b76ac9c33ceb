"""When the engine trains by itself: by age, by evidence, one at a time, and never unless it was asked to."""

import asyncio

import pytest

from tests.engine.session.virtual_time import VirtualClock, virtual
from tui_trader.engine.launch.trainer import TrainProcess, variables_of
from tui_trader.engine.messages.queries import SettingRow
from tui_trader.engine.messages.signal_queries import ModelRow, ModelsAnswer
from tui_trader.engine.ports.trainer import TrainingStep
from tui_trader.engine.session.retraining import Retraining
from tui_trader.engine.settings.learning import LearningSettings
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.instruments import Symbol

BTC, ETH = Symbol("BTC/USD"), Symbol("ETH/USD")
DAY_S = 86_400


class FakeTrainer:
    def __init__(self, clock) -> None:
        self.clock, self.trained, self.under_way = clock, [], 0

    async def train(self, symbol, interval, tell):
        assert self.under_way == 0
        self.under_way += 1
        tell(TrainingStep(done=1, planned=4, step="logistic: inner fold 1 of 3", left_s=30.0))
        await asyncio.sleep(100.0)
        self.under_way -= 1
        self.trained.append(symbol)
        return ""


class Room:
    def __init__(self, **settings) -> None:
        self.clock = VirtualClock()
        self.trainer = FakeTrainer(self.clock)
        self.rows = (self.row(BTC), self.row(ETH))
        self.retraining = Retraining(
            self.trainer, self.clock, settings=LearningSettings(**settings), models=self.models
        )

    def row(self, symbol, *, version=1, state="champion"):
        return ModelRow(
            symbol=symbol,
            interval=Interval.H1,
            version=version,
            state=state,
            trained_ms=self.clock.now_ms(),
        )

    async def models(self):
        return ModelsAnswer(rows=self.rows)

    async def __aenter__(self):
        self.task = asyncio.create_task(self.retraining.run())
        await asyncio.sleep(1.0)
        return self

    async def __aexit__(self, *_):
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


@virtual
async def test_nothing_is_trained_unless_the_settings_ask_for_it():
    async with Room() as room:
        room.rows = (room.row(BTC, state="demoted"),)
        await asyncio.sleep(2 * DAY_S)
        assert room.trainer.trained == []


@virtual
async def test_models_that_are_too_old_are_trained_one_after_the_other():
    async with Room(retrain_days=7) as room:
        await asyncio.sleep(6 * DAY_S)
        assert room.trainer.trained == []
        await asyncio.sleep(DAY_S + 50)
        assert room.retraining.now.step == "logistic: inner fold 1 of 3"
        assert "7 days old" in room.retraining.now.why
        await asyncio.sleep(3_600)
        assert room.trainer.trained == [BTC, ETH]
        assert room.retraining.now is None


@virtual
async def test_what_gave_no_newer_model_is_tried_again_a_day_later():
    async with Room(retrain_days=7) as room:
        await asyncio.sleep(7 * DAY_S + 2_000)
        assert len(room.trainer.trained) == 2
        await asyncio.sleep(DAY_S / 2)
        assert len(room.trainer.trained) == 2
        await asyncio.sleep(DAY_S)
        assert len(room.trainer.trained) == 4


@virtual
async def test_a_refuted_model_is_trained_again_and_a_challenger_is_enough():
    async with Room(retrain_when_refuted=True) as room:
        await asyncio.sleep(1_000)
        assert room.trainer.trained == []
        room.rows = (room.row(BTC, state="demoted"), room.row(ETH))
        await asyncio.sleep(1_000)
        assert room.trainer.trained == [BTC]
        room.rows = (
            room.row(BTC, state="demoted"),
            room.row(BTC, version=2, state="challenger"),
        )
        await asyncio.sleep(3 * DAY_S)
        assert room.trainer.trained == [BTC]


def test_the_child_means_the_trade_of_the_settings_in_force():
    rows = [
        SettingRow(key="rules.sizing", value='"risk"', source="config.toml", help=""),
        SettingRow(key="rules.stop_atr", value="2.5", source="config.toml", help=""),
        SettingRow(key="learning.models", value='["logistic", "boosting"]', source="x", help=""),
        SettingRow(key="learning.stacks", value="true", source="x", help=""),
        SettingRow(key="learning.seed", value="1", source="default", help=""),
        SettingRow(key="venue.api_key", value='"secret"', source="x", help=""),
    ]
    assert variables_of(rows) == {
        "TUI_TRADER_RULES__SIZING": "risk",
        "TUI_TRADER_RULES__STOP_ATR": "2.5",
        "TUI_TRADER_LEARNING__MODELS": "logistic,boosting",
        "TUI_TRADER_LEARNING__STACKS": "true",
    }


PROGRAM = """
import sys
print('{"done": 2, "planned": 9, "step": "fold", "left_s": 1.5}', file=sys.stderr)
print("tui-trader: the store has no candles", file=sys.stderr)
sys.exit(int("DOGE/USD" in sys.argv) * 2)
"""


@pytest.mark.parametrize(
    ("symbol", "fault"), [(BTC, ""), (Symbol("DOGE/USD"), "the store has no candles")]
)
async def test_steps_are_handed_on_and_a_failure_is_its_last_sentence(tmp_path, symbol, fault):
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    told, steps = [], []
    trainer = TrainProcess(
        tmp_path, "demo", rows=(), tell=told.append, words=("python3", str(program))
    )
    said = await trainer.train(symbol, Interval.H1, steps.append)
    assert fault in said
    assert bool(said) == bool(fault)
    assert steps == [TrainingStep(done=2, planned=9, step="fold", left_s=1.5)]
    assert len(told) == 2
