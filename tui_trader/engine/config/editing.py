"""One setting changed in the text of a settings file: comments, order and everything else stay.

Law: what the changed text says is what the old one said, but for the one key; a text for which that
cannot be had is not changed at all.
"""

from copy import deepcopy
from decimal import Decimal
from typing import Any

import tomli

from tui_trader.engine.config.fields import Field
from tui_trader.engine.config.toml_lines import Assignment, assignments, header_ends
from tui_trader.engine.values.errors import ConfigError


def with_setting(text: str, field: Field, value: str) -> str:
    """The text with another value of one setting; `value` as TOML writes it.

    Raises:
        ConfigError: the setting stands where it cannot be changed, or the text is no TOML.
    """
    try:
        before = tomli.loads(text, parse_float=Decimal)
    except (tomli.TOMLDecodeError, ArithmeticError, ValueError, RecursionError):
        message = "the settings file cannot be read; `tui-trader config check` says why"
        raise ConfigError(message, key=field.key) from None
    changed = _changed(text, field, value)
    expected = deepcopy(before)
    table: Any = expected.setdefault(field.section, {})
    try:
        table[field.name] = tomli.loads(f"it = {value}", parse_float=Decimal)["it"]
        is_sound = tomli.loads(changed, parse_float=Decimal) == expected
    except (tomli.TOMLDecodeError, TypeError):
        is_sound = False
    if not is_sound:
        message = "stands in a form that only a hand can change; edit the settings file"
        raise ConfigError(message, key=field.key)
    return changed


def _changed(text: str, field: Field, value: str) -> str:
    found = assignments(text)
    wanted = (field.section, field.name)
    for one in found:
        if one.path == wanted:
            return text[: one.start] + value + text[one.end :]
    inside = [one for one in found if one.path[:1] == wanted[:1]]
    if inside:
        return _after(text, inside[-1].end, f"{_prefix(inside[-1])}{field.name} = {value}")
    headers = header_ends(text)
    if (field.section,) in headers:
        return _after(text, headers[field.section,], f"{field.name} = {value}")
    gap = "" if not text else "\n" if text.endswith("\n") else "\n\n"
    return f"{text}{gap}[{field.section}]\n{field.name} = {value}\n"


def _prefix(neighbour: Assignment) -> str:
    """Below a header the name is enough; beside keys with dots it needs the dots too."""
    return "" if neighbour.section else f"{neighbour.path[0]}."


def _after(text: str, place: int, line: str) -> str:
    """A line of its own behind the one that `place` is on."""
    end = text.find("\n", place)
    if end < 0:
        return f"{text}\n{line}\n"
    return f"{text[: end + 1]}{line}\n{text[end + 1 :]}"
