"""The forecaster over the model store: loads what serves once, and answers from arrays.

Law: whatever is wrong with a model, its file or its candles is silence with a reason; who asked trades
on without it. Which version serves is read anew for every forecast, and a file that was touched is read
and checked anew: who promotes, rolls back or tampers is noticed at the next candle.
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
from tui_trader.engine.learning.manifest import BarrierFacts
from tui_trader.engine.learning.model_store import Key, ModelStore, Stored, Traces
from tui_trader.engine.learning.money import Payoff
from tui_trader.engine.ports.forecaster import ForecastView
from tui_trader.engine.values.candles import Candle, Interval
from tui_trader.engine.values.errors import ConfigError, PluginError, StoreError
from tui_trader.engine.values.instruments import Symbol

MODELS_MAX = 128
"""Versions that are kept in memory; a further one takes the place of the oldest."""
ATR = "atr"
NO_MODEL, BROKEN, SPEAKS = "no_model", "broken", "speaks"


class Speaker(NamedTuple):
    """A loaded model, ready to answer."""

    stored: Stored
    features: tuple[Feature, ...]
    payoff: Payoff

    @property
    def need(self) -> int:
        """Closed candles that it must see."""
        return max(history_bars(self.features), _range_bars(self))


class Silence(NamedTuple):
    """Why nobody speaks."""

    state: str
    reason: str


class Seen(NamedTuple):
    """The newest candle as a model sees it.

    Args:
        row: Features, shape (F,), finite.
        range_ratio: ATR over the close.
    """

    row: FloatArray
    range_ratio: float


class StoredForecaster:
    """Answers from the stored models of each pair.

    Args:
        store: Where models lie.
        barrier: The trade that the settings mean; a model that learned another one is silent. None
            lets every model speak.
    """

    def __init__(self, store: ModelStore, *, barrier: BarrierFacts | None = None) -> None:
        self.store = store
        self._barrier = barrier
        self._speakers: dict[tuple[Key, int], tuple[Traces, Speaker | Silence]] = {}

    def history_bars(self, symbol: Symbol, interval: Interval) -> int:
        """Closed candles that a forecast needs; 0 where there is no model."""
        speaker = self.speaker(Key(symbol, interval))
        return 0 if isinstance(speaker, Silence) else speaker.need

    def forecast(
        self,
        symbol: Symbol,
        interval: Interval,
        candles: tuple[Candle, ...],
        *,
        version: int | None = None,
    ) -> ForecastView:
        """What the champion, or one version, says at the close of the newest candle."""
        speaker = self.speaker(Key(symbol, interval), version)
        opened_ms = candles[-1].open_time_ms if candles else 0
        silent = ForecastView(
            symbol=symbol, interval=interval, open_time_ms=opened_ms, version=version
        )
        if isinstance(speaker, Silence):
            return _silent(silent, speaker)
        silent = msgspec.structs.replace(silent, version=speaker.stored.manifest.version)
        seen = seen_of(speaker, candles, interval)
        if isinstance(seen, Silence):
            return _silent(silent, seen)
        return _spoken(silent, speaker, seen)

    def speaker(self, key: Key, version: int | None = None) -> Speaker | Silence:
        """A model that can be asked, the champion where none is named; or why there is none."""
        try:
            number = self.store.standing(key).champion if version is None else version
        except StoreError as fault:
            return Silence(BROKEN, str(fault))
        if number is None:
            return Silence(NO_MODEL, f"there is no model for {key}; `tui-trader train` makes one")
        traces = self.store.traces(key, number)
        known = self._speakers.get((key, number))
        if known is None or known[0] != traces:
            self._speakers.pop((key, number), None)
            if len(self._speakers) >= MODELS_MAX:
                self._speakers.pop(next(iter(self._speakers)))
            known = self._speakers[key, number] = (traces, self._loaded(key, number))
        return known[1]

    def _loaded(self, key: Key, version: int) -> Speaker | Silence:
        try:
            stored = self.store.load(key, version)
            features = chosen_features(stored.manifest.features)
        except ConfigError as fault:
            return Silence(NO_MODEL, str(fault))
        except (StoreError, PluginError) as fault:
            return Silence(BROKEN, str(fault))
        if other := self._other_trade(stored.manifest.barrier):
            return Silence(BROKEN, f"version {version} of {key} learned another trade: {other}")
        return Speaker(stored, features, Payoff(*stored.manifest.payoff))

    def _other_trade(self, learned: BarrierFacts) -> str:
        """In which the learned trade differs from that of the settings; the fee is no part of it."""
        if self._barrier is None:
            return ""
        for name in BarrierFacts.__struct_fields__:
            was, is_now = getattr(learned, name), getattr(self._barrier, name)
            if name != "fee_ratio" and was != is_now:
                return f"{name} was {was:g}, [rules] and [learning] say {is_now:g}; train again"
        return ""


def seen_of(speaker: Speaker, candles: tuple[Candle, ...], interval: Interval) -> "Seen | Silence":
    """The newest candle as the model sees it, or why it cannot."""
    if len(candles) < speaker.need:
        return Silence(SPEAKS, f"{len(candles)} of {speaker.need} candles are there")
    try:
        columns = candles_of(candles[-speaker.need :], interval)
    except ConfigError as fault:
        return Silence(BROKEN, f"its candles are not sound: {fault}")
    row = newest_row(columns, speaker.features)
    if not np.isfinite(row).all():
        return Silence(SPEAKS, "a feature is unknown at this candle")
    return Seen(row, _range_ratio(columns, speaker))


def _spoken(silent: ForecastView, speaker: Speaker, seen: Seen) -> ForecastView:
    said = speaker.stored.ensemble.votes(seen.row[None])
    confidence = said.pop(ENSEMBLE)
    size = np.array([seen.range_ratio])
    return msgspec.structs.replace(
        silent,
        confidence=float(confidence[0]),
        break_even=float(speaker.payoff.break_even(size)[0]),
        expected_net_ratio=float(speaker.payoff.expected(confidence, size)[0]),
        votes=tuple((name, float(vote[0])) for name, vote in said.items()),
        has_edge=speaker.stored.manifest.scores[ENSEMBLE].edge,
    )


def _silent(silent: ForecastView, silence: Silence) -> ForecastView:
    return msgspec.structs.replace(silent, silence=silence.reason, state=silence.state)


def _range_bars(speaker: Speaker) -> int:
    entry = indicator_named(ATR)
    bars = entry.memory_bars(entry.checked({"period": speaker.stored.manifest.barrier.atr_bars}))
    assert bars is not None, "an average true range has no anchor"
    return bars


def _range_ratio(columns: Candles, speaker: Speaker) -> float:
    period = speaker.stored.manifest.barrier.atr_bars
    ranges = compute(columns, indicator_named(ATR), period=period)[ATR]
    return float(ranges[-1] / columns.close[-1])
