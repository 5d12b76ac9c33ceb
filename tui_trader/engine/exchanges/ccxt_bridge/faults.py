"""What an error of Kraken or of the way to it means: did anything happen, and when to ask again.

Law: a change is refused only if Kraken said so in JSON with a definite error of `kraken_errors`. Everything else is
an unknown outcome, whatever class ccxt chose: it files invalid nonces and rate limits (definite)
under NetworkError, and half of Kraken's refusals under its bare ExchangeError.
"""

import re

import msgspec

from tui_trader.engine.exchanges.ccxt_bridge.kraken_errors import RETRY_USUAL_MS, meaning_of
from tui_trader.engine.values.errors import (
    ExchangeFault,
    OutcomeUnknown,
    RejectedByExchange,
    TemporaryFault,
)
from tui_trader.engine.values.text import sanitize

ORDER_UNKNOWN = ("EOrder:Unknown order", "EOrder:Invalid order")
NONCE_INVALID = "EAPI:Invalid nonce"

# ccxt's words for an answer that is not Kraken's: id, method, address, status, reason, body.
_STATUS = re.compile(r"^kraken (?:[A-Z]+ \S+ )?([1-9]\d\d) ")
_THROTTLED_BY_STATUS = (" 429 ", " 1015 ")


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
    return bool(errors) and all(meaning_of(error).is_definite for error in errors)


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
        retry_after_ms = 15_000 if is_throttled else RETRY_USUAL_MS
        return TemporaryFault(
            f"kraken {endpoint}: {way_lost(fault)}", retry_after_ms=retry_after_ms
        )
    retry_after_ms = max(meaning_of(error).retry_after_ms for error in errors)
    return TemporaryFault(f"kraken {endpoint}: {describe(errors)}", retry_after_ms=retry_after_ms)


def describe(errors: tuple[str, ...]) -> str:
    """Errors of Kraken in our words, with theirs behind."""
    theirs = ", ".join(sanitize(error) for error in errors)
    ours = [meaning_of(error).words for error in errors]
    words = ", ".join(dict.fromkeys(word for word in ours if word))
    return f"{words} (Kraken: {theirs})" if words else f"Kraken: {theirs}"


def way_lost(fault: BaseException) -> str:
    """Why no answer of Kraken arrived, in one line without addresses and bodies."""
    root = fault.__cause__ or fault
    status = _STATUS.search(str(fault))
    return sanitize(f"HTTP {status[1]}" if status else f"no answer, {type(root).__name__}")
