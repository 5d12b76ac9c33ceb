"""Kraken's error strings as a table: what each proves, in our words, and how long to wait after it.

Law: the longest beginning that fits counts, and a string nobody knows proves nothing. A row is
definite only if the matching engine or the gate before it says no; `EService:Timeout`, `Busy`,
`Unavailable`, `Deadline elapsed` and internal errors were seen after an execution, or are not
documented to exclude one.
"""

from typing import Final

import msgspec

RETRY_USUAL_MS: Final = 2_000
_LIMIT_MS: Final = 15_000
_KEY_MS: Final = 60_000
_SERVICE_MS: Final = 5_000


class ErrorMeaning(msgspec.Struct, frozen=True, kw_only=True):
    """What one string means.

    Args:
        is_definite: Nothing happened at the exchange.
        words: Ours; empty where theirs is clear.
        retry_after_ms: When a question may be asked again.
    """

    is_definite: bool
    words: str = ""
    retry_after_ms: int = RETRY_USUAL_MS


def _no(words: str = "", *, retry_after_ms: int = RETRY_USUAL_MS) -> ErrorMeaning:
    return ErrorMeaning(is_definite=True, words=words, retry_after_ms=retry_after_ms)


def _open(words: str = "", *, retry_after_ms: int = RETRY_USUAL_MS) -> ErrorMeaning:
    return ErrorMeaning(is_definite=False, words=words, retry_after_ms=retry_after_ms)


ERRORS: Final[dict[str, ErrorMeaning]] = {
    "EOrder:": _no(),
    # Below EOrder, yet no refusal: the cancel is under way, or the engine stumbled over it.
    "EOrder:Cancel pending": _open("a cancel of this order is under way"),
    "EOrder:Internal error": _open(),
    "EOrder:Insufficient funds": _no("not enough funds"),
    "EOrder:Insufficient margin": _no("not enough margin"),
    "EOrder:Margin allowance exceeded": _no("more margin than the account is allowed"),
    "EOrder:Margin level too low": _no("the margin level is too low"),
    "EOrder:Margin position size exceeded": _no("the position would be larger than allowed"),
    "EOrder:Positions limit exceeded": _no("too many open positions"),
    "EOrder:Order minimum not met": _no("the quantity is below the minimum of the pair"),
    "EOrder:Cost minimum not met": _no("the value is below the minimum of the pair"),
    "EOrder:Tick size check failed": _no("the price is not on the grid of the pair"),
    "EOrder:Invalid price": _no("the price is not acceptable"),
    "EOrder:Post only order": _no("a post-only order would have taken"),
    "EOrder:Reduce only": _no("a reduce-only order would not reduce the position"),
    "EOrder:Orders limit exceeded": _no("too many open orders"),
    "EOrder:Domain orders limit exceeded": _no("too many open orders"),
    "EOrder:Rate limit exceeded": _no(
        "too many orders and cancels in a short time", retry_after_ms=_LIMIT_MS
    ),
    "EOrder:Domain rate limit exceeded": _no(
        "too many orders and cancels in a short time", retry_after_ms=_LIMIT_MS
    ),
    "EOrder:Unknown order": _no("the order is not open"),
    "EOrder:Invalid order": _no("the order is not known"),
    "EOrder:Unknown position": _no("the position is not known"),
    "EOrder:Trading agreement required": _no("the account must accept the trading agreement"),
    "EAPI:": _no(retry_after_ms=_KEY_MS),
    "EAPI:Invalid nonce": _no(
        "another program uses this key, or the clock went back", retry_after_ms=250
    ),
    "EAPI:Invalid key": _no("the API key is not valid", retry_after_ms=_KEY_MS),
    "EAPI:Invalid signature": _no("the API secret does not fit the key", retry_after_ms=_KEY_MS),
    "EAPI:Rate limit exceeded": _no("too many calls in a short time", retry_after_ms=_LIMIT_MS),
    "EAPI:Feature disabled": _no("the exchange has switched this off", retry_after_ms=_KEY_MS),
    "EAPI:Bad request": _no("the call was not understood", retry_after_ms=_KEY_MS),
    "EAccount:": _no(retry_after_ms=_KEY_MS),
    "EAccount:Invalid permissions": _no("the account may not trade this", retry_after_ms=_KEY_MS),
    "EFunding:": _no(),
    "EQuery:": _no(),
    "EQuery:Unknown asset pair": _no("the pair is not listed"),
    "EQuery:Unknown asset": _no("the asset is not listed"),
    "ETrade:": _no(),
    "EAuth:": _no(retry_after_ms=_KEY_MS),
    "ESession:Invalid session": _no("the WebSocket token is not valid any more"),
    "EGeneral:Invalid arguments": _no(),
    "EGeneral:Invalid arguments:volume": _no("the quantity is not acceptable"),
    "EGeneral:Invalid arguments:volume minimum not met": _no(
        "the quantity is below the minimum of the pair"
    ),
    "EGeneral:Invalid arguments:price": _no("the price is not acceptable"),
    "EGeneral:Invalid arguments:deadline": _no("the deadline is past or outside 0.5 to 60 s"),
    "EGeneral:Invalid arguments:cl_ord_id": _no("the client id is not acceptable"),
    "EGeneral:Invalid arguments:cl_ord_id not unique": _no(
        "an open order has this client id already"
    ),
    "EGeneral:Permission denied": _no("the API key lacks the permission", retry_after_ms=_KEY_MS),
    "EGeneral:Temporary lockout": _no(
        "the key is locked out for about 15 minutes", retry_after_ms=900_000
    ),
    "EGeneral:Too many requests": _no("too many calls in a short time", retry_after_ms=_LIMIT_MS),
    "EGeneral:Unknown method": _no("the exchange does not know this call"),
    "EGeneral:Internal error": _open("the exchange stumbled"),
    "EService:": _open(retry_after_ms=_SERVICE_MS),
    "EService:Timeout": _open("the exchange was too slow", retry_after_ms=_SERVICE_MS),
    "EService:Busy": _open("the exchange is busy", retry_after_ms=_SERVICE_MS),
    "EService:Unavailable": _open("the exchange is not available", retry_after_ms=_SERVICE_MS),
    "EService:Deadline elapsed": _open(
        "the exchange says the deadline passed", retry_after_ms=_SERVICE_MS
    ),
    "EService:Throttled": _open("too many calls in a short time", retry_after_ms=_LIMIT_MS),
    # A mode of the market refuses before anything is matched.
    "EService:Market in ": _no("the market takes no such orders now", retry_after_ms=_SERVICE_MS),
    "EService:Market in cancel_only mode": _no(
        "the market takes cancels only", retry_after_ms=_SERVICE_MS
    ),
    "EService:Market in post_only mode": _no(
        "the market takes post-only orders only", retry_after_ms=_SERVICE_MS
    ),
    "EService:Market in limit_only mode": _no(
        "the market takes limit orders only", retry_after_ms=_SERVICE_MS
    ),
    "EService:Market in reduce_only mode": _no(
        "the market takes reduce-only orders only", retry_after_ms=_SERVICE_MS
    ),
}
"""By the beginning of Kraken's string."""

UNHEARD_OF: Final = ErrorMeaning(is_definite=False)
"""A string that no row fits."""


def meaning_of(error: str) -> ErrorMeaning:
    """What one string of Kraken means."""
    fitting = [start for start in ERRORS if error.startswith(start)]
    return ERRORS[max(fitting, key=len)] if fitting else UNHEARD_OF
