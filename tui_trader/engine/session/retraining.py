"""Training by time or evidence: when a model is too old, or its promises did not hold.

Law: one training at a time, of low priority, and none unless [learning] asks for it. What comes of it
shadows the model that serves; only a person lets it serve. A training that failed is tried again a day
later, not before.
"""

import asyncio
from collections.abc import Awaitable, Callable

from tui_trader.engine.messages.query_roots import QueryFailed
from tui_trader.engine.messages.signal_queries import (
    ModelRow,
    ModelsAnswer,
    TrainingNow,
)
from tui_trader.engine.ports.clock import Clock
from tui_trader.engine.ports.trainer import Trainer, TrainingStep
from tui_trader.engine.settings.learning import LearningSettings
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.time import MS_PER_DAY

LOOK_S = 300.0
Key = tuple[Symbol, Interval]


class Retraining:
    """Looks for models that are due, and trains them.

    Args:
        trainer: Who trains; None where nobody does.
        models: Every stored model as it stands.
    """

    def __init__(
        self,
        trainer: Trainer | None,
        clock: Clock,
        *,
        settings: LearningSettings,
        models: Callable[[], Awaitable[ModelsAnswer | QueryFailed]],
    ) -> None:
        self._trainer, self._clock = trainer, clock
        self._settings, self._models = settings, models
        self._tried_ms: dict[Key, int] = {}
        self.now: TrainingNow | None = None

    async def run(self) -> None:
        """Look and train until cancelled."""
        is_wanted = self._settings.retrain_days or self._settings.retrain_when_refuted
        while self._trainer is not None and is_wanted:
            found = await self._models()
            if isinstance(found, ModelsAnswer):
                for key, why in self._due(found.rows).items():
                    await self._train(self._trainer, key, why)
            await asyncio.sleep(LOOK_S)
        await asyncio.Event().wait()

    def _due(self, rows: tuple[ModelRow, ...]) -> dict[Key, str]:
        now_ms = self._clock.now_ms()
        found: dict[Key, str] = {}
        for key in dict.fromkeys((row.symbol, row.interval) for row in rows):
            if now_ms - self._tried_ms.get(key, -MS_PER_DAY) < MS_PER_DAY:
                continue
            own = [row for row in rows if (row.symbol, row.interval) == key]
            if why := self._reason(own, now_ms):
                found[key] = why
        return found

    def _reason(self, rows: list[ModelRow], now_ms: int) -> str:
        days, newest = self._settings.retrain_days, max(rows, key=lambda row: row.version)
        age_ms = now_ms - (newest.trained_ms or 0)
        if days and age_ms >= days * MS_PER_DAY:
            return f"the newest model is {age_ms // MS_PER_DAY} days old"
        if self._settings.retrain_when_refuted and newest.state == "demoted":
            return "the promises of the newest model did not hold"
        return ""

    async def _train(self, trainer: Trainer, key: Key, why: str) -> None:
        symbol, interval = key
        self._tried_ms[key] = self._clock.now_ms()

        def tell(step: TrainingStep) -> None:
            self.now = TrainingNow(
                symbol=symbol,
                interval=interval,
                why=why,
                done=step.done,
                planned=step.planned,
                step=step.step,
                left_s=step.left_s,
            )

        tell(TrainingStep(done=0, planned=0, step="it begins", left_s=0.0))
        try:
            await trainer.train(symbol, interval, tell)
        finally:
            self.now = None
