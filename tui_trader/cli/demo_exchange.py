"""The demo exchange of a home, reached over REST without an engine."""

from pathlib import Path

import msgspec

from tui_trader.engine.exchanges.kraken.adapter import KrakenExecution, KrakenFeed, VenueConfig
from tui_trader.engine.session.clock import SystemClock
from tui_trader.engine.stores.home import Home

ADDRESS_NAME = "serve.json"
REQUEST_SECONDS = 5.0


class _Address(msgspec.Struct, frozen=True):
    """What `exchange serve --json` prints first."""

    rest: str
    ws: str
    key: str
    secret: str


def demo_venue(home: Path) -> VenueConfig | None:
    """Where the demo exchange of this home said it listens, or `None` if it never did."""
    try:
        content = (Home(home).exchange / ADDRESS_NAME).read_bytes()
        address = msgspec.json.decode(content, type=_Address)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None
    return VenueConfig(
        rest_url=address.rest,
        ws_public_url=address.ws,
        ws_private_url=address.ws,
        api_key=address.key,
        api_secret=address.secret,
        request_timeout_s=REQUEST_SECONDS,
        nonce_file=Home(home).nonce_file(address.key),
    )


async def cancel_everything(venue: VenueConfig) -> int:
    """Cancel every order of the account; how many the exchange says it was.

    Raises:
        ExchangeFault: the exchange did not confirm.
    """
    execution = KrakenExecution(venue, SystemClock(), chance=_no_chance)
    try:
        return await execution.withdraw_all()
    finally:
        await execution.close()


async def clock_skew_ms(venue: VenueConfig) -> int:
    """How far the exchange's clock is ahead of ours, ± 1 s.

    Raises:
        TemporaryFault: it could not be asked.
    """
    feed = KrakenFeed(venue, SystemClock(), chance=_no_chance)
    try:
        return await feed.server_skew_ms()
    finally:
        await feed.close()


def _no_chance() -> float:
    """No link is opened here, so none has to be spread."""
    return 0.0
