"""Where one account at Kraken is reached, and with which key."""

from pathlib import Path
from typing import Any

import msgspec


class VenueConfig(msgspec.Struct, frozen=True, kw_only=True):
    """Addresses, key and limits of one connection to Kraken.

    Args:
        rest_url: Without path: `/0/public/…` and `/0/private/…` are appended.
        ws_public_url: Whole address of the public WebSocket v2.
        ws_private_url: Whole address of the private WebSocket v2.
        api_secret: As Kraken shows it, base64.
        nonce_file: Where every process of this key keeps its last nonce; `None` keeps it in memory.
        book_depth: Levels per side; Kraken offers 10, 25, 100, 500 and 1000.
    """

    rest_url: str
    ws_public_url: str
    ws_private_url: str
    api_key: str = ""
    api_secret: str = ""
    request_timeout_s: float = 10.0
    book_depth: int = 25
    nonce_file: Path | None = None

    def __repr__(self) -> str:
        key = "set" if self.api_key else "unset"
        return f"VenueConfig(rest_url={self.rest_url!r}, api_key is {key})"

    __str__ = __repr__

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """What rich shows, in a traceback with locals too; msgspec's own shows every field."""
        return [("rest_url", self.rest_url)]
