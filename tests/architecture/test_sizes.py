"""How large a file and a function may be."""

import ast

from tests.architecture.source_tree import name_of, parsed, python_files

FILE_LINES_MAX = 400
TEST_FILE_LINES_MAX = 600
FUNCTION_LINES_MAX = 60

# Files that may be larger, with their size. The list may only shrink: split by idea and take the
# line away. Nothing may be added.
LARGER_FILES: dict[str, int] = {}
LARGER_FUNCTIONS: dict[str, int] = {}


def compare(sizes: dict[str, int], limit: int, exempt: dict[str, int]) -> list[str]:
    too_large = [
        f"{name} has {size} lines; {exempt.get(name, limit)} are allowed: split it by idea"
        for name, size in sizes.items()
        if size > exempt.get(name, limit)
    ]
    stale = [
        f"{name} is exempt with {size} lines but has {sizes.get(name, 0)}: shrink its exemption"
        for name, size in exempt.items()
        if sizes.get(name, 0) < size
    ]
    return too_large + stale


def file_sizes(*folders: str) -> dict[str, int]:
    return {name_of(path): path.read_text().count("\n") for path in python_files(*folders)}


def test_no_file_of_the_package_is_too_long():
    assert compare(file_sizes("tui_trader"), FILE_LINES_MAX, LARGER_FILES) == []


def test_no_test_file_is_too_long():
    assert compare(file_sizes("tests"), TEST_FILE_LINES_MAX, {}) == []


def test_no_function_of_the_package_is_too_long():
    sizes = {
        f"{name_of(path)}::{node.name}": node.end_lineno - node.lineno + 1
        for path in python_files("tui_trader")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert compare(sizes, FUNCTION_LINES_MAX, LARGER_FUNCTIONS) == []


def test_an_exemption_that_is_no_longer_needed_is_noticed():
    assert compare({"a.py": 410}, 400, {"a.py": 420}) != []
    assert compare({"a.py": 420}, 400, {"a.py": 420}) == []
    assert compare({"a.py": 421}, 400, {"a.py": 420}) != []
