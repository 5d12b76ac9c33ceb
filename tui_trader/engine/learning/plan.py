"""How learning goes about it: folds, sizes and bounds; numbers only, so that it can be stored."""

import msgspec


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Choices of one training.

    Args:
        train_max: Newest samples to learn from.
        train_min: Fewest samples to learn from.
        test_size: Samples that are forecast before the models are trained again.
        embargo_bars: Candles kept free between what is learned and what is judged.
        folds: Purged folds inside each training, whose forecasts calibrate and weigh the models.
        tuning_trials: Settings of each model that a search may try; 0 keeps the defaults.
        is_selecting: Whether features that tell nothing are left out, inside the folds.
        is_stacking: Whether the ensemble learns its weights, instead of weighing by loss.
        margin_ratio: Expected net return that a trade must exceed.
        alpha: Chance of calling an edge what is none.
        seed: Of all chance.
    """

    train_max: int = 26_280
    train_min: int = 2_000
    test_size: int = 1_440
    embargo_bars: int = 24
    folds: int = 3
    tuning_trials: int = 0
    is_selecting: bool = False
    is_stacking: bool = False
    margin_ratio: float = 0.0
    alpha: float = 0.01
    seed: int = 1
