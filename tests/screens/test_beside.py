"""The program beside the console: its answer, its progress, its refusals, and that it ends."""

import asyncio
import os
import sys

import pytest

from tui_trader.screens import beside
from tui_trader.screens.beside import NICENESS, ProgramRefused, answer_of
from tui_trader.widgets.program import Program


def python(code: str) -> Program:
    return Program(words=(sys.executable, "-c", code))


async def test_answer_is_what_it_prints_and_options_come_last():
    program = Program(
        words=(sys.executable, "-c", "import sys; print(sys.argv[1:])"), options=("--home", "h")
    )
    assert await answer_of(program, ("data", "list")) == b"['data', 'list', '--home', 'h']\n"


async def test_progress_is_told_step_by_step():
    code = """
import sys
for done in (10, 60):
    sys.stderr.write('{"done":%d,"planned":100,"step":"walk","left_s":null}\\n' % done)
sys.stderr.write("kept as 1\\n")
"""
    steps = []
    assert await answer_of(python(code), (), watch=steps.append) == b""
    assert [step.done for step in steps] == [10, 60]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (
            "import sys; sys.stderr.write('tui-trader: no \\x1b[2Jcandles\\n'); sys.exit(2)",
            "no .*candles",
        ),
        ("import sys; sys.exit(70)", "ended with status 70 and said nothing"),
        ("import os; os.kill(os.getpid(), 9)", "ended with status -9"),
    ],
)
async def test_refusal_is_its_own_sentence(code, said):
    with pytest.raises(ProgramRefused, match=said) as refusal:
        await answer_of(python(code), ())
    assert str(refusal.value).isprintable()


async def test_program_that_is_not_there_is_refused():
    with pytest.raises(ProgramRefused, match="knows no program"):
        await answer_of(Program(), ("data",))
    with pytest.raises(ProgramRefused, match="cannot be started"):
        await answer_of(Program(words=("/nowhere/tui-trader",)), ())


async def test_answer_and_lines_have_a_written_most(monkeypatch):
    monkeypatch.setattr(beside, "ANSWER_BYTES_MAX", 1_000)
    with pytest.raises(ProgramRefused, match="longer than"):
        await answer_of(python("print('x' * 5000)"), ())
    code = f"import sys; sys.stderr.write('x' * {3 * beside.LINE_BYTES_MAX} + '\\nlast word\\n'); sys.exit(2)"
    with pytest.raises(ProgramRefused, match="last word"):
        await answer_of(python(code), ())


@pytest.mark.parametrize("deaf", [False, True])
async def test_cancelling_ends_the_process_a_deaf_one_too(monkeypatch, deaf):
    monkeypatch.setattr(beside, "END_SECONDS", 0.1)
    ignore = "signal.signal(signal.SIGTERM, signal.SIG_IGN)" if deaf else ""
    code = f"""
import os, signal, sys, time
{ignore}
sys.stderr.write('{{"done":%d,"planned":1,"step":"","left_s":null}}\\n' % os.getpid())
sys.stderr.flush()
time.sleep(60)
"""
    begun: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    work = asyncio.create_task(
        answer_of(python(code), (), watch=lambda step: begun.set_result(step.done))
    )
    pid = await asyncio.wait_for(begun, 10)
    assert os.getpriority(os.PRIO_PROCESS, pid) == NICENESS
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
