"""Queries about what candles say, and their answers: catalogue, markets, one chart, timeframes.

Law: everything here is about closed candles; a candle is closed when the next one has begun. What is
not known is `None`, and a `note` says why.

Rows are not followed by the garbage collector (`gc=False`): an engine keeps tens of thousands of them,
none can point back at what holds it, and walking them would stop its loop.
"""

import msgspec

from tui_trader.engine.messages.query_roots import BaseAnswer, BaseQuery
from tui_trader.engine.values.candles import Candle, Interval
from tui_trader.engine.values.instruments import Symbol

PICKS_MAX = 12
"""Indicators that one question may choose."""


class IndicatorPick(msgspec.Struct, frozen=True, kw_only=True):
    """An indicator of the catalogue, chosen by name; parameters not named are at their defaults."""

    name: str
    parameters: dict[str, float] = {}


class AskCatalogue(BaseQuery, frozen=True, kw_only=True):
    """Every indicator there is."""


class AskMarkets(BaseQuery, frozen=True, kw_only=True):
    """One row a watched pair, with the value of each pick on candles of `interval`."""

    interval: Interval
    picks: tuple[IndicatorPick, ...] = ()


class AskAnalysis(BaseQuery, frozen=True, kw_only=True):
    """What the candles of one pair say; the picks come back as lines to draw."""

    symbol: Symbol
    interval: Interval
    picks: tuple[IndicatorPick, ...] = ()


class AskTimeframes(BaseQuery, frozen=True, kw_only=True):
    """The sides the catalogue takes on one pair, on every interval."""

    symbol: Symbol


class ParameterCard(msgspec.Struct, frozen=True, kw_only=True):
    """One knob with its inclusive bounds."""

    name: str
    default: float
    low: float
    high: float
    is_whole: bool
    says: str


class IndicatorCard(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the catalogue, as people choose by it.

    Args:
        outputs: Names of its lines.
        units: Unit of each.
        displacements: Bars to the right (or left, below 0) each is drawn.
        low: Range of its pane, where that is known; `high` likewise.
        takes_sides: It has a bullish or bearish reading.
    """

    name: str
    title: str
    group: str
    says: str
    parameters: tuple[ParameterCard, ...]
    outputs: tuple[str, ...]
    units: tuple[str, ...]
    displacements: tuple[int, ...]
    is_overlay: bool
    low: float | None
    high: float | None
    takes_sides: bool


class CatalogueAnswer(BaseAnswer, frozen=True, kw_only=True):
    """Every indicator, by group and name."""

    cards: tuple[IndicatorCard, ...]


class PickValue(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a pick says at the newest closed candle.

    Args:
        values: One an output; `None` before there are enough candles.
        stance: 1 bullish, -1 bearish, 0 neither; `None` where it takes no side or has no value.
        missing_bars: Closed candles it still needs; 0 when it has a value.
    """

    values: tuple[float | None, ...]
    stance: int | None
    missing_bars: int = 0


class MarketRow(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One pair.

    Args:
        high_24h: Of the candles of the last 24 hours; `low_24h` likewise. `None`: no such candle.
        closes_24h: Their closes, thinned out, oldest first.
        is_day_whole: The candles reach back 24 hours.
        closed_ms: When the newest closed candle began.
        picks: In the order of the question; empty when the pair has no candles.
        note: Why something is missing, else empty.
    """

    symbol: Symbol
    high_24h: float | None
    low_24h: float | None
    closes_24h: tuple[float, ...]
    is_day_whole: bool
    closed_ms: int | None
    picks: tuple[PickValue, ...]
    note: str = ""


class MarketsAnswer(BaseAnswer, frozen=True, kw_only=True):
    """Rows in the order of the settings."""

    interval: Interval
    rows: tuple[MarketRow, ...]


class PickLines(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A pick as lines: one value an output and candle, `None` where there is none.

    Args:
        missing_bars: Closed candles it still needs before its first value.
    """

    name: str
    label: str
    columns: tuple[tuple[float | None, ...], ...]
    missing_bars: int = 0


class Reading(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One indicator at the newest closed candle.

    Args:
        label: With its parameters: `macd(12,26,9)`.
        values: One an output; `None` is unknown. `units` likewise.
        stance: As in `PickValue`.
        meaning: One line: why it takes that side, what it measures, or why it is unknown.
    """

    name: str
    label: str
    title: str
    group: str
    values: tuple[float | None, ...]
    units: tuple[str, ...]
    stance: int | None
    meaning: str


class StanceCount(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How many indicators of a group (or of `all`) take which side.

    Args:
        sideless: Known, and of a kind that takes no side.
        unknown: Too few candles, or no feed of what they need.
    """

    group: str
    bullish: int
    bearish: int
    neutral: int
    sideless: int
    unknown: int


class PatternSeen(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A candlestick pattern.

    Args:
        open_time_ms: Start of its last candle.
        confirmed_ms: Close of the candle that made it certain.
        direction: 1 bullish, -1 bearish, 0 neither.
        strength: In plain words; `meaning` likewise.
    """

    open_time_ms: int
    confirmed_ms: int
    name: str
    direction: int
    strength: str
    meaning: str


class LevelSeen(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A price where the market has turned more than once.

    Args:
        is_support: The newest close is above it; else it is resistance.
        touches: Turns there; `strength` says in words what they are worth.
        distance_percent: From the newest close to it.
    """

    price: float
    is_support: bool
    touches: int
    strength: str
    last_touch_ms: int
    distance_percent: float


class TurnSeen(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a candle did: a breakout, a retest, or a divergence it made certain.

    Args:
        kind: `breakout`, `retest held`, `retest failed`, `divergence`.
        direction: 1 speaks for rising prices, -1 for falling ones.
        words: One line for people.
    """

    open_time_ms: int
    kind: str
    direction: int
    words: str


class AnalysisAnswer(BaseAnswer, frozen=True, kw_only=True):
    """What the closed candles of one pair say.

    Args:
        candles: Closed ones, oldest first.
        lines: In the order of the picks; each column has one value a candle.
        totals: All first, then each group.
        patterns: Newest first.
        levels: Highest price first.
        turns: Newest first.
        trend: 1 rising, -1 falling, 0 neither; `None`: too few turns to tell.
        note: Why something is missing, else empty.
    """

    symbol: Symbol
    interval: Interval
    candles: tuple[Candle, ...]
    lines: tuple[PickLines, ...]
    readings: tuple[Reading, ...]
    totals: tuple[StanceCount, ...]
    patterns: tuple[PatternSeen, ...]
    levels: tuple[LevelSeen, ...]
    turns: tuple[TurnSeen, ...]
    trend: int | None
    trend_words: str
    note: str = ""


class TimeframeRow(msgspec.Struct, frozen=True, kw_only=True):
    """How many indicators take which side on one interval; all 0 with a `note` that says why."""

    interval: Interval
    bullish: int
    bearish: int
    neutral: int
    candle_count: int
    note: str = ""


class TimeframesAnswer(BaseAnswer, frozen=True, kw_only=True):
    """Every interval, shortest first."""

    symbol: Symbol
    rows: tuple[TimeframeRow, ...]
