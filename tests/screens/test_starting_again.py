"""What is done after a failure of the console: as the person says, and nothing by itself."""

import sys

import pytest

from tui_trader.app import ConsoleExit, Departure
from tui_trader.screens.crash_report import crash_report
from tui_trader.screens.starting_again import QUESTION, halted_beside, run_until_left

FAILED = ConsoleExit(how=Departure.CRASHED, detail="ValueError")
LEFT = ConsoleExit(how=Departure.DETACHED)


def ends(*exits: ConsoleExit, keys: str = "") -> tuple[ConsoleExit, list[str], list[str]]:
    """How it ended, what was asked, what was halted."""
    runs, pressed, asked, halted = list(exits), list(keys), [], []

    def read_key(question: str) -> str:
        asked.append(question)
        return pressed.pop(0) if pressed else ""

    def halt() -> str:
        halted.append("halted")
        return "Trading is HALTED"

    end = run_until_left(lambda: runs.pop(0), read_key=read_key, halt=halt)
    assert not runs
    assert not pressed
    return end, asked, halted


def test_console_that_was_left_is_not_asked_about():
    assert ends(LEFT) == (LEFT, [], [])


def test_r_starts_it_again_as_often_as_it_is_pressed():
    end, asked, _ = ends(FAILED, FAILED, LEFT, keys="rr")
    assert end is LEFT
    assert asked == [QUESTION, QUESTION]


@pytest.mark.parametrize("keys", ["q", "x", ""])
def test_any_other_key_leaves_and_so_does_a_terminal_that_is_gone(keys):
    assert ends(FAILED, keys=keys)[0] is FAILED


def test_stop_works_without_a_console_and_asks_again():
    end, asked, halted = ends(FAILED, LEFT, keys="!r")
    assert end is LEFT
    assert halted == ["halted"]
    assert asked[1].startswith("Trading is HALTED")


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ((), "cannot stop"),
        ((sys.executable, "-c", "pass"), "Trading is HALTED"),
        ((sys.executable, "-c", "raise SystemExit(5)"), "exit 5"),
        (("/nowhere/tui-trader",), "did not come through (FileNotFoundError)"),
    ],
)
def test_halt_beside_says_what_came_of_it(command, said):
    assert said in halted_beside(command)


def broken() -> None:
    {}["inner"]


def broken_and_told() -> None:
    try:
        broken()
    except KeyError as error:
        message = "outer"
        raise ValueError(message) from error


def test_report_tells_what_was_behind_an_error():
    with pytest.raises(ValueError, match="outer") as caught:
        broken_and_told()
    report = crash_report(caught.value, now_ms=0)
    assert report.index("ValueError: outer") < report.index("caused by") < report.index("KeyError")
    assert "in broken" in report


def test_circle_of_causes_ends():
    first, second = ValueError("first"), ValueError("second")
    first.__cause__, second.__cause__ = second, first
    assert crash_report(first, now_ms=0).count("caused by") <= 5
