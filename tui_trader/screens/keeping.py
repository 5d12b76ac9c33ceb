"""The file in which a console keeps its set-up: small, private, written whole or not at all."""

import os
from pathlib import Path

import msgspec

from tui_trader.widgets.scene import Scene
from tui_trader.widgets.set_up import VERSION, SetUp, set_up_of, take_set_up

BYTES_MAX = 64 * 1024
_PRIVATE = 0o600


def read_set_up(path: Path | None) -> tuple[SetUp | None, str]:
    """What was kept, and a sentence when something was and cannot be read.

    A file that cannot be read is put aside, not lost: the next writing would replace it.
    """
    if path is None:
        return None, ""
    try:
        with path.open("rb") as file:
            text = file.read(BYTES_MAX + 1)
        kept = msgspec.json.decode(text, type=SetUp)
    except FileNotFoundError:
        return None, ""
    except OSError as error:
        return None, f"{path.name} cannot be read ({error.strerror}): columns are at their defaults"
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None, _put_aside(path, "is no set-up")
    if kept.version > VERSION:
        return None, _put_aside(path, "is of a newer console")
    return kept, ""


def put_aside(path: Path | None) -> None:
    """A console that broke as soon as it was up may have broken on it: the next one begins afresh."""
    if path is not None and path.exists():
        _put_aside(path, "")


def _put_aside(path: Path, why: str) -> str:
    """Another name for it, and a sentence."""
    aside = path.with_suffix(".unreadable")
    try:
        path.replace(aside)
    except OSError as error:
        return f"{path.name} {why} and cannot be put aside ({error.strerror})"
    return f"{path.name} {why}; it is {aside.name} now, columns are at their defaults"


def recall(path: Path | None, scene: Scene) -> str:
    """Go on where the last console ended; a sentence when something was kept and cannot be read."""
    kept, fault = read_set_up(path)
    if kept is not None:
        take_set_up(scene, kept)
    return fault


def keep(path: Path | None, scene: Scene) -> str:
    """Keep where this console ends; a sentence when that failed, else empty."""
    return write_set_up(path, set_up_of(scene))


def write_set_up(path: Path | None, set_up: SetUp) -> str:
    """Keep it; a sentence when that failed, else empty."""
    if path is None:
        return ""
    fresh = path.with_suffix(f".{os.getpid()}")
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _PRIVATE)
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(set_up)))
        fresh.replace(path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        return f"the columns could not be kept in {path} ({error.strerror})"
    return ""
