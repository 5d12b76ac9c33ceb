"""Cleaning of text from outside before any person, file or terminal sees it."""

import unicodedata

# C0, C1, format (bidi overrides, zero width), surrogates, private use and unassigned code points:
# a terminal may obey them (OSC 52 writes the clipboard), a reader never needs them.
_DROPPED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})

TEXT_LENGTH_MAX = 300


def is_text(text: str) -> bool:
    """Whether it can be written as UTF-8: bytes of an argument that are none come as surrogates."""
    return not any(unicodedata.category(char) == "Cs" for char in text)


def sanitize(text: str, *, length_max: int = TEXT_LENGTH_MAX) -> str:
    """Printable part of `text` in one line, at most `length_max` characters.

    Args:
        text: Anything that came from an exchange, a file, a web page or a user.
        length_max: Longest result; a cut is marked with an ellipsis.
    """
    # Cut before the scan: a hostile megabyte must not cost a megabyte of work.
    head = text[: length_max * 4]
    spaced = "".join(" " if char in "\t\n\r\v\f" else char for char in head)
    clean = "".join(
        char for char in spaced if unicodedata.category(char) not in _DROPPED_CATEGORIES
    )
    if len(clean) > length_max or len(text) > len(head):
        return clean[: length_max - 1] + "…"
    return clean
