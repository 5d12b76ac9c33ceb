"""What the catalogue says of one pair now, in values for screens and reports.

`read_summary` is for closed candles at hand; where `Readings` follow a pair, `summarised` tells the
same of each snapshot they give.

Law: what is not known is None, and `meaning` says why.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import isnan

import msgspec

from tui_trader.engine.analysis.candles import COLUMNS, Candles
from tui_trader.engine.analysis.compute import parsed_claim
from tui_trader.engine.analysis.declaration import Group, Indicator
from tui_trader.engine.analysis.description import claim_words, label, needs_words
from tui_trader.engine.analysis.push import Follower
from tui_trader.engine.analysis.readings import Pick, Readings, Snapshot
from tui_trader.engine.analysis.recent import Bar

BULLISH, NEUTRAL, BEARISH = 1, 0, -1


class OutputReading(msgspec.Struct, frozen=True, kw_only=True):
    """One line of an indicator at the newest candle; None is unknown."""

    name: str
    unit: str
    value: float | None


class IndicatorReading(msgspec.Struct, frozen=True, kw_only=True):
    """One indicator at the newest candle.

    Args:
        name: As users type it.
        label: With its parameters: `macd(12,26,9)`.
        title: Its usual name.
        group: `trend`, `momentum` …
        outputs: Its lines.
        stance: 1 bullish, -1 bearish, 0 neither; None where it takes no side or is unknown.
        takes_sides: It speaks for rising or falling prices at all.
        meaning: One line: why it takes that side, what it measures, or why it is unknown.
        missing_bars: Candles it still needs; 0 where that is not what it lacks.
        needs: `a live feed of trades`, where that is what it lacks; else empty.
    """

    name: str
    label: str
    title: str
    group: str
    outputs: tuple[OutputReading, ...]
    stance: int | None
    takes_sides: bool
    meaning: str
    missing_bars: int
    needs: str

    @property
    def is_known(self) -> bool:
        """Whether every line has a value."""
        return all(output.value is not None for output in self.outputs)


class StanceTotals(msgspec.Struct, frozen=True, kw_only=True):
    """How many indicators of a group take which side.

    Args:
        group: `trend`, `momentum` …, or `all`.
        sideless: Known, and of a kind that takes no side.
        unknown: In their warm-up, or without what they need.
    """

    group: str
    bullish: int
    bearish: int
    neutral: int
    sideless: int
    unknown: int


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """The catalogue at one candle.

    Args:
        open_time_ms: Start of the candle; None without candles. `close` likewise.
        count: Candles read, this one included.
        readings: By group and name.
        groups: Totals of each group, in that order.
        total: Of all groups together.
    """

    open_time_ms: int | None
    close: float | None
    count: int
    readings: tuple[IndicatorReading, ...]
    groups: tuple[StanceTotals, ...]
    total: StanceTotals


def read_summary(candles: Candles, *, picks: Iterable[Pick] | None = None) -> Summary:
    """What indicators say at the newest of these closed candles.

    Args:
        candles: Oldest first; may be empty.
        picks: Which indicators; the whole catalogue at its defaults if not said.

    Raises:
        ConfigError: a parameter is unknown or out of its bounds.
    """
    readings = Readings(candles, picks=picks, patterns=())
    return summarised(readings.snapshot, readings.followers)


def summarised(snapshot: Snapshot, followers: Sequence[Follower]) -> Summary:
    """A snapshot of `Readings` in words; of `push` for closed candles, of `peek` for forming ones."""
    readings = tuple(
        _reading(follower, values, snapshot)
        for follower, values in zip(followers, snapshot.values, strict=True)
    )
    groups = (group.value for group in Group)
    bar = snapshot.bar
    return Summary(
        open_time_ms=None if bar is None else bar.open_time_ms,
        close=None if bar is None else bar.close,
        count=snapshot.count,
        readings=readings,
        groups=tuple(
            _totals(group, [reading for reading in readings if reading.group == group])
            for group in groups
        ),
        total=_totals("all", readings),
    )


def _reading(follower: Follower, values: tuple[float, ...], snapshot: Snapshot) -> IndicatorReading:
    indicator = follower.indicator
    known = tuple(None if isnan(value) else value for value in values)
    named = dict(zip((line.name for line in indicator.outputs), values, strict=True))
    takes_sides = bool(indicator.bullish or indicator.bearish)
    stance, missing, needs = None, 0, ""
    if None in known:
        missing = max(0, follower.warm_up_bars + 1 - snapshot.count)
        needs = "" if missing else _lacking(indicator, snapshot.bar)
    elif takes_sides:
        assert snapshot.bar is not None
        stance = stance_at(indicator, snapshot.bar, named)
    return IndicatorReading(
        name=indicator.name,
        label=label(indicator, follower.parameters),
        title=indicator.title,
        group=indicator.group.value,
        outputs=tuple(
            OutputReading(name=line.name, unit=line.unit.label, value=value)
            for line, value in zip(indicator.outputs, known, strict=True)
        ),
        stance=stance,
        takes_sides=takes_sides,
        meaning=_unknown_words(missing, needs) if None in known else _meaning(indicator, stance),
        missing_bars=missing,
        needs=needs,
    )


def _lacking(indicator: Indicator, bar: Bar | None) -> str:
    needs = needs_words(indicator)
    is_heard = bar is not None and not any(isnan(getattr(bar, name)) for name in indicator.needs)
    # Somebody listens, but the window reaches back to when nobody did.
    return f"more candles with {needs}" if needs and is_heard else needs


def stance_at(indicator: Indicator, bar: Bar, values: Mapping[str, float]) -> int:
    """The side an indicator takes at one candle, by its own claims: 1, -1, or 0 for neither."""
    return int(_is_true(indicator.bullish, bar, values)) - int(
        _is_true(indicator.bearish, bar, values)
    )


def _is_true(claim: str, bar: Bar, values: Mapping[str, float]) -> bool:
    if not claim:
        return False
    left, is_below, right = parsed_claim(claim)
    first, second = (_side(word, bar, values) for word in (left, right))
    return first < second if is_below else first > second


def _side(word: str, bar: Bar, values: Mapping[str, float]) -> float:
    if word in values:
        return values[word]
    side: float = getattr(bar, word) if word in COLUMNS else float(word)
    return side


def _meaning(indicator: Indicator, stance: int | None) -> str:
    if stance == BULLISH:
        return claim_words(indicator.bullish)
    if stance == BEARISH:
        return claim_words(indicator.bearish)
    if stance is None:
        return indicator.says
    return _neutral_words(indicator)


def _neutral_words(indicator: Indicator) -> str:
    """Why it takes neither side: `rsi is between 30 and 70`."""
    bullish, bearish = indicator.bullish, indicator.bearish
    if not (bullish and bearish):
        return f"not true that {claim_words(bullish or bearish)}"
    lower, upper = sorted(
        map(parsed_claim, (bullish, bearish)), key=lambda claim: not claim.is_below
    )
    if lower.left != upper.left or lower.is_below == upper.is_below:
        return f"neither {claim_words(bullish)} nor {claim_words(bearish)}"
    if lower.right == upper.right:
        return f"{lower.left} is at {lower.right}"
    return f"{lower.left} is between {lower.right} and {upper.right}"


def _unknown_words(missing_bars: int, needs: str) -> str:
    if missing_bars:
        return f"unknown: needs {missing_bars:,} more candle{'' if missing_bars == 1 else 's'}"
    return f"unknown: needs {needs}" if needs else "unknown here: it begins later"


def _totals(group: str, readings: Sequence[IndicatorReading]) -> StanceTotals:
    known = [reading for reading in readings if reading.is_known]
    sides = [reading.stance for reading in known if reading.takes_sides]
    return StanceTotals(
        group=group,
        bullish=sides.count(BULLISH),
        bearish=sides.count(BEARISH),
        neutral=sides.count(NEUTRAL),
        sideless=len(known) - len(sides),
        unknown=len(readings) - len(known),
    )
