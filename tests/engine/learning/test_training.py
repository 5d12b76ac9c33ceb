"""A whole training: told step by step, repeatable, stopped at will, and honest about what is left out."""

import ast
from pathlib import Path

import numpy as np
import pytest

import tui_trader.engine.learning
from tests.engine.learning.made_training import REQUEST, made
from tui_trader.engine.learning.training import train
from tui_trader.engine.learning.validation import known_rate
from tui_trader.engine.values.errors import ConfigError


def test_it_tells_how_far_it_is_and_ends_at_the_end():
    steps = made().steps
    done, planned = [step[0] for step in steps], {step[1] for step in steps}
    assert done == list(range(1, len(steps) + 1))
    assert planned == {len(steps)}


def test_the_same_candles_train_the_same_model():
    again = train(made().candles, REQUEST, progress=lambda *_: None)
    first = made().trained
    assert again.scores == first.scores
    assert np.array_equal(
        again.ensemble.probability(first.dataset.rows),
        first.ensemble.probability(first.dataset.rows),
    )


def test_whoever_listens_may_stop_it():
    class Enough(Exception):
        pass

    def stop(done, _planned, _words):
        if done == 3:
            raise Enough

    with pytest.raises(Enough):
        train(made().candles, REQUEST, progress=stop)


def test_what_is_left_out_is_counted():
    dataset = made().trained.dataset
    assert dataset.unresolved > 0
    assert dataset.warming_up >= 96
    assert len(dataset) + dataset.unresolved + dataset.warming_up == len(made().candles)


def test_every_forecast_used_only_what_was_known():
    forecasts = made().trained.forecasts
    dataset = made().trained.dataset
    for fold in range(forecasts.folds):
        rows = np.flatnonzero(forecasts.fold == fold)
        begins = int(forecasts.dataset.candle[rows[0]])
        assert forecasts.base_rate[rows[0]] == known_rate(dataset, begins, REQUEST.plan)
        known = dataset.happened[dataset.end + REQUEST.plan.embargo_bars < begins]
        assert forecasts.base_rate[rows[0]] == pytest.approx(known.mean())


def test_a_later_outcome_changes_no_earlier_forecast():
    candles = made().candles
    fewer = train(candles[:1_500], REQUEST, progress=lambda *_: None).forecasts
    whole = made().trained.forecasts
    # By candle: at its end the shorter past leaves some trades open that the longer one knows.
    at = np.searchsorted(whole.dataset.candle, fewer.dataset.candle)
    assert np.array_equal(whole.dataset.candle[at], fewer.dataset.candle)
    for name in fewer.votes:
        assert np.array_equal(fewer.votes[name], whole.votes[name][at]), name


def test_weights_of_the_vote_add_up_to_one():
    assert made().trained.forecasts.weights.sum(axis=1) == pytest.approx(
        np.ones(made().trained.forecasts.folds)
    )


def test_too_few_candles_are_refused_with_what_to_do():
    with pytest.raises(ConfigError, match="give more candles or lower train_min"):
        train(made().candles[:600], REQUEST, progress=lambda *_: None)
    with pytest.raises(ConfigError, match="give more candles"):
        train(made().candles[:50], REQUEST, progress=lambda *_: None)


def test_no_module_of_learning_can_read_a_pickle():
    folder = Path(tui_trader.engine.learning.__file__).parent
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            roots = {name.split(".")[0] for name in names}
            assert not roots & {"pickle", "joblib", "cloudpickle", "dill", "shelve"}, path.name
