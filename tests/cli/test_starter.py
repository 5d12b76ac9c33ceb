"""Starting an engine behind the console."""

import sys

import pytest

from tests.cli.fake_engine import FakeEngine
from tui_trader.cli import starter
from tui_trader.cli.console import engine_options
from tui_trader.cli.dispatch import blank_namespace
from tui_trader.cli.exit_codes import EngineDied, Unconfirmed

SLEEPER = "import time; print('up', flush=True); time.sleep(60)"


@pytest.fixture
def engine(monkeypatch) -> FakeEngine:
    engine = FakeEngine()
    engine.is_running = False
    monkeypatch.setattr(starter, "connect", engine.connect)
    monkeypatch.setattr(starter, "LOOK_SECONDS", 0.01)
    return engine


@pytest.fixture
def program(monkeypatch):
    """Puts another program in the engine's place; ends what was started."""
    plain, started = starter.subprocess.Popen, []

    def takes(source: str, when_started=lambda: None) -> list:
        def popen(command, **kwargs):
            started.append(plain([sys.executable, "-c", source], **kwargs))
            when_started()
            return started[-1]

        monkeypatch.setattr(starter.subprocess, "Popen", popen)
        return started

    yield takes
    for process in started:
        process.kill()
        process.wait()


async def test_engine_that_runs_is_left_alone(engine, program, isolated_home):
    engine.is_running = True
    started = program(SLEEPER)
    await starter.ensure_engine(isolated_home, [])
    assert started == []
    assert engine.hellos == [True]


async def test_engine_is_started_and_waited_for(engine, program, isolated_home, capsys):
    def comes_up():
        engine.is_running = True

    started = program(SLEEPER, comes_up)
    await starter.ensure_engine(isolated_home, [])
    assert len(started) == 1
    assert started[0].poll() is None
    assert f"starting an engine in {isolated_home}" in capsys.readouterr().err
    assert (isolated_home / "logs" / "engine.log").stat().st_mode & 0o777 == 0o600


async def test_engine_that_dies_is_told_in_its_own_last_words(engine, program, isolated_home):
    log = isolated_home / "logs" / "engine.log"
    log.parent.mkdir(parents=True)
    log.write_text("words of an earlier engine\n")
    program("import sys; print('bad \\x1b[31m key\\n' * 30, file=sys.stderr); sys.exit(2)")
    with pytest.raises(EngineDied) as died:
        await starter.ensure_engine(isolated_home, [])
    message = str(died.value)
    assert died.value.exit_code == 2
    assert "the engine ended with exit code 2; its last words:\n  bad [31m key\n" in message
    assert message.count("\n") == starter.LOG_LINES_SHOWN
    assert "earlier" not in message


async def test_engine_that_is_killed_counts_as_a_bug(engine, program, isolated_home):
    program("import os; os.kill(os.getpid(), 9)")
    with pytest.raises(EngineDied, match=r"exit code -9; its last words:\n  \(it said nothing\)"):
        await starter.ensure_engine(isolated_home, [])


async def test_engine_that_never_answers_ends_the_wait(engine, program, isolated_home, monkeypatch):
    monkeypatch.setattr(starter, "START_SECONDS", 0.05)
    program(SLEEPER)
    with pytest.raises(Unconfirmed, match="did not answer within 0 s"):
        await starter.ensure_engine(isolated_home, [])


async def test_engine_of_another_console_is_as_good_as_ours(engine, program, isolated_home):
    def other_came_first():
        engine.is_running = True

    program("raise SystemExit(3)", other_came_first)
    await starter.ensure_engine(isolated_home, [])
    assert engine.is_running


def test_new_engine_gets_the_options_of_the_call(tmp_path, monkeypatch):
    args = blank_namespace()
    assert engine_options(args) == ["--mode", "demo"]
    args.config = str(tmp_path / "c.toml")
    assert engine_options(args) == ["--config", str(tmp_path / "c.toml"), "--mode", "demo"]


def test_console_without_a_terminal_starts_nothing(isolated_home, capsys):
    from tui_trader.__main__ import main

    assert main([]) == 2
    assert main(["attach"]) == 2
    assert "the console needs a terminal; `tui-trader start` runs" in capsys.readouterr().err
    assert not isolated_home.exists()
