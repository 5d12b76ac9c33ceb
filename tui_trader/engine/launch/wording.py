"""Events in one line, for logs and for a terminal without a console."""

import re
from decimal import Decimal
from enum import Enum

import msgspec

from tui_trader.engine.messages.events import Event
from tui_trader.engine.values.orders import PLAIN_TERMS, OrderTerms
from tui_trader.engine.values.strategies import StrategySpec
from tui_trader.engine.values.text import sanitize
from tui_trader.engine.values.time import format_clock

LINE_LENGTH_MAX = 600
_NOT_SHOWN = frozenset({"time_ms", "command_id", "note"})
_SAYS_NOTHING = (None, "", (), PLAIN_TERMS)
_WORD_STARTS = re.compile(r"(?<=[a-z])(?=[A-Z])")


def describe(event: Event) -> str:
    """`10:32:07 order accepted: client order id …, exchange order id …`."""
    name = _WORD_STARTS.sub(" ", type(event).__name__).lower()
    parts = [
        _part(field, value)
        for field in event.__struct_fields__
        if field not in _NOT_SHOWN and not _says_nothing(field, value := getattr(event, field))
    ]
    line = f"{format_clock(event.time_ms)} {name}" + (": " + ", ".join(parts) if parts else "")
    return sanitize(line, length_max=LINE_LENGTH_MAX)


def _says_nothing(field: str, value: object) -> bool:
    return value in _SAYS_NOTHING or (field.startswith("is_") and value is False)


def _part(field: str, value: object) -> str:
    if isinstance(value, StrategySpec):
        chosen = "".join(f" {name} {number:g}" for name, number in value.parameters.items())
        return f"{value.name}{chosen} on {' '.join(value.symbols)} {value.interval.value}"
    if field.endswith("_ms") and isinstance(value, int):
        moment = format_clock(value) if value else "unknown"
        return f"{field.removesuffix('_ms')} {moment}"
    return f"{field.replace('_', ' ')} {_text(value)}"


def _text(value: object) -> str:
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, tuple):
        return "; ".join(map(_text, value))
    if isinstance(value, OrderTerms):
        said = {field: getattr(value, field) for field in value.__struct_fields__}
        return " ".join(
            _part(field, item)
            for field, item in said.items()
            if item != getattr(PLAIN_TERMS, field)
        )
    if isinstance(value, msgspec.Struct):
        shown = (getattr(value, field) for field in value.__struct_fields__)
        return "(" + " ".join(_text(item) for item in shown if item is not None) + ")"
    return str(value)
