"""Versions of what matters when something goes wrong."""

import platform
from importlib.metadata import PackageNotFoundError, version

from tui_trader import __version__

LIBRARIES = ("textual", "ccxt")


def version_lines() -> list[str]:
    """This program, the interpreter and the two libraries that change behaviour most."""
    lines = [f"tui-trader {__version__}", f"Python {platform.python_version()}"]
    return lines + [f"{library} {library_version(library)}" for library in LIBRARIES]


def library_version(name: str) -> str:
    """Installed version, without importing the library."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
