"""A forest of decision trees, each grown on a part of the past."""

from typing import cast

import numpy as np
from sklearn.ensemble import RandomForestClassifier

from tui_trader.engine.kernels.trees import LEAF, FlatTrees
from tui_trader.engine.learning.models.declaration import (
    Knob,
    Knobs,
    Sample,
    Served,
    ServedTrees,
)

DRAWN_MIN = 100


class Forest:
    """Many trees that disagree, and their mean."""

    name = "random_forest"
    title = "Random forest"
    says = "Many trees, each grown on a part of the past and some of the features; their mean."
    knobs = (
        Knob("trees", 150, 50, 400),
        Knob("depth", 7, 3, 12),
        Knob("leaf_labels", 25, 5, 200, is_logarithmic=True),
        Knob("part", 1.0, 0.3, 3.0, is_whole=False),
    )

    def fitted(self, sample: Sample, knobs: Knobs, *, seed: int) -> object:
        """A forest of scikit-learn."""
        # As many labels a tree as there are outcomes of their own: overlapping ones repeat each other.
        own = knobs["part"] * float(sample.weights.sum())
        model = RandomForestClassifier(
            n_estimators=int(knobs["trees"]),
            max_depth=int(knobs["depth"]),
            min_samples_leaf=int(knobs["leaf_labels"]),
            max_samples=int(np.clip(own, min(DRAWN_MIN, len(sample.rows)), len(sample.rows))),
            n_jobs=1,
            random_state=seed,
        )
        model.fit(sample.rows, sample.happened, sample_weight=sample.weights)
        return model

    def served(self, fitted: object) -> Served:
        """Its trees; a leaf holds the share that happened."""
        model = cast("RandomForestClassifier", fitted)
        # A forest that only ever saw one outcome has one class, and is sure of it.
        hit = list(model.classes_).index(1.0) if 1.0 in model.classes_ else None
        parts = [tree.tree_ for tree in model.estimators_]
        starts = np.cumsum([0, *(part.node_count for part in parts[:-1])])

        def joined(name: str) -> np.ndarray[tuple[int, ...], np.dtype[np.generic]]:
            return np.concatenate([getattr(part, name) for part in parts])

        def children(name: str) -> np.ndarray[tuple[int, ...], np.dtype[np.int32]]:
            return np.concatenate(
                [getattr(part, name) + start for part, start in zip(parts, starts, strict=True)]
            ).astype(np.int32)

        shares = np.concatenate([part.value[:, 0, :] for part in parts])
        shares = shares / shares.sum(axis=1, keepdims=True)
        is_leaf = joined("children_left") == LEAF
        return ServedTrees(
            FlatTrees(
                roots=starts.astype(np.int32),
                feature=np.where(is_leaf, LEAF, joined("feature")).astype(np.int32),
                threshold=joined("threshold").astype(np.float64),
                left=children("children_left"),
                right=children("children_right"),
                value=np.zeros(len(shares))
                if hit is None
                else np.ascontiguousarray(shares[:, hit]),
            ),
            is_mean=True,
            is_single=True,
        )


FOREST = Forest()
