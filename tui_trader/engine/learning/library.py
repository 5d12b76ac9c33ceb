"""Stored models as clients are told of them: one line each, and one in full."""

import numpy as np

from tui_trader.engine.analysis.candles import FloatArray
from tui_trader.engine.analysis.statistics.forecasts import auc, log_loss
from tui_trader.engine.learning.assessment import Assessment
from tui_trader.engine.learning.ensemble import ENSEMBLE
from tui_trader.engine.learning.forward import Forward, forward_of
from tui_trader.engine.learning.manifest import Manifest
from tui_trader.engine.learning.model_store import Key, ModelStore
from tui_trader.engine.learning.study import Student, bands_of
from tui_trader.engine.messages.forecasts import ModelShown, ModelsListed
from tui_trader.engine.messages.signal_queries import FoldRow, ModelAnswer, ModelRow
from tui_trader.engine.values.errors import ConfigError, StoreError
from tui_trader.engine.values.instruments import Symbol

POINTS_MAX = 500
CHAMPION, CHALLENGER, RETIRED, BROKEN = "champion", "challenger", "retired", "broken"
_ORDER = (CHAMPION, CHALLENGER, RETIRED, BROKEN)


class Library:
    """Looks models up.

    Args:
        store: Where they lie.
        student: Knows how their word has held.
    """

    def __init__(self, store: ModelStore, student: Student) -> None:
        self._store, self._student = store, student

    def every(self) -> ModelsListed:
        """One row a version, champions first, then by age."""
        keys = self._store.keys()
        rows = [self._row(key, version) for key in keys for version in self._store.versions(key)]
        rows.sort(key=lambda row: (_ORDER.index(row.state) > 0, -(row.trained_ms or 0)))
        return ModelsListed(rows=tuple(rows))

    def one(self, key: Key, version: int) -> ModelShown:
        """How one was judged, or why that cannot be told."""
        try:
            stored = self._store.load(key, version)
            live = self._student.track(key, version).bands
        except (ConfigError, StoreError) as fault:
            return ModelShown(reason=str(fault))
        forward, manifest = forward_of(stored.forward), stored.manifest
        return ModelShown(
            answer=ModelAnswer(
                row=self._row(key, version),
                reliability=bands_of(forward.confidence, forward.happened),
                live=live,
                folds=folds_of(forward),
                equity=equity_of(forward, margin_ratio=manifest.plan.margin_ratio),
                held=held_of(forward),
                importance=_importance(manifest, forward),
                verdict=_sentences(manifest),
            )
        )

    def _row(self, key: Key, version: int) -> ModelRow:
        symbol = Symbol(key.pair)
        try:
            standing = self._store.standing(key)
            manifest = self._store.manifest(key, version)
            track = self._student.track(key, version)
        except (ConfigError, StoreError) as fault:
            return ModelRow(
                symbol=symbol,
                interval=key.interval,
                version=version,
                state=BROKEN,
                reason=str(fault),
            )
        state = {standing.champion: CHAMPION, standing.challenger: CHALLENGER}
        scores, net = manifest.scores[ENSEMBLE], manifest.scores[ENSEMBLE].net_a_trade
        return ModelRow(
            symbol=symbol,
            interval=key.interval,
            version=version,
            state=state.get(version, RETIRED),
            trained_ms=manifest.created_ms,
            first_ms=manifest.candles.first_ms,
            last_ms=manifest.candles.last_ms,
            bars=manifest.candles.count,
            models=tuple(member.name for member in manifest.members),
            has_edge=scores.edge,
            auc=scores.auc,
            calibration_error=scores.calibration_error,
            logloss_gain=_gain(scores),
            trades=scores.trades,
            net_ratio=None if net is None else net[0],
            net_low=None if net is None else net[1],
            net_high=None if net is None else net[2],
            live_outcomes=track.outcomes,
            live_right_ratio=track.right_ratio,
        )


def folds_of(forward: Forward) -> tuple[FoldRow, ...]:
    """Each fold with its scores; the net return is the mean of its trades."""
    return tuple(_fold(forward, forward.fold == number) for number in np.unique(forward.fold))


def _fold(forward: Forward, rows: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> FoldRow:
    times, happened = forward.open_time_ms[rows], forward.happened[rows]
    taken = _entries(times, forward.end_ms[rows], forward.expected[rows] > 0)
    return FoldRow(
        first_ms=int(times[0]),
        last_ms=int(times[-1]),
        bars=len(times),
        auc=auc(forward.confidence[rows], happened),
        logloss=log_loss(forward.confidence[rows], happened),
        base_logloss=log_loss(forward.base_rate[rows], happened),
        net_ratio=float(forward.net[rows][taken].mean()) if len(taken) else None,
    )


def equity_of(forward: Forward, *, margin_ratio: float) -> tuple[tuple[int, float], ...]:
    """Growth of one stake over the trades that the forecasts led to, after costs, at their ends."""
    if not len(forward.confidence):
        return ()
    taken = _entries(forward.open_time_ms, forward.end_ms, forward.expected > margin_ratio)
    growth = np.cumprod(np.maximum(1 + forward.net[taken], 0.0))
    times = np.concatenate([forward.open_time_ms[:1], forward.end_ms[taken]])
    return _thinned(times, np.concatenate([[1.0], growth]))


def held_of(forward: Forward) -> tuple[tuple[int, float], ...]:
    """Buy-and-hold over the same candles."""
    if not len(forward.close):
        return ()
    return _thinned(forward.open_time_ms, forward.close / forward.close[0])


def _entries(
    times: FloatArray, ends: FloatArray, is_wanted: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """Places where somebody with one stake enters: wanted, and the last trade has ended."""
    places, free_from = [], -1.0
    for place in np.flatnonzero(is_wanted):
        if times[place] >= free_from:
            places.append(place)
            free_from = ends[place]
    return np.array(places, dtype=np.int64)


def _thinned(times: FloatArray, values: FloatArray) -> tuple[tuple[int, float], ...]:
    places = np.unique(np.linspace(0, len(times) - 1, min(POINTS_MAX, len(times))).astype(np.int64))
    return tuple((int(times[place]), float(values[place])) for place in places)


def _importance(manifest: Manifest, forward: Forward) -> tuple[tuple[str, float], ...]:
    named = zip(manifest.features, forward.importance, strict=False)
    return tuple(sorted(((name, float(cost)) for name, cost in named), key=lambda pair: -pair[1]))


def _gain(scores: Assessment) -> float | None:
    if scores.log_loss is None or scores.baseline_log_loss is None:
        return None
    return scores.baseline_log_loss - scores.log_loss


def _sentences(manifest: Manifest) -> tuple[str, ...]:
    scores = manifest.scores[ENSEMBLE]
    median = (
        "no probability earns the costs of a trade"
        if scores.break_even > 1
        else f"a trade earns its costs above a probability of {scores.break_even:.0%}"
    ).replace("%", " %")
    tried = (
        f"{manifest.variants} variants were tried, so each chance of luck must be below "
        f"{100 * scores.level:.2g} %"
    )
    return (
        scores.verdict,
        f"{median} (median)",
        tried,
    )
