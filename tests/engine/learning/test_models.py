"""Every model of the registry: it learns, it is served exactly, and it is the same again."""

import numpy as np
import pytest

from tui_trader.engine.analysis.statistics.forecasts import auc
from tui_trader.engine.learning.models.declaration import LOGIT_MAX, Sample, defaults, sigmoid
from tui_trader.engine.learning.models.table import chosen_kinds, kind_named
from tui_trader.engine.registry import MODELS
from tui_trader.engine.values.errors import ConfigError

CHANCE = np.random.default_rng(3)
ROWS = CHANCE.normal(size=(1_500, 12))
HAPPENED = (CHANCE.random(1_500) < sigmoid(ROWS[:, 0] - 0.4)).astype(float)
SAMPLE = Sample(ROWS, HAPPENED, CHANCE.uniform(0.05, 0.3, 1_500))
KINDS = [pytest.param(kind_named(name), id=name) for name in MODELS]


def small(kind) -> dict[str, float]:
    return defaults(kind) | ({"trees": 20} if "trees" in defaults(kind) else {})


def by_its_library(kind, fitted) -> np.ndarray:
    if kind.name == "lightgbm":
        return pytest.importorskip("lightgbm").Booster(model_str=fitted).predict(ROWS)
    return fitted.predict_proba(ROWS)[:, 1]


@pytest.mark.parametrize("kind", KINDS)
def test_served_probabilities_are_those_of_the_library(kind):
    fitted = kind.fitted(SAMPLE, small(kind), seed=1)
    mine = kind.served(fitted).probabilities(ROWS)
    assert np.abs(mine - by_its_library(kind, fitted)).max() <= 1e-12


@pytest.mark.parametrize("kind", KINDS)
def test_one_row_is_served_as_all_are(kind):
    served = kind.served(kind.fitted(SAMPLE, small(kind), seed=1))
    alone = [served.probabilities(ROWS[row : row + 1])[0] for row in range(20)]
    assert alone == pytest.approx(served.probabilities(ROWS)[:20], abs=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_it_learns_and_the_same_seed_learns_the_same(kind):
    first, second = (
        kind.served(kind.fitted(SAMPLE, small(kind), seed=5)).logits(ROWS) for _ in range(2)
    )
    assert np.array_equal(first, second)
    assert auc(sigmoid(first), HAPPENED) > 0.7
    assert np.abs(first).max() <= LOGIT_MAX


@pytest.mark.parametrize("kind", KINDS)
def test_its_settings_lie_within_where_a_search_looks(kind):
    assert kind.says.endswith((".", "'."))
    for knob in kind.knobs:
        assert knob.low <= knob.default <= knob.high
        assert knob.low > 0 or not knob.is_logarithmic


def test_a_forest_that_saw_no_hit_promises_nothing():
    kind = kind_named("random_forest")
    never = SAMPLE._replace(happened=np.zeros(1_500))
    assert (kind.served(kind.fitted(never, small(kind), seed=1)).probabilities(ROWS) == 0).all()


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["bosting"], "did you mean `boosting`"),
        (["boosting", "boosting"], "named twice"),
        ([], "name at least one model"),
    ],
)
def test_a_wrong_choice_of_models_is_refused(names, said):
    with pytest.raises(ConfigError, match=said):
        chosen_kinds(names)
