"""A console that fails in a real terminal: the bug is news that no engine can have sent."""

import sys
from pathlib import Path

import pytest

from tests.journeys.conftest import ROOT, wait_for
from tests.journeys.terminal import Terminal

pytestmark = pytest.mark.journey
RESTORED = {"alternate_on": "0", "mouse_any_flag": "0", "cursor_flag": "1"}


def failing_console(tmp_path: Path) -> Terminal:
    command = [sys.executable, "-m", "tests.screens.demo_console", "failing", "--live"]
    environment = {"PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)}
    return Terminal(command, size=(100, 30), environment=environment, cwd=ROOT)


@pytest.fixture
def terminal(tmp_path):
    terminal = failing_console(tmp_path)
    yield terminal
    terminal.close()


def test_failed_console_says_what_goes_on_and_comes_back_by_one_key(terminal, tmp_path):
    screen = terminal.until("The engine is a process of its own", "r starts the console again")
    assert terminal.modes() == RESTORED
    assert "kQH5HW" not in screen
    (report,) = (tmp_path / "tui-trader-demo-console").glob("console-crash-*.txt")
    assert "kQH5HW" not in report.read_text()
    terminal.type("r")
    terminal.until("DEMO", "feed ok", "BTC/USD", "! STOP")
    terminal.type("q")
    terminal.until("LEAVE")
    terminal.type("Enter")
    terminal.until("LEFT-0")
    wait_for(lambda: terminal.modes() == RESTORED, "a restored terminal")


def test_any_other_key_leaves_the_failed_console(terminal):
    terminal.until("r starts the console again")
    terminal.type("x")
    terminal.until("LEFT-0", "CRASHED")
