"""What out-of-sample forecasts were worth: their skill, their promise and their money, by model."""

from collections.abc import Mapping

import msgspec
import numpy as np

from tui_trader.engine.analysis.candles import FloatArray
from tui_trader.engine.analysis.statistics.forecasts import (
    auc,
    brier,
    calibration_error,
    log_loss,
)
from tui_trader.engine.learning.dataset import Dataset
from tui_trader.engine.learning.money import Trades, buy_and_hold, one_at_a_time
from tui_trader.engine.learning.plan import Plan
from tui_trader.engine.learning.validation import Forecasts
from tui_trader.engine.learning.verdict import judge

NEAREST = 1e-9


class Assessment(msgspec.Struct, frozen=True, kw_only=True):
    """Figures of one model on walk-forward folds alone; None where a figure is undefined.

    Args:
        folds: How many times it was trained.
        samples: Candles that were forecast.
        log_loss: Of its forecasts.
        baseline_log_loss: Of the base rate known at the time.
        brier: Mean squared error of its forecasts.
        auc: Chance that a hit was forecast higher than a miss.
        auc_size: The same for the trade upside down: near `auc`, it knows how far prices move.
        auc_direction: Chance that it told long winners from short winners; 0.5 knows nothing.
        calibration_error: Mean distance of promise and rate, over ten bins.
        break_even: Median probability above which a trade earned its costs; above 1 none can.
        trades: Entries that would have been made.
        exposure_ratio: Share of the time invested.
        net_return_ratio: All trades compounded, after costs.
        net_a_trade: Mean net return of a trade, ratio, with the ends of its 95 % interval.
        buy_and_hold_ratio: Return of holding over the same candles.
        edge: Whether it is worth money beyond chance.
        chances: Of luck: log-loss, net return, and against random entry.
        level: Below which each chance must lie.
        verdict: In words.
    """

    folds: int
    samples: int
    log_loss: float | None
    baseline_log_loss: float | None
    brier: float | None
    auc: float | None
    auc_size: float | None
    auc_direction: float | None
    calibration_error: float | None
    break_even: float
    trades: int
    exposure_ratio: float
    net_return_ratio: float
    net_a_trade: tuple[float, float, float] | None
    buy_and_hold_ratio: float
    edge: bool
    chances: tuple[float | None, float | None, float | None]
    level: float
    verdict: str


def assess(
    forecasts: Forecasts, closes: FloatArray, plan: Plan, *, variants: int
) -> dict[str, Assessment]:
    """Every model and the ensemble.

    Args:
        forecasts: Out of sample.
        closes: Of all candles, for buy-and-hold.
        plan: How they were made.
        variants: Models and settings tried in all; each makes a lucky one likelier.
    """
    return {
        name: _assess_one(forecasts, closes, plan, name=name, variants=variants)
        for name in forecasts.votes
    }


def trades_of(forecasts: Forecasts, name: str, plan: Plan) -> Trades:
    """Entries where the expected net return exceeds the margin."""
    wanted = np.asarray(forecasts.expected[name] > plan.margin_ratio)
    return one_at_a_time(forecasts.dataset, wanted)


def skill_by_direction(forecast: FloatArray, dataset: Dataset) -> tuple[float | None, float | None]:
    """AUC on the mirrored trade, and AUC between long winners and short winners."""
    known = ~np.isnan(dataset.mirrored_happened)
    turned = dataset.mirrored_happened
    one_sided = known & (dataset.happened != turned)
    return (
        auc(forecast[known], turned[known]),
        auc(forecast[one_sided], dataset.happened[one_sided]),
    )


def losses(forecast: FloatArray, happened: FloatArray) -> FloatArray:
    """Log-loss of each forecast."""
    sure = np.clip(forecast, NEAREST, 1 - NEAREST)
    return np.asarray(-np.where(happened > 0, np.log(sure), np.log1p(-sure)))


def _assess_one(
    forecasts: Forecasts, closes: FloatArray, plan: Plan, *, name: str, variants: int
) -> Assessment:
    dataset, forecast = forecasts.dataset, forecasts.votes[name]
    happened = dataset.happened
    trades = trades_of(forecasts, name, plan)
    verdict = judge(
        dataset,
        loss_gains=losses(forecasts.base_rate, happened) - losses(forecast, happened),
        trades=trades,
        variants=variants,
        alpha=plan.alpha,
        seed=plan.seed,
    )
    size, direction = skill_by_direction(forecast, dataset)
    earned = verdict.net_a_trade
    return Assessment(
        folds=forecasts.folds,
        samples=len(dataset),
        log_loss=log_loss(forecast, happened),
        baseline_log_loss=log_loss(forecasts.base_rate, happened),
        brier=brier(forecast, happened),
        auc=auc(forecast, happened),
        auc_size=size,
        auc_direction=direction,
        calibration_error=calibration_error(forecast, happened),
        break_even=float(np.median(forecasts.break_even)),
        trades=len(trades.net),
        exposure_ratio=trades.exposure_ratio,
        net_return_ratio=trades.net_return_ratio,
        net_a_trade=None if earned is None else (earned.mean, earned.low, earned.high),
        buy_and_hold_ratio=buy_and_hold(dataset, closes),
        edge=verdict.edge,
        chances=(verdict.log_loss_chance, verdict.net_chance, verdict.random_chance),
        level=verdict.level,
        verdict=verdict.words,
    )


def by_year(
    forecast: FloatArray, dataset: Dataset, years: FloatArray
) -> Mapping[int, tuple[float | None, float | None, int]]:
    """AUC, calibration error and count of each calendar year."""
    found = {}
    for year in np.unique(years):
        rows = years == year
        happened = dataset.happened[rows]
        found[int(year)] = (
            auc(forecast[rows], happened),
            calibration_error(forecast[rows], happened),
            int(rows.sum()),
        )
    return found
