"""What `train` and `models` need of the home: settings as a request, candles, and the model store."""

import argparse
import os
from pathlib import Path

from tui_trader.cli.candle_source import FoundCandles, candles_of_file
from tui_trader.cli.surroundings import chosen_config_file, chosen_home
from tui_trader.engine.config.load import load_settings
from tui_trader.engine.learning.model_store import Key, ModelStore
from tui_trader.engine.learning.plan import Plan
from tui_trader.engine.learning.training import TrainingRequest
from tui_trader.engine.rules.fees import fee_ratio
from tui_trader.engine.rules.signal_trade import signal_rules
from tui_trader.engine.settings.learning import LearningSettings
from tui_trader.engine.stores.candles import ParquetCandleStore
from tui_trader.engine.values.errors import ConfigError
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.text import sanitize

MODELS_FOLDER = "models"
PERCENT = 100


def model_store(home: Path) -> ModelStore:
    """The models of a home; nothing is made."""
    return ModelStore(home / MODELS_FOLDER)


def training_request(args: argparse.Namespace, *, variants_before: int) -> TrainingRequest:
    """Settings of this home, and what the call says instead.

    Raises:
        ConfigError: a setting is wrong.
    """
    loaded = load_settings(
        config_file=chosen_config_file(args), home=chosen_home(args), environ=os.environ
    )
    learning = loaded.settings.learning
    rules = signal_rules(loaded.settings.rules, learning)
    volume = float(learning.volume_30_days_quote)
    return TrainingRequest(
        models=models_named(args.models) if args.models is not None else learning.models,
        features=learning.features,
        rules=rules,
        fee_ratio=fee_ratio(volume, rules.fee_volumes, rules.fee_takers),
        plan=plan_of(learning),
        variants_before=variants_before,
    )


def plan_of(learning: LearningSettings) -> Plan:
    """How models are trained and judged.

    Raises:
        ConfigError: the bounds contradict each other.
    """
    if learning.train_candles < learning.train_candles_min:
        message = (
            f"train_candles ({learning.train_candles}) is below train_candles_min "
            f"({learning.train_candles_min}); raise one or lower the other"
        )
        raise ConfigError(message, key="learning.train_candles")
    return Plan(
        train_max=learning.train_candles,
        train_min=learning.train_candles_min,
        test_size=learning.retrain_candles,
        embargo_bars=learning.embargo_candles,
        folds=learning.folds,
        tuning_trials=learning.tuning_trials,
        is_selecting=learning.selects_features,
        is_stacking=learning.stacks,
        margin_ratio=float(learning.gain_percent_min) / PERCENT,
        alpha=float(learning.false_edge_percent) / PERCENT,
        seed=learning.seed,
    )


def found_candles(args: argparse.Namespace, key: Key) -> FoundCandles:
    """All candles of the file that was named, else of the store.

    Raises:
        ConfigError: there are none, or several venues have some.
    """
    path = data_path(args)
    if path is not None:
        candles = candles_of_file(path, interval=key.interval, columns=args.columns)
        return FoundCandles(candles, f"the file {sanitize(path.name)}")
    symbol = Symbol(key.pair)
    store = ParquetCandleStore(chosen_home(args))
    venues = sorted({series.venue for series in store.series() if series.symbol == symbol})
    if args.venue is not None:
        venues = [venue for venue in venues if venue == args.venue]
    if not venues:
        message = (
            f"the store of this home has no candles of {sanitize(symbol)}; fill it with "
            "`tui-trader data import` or `data download`, or name a file with --data"
        )
        raise ConfigError(message)
    if len(venues) > 1:
        message = f"{symbol} is stored of {', '.join(venues)}; say which one with --venue"
        raise ConfigError(message)
    candles = store.load(venues[0], symbol, key.interval)
    return FoundCandles(candles, store.source_words(venues[0], symbol, key.interval))


def models_named(text: str) -> tuple[str, ...]:
    """`logistic,boosting`.

    Raises:
        ConfigError: nothing is named.
    """
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    if not names:
        message = "--models names no model"
        raise ConfigError(message)
    return names


def data_path(args: argparse.Namespace) -> Path | None:
    """The file that was named."""
    return Path(args.data).expanduser() if args.data else None
