"""Textual bindings made from the table of actions."""

from textual.binding import Binding, BindingType

from tui_trader.actions import Where, actions_in


def bindings_of(where: Where) -> list[BindingType]:
    """One binding a row; the ids are what a keymap of the user's would name."""
    return [
        Binding(
            ",".join(action.keys),
            action.id,
            action.label,
            show=False,
            tooltip=action.tooltip,
            priority=action.has_priority,
        )
        for action in actions_in(where)
    ]
