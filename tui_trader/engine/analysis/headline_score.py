"""One score from many headlines, and the list of words that users may extend."""

from collections.abc import Iterable, Sequence
from math import isfinite

from tui_trader.engine.ports.sentiment_source import ScoredHeadline
from tui_trader.engine.values.errors import ConfigError
from tui_trader.engine.values.text import sanitize
from tui_trader.engine.values.time import MS_PER_DAY, MS_PER_MINUTE

HALF_LIFE_MS = 6 * 60 * MS_PER_MINUTE
OLDEST_MS = MS_PER_DAY
QUIET_WEIGHT = 3.0
"""Headlines of score 0 that are thought to be there: one headline alone shall not shout."""
AHEAD_MS = 60 * MS_PER_MINUTE
"""A feed's clock may go wrong; a headline from farther ahead has no known date."""
WORDS_MAX = 5_000
VALENCE_MAX = 4.0


def headline_score(headlines: Iterable[ScoredHeadline], now_ms: int) -> tuple[float, int] | None:
    """Mean score of the last day's headlines, the newer the heavier, and how many there are.

    Undated ones do not count: nobody knows whether they are of today. None where none counts.
    """
    weighed = [
        (0.5 ** (max(0, now_ms - item.time_ms) / HALF_LIFE_MS), item.score)
        for item in headlines
        if item.time_ms is not None and now_ms - item.time_ms <= OLDEST_MS
    ]
    if not weighed:
        return None
    total = QUIET_WEIGHT + sum(weight for weight, _ in weighed)
    return sum(weight * score for weight, score in weighed) / total, len(weighed)


def newest_first(feeds: Iterable[Sequence[ScoredHeadline]]) -> list[ScoredHeadline]:
    """All headlines of all feeds, each title once, undated ones last."""
    by_title: dict[str, ScoredHeadline] = {}
    for headline in (item for feed in feeds for item in feed):
        by_title.setdefault(headline.title.casefold(), headline)
    return sorted(by_title.values(), key=lambda item: -(item.time_ms or 0))


def dated(time_ms: int | None, now_ms: int) -> int | None:
    """A date that can be true."""
    return time_ms if time_ms is not None and 0 < time_ms <= now_ms + AHEAD_MS else None


def parse_words(text: str, source: str) -> dict[str, float]:
    """Scores of words: a word and its score (-4 … 4) a line; `#` begins a remark.

    Raises:
        ConfigError: a line is none of this; it is named.
    """
    words: dict[str, float] = {}
    for number, line in enumerate(text.splitlines(), 1):
        meant = line.partition("#")[0].split()
        if not meant:
            continue
        score = _score(meant[-1])
        if len(meant) != 2 or score is None:  # noqa: PLR2004 — a word and its score
            message = f"expected one word and its score from -4 to 4, found {sanitize(line, length_max=60)!r}"
            raise ConfigError(message, source=f"{source}, line {number}")
        words[meant[0].lower()] = score
        if len(words) > WORDS_MAX:
            message = f"at most {WORDS_MAX:,} words can be scored; shorten the list"
            raise ConfigError(message, source=source)
    return words


def _score(text: str) -> float | None:
    try:
        score = float(text)
    except ValueError:
        return None
    return score if isfinite(score) and abs(score) <= VALENCE_MAX else None
