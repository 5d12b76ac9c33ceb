"""Headlines of RSS and Atom feeds, scored by their words.

Law: no byte of a feed is parsed in the engine's process. A parser that meets a hostile page may take
minutes or gigabytes, and holds the interpreter meanwhile; so each page goes to a child of its own
(`feed_child.py`) with limits on memory and time, and is given up when it does not answer. A hostile
feed costs no other feed its place.
"""

import asyncio
import os
import sys
from collections.abc import Mapping
from importlib.resources import files
from urllib.parse import urlsplit

import msgspec

from tui_trader.engine.analysis.headline_score import (
    dated,
    headline_score,
    newest_first,
    parse_words,
)
from tui_trader.engine.ports.clock import Clock
from tui_trader.engine.ports.sentiment_source import (
    FeedTask,
    Reading,
    ScoredFeed,
    ScoredHeadline,
    Validator,
    WebReader,
)
from tui_trader.engine.settings.model import SentimentSettings
from tui_trader.engine.values.errors import SourceFault
from tui_trader.engine.values.text import sanitize
from tui_trader.engine.values.time import MS_PER_DAY

CHILD = "tui_trader.engine.sources.feed_child"
CHILD_S = 10.0
CHILDREN_MAX = 2
"""At once: the engine has work of its own."""
HEADLINES_MAX = 200
WORDS_FILE = "crypto_words.txt"
KEPT_VARIABLES = ("PATH", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "LANG", "LC_ALL", "SYSTEMROOT")
"""Of the environment; the child reads hostile text, so it gets no key of anybody's."""


class _Feed:
    """One address: what it said last, and what to tell its server."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.known = Validator()
        self.headlines: tuple[ScoredHeadline, ...] = ()
        self.heard_ms: int | None = None
        self.fault = ""


class Headlines:
    """All feeds of the settings together.

    Args:
        addresses: Where they stand.
        words: Scores of words beyond those of VADER.
        child_s: Longest wait for the child.
    """

    name = "headlines"

    def __init__(
        self,
        addresses: tuple[str, ...],
        reader: WebReader,
        clock: Clock,
        *,
        words: Mapping[str, float],
        child_s: float = CHILD_S,
    ) -> None:
        self._reader, self._clock = reader, clock
        self._words, self._child_s = dict(words), child_s
        self._turns = asyncio.Semaphore(CHILDREN_MAX)
        self._feeds = [_Feed(address) for address in dict.fromkeys(addresses)]

    async def read(self) -> Reading:
        """What the headlines of the last day say, newest heaviest.

        Raises:
            SourceFault: no feed could be read for a day, or none has a headline of it.
        """
        await asyncio.gather(*(self._refresh(feed) for feed in self._feeds))
        return self._reading()

    async def _refresh(self, feed: _Feed) -> None:
        """Hear one feed anew, or note why not; what it said before stays."""
        try:
            page = await self._reader.fetch(feed.address, feed.known)
            if page.is_new:
                feed.headlines = await self._scored(feed, page.body)
        except SourceFault as fault:
            feed.fault = str(fault)
            return
        # Only now: a page that could not be read must be sent again.
        feed.known, feed.fault, feed.heard_ms = page.validator, "", self._clock.now_ms()

    async def _scored(self, feed: _Feed, body: bytes) -> tuple[ScoredHeadline, ...]:
        task = FeedTask(
            host=urlsplit(feed.address).hostname or "",
            body=body,
            words=self._words,
            headlines_max=HEADLINES_MAX,
        )
        async with self._turns:
            result = await _in_child(task, self._child_s)
        if result.fault:
            raise SourceFault(result.fault)
        now_ms = self._clock.now_ms()
        return tuple(
            msgspec.structs.replace(headline, time_ms=dated(headline.time_ms, now_ms))
            for headline in result.headlines
        )

    def _reading(self) -> Reading:
        now_ms = self._clock.now_ms()
        heard = [feed for feed in self._feeds if _is_heard(feed, now_ms)]
        broken = [feed for feed in self._feeds if feed.fault]
        if not heard:
            raise SourceFault(broken[0].fault if broken else "no feed could be read")
        every = newest_first(feed.headlines for feed in heard)
        scored = headline_score(every, now_ms)
        if scored is None:
            message = "no feed has a headline of the last day"
            raise SourceFault(message)
        value, count = scored
        says = f"{count} headlines of the last day from {len(heard)} of {len(self._feeds)} feeds"
        if broken:
            says += f"; {sanitize(broken[0].fault, length_max=100)}"
        return Reading(
            value=value,
            time_ms=min(feed.heard_ms or 0 for feed in heard),
            says=says,
            headlines=tuple(every[:HEADLINES_MAX]),
        )


def _is_heard(feed: _Feed, now_ms: int) -> bool:
    return feed.heard_ms is not None and now_ms - feed.heard_ms <= MS_PER_DAY


async def _in_child(task: FeedTask, child_s: float) -> ScoredFeed:
    try:
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            CHILD,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ},
        )
    except OSError as error:
        message = f"no process could be started to read the feed: {error.strerror}"
        raise SourceFault(message) from error
    try:
        async with asyncio.timeout(child_s):
            said, _ = await child.communicate(msgspec.msgpack.encode(task))
    except TimeoutError as error:
        message = f"the feed could not be read within {child_s:g} s"
        raise SourceFault(message) from error
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    try:
        return msgspec.msgpack.decode(said, type=ScoredFeed)
    except msgspec.DecodeError as error:
        message = f"reading the feed took too much (exit {child.returncode})"
        raise SourceFault(message) from error


def headlines(
    settings: SentimentSettings, *, reader: WebReader, clock: Clock, words: Mapping[str, float]
) -> Headlines | None:
    """The source, if the settings name an address."""
    if not settings.headline_urls:
        return None
    shipped = files("tui_trader.engine.sources").joinpath(WORDS_FILE).read_text("utf-8")
    return Headlines(
        settings.headline_urls,
        reader,
        clock,
        words={**parse_words(shipped, WORDS_FILE), **words},
    )
