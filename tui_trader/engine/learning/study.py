"""What is found out about a signal after it was given: its reasons, the market's drift, and its record."""

import numpy as np

from tui_trader.engine.analysis.candles import Candles, FloatArray, candles_of
from tui_trader.engine.analysis.features.declaration import Feature, FeatureGroup
from tui_trader.engine.analysis.features.table import feature_matrix
from tui_trader.engine.analysis.statistics.drift import (
    LARGE,
    NOTABLE,
    population_stability,
    stability_noise,
)
from tui_trader.engine.learning.contributions import Usual, explain, usual_of
from tui_trader.engine.learning.forecaster import Silence, Speaker, StoredForecaster, seen_of
from tui_trader.engine.learning.forward import forward_of
from tui_trader.engine.learning.labels import outcomes_of
from tui_trader.engine.learning.manifest import BarrierFacts
from tui_trader.engine.learning.model_store import Key
from tui_trader.engine.learning.promise_book import PromiseBook
from tui_trader.engine.learning.track_record import BAND_PERCENT, TrackRecord
from tui_trader.engine.messages.forecasts import Studied, Study, Track
from tui_trader.engine.messages.signal_queries import FeatureShift, PromiseBand, SignalReason
from tui_trader.engine.rules.model import TradeRules
from tui_trader.engine.values.candles import Candle
from tui_trader.engine.values.errors import StoreError
from tui_trader.engine.values.instruments import Symbol

REASONS_MAX = 20
RECENT_MAX = 100
DRIFT_BARS_MIN = 100
"""Fewer values of today say more of their number than of the market."""
USUAL_MAX = 64
PERCENT = 100


class Student:
    """Studies signals, one pair after the other, and keeps their track records.

    Args:
        forecaster: Who gave them.
    """

    def __init__(self, forecaster: StoredForecaster) -> None:
        self._forecaster = forecaster
        self._books: dict[Key, PromiseBook] = {}
        self._usual: dict[str, tuple[Usual, ...]] = {}

    def study(self, question: Study) -> Studied:
        """Everything behind the newest signal of a pair; what is broken is said, never raised."""
        key = Key(question.symbol, question.interval)
        speaker = self._forecaster.speaker(key)
        if isinstance(speaker, Silence):
            return Studied(note=speaker.reason)
        seen = seen_of(speaker, question.candles, question.interval)
        if isinstance(seen, Silence):
            return Studied(note=seen.reason)
        columns = candles_of(question.candles, question.interval)
        forward = forward_of(speaker.stored.forward)
        try:
            tracks, note = self._tracks(key, question, columns), ""
        except StoreError as fault:
            tracks, note = (), str(fault)
        return Studied(
            open_time_ms=question.candles[-1].open_time_ms,
            reasons=self._reasons(speaker, seen.row),
            drifts=shifts_of(speaker, columns),
            tracks=tracks,
            forward=bands_of(forward.confidence, forward.happened),
            note=note,
        )

    def book(self, key: Key) -> PromiseBook:
        """The track records of a pair.

        Raises:
            StoreError: they cannot be read.
        """
        if key not in self._books:
            self._books[key] = PromiseBook(self._forecaster.store.folder(key))
        return self._books[key]

    def track(self, key: Key, version: int) -> Track:
        """How the word of one version has held.

        Raises:
            StoreError: its record cannot be read.
        """
        book = self.book(key)
        return track_of(
            version,
            book.record(version, candle_length_ms=key.interval.ms),
            recent=tuple(
                (promise.candle_ms, promise.promised, promise.happened)
                for promise in book.recent(version, RECENT_MAX)
            ),
        )

    def _tracks(self, key: Key, question: Study, columns: Candles) -> tuple[Track, ...]:
        """Promise, score, and tell of champion and challenger."""
        standing = self._forecaster.store.standing(key)
        found = []
        for version in (standing.champion, standing.challenger):
            if version is None:
                continue
            speaker = self._forecaster.speaker(key, version)
            if isinstance(speaker, Silence):
                continue
            self._keep_promises(key, speaker, question.candles, columns=columns)
            found.append(self.track(key, version))
        return tuple(found)

    def _keep_promises(
        self, key: Key, speaker: Speaker, candles: tuple[Candle, ...], *, columns: Candles
    ) -> None:
        book, version = self.book(key), speaker.stored.manifest.version
        said = self._forecaster.forecast(Symbol(key.pair), key.interval, candles, version=version)
        if said.confidence is not None:
            book.promise(version, said.open_time_ms, said.confidence)
        times = columns.open_time_ms
        waiting = {
            int(np.searchsorted(times, promise.candle_ms)): promise.candle_ms
            for promise in book.open_promises(version)
            if promise.candle_ms in times
        }
        if not waiting:
            return
        barrier = speaker.stored.manifest.barrier
        outcomes = outcomes_of(
            columns, rules_of(barrier), fee_ratio=barrier.fee_ratio, first=min(waiting)
        )
        book.score(
            version,
            [
                (waiting[row], happened, int(times[end]))
                for row, happened, end in outcomes
                if row in waiting
            ],
        )

    def _reasons(self, speaker: Speaker, row: FloatArray) -> tuple[SignalReason, ...]:
        stored = speaker.stored
        digest = stored.manifest.model_sha256
        if digest not in self._usual:
            if len(self._usual) >= USUAL_MAX:
                self._usual.pop(next(iter(self._usual)))
            self._usual[digest] = usual_of(stored.ensemble, stored.reference)
        told = explain(stored.ensemble, self._usual[digest], row)
        order = np.argsort(-np.abs(told.pushes), kind="stable")[:REASONS_MAX]
        return tuple(
            SignalReason(
                feature=speaker.features[place].name,
                words=_words(speaker.features[place], row[place], stored.reference[:, place]),
                value=float(row[place]),
                push=float(told.pushes[place]),
            )
            for place in order
            if told.pushes[place] != 0
        )


def rules_of(barrier: BarrierFacts) -> TradeRules:
    """The trade that was learned, as rules."""
    named = {name: getattr(barrier, name) for name in BarrierFacts.__struct_fields__}
    del named["fee_ratio"]
    return TradeRules(**named)


def track_of(
    version: int,
    record: TrackRecord,
    *,
    recent: tuple[tuple[int, float | None, int | None], ...] = (),
) -> Track:
    """A record as clients are told of it."""
    count = len(record.promised)
    return Track(
        version=version,
        bands=bands_of(record.promised, record.happened),
        outcomes=count,
        promised=float(record.promised.mean()) if count else None,
        right_ratio=float(record.happened.mean()) if count else None,
        is_broken=record.broken_at() is not None,
        recent=recent,
    )


def bands_of(promised: FloatArray, happened: FloatArray) -> tuple[PromiseBand, ...]:
    """Promises by band of BAND_PERCENT, lowest first."""
    lows = np.floor(promised * PERCENT / BAND_PERCENT).astype(np.int64) * BAND_PERCENT
    return tuple(
        PromiseBand(
            low=float(low) / PERCENT,
            high=float(low + BAND_PERCENT) / PERCENT,
            count=int((lows == low).sum()),
            right_ratio=float(happened[lows == low].mean()),
        )
        for low in np.unique(lows)
    )


def shifts_of(speaker: Speaker, columns: Candles) -> tuple[FeatureShift, ...]:
    """How far each feature of these candles lies from what was learned, the farthest first.

    What chance alone shows with so few candles is taken off before it is put into words.
    """
    matrix = feature_matrix(columns, speaker.features)
    reference = speaker.stored.reference
    found = []
    for place, feature in enumerate(speaker.features):
        if feature.group is FeatureGroup.CALENDAR:
            continue  # A few hundred candles are never a whole number of weeks: it would always drift.
        now = matrix[:, place][~np.isnan(matrix[:, place])]
        if len(now) < DRIFT_BARS_MIN:
            found.append(FeatureShift(feature=feature.name, stability=None, says="unknown"))
            continue
        stability = population_stability(reference[:, place], now)
        noise = stability_noise(len(reference), len(now))
        found.append(
            FeatureShift(
                feature=feature.name, stability=stability, says=_moved(stability, noise or 0.0)
            )
        )
    return tuple(sorted(found, key=lambda row: -(row.stability or 0.0)))


def _moved(stability: float | None, noise: float) -> str:
    if stability is None:
        return "unknown"
    if stability - noise < NOTABLE:
        return "steady"
    return "moved" if stability - noise < LARGE else "another market"


def _words(feature: Feature, value: float, reference: FloatArray) -> str:
    """`price above its mean of 20 candles: 1.8, higher than 93 % of what was learned`."""
    below = float(np.mean(reference < value))
    place = (
        f"higher than {below:.0%}" if below >= 1 / 2 else f"lower than {1 - below:.0%}"
    ).replace("%", " %")
    return f"{feature.says}: {value:.3g}, {place} of what was learned"
