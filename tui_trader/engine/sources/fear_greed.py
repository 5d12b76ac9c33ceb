"""Fear & Greed: an index from 0 to 100 over HTTP, in the JSON of alternative.me.

Format: {"data": [{"value": "40", "value_classification": "Fear", "timestamp": "1551157200"}]}
(https://alternative.me/crypto/fear-and-greed-index/, section API).
"""

from collections.abc import Mapping

import msgspec

from tui_trader.engine.ports.clock import Clock
from tui_trader.engine.ports.sentiment_source import Reading, Validator, WebReader
from tui_trader.engine.settings.model import SentimentSettings
from tui_trader.engine.values.errors import SourceFault
from tui_trader.engine.values.text import sanitize
from tui_trader.engine.values.time import MS_PER_DAY, MS_PER_SECOND

MIDDLE, HIGHEST = 50, 100
WORD_LENGTH_MAX = 30


class _Entry(msgspec.Struct):
    value: int
    timestamp: int
    value_classification: str = ""


class _Index(msgspec.Struct):
    data: list[_Entry]


class FearGreed:
    """The index at one address.

    Args:
        address: Where it stands.
    """

    name = "fear_greed"

    def __init__(self, address: str, reader: WebReader, clock: Clock) -> None:
        self._address, self._reader, self._clock = address, reader, clock
        self._known = Validator()
        self._reading: Reading | None = None

    async def read(self) -> Reading:
        """The newest value.

        Raises:
            SourceFault: there is none, or it is no such index.
        """
        page = await self._reader.fetch(self._address, self._known)
        if page.is_new or self._reading is None:
            self._reading = self._parsed(page.body)
            # Only now: a page that cannot be read must be sent again.
            self._known = page.validator
        return self._reading

    def _parsed(self, body: bytes) -> Reading:
        try:
            # strict=False: the numbers come as text.
            index = msgspec.json.decode(body, type=_Index, strict=False)
        except (msgspec.DecodeError, RecursionError) as error:
            message = f"no Fear & Greed index stands there: {sanitize(str(error), length_max=100)}"
            raise SourceFault(message) from error
        if not index.data:
            message = "the Fear & Greed index is empty"
            raise SourceFault(message)
        newest = max(index.data, key=lambda entry: entry.timestamp)
        time_ms = newest.timestamp * MS_PER_SECOND
        if not 0 <= newest.value <= HIGHEST or not 0 < time_ms < self._clock.now_ms() + MS_PER_DAY:
            message = (
                f"the Fear & Greed index says {newest.value} at {newest.timestamp}: neither can be"
            )
            raise SourceFault(message)
        word = sanitize(newest.value_classification, length_max=WORD_LENGTH_MAX)
        return Reading(
            value=(newest.value - MIDDLE) / MIDDLE,
            time_ms=min(time_ms, self._clock.now_ms()),
            says=f"{newest.value} of {HIGHEST}{': ' if word else ''}{word}",
        )


def fear_greed(
    settings: SentimentSettings,
    *,
    reader: WebReader,
    clock: Clock,
    words: Mapping[str, float],  # noqa: ARG001 — an index has no words to score
) -> FearGreed | None:
    """The source, if the settings name its address."""
    if not settings.fear_greed_url:
        return None
    return FearGreed(settings.fear_greed_url, reader, clock)
