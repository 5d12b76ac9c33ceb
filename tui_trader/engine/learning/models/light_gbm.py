"""LightGBM: boosting of another make, if it is installed."""

from typing import Any, cast

import numpy as np

from tui_trader.engine.kernels.trees import LEAF, FlatTrees
from tui_trader.engine.learning.models.declaration import (
    Knob,
    Knobs,
    Sample,
    Served,
    ServedTrees,
)
from tui_trader.engine.values.errors import ConfigError

Node = dict[str, object]


class LightGbm:
    """Small trees, each for what the ones before got wrong; grown leaf by leaf."""

    name = "lightgbm"
    title = "LightGBM"
    says = "Boosting grown leaf by leaf; an extra: pip install 'tui-trader[lightgbm]'."
    knobs = (
        Knob("trees", 80, 20, 300),
        Knob("pace", 0.05, 0.01, 0.2, is_whole=False, is_logarithmic=True),
        Knob("leaves", 8, 3, 31),
        Knob("leaf_labels", 60, 10, 400, is_logarithmic=True),
        Knob("features_part", 0.3, 0.1, 1.0, is_whole=False),
    )

    def fitted(self, sample: Sample, knobs: Knobs, *, seed: int) -> object:
        """The model in LightGBM's own text: what is stored then is text, not an object."""
        library = _library()
        rows = library.Dataset(
            sample.rows,
            label=sample.happened,
            weight=sample.weights / sample.weights.mean(),
            free_raw_data=True,
        )
        chosen = {
            "objective": "binary",
            "learning_rate": float(knobs["pace"]),
            "num_leaves": int(knobs["leaves"]),
            "min_data_in_leaf": int(knobs["leaf_labels"]),
            "feature_fraction": float(knobs["features_part"]),
            "lambda_l2": 1.0,
            "num_threads": 1,
            "seed": seed,
            "deterministic": True,
            "force_row_wise": True,
            "verbosity": -1,
        }
        booster = library.train(chosen, rows, num_boost_round=int(knobs["trees"]))
        return str(booster.model_to_string())

    def served(self, fitted: object) -> Served:
        """Its trees; leaves add up to log odds."""
        booster = _library().Booster(model_str=cast("str", fitted))
        roots: list[int] = []
        nodes: list[tuple[int, float, int, int, float]] = []
        for tree in booster.dump_model()["tree_info"]:
            roots.append(len(nodes))
            _flatten(tree["tree_structure"], nodes)
        columns = list(zip(*nodes, strict=True))
        return ServedTrees(
            FlatTrees(
                roots=np.array(roots, dtype=np.int32),
                feature=np.array(columns[0], dtype=np.int32),
                threshold=np.array(columns[1], dtype=np.float64),
                left=np.array(columns[2], dtype=np.int32),
                right=np.array(columns[3], dtype=np.int32),
                value=np.array(columns[4], dtype=np.float64),
            )
        )


def _flatten(node: Node, nodes: list[tuple[int, float, int, int, float]]) -> int:
    """Append a node and what hangs below it; its place."""
    place = len(nodes)
    if "split_feature" not in node:
        nodes.append((LEAF, 0.0, LEAF, LEAF, float(cast("float", node["leaf_value"]))))
        return place
    assert node["decision_type"] == "<=", "features are numbers"
    nodes.append((LEAF, 0.0, LEAF, LEAF, 0.0))
    left = _flatten(cast("Node", node["left_child"]), nodes)
    right = _flatten(cast("Node", node["right_child"]), nodes)
    asked, threshold = cast("int", node["split_feature"]), cast("float", node["threshold"])
    nodes[place] = (asked, float(threshold), left, right, 0.0)
    return place


def _library() -> Any:  # noqa: ANN401 — it ships no types
    # An extra: it is imported when somebody asks for this model.
    try:
        import lightgbm
    except (ImportError, OSError) as fault:
        message = (
            "the model `lightgbm` needs the extra of that name: pip install 'tui-trader[lightgbm]' "
            f"({fault})"
        )
        raise ConfigError(message, key="learning.models") from fault
    return lightgbm


LIGHTGBM = LightGbm()
