"""Who may ask: Kraken's API-Sign, and a nonce per key that rises."""

import base64
import hashlib
import hmac
from collections import deque
from collections.abc import Mapping

from tui_trader.engine.exchanges.local_kraken.nonce_file import NonceFile
from tui_trader.engine.exchanges.simulator.rejections import Rejected

INVALID_KEY = "EAPI:Invalid key"
INVALID_SIGNATURE = "EAPI:Invalid signature"
INVALID_NONCE = "EAPI:Invalid nonce"
_NONCE_MAX = 2**64 - 1
_NONCE_DIGITS_MAX = len(str(_NONCE_MAX))
_RECENT_MAX = 1_000


class Gatekeeper:
    """Checks private calls.

    Args:
        secrets: Base64 secret of each key.
        nonce_window: How far below the highest nonce a late call may be; 0 lets none through.
        nonces: Where the highest nonces outlive this run; `None` forgets them.
    """

    def __init__(
        self,
        secrets: Mapping[str, str],
        *,
        nonce_window: int = 0,
        nonces: NonceFile | None = None,
    ) -> None:
        self._secrets = secrets
        self._window = nonce_window
        self._file = nonces
        # Which of those before were used nobody remembers: none of them is let in again.
        self._floors = {} if nonces is None else nonces.known
        self._highest = dict(self._floors)
        self._recent: dict[str, deque[int]] = {}

    def admit(self, path: str, body: bytes, *, nonce: str, headers: Mapping[str, str]) -> str:
        """Let one call in, once; its key.

        Raises:
            Rejected: key, signature or nonce is wrong.
        """
        key = headers.get("API-Key", "")
        secret = self._secrets.get(key)
        if secret is None:
            raise Rejected(INVALID_KEY)
        expected = sign(path, body, nonce=nonce, secret=secret)
        if not hmac.compare_digest(
            expected.encode(), headers.get("API-Sign", "").encode(errors="replace")
        ):
            raise Rejected(INVALID_SIGNATURE)
        self._count(key, nonce)
        return key

    def _count(self, key: str, nonce: str) -> None:
        is_readable = nonce.isascii() and nonce.isdecimal() and len(nonce) <= _NONCE_DIGITS_MAX
        if not is_readable or int(nonce) > _NONCE_MAX:
            raise Rejected(INVALID_NONCE)
        number, highest = int(nonce), self._highest.get(key, 0)
        recent = self._recent.setdefault(key, deque(maxlen=_RECENT_MAX))
        lowest = max(highest - self._window, self._floors.get(key, 0))
        is_late = lowest < number <= highest
        # What fell out of the memory of used nonces is refused rather than let in twice.
        remembered = len(recent) < _RECENT_MAX or number > recent[0]
        if number <= highest and not (is_late and remembered and number not in recent):
            raise Rejected(INVALID_NONCE)
        if self._window:
            recent.append(number)
        if number > highest:
            self._highest[key] = number
            if self._file is not None:
                self._file.write(self._highest)


def sign(path: str, body: bytes, *, nonce: str, secret: str) -> str:
    """Kraken's signature of one call: HMAC-SHA512 over path and SHA256(nonce + body)."""
    digest = hashlib.sha256(nonce.encode(errors="replace") + body).digest()
    mac = hmac.new(base64.b64decode(secret), path.encode() + digest, hashlib.sha512)
    return base64.b64encode(mac.digest()).decode()
