"""The drill screen on a program that plays the rehearsal: steps, verdicts, trouble, giving up."""

import sys

import pytest

from tests.screens import scripted
from tests.screens.console_driver import console, ready, screen_text, until
from tests.screens.scripted import ScriptedClient
from tui_trader.cli.drill_plays import PLAYS
from tui_trader.screens.drill_run import DrillBroke, DrillRun
from tui_trader.widgets.drill_board import DRILLS, STEPS_MAX, DrillBoard, DrillStep
from tui_trader.widgets.program import Program

SAY = """
import json, signal, sys, time
name = sys.argv[3]
assert sys.argv[1:3] == ["exchange", "drill"] and sys.argv[4] == "--json"
def step(who, text):
    row = {"after_ms": 1500, "who": who, "text": text}
    print(json.dumps(row), file=sys.stderr, flush=True)
"""
SURVIVES = """
step("disaster", "the answer [b]is\\x1b[2J lost")
step("engine", "finds out")
verdict = {"name": name, "survived": name != "silence", "seconds": 7.4, "title": "", "steps": []}
print(json.dumps({"drills": [verdict]}))
sys.exit(0 if verdict["survived"] else 4)
"""
WAITS = """
step("you", "wait")
try:
    time.sleep(60)
except KeyboardInterrupt:
    print("cleared away", file=sys.stderr)
    sys.exit(130)
"""
BREAKS = """
print("tui-trader: no engine came up", file=sys.stderr)
sys.exit(5)
"""
BABBLES = """
print("x" * 700_000, file=sys.stderr)
print("not json")
"""


def program(play: str) -> Program:
    return Program(words=(sys.executable, "-c", SAY + play))


async def on_drills(app, pilot):
    await ready(app)
    await pilot.press("f8")
    await until(lambda: "DRILLS" in screen_text(app))


def test_drills_of_the_screen_are_those_of_the_command():
    told = [(card.name, card.title, card.lesson) for card in DRILLS]
    assert told == [(play.name, play.title, play.lesson) for play in PLAYS.values()]


async def test_steps_and_verdict_are_told_and_a_lost_one_is_loud():
    app = console(ScriptedClient(scripted.traded()), beside=program(SURVIVES))
    async with app.run_test(size=(80, 24)) as pilot:
        await on_drills(app, pilot)
        await pilot.press("enter")
        await until(lambda: "SURVIVED" in screen_text(app))
        text = screen_text(app)
        assert "1.5 s  disaster the answer [b]is" in text
        assert "\x1b" not in text
        assert "✓ survived 7 s" in text
        await pilot.press("j", "j", "j", "enter")
        await until(lambda: "FAILED: the journals disagree" in screen_text(app))
        assert "✗ FAILED" in screen_text(app)


async def test_one_rehearsal_at_a_time_and_cancelling_lets_it_clear_away():
    app = console(ScriptedClient(scripted.traded()), beside=program(WAITS))
    async with app.run_test(size=(120, 36)) as pilot:
        await on_drills(app, pilot)
        await pilot.press("x")
        assert "no drill is under way" in screen_text(app)
        await pilot.press("enter")
        await until(lambda: app.scene.drills.steps)
        await pilot.press("j", "enter")
        assert "still under way" in screen_text(app)
        await pilot.press("k", "x")
        await until(lambda: not app.scene.drills.running)
        assert "no verdict: cancelled" in screen_text(app)


@pytest.mark.parametrize(
    ("play", "said"),
    [(BREAKS, "no engine came up"), (BABBLES, "its verdict cannot be read")],
)
async def test_rehearsal_without_a_verdict_says_why(play, said):
    steps = []
    with pytest.raises(DrillBroke, match=said):
        await DrillRun(program(play).words, watch=steps.append).verdict("silence")
    assert steps == []


async def test_console_without_a_program_says_so():
    with pytest.raises(DrillBroke, match="cannot run its own program"):
        await DrillRun((), watch=lambda _: None).verdict("silence")


def test_steps_have_a_maximum():
    board = DrillBoard()
    for number in range(STEPS_MAX + 5):
        board.take(DrillStep(after_ms=number, who="you", text=""))
    assert len(board.steps) == STEPS_MAX
    assert board.steps[-1].after_ms == STEPS_MAX + 4
