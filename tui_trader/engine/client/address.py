"""Where the engine of a home listens.

A unix socket's path may have 107 bytes and no more. A home that is too deep for that puts its socket
in the user's runtime directory and leaves a pointer file behind; the pointer is what clients
trust, because their environment need not be the engine's.
"""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

SOCKET_NAME = "engine.sock"
POINTER_NAME = "engine.sock.path"
SOCKET_PATH_BYTES_MAX = 107
"""`sun_path` of Linux has 108 bytes, the closing zero included."""
_HASH_LENGTH = 16


def socket_path(home: Path, environment: Mapping[str, str], user_id: int) -> Path:
    """Where an engine of `home` puts its socket; pure arithmetic, nothing is touched."""
    plain = home.absolute() / SOCKET_NAME
    if _fits(plain):
        return plain
    digest = hashlib.sha256(os.fsencode(home.absolute())).hexdigest()[:_HASH_LENGTH]
    runtime = environment.get("XDG_RUNTIME_DIR", "")
    if runtime.startswith("/"):
        chosen = Path(runtime) / "tui-trader" / f"{digest}.sock"
        if _fits(chosen):
            return chosen
    # The folder is made 0700 and checked to be ours before the engine binds in it.
    return Path(f"/tmp/tui-trader-{user_id}") / f"{digest}.sock"  # noqa: S108


def find_socket(home: Path) -> Path:
    """The socket a client of `home` should try: where the pointer says, else in the home."""
    try:
        pointed = (home / POINTER_NAME).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return home.absolute() / SOCKET_NAME
    return Path(pointed) if pointed.startswith("/") else home.absolute() / SOCKET_NAME


def _fits(path: Path) -> bool:
    return len(os.fsencode(path)) <= SOCKET_PATH_BYTES_MAX
