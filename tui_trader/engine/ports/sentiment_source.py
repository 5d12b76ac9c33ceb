"""Where moods come from: sources outside the market, each on its own, none of them needed.

To add one: a file in `engine/sources/` with a `SourceFactory`, and a line in the registry. Sources do
not know each other; what they share is here, and the way to the web is handed to them.
"""

from collections.abc import Mapping
from typing import Protocol

import msgspec

from tui_trader.engine.ports.clock import Clock
from tui_trader.engine.settings.model import SentimentSettings


class ScoredHeadline(msgspec.Struct, frozen=True, kw_only=True):
    """One headline, cleaned.

    Args:
        title: One line without markup or control characters.
        source: Name of the feed.
        time_ms: When it was published, UTC; None where the feed does not say, or says nonsense.
        score: -1 … 1.
    """

    title: str
    source: str
    time_ms: int | None
    score: float


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What a source says.

    Args:
        value: -1 (fear) … 1 (greed).
        time_ms: When that was so, UTC: stamped by the source, or when it was asked.
        says: The reading in a few words.
        headlines: Where it comes from, newest first, if from headlines.
    """

    value: float
    time_ms: int
    says: str
    headlines: tuple[ScoredHeadline, ...] = ()


class Validator(msgspec.Struct, frozen=True):
    """What a server wants to hear again, so that it may answer `not modified`."""

    etag: str = ""
    modified: str = ""


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """One answer of a server.

    Args:
        body: Empty where nothing changed.
        validator: For the next request.
        is_new: False for `not modified`.
    """

    body: bytes
    validator: Validator
    is_new: bool


class FeedTask(msgspec.Struct, frozen=True, kw_only=True):
    """What the child that reads a feed is asked.

    Args:
        host: Whose page it is: the name of a feed that gives itself none.
        body: The page as it came.
        words: Scores of words beyond its own, -4 … 4.
        headlines_max: As many at most.
    """

    host: str
    body: bytes
    words: dict[str, float]
    headlines_max: int


class ScoredFeed(msgspec.Struct, frozen=True, kw_only=True):
    """What it answers; `fault` says why there is nothing."""

    headlines: tuple[ScoredHeadline, ...] = ()
    fault: str = ""


class WebReader(Protocol):
    """Fetches pages, bounded in bytes, time and redirects."""

    async def fetch(self, address: str, known: Validator) -> Page:
        """What stands at an address.

        Args:
            address: https, or http on this machine.
            known: From the last page that could be read; an empty one asks for everything.

        Raises:
            SourceFault: nothing usable came back.
        """
        ...


class SentimentSource(Protocol):
    """One source of mood; between two calls it holds nothing open."""

    @property
    def name(self) -> str:
        """As the registry names it."""
        ...

    async def read(self) -> Reading:
        """What it says now; asks the outside, at most once a call.

        Raises:
            SourceFault: it told nothing usable; the message says why.
        """
        ...


class SourceFactory(Protocol):
    """Makes a source from the settings: what a line of the registry names."""

    def __call__(
        self,
        settings: SentimentSettings,
        *,
        reader: WebReader,
        clock: Clock,
        words: Mapping[str, float],
    ) -> SentimentSource | None:
        """The source, or None where the settings name no address for it.

        Args:
            settings: Its section.
            reader: Its only way to the web.
            clock: Time.
            words: The user's scores of words, -4 … 4.
        """
        ...
