"""How long learning takes: fits beside bare scikit-learn, and a forecast from candle close to signal.

    OMP_NUM_THREADS=1 .venv/bin/python benchmarks/learning.py [--json] [--samples N] [--online]

Figures of one run on made data: each model on N x 60 features beside the same estimator of its library
with its library's own prediction of one row; the walk over flat trees; and, for 20 pairs, the newest row
of features and the vote of three models. Fits are counted in CPU time, because other work on the machine
stretches the wall; forecasts by the wall.
"""

import argparse
import asyncio
import json
import resource
import sys
import time
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

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
from tui_trader.engine.learning.model_store import Key, ModelStore
from tui_trader.engine.learning.models.declaration import Sample, defaults, sigmoid
from tui_trader.engine.learning.models.table import kind_named
from tui_trader.engine.learning.plan import Plan
from tui_trader.engine.learning.threads import one_thread
from tui_trader.engine.learning.training import (
    TrainingRequest,
    contents_of,
    manifest_of,
    train,
)
from tui_trader.engine.learning.worker_process import WorkerProcess, first_frame
from tui_trader.engine.messages.forecasts import (
    Forecast,
    Forecasted,
    ListModels,
    ModelsListed,
    Study,
)
from tui_trader.engine.values.candles import Candle, Interval
from tui_trader.engine.values.instruments import Symbol

FEATURES = 60
PAIRS = 20
ROUNDS = 60
HISTORY = 719
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


class Room:
    """Twenty pairs whose models lie in a folder, and the process that holds them."""

    def __init__(self, root: Path) -> None:
        candles = garch(4_000, seed=4)
        request = TrainingRequest(
            models=VOTERS,
            features=(),
            rules=RULES,
            fee_ratio=0.004,
            plan=Plan(train_min=2_000, test_size=1_000),
        )
        trained = train(candles, request, progress=lambda *_: None)
        manifest = manifest_of(trained, candles, request, created_ms=1)
        store = ModelStore(root)
        self.symbols = [Symbol(f"P{number}/USD") for number in range(PAIRS)]
        for symbol in self.symbols:
            store.save(Key(symbol, Interval.H1), manifest, contents_of(trained))
        self.rows = [rows_of(garch(HISTORY, seed=seed)) for seed in range(PAIRS)]
        frame = first_frame(root, RULES)
        self.desk = WorkerProcess(frame, is_needed=lambda: True, tell=sys.stderr.write)

    async def once(self) -> list[float]:
        """Milliseconds from the close of twenty candles to each of their forecasts."""
        begin = time.perf_counter()

        async def one(symbol: Symbol, rows: tuple[Candle, ...]) -> float:
            asked = Forecast(symbol=symbol, interval=Interval.H1, candles=rows)
            said = await self.desk.ask(asked)
            assert isinstance(said, Forecasted), said
            assert said.champion.confidence is not None, said
            return 1e3 * (time.perf_counter() - begin)

        return await asyncio.gather(*map(one, self.symbols, self.rows))

    async def studied(self) -> None:
        await asyncio.gather(
            *(
                self.desk.ask(Study(symbol=symbol, interval=Interval.H1, candles=rows))
                for symbol, rows in zip(self.symbols, self.rows, strict=True)
            )
        )


def rows_of(candles) -> tuple[Candle, ...]:
    return tuple(
        Candle(
            open_time_ms=int(candles.open_time_ms[row]),
            open=float(candles.open[row]),
            high=float(candles.high[row]),
            low=float(candles.low[row]),
            close=float(candles.close[row]),
            volume_base=float(candles.volume[row]),
        )
        for row in range(len(candles))
    )


async def gaps_ms(until: asyncio.Event) -> list[float]:
    """How long a loop that wants to turn every millisecond was kept from it."""
    found = []
    while not until.is_set():
        begin = time.perf_counter()
        await asyncio.sleep(0.001)
        found.append(1e3 * (time.perf_counter() - begin) - 1.0)
    return found


async def online(room: Room, rounds: int) -> dict:
    """The whole way through the process, alone and beside a training at niceness 15."""
    running = asyncio.create_task(room.desk.run())
    while not isinstance(await room.desk.ask(ListModels()), ModelsListed):
        pass
    await room.once()
    await room.studied()
    alone = [await room.once() for _ in range(rounds)]
    training = await asyncio.create_subprocess_exec(
        *("nice", "-n", "15", sys.executable, __file__, "--only-fit"),
        stdout=asyncio.subprocess.DEVNULL,
    )
    over = asyncio.Event()
    gaps = asyncio.create_task(gaps_ms(over))
    beside = []
    while training.returncode is None and len(beside) < rounds:
        beside.append(await room.once())
        await asyncio.sleep(0.1)
    over.set()
    found = await gaps
    if training.returncode is None:
        training.kill()
    await training.wait()
    pid = room.desk._child.pid
    memory_kb = next(
        int(line.split()[1])
        for line in Path(f"/proc/{pid}/status").read_text().splitlines()  # noqa: ASYNC240 — at the end
        if line.startswith("VmHWM")
    )
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    return {
        "pairs": PAIRS,
        "p50_ms": round(float(np.percentile(alone, 50)), 1),
        "p99_ms": round(float(np.percentile(alone, 99)), 1),
        "all_pairs_p50_ms": round(float(np.percentile([max(one) for one in alone], 50)), 1),
        "beside_training_p50_ms": round(float(np.percentile(beside, 50)), 1),
        "loop_gap_max_ms": round(max(found), 1),
        "loop_gap_p99_ms": round(float(np.percentile(found, 99)), 1),
        "worker_memory_mb": memory_kb // 1024,
    }


def of_engine(rounds: int) -> dict:
    with TemporaryDirectory() as folder:
        return asyncio.run(online(Room(Path(folder)), rounds))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--samples", type=int, default=50_000)
    parser.add_argument("--online", action="store_true", help="only the engine's way to the models")
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--only-fit", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.only_fit:
        for _ in range(20):
            of_models(made_sample(args.samples))
        return
    if args.online:
        print(json.dumps(of_engine(args.rounds)))
        return
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
