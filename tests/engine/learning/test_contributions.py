"""Why: what features pushed adds up to what was said, whatever the model."""

import numpy as np
import pytest

from tests.engine.learning.made_training import made
from tui_trader.engine.learning.calibration import Calibration
from tui_trader.engine.learning.contributions import explain, usual_of
from tui_trader.engine.learning.ensemble import ENSEMBLE, Ensemble, Member
from tui_trader.engine.learning.models.declaration import Sample, defaults, sigmoid
from tui_trader.engine.learning.models.table import kind_named

CHANCE = np.random.default_rng(7)
ROWS = CHANCE.normal(size=(600, 5))
HAPPENED = (CHANCE.random(600) < sigmoid(1.2 * ROWS[:, 0] - 0.6 * ROWS[:, 2])).astype(float)
SAMPLE = Sample(ROWS, HAPPENED, np.full(600, 0.5))


def of(*names, slope=0.8):
    every = np.arange(5)
    members = []
    for name in names:
        kind = kind_named(name)
        fitted = kind.fitted(SAMPLE, defaults(kind) | {"trees": 30}, seed=1)
        calibration = Calibration(0.1, slope, -0.2)
        members.append(
            Member(name, fitted, kind.served(fitted), every, calibration, 1 / len(names))
        )
    return Ensemble(tuple(members), Calibration(0.05, 1.1, -0.4))


def log_odds(ensemble, row):
    confidence = ensemble.votes(row[None])[ENSEMBLE][0]
    return float(np.log(confidence / (1 - confidence)))


@pytest.mark.parametrize(
    "names",
    [
        ("logistic",),
        ("random_forest",),
        ("boosting",),
        ("lightgbm",),
        ("logistic", "random_forest", "boosting"),
    ],
)
def test_pushes_and_base_add_up_to_what_was_said(names):
    ensemble = of(*names)
    usual = usual_of(ensemble, ROWS[:200])
    for row in ROWS[200:260]:
        assert explain(ensemble, usual, row).log_odds == pytest.approx(
            log_odds(ensemble, row), abs=1e-9
        )


def test_a_push_of_the_logistic_model_is_its_weight_times_the_distance():
    ensemble = of("logistic")
    (member,), usual = ensemble.members, usual_of(ensemble, ROWS)
    row = ROWS[3]
    wanted = 1.1 * 0.8 * member.served.weights * (row - ROWS.mean(axis=0))
    assert explain(ensemble, usual, row).pushes == pytest.approx(wanted, abs=1e-12)


def test_a_feature_that_no_model_looks_at_pushes_nothing():
    ensemble = of("boosting")
    (member,) = ensemble.members
    kind = kind_named("boosting")
    seen = SAMPLE._replace(rows=np.ascontiguousarray(ROWS[:, [0, 2]]))
    fitted = kind.fitted(seen, defaults(kind), seed=1)
    narrow = member._replace(fitted=fitted, served=kind.served(fitted), columns=np.array([0, 2]))
    ensemble = ensemble._replace(members=(narrow,))
    told = explain(ensemble, usual_of(ensemble, ROWS), ROWS[5])
    assert list(np.flatnonzero(told.pushes == 0)) == [1, 3, 4]
    assert told.log_odds == pytest.approx(log_odds(ensemble, ROWS[5]), abs=1e-9)


@pytest.mark.parametrize("name", ["logistic", "random_forest", "boosting"])
def test_the_feature_that_decides_is_the_one_that_pushes_most(name):
    ensemble = of(name)
    usual = usual_of(ensemble, ROWS)
    high = explain(ensemble, usual, np.array([2.0, 0, 0, 0, 0]))
    low = explain(ensemble, usual, np.array([-2.0, 0, 0, 0, 0]))
    assert int(np.abs(high.pushes).argmax()) == 0
    assert high.pushes[0] > 0 > low.pushes[0]


def test_a_score_that_is_read_no_surer_still_adds_up():
    ensemble = of("logistic")
    row = np.array([400.0, 0, 0, 0, 0])
    told = explain(ensemble, usual_of(ensemble, ROWS), row)
    assert told.log_odds == pytest.approx(log_odds(ensemble, row), abs=1e-9)


def test_a_stored_ensemble_is_explained_on_every_kind_of_row():
    trained, contents = made().trained, made().contents
    usual = usual_of(trained.ensemble, contents.reference)
    for row in trained.dataset.rows[::97]:
        told = explain(trained.ensemble, usual, row)
        assert told.log_odds == pytest.approx(log_odds(trained.ensemble, row), abs=1e-9)
