"""Sources are made from settings and home, and a wrong list of words stops the start."""

import pytest

from tests.engine.sources.web_server import FixedClock
from tui_trader.engine.launch.sentiment import WORDS_BYTES_MAX, WORDS_NAME, sentiment_sources
from tui_trader.engine.settings.model import SentimentSettings
from tui_trader.engine.values.errors import ConfigError

ALL = SentimentSettings(
    fear_greed_url="https://example.org/fng", headline_urls=("https://example.org/rss",)
)


def test_a_home_without_addresses_asks_nobody(tmp_path):
    assert sentiment_sources(SentimentSettings(), tmp_path, FixedClock()) == ()


def test_every_named_address_has_its_source(tmp_path):
    made = sentiment_sources(ALL, tmp_path, FixedClock())
    assert [source.name for source in made] == ["fear_greed", "headlines"]


def test_the_list_of_words_in_the_home_extends_the_shipped_one(tmp_path):
    (tmp_path / WORDS_NAME).write_text("wagmi 3\nhacked 0\n")
    _, headlines = sentiment_sources(ALL, tmp_path, FixedClock())
    assert (headlines._words["wagmi"], headlines._words["hacked"]) == (3.0, 0.0)
    assert "bullish" in headlines._words


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"fine 1\nmoon\n", f"{WORDS_NAME}, line 2: expected one word"),
        (b"\xff\xfe", "cannot be read"),
        (b"#" * (WORDS_BYTES_MAX + 1), "is larger than"),
    ],
)
def test_a_wrong_list_is_named_with_its_line(tmp_path, raw, says):
    (tmp_path / WORDS_NAME).write_bytes(raw)
    with pytest.raises(ConfigError, match=says):
        sentiment_sources(ALL, tmp_path, FixedClock())


def test_a_folder_in_its_place_is_named(tmp_path):
    (tmp_path / WORDS_NAME).mkdir()
    with pytest.raises(ConfigError, match="cannot be read"):
        sentiment_sources(ALL, tmp_path, FixedClock())
