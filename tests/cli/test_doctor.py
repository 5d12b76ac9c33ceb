import pytest

from tests.cli.test_engine_commands import STATUS
from tui_trader.engine.messages.queries import AskStatus
from tui_trader.engine.stores.home import HaltLatch, Home
from tui_trader.engine.stores.journal import SqliteJournal

NAMES = ["python", "libraries", "terminal", "home", "settings", "journal", "halt", "engine"]


def verdicts(desk) -> dict[str, str]:
    return {check["name"]: check["verdict"] for check in desk.document["checks"]}


@pytest.fixture
def quiet(desk):
    desk.engine.is_running = False
    return desk


def test_healthy_machine_with_nothing_running_is_no_fault(quiet, isolated_home):
    assert quiet.run("doctor", "--json") == 0
    assert verdicts(quiet) == dict.fromkeys(NAMES, "ok")
    assert quiet.document["home"] == str(isolated_home)
    assert not isolated_home.exists(), "a check makes nothing"


def test_lines_say_what_to_do(quiet, isolated_home):
    isolated_home.mkdir(mode=0o755)
    isolated_home.chmod(0o755)
    assert quiet.run("doctor") == 0
    assert "warn  home" in quiet.out
    assert f"→ chmod 700 {isolated_home}" in quiet.out


def test_wrong_settings_fail_with_every_fault(quiet, isolated_home):
    isolated_home.mkdir(mode=0o700)
    (isolated_home / "config.toml").write_text("[limits]\nfps = 1\nopen_orders_max = 0\n")
    assert quiet.run("doctor") == 2
    assert "FAIL  settings" in quiet.out
    assert "config.toml:2: limits.fps" in quiet.out
    assert "config.toml:3: limits.open_orders_max" in quiet.out


def test_home_that_is_a_file_fails(quiet, isolated_home):
    isolated_home.write_text("")
    assert quiet.run("doctor", "--json") == 2
    assert verdicts(quiet)["home"] == "FAIL"


def test_journal_is_opened_and_counted(quiet, isolated_home):
    home = Home(isolated_home)
    home.prepare()
    SqliteJournal(home.journal).close()
    assert quiet.run("doctor") == 0
    assert "journal.sqlite, 0 events" in quiet.out
    home.journal.write_bytes(b"this is no database" * 100)
    assert quiet.run("doctor", "--json") == 2
    assert verdicts(quiet)["journal"] == "FAIL"


def test_waiting_halt_is_told(quiet, isolated_home):
    home = Home(isolated_home)
    home.prepare()
    home.write_halt(HaltLatch(actor="cli", reason="fire", time_ms=1))
    assert quiet.run("doctor") == 0
    assert "halted by cli: fire" in quiet.out


def test_running_engine_is_asked(desk):
    desk.engine.answers[AskStatus] = STATUS
    assert desk.run("doctor", "--json") == 0
    assert verdicts(desk)["engine"] == "ok"
    assert verdicts(desk)["exchange"] == "ok"
    assert verdicts(desk)["clock"] == "warn", "no exchange has left its address"


def test_engine_that_cannot_answer_is_a_warning(desk):
    assert desk.run("doctor", "--json") == 0
    assert verdicts(desk)["engine"] == "warn"
