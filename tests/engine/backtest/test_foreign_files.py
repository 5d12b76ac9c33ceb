"""A user's file at its worst: it costs its own process, and nothing else."""

import os
import signal
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from tests.engine.backtest.made_runs import bars
from tests.engine.backtest.test_strategy_files import FOOT, HEAD, SOUND
from tui_trader.engine.backtest import foreign_program, strategy_files
from tui_trader.engine.backtest.foreign_messages import (
    Declared,
    ForeignParameter,
    packed_pair,
    unpacked_pair,
)
from tui_trader.engine.backtest.foreign_program import ForeignProgram, end_foreign_programs
from tui_trader.engine.backtest.strategy_files import checked_strategy, load_strategy_file
from tui_trader.engine.values.errors import ConfigError, PluginError

CANDLES = bars(*[(100.0 + row,) * 4 for row in range(8)])
ENDLESS = "while True: pass"
TRIGGER = "    if candles.close[-1] > 1e6:\n        "
"""Sound on the made candles of the trial, something else on a price no trial has."""
DEAR = bars((1e7, 1e7, 1e7, 1e7))


@pytest.fixture
def written(tmp_path):
    def write(text, name="mine.py"):
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


def later(act: str) -> str:
    """A file whose trial is sound, and which acts so on dear candles."""
    indented = act.replace("\n", "\n        ")
    return HEAD + SOUND.replace("    back,", f"{TRIGGER}{indented}\n    back,") + FOOT


def fault_of(strategy) -> str:
    with pytest.raises(PluginError) as caught:
        strategy.signals_of([DEAR], strategy.checked({}))
    text = str(caught.value)
    assert text.isprintable()
    return text


@pytest.mark.parametrize(
    ("act", "words"),
    [
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("class Own(BaseException): pass\nraise Own('mine')", "Own: mine"),
        ("raise SystemExit(7)", "exit code 7"),
        ("import os; os._exit(0)", "exit code 0"),
        ("import os; os.kill(os.getpid(), 9)", "signal 9 (SIGKILL)"),
        ("import ctypes; ctypes.string_at(0)", "SIGSEGV"),
        ("return signals(candles, choices)", "RecursionError"),
        ("np.ones(1 << 31, dtype=np.float64)", "MemoryError"),
        ("candles.close[-1] = 5.0", "read-only"),
        ("return np.full(len(candles), np.nan)", "none of -1, 0 and 1"),
        ("return np.array(['1'] * len(candles))", "none of -1, 0 and 1"),
        ("return np.zeros((len(candles), 1))", "shape"),
        ("return None", "shape"),
        ("raise ValueError('\\x1b]52;c;x\\x07' + 'long ' * 500)", "ValueError"),
    ],
)
def test_what_it_does_on_other_candles_is_told_as_the_files(written, act, words):
    strategy = load_strategy_file(written(later(act)))
    assert words in fault_of(strategy)
    # The next question finds a new process, and the same answers as ever.
    said = strategy.signals_of([CANDLES], strategy.checked({}))[0]
    assert said.tolist() == [0] * 5 + [1] * 3


def test_what_a_file_prints_reaches_nobody(written, capfd):
    noise = (
        "print('\\x1b[2J' * 100_000)\nimport sys\nsys.stderr.write('loud')\nos = __import__('os')\n"
    )
    strategy = load_strategy_file(written(noise + later("os.write(1, b'x' * 1000)\n1 / 0")))
    assert "ZeroDivisionError" in fault_of(strategy)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "text",
    [
        ENDLESS,
        "import time\ntime.sleep(10**6)",
        "10 ** 10 ** 10",
        "import signal\nsignal.signal(14, lambda *_: None)\nsignal.pause()",
    ],
)
def test_a_file_without_end_is_ended_while_it_loads(written, monkeypatch, text):
    monkeypatch.setattr(foreign_program, "LOAD_S_MAX", 0.4)
    with pytest.raises(PluginError, match="took longer than 0 s"):
        load_strategy_file(written(text))


def test_a_file_without_end_is_ended_while_it_speaks(written, monkeypatch):
    strategy = load_strategy_file(written(later(ENDLESS)))
    monkeypatch.setattr(foreign_program, "SAY_S_MAX", 0.4)
    assert "took longer than" in fault_of(strategy)


def test_whoever_ends_the_engine_waits_for_no_file(written):
    """The thread that waits for an answer gets none, at once; and nobody starts another child."""
    strategy = load_strategy_file(written(later(ENDLESS)))
    timer = threading.Timer(0.3, end_foreign_programs)
    timer.start()
    fault_of(strategy)
    timer.join()
    assert "nobody may ask any more" in fault_of(strategy)


def test_a_strategy_that_is_ended_leaves_no_process(written):
    strategy = load_strategy_file(written(HEAD + SOUND + FOOT))
    pid = strategy.signals.__self__._process.pid
    strategy.end()
    while is_alive(pid):
        os.sched_yield()


def is_alive(pid) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state.rpartition(")")[2].split()[0] not in {"Z", "X"}


def test_its_own_children_end_with_it(written, tmp_path):
    act = (
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(1000)'])\n"
        f"open({str(tmp_path / 'pid')!r}, 'w').write(str(child.pid))\n"
        "raise ValueError"
    )
    fault_of(load_strategy_file(written(later(act))))
    pid = int((tmp_path / "pid").read_text())
    while is_alive(pid):
        os.sched_yield()


@pytest.mark.parametrize("last", ["os._exit(3)", ENDLESS])
def test_who_leaves_the_pipes_to_a_stranger_is_not_waited_for(written, tmp_path, monkeypatch, last):
    """A process of its own session outlives its parent, and holds both pipes open."""
    flag = tmp_path / "flag"
    flag.touch()
    act = (
        "import os, time\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        f"    while os.path.exists({str(flag)!r}): time.sleep(0.05)\n"
        "    os._exit(0)\n" + last
    )
    strategy = load_strategy_file(written(later(act)))
    if last == ENDLESS:
        monkeypatch.setattr(foreign_program, "SAY_S_MAX", 0.4)
    try:
        words = fault_of(strategy)
    finally:
        flag.unlink()
    assert ("took longer than" if last == ENDLESS else "exit code 3") in words


def test_who_does_not_read_is_not_written_to_for_ever(written, monkeypatch):
    many = bars(*[(100.0,) * 4] * 200_000)
    strategy = load_strategy_file(written(HEAD + SOUND + FOOT))
    os.kill(strategy.signals.__self__._process.pid, signal.SIGSTOP)
    monkeypatch.setattr(foreign_program, "SAY_S_MAX", 0.4)
    monkeypatch.setattr(foreign_program, "SAY_S_PER_CANDLE", 0.0)
    with pytest.raises(PluginError, match="took longer than"):
        strategy.signals_of([many], strategy.checked({}))


def test_a_file_sees_no_key_of_ours(written, monkeypatch):
    monkeypatch.setenv("TUI_TRADER_VENUE__API_SECRET", "secret")
    text = "import os\nassert not [name for name in os.environ if name.startswith('TUI_TRADER_')]\n"
    assert load_strategy_file(written(text + HEAD + SOUND + FOOT)).name == "mine"


def test_a_file_beside_it_takes_the_place_of_no_library(written, monkeypatch, tmp_path):
    written("raise RuntimeError('not the library')", "numpy.py")
    monkeypatch.chdir(tmp_path)
    assert load_strategy_file(written(HEAD + SOUND + FOOT)).name == "mine"


def test_nothing_runs_in_this_process_and_nothing_when_it_is_only_there(written, tmp_path):
    text = f"import os\nopen({str(tmp_path / 'ran')!r}, 'w').write(str(os.getpid()))\n"
    path = written(text + HEAD + SOUND + FOOT)
    assert not (tmp_path / "ran").exists()
    load_strategy_file(path)
    assert int((tmp_path / "ran").read_text()) != os.getpid()
    assert "user_strategy_mine" not in sys.modules


def test_a_link_is_followed_and_one_to_nowhere_is_no_file(written, tmp_path):
    link = tmp_path / "link.py"
    link.symlink_to(written(HEAD + SOUND + FOOT))
    assert load_strategy_file(link).name == "mine"
    for target in (tmp_path / "gone.py", tmp_path, link):
        odd = tmp_path / f"odd{target.name}.py"
        odd.symlink_to(odd if target == link else target)
        with pytest.raises((ConfigError, OSError)) as caught:
            load_strategy_file(odd)
        assert isinstance(caught.value, ConfigError)


def test_a_pipe_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "pipe.py")
    with pytest.raises(ConfigError, match="there is no file"):
        load_strategy_file(tmp_path / "pipe.py")


def test_a_file_that_is_too_large_is_not_even_read(written, monkeypatch):
    monkeypatch.setattr(strategy_files, "FILE_BYTES_MAX", 10)
    with pytest.raises(ConfigError, match="more than 10 bytes"):
        load_strategy_file(written("x = 'eleven bytes'"))


def test_what_is_no_text_is_told(tmp_path):
    path = tmp_path / "mine.py"
    path.write_bytes(b"x = '\xff\xfe'\n")
    with pytest.raises(PluginError, match="SyntaxError"):
        load_strategy_file(path)


def declared(**changes) -> Declared:
    knob = ForeignParameter(name="bars", default=5, low=2, high=50, unit="bars", help="Back.")
    fields = {
        "name": "mine",
        "title": "Mine",
        "says": "Rises.",
        "parameters": (knob,),
        "increasing": (),
    }
    return Declared(**(fields | changes))


def knob(**changes) -> ForeignParameter:
    fields = {"name": "bars", "default": 5, "low": 2, "high": 50, "unit": "bars", "help": "Back."}
    return ForeignParameter(**(fields | changes))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "is no name"),
        ({"name": "\x1b]52;c;x\x07"}, "is no name"),
        ({"name": "a b"}, "is no name"),
        ({"name": "a" * 65}, "is no name"),
        ({"parameters": (knob(name="--yes x"),)}, "is no name"),
        ({"parameters": (knob(), knob())}, "each parameter once"),
        ({"parameters": tuple(knob(name=f"p{n}") for n in range(60))}, "at most 50"),
        ({"parameters": (knob(default=1),)}, "within its bounds"),
        ({"parameters": (knob(high=float("inf")),)}, "must be numbers"),
        ({"parameters": (knob(default=float("nan")),)}, "within its bounds"),
        ({"increasing": ("bars", "more")}, "no parameter"),
    ],
)
def test_what_a_file_says_about_itself_is_believed_in_nothing(tmp_path, changes, words):
    path = tmp_path / "mine.py"
    with pytest.raises(PluginError, match=words) as caught:
        checked_strategy(declared(**changes), path, program=ForeignProgram(path))
    assert "\x1b" not in str(caught.value)


def test_its_words_are_cleaned_and_whole_numbers_stay_whole(tmp_path):
    program = ForeignProgram(tmp_path / "mine.py")
    told = declared(
        title="a\x1b[2Jb", says="c\x07d", parameters=(knob(), knob(name="x", default=5.0))
    )
    strategy = checked_strategy(told, tmp_path, program=program)
    assert (strategy.title, strategy.says) == ("a[2Jb", "cd")
    assert [one.is_whole for one in strategy.parameters] == [True, False]


def test_candles_arrive_as_they_left():
    pair = unpacked_pair(packed_pair(CANDLES))
    for name in ("open_time_ms", "open", "high", "low", "close", "volume"):
        assert np.array_equal(getattr(pair, name), getattr(CANDLES, name))
    assert pair.interval is CANDLES.interval
