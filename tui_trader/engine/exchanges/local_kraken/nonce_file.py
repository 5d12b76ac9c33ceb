"""The highest nonce of each key, beside the journal: Kraken never forgets it either.

Law: in the file before the call is carried out. It outlives the end of the process, however it
ended; it is not fsynced, because a clock that goes on makes up for what a power cut takes.
"""

import os
from collections.abc import Mapping
from io import FileIO
from pathlib import Path

import msgspec

from tui_trader.engine.values.errors import StoreError

_LENGTH = 512
"""Always written whole and in one piece, so that a kill tears nothing."""


class NonceFile:
    """A small JSON object, overwritten in place.

    Args:
        path: Made when absent.

    Raises:
        StoreError: it cannot be opened, or something else is in it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._file = FileIO(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "r+")
        except OSError as error:
            message = f"{path} cannot be opened ({error.strerror}); choose another --journal"
            raise StoreError(message) from error
        text = os.pread(self._file.fileno(), _LENGTH, 0).strip()
        try:
            self.known = msgspec.json.decode(text or b"{}", type=dict[str, int])
            """Highest nonce of each key, as the last run left them."""
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            self._file.close()
            message = f"{path} cannot be read ({error}); delete it to forget the nonces"
            raise StoreError(message) from error

    def write(self, highest: Mapping[str, int]) -> None:
        """Keep them.

        Raises:
            StoreError: they could not be written.
        """
        text = msgspec.json.encode(highest)
        assert len(text) < _LENGTH, len(text)
        try:
            os.pwrite(self._file.fileno(), text.ljust(_LENGTH - 1) + b"\n", 0)
        except OSError as error:
            message = f"{self._path} could not be written ({error.strerror}): is the disk full?"
            raise StoreError(message) from error

    def close(self) -> None:
        """Release the file."""
        self._file.close()
