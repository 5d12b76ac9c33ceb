"""Faults of settings, as sentences: where, which key, what was expected, what was found."""

from collections.abc import Iterable
from decimal import Decimal
from difflib import get_close_matches

import msgspec

from tui_trader.engine.values.errors import ConfigError
from tui_trader.engine.values.text import sanitize

SHOWN_LENGTH_MAX = 60
FAULTS_SHOWN_MAX = 30
NAMES_LISTED_MAX = 12
DIGITS_SHOWN_MAX = 20


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong.

    Args:
        source: File and line, or environment variable.
        key: Dotted name of the setting, if it is about one.
    """

    source: str
    key: str = ""
    message: str


def config_error(faults: list[Fault]) -> ConfigError:
    """All faults in one error, one a line."""
    if len(faults) == 1:
        (fault,) = faults
        return ConfigError(fault.message, source=fault.source, key=fault.key)
    lines = [
        f"  {ConfigError(fault.message, source=fault.source, key=fault.key)}"
        for fault in faults[:FAULTS_SHOWN_MAX]
    ]
    if len(faults) > FAULTS_SHOWN_MAX:
        lines.append(f"  … and {len(faults) - FAULTS_SHOWN_MAX} more")
    return ConfigError("\n".join([f"{len(faults)} things are wrong in the settings:", *lines]))


def shown(value: object) -> str:
    """A value as the user wrote it, safe to print."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            return repr(sanitize(value, length_max=SHOWN_LENGTH_MAX))
        case dict():
            return "a table"
        case list() | tuple():
            inside = ", ".join(shown(item) for item in value[:3])
            return f"[{inside}, …]" if len(value) > len(value[:3]) else f"[{inside}]"
        case Decimal() if value.is_finite() and abs(value.adjusted()) < DIGITS_SHOWN_MAX:
            return f"{value:f}"
        case _:
            return sanitize(str(value), length_max=SHOWN_LENGTH_MAX)


def unknown(kind: str, name: str, known: Iterable[str]) -> str:
    """`unknown KIND`, and the nearest known name, or all of them if they are few."""
    names = list(known)
    close = next(
        (
            matches[0]
            for form in (name, name.lower(), name.upper())
            if (matches := get_close_matches(form, names, n=1))
        ),
        None,
    )
    if close:
        return f"unknown {kind}; did you mean {close}?"
    if len(names) > NAMES_LISTED_MAX:
        return f"unknown {kind}; `tui-trader config example` writes all there are"
    return f"unknown {kind}; there are: {', '.join(names)}"
