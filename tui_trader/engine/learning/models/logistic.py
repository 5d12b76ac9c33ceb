"""Logistic regression over standardised features."""

from typing import cast

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from tui_trader.engine.learning.models.declaration import (
    Knob,
    Knobs,
    Sample,
    Served,
    ServedLine,
)

ROUNDS_MAX = 500


class Logistic:
    """The plainest model: each feature pulls one way, by a fixed weight."""

    name = "logistic"
    title = "Logistic regression"
    says = "Each feature pulls one way, by a fixed weight; what it says can be added up by hand."
    knobs = (Knob("strength", 0.02, 1e-4, 10.0, is_whole=False, is_logarithmic=True),)

    def fitted(self, sample: Sample, knobs: Knobs, *, seed: int) -> object:
        """A pipeline of scaler and regression."""
        model = make_pipeline(
            StandardScaler(),
            LogisticRegression(
                C=knobs["strength"],
                # Exact in a few steps where features are correlated; the usual one took 50.
                solver="newton-cholesky",
                max_iter=ROUNDS_MAX,
                random_state=seed,
            ),
        )
        weights = sample.weights / sample.weights.mean()
        model.fit(
            sample.rows,
            sample.happened,
            logisticregression__sample_weight=weights,
            standardscaler__sample_weight=weights,
        )
        return model

    def served(self, fitted: object) -> Served:
        """Scaler and weights folded into one weighted sum."""
        model = cast("Pipeline", fitted)
        scaler, line = model[0], model[-1]
        weights = np.asarray(line.coef_[0] / scaler.scale_, dtype=np.float64)
        return ServedLine(weights, float(line.intercept_[0] - weights @ scaler.mean_))


LOGISTIC = Logistic()
