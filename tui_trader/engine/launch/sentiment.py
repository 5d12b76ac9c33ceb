"""The sentiment sources that the settings ask for, made from the registry."""

from collections.abc import Mapping
from pathlib import Path
from typing import cast

from tui_trader.engine.analysis.headline_score import parse_words
from tui_trader.engine.ports.clock import Clock
from tui_trader.engine.ports.sentiment_source import SentimentSource, SourceFactory
from tui_trader.engine.registry import SENTIMENT_SOURCES, load
from tui_trader.engine.settings.model import SentimentSettings
from tui_trader.engine.sources.web import BoundedReader
from tui_trader.engine.values.errors import ConfigError

WORDS_NAME = "headline_words.txt"
WORDS_BYTES_MAX = 256_000


def sentiment_sources(
    settings: SentimentSettings, home: Path, clock: Clock
) -> tuple[SentimentSource, ...]:
    """Every source with an address.

    Args:
        settings: Their section.
        home: May hold a list of words, `headline_words.txt`.
        clock: Time.

    Raises:
        ConfigError: that list cannot be read.
        PluginError: the registry names no source.
    """
    reader, words = BoundedReader(), read_words(home / WORDS_NAME)
    made = (
        cast("SourceFactory", load(place))(settings, reader=reader, clock=clock, words=words)
        for place in SENTIMENT_SOURCES.values()
    )
    return tuple(source for source in made if source is not None)


def read_words(path: Path) -> Mapping[str, float]:
    """The user's scores of words; none where there is no such file.

    Raises:
        ConfigError: it cannot be read, or a line is no word and its score.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(WORDS_BYTES_MAX + 1)
        text = raw.decode("utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        message = f"cannot be read as a list of words: {error}"
        raise ConfigError(message, source=str(path)) from error
    if len(raw) > WORDS_BYTES_MAX:
        message = f"is larger than {WORDS_BYTES_MAX:,} bytes; shorten it"
        raise ConfigError(message, source=str(path))
    return parse_words(text, str(path))
