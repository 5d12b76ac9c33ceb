"""What a backtest can be chosen from: venues, lengths of candles, pairs and days that are stored."""

from collections.abc import Sequence
from datetime import UTC, datetime

from tui_trader.engine.values.backtests import StoredSeries
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.time import MS_PER_SECOND


def lengths_of(series: Sequence[StoredSeries], venue: str) -> list[Interval]:
    """Lengths of candles that are stored, and those that can be made of them."""
    stored = [one.timeframe for one in series if one.venue == venue]
    return [each for each in Interval if any(each.ms % one.ms == 0 for one in stored)]


def candle_choices(series: Sequence[StoredSeries]) -> list[tuple[str, Interval]]:
    """Every venue with every length."""
    venues = dict.fromkeys(one.venue for one in series)
    return [(venue, length) for venue in venues for length in lengths_of(series, venue)]


def pairs_of(series: Sequence[StoredSeries], venue: str, interval: Interval) -> list[str]:
    """Pairs that have candles of that length, or shorter ones to make them of."""
    return list(
        dict.fromkeys(
            one.pair for one in series if one.venue == venue and interval.ms % one.timeframe.ms == 0
        )
    )


def stored_days(
    series: Sequence[StoredSeries], venue: str, *, pairs: Sequence[str], interval: Interval
) -> tuple[str, str]:
    """First and last day of the candles of some pairs; empty when none is known."""
    bounds = [
        (one.first_ms, one.last_ms)
        for one in series
        if one.venue == venue and one.pair in pairs
        if interval.ms % one.timeframe.ms == 0
    ]
    firsts = [first for first, _ in bounds if first is not None]
    lasts = [last for _, last in bounds if last is not None]
    return (day_of(min(firsts)), day_of(max(lasts))) if firsts and lasts else ("", "")


def day_of(time_ms: int) -> str:
    """`2024-01-31`."""
    return datetime.fromtimestamp(time_ms / MS_PER_SECOND, tz=UTC).strftime("%Y-%m-%d")


def span_ms(one: StoredSeries) -> int:
    """From the first to the last candle."""
    return 0 if one.first_ms is None or one.last_ms is None else one.last_ms - one.first_ms
