"""Loading: environment over `.env` over the settings file over defaults; every fault at once."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import msgspec

from tui_trader.engine.config.checks import broken_rules
from tui_trader.engine.config.faults import Fault, config_error
from tui_trader.engine.config.fields import Field, all_fields
from tui_trader.engine.config.layers import Layer
from tui_trader.engine.config.schema import check_layer, merge
from tui_trader.engine.config.toml_layer import toml_layer
from tui_trader.engine.config.variable_layers import dotenv_layer, environment_layer
from tui_trader.engine.messages.queries import SettingRow
from tui_trader.engine.settings.model import Settings

CONFIG_NAME = "config.toml"
DOTENV_NAME = ".env"
DEFAULT = "default"
MASK = "••••••••"


class LoadedSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Settings in force, and where each came from.

    Args:
        rows: One row a setting, in the order of the model; secrets are masked.
        config_path: The file that was read, if any.
        dotenv_path: The `.env` that was read, if any.
    """

    settings: Settings
    rows: tuple[SettingRow, ...]
    config_path: Path | None
    dotenv_path: Path | None


def load_settings(
    *, config_file: Path | None, home: Path, environ: Mapping[str, str]
) -> LoadedSettings:
    """Read and check everything that sets something.

    Args:
        config_file: File the user named; it must be there. `None`: `config.toml` of the home, if any.
        home: Its `.env` is read, else the one beside the settings file.
        environ: Environment of the process.

    Raises:
        ConfigError: something is wrong; the message names every fault.
    """
    config_path = config_file or _present(home / CONFIG_NAME)
    dotenv_path = _dotenv_path(home, config_path)
    layers = [environment_layer(environ)]
    if dotenv_path is not None:
        layers.append(dotenv_layer(dotenv_path))
    if config_path is not None:
        layers.append(toml_layer(config_path))
    faults = _faults_of(layers)
    settings = merge(layers)
    faults += _rule_faults(settings, layers, faults)
    if faults:
        raise config_error(faults)
    rows = tuple(_row(field, settings, layers) for field in all_fields())
    return LoadedSettings(
        settings=settings, rows=rows, config_path=config_path, dotenv_path=dotenv_path
    )


def toml_value(value: object) -> str:
    """A value as TOML writes it."""
    match value:
        case bool():
            return str(value).lower()
        case Decimal():
            return f"{value:f}"
        case tuple():
            return f"[{', '.join(toml_value(item) for item in value)}]"
        case str():
            return msgspec.json.encode(value).decode()
        case _:
            return str(value)


def _present(path: Path) -> Path | None:
    # A broken link counts as present: it should be told, not passed over.
    return path if path.exists() or path.is_symlink() else None


def _dotenv_path(home: Path, config_path: Path | None) -> Path | None:
    beside = config_path.parent / DOTENV_NAME if config_path else home / DOTENV_NAME
    return _present(home / DOTENV_NAME) or _present(beside)


def _faults_of(layers: list[Layer]) -> list[Fault]:
    for layer in layers:
        check_layer(layer)
    return [fault for layer in reversed(layers) for fault in sorted(layer.faults, key=_line_number)]


def _line_number(fault: Fault) -> int:
    line = fault.source.rpartition(":")[2]
    return int(line) if line.isdecimal() else 0


def _rule_faults(settings: Settings, layers: list[Layer], earlier: list[Fault]) -> list[Fault]:
    """Broken rules, except about values that were refused already."""
    refused = {fault.key for fault in earlier}
    return [
        Fault(source=_source(key, layers), key=key, message=message)
        for key, message in broken_rules(settings)
        if key not in refused
    ]


def _source(key: str, layers: list[Layer]) -> str:
    return next((layer.place_of(key) for layer in layers if layer.sets(key)), DEFAULT)


def _row(field: Field, settings: Settings, layers: list[Layer]) -> SettingRow:
    value = getattr(getattr(settings, field.section), field.name)
    is_masked = field.note.is_secret and value
    return SettingRow(
        key=field.key,
        value=MASK if is_masked else toml_value(value),
        source=_source(field.key, layers),
        help=field.note.help,
        default=toml_value(field.default),
        expects=field.expectation,
        choices=("true", "false") if field.kind is bool else field.note.choices,
        is_secret=field.note.is_secret,
    )
