"""Contents of the files people bring: plain, gzipped, or many in a zip, each bounded in size."""

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from tui_trader.engine.values.errors import ConfigError
from tui_trader.engine.values.text import sanitize

BYTES_MAX = 2 << 30
"""Largest content of one file, unpacked: forty million rows, and far from what a zip bomb wants."""
MEMBERS_MAX = 20_000
"""Kraken's whole history is some 8,000 files."""
GZIP_MAGIC = b"\x1f\x8b"
ZIP_MAGIC = b"PK\x03\x04"
EMPTY_ZIP_MAGIC = b"PK\x05\x06"
_UNPACKED_ENDS = (".csv", ".parquet", ".feather", ".gz")


class Content(NamedTuple):
    """One file's bytes.

    Args:
        source: Name for people: `FILE`, or `ZIP: MEMBER`.
        name: Name without folders and without `.gz`, which may tell pair and length.
        share: How much of its file is read with it, 0 to 1.
        is_member: It is one of the files in a zip.
    """

    source: str
    name: str
    content: bytes
    share: float = 1.0
    is_member: bool = False


Choice = Callable[[str], bool]
"""Whether a file in a zip is wanted, by its name."""


def _every(_name: str) -> bool:
    return True


def contents_of(
    path: Path, *, choose: Choice = _every, bytes_max: int = BYTES_MAX
) -> Iterator[Content]:
    """The contents of a file, one after the other.

    Args:
        path: The file.
        choose: Which files of a zip to unpack.
        bytes_max: Largest content, unpacked.

    Raises:
        ConfigError: it cannot be read, is damaged, empty or too large.
    """
    shown = sanitize(str(path))
    content = _read(path, shown, bytes_max)
    if content.startswith((ZIP_MAGIC, EMPTY_ZIP_MAGIC)):
        yield from _members(content, shown, choose=choose, bytes_max=bytes_max)
        return
    yield Content(shown, _plain_name(path.name), _unpacked(content, shown, bytes_max))


def _read(path: Path, shown: str, bytes_max: int) -> bytes:
    try:
        if path.is_dir():
            message = "is a folder; name the files in it"
            raise ConfigError(message, source=shown)
        if path.exists() and not path.is_file():
            message = "is no regular file"
            raise ConfigError(message, source=shown)
        with path.open("rb") as file:
            return _bounded(file, shown, bytes_max)
    except FileNotFoundError as error:
        message = "there is no such file"
        raise ConfigError(message, source=shown) from error
    except (OSError, ValueError) as error:
        message = f"cannot be read ({getattr(error, 'strerror', None) or error})"
        raise ConfigError(message, source=shown) from error


def _bounded(file: BinaryIO | gzip.GzipFile, shown: str, bytes_max: int) -> bytes:
    content = file.read(bytes_max + 1)
    if len(content) > bytes_max:
        message = f"is larger than {bytes_max:,} bytes; split it"
        raise ConfigError(message, source=shown)
    if not content:
        message = "is empty"
        raise ConfigError(message, source=shown)
    return content


def _unpacked(content: bytes, shown: str, bytes_max: int) -> bytes:
    if not content.startswith(GZIP_MAGIC):
        return content
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
            return _bounded(file, shown, bytes_max)
    except (OSError, EOFError, zlib.error) as error:
        message = f"its gzip is damaged ({error})"
        raise ConfigError(message, source=shown) from error


def _members(content: bytes, shown: str, *, choose: Choice, bytes_max: int) -> Iterator[Content]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [one for one in archive.infolist() if _is_candle_file(one)]
            if not members or len(members) > MEMBERS_MAX:
                count = "no file" if not members else f"more than {MEMBERS_MAX:,} files"
                message = f"holds {count} of {', '.join(_UNPACKED_ENDS)}"
                raise ConfigError(message, source=shown)
            for number, member in enumerate(members, 1):
                name = sanitize(member.filename)
                if not choose(_plain_name(Path(name).name)):
                    continue
                source = f"{shown}: {name}"
                with archive.open(member) as file:
                    packed = file.read(bytes_max + 1)
                if not packed:
                    # Kraken ships a file without a row for a pair that did not trade.
                    continue
                if len(packed) > bytes_max:
                    message = f"is larger than {bytes_max:,} bytes"
                    raise ConfigError(message, source=source)
                unpacked = _unpacked(packed, source, bytes_max)
                share = number / len(members)
                yield Content(source, _plain_name(Path(name).name), unpacked, share, is_member=True)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, zlib.error) as error:
        # RuntimeError is a password, NotImplementedError a packing that Python cannot undo.
        message = f"its zip cannot be read ({error})"
        raise ConfigError(message, source=shown) from error


def _is_candle_file(member: zipfile.ZipInfo) -> bool:
    name = member.filename.lower()
    is_extra = name.startswith("__macosx/") or Path(name).name.startswith(".")
    return not member.is_dir() and not is_extra and name.endswith(_UNPACKED_ENDS)


def _plain_name(name: str) -> str:
    return name[: -len(".gz")] if name.lower().endswith(".gz") else name
