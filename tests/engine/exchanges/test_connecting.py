"""Which adapters a name in the configuration gives."""

import pytest

from tests.engine.exchanges.kraken.clocks import SteppedClock
from tui_trader.engine.exchanges.connecting import connect
from tui_trader.engine.settings.model import Settings, VenueSettings
from tui_trader.engine.values.errors import ConfigError


def adapters_of(name, tmp_path):
    settings = Settings(venue=VenueSettings(exchange=name, api_key="canary-key"))
    return connect(settings, SteppedClock(), chance=lambda: 0.5, nonce_file=tmp_path / "nonce")


@pytest.mark.parametrize(
    ("name", "feed", "can_amend"),
    [("kraken", "KrakenFeed", True), ("bitstamp", "CcxtFeed", False)],
)
async def test_name_gives_a_feed_and_an_execution_with_its_abilities(
    tmp_path, name, feed, can_amend
):
    adapters = adapters_of(name, tmp_path)
    try:
        assert type(adapters.feed).__name__ == feed
        assert adapters.execution.abilities.can_amend is can_amend
        assert "canary" not in f"{adapters!r}"
    finally:
        await adapters.feed.close()
        await adapters.execution.close()


def test_exchange_that_nobody_knows_names_the_setting(tmp_path):
    with pytest.raises(ConfigError, match="krakne") as error:
        adapters_of("krakne", tmp_path)
    assert error.value.key == "venue.exchange"
