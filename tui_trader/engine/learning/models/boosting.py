"""Trees that correct one another, over features sorted into bins."""

from typing import cast

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from tui_trader.engine.kernels.trees import LEAF, FlatTrees
from tui_trader.engine.learning.models.declaration import (
    Knob,
    Knobs,
    Sample,
    Served,
    ServedTrees,
)

BINS = 32
"""Of each feature. Its library sorts a feature anew for each weighted bin: 255 of them took 20 times as
long as the trees, and found nothing more in noisy labels."""


class Boosting:
    """Small trees, each for what the ones before got wrong."""

    name = "boosting"
    title = "Histogram gradient boosting"
    says = "Small trees one after the other, each for what those before it got wrong."
    knobs = (
        Knob("trees", 80, 20, 300),
        Knob("pace", 0.05, 0.01, 0.2, is_whole=False, is_logarithmic=True),
        Knob("leaves", 8, 3, 31),
        Knob("leaf_labels", 60, 10, 400, is_logarithmic=True),
        Knob("features_part", 0.3, 0.1, 1.0, is_whole=False),
    )

    def fitted(self, sample: Sample, knobs: Knobs, *, seed: int) -> object:
        """A boosting of scikit-learn, without its early stopping: that splits by chance."""
        model = HistGradientBoostingClassifier(
            max_iter=int(knobs["trees"]),
            learning_rate=float(knobs["pace"]),
            max_leaf_nodes=int(knobs["leaves"]),
            min_samples_leaf=int(knobs["leaf_labels"]),
            max_features=float(knobs["features_part"]),
            max_bins=BINS,
            l2_regularization=1.0,
            early_stopping=False,
            random_state=seed,
        )
        model.fit(
            sample.rows,
            sample.happened,
            sample_weight=sample.weights / sample.weights.mean(),
        )
        return model

    def served(self, fitted: object) -> Served:
        """Its trees; leaves add up to log odds."""
        model = cast("HistGradientBoostingClassifier", fitted)
        # scikit-learn has no public door to the trees of this model.
        parts = [part[0].nodes for part in model._predictors]  # noqa: SLF001
        base = float(np.ravel(model._baseline_prediction)[0])  # noqa: SLF001
        starts = np.cumsum([0, *(len(part) for part in parts[:-1])])
        nodes = np.concatenate(parts)
        shift = np.repeat(starts, [len(part) for part in parts])
        assert not nodes["is_categorical"].any(), "features are numbers"
        return ServedTrees(
            FlatTrees(
                roots=starts.astype(np.int32),
                feature=np.where(nodes["is_leaf"], LEAF, nodes["feature_idx"]).astype(np.int32),
                threshold=nodes["num_threshold"].astype(np.float64),
                left=(nodes["left"] + shift).astype(np.int32),
                right=(nodes["right"] + shift).astype(np.int32),
                value=np.where(nodes["is_leaf"], nodes["value"], 0.0),
            ),
            base=base,
        )


BOOSTING = Boosting()
