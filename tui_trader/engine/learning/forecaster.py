"""The forecaster over the model store: loads what serves once, and answers from arrays.

Law: whatever is wrong with a model, its file or its candles is silence with a reason; who asked trades
on without it.
"""

from typing import NamedTuple

import msgspec
import numpy as np

from tui_trader.engine.analysis.candles import Candles, FloatArray, candles_of
from tui_trader.engine.analysis.catalogue import indicator_named
from tui_trader.engine.analysis.compute import compute
from tui_trader.engine.analysis.features.declaration import Feature
from tui_trader.engine.analysis.features.table import chosen_features, history_bars, newest_row
from tui_trader.engine.learning.ensemble import ENSEMBLE
from tui_trader.engine.learning.model_store import Key, ModelStore, Stored
from tui_trader.engine.learning.money import Payoff
from tui_trader.engine.ports.forecaster import ForecastView
from tui_trader.engine.values.candles import Candle, Interval
from tui_trader.engine.values.errors import ConfigError, PluginError, StoreError
from tui_trader.engine.values.instruments import Symbol

MODELS_MAX = 64
"""Pairs and intervals whose models are kept in memory; a further one takes the place of the oldest."""
ATR = "atr"


class Speaker(NamedTuple):
    """A loaded model, ready to answer."""

    stored: Stored
    features: tuple[Feature, ...]
    payoff: Payoff


class StoredForecaster:
    """Answers from the champion of each pair.

    Args:
        store: Where models lie.
    """

    def __init__(self, store: ModelStore) -> None:
        self._store = store
        self._speakers: dict[Key, Speaker | str] = {}

    def reload(self) -> None:
        """Forget what is loaded: the next question reads what serves by then."""
        self._speakers.clear()

    def history_bars(self, symbol: Symbol, interval: Interval) -> int:
        """Closed candles that a forecast needs; 0 where there is no model."""
        speaker = self._speaker(Key(symbol, interval))
        return 0 if isinstance(speaker, str) else self._need(speaker)

    def forecast(
        self, symbol: Symbol, interval: Interval, candles: tuple[Candle, ...]
    ) -> ForecastView:
        """What the champion says at the close of the newest candle."""
        speaker = self._speaker(Key(symbol, interval))
        opened_ms = candles[-1].open_time_ms if candles else 0
        silent = ForecastView(symbol=symbol, interval=interval, open_time_ms=opened_ms)
        if isinstance(speaker, str):
            return _silence(silent, speaker)
        if len(candles) < self._need(speaker):
            return _silence(silent, f"{len(candles)} of {self._need(speaker)} candles are there")
        try:
            columns = candles_of(candles[-self._need(speaker) :], interval)
        except ConfigError as fault:
            return _silence(silent, f"its candles are not sound: {fault}")
        row = newest_row(columns, speaker.features)
        if not np.isfinite(row).all():
            return _silence(silent, "a feature is unknown at this candle")
        return _spoken(silent, speaker, row, range_ratio=_range_ratio(columns, speaker))

    def _need(self, speaker: Speaker) -> int:
        return max(history_bars(speaker.features), _range_bars(speaker))

    def _speaker(self, key: Key) -> Speaker | str:
        if key not in self._speakers:
            if len(self._speakers) >= MODELS_MAX:
                self._speakers.pop(next(iter(self._speakers)))
            self._speakers[key] = self._loaded(key)
        return self._speakers[key]

    def _loaded(self, key: Key) -> Speaker | str:
        try:
            stored = self._store.load(key)
            features = chosen_features(stored.manifest.features)
        except (StoreError, ConfigError, PluginError) as fault:
            return str(fault)
        return Speaker(stored, features, Payoff(*stored.manifest.payoff))


def _spoken(
    silent: ForecastView, speaker: Speaker, row: FloatArray, *, range_ratio: float
) -> ForecastView:
    manifest = speaker.stored.manifest
    said = speaker.stored.ensemble.votes(row[None])
    confidence = said.pop(ENSEMBLE)
    size = np.array([range_ratio])
    return ForecastView(
        symbol=silent.symbol,
        interval=silent.interval,
        open_time_ms=silent.open_time_ms,
        version=manifest.version,
        confidence=float(confidence[0]),
        break_even=float(speaker.payoff.break_even(size)[0]),
        expected_net_ratio=float(speaker.payoff.expected(confidence, size)[0]),
        votes=tuple((name, float(vote[0])) for name, vote in said.items()),
        has_edge=manifest.scores[ENSEMBLE].edge,
    )


def _silence(silent: ForecastView, reason: str) -> ForecastView:
    return msgspec.structs.replace(silent, silence=reason)


def _range_bars(speaker: Speaker) -> int:
    entry = indicator_named(ATR)
    bars = entry.memory_bars(entry.checked({"period": speaker.stored.manifest.barrier.atr_bars}))
    assert bars is not None, "an average true range has no anchor"
    return bars


def _range_ratio(columns: Candles, speaker: Speaker) -> float:
    period = speaker.stored.manifest.barrier.atr_bars
    ranges = compute(columns, indicator_named(ATR), period=period)[ATR]
    return float(ranges[-1] / columns.close[-1])
