"""What is known of the signal of one pair, and the row that clients are shown of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from tui_trader.engine.core.signal_gate import OWN_GATES, numbers_of, own_steps
from tui_trader.engine.core.waterfall_log import GATES
from tui_trader.engine.messages.forecasts import Studied, Track
from tui_trader.engine.messages.signal_queries import (
    FeatureShift,
    GateStep,
    PromiseBand,
    SignalAnswer,
    SignalRow,
    Waterfall,
)
from tui_trader.engine.messages.signal_reports import ForecastView, model_name
from tui_trader.engine.rules.signal_gates import SignalLimits, signal_of
from tui_trader.engine.values.candles import Candle, Interval
from tui_trader.engine.values.instruments import Symbol

LIVE_MIN = 20
"""Outcomes of a band from which on it is believed before the walk-forward's."""
SPEAKS, NO_OPINION = "speaks", "no_opinion"


@dataclass(slots=True)
class SignalState:
    """Everything known of one pair's signal.

    Args:
        said: Of the champion at the newest closed candle.
        shadow: Of the challenger, which never trades.
        took_ms: How long the forecast took.
        studied: What was found out since; of an earlier candle until it is there.
        waterfall: The newest decision.
        candles: What the models were asked about.
    """

    said: ForecastView | None = None
    shadow: ForecastView | None = None
    took_ms: float | None = None
    studied: Studied | None = None
    waterfall: Waterfall | None = None
    candles: tuple[Candle, ...] = ()


def signal_row(
    symbol: Symbol,
    interval: Interval,
    known: SignalState,
    *,
    limits: SignalLimits,
    refuted: Mapping[str, str],
) -> SignalRow:
    """The row of one pair; what is not known is None and says why."""
    said = known.said
    if said is None:
        return SignalRow(
            symbol=symbol,
            interval=interval,
            state="late",
            silence="no candle has closed since the engine began",
        )
    state, silence = _state(said, limits, refuted)
    studied = known.studied if _is_of(known.studied, said) else None
    band, is_live = _band(said, known.studied)
    return SignalRow(
        symbol=symbol,
        interval=interval,
        state=state,
        silence=silence,
        candle_ms=said.open_time_ms or None,
        version=said.version,
        side=signal_of(numbers_of(said), limits) if state in {SPEAKS, NO_OPINION} else 0,
        confidence=said.confidence,
        break_even=said.break_even,
        expected_net_ratio=said.expected_net_ratio,
        votes=said.votes,
        has_edge=said.has_edge,
        track=band,
        is_live_track=is_live,
        disagreement=said.disagreement,
        drift=_worst(studied),
        waterfall=known.waterfall,
        forecast_ms=known.took_ms,
    )


def signal_answer(row: SignalRow, known: SignalState) -> SignalAnswer:
    """One pair in full."""
    studied = known.studied
    if studied is None or known.said is None:
        return SignalAnswer(row=row)
    track = champion_track(studied, known.said.version)
    has_live = track is not None and bool(track.outcomes)
    return SignalAnswer(
        row=row,
        has_live_bands=has_live,
        reasons=studied.reasons if _is_of(studied, known.said) else (),
        bands=track.bands if track is not None and has_live else studied.forward,
        drifts=studied.drifts,
        recent=() if track is None else track.recent,
    )


def champion_track(studied: Studied, version: int | None) -> Track | None:
    """The live record of a version."""
    return next((track for track in studied.tracks if track.version == version), None)


def unhosted_waterfall(said: ForecastView, limits: SignalLimits, *, time_ms: int) -> Waterfall:
    """The decision on a signal that no strategy trades on: only its own gates were asked."""
    steps = own_steps(said, limits)
    is_clear = all(step.is_passed for step in steps.values())
    text = "no strategy trades on it: `tui-trader strategies start ensemble`" if is_clear else ""
    return Waterfall(
        number=0,
        time_ms=time_ms,
        candle_ms=said.open_time_ms,
        symbol=said.symbol,
        interval=said.interval,
        strategy="",
        steps=tuple(
            steps[gate] if gate in OWN_GATES else GateStep(gate=gate, is_passed=None, text=text)
            for gate in GATES
        ),
        outcome="nothing",
    )


def _state(said: ForecastView, limits: SignalLimits, refuted: Mapping[str, str]) -> tuple[str, str]:
    name = model_name(said.symbol, said.interval, said.version)
    if said.version is not None and name in refuted and said.state in {SPEAKS, "demoted"}:
        return "demoted", f"its promises did not hold: {refuted[name]}"
    if said.state != SPEAKS:
        return said.state, said.silence
    stop = next(
        (step for step in own_steps(said, limits).values() if step.is_passed is False), None
    )
    return (SPEAKS, "") if stop is None else (NO_OPINION, stop.text)


def _band(said: ForecastView, studied: Studied | None) -> tuple[PromiseBand | None, bool]:
    if said.confidence is None or studied is None:
        return None, False
    track = champion_track(studied, said.version)
    live = None if track is None else _within(track.bands, said.confidence)
    if live is not None and live.count >= LIVE_MIN:
        return live, True
    return _within(studied.forward, said.confidence), False


def _within(bands: tuple[PromiseBand, ...], confidence: float) -> PromiseBand | None:
    return next((band for band in bands if band.low <= confidence < band.high), None)


def _is_of(studied: Studied | None, said: ForecastView) -> bool:
    return studied is not None and studied.open_time_ms == said.open_time_ms


def _worst(studied: Studied | None) -> FeatureShift | None:
    return studied.drifts[0] if studied is not None and studied.drifts else None
