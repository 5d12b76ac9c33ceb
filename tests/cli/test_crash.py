"""A bug at the process boundary: told, recorded, and without one secret."""

import pytest

from tui_trader import __main__
from tui_trader.__main__ import main

SECRET = "hunter2hunter2"
KEY = "kQH5HW/8p1uGOVjbgWA7FunAmGO8lsSUXNsu3eow76sz84Q18fWxnyRzBHCd3pd5nE9qa99HAZtuZuj6F1huXg=="


def crash(arguments):
    password = SECRET  # noqa: F841 (a local that must not be in the report)
    message = f"some\x1b[31m \u202ekey {KEY}"
    raise KeyError(message)


@pytest.fixture
def crashing(monkeypatch):
    monkeypatch.setattr(__main__, "run_command_line", crash)


def test_bug_ends_with_one_and_names_its_report(crashing, capsys, isolated_home):
    assert main(["start", "--config", SECRET, f"--mode={SECRET}"]) == 1
    out, err = capsys.readouterr()
    (report,) = (isolated_home / "logs").iterdir()
    assert out == ""
    assert "Traceback" not in err
    assert str(report) in err
    text = report.read_text()
    assert "KeyError: " in text
    assert "test_crash.py:" in text
    assert "in crash" in text
    assert SECRET not in text + err
    assert KEY not in text + err
    assert "[redacted]" in text
    assert "\x1b" not in text + err
    assert "\u202e" not in text
    assert report.stat().st_mode & 0o777 == 0o600
    assert (isolated_home / "logs").stat().st_mode & 0o777 == 0o700


def test_bug_goes_to_the_home_that_the_call_names(crashing, capsys, tmp_path):
    assert main(["--home", str(tmp_path / "desk")]) == 1
    assert list((tmp_path / "desk" / "logs").iterdir())


def test_bug_without_a_place_for_its_report_is_shown_whole(crashing, capsys, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert main(["--home", str(blocked)]) == 1
    assert "KeyError" in capsys.readouterr().err


def test_interrupt_ends_as_shells_expect(monkeypatch):
    def interrupted(arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(__main__, "run_command_line", interrupted)
    assert main([]) == 130


def test_name_of_a_file_cannot_command_the_terminal_that_reads_why_it_was_refused(tmp_path, capsys):
    hostile = tmp_path / "mine\x1b]52;c;ZXZpbA==\x07\x9b2J\u202e\r.py"
    hostile.write_text("this is no strategy\n")
    assert main(["strategies", "show", str(hostile)]) == 2
    told = capsys.readouterr().err
    assert "cannot be loaded" in told
    assert told.replace("\n", "").isprintable()
