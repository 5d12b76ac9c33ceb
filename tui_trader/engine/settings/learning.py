"""[learning]: the trade that a confidence is about, and how models are trained and judged."""

from decimal import Decimal
from typing import Annotated

from tui_trader.engine.settings.bounds import Section, Setting
from tui_trader.engine.values.candles import Interval


class LearningSettings(Section, frozen=True, kw_only=True):
    """[learning]: the trade that a confidence is about, and how models are trained and judged."""

    models: Annotated[
        tuple[str, ...],
        Setting(
            help="Models that are trained and vote: logistic, random_forest, boosting, lightgbm.",
            unit="models",
            minimum=Decimal(1),
            maximum=Decimal(8),
        ),
    ] = ("logistic", "random_forest", "boosting")
    features: Annotated[
        tuple[str, ...],
        Setting(
            help="Features that models see, by name; none named means all of them.",
            unit="features",
            minimum=Decimal(0),
            maximum=Decimal(200),
        ),
    ] = ()
    stop_atr: Annotated[
        Decimal,
        Setting(
            help="Stop of the trade that a confidence is about, where [rules] sets none in true ranges.",
            unit="average true ranges",
            minimum=Decimal("0.25"),
            maximum=Decimal(20),
        ),
    ] = Decimal(2)
    take_profit_atr: Annotated[
        Decimal,
        Setting(
            help="Take profit of the trade that a confidence is about, where [rules] sets none.",
            unit="average true ranges",
            minimum=Decimal("0.25"),
            maximum=Decimal(40),
        ),
    ] = Decimal(3)
    horizon_candles: Annotated[
        int,
        Setting(
            help="The trade is sold after so many candles, where [rules] sets no time stop.",
            unit="candles",
            minimum=Decimal(1),
            maximum=Decimal(1000),
        ),
    ] = 24
    volume_30_days_quote: Annotated[
        Decimal,
        Setting(
            help="What you traded in thirty days: decides the fee tier that a gain must pay.",
            unit="quote asset",
            minimum=Decimal(0),
            maximum=Decimal(1_000_000_000),
        ),
    ] = Decimal(0)
    train_candles: Annotated[
        int,
        Setting(
            help="Newest candles that models learn from.",
            unit="candles",
            minimum=Decimal(500),
            maximum=Decimal(1000000),
        ),
    ] = 26280
    train_candles_min: Annotated[
        int,
        Setting(
            help="Fewest candles that models learn from.",
            unit="candles",
            minimum=Decimal(300),
            maximum=Decimal(1000000),
        ),
    ] = 2000
    retrain_candles: Annotated[
        int,
        Setting(
            help="Candles that are forecast before models are trained again.",
            unit="candles",
            minimum=Decimal(24),
            maximum=Decimal(100000),
        ),
    ] = 1440
    embargo_candles: Annotated[
        int,
        Setting(
            help="Candles kept free between what is learned and what is judged.",
            unit="candles",
            minimum=Decimal(0),
            maximum=Decimal(1000),
        ),
    ] = 24
    folds: Annotated[
        int,
        Setting(
            help="Purged folds inside each training; their forecasts calibrate and weigh the models.",
            unit="folds",
            minimum=Decimal(2),
            maximum=Decimal(10),
        ),
    ] = 3
    tuning_trials: Annotated[
        int,
        Setting(
            help="Settings of each model that a search may try inside the folds; 0 keeps the defaults.",
            unit="trials",
            minimum=Decimal(0),
            maximum=Decimal(200),
        ),
    ] = 0
    selects_features: Annotated[
        bool,
        Setting(help="Leave out features whose shuffling costs nothing, judged inside the folds."),
    ] = False
    stacks: Annotated[
        bool,
        Setting(
            help="Let the ensemble learn its weights instead of weighing models by their loss."
        ),
    ] = False
    timeframe: Annotated[
        str,
        Setting(
            help="Candles that signals are about, where no strategy asks for others.",
            choices=tuple(interval.value for interval in Interval),
        ),
    ] = "1h"
    confidence_percent_min: Annotated[
        Decimal,
        Setting(
            help="Confidence below which no trade is made; 0 leaves it to costs and gain.",
            unit="percent",
            minimum=Decimal(0),
            maximum=Decimal(100),
        ),
    ] = Decimal(0)
    disagreement_percent_max: Annotated[
        Decimal,
        Setting(
            help="No trade is made where the confidences of the models lie farther apart.",
            unit="percent",
            minimum=Decimal(1),
            maximum=Decimal(100),
        ),
    ] = Decimal(100)
    retrain_days: Annotated[
        int,
        Setting(
            help="The engine trains a challenger when the newest model is so old; 0 never does.",
            unit="days",
            minimum=Decimal(0),
            maximum=Decimal(365),
        ),
    ] = 0
    retrain_when_refuted: Annotated[
        bool,
        Setting(help="The engine trains a challenger when a model's promises are refuted."),
    ] = False
    gain_percent_min: Annotated[
        Decimal,
        Setting(
            help="Expected net gain below which no trade is made.",
            unit="percent",
            minimum=Decimal(0),
            maximum=Decimal(20),
        ),
    ] = Decimal(0)
    false_edge_percent: Annotated[
        Decimal,
        Setting(
            help="Chance of calling an edge what is none, over everything that was tried.",
            unit="percent",
            minimum=Decimal("0.1"),
            maximum=Decimal(10),
        ),
    ] = Decimal(1)
    seed: Annotated[
        int,
        Setting(
            help="Seed of all chance in training.",
            minimum=Decimal(0),
            maximum=Decimal(2147483648),
        ),
    ] = 1
