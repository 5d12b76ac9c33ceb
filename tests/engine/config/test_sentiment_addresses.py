"""Addresses of sentiment sources are checked when the settings are read."""

import pytest

from tests.engine.config.settings_files import SettingsHome
from tui_trader.engine.values.errors import ConfigError


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ('fear_greed_url = "http://example.org/fng"', "sentiment.fear_greed_url"),
        ('headline_urls = ["https://a.example/", "ftp://b.example/"]', "sentiment.headline_urls"),
    ],
)
def test_an_address_that_cannot_be_fetched_is_named(isolated_home, line, key):
    with pytest.raises(ConfigError, match=f"{key}: .*must begin with https://"):
        SettingsHome(isolated_home).write(f"[sentiment]\n{line}\n").load()


def test_nothing_outside_is_asked_unless_an_address_is_named(isolated_home):
    sentiment = SettingsHome(isolated_home).load().settings.sentiment
    assert (sentiment.fear_greed_url, sentiment.headline_urls) == ("", ())
    assert sentiment.market_parts


def test_an_empty_list_in_the_environment_is_no_address(isolated_home):
    home = SettingsHome(isolated_home)
    assert home.load(TUI_TRADER_SENTIMENT__HEADLINE_URLS="").settings.sentiment.headline_urls == ()
    named = home.load(TUI_TRADER_SENTIMENT__HEADLINE_URLS="https://a.example/, https://b.example/")
    assert len(named.settings.sentiment.headline_urls) == 2
