"""Rules between settings: what no single value can break."""

import re
from collections.abc import Iterator

from tui_trader.engine.config.faults import shown
from tui_trader.engine.settings.model import Settings
from tui_trader.engine.values.addresses import address_fault

PAIR = re.compile(r"[A-Z0-9.]{1,15}/[A-Z0-9.]{1,15}")
SCHEMES = {
    "venue.rest_url": ("https", "http"),
    "venue.ws_public_url": ("wss", "ws"),
    "venue.ws_private_url": ("wss", "ws"),
}


def broken_rules(settings: Settings) -> Iterator[tuple[str, str]]:
    """Key and sentence of every rule that the settings break together."""
    for pair in dict.fromkeys(settings.market.pairs):
        if reason := _pair_fault(pair, settings):
            yield "market.pairs", reason
    if not re.fullmatch(r"[A-Z0-9.]{1,15}", settings.market.quote_asset):
        found = shown(settings.market.quote_asset)
        yield "market.quote_asset", f"expected an asset such as USD, found {found}"
    for key, schemes in SCHEMES.items():
        address = getattr(settings.venue, key.removeprefix("venue."))
        if not re.fullmatch(rf"({'|'.join(schemes)})://[!-?A-~]{{1,200}}", address):
            yield (
                key,
                f"expected an address that begins with {schemes[0]}://, found {shown(address)}",
            )
    yield from _sentiment_faults(settings)


def _sentiment_faults(settings: Settings) -> Iterator[tuple[str, str]]:
    sentiment = settings.sentiment
    named = [
        ("sentiment.fear_greed_url", address) for address in (sentiment.fear_greed_url,) if address
    ]
    named += [("sentiment.headline_urls", address) for address in sentiment.headline_urls]
    for key, address in named:
        if fault := address_fault(address):
            yield key, f"{shown(address)} cannot be fetched: {fault}"


def _pair_fault(pair: str, settings: Settings) -> str:
    market = settings.market
    if not PAIR.fullmatch(pair):
        upper = pair.strip().upper().replace("-", "/")
        hint = f"; did you mean {upper}?" if PAIR.fullmatch(upper) else ""
        return f"expected pairs as BASE/QUOTE, found {shown(pair)}{hint}"
    base, quote = pair.split("/")
    if quote != market.quote_asset:
        return (
            f"{pair} is quoted in {quote}, but market.quote_asset is {shown(market.quote_asset)}; "
            "every pair must be quoted in it"
        )
    if base == quote:
        return f"{pair} trades an asset for itself"
    if market.pairs.count(pair) > 1:
        return f"{pair} is there {market.pairs.count(pair)} times; keep one"
    return ""
