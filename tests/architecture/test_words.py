"""What files are called, and that each says what it is."""

import ast
import io
import re
import tokenize

from tests.architecture.source_tree import name_of, parsed, python_files, tracked_files

# A file called so has no subject of its own, and everything that has none either ends up in it.
EMPTY_WORDS = {
    "util",
    "utils",
    "helper",
    "helpers",
    "common",
    "misc",
    "manager",
    "managers",
    "handler",
    "handlers",
    "info",
    "temp",
    "obj",
    "stuff",
}
UNFINISHED = re.compile(
    r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK")) + r")\b"
)


def test_no_file_is_named_after_nothing():
    named_so = [
        name_of(path)
        for path in tracked_files()
        if path.suffix == ".py" and EMPTY_WORDS & {*path.stem.split("_"), path.parent.name}
    ]
    assert named_so == []


def test_every_module_says_what_it_is():
    silent = [
        name_of(path)
        for path in python_files("tui_trader", "tools", "tests/architecture")
        if not ast.get_docstring(parsed(path))
    ]
    assert silent == []


def test_no_comment_promises_later_work():
    promises = [
        f"{name_of(path)}:{token.start[0]}: {token.string.strip()}"
        for path in python_files("tui_trader", "tools", "tests")
        for token in tokenize.generate_tokens(io.StringIO(path.read_text()).readline)
        if token.type == tokenize.COMMENT and UNFINISHED.search(token.string)
    ]
    assert promises == []


def test_nothing_is_left_unimplemented():
    unimplemented = [
        f"{name_of(path)}:{node.lineno}"
        for path in python_files("tui_trader")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Raise) and "NotImplemented" in ast.dump(node)
    ]
    assert unimplemented == []
