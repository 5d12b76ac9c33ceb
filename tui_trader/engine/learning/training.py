"""One training from candles to what is stored: judged on the past, then fitted to all of it."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from tui_trader.engine.analysis.candles import COLUMNS, Candles, FloatArray
from tui_trader.engine.analysis.features.table import chosen_features
from tui_trader.engine.analysis.statistics.forecasts import auc, log_loss
from tui_trader.engine.learning.assessment import Assessment, assess
from tui_trader.engine.learning.calibration import Calibration
from tui_trader.engine.learning.dataset import Dataset, build_dataset
from tui_trader.engine.learning.ensemble import ENSEMBLE, Ensemble, fit_ensemble
from tui_trader.engine.learning.forward import columns_of, shuffled_costs
from tui_trader.engine.learning.libraries import libraries
from tui_trader.engine.learning.manifest import (
    BarrierFacts,
    CandleFacts,
    Manifest,
    MemberFacts,
)
from tui_trader.engine.learning.model_file import Contents
from tui_trader.engine.learning.models.declaration import Kind
from tui_trader.engine.learning.models.table import chosen_kinds
from tui_trader.engine.learning.money import Payoff, fit_payoff
from tui_trader.engine.learning.plan import Plan
from tui_trader.engine.learning.validation import Forecasts, forecast_forward, planned_splits
from tui_trader.engine.rules.model import TradeRules

REFERENCE_ROWS = 1_000
BARRIER_FIELDS = frozenset(BarrierFacts.__struct_fields__) - {"fee_ratio"}
SHUFFLED_BY = 2
"""Labels are turned round by half their number: each keeps its neighbours and loses its features."""
Progress = Callable[[int, int, str], None]
"""Told fits done, fits in all, and what was done; it may raise to stop the work."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingRequest:
    """What to train.

    Args:
        models: Names, as the registry has them.
        features: Names; all of them where none is named.
        rules: The trade that the confidence is about: stop, take profit, horizon, slippage.
        fee_ratio: Of each order.
        plan: How.
        variants_before: Models and settings that were tried for this pair before.
        source: Where the candles came from, in words.
    """

    models: tuple[str, ...]
    features: tuple[str, ...]
    rules: TradeRules
    fee_ratio: float
    plan: Plan
    variants_before: int = 0
    source: str = ""


@dataclass(frozen=True, eq=False, slots=True)
class Trained:
    """What a training came to."""

    dataset: Dataset
    forecasts: Forecasts
    scores: dict[str, Assessment]
    shuffled: tuple[float | None, float | None]
    ensemble: Ensemble
    payoff: Payoff
    base_rate: float
    variants: int
    forward: dict[str, FloatArray]


def train(candles: Candles, request: TrainingRequest, *, progress: Progress) -> Trained:
    """Walk forward over the past, judge, and fit to the newest candles.

    Raises:
        ConfigError: a name is unknown, or there are too few candles.
    """
    kinds = chosen_kinds(request.models)
    features = chosen_features(request.features)
    plan = request.plan
    dataset = build_dataset(candles, features, rules=request.rules, fee_ratio=request.fee_ratio)
    counter = _Counter(progress, _fits(dataset, kinds, plan))
    costs: list[FloatArray] = []
    forecasts = forecast_forward(
        dataset,
        kinds,
        plan,
        tick=counter.tick,
        judge=lambda ensemble, tested: costs.append(
            shuffled_costs(ensemble, tested.rows, tested.happened, plan=plan)
        ),
    )
    variants = request.variants_before + (len(kinds) + 1) * max(plan.tuning_trials, 1)
    scores = assess(forecasts, candles.close, plan, variants=variants)
    shuffled = shuffled_scores(dataset, kinds[0], plan, counter=counter)
    newest = dataset.at(np.arange(max(len(dataset) - plan.train_max, 0), len(dataset)))
    base_rate = float(dataset.happened.mean())
    ensemble = fit_ensemble(newest, kinds, plan, base_rate=base_rate, tick=counter.tick)
    return Trained(
        dataset=dataset,
        forecasts=forecasts,
        scores=scores,
        shuffled=shuffled,
        ensemble=ensemble,
        payoff=fit_payoff(newest),
        base_rate=base_rate,
        variants=variants,
        forward=columns_of(forecasts, candles, np.mean(costs, axis=0)),
    )


def shuffled_scores(
    dataset: Dataset, kind: Kind, plan: Plan, *, counter: "_Counter"
) -> tuple[float | None, float | None]:
    """Log-loss and AUC of one model whose labels belong to other candles: what nothing looks like."""
    by = len(dataset) // SHUFFLED_BY
    turned = replace(dataset, happened=np.roll(dataset.happened, by))
    forecasts = forecast_forward(turned, [kind], plan, tick=counter.tick)
    vote, happened = forecasts.votes[ENSEMBLE], forecasts.dataset.happened
    return log_loss(vote, happened), auc(vote, happened)


def manifest_of(
    trained: Trained, candles: Candles, request: TrainingRequest, *, created_ms: int
) -> Manifest:
    """What the store writes beside it; it fills in version, digests and seal."""
    payoff = trained.payoff
    return Manifest(
        pair="",
        interval=candles.interval.value,
        version=0,
        created_ms=created_ms,
        candles=CandleFacts(
            source=request.source,
            count=len(candles),
            first_ms=int(candles.open_time_ms[0]),
            last_ms=int(candles.open_time_ms[-1]),
            sha256=candles_digest(candles),
        ),
        features=trained.dataset.names,
        barrier=barrier_facts(request.rules, request.fee_ratio),
        plan=request.plan,
        variants=trained.variants,
        members=tuple(
            MemberFacts(
                name=member.name,
                columns=tuple(int(place) for place in member.columns),
                calibration=_three(member.calibration),
                weight=member.weight,
            )
            for member in trained.ensemble.members
        ),
        calibration=_three(trained.ensemble.calibration),
        payoff=(payoff.hit, payoff.miss),
        base_rate=trained.base_rate,
        scores=trained.scores,
        unresolved=trained.dataset.unresolved,
        shuffled=trained.shuffled,
        libraries=libraries(),
        model_sha256="0" * 64,
        model_bytes=0,
    )


def barrier_facts(rules: TradeRules, fee_ratio: float) -> BarrierFacts:
    """What of the rules decides a label."""
    named = {name: value for name, value in rules._asdict().items() if name in BARRIER_FIELDS}
    return BarrierFacts(**named, fee_ratio=fee_ratio)


def contents_of(trained: Trained) -> Contents:
    """What the model file holds."""
    rows = trained.dataset.rows
    step = max(1, len(rows) // REFERENCE_ROWS)
    fitted = {member.name: member.fitted for member in trained.ensemble.members}
    reference = np.ascontiguousarray(rows[::step][:REFERENCE_ROWS])
    return Contents(fitted, reference, trained.forward)


def candles_digest(candles: Candles) -> str:
    """SHA-256 of times and columns."""
    digest = hashlib.sha256(candles.open_time_ms.tobytes())
    for name in COLUMNS:
        digest.update(candles.column(name).tobytes())
    return digest.hexdigest()


def _three(calibration: Calibration) -> tuple[float, float, float]:
    return (calibration.centre, calibration.slope, calibration.intercept)


class _Counter:
    """Fits done of those planned."""

    def __init__(self, progress: Progress, planned: int) -> None:
        self._progress = progress
        self._planned = planned
        self._done = 0

    def tick(self, words: str) -> None:
        """One step more."""
        self._done += 1
        self._progress(min(self._done, self._planned), self._planned, words)


def _fits(dataset: Dataset, kinds: tuple[Kind, ...], plan: Plan) -> int:
    folds = len(planned_splits(dataset, plan))
    of_one = plan.folds + 1
    return folds * (of_one * len(kinds) + 1) + folds * (of_one + 1) + of_one * len(kinds)
