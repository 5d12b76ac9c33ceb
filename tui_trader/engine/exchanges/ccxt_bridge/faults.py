"""What an error of Kraken or of the way to it means: did anything happen, and when to ask again.

Law: a change is refused only if Kraken said so in JSON with an error of DEFINITE. Everything else is
an unknown outcome, whatever class ccxt chose: it files invalid nonces and rate limits (definite)
under NetworkError, and half of Kraken's refusals under its bare ExchangeError.
"""

import re
from typing import TypeVar

import msgspec

from tui_trader.engine.values.errors import (
    ExchangeFault,
    OutcomeUnknown,
    RejectedByExchange,
    TemporaryFault,
)
from tui_trader.engine.values.text import sanitize

# Refused before or by the matching engine. Not among them, on purpose: EService:Timeout, Busy and
# Unavailable, EService:Deadline elapsed, EGeneral:Internal error. Each was seen after an execution
# or is not documented to exclude one.
DEFINITE = (
    "EOrder:",
    "EAPI:",
    "EAccount:",
    "EFunding:",
    "EQuery:",
    "ETrade:",
    "EAuth:",
    "ESession:Invalid session",
    "EGeneral:Invalid arguments",
    "EGeneral:Permission denied",
    "EGeneral:Temporary lockout",
    "EGeneral:Too many requests",
    "EGeneral:Unknown method",
    "EService:Market in cancel_only mode",
    "EService:Market in post_only mode",
)
# Below EOrder, yet no refusal: the cancel is under way, or the engine stumbled over it.
AMBIGUOUS = ("EOrder:Cancel pending", "EOrder:Internal error")

ORDER_UNKNOWN = ("EOrder:Unknown order", "EOrder:Invalid order")
NONCE_INVALID = "EAPI:Invalid nonce"

# Our words, by the beginning of theirs; the longest match counts.
_WORDS = {
    "EOrder:Insufficient funds": "not enough funds",
    "EOrder:Order minimum not met": "the quantity is below the minimum of the pair",
    "EOrder:Cost minimum not met": "the value is below the minimum of the pair",
    "EGeneral:Invalid arguments:volume minimum not met": "the quantity is below the minimum of the pair",
    "EGeneral:Invalid arguments:volume": "the quantity is not acceptable",
    "EGeneral:Invalid arguments:price": "the price is not acceptable",
    "EGeneral:Invalid arguments:deadline": "the deadline is past or outside 0.5 to 60 s",
    "EGeneral:Invalid arguments:cl_ord_id not unique": "an open order has this client id already",
    "EOrder:Tick size check failed": "the price is not on the grid of the pair",
    "EOrder:Invalid price": "the price is not acceptable",
    "EOrder:Post only order": "a post-only order would have taken",
    "EOrder:Orders limit exceeded": "too many open orders",
    "EOrder:Rate limit exceeded": "too many orders and cancels in a short time",
    "EOrder:Unknown order": "the order is not open",
    "EOrder:Invalid order": "the order is not known",
    "EOrder:Trading agreement required": "the account must accept the trading agreement",
    "EAPI:Invalid nonce": "another program uses this key, or the clock went back",
    "EAPI:Invalid key": "the API key is not valid",
    "EAPI:Invalid signature": "the API secret does not fit the key",
    "EAPI:Rate limit exceeded": "too many calls in a short time",
    "EGeneral:Permission denied": "the API key lacks the permission",
    "EGeneral:Temporary lockout": "the key is locked out for about 15 minutes",
    "EGeneral:Too many requests": "too many calls in a short time",
    "EQuery:Unknown asset pair": "the pair is not listed",
    "EService:Market in cancel_only mode": "the market takes cancels only",
    "EService:Market in post_only mode": "the market takes post-only orders only",
}

_RETRY_AFTER_MS = {
    "EGeneral:Temporary lockout": 900_000,
    "EAPI:Rate limit exceeded": 15_000,
    "EGeneral:Too many requests": 15_000,
    "EService:Throttled": 15_000,
    "EAPI:Invalid nonce": 250,
    "EAPI:": 60_000,
    "EGeneral:Permission denied": 60_000,
    "EService:": 5_000,
}
_RETRY_USUAL_MS = 2_000
# ccxt's words for an answer that is not Kraken's: id, method, address, status, reason, body.
_STATUS = re.compile(r"^kraken (?:[A-Z]+ \S+ )?([1-9]\d\d) ")
_THROTTLED_BY_STATUS = (" 429 ", " 1015 ")


_Value = TypeVar("_Value")


class _ErrorBody(msgspec.Struct):
    """The part of an answer that says what went wrong."""

    error: tuple[str, ...] = ()


def kraken_errors(fault: BaseException) -> tuple[str, ...]:
    """Error strings of Kraken in an exception of ccxt; empty if no JSON of Kraken came back.

    ccxt's message is its id, a blank, and the body as it came; its classes do not keep the strings.
    """
    prefix, _, body = str(fault).partition(" ")
    if prefix != "kraken" or not body.startswith("{"):
        return ()
    try:
        return msgspec.json.decode(body, type=_ErrorBody).error
    except msgspec.DecodeError:
        return ()


def is_definite(errors: tuple[str, ...]) -> bool:
    """Whether these errors prove that nothing happened."""
    return bool(errors) and all(
        error.startswith(DEFINITE) and not error.startswith(AMBIGUOUS) for error in errors
    )


def change_fault(endpoint: str, fault: BaseException) -> ExchangeFault:
    """What a failed order or cancel means: `RejectedByExchange` or `OutcomeUnknown`."""
    errors = kraken_errors(fault)
    if is_definite(errors):
        return RejectedByExchange(f"kraken {endpoint}: {describe(errors)}")
    said = describe(errors) if errors else way_lost(fault)
    return OutcomeUnknown(f"kraken {endpoint}: no certain answer ({said}); look it up")


def read_fault(endpoint: str, fault: BaseException) -> TemporaryFault:
    """What a failed question means: ask again, how much later depends on the class."""
    errors = kraken_errors(fault)
    if not errors:
        text = str(fault)
        is_throttled = any(mark in text for mark in _THROTTLED_BY_STATUS)
        retry_after_ms = 15_000 if is_throttled else _RETRY_USUAL_MS
        return TemporaryFault(
            f"kraken {endpoint}: {way_lost(fault)}", retry_after_ms=retry_after_ms
        )
    retry_after_ms = max(
        _longest_match(_RETRY_AFTER_MS, error, _RETRY_USUAL_MS) for error in errors
    )
    return TemporaryFault(f"kraken {endpoint}: {describe(errors)}", retry_after_ms=retry_after_ms)


def describe(errors: tuple[str, ...]) -> str:
    """Errors of Kraken in our words, with theirs behind."""
    theirs = ", ".join(sanitize(error) for error in errors)
    ours = [_longest_match(_WORDS, error, "") for error in errors]
    words = ", ".join(dict.fromkeys(word for word in ours if word))
    return f"{words} (Kraken: {theirs})" if words else f"Kraken: {theirs}"


def way_lost(fault: BaseException) -> str:
    """Why no answer of Kraken arrived, in one line without addresses and bodies."""
    root = fault.__cause__ or fault
    status = _STATUS.search(str(fault))
    return sanitize(f"HTTP {status[1]}" if status else f"no answer, {type(root).__name__}")


def _longest_match(table: dict[str, _Value], text: str, usual: _Value) -> _Value:
    matches = [start for start in table if text.startswith(start)]
    return table[max(matches, key=len)] if matches else usual
