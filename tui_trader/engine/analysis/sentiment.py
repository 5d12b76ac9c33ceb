"""Sentiment: one score from parts that may be missing.

Law: what is not known does not count. A part that is missing or too old is shown as such and dropped,
and the others share its weight; with none left there is no score.
"""

from collections.abc import Mapping
from typing import NamedTuple

from tui_trader.engine.messages.sentiment_queries import (
    PartState,
    SentimentAnswer,
    SentimentHeadline,
    SentimentPart,
)
from tui_trader.engine.ports.sentiment_source import Reading
from tui_trader.engine.values.time import MS_PER_DAY, MS_PER_MINUTE

HEADLINES_SHOWN_MAX = 20
CLOCK_SLACK_MS = 5 * MS_PER_MINUTE
"""A reading from so far ahead of our clock is of now; from farther ahead it is of no known time."""


class Part(NamedTuple):
    """One row of PARTS.

    Args:
        title: As on a screen.
        weight: Against the other parts; only their proportions count.
        stale_after_ms: Age from which it does not count any more.
        asks: What it takes, for people, shown while nothing is there.
    """

    title: str
    weight: float
    stale_after_ms: int
    asks: str


PARTS: Mapping[str, Part] = {
    "book_imbalance": Part("Order books", 0.10, MS_PER_MINUTE, "no verified order book yet"),
    "taker_flow": Part("Takers", 0.15, 5 * MS_PER_MINUTE, "no trades heard yet"),
    "breadth": Part("Breadth", 0.20, 5 * MS_PER_MINUTE, "no prices of two pairs yet"),
    "volatility": Part("Volatility", 0.10, 150 * MS_PER_MINUTE, "too few hourly candles yet"),
    "dispersion": Part("Momentum", 0.15, 150 * MS_PER_MINUTE, "no momentum of three pairs yet"),
    "fear_greed": Part("Fear & Greed", 0.15, 2 * MS_PER_DAY, "not asked yet"),
    "headlines": Part("Headlines", 0.15, 180 * MS_PER_MINUTE, "not asked yet"),
}
"""Every part, in the order in which screens show them."""

MARKET_PARTS = frozenset({"book_imbalance", "taker_flow", "breadth", "volatility", "dispersion"})
"""Parts from prices and books: nothing else is asked for them."""

_MOODS = (
    (-0.6, "strong fear"),
    (-0.2, "fear"),
    (0.2, "neutral"),
    (0.6, "greed"),
    (2.0, "strong greed"),
)


def mood(score: float | None) -> str:
    """A score in a word."""
    if score is None:
        return "unknown"
    return next(word for above, word in _MOODS if score < above)


def sentiment(
    readings: Mapping[str, Reading],
    *,
    now_ms: int,
    asked: frozenset[str],
    failures: Mapping[str, str],
) -> SentimentAnswer:
    """The score of what is known now.

    Args:
        readings: Newest reading by part.
        now_ms: UTC.
        asked: Parts that the settings ask for; no other counts.
        failures: Why a part could not be heard lately, in words.
    """
    states = {name: _state(name, readings, now_ms=now_ms, asked=asked) for name in PARTS}
    fresh = [name for name, state in states.items() if state is PartState.FRESH]
    total = sum(PARTS[name].weight for name in fresh)
    parts = tuple(
        SentimentPart(
            name=name,
            title=PARTS[name].title,
            value=readings[name].value if name in readings and name in asked else None,
            weight=PARTS[name].weight / total if name in fresh else 0.0,
            age_ms=_age_ms(readings[name], now_ms) if name in readings and name in asked else None,
            state=state,
            says=_says(name, state, readings, failures=failures),
        )
        for name, state in states.items()
    )
    score = sum(part.weight * (part.value or 0.0) for part in parts) if fresh else None
    return SentimentAnswer(
        score=None if score is None else max(-1.0, min(1.0, score)),
        says=mood(score),
        parts=parts,
        headlines=_headlines(readings, now_ms) if "headlines" in asked else (),
    )


def _state(
    name: str, readings: Mapping[str, Reading], *, now_ms: int, asked: frozenset[str]
) -> PartState:
    if name not in asked:
        return PartState.OFF
    reading = readings.get(name)
    if reading is None or reading.time_ms > now_ms + CLOCK_SLACK_MS or not -1 <= reading.value <= 1:
        return PartState.MISSING
    is_old = now_ms - reading.time_ms > PARTS[name].stale_after_ms
    return PartState.STALE if is_old else PartState.FRESH


def _says(
    name: str, state: PartState, readings: Mapping[str, Reading], *, failures: Mapping[str, str]
) -> str:
    if state is PartState.OFF:
        return "not asked for; see [sentiment] of the settings"
    failure = failures.get(name, "")
    if state is PartState.MISSING:
        return failure or PARTS[name].asks
    says = readings[name].says
    return f"{says} ({failure})" if failure else says


def _age_ms(reading: Reading, now_ms: int) -> int:
    return max(0, now_ms - reading.time_ms)


def _headlines(readings: Mapping[str, Reading], now_ms: int) -> tuple[SentimentHeadline, ...]:
    reading = readings.get("headlines")
    shown = reading.headlines[:HEADLINES_SHOWN_MAX] if reading else ()
    return tuple(
        SentimentHeadline(
            title=headline.title,
            source=headline.source,
            age_ms=None if headline.time_ms is None else max(0, now_ms - headline.time_ms),
            score=headline.score,
        )
        for headline in shown
    )
