"""What a user's file was when its strategy was started: so that nobody trades by another one unasked."""

import hashlib
import stat
from pathlib import Path

BYTES_MAX = 256 * 1024 * 1024
"""More is no strategy; who loads it says so."""
_CHUNK_BYTES = 1024 * 1024


def file_digest(name: str) -> str:
    """SHA-256 of a file, hexadecimal; "" where there is none that can be read.

    Args:
        name: Its path; "" for a strategy that comes with the program.
    """
    if not name:
        return ""
    path, digest, size = Path(name), hashlib.sha256(), 0
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return ""
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                size += len(chunk)
                if size > BYTES_MAX:
                    return ""
                digest.update(chunk)
    except (OSError, ValueError):
        # ValueError: a null byte in the name.
        return ""
    return digest.hexdigest()
