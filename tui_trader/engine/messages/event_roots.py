"""Root of every event."""

import msgspec

from tui_trader.engine.values.orders import CommandId


class BaseEvent(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What every event carries.

    Args:
        time_ms: When the core decided it, UTC.
        command_id: The command it answers, if any.
    """

    time_ms: int
    command_id: CommandId | None = None
