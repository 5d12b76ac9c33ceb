"""How a client talks to an engine: frames, the client protocol, its two forms and the mirror.

For scripts: `client = await connect(home, name="my script")`.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui_trader.engine.client.socket_client import connect

__all__ = ["connect"]


def __getattr__(name: str) -> object:
    """Load the socket form when it is asked for, and not for those who only need the frames."""
    if name == "connect":
        from tui_trader.engine.client.socket_client import connect

        return connect
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
