"""WebSocket tokens: issued over REST, shown at every private subscription."""

import secrets

from tui_trader.engine.exchanges.local_kraken.order_json import Json
from tui_trader.engine.values.time import MS_PER_SECOND

_LIFETIME_S = 900
_TOKENS_MAX = 1_000
_TOKEN_BYTES = 32


class TokenDesk:
    """Tokens that still open a private channel; the oldest goes when there are too many."""

    def __init__(self) -> None:
        self._expires_ms: dict[str, int] = {}

    def issue(self, now_ms: int) -> Json:
        """Answer of GetWebSocketsToken."""
        if len(self._expires_ms) >= _TOKENS_MAX:
            del self._expires_ms[next(iter(self._expires_ms))]
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        self._expires_ms[token] = now_ms + _LIFETIME_S * MS_PER_SECOND
        return {"token": token, "expires": _LIFETIME_S}

    def is_valid(self, token: object, now_ms: int) -> bool:
        """Whether a token was issued within the last 15 minutes."""
        return isinstance(token, str) and self._expires_ms.get(token, 0) > now_ms

    def forget_all(self) -> None:
        """No token opens anything any more."""
        self._expires_ms.clear()
