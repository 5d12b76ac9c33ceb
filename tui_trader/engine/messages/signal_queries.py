"""Questions about signals and models: what is said, how the word has held, why it did not trade."""

import msgspec

from tui_trader.engine.messages.query_roots import BaseAnswer, BaseQuery
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.instruments import Symbol


class AskSignals(BaseQuery, frozen=True, kw_only=True):
    """What is said of every pair that is followed, at its newest closed candle."""


class AskSignal(BaseQuery, frozen=True, kw_only=True):
    """Everything behind what is said of one pair."""

    symbol: Symbol
    interval: Interval


class AskWaterfalls(BaseQuery, frozen=True, kw_only=True):
    """Decisions on signals of the past, newest first; at most 500.

    Args:
        symbol: Of one pair; every pair where none is given.
        gate: Only those whose first failing gate has this name; "" for all.
        before: Only those with a lower number than this; 0 for the newest there are.
    """

    symbol: Symbol | None = None
    gate: str = ""
    before: int = 0
    limit: int = 100


class AskModels(BaseQuery, frozen=True, kw_only=True):
    """Every stored model, in one line each."""


class AskModel(BaseQuery, frozen=True, kw_only=True):
    """How one model was judged, and how it has done since."""

    symbol: Symbol
    interval: Interval
    version: int


class PromiseBand(msgspec.Struct, frozen=True, kw_only=True):
    """Promises of one band and what became of them: `said 65-70 %: right 68 % of 212`.

    Args:
        low: Lower end, 0 to 1.
        high: Upper end.
        right_ratio: Share whose take profit came first; None while there is no outcome.
    """

    low: float
    high: float
    count: int
    right_ratio: float | None


class GateStep(msgspec.Struct, frozen=True, kw_only=True):
    """One gate on the way from signal to order.

    Args:
        gate: `signal`, `confidence`, `edge`, `regime`, `cool_down`, `exposure`, `cost`, `minimum_size` or `budget`.
        is_passed: None where an earlier gate said no, so this one was not asked.
        margin: Distance to the limit in the gate's own unit, negative beyond it; None where there is no number.
        text: Why, with the numbers.
    """

    gate: str
    is_passed: bool | None
    text: str = ""
    margin: float | None = None


class Waterfall(msgspec.Struct, frozen=True, kw_only=True):
    """One decision on one candle of one pair.

    Args:
        number: Its place among all, rising.
        time_ms: When it was made, UTC.
        candle_ms: Start of the candle, UTC.
        steps: Every gate in order; the first that failed decides.
        outcome: `bought`, `sold`, `waits`, `nothing`, `blocked`, `refused` or `missed`.
    """

    number: int
    time_ms: int
    candle_ms: int
    symbol: Symbol
    interval: Interval
    strategy: str
    steps: tuple[GateStep, ...]
    outcome: str

    @property
    def stopped_by(self) -> GateStep | None:
        """The first gate that said no."""
        return next((step for step in self.steps if step.is_passed is False), None)


class SignalReason(msgspec.Struct, frozen=True, kw_only=True):
    """What one feature did to the confidence.

    Args:
        feature: Its name.
        words: The same in plain words.
        value: What it was at the candle.
        push: Its contribution, in log-odds; above 0 towards the take profit.
    """

    feature: str
    words: str
    value: float
    push: float


class FeatureShift(msgspec.Struct, frozen=True, kw_only=True):
    """How far a feature of today lies from the one learned from; `stability` is the PSI, None if unknown."""

    feature: str
    stability: float | None
    says: str


class SignalRow(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of one pair at its newest closed candle; unknown is None, never 0.

    Args:
        state: `speaks`, `no_opinion`, `demoted`, `late`, `no_model` or `broken`.
        silence: Why there is no opinion, "" where there is one.
        side: 1 be in, 0 no opinion, -1 be out.
        confidence: Calibrated probability that the take profit comes before the stop.
        break_even: Probability above which the trade earns its costs at this account's fees.
        votes: Each model's own confidence.
        track: The band that the confidence falls into; None without one.
        is_live_track: Whether the band counts live outcomes; otherwise those of the walk-forward.
        disagreement: Highest vote less the lowest.
        drift: The worst feature of today; None where it is not known.
        forecast_ms: How long candle close to forecast took; None without one.
    """

    symbol: Symbol
    interval: Interval
    state: str
    silence: str = ""
    candle_ms: int | None = None
    version: int | None = None
    side: int = 0
    confidence: float | None = None
    break_even: float | None = None
    expected_net_ratio: float | None = None
    votes: tuple[tuple[str, float], ...] = ()
    has_edge: bool = False
    track: PromiseBand | None = None
    is_live_track: bool = False
    disagreement: float | None = None
    drift: FeatureShift | None = None
    waterfall: Waterfall | None = None
    forecast_ms: float | None = None


class SignalsAnswer(BaseAnswer, frozen=True, kw_only=True):
    """One row a pair, in the order of the settings."""

    rows: tuple[SignalRow, ...]


class SignalAnswer(BaseAnswer, frozen=True, kw_only=True):
    """One pair in full.

    Args:
        reasons: The features that moved it most, the strongest first.
        bands: The whole track record, lowest band first.
        has_live_bands: Whether those count live outcomes; otherwise they are of the walk-forward.
        drifts: Every feature, the farthest first.
        recent: Confidence at the candles before, oldest first: start of the candle, confidence, and 1 or 0
            where the outcome is known.
    """

    row: SignalRow
    reasons: tuple[SignalReason, ...] = ()
    bands: tuple[PromiseBand, ...] = ()
    has_live_bands: bool = False
    drifts: tuple[FeatureShift, ...] = ()
    recent: tuple[tuple[int, float | None, int | None], ...] = ()


class WaterfallsAnswer(BaseAnswer, frozen=True, kw_only=True):
    """Newest first."""

    rows: tuple[Waterfall, ...]


class ModelRow(msgspec.Struct, frozen=True, kw_only=True):
    """One stored model.

    Args:
        state: `champion`, `challenger`, `retired`, `demoted` or `broken`.
        reason: Why it is demoted or broken.
        logloss_gain: Log-loss of the base rate less its own; None where not judged.
        net_ratio: Mean net return a trade of its out-of-fold signals.
        net_low: Lower end of that figure's interval.
        net_high: Upper end.
    """

    symbol: Symbol
    interval: Interval
    version: int
    state: str
    reason: str = ""
    trained_ms: int | None = None
    first_ms: int | None = None
    last_ms: int | None = None
    bars: int | None = None
    models: tuple[str, ...] = ()
    has_edge: bool = False
    auc: float | None = None
    calibration_error: float | None = None
    logloss_gain: float | None = None
    trades: int | None = None
    net_ratio: float | None = None
    net_low: float | None = None
    net_high: float | None = None
    live_outcomes: int = 0
    live_right_ratio: float | None = None


class TrainingNow(msgspec.Struct, frozen=True, kw_only=True):
    """A training that the engine has begun by itself.

    Args:
        why: What made it due.
        planned: Steps in all; 0 while that is not known.
        step: What was done last, in words.
        left_s: Seconds that it may still take.
    """

    symbol: Symbol
    interval: Interval
    why: str
    done: int
    planned: int
    step: str
    left_s: float


class ModelsAnswer(BaseAnswer, frozen=True, kw_only=True):
    """Champions first, then by age; and the training that the engine does now, if any."""

    rows: tuple[ModelRow, ...]
    training: TrainingNow | None = None


class FoldRow(msgspec.Struct, frozen=True, kw_only=True):
    """One fold of the walk-forward: its test span and scores."""

    first_ms: int
    last_ms: int
    bars: int
    auc: float | None
    logloss: float | None
    base_logloss: float | None
    net_ratio: float | None


class ModelAnswer(BaseAnswer, frozen=True, kw_only=True):
    """One model in full.

    Args:
        reliability: Out-of-fold promises by band, lowest first.
        equity: Growth of the out-of-fold signals net of costs: start of the candle, factor; at most 500.
        held: Buy-and-hold over the same candles, likewise.
        importance: Permutation importance in log-loss, the strongest first.
        verdict: Why there is an edge or none, one sentence each.
    """

    row: ModelRow
    reliability: tuple[PromiseBand, ...] = ()
    live: tuple[PromiseBand, ...] = ()
    folds: tuple[FoldRow, ...] = ()
    equity: tuple[tuple[int, float], ...] = ()
    held: tuple[tuple[int, float], ...] = ()
    importance: tuple[tuple[str, float], ...] = ()
    drifts: tuple[FeatureShift, ...] = ()
    verdict: tuple[str, ...] = ()


SignalQuery = AskSignals | AskSignal | AskWaterfalls | AskModels | AskModel
SignalsAnswers = SignalsAnswer | SignalAnswer | WaterfallsAnswer | ModelsAnswer | ModelAnswer
