"""Choice of features and of model settings, made inside what a training may see.

Law: nothing here meets a sample that the result is judged on. The samples given are cut in time, with
a purge between; the first part is learned from, the second decides.
"""

import numpy as np

from tui_trader.engine.analysis.candles import FloatArray
from tui_trader.engine.analysis.splits import LabelSpans, Rows, walk_forward
from tui_trader.engine.analysis.statistics.forecasts import log_loss
from tui_trader.engine.learning.models.declaration import (
    Kind,
    Knobs,
    Sample,
    Served,
    defaults,
    sigmoid,
)
from tui_trader.engine.learning.models.table import kind_named
from tui_trader.engine.learning.plan import Plan

LEARN_SHARE = 0.7
COLUMNS_MIN = 8
SHUFFLES = 2
JUDGE = "boosting"


def choose_columns(sample: Sample, spans: LabelSpans, plan: Plan) -> Rows:
    """Places of the features whose shuffling costs log-loss; all of them unless the plan selects."""
    every = np.arange(sample.rows.shape[1])
    if not plan.is_selecting:
        return every
    past, later = _cut(sample, spans, plan)
    kind = kind_named(JUDGE)
    served = kind.served(kind.fitted(past, defaults(kind), seed=plan.seed))
    importance = permutation_importance(served, later, np.random.default_rng(plan.seed))
    # The weakest are kept only where too few are left: nothing is worse than looking at nothing.
    order = np.argsort(-importance, kind="stable")
    count = max(int((importance > 0).sum()), min(COLUMNS_MIN, len(every)))
    return np.sort(order[:count])


def permutation_importance(
    served: Served, sample: Sample, chance: np.random.Generator
) -> FloatArray:
    """Log-loss that shuffling each feature costs, shape (F,); at or below 0 it tells nothing."""
    plain = _loss(served, sample)
    costs = np.zeros(sample.rows.shape[1])
    for column in range(len(costs)):
        for _ in range(SHUFFLES):
            rows = sample.rows.copy()
            rows[:, column] = chance.permutation(rows[:, column])
            costs[column] += _loss(served, sample._replace(rows=rows)) - plain
    return costs / SHUFFLES


def choose_knobs(kind: Kind, sample: Sample, spans: LabelSpans, *, plan: Plan) -> Knobs:
    """The settings of least log-loss among a bounded number of tries, the defaults among them."""
    if plan.tuning_trials == 0:
        return defaults(kind)
    # Imported where it is asked for: it brings a database library that nobody else needs.
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    past, later = _cut(sample, spans, plan)

    def loss(trial: optuna.Trial) -> float:
        knobs = {
            knob.name: trial.suggest_int(
                knob.name, int(knob.low), int(knob.high), log=knob.is_logarithmic
            )
            if knob.is_whole
            else trial.suggest_float(knob.name, knob.low, knob.high, log=knob.is_logarithmic)
            for knob in kind.knobs
        }
        return _loss(kind.served(kind.fitted(past, knobs, seed=plan.seed)), later)

    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=plan.seed))
    study.enqueue_trial(defaults(kind))
    study.optimize(loss, n_trials=plan.tuning_trials)
    return dict(study.best_params)


def _cut(sample: Sample, spans: LabelSpans, plan: Plan) -> tuple[Sample, Sample]:
    """The samples before a moment, and those after it, with a purge between."""
    count = max(int(len(spans) * LEARN_SHARE), 1)
    split = walk_forward(spans, train_min=count, test_size=len(spans), embargo=plan.embargo_bars)[0]
    return sample.at(split.train), sample.at(split.test)


def _loss(served: Served, sample: Sample) -> float:
    loss = log_loss(sigmoid(served.logits(sample.rows)), sample.happened, sample.weights)
    assert loss is not None, "a part without samples cannot judge"
    return loss
