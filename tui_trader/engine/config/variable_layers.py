"""Environment and `.env` as layers: text that becomes numbers and lists, and no unknown name."""

import io
import json
import stat
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path

from dotenv.parser import parse_stream

from tui_trader.engine.config.faults import Fault, unknown
from tui_trader.engine.config.fields import VARIABLE_PREFIX, Field, all_fields
from tui_trader.engine.config.files import read_text
from tui_trader.engine.config.layers import Layer
from tui_trader.engine.values.errors import ConfigError

PROCESS_VARIABLES = {
    "TUI_TRADER_HOME": "folder of state, logs, journal and settings; --home goes before it",
    "TUI_TRADER_CONFIG": "settings file; --config goes before it",
    "TUI_TRADER_MODE": "what is real: demo, paper or live; --mode goes before it",
    "TUI_TRADER_REAL_DATA": "folder of recorded market data, for the tests that need it",
}
"""Variables that are no settings. They say where settings are, so `.env` cannot hold them."""

Assignment = tuple[str, str, str]
"""Name, text and place."""


def environment_layer(environ: Mapping[str, str]) -> Layer:
    """What the variables of the process say."""
    layer = Layer(name="environment")
    ours = (name for name in sorted(environ) if _is_ours(name) and name not in PROCESS_VARIABLES)
    _fill(layer, [(name, environ[name], name) for name in ours])
    return layer


def dotenv_layer(path: Path) -> Layer:
    """What the file says of ours; lines of other programs are not read."""
    layer = Layer(name=str(path))
    try:
        text = read_text(path)
    except ConfigError as error:
        layer.faults.append(Fault(source=error.source, message=error.message))
        return layer
    assignments: dict[str, Assignment] = {}
    for binding in parse_stream(io.StringIO(text)):
        place = f"{path}:{binding.original.line}"
        if binding.error:
            message = "is no line of the form NAME=value"
            layer.faults.append(Fault(source=place, message=message))
        elif binding.key and _is_ours(binding.key):
            if message := _dotenv_fault(binding.key, binding.value, assignments):
                layer.faults.append(Fault(source=place, key=binding.key, message=message))
            else:
                assignments[binding.key] = (binding.key, binding.value or "", place)
    _fill(layer, assignments.values())
    _require_private(layer, path)
    return layer


def parse_text(field: Field, text: str) -> object:
    """Value of the field's kind; text that is none stays text, and is refused with the others."""
    stripped = text.strip()
    if field.kind is int and stripped.removeprefix("-").isdecimal():
        return _parsed(int, stripped)
    if field.kind is Decimal:
        return _parsed(Decimal, stripped)
    if field.kind is bool:
        return {"true": True, "false": False}.get(stripped.lower(), text)
    if field.kind == tuple[str, ...]:
        return _parsed_list(stripped)
    return text


def _parsed(kind: type[int] | type[Decimal], text: str) -> object:
    try:
        return kind(text)
    except (ValueError, ArithmeticError):
        return text


def _parsed_list(text: str) -> object:
    if text.startswith("["):
        try:
            return json.loads(text)
        except ValueError:
            return text
    return [part.strip() for part in text.split(",")] if text.strip() else []


def _is_ours(name: str) -> bool:
    return name.upper().startswith(VARIABLE_PREFIX)


def _dotenv_fault(key: str, value: str | None, earlier: Mapping[str, Assignment]) -> str:
    if key in PROCESS_VARIABLES:
        return "cannot be set here: it says where this file is; set it in the environment"
    if value is None:
        return "has no value; write NAME=value"
    if key in earlier:
        return f"is there twice; the first is at {earlier[key][2]}: keep one of them"
    return ""


def _fill(layer: Layer, assignments: Iterable[Assignment]) -> None:
    by_variable = {field.variable: field for field in all_fields()}
    known = [*by_variable, *PROCESS_VARIABLES]
    for name, text, place in assignments:
        field = by_variable.get(name)
        if field is None:
            key = "" if place == name else name
            message = unknown("variable", name, known)
            layer.faults.append(Fault(source=place, key=key, message=message))
        else:
            layer.put(field, parse_text(field, text), place=place)


def _require_private(layer: Layer, path: Path) -> None:
    holds_secret = any(
        field.note.is_secret and layer.values.get(field.section, {}).get(field.name)
        for field in all_fields()
    )
    mode = stat.S_IMODE(path.stat().st_mode)
    if holds_secret and mode & (stat.S_IRWXG | stat.S_IRWXO):
        message = f"holds secrets, and others may open it (mode {mode:04o}); run: chmod 600 {path}"
        layer.faults.append(Fault(source=str(path), message=message))
