"""The child that reads a feed: a hostile page in on stdin, clean scored headlines out on stdout.

It runs with limits on memory and processor time, without the network and without any key. What it
cannot read costs its own life at most.
"""

import calendar
import html
import os
import re
import resource
import sys
from io import BytesIO
from time import struct_time

import feedparser
import msgspec
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from tui_trader.engine.ports.sentiment_source import (
    FeedTask,
    ScoredFeed,
    ScoredHeadline,
)
from tui_trader.engine.values.text import sanitize
from tui_trader.engine.values.time import MS_PER_SECOND

MEMORY_BYTES_MAX = 1 << 30
PROCESSOR_S_MAX = 8
POLITENESS = 10
RAW_TITLE_MAX = 2_000
TITLE_MAX = 200
NAME_MAX = 40
MARKUP = re.compile(r"<[^<>]{0,500}>")
DECLARED_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)


def scored(task: FeedTask) -> ScoredFeed:
    """The headlines of a page, with their scores."""
    # No feed declares entities of its own; who does wants them to unfold. Zero bytes are taken out,
    # so that a page in UTF-16 hides none.
    if DECLARED_ENTITY.search(task.body.replace(b"\0", b"")):
        return ScoredFeed(fault="the feed declares entities; it is not read")
    parsed = feedparser.parse(BytesIO(task.body), sanitize_html=True, resolve_relative_uris=False)
    if not parsed.get("version"):
        return ScoredFeed(fault="no RSS or Atom feed stands there")
    name = plain(str(parsed.feed.get("title", "")), NAME_MAX) or plain(task.host, NAME_MAX)
    analyzer = SentimentIntensityAnalyzer()
    analyzer.lexicon.update(task.words)
    titles = (
        (plain(str(entry.get("title", "")), TITLE_MAX), entry)
        for entry in parsed.entries[: task.headlines_max]
    )
    return ScoredFeed(
        headlines=tuple(
            ScoredHeadline(
                title=title,
                source=name,
                time_ms=_time_ms(_written(entry, "published_parsed"))
                or _time_ms(_written(entry, "updated_parsed")),
                score=float(analyzer.polarity_scores(title)["compound"]),
            )
            for title, entry in titles
            if title
        ),
    )


def plain(text: str, length_max: int) -> str:
    """One line without markup and without what a terminal may obey."""
    # Cut first: markup of megabytes costs no more than a title may be long.
    without_tags = MARKUP.sub(" ", html.unescape(MARKUP.sub(" ", text[:RAW_TITLE_MAX])))
    return sanitize(" ".join(without_tags.split()), length_max=length_max)


def _written(entry: dict[str, object], name: str) -> object:
    # The parser's own `get` warns of one of the two names when only the other is there.
    return dict.get(entry, name)


def _time_ms(moment: object) -> int | None:
    if not isinstance(moment, struct_time):
        return None
    try:
        return calendar.timegm(moment) * MS_PER_SECOND
    except (ValueError, OverflowError):
        return None


def main() -> None:
    """Read one task, write its result."""
    # The engine's own work goes before.
    os.nice(POLITENESS)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_S_MAX, PROCESSOR_S_MAX))
    task = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=FeedTask)
    sys.stdout.buffer.write(msgspec.msgpack.encode(scored(task)))


if __name__ == "__main__":
    main()
