"""What is loaded when the command line and the console start; the second proof of the contracts."""

import json
import subprocess
import sys

import pytest

HEAVY = {"ccxt", "numpy", "talib", "pandas", "sklearn", "scipy", "numba", "aiohttp", "pydantic"}
HEAVY |= {"plotext", "skops", "optuna", "lightgbm"}
TERMINAL = {"textual", "rich"}

LOADED = "import json, sys; print(json.dumps(sorted({m.split('.')[0] for m in sys.modules})), file=sys.stderr)"


def loaded_after(statements: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"{statements}\n{LOADED}"],
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    return set(json.loads(done.stderr.splitlines()[-1]))


def test_command_line_starts_light():
    assert loaded_after("import tui_trader.cli") & (HEAVY | TERMINAL) == set()


def test_console_starts_without_the_engines_libraries():
    assert loaded_after("import tui_trader.app") & HEAVY == set()


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_version_and_help_load_nothing_heavy(option):
    statements = f"""
from tui_trader.__main__ import main
try:
    status = main([{option!r}])
except SystemExit as ended:
    status = ended.code
assert not status, status
"""
    assert loaded_after(statements) & (HEAVY | TERMINAL) == set()
