"""The exchange's clock and names: the two things the simulator may not make itself."""

import secrets
import time

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_LENGTH = 16
_NS_PER_MS = 1_000_000


class SystemClock:
    """The machine's clock."""

    def now_ms(self) -> int:
        """UTC milliseconds."""
        return time.time_ns() // _NS_PER_MS

    def monotonic_ms(self) -> int:
        """Milliseconds that never go back."""
        return time.monotonic_ns() // _NS_PER_MS


def new_id(letter: str) -> str:
    """Kraken's kind of name: `OUF4EM-FRGI2-MQMWZD`; the letter says of what."""
    # One draw for all: a fill needs four names, and a draw is a call of the system.
    name = "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in secrets.token_bytes(_LENGTH))
    return f"{letter}{name[:5]}-{name[5:10]}-{name[10:]}"
