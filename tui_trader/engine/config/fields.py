"""The catalogue of settings, read from the structs: key, variable, kind, note and default of each."""

from decimal import Decimal
from functools import cache
from typing import Annotated, get_args, get_origin, get_type_hints

import msgspec

from tui_trader.engine.settings.bounds import Section, Setting
from tui_trader.engine.settings.model import Settings

VARIABLE_PREFIX = "TUI_TRADER_"

KINDS: dict[object, str] = {
    int: "a whole number",
    Decimal: "a number",
    bool: "true or false",
    str: "text",
    tuple[str, ...]: "a list of text",
}
"""Every kind of value a setting may have, as people call it."""


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One setting.

    Args:
        kind: Key of KINDS.
    """

    section: str
    name: str
    kind: object
    note: Setting
    default: object

    @property
    def key(self) -> str:
        """Dotted name: `limits.open_orders_max`."""
        return f"{self.section}.{self.name}"

    @property
    def variable(self) -> str:
        """Environment variable that sets it."""
        return f"{VARIABLE_PREFIX}{self.section}__{self.name}".upper()

    @property
    def expectation(self) -> str:
        """What a value must be: kind, bounds and unit, for people."""
        note = self.note
        if note.choices:
            return f"one of {', '.join(note.choices)}"
        if self.kind == tuple[str, ...]:
            return f"a list of {note.minimum} to {note.maximum} {note.unit or 'texts'}"
        unit = f" ({note.unit})" if note.unit else ""
        if note.minimum is not None and note.maximum is not None:
            return f"{KINDS[self.kind]} from {note.minimum:,f} to {note.maximum:,f}{unit}"
        return f"{KINDS[self.kind]}{unit}"


@cache
def all_fields() -> tuple[Field, ...]:
    """Every setting, in the order of the model."""
    return tuple(
        _field(section, name, getattr(struct(), name))
        for section, struct in sections().items()
        for name in struct.__struct_fields__
    )


@cache
def sections() -> dict[str, type[Section]]:
    """Struct of each section, by its name in TOML."""
    return get_type_hints(Settings)


def fields_by_key() -> dict[str, Field]:
    """Settings by dotted name."""
    return {field.key: field for field in all_fields()}


def _field(section: str, name: str, default: object) -> Field:
    annotation = get_type_hints(sections()[section], include_extras=True)[name]
    kind, note = get_args(annotation) if get_origin(annotation) is Annotated else (annotation, None)
    assert isinstance(note, Setting), f"{section}.{name} has no Setting note"
    assert kind in KINDS, f"{section}.{name}: no reader for {kind}"
    return Field(section=section, name=name, kind=kind, note=note, default=default)
