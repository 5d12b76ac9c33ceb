"""Headlines of RSS and Atom feeds, scored by their words.

Law: no byte of a feed is parsed in the engine's process. A parser that meets a hostile page may take
minutes or gigabytes, and holds the interpreter meanwhile; so pages go to a child
(`feed_child.py`) with limits on memory and time, and are given up when it does not answer.
"""

import asyncio
import os
import sys
from collections.abc import Mapping
from importlib.resources import files

import msgspec

from tui_trader.engine.analysis.headline_score import (
    dated,
    headline_score,
    newest_first,
    parse_words,
)
from tui_trader.engine.ports.clock import Clock
from tui_trader.engine.ports.sentiment_source import (
    FeedPage,
    FeedTask,
    Page,
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
CHILD_S = 20.0
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
        self._feeds = [_Feed(address) for address in dict.fromkeys(addresses)]

    async def read(self) -> Reading:
        """What the headlines of the last day say, newest heaviest.

        Raises:
            SourceFault: no feed could be read for a day, or none has a headline of it.
        """
        pages = await asyncio.gather(*(self._fetch(feed) for feed in self._feeds))
        fresh = {
            feed.address: (feed, page)
            for feed, page in zip(self._feeds, pages, strict=True)
            if page is not None
        }
        if fresh:
            await self._score(fresh)
        return self._reading()

    async def _fetch(self, feed: _Feed) -> Page | None:
        try:
            page = await self._reader.fetch(feed.address, feed.known)
        except SourceFault as fault:
            feed.fault = str(fault)
            return None
        if page.is_new:
            return page
        feed.fault, feed.heard_ms = "", self._clock.now_ms()
        return None

    async def _score(self, fresh: Mapping[str, tuple[_Feed, Page]]) -> None:
        pages = tuple(FeedPage(address=name, body=page.body) for name, (_, page) in fresh.items())
        task = FeedTask(pages=pages, words=self._words, headlines_max=HEADLINES_MAX)
        try:
            scored = await _in_child(task, self._child_s)
        except SourceFault as fault:
            for feed, _ in fresh.values():
                feed.fault = str(fault)
            return
        now_ms = self._clock.now_ms()
        for result in scored:
            feed, page = fresh[result.address]
            feed.fault = result.fault
            if result.fault:
                continue
            feed.known, feed.heard_ms = page.validator, now_ms
            feed.headlines = tuple(
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


async def _in_child(task: FeedTask, child_s: float) -> tuple[ScoredFeed, ...]:
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        CHILD,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ},
    )
    try:
        async with asyncio.timeout(child_s):
            said, _ = await child.communicate(msgspec.msgpack.encode(task))
    except TimeoutError as error:
        message = f"the feeds could not be read within {child_s:g} s"
        raise SourceFault(message) from error
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    try:
        return msgspec.msgpack.decode(said, type=tuple[ScoredFeed, ...])
    except msgspec.DecodeError as error:
        message = f"reading the feeds took too much (exit {child.returncode})"
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
