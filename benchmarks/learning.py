"""How long learning takes: fits beside bare scikit-learn, and a forecast from candle close to signal.

    OMP_NUM_THREADS=1 .venv/bin/python benchmarks/learning.py [--json] [--samples N]

Figures of one run on made data: each model on N x 60 features beside the same estimator of its library
with its library's own prediction of one row; the walk over flat trees; and, for 20 pairs, the newest row
of features and the vote of three models. Fits are counted in CPU time, because other work on the machine
stretches the wall; forecasts by the wall.
"""

import argparse
import json
import resource
import sys
import time
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import numpy as np

from tests.engine.learning.made_markets import RULES, garch
from tui_trader.engine.analysis.features.table import (
    chosen_features,
    feature_matrix,
    history_bars,
    newest_row,
)
from tui_trader.engine.learning.calibration import Calibration
from tui_trader.engine.learning.dataset import build_dataset
from tui_trader.engine.learning.ensemble import Ensemble, Member
from tui_trader.engine.learning.models.declaration import Sample, defaults, sigmoid
from tui_trader.engine.learning.models.table import kind_named
from tui_trader.engine.learning.threads import one_thread

FEATURES = 60
PAIRS = 20
ROUNDS = 60
ROWS = 200
MODELS = ("logistic", "random_forest", "boosting", "lightgbm")
VOTERS = MODELS[:3]
FLAT = Calibration(0.0, 1.0, 0.0)


def made_sample(count: int) -> Sample:
    chance = np.random.default_rng(0)
    rows = chance.normal(size=(count, FEATURES))
    happened = (chance.random(count) < sigmoid(0.5 * rows[:, 0] - 0.8)).astype(float)
    return Sample(rows, happened, chance.uniform(0.05, 0.15, count))


@one_thread
def fitted(name: str, sample: Sample):
    kind = kind_named(name)
    begin = time.process_time()
    model = kind.fitted(sample, defaults(kind), seed=1)
    return kind.served(model), model, time.process_time() - begin


@one_thread
def of_models(sample: Sample) -> tuple[dict, dict]:
    told, served = {}, {}
    for name in MODELS:
        served[name], model, seconds = fitted(name, sample)
        served[name].probabilities(sample.rows[:1])
        told[name] = {
            "fit_cpu_s": round(seconds, 2),
            "one_row_us": round(
                1e6 * median(partial(served[name].probabilities, sample.rows[:1])), 1
            ),
        }
        if hasattr(model, "predict_proba"):
            told[name]["library_one_row_us"] = round(
                1e6 * median(partial(model.predict_proba, sample.rows[:1]), 20), 1
            )
            apart = np.abs(
                model.predict_proba(sample.rows[:ROWS])[:, 1]
                - served[name].probabilities(sample.rows[:ROWS])
            )
            told[name]["largest_difference"] = float(apart.max())
    return told, served


def median(call, rounds: int = ROWS) -> float:
    taken = []
    for _ in range(rounds):
        begin = time.perf_counter()
        call()
        taken.append(time.perf_counter() - begin)
    return float(np.median(taken))


@one_thread
def of_forecasts(served: dict) -> dict:
    features = chosen_features(())
    need = history_bars(features)
    pairs = [garch(need, seed=seed) for seed in range(PAIRS)]
    every = np.arange(FEATURES)
    members = tuple(Member(name, None, served[name], every, FLAT, 1 / 3) for name in VOTERS)
    ensemble = Ensemble(members, FLAT)
    rounds, feature_ms, tree_ms = [], [], []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        rows = [newest_row(candles, features) for candles in pairs]
        between = time.perf_counter()
        for row in rows:
            ensemble.votes(row[None])
        end = time.perf_counter()
        rounds.append(1e3 * (end - begin))
        feature_ms.append(1e3 * (between - begin))
        tree_ms.append(1e3 * (end - between))
    return {
        "pairs": PAIRS,
        "history_bars": need,
        "p50_ms": round(float(np.percentile(rounds, 50)), 1),
        "p99_ms": round(float(np.percentile(rounds, 99)), 1),
        "features_p50_ms": round(float(np.percentile(feature_ms, 50)), 1),
        "votes_p50_ms": round(float(np.percentile(tree_ms, 50)), 2),
    }


def of_matrices(count: int) -> dict:
    candles, features = garch(count, seed=1), chosen_features(())
    begin = time.process_time()
    feature_matrix(candles, features)
    between = time.process_time()
    build_dataset(candles[:2_000], features, rules=RULES, fee_ratio=0.001)
    compiled = time.process_time()
    build_dataset(candles, features, rules=RULES, fee_ratio=0.001)
    return {
        "features_cpu_s": round(between - begin, 2),
        "compiling_cpu_s": round(compiled - between, 2),
        "features_and_labels_cpu_s": round(time.process_time() - compiled, 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--samples", type=int, default=50_000)
    args = parser.parse_args()
    models, served = of_models(made_sample(args.samples))
    told = {
        "samples": args.samples,
        "models": models,
        "forecast": of_forecasts(served),
        "candles": of_matrices(args.samples),
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    if args.json:
        print(json.dumps(told))
        return
    for name, row in models.items():
        print(name, row)
    for part in ("forecast", "candles", "memory_mb"):
        print(part, told[part])


if __name__ == "__main__":
    main()
