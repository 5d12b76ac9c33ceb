"""Signals, promises and gates in plain words; what is not known says so, and is never 0."""

import math
from dataclasses import dataclass

from rich.style import Style

from tui_trader.engine.messages.signal_queries import (
    GateStep,
    PromiseBand,
    SignalRow,
    Waterfall,
)
from tui_trader.engine.values.text import sanitize
from tui_trader.engine.values.time import format_rfc3339
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.numbers import UNKNOWN, age, compact

NOT_KNOWN = "not known yet"
OUTCOMES_MIN = 30
"""Fewer outcomes than that tell nothing of a promise."""
PASSED, REFUSED, NOT_ASKED = "✓", "✗", "·"
GATES = (
    "signal",
    "confidence",
    "edge",
    "regime",
    "cool_down",
    "exposure",
    "cost",
    "minimum_size",
    "budget",
)
"""In the order in which they are asked."""
_DEVIATIONS = 1.96
"""Of a normal distribution: nineteen of twenty lie within."""
_WHOLE_BELOW = 10_000
_GRACE_MS = 30_000
"""What a forecast may take after its candle has closed, before that is worth a colour."""
_STATES = {
    "no_opinion": ("·", "no opinion"),
    "demoted": ("✗", "demoted"),
    "late": ("!", "late"),
    "no_model": ("—", "no model"),
    "broken": ("✗", "broken"),
}
_LOUD = frozenset({"demoted", "late", "broken"})
_SIDES = {1: ("▲", "be in"), -1: ("▼", "be out"), 0: ("·", "no opinion")}


def share(value: float | None, decimals: int = 0) -> str:
    """`57%`; a dash for unknown."""
    return UNKNOWN if value is None else f"{value:.{decimals}%}"


def needs_words(break_even: float | None, decimals: int = 0) -> str:
    """`48%`; `never` where costs are more than any trade of that kind earns."""
    return "never" if break_even is not None and break_even > 1 else share(break_even, decimals)


def clock_minutes(time_ms: int) -> str:
    """`11-20 10:45`, UTC."""
    text = format_rfc3339(time_ms)
    return f"{text[5:10]} {text[11:16]}"


def stance(row: SignalRow) -> str:
    """`▲ be in`; what is the matter where nothing is said."""
    sign, words = _STATES.get(row.state) or _SIDES.get(row.side, ("·", sanitize(row.state)))
    return f"{sign} {words}"


def stance_ink(row: SignalRow, palette: Palette) -> Style:
    """By what it is, not by how sure."""
    if row.state == "speaks":
        return palette.signed(float(row.side)) if row.side else palette.muted
    return palette.warn if row.state in _LOUD else palette.muted


def confidence_ink(row: SignalRow, palette: Palette) -> Style:
    """Strong where it is said, and enough to pay its costs; else quiet."""
    if row.state != "speaks" or row.confidence is None or row.break_even is None:
        return palette.muted
    return palette.strong if row.confidence > row.break_even else palette.plain


def age_words(row: SignalRow, now_ms: int) -> str:
    """How long ago the candle closed."""
    if row.candle_ms is None:
        return UNKNOWN
    return age(now_ms - row.candle_ms - row.interval.ms)


def is_old(row: SignalRow, now_ms: int) -> bool:
    """Another candle has closed meanwhile, and it says nothing of that one."""
    late_ms = 2 * row.interval.ms + _GRACE_MS
    return row.candle_ms is not None and now_ms - row.candle_ms > late_ms


def band_words(band: PromiseBand) -> str:
    """`65-70%`."""
    return f"{band.low * 100:.0f}-{band.high:.0%}"


def track_words(row: SignalRow) -> str:
    """`said 65-70%: right 68% of 212`."""
    band = row.track
    if band is None or band.right_ratio is None or not band.count:
        return NOT_KNOWN
    return f"said {band_words(band)}: {right_words(band)}"


def right_words(band: PromiseBand) -> str:
    """`right 68% of 212`."""
    if band.right_ratio is None or not band.count:
        return NOT_KNOWN
    return f"right {band.right_ratio:.0%} of {count_words(band.count)}"


def track_source(row: SignalRow) -> str:
    """Where the record is from."""
    return "live" if row.is_live_track else "walk-forward"


@dataclass(frozen=True, slots=True)
class Interval95:
    """Where the true share may lie."""

    low: float
    high: float


def chance_of(band: PromiseBand) -> Interval95 | None:
    """Wilson's interval around what happened; None where nothing did.

    Source: Wilson, "Probable inference, the law of succession, and statistical inference", 1927.
    """
    if band.right_ratio is None or not band.count:
        return None
    count, ratio, square = band.count, band.right_ratio, _DEVIATIONS**2
    middle = (ratio + square / (2 * count)) / (1 + square / count)
    spread = ratio * (1 - ratio) / count + square / (4 * count * count)
    half = _DEVIATIONS * math.sqrt(spread) / (1 + square / count)
    return Interval95(max(0.0, middle - half), min(1.0, middle + half))


def count_words(count: int) -> str:
    """`2,543`, `12.5k`."""
    return f"{count:,}" if count < _WHOLE_BELOW else compact(count)


def verdict_on(band: PromiseBand) -> str:
    """Whether the promise of a band was kept, beyond chance."""
    chance = chance_of(band)
    if chance is None:
        return NOT_KNOWN
    if band.count < OUTCOMES_MIN:
        return "too few to tell"
    if chance.high < band.low:
        return "less than said"
    return "more than said" if chance.low > band.high else "as said"


def votes_words(row: SignalRow) -> str:
    """`logistic 55 · forest 60`, in percent."""
    if not row.votes:
        return UNKNOWN
    return " · ".join(f"{sanitize(name)} {ratio * 100:.0f}" for name, ratio in row.votes)


def gate_words(gate: str) -> str:
    """`cool down`."""
    return sanitize(gate).replace("_", " ")


def mark_of(step: GateStep) -> str:
    """A sign that needs no colour."""
    if step.is_passed is None:
        return NOT_ASKED
    return PASSED if step.is_passed else REFUSED


def margin_words(margin: float | None) -> str:
    """`+0.042`: above zero there is room."""
    return "" if margin is None else f"{margin:+.3g}"


def stopped_words(waterfall: Waterfall) -> str:
    """`✗ cost: …`, or that nothing stood in the way."""
    step = waterfall.stopped_by
    if step is None:
        return f"{PASSED} every gate passed: {outcome_words(waterfall)}"
    return f"{REFUSED} {gate_words(step.gate)}: {sanitize(step.text)}"


def outcome_words(waterfall: Waterfall) -> str:
    """What came of it."""
    return sanitize(waterfall.outcome).replace("_", " ")
