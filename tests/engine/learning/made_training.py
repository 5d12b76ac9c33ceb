"""A training small enough for a test, and what it came to."""

from functools import cache
from typing import NamedTuple

from tests.engine.learning.made_markets import RULES, garch
from tui_trader.engine.analysis.candles import Candles
from tui_trader.engine.learning.manifest import Manifest
from tui_trader.engine.learning.model_file import Contents
from tui_trader.engine.learning.model_store import Key
from tui_trader.engine.learning.plan import Plan
from tui_trader.engine.learning.training import (
    Trained,
    TrainingRequest,
    contents_of,
    manifest_of,
    train,
)
from tui_trader.engine.values.candles import Interval

KEY = Key("BTC/USD", Interval.H1)
PLAN = Plan(train_min=900, test_size=500, folds=2)
REQUEST = TrainingRequest(
    models=("logistic", "boosting"),
    features=("move_1", "move_6", "distance_20", "pace_6_48", "body", "volume_now"),
    rules=RULES,
    fee_ratio=0.002,
    plan=PLAN,
    source="a walk",
)
CREATED_MS = 1_760_000_000_000


class Made(NamedTuple):
    candles: Candles
    trained: Trained
    manifest: Manifest
    contents: Contents
    steps: tuple[tuple[int, int, str], ...]


@cache
def made() -> Made:
    steps = []
    candles = garch(1_900, seed=4)
    trained = train(candles, REQUEST, progress=lambda *step: steps.append(step))
    manifest = manifest_of(trained, candles, REQUEST, created_ms=CREATED_MS)
    return Made(candles, trained, manifest, contents_of(trained), tuple(steps))
