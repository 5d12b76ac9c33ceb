"""Bodies of calls as fields of text, whatever way a client writes them."""

import json
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl

from tui_trader.engine.exchanges.simulator.rejections import Rejected

Form = Mapping[str, str]
_TRUE = frozenset({"true", "True", "1", "yes"})


def read_form(content_type: str, body: bytes) -> dict[str, str]:
    """Fields of a form or of a JSON object."""
    text = body.decode("utf-8", errors="replace")
    if content_type != "application/json":
        return dict(parse_qsl(text, keep_blank_values=True))
    try:
        return flatten(parse_object(text or "{}", parse_int=str))
    except ValueError:
        return {}


def parse_object(text: str, *, parse_int: Callable[[str], object] = int) -> dict[str, object]:
    """A JSON object; its fractions stay text, as they were written.

    Raises:
        ValueError: it is none, or holds half a character, which could never be sent back.
    """
    try:
        document = json.loads(text, parse_float=str, parse_int=parse_int)
        if "\\ud" in text.lower():
            json.dumps(document, ensure_ascii=False).encode()
    except RecursionError as error:
        raise ValueError(str(error)) from error
    if not isinstance(document, dict):
        message = "no JSON object"
        raise ValueError(message)  # noqa: TRY004 - what the client sent is wrong, not our type
    return document


def flatten(document: Mapping[str, object]) -> dict[str, str]:
    """A JSON object as a form: `{"close": {"price": 5}}` is `close[price]=5`; lists stay JSON."""
    fields: dict[str, str] = {}
    for name, value in document.items():
        if isinstance(value, dict):
            fields |= {f"{name}[{inner}]": text for inner, text in flatten(value).items()}
        elif isinstance(value, list):
            fields[name] = json.dumps(value)
        elif isinstance(value, bool):
            fields[name] = str(value).lower()
        elif value is not None:
            fields[name] = str(value)
    return fields


def is_true(text: str | None) -> bool:
    """Whether a flag is set, in any of the ways clients set it."""
    return text in _TRUE


def parse_int(form: Form, name: str, default: int, error: str) -> int:  # noqa: PLR0917 - one line at each of ten callers
    """Whole number of a request field; a fraction is cut.

    Raises:
        Rejected: it is no number.
    """
    text = form.get(name, "")
    if not text:
        return default
    if not text.isascii() or "_" in text:
        raise Rejected(error)
    try:
        return int(float(text)) if "." in text else int(text)
    except (ValueError, OverflowError):
        raise Rejected(error) from None
