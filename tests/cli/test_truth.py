"""`doctor --against`: agreement is 0, a difference 4, a wrong file 2."""

import json

import msgspec
import pytest

from tests.engine.state.test_truth import OURS, THEIRS
from tui_trader.engine.stores.home import Home
from tui_trader.engine.stores.journal import SqliteJournal


@pytest.fixture
def journal(isolated_home, tmp_path):
    """The engine's journal in the home; the path of the exchange's."""
    home = Home(isolated_home)
    home.prepare()
    ours = SqliteJournal(home.journal)
    ours.append(OURS, ())
    ours.close()
    path = tmp_path / "journal.jsonl"
    path.write_text("".join(f"{msgspec.json.encode(row).decode()}\n" for row in THEIRS))
    return path


def test_journals_that_agree_end_with_0(desk, journal):
    assert desk.run("doctor", "--against", str(journal)) == 0
    assert "1 fills and 1 orders" in desk.out
    assert "FAIL" not in desk.out
    assert desk.run("doctor", "--against", str(journal), "--json") == 0
    assert desk.document["agree"] is True


def test_journals_that_disagree_end_with_4_and_every_difference(desk, journal):
    lines = journal.read_text().splitlines()
    lines[-2] = lines[-2].replace("9975", "9974")
    # A name from outside must not reach the terminal as it came.
    order = json.loads(lines[1]) | {"txid": "O\x1b[2J2", "cl_ord_id": None}
    journal.write_text("\n".join([*lines, json.dumps(order)]) + "\n")
    assert desk.run("doctor", "--against", str(journal)) == 4
    assert "FAIL  same balances" in desk.out
    assert "USD: the engine has 9975.0000, the exchange 9974" in desk.out
    assert "FAIL  no order without an intent" in desk.out
    assert "\x1b" not in desk.out
    assert desk.run("doctor", "--against", str(journal), "--json") == 4
    assert [each["law"] for each in desk.document["differences"]] == [
        "same balances",
        "no order without an intent",
    ]


def test_file_that_is_no_journal_ends_with_2(desk, journal, tmp_path):
    assert desk.run("doctor", "--against", str(tmp_path / "nowhere")) == 2
    journal.write_text("hello\nworld\n")
    assert desk.run("doctor", "--against", str(journal)) == 2


def test_home_without_a_journal_ends_with_2(desk, tmp_path, isolated_home):
    assert desk.run("doctor", "--against", str(tmp_path)) == 2
    assert not isolated_home.exists()
