"""Signs for terminals that show nothing but ASCII: for each of our glyphs one that says the same.

Law: width for width, so that nothing moves and a click still hits what it points at.
"""

import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from rich.cells import cell_len

FULL, ASCII, AUTO = "full", "ascii", "auto"

_SIGNS: Final = {
    "▲▴▵↑": "^",
    "▼▾▿↓": "v",
    "▸»→": ">",
    "◂«←": "<",
    "●": "*",
    "○": "o",
    "■": "#",
    "◆": "@",
    "✓": "+",
    "✗\u00d7": "x",
    "─╌━═—\u2013\u2212": "-",
    "│┊▏▕▎▌╎": "|",
    "┌┐└┘├┤┬┴┼╭╮╰╯": "+",
    "┃╻╹╽╿": "#",
    "╷╵": "|",
    "█▉▊▋▓": "#",
    "▍▒": "=",
    "░": ".",
    "▀": '"',
    "·": ".",
    "“”": '"',
    "\u2018\u2019": "'",
    # Not a dot: a cut number would read as a whole one.
    "…": "~",
    "\u00b5": "u",
}
_LEVELS: Final = dict(zip("▁▂▃▄▅▆▇", "_.-:=+*", strict=True))
_TABLE: Final = {glyph: sign for glyphs, sign in _SIGNS.items() for glyph in glyphs} | _LEVELS
_BRAILLE = range(0x2800, 0x2900)
# Dots of each row of a braille cell, top to bottom, and what stands at that height.
_BRAILLE_ROWS: Final = ((0x01 | 0x08, "'"), (0x02 | 0x10, "-"), (0x04 | 0x20, "."), (0xC0, "_"))
_DENSE = 3
_POOR_TERMS = frozenset({"ansi", "cons25", "dumb", "linux", "vt100", "vt102", "vt220", "vt52"})


def ascii_text(text: str) -> str:
    """`text` in ASCII, cell for cell."""
    return text if text.isascii() else "".join(_sign(char) for char in text)


@lru_cache(2_048)
def _sign(char: str) -> str:
    if char.isascii():
        return char
    known = _TABLE.get(char)
    if known is not None:
        return known
    if ord(char) in _BRAILLE:
        return _braille_sign(ord(char) - _BRAILLE.start)
    width = cell_len(char)
    plain = unicodedata.normalize("NFKD", char).encode("ascii", "ignore").decode()
    printable = "".join(part for part in plain if part.isprintable())
    return printable if len(printable) == width else "?" * width


def _braille_sign(dots: int) -> str:
    heights = [sign for row, sign in _BRAILLE_ROWS if dots & row]
    if not heights:
        return " "
    return ":" if len(heights) >= _DENSE else heights[len(heights) // 2]


def glyphs_for(wish: str, environment: Mapping[str, str]) -> str:
    """`full` or `ascii`: as wished, or by what locale and terminal say of themselves."""
    if wish != AUTO:
        return wish
    if environment.get("TERM", "") in _POOR_TERMS:
        return ASCII
    locale = next(
        (environment[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if environment.get(name)), ""
    )
    # Without any locale (a container, a cron job's tmux) the terminal is most likely a UTF-8 one.
    is_unicode = not locale or "utf-8" in locale.lower() or "utf8" in locale.lower()
    return FULL if is_unicode else ASCII
