"""Who may ask: Kraken's API-Sign, and a nonce per key that only rises."""

import base64
import hashlib
import hmac
from collections.abc import Mapping

from tui_trader.engine.exchanges.simulator.rejections import Rejected

INVALID_KEY = "EAPI:Invalid key"
INVALID_SIGNATURE = "EAPI:Invalid signature"
INVALID_NONCE = "EAPI:Invalid nonce"


class Gatekeeper:
    """Checks private calls.

    Args:
        secrets: Base64 secret of each key.
    """

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._secrets = secrets
        self._nonces: dict[str, int] = {}

    def admit(self, path: str, body: bytes, *, nonce: str, headers: Mapping[str, str]) -> None:
        """Let one call in, once.

        Raises:
            Rejected: key, signature or nonce is wrong.
        """
        key = headers.get("API-Key", "")
        secret = self._secrets.get(key)
        if secret is None:
            raise Rejected(INVALID_KEY)
        expected = sign(path, body, nonce=nonce, secret=secret)
        if not hmac.compare_digest(expected.encode(), headers.get("API-Sign", "").encode()):
            raise Rejected(INVALID_SIGNATURE)
        if not nonce.isdecimal() or int(nonce) <= self._nonces.get(key, 0):
            raise Rejected(INVALID_NONCE)
        self._nonces[key] = int(nonce)


def sign(path: str, body: bytes, *, nonce: str, secret: str) -> str:
    """Kraken's signature of one call: HMAC-SHA512 over path and SHA256(nonce + body)."""
    digest = hashlib.sha256(nonce.encode() + body).digest()
    mac = hmac.new(base64.b64decode(secret), path.encode() + digest, hashlib.sha512)
    return base64.b64encode(mac.digest()).decode()
