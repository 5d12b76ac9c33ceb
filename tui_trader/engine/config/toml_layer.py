"""The settings file as a layer."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import tomli

from tui_trader.engine.config.faults import Fault
from tui_trader.engine.config.fields import all_fields
from tui_trader.engine.config.files import read_text
from tui_trader.engine.config.layers import Layer
from tui_trader.engine.config.toml_lines import key_lines
from tui_trader.engine.values.errors import ConfigError


def toml_layer(path: Path) -> Layer:
    """What the file says; numbers with a point become Decimals, digit by digit."""
    layer = Layer(name=str(path))
    try:
        text = read_text(path)
    except ConfigError as error:
        layer.faults.append(Fault(source=error.source, message=error.message))
        return layer
    layer.places = {
        ".".join(keys): f"{path}:{line}" for keys, line in reversed(key_lines(text)) if keys
    }
    try:
        layer.values = tomli.loads(text, parse_float=Decimal)
    except tomli.TOMLDecodeError as error:
        layer.faults.append(_syntax_fault(error, text, path))
    except (ArithmeticError, ValueError, RecursionError):
        # A number with thousands of digits, or arrays in arrays without end.
        message = "holds a value that cannot be read: too many digits, or nested too deep"
        layer.faults.append(Fault(source=str(path), message=message))
    _refuse_secrets(layer)
    return layer


def _syntax_fault(error: tomli.TOMLDecodeError, text: str, path: Path) -> Fault:
    source = f"{path}:{error.lineno}"
    keys = key_lines(text)
    repeated = next((keys for keys, line in keys if line == error.lineno), ())
    first = next((line for keys, line in keys if keys == repeated), error.lineno)
    if repeated and first < error.lineno:
        message = f"is there twice; the first is in line {first}: keep one of them"
        return Fault(source=source, key=".".join(repeated), message=message)
    reason = error.msg[:1].lower() + error.msg[1:]
    message = f"is not TOML: {reason} (column {error.colno})"
    return Fault(source=source, key=".".join(repeated), message=message)


def _refuse_secrets(layer: Layer) -> None:
    for field in all_fields():
        table: Any = layer.values.get(field.section)
        if field.note.is_secret and isinstance(table, dict) and field.name in table:
            message = (
                f"is a secret and must not be in this file; put {field.variable}=… into .env, "
                "for its owner alone (chmod 600 .env)"
            )
            layer.fault(field.key, message)
            layer.drop(field.key)
