"""Limits changed while the engine runs: tightened at once, loosened only by who says that it is meant.

Law: a change is an event, so that a replay judges with the limits of its moment. It holds until the engine
ends; the next one reads the settings file, in which whoever changed a limit has written it first. A
strategy that runs keeps the limits it counts by itself as it was started; the gate judges its orders by
the new ones.
"""

from tui_trader.engine.core.decision import Decision
from tui_trader.engine.core.placement import refuse
from tui_trader.engine.messages.commands import ChangeLimit
from tui_trader.engine.messages.events import LimitChanged
from tui_trader.engine.settings.limit_table import limit_value, limits, with_limit
from tui_trader.engine.values.text import sanitize

GATE = "limit"


def change(desk: Decision, command: ChangeLimit) -> None:
    """Judge by another limit from here on; or say why not."""
    limit = limits().get(command.key)
    if limit is None:
        reason = f"{sanitize(command.key)} is no limit; those of [limits] and [risk] are"
        refuse(desk, command, gate=GATE, reason=reason)
        return
    if fault := limit.fault(command.value):
        refuse(desk, command, gate=GATE, reason=f"{limit.key}: {fault}, found {command.value}")
        return
    before = limit_value(desk.settings, limit.key)
    is_looser = limit.is_looser(before, command.value)
    if before == command.value:
        refuse(desk, command, gate=GATE, reason=f"{limit.key} is {before:f} already")
    elif is_looser and not command.is_loosening:
        reason = (
            f"{limit.key} {command.value:f} would allow more than {before:f} does; "
            "that needs a word that it is meant"
        )
        refuse(desk, command, gate=GATE, reason=reason)
    else:
        desk.emit(
            LimitChanged(
                time_ms=desk.now_ms,
                command_id=command.command_id,
                actor=command.actor,
                key=limit.key,
                value=command.value,
                before=before,
                is_looser=is_looser,
            )
        )
        desk.settings = with_limit(desk.settings, limit.key, command.value)
