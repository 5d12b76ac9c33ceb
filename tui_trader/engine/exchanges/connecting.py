"""From the name of an exchange to the two adapters that speak with it."""

from pathlib import Path
from typing import Final, NamedTuple

from tui_trader.engine.exchanges.kraken.socket import Chance
from tui_trader.engine.ports.clock import Clock
from tui_trader.engine.ports.execution import Execution
from tui_trader.engine.ports.market_feed import MarketFeed
from tui_trader.engine.settings.model import Settings

KRAKEN: Final = "kraken"


class Adapters(NamedTuple):
    """One exchange, connected."""

    feed: MarketFeed
    execution: Execution


def connect(
    settings: Settings, clock: Clock, *, chance: Chance, nonce_file: Path | None
) -> Adapters:
    """The adapters of `[venue] exchange`; nothing is asked yet.

    Raises:
        ConfigError: nobody knows the exchange.
    """
    # Each brings half a second and 100 MB of ccxt; only one of them is needed.
    if settings.venue.exchange == KRAKEN:
        return _kraken(settings, clock, chance=chance, nonce_file=nonce_file)
    return _other(settings, clock, chance=chance)


def _kraken(
    settings: Settings, clock: Clock, *, chance: Chance, nonce_file: Path | None
) -> Adapters:
    from tui_trader.engine.exchanges.kraken.adapter import (
        KrakenExecution,
        KrakenFeed,
        VenueConfig,
    )

    venue = settings.venue
    config = VenueConfig(
        rest_url=venue.rest_url,
        ws_public_url=venue.ws_public_url,
        ws_private_url=venue.ws_private_url,
        api_key=venue.api_key,
        api_secret=venue.api_secret,
        request_timeout_s=float(settings.execution.request_timeout_s),
        book_depth=settings.market.book_depth,
        nonce_file=nonce_file,
    )
    return Adapters(
        KrakenFeed(config, clock, chance=chance), KrakenExecution(config, clock, chance=chance)
    )


def _other(settings: Settings, clock: Clock, *, chance: Chance) -> Adapters:
    from tui_trader.engine.exchanges.ccxt_pro.connection import CcxtConfig
    from tui_trader.engine.exchanges.ccxt_pro.execution import CcxtExecution
    from tui_trader.engine.exchanges.ccxt_pro.feed import CcxtFeed

    config = CcxtConfig(
        exchange=settings.venue.exchange,
        api_key=settings.venue.api_key,
        api_secret=settings.venue.api_secret,
        request_timeout_s=float(settings.execution.request_timeout_s),
        book_depth=settings.market.book_depth,
    )
    return Adapters(
        CcxtFeed(config, clock, chance=chance), CcxtExecution(config, clock, chance=chance)
    )
