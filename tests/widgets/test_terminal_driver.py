from io import BytesIO, TextIOWrapper
from threading import Event

import pytest
from textual.drivers.headless_driver import HeadlessDriver
from textual.drivers.linux_driver import LinuxDriver
from textual.events import CursorPosition

from tui_trader.widgets.terminal_driver import LAST_ANSWER_S, SturdyDriver, sturdy


def driver() -> SturdyDriver:
    made = SturdyDriver.__new__(SturdyDriver)
    made.exit_event = Event()
    return made


@pytest.mark.parametrize(
    "fault", [UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid"), ValueError("int: '2:3'")]
)
def test_input_nobody_understands_does_not_end_the_reading(fault, monkeypatch):
    made, turns = driver(), []

    def read(self):
        turns.append(1)
        if len(turns) < 3:
            raise fault
        self.exit_event.set()

    monkeypatch.setattr(LinuxDriver, "run_input_thread", read)
    made.run_input_thread()
    assert len(turns) == 3


def test_terminal_that_is_gone_ends_the_reading(monkeypatch):
    def read(self):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(LinuxDriver, "run_input_thread", read)
    with pytest.raises(OSError, match="Input/output"):
        driver().run_input_thread()


def test_glyph_the_terminal_cannot_show_takes_one_cell(monkeypatch):
    made, raw = driver(), BytesIO()
    made._file = TextIOWrapper(raw, encoding="latin-1", errors="backslashreplace")
    monkeypatch.setattr(LinuxDriver, "start_application_mode", lambda _: None)
    made.start_application_mode()
    made._file.write("▸ BTC ü")
    made._file.flush()
    assert raw.getvalue() == "? BTC ü".encode("latin-1")


def test_only_the_driver_it_knows_is_replaced():
    assert sturdy(LinuxDriver) is SturdyDriver
    assert sturdy(HeadlessDriver) is HeadlessDriver


@pytest.mark.parametrize("was_suspended", [True, False])
def test_process_that_is_continued_starts_only_what_was_suspended(was_suspended, monkeypatch):
    made, starts = driver(), []
    made._must_signal_resume = was_suspended
    made._auto_restart = True
    monkeypatch.setattr(LinuxDriver, "resume_application_mode", lambda _: starts.append(1))
    made._sigcont_application(18, None)
    assert len(starts) == was_suspended


def asking(monkeypatch) -> tuple[SturdyDriver, list[str]]:
    written: list[str] = []
    made = driver()
    made.written_bytes, made.answered_s = 0, float("-inf")
    made._is_answered = Event()
    made._is_answered.set()
    monkeypatch.setattr(LinuxDriver, "write", lambda _, text: written.append(text))
    monkeypatch.setattr(LinuxDriver, "process_message", lambda *_: None)
    monkeypatch.setattr(LinuxDriver, "disable_input", lambda _: written.append("input off"))
    return made, written


def test_bytes_are_counted_as_they_leave(monkeypatch):
    made, _ = asking(monkeypatch)
    made.write("abc")
    made.write("▲")
    assert made.written_bytes == 6


def test_end_waits_for_an_answer_that_is_under_way_so_that_no_shell_reads_it(monkeypatch):
    made, written = asking(monkeypatch)
    waits: list[float] = []
    made.ask()
    monkeypatch.setattr(made._is_answered, "wait", waits.append)
    assert not made._is_answered.is_set()
    made.disable_input()
    assert waits == [LAST_ANSWER_S]
    assert written == ["\x1b[6n", "input off"]


def test_answer_is_noted_when_it_comes(monkeypatch):
    made, _ = asking(monkeypatch)
    made.ask()
    made.process_message(CursorPosition(0, 0))
    assert made._is_answered.is_set()
    assert made.answered_s > 0
