"""Answers about candles, from candles: what the screens ask of the catalogue.

Pure functions of closed candles. The session runs them beside its loop and keeps what they return.
"""

from collections.abc import Sequence
from math import isnan

from tui_trader.engine.analysis.candles import Candles, FloatArray, candles_of
from tui_trader.engine.analysis.catalogue import all_indicators, indicator_named
from tui_trader.engine.analysis.compute import compute, stances
from tui_trader.engine.analysis.declaration import Indicator
from tui_trader.engine.analysis.description import label
from tui_trader.engine.analysis.levels import Level
from tui_trader.engine.analysis.patterns import patterns_found
from tui_trader.engine.analysis.structure import Structure, structure
from tui_trader.engine.analysis.summary import IndicatorReading, StanceTotals, read_summary
from tui_trader.engine.messages.analysis_queries import (
    PICKS_MAX,
    AnalysisAnswer,
    CatalogueAnswer,
    IndicatorCard,
    IndicatorPick,
    LevelSeen,
    MarketRow,
    ParameterCard,
    PatternSeen,
    PickLines,
    PickValue,
    Reading,
    StanceCount,
    TimeframeRow,
    TurnSeen,
)
from tui_trader.engine.values.candles import Candle, Interval
from tui_trader.engine.values.errors import ConfigError
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.time import MS_PER_DAY

PATTERNS_MAX = 150
"""Newest of each kind, with a side and without, that an answer carries."""
TURNS_MAX = 100
CURVE_POINTS = 48
WARM_UP_CANDLES = 100


def warm_up() -> None:
    """Load and run everything once, while nobody waits: the first time takes a fifth of a second."""
    step = Interval.M1.ms
    made = [
        Candle(
            open_time_ms=place * step,
            open=1.0 + place % 3,
            high=4.0,
            low=1.0,
            close=1.0 + place % 2,
            volume_base=1.0,
        )
        for place in range(WARM_UP_CANDLES)
    ]
    analysis_answer(Symbol("warm-up"), closed=made, interval=Interval.M1, picks=())


def catalogue_answer() -> CatalogueAnswer:
    """Every indicator as a card."""
    return CatalogueAnswer(cards=tuple(_card(indicator) for indicator in all_indicators()))


def check_picks(picks: Sequence[IndicatorPick]) -> None:
    """Let pass what can be computed.

    Raises:
        ConfigError: too many, an unknown name, or a parameter out of its bounds.
    """
    if len(picks) > PICKS_MAX:
        message = f"{len(picks)} indicators at once; at most {PICKS_MAX}: take some away"
        raise ConfigError(message)
    for pick in picks:
        indicator_named(pick.name).checked(pick.parameters)


def market_row(
    symbol: Symbol,
    *,
    day: Sequence[Candle],
    closed: Sequence[Candle],
    interval: Interval,
    picks: Sequence[IndicatorPick],
) -> MarketRow:
    """One pair: its day from `day`, its indicators from the `closed` candles of `interval`.

    The day ends with the newest candle: how old that is the feed tells, here as everywhere.
    """
    newest_ms = day[-1].open_time_ms if day else 0
    today = [candle for candle in day if candle.open_time_ms > newest_ms - MS_PER_DAY]
    step = max(1, len(today) // CURVE_POINTS)
    columns = candles_of(closed, interval)
    return MarketRow(
        symbol=symbol,
        high_24h=max((candle.high for candle in today), default=None),
        low_24h=min((candle.low for candle in today), default=None),
        closes_24h=tuple(candle.close for candle in today[::-step][::-1]),
        is_day_whole=len(today) < len(day),
        closed_ms=closed[-1].open_time_ms if closed else None,
        picks=tuple(_pick_value(columns, pick) for pick in picks),
    )


def analysis_answer(
    symbol: Symbol,
    *,
    closed: Sequence[Candle],
    interval: Interval,
    picks: Sequence[IndicatorPick],
) -> AnalysisAnswer:
    """Everything the closed candles of one pair say."""
    columns = candles_of(closed, interval)
    summary, built = read_summary(columns), structure(columns)
    return AnalysisAnswer(
        symbol=symbol,
        interval=interval,
        candles=tuple(closed),
        lines=tuple(_pick_lines(columns, pick) for pick in picks),
        readings=tuple(_reading(reading) for reading in summary.readings),
        totals=tuple(_count(total) for total in (summary.total, *summary.groups)),
        patterns=_patterns(columns),
        levels=tuple(_level(level) for level in built.levels),
        turns=_turns(built),
        trend=built.trend,
        trend_words=built.trend_words,
        note="" if closed else "no candle has closed yet",
    )


def timeframe_row(closed: Sequence[Candle], interval: Interval) -> TimeframeRow:
    """How many indicators take which side at the newest closed candle."""
    total = read_summary(candles_of(closed, interval)).total
    is_told = bool(total.bullish or total.bearish or total.neutral)
    return TimeframeRow(
        interval=interval,
        bullish=total.bullish,
        bearish=total.bearish,
        neutral=total.neutral,
        candle_count=len(closed),
        note="" if is_told else "too few candles yet",
    )


def _card(indicator: Indicator) -> IndicatorCard:
    return IndicatorCard(
        name=indicator.name,
        title=indicator.title,
        group=indicator.group.value,
        says=indicator.says,
        parameters=tuple(
            ParameterCard(
                name=knob.name,
                default=knob.default,
                low=knob.low,
                high=knob.high,
                is_whole=knob.is_whole,
                says=knob.says,
            )
            for knob in indicator.parameters
        ),
        outputs=tuple(output.name for output in indicator.outputs),
        units=tuple(output.unit.label for output in indicator.outputs),
        displacements=tuple(output.displacement for output in indicator.outputs),
        is_overlay=indicator.draw.is_overlay,
        low=indicator.draw.low,
        high=indicator.draw.high,
        takes_sides=bool(indicator.bullish or indicator.bearish),
    )


def _pick_value(columns: Candles, pick: IndicatorPick) -> PickValue:
    indicator = indicator_named(pick.name)
    values, stance = _newest(columns, indicator, pick)
    missing = 0
    if all(value is None for value in values):
        warm_up = indicator.warm_up_bars(indicator.checked(pick.parameters))
        missing = max(0, warm_up + 1 - len(columns))
    return PickValue(values=values, stance=stance, missing_bars=missing)


def _newest(
    columns: Candles, indicator: Indicator, pick: IndicatorPick
) -> tuple[tuple[float | None, ...], int | None]:
    if not len(columns):
        return (None,) * len(indicator.outputs), None
    computed = compute(columns, indicator, **pick.parameters)
    values = tuple(_known(float(column[-1])) for column in computed.values())
    takes_sides = bool(indicator.bullish or indicator.bearish)
    if not takes_sides or None in values:
        return values, None
    return values, int(stances(columns, indicator, computed)[-1])


def _known(value: float) -> float | None:
    return None if isnan(value) else value


def _pick_lines(columns: Candles, pick: IndicatorPick) -> PickLines:
    indicator = indicator_named(pick.name)
    chosen = indicator.checked(pick.parameters)
    computed = compute(columns, indicator, **pick.parameters)
    return PickLines(
        name=pick.name,
        label=label(indicator, chosen),
        columns=tuple(_listed(column) for column in computed.values()),
        missing_bars=max(0, indicator.warm_up_bars(chosen) + 1 - len(columns)),
    )


def _listed(column: FloatArray) -> tuple[float | None, ...]:
    return tuple(_known(value) for value in column.tolist())


def _reading(reading: IndicatorReading) -> Reading:
    return Reading(
        name=reading.name,
        label=reading.label,
        title=reading.title,
        group=reading.group,
        values=tuple(output.value for output in reading.outputs),
        units=tuple(output.unit for output in reading.outputs),
        stance=reading.stance,
        meaning=reading.meaning,
    )


def _count(total: StanceTotals) -> StanceCount:
    return StanceCount(
        group=total.group,
        bullish=total.bullish,
        bearish=total.bearish,
        neutral=total.neutral,
        sideless=total.sideless,
        unknown=total.unknown,
    )


def _patterns(columns: Candles) -> tuple[PatternSeen, ...]:
    rows = patterns_found(columns)
    sided = [row for row in rows if row.direction][:PATTERNS_MAX]
    neutral = [row for row in rows if not row.direction][:PATTERNS_MAX]
    chosen = sorted(
        (*sided, *neutral), key=lambda row: (-row.confirmed_time_ms, -abs(row.direction))
    )
    return tuple(
        PatternSeen(
            open_time_ms=row.open_time_ms,
            confirmed_ms=row.confirmed_time_ms,
            name=row.name,
            direction=row.direction,
            strength=row.strength,
            meaning=row.meaning,
        )
        for row in chosen
    )


def _level(level: Level) -> LevelSeen:
    return LevelSeen(
        price=level.price,
        is_support=level.is_support,
        touches=level.touches,
        strength=level.strength,
        last_touch_ms=level.last_touch_time_ms,
        distance_percent=level.distance_percent,
    )


def _turns(built: Structure) -> tuple[TurnSeen, ...]:
    happened = [
        TurnSeen(
            open_time_ms=event.open_time_ms,
            kind=event.happening.value,
            direction=event.direction,
            words=event.words,
        )
        for event in built.events
    ]
    diverged = [
        TurnSeen(
            open_time_ms=divergence.to_time_ms,
            kind="divergence",
            direction=divergence.direction,
            words=divergence.words,
        )
        for divergence in built.divergences
    ]
    newest_first = sorted((*happened, *diverged), key=lambda turn: -turn.open_time_ms)
    return tuple(newest_first[:TURNS_MAX])
