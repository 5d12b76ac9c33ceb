"""Lines on which the keys of a TOML text stand; its parser tells values without their places."""

import re

Path = tuple[str, ...]

_WORD = re.compile(
    r'"""(?:\\.|[^\\])*?"""|' + r"'''.*?'''|" + r'"(?:\\.|[^"\\\n])*"|' + r"'[^'\n]*'|"
    r"#[^\n]*|\n|[ \t\r]+|[\[\]{}=,]|[^\s\[\]{}=,#\"']+|[\"']",
    re.DOTALL,
)


def key_lines(text: str) -> list[tuple[Path, int]]:
    """Path and line of every header and key, in order; keys inside inline tables are left out.

    The text need not be valid: what cannot be understood is skipped.
    """
    found: list[tuple[Path, int]] = []
    section: Path = ()
    for statement, line in _statements(text):
        if statement[0] == "[":
            section = _path([word for word in statement if word not in "[]"])
            found.append((section, line))
        elif "=" in statement:
            found.append((section + _path(statement[: statement.index("=")]), line))
    return found


def _statements(text: str) -> list[tuple[list[str], int]]:
    """Words of each header or assignment, with the line it begins on."""
    statements: list[tuple[list[str], int]] = []
    words: list[str] = []
    line = begin = 1
    depth = 0
    for match in _WORD.finditer(text):
        word = match.group()
        if word == "\n" and depth <= 0 and words:
            statements.append((words, begin))
            words, depth = [], 0
        elif not word.isspace() and not word.startswith("#"):
            begin = line if not words else begin
            words.append(word)
            # Brackets of a header close on its own line; only those of a value span lines.
            if "=" in words:
                depth += (word in "[{") - (word in "]}")
        line += word.count("\n")
    return [*statements, (words, begin)] if words else statements


def _path(words: list[str]) -> Path:
    parts: list[str] = []
    for word in words:
        if word[0] in "\"'":
            parts.append(word[1:-1])
        else:
            parts += [part for part in word.split(".") if part]
    return tuple(parts)
