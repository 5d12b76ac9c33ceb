"""Pair and length that the name of a file tells: Kraken's, freqtrade's and this program's ways."""

import re
from typing import NamedTuple

from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.errors import ConfigError
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.text import sanitize

ALIASES = {"XBT": "BTC", "XDG": "DOGE"}
QUOTES = (
    "USD", "USDT", "USDC", "EUR", "GBP", "CAD", "AUD", "JPY", "CHF", "BTC", "XBT", "ETH", "DAI",
    "PYUSD", "TUSD", "BUSD", "FDUSD", "RLUSD", "BNB", "TRY", "BRL",
)  # fmt: skip
"""Assets that pairs are quoted in."""
BASES = {
    "BTC", "XBT", "ETH", "SOL", "XRP", "DOGE", "XDG", "ADA", "LTC", "BCH", "DOT", "LINK", "AVAX",
    "MATIC", "TRX", "XLM", "XMR", "ETC", "ATOM", "UNI", "AAVE", "ALGO", "BNB", "USDT", "USDC",
    "DAI", "EUR", "GBP", "AUD", "PAXG", "SHIB", "NEAR", "FIL", "ICP", "EOS", "XTZ", "ZEC", "DASH",
}  # fmt: skip
"""Assets that settle how a name is split where two quotes end it."""
LEGACY_LENGTH = 8

_LENGTHS = {str(interval.minutes): interval for interval in Interval}
_LENGTHS |= {interval.value: interval for interval in Interval} | {"24h": Interval.D1}
_YEAR = re.compile(r"(19|20)\d\d")
_SPELLED_LENGTH = re.compile(r"\d+[mhdw]")
_OURS = re.compile(r"([A-Z0-9.]+)[-_]([A-Z0-9.]+)[-_](\d+[mhdw]|\d+)")
_KRAKEN = re.compile(r"([A-Z0-9.]+)(?:[-_](\d+[mhdw]?))?(?:[-_].*)?")


class NameParts(NamedTuple):
    """What a name says; `None` where it says nothing."""

    symbol: Symbol | None
    interval: Interval | None


class UnknownLength(ConfigError):
    """The name says a length that this program does not know, like Kraken's 720 minutes."""


def parts_of(name: str) -> NameParts:
    """Pair and length from the name of a file, without its folder.

    Raises:
        UnknownLength: it names a length this program has not.
        ConfigError: its pair can be split in more than one way.
    """
    stem = name.split(".", 1)[0] if "." in name else name
    ours = _OURS.fullmatch(stem)
    if ours is not None and ours[2] in QUOTES:
        base, quote, length = ours.groups()
        return NameParts(_symbol(base, quote), _interval(length, name))
    spelled = _KRAKEN.fullmatch(stem)
    if spelled is None:
        return NameParts(None, _spelled_interval(stem, name))
    pair, length = spelled.groups()
    if length and _YEAR.fullmatch(length):
        length = None
    return NameParts(split_pair(pair), _interval(length, name) if length else None)


def split_pair(pair: str) -> Symbol | None:
    """`XBTUSD` as `BTC/USD`; `None` when it ends with no known quote.

    Raises:
        ConfigError: more than one split makes sense.
    """
    if len(pair) == LEGACY_LENGTH and pair[0] == "X" and pair[4] in "XZ" and pair[5:] in QUOTES:
        return _symbol(pair[1:4], pair[5:])
    splits = [
        (pair[: -len(quote)], quote)
        for quote in QUOTES
        if pair.endswith(quote) and len(pair) > len(quote)
    ]
    if len(splits) > 1:
        splits = [split for split in splits if split[0] in BASES] or splits
    if len(splits) > 1:
        ways = " or ".join(f"{base}/{quote}" for base, quote in splits)
        message = f"{sanitize(pair)} may be {ways}; say which with --pair"
        raise ConfigError(message)
    return _symbol(*splits[0]) if splits else None


def symbol_named(text: str) -> Symbol:
    """A pair as users write it (`BTC/USD`, `XBT/USD`, `btc-usd`, `XBTUSD`) by its unified name.

    Raises:
        ConfigError: it is no pair, or could be two.
    """
    base, slash, quote = text.strip().upper().replace("-", "/").partition("/")
    symbol = _symbol(base, quote) if slash else split_pair(base)
    if symbol is None:
        message = f"{sanitize(text)!r} is no pair; write it like BTC/USD"
        raise ConfigError(message)
    return symbol


def _symbol(base: str, quote: str) -> Symbol:
    return Symbol(f"{ALIASES.get(base, base)}/{ALIASES.get(quote, quote)}")


def _interval(length: str, name: str) -> Interval:
    if length not in _LENGTHS:
        known = ", ".join(interval.value for interval in Interval)
        unit = " minutes" if length.isdigit() else ""
        message = (
            f"{sanitize(name)}: {length}{unit} is no length of candles here; there is: {known}"
        )
        raise UnknownLength(message)
    return _LENGTHS[length]


def _spelled_interval(stem: str, name: str) -> Interval | None:
    """The one length like `1h` between underscores, if there is one."""
    words = [word for word in re.split(r"[-_ ]", stem) if _SPELLED_LENGTH.fullmatch(word)]
    return _interval(words[0], name) if len(words) == 1 else None
