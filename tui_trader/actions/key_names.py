"""Names of keys: what a person reads and writes for a key, and what the terminal library calls it."""

import string
import unicodedata
from typing import Final

_LIBRARY_NAMES: Final = {
    "solidus": "slash",
    "reverse_solidus": "backslash",
    "commercial_at": "at",
    "hyphen_minus": "minus",
    "plus_sign": "plus",
    "low_line": "underscore",
}
"""Where the library's name is not the one of Unicode."""


def _name_of(character: str) -> str:
    name = unicodedata.name(character, "").lower().replace(" ", "_").replace("-", "_")
    return _LIBRARY_NAMES.get(name, name)


_PUNCTUATION: Final = {_name_of(character): character for character in string.punctuation}

_SHOWN: Final = {
    "enter": "Enter",
    "escape": "Esc",
    "tab": "Tab",
    "space": "Space",
    "backspace": "Bksp",
    "delete": "Del",
    "insert": "Ins",
    "home": "Home",
    "end": "End",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
}
_MODIFIERS: Final = {"ctrl": "^", "shift": "shift+", "alt": "alt+"}
_FUNCTION_KEYS: Final = frozenset(f"f{number}" for number in range(1, 13))
_SAME_AS: Final = {
    "ctrl+i": "Tab",
    "ctrl+m": "Enter",
    "ctrl+j": "Enter",
    "ctrl+h": "Backspace",
    "ctrl+left_square_bracket": "Esc",
}
"""Terminals send the same for these two."""


def key_called(text: str) -> str:
    """The library's name of a key as a person writes it: `?`, `B`, `^p`, `ctrl+p`, `F9`, `Enter`.

    Raises:
        ValueError: no key is called that; the message is for the person.
    """
    stem, *modifiers = reversed(_parts(text.strip()))
    for modifier in modifiers:
        if modifier not in _MODIFIERS:
            message = f"no key is called {text!r}: {modifier!r} is not ctrl, alt or shift"
            raise ValueError(message)
    key = "+".join([*sorted(set(modifiers)), _stem(stem, text)])
    if key in _SAME_AS:
        message = f"a terminal sends {text} as {_SAME_AS[key]}; choose another key"
        raise ValueError(message)
    return key


def key_shown(key: str) -> str:
    """What a person reads for a key of that name."""
    *modifiers, stem = key.split("+")
    character = character_of(stem)
    shown = _SHOWN.get(stem) or character or (stem.upper() if stem in _FUNCTION_KEYS else stem)
    return "".join(_MODIFIERS.get(modifier, f"{modifier}+") for modifier in modifiers) + shown


def _parts(text: str) -> list[str]:
    if len(text) > 1 and text.startswith("^"):
        return ["ctrl", text[1:]]
    if len(text) > 1 and "+" in text[:-1]:
        head, _, stem = text.rpartition("+") if not text.endswith("+") else (text[:-2], "", "+")
        return [*head.lower().split("+"), stem]
    return [text]


def _stem(stem: str, text: str) -> str:
    lower = stem.lower()
    by_shown = {shown.lower(): key for key, shown in _SHOWN.items()}
    if lower in by_shown:
        return by_shown[lower]
    if len(stem) == 1:
        if stem.isalnum():
            return stem
        if stem.isprintable() and stem != " ":
            return _name_of(stem)
    if lower in _SHOWN or lower in _FUNCTION_KEYS or character_of(lower):
        return lower
    message = f"no key is called {text!r}; write b, B, ?, ctrl+b, F9, Enter, PgDn, Home or Left"
    raise ValueError(message)


def character_of(name: str) -> str:
    """The character a key of that name types; empty for one that types none."""
    if len(name) == 1:
        return name if name.isprintable() else ""
    if name in _PUNCTUATION:
        return _PUNCTUATION[name]
    try:
        found = unicodedata.lookup(name.replace("_", " "))
    except KeyError:
        return ""
    # Control characters have names too, such as ESC.
    return found if found.isprintable() else ""
