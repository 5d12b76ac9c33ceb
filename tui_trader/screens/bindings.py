"""Textual bindings made from the table of actions."""

from textual.binding import Binding, BindingType

from tui_trader.actions import Where
from tui_trader.actions.key_table import KeyTable


def bindings_of(where: Where, keys: KeyTable | None = None) -> list[BindingType]:
    """One binding a row."""
    return [
        Binding(
            ",".join(action.keys),
            action.id,
            action.label,
            show=False,
            tooltip=action.tooltip,
            priority=action.has_priority,
        )
        for action in (keys or KeyTable()).in_place(where)
        if action.keys
    ]
