"""Rows of features beside what became of them: what models learn from and are judged on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from tui_trader.engine.analysis.candles import Candles, FloatArray, TimeArray
from tui_trader.engine.analysis.features.declaration import Feature
from tui_trader.engine.analysis.features.table import feature_matrix
from tui_trader.engine.analysis.splits import LabelSpans, Rows, uniqueness
from tui_trader.engine.learning.labels import Labels, mirrored, triple_barrier
from tui_trader.engine.learning.models.declaration import Sample
from tui_trader.engine.rules.model import TradeRules
from tui_trader.engine.values.errors import ConfigError


@dataclass(frozen=True, eq=False, slots=True)
class Dataset:
    """Samples in the order of their decisions, shape (N, …) each.

    Args:
        names: Of the features.
        rows: Features at the close of the candle, shape (N, F), finite.
        candle: Row of that candle.
        time_ms: When that candle closed, UTC.
        end: Row of the candle at which the outcome was known.
        happened: 1 where the take profit came first, else 0.
        net: Net return of the trade, ratio.
        range_ratio: ATR over the close at the decision.
        mirrored_happened: The outcome of the same trade upside down; NaN where it was not known.
        warming_up: Candles left out because a feature or the ATR was still unknown.
        unresolved: Candles left out because the end of the candles left their trade open.
    """

    names: tuple[str, ...]
    rows: FloatArray
    candle: Rows
    time_ms: TimeArray
    end: Rows
    happened: FloatArray
    net: FloatArray
    range_ratio: FloatArray
    mirrored_happened: FloatArray
    warming_up: int
    unresolved: int

    def __len__(self) -> int:
        return len(self.candle)

    @property
    def spans(self) -> LabelSpans:
        """From when to when each label looks, in candles."""
        return LabelSpans(self.candle, self.end)

    def at(self, places: Rows) -> "Dataset":
        """Some of the samples."""
        columns = (
            "rows candle time_ms end happened net range_ratio mirrored_happened".split()  # noqa: SIM905
        )
        return replace(self, **{name: getattr(self, name)[places] for name in columns})

    def sample(self) -> Sample:
        """What a model learns from, each label weighing its uniqueness among these."""
        return Sample(self.rows, self.happened, uniqueness(self.spans))


def build_dataset(
    candles: Candles, features: Sequence[Feature], *, rules: TradeRules, fee_ratio: float
) -> Dataset:
    """Features and labels of all candles that have both.

    Raises:
        ConfigError: there are too few candles for one sample, or a barrier is missing.
    """
    labels = triple_barrier(candles, rules, fee_ratio=fee_ratio)
    upside_down = triple_barrier(mirrored(candles), rules, fee_ratio=fee_ratio)
    matrix = feature_matrix(candles, features)
    names = tuple(feature.name for feature in features)
    return join(candles, names, matrix, labels=labels, upside_down=upside_down)


def join(
    candles: Candles,
    names: tuple[str, ...],
    matrix: FloatArray,
    *,
    labels: Labels,
    upside_down: Labels,
) -> Dataset:
    """Rows that have all features and a resolved label.

    Raises:
        ConfigError: there is none.
    """
    is_warm = np.isfinite(matrix).all(axis=1) & np.isfinite(labels.range_ratio)
    kept = np.flatnonzero(is_warm & labels.is_resolved)
    if not len(kept):
        message = (
            f"{len(candles)} candles give no sample to learn from; features need "
            f"{int((~is_warm).sum())} to warm up: give more candles"
        )
        raise ConfigError(message)
    turned = np.where(upside_down.is_resolved, upside_down.happened, np.nan)
    return Dataset(
        names=names,
        rows=np.ascontiguousarray(matrix[kept]),
        candle=kept,
        time_ms=candles.open_time_ms[kept] + candles.interval.ms,
        end=labels.end[kept],
        happened=labels.happened[kept],
        net=labels.net[kept],
        range_ratio=labels.range_ratio[kept],
        mirrored_happened=turned[kept],
        warming_up=int((~is_warm).sum()),
        unresolved=int((is_warm & ~labels.is_resolved).sum()),
    )
