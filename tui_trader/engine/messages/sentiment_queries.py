"""The question for the mood of the market, and its answer."""

from enum import Enum

import msgspec

from tui_trader.engine.messages.query_roots import BaseAnswer, BaseQuery


class AskSentiment(BaseQuery, frozen=True, kw_only=True):
    """The score, its parts and the latest headlines."""


class PartState(Enum):
    """Whether a part counts."""

    FRESH = "fresh"
    STALE = "stale"
    """It was heard, too long ago to count."""
    MISSING = "missing"
    """It was asked for, and nothing usable is there."""
    OFF = "off"
    """The settings do not ask for it."""


class SentimentPart(msgspec.Struct, frozen=True, kw_only=True):
    """One part of the score.

    Args:
        name: As in the table of parts.
        title: As on a screen.
        value: -1 … 1, also of a stale one; None where nothing is known.
        weight: Its share of the score: what is fresh shares 1; 0 for all others.
        age_ms: Since what it says was so; None where nothing is known.
        state: Whether it counts.
        says: What it says, or why it says nothing.
    """

    name: str
    title: str
    value: float | None
    weight: float
    age_ms: int | None
    state: PartState
    says: str


class SentimentHeadline(msgspec.Struct, frozen=True, kw_only=True):
    """One headline; `age_ms` is None where the feed gave it no date."""

    title: str
    source: str
    age_ms: int | None
    score: float


class SentimentAnswer(BaseAnswer, frozen=True, kw_only=True):
    """The mood.

    Args:
        score: -1 (fear) … 1 (greed); None where no part counts.
        says: The score in a word.
        parts: All there are, fresh or not.
        headlines: Newest first.
    """

    score: float | None
    says: str
    parts: tuple[SentimentPart, ...]
    headlines: tuple[SentimentHeadline, ...]
