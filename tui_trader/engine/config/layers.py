"""Layers of settings: what one source says, and where in it."""

from typing import Any

import msgspec

from tui_trader.engine.config.faults import Fault
from tui_trader.engine.config.fields import Field


class Layer(msgspec.Struct, kw_only=True):
    """Values of one source, as nested tables, unchecked.

    Args:
        name: The source itself, for faults that have no place of their own.
        values: Section → name → value.
        places: Where each key is set: `FILE:LINE` or a variable.
        faults: What was wrong with the source itself.
    """

    name: str
    values: dict[str, Any] = {}
    places: dict[str, str] = {}
    faults: list[Fault] = []

    def put(self, field: Field, value: object, *, place: str) -> None:
        """Set one value."""
        self.values.setdefault(field.section, {})[field.name] = value
        self.places[field.key] = place

    def drop(self, key: str) -> None:
        """Forget a value, so that what lies below shows."""
        section, _, name = key.partition(".")
        table = self.values.get(section)
        if name and isinstance(table, dict):
            table.pop(name, None)
        else:
            self.values.pop(section, None)

    def place_of(self, key: str) -> str:
        """Where `key` is set: its own place, else that of the table it stands in."""
        section = key.partition(".")[0]
        return self.places.get(key) or self.places.get(section) or self.name

    def fault(self, key: str, message: str) -> None:
        """Note a fault at the place of `key`."""
        self.faults.append(Fault(source=self.place_of(key), key=key, message=message))

    def sets(self, key: str) -> bool:
        """Whether it says anything about `key`."""
        section, _, name = key.partition(".")
        return name in self.values.get(section, {})
