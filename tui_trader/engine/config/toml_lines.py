"""Lines on which the keys of a TOML text stand; its parser tells values without their places."""

import re
from typing import NamedTuple

Path = tuple[str, ...]

_WORD = re.compile(
    r'"""(?:\\.|[^\\])*?"""|' + r"'''.*?'''|" + r'"(?:\\.|[^"\\\n])*"|' + r"'[^'\n]*'|"
    r"#[^\n]*|\n|[ \t\r]+|[\[\]{}=,]|[^\s\[\]{}=,#\"']+|[\"']",
    re.DOTALL,
)


class Assignment(NamedTuple):
    """One `key = value`: its whole path, and where the value stands in the text."""

    path: Path
    section: Path
    start: int
    end: int


class _Statement(NamedTuple):
    """A header or an assignment: its words, the line it begins on, and where its parts are."""

    words: list[str]
    line: int
    value_start: int
    end: int


def key_lines(text: str) -> list[tuple[Path, int]]:
    """Path and line of every header and key, in order; keys inside inline tables are left out.

    The text need not be valid: what cannot be understood is skipped.
    """
    found: list[tuple[Path, int]] = []
    section: Path = ()
    for statement in _statements(text):
        words, line = statement.words, statement.line
        if words[0] == "[":
            section = _header(words)
            found.append((section, line))
        elif "=" in words:
            found.append((section + _path(words[: words.index("=")]), line))
    return found


def assignments(text: str) -> list[Assignment]:
    """Every key with the place of its value, in order; those inside inline tables are left out."""
    found = []
    section: Path = ()
    for statement in _statements(text):
        words = statement.words
        if words[0] == "[":
            section = _header(words)
        elif "=" in words:
            path = section + _path(words[: words.index("=")])
            found.append(Assignment(path, section, statement.value_start, statement.end))
    return found


def header_ends(text: str) -> dict[Path, int]:
    """Where the line of each header ends."""
    return {
        _header(statement.words): statement.end
        for statement in _statements(text)
        if statement.words[0] == "["
    }


def _header(words: list[str]) -> Path:
    return _path([word for word in words if word not in "[]"])


def _statements(text: str) -> list[_Statement]:
    statements: list[_Statement] = []
    words: list[str] = []
    line = begin = 1
    depth = start = end = 0
    for match in _WORD.finditer(text):
        word = match.group()
        if word == "\n" and depth <= 0 and words:
            statements.append(_Statement(words, begin, start, end))
            words, depth = [], 0
        elif not word.isspace() and not word.startswith("#"):
            begin = line if not words else begin
            if words and words[-1] == "=" and words.count("=") == 1:
                start = match.start()
            words.append(word)
            end = match.end()
            # Brackets of a header close on its own line; only those of a value span lines.
            if "=" in words:
                depth += (word in "[{") - (word in "]}")
        line += word.count("\n")
    return [*statements, _Statement(words, begin, start, end)] if words else statements


def _path(words: list[str]) -> Path:
    parts: list[str] = []
    for word in words:
        if word[0] in "\"'":
            parts.append(word[1:-1])
        else:
            parts += [part for part in word.split(".") if part]
    return tuple(parts)
