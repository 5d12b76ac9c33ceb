"""The table of keys on the command line, and the file that changes it."""

import json

import pytest
import tomli

from tui_trader.__main__ import main
from tui_trader.actions import ACTIONS
from tui_trader.actions.key_table import FIXED


def said(capsys, *arguments):
    assert main(["keys", *arguments]) == 0
    return capsys.readouterr().out


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("TUI_TRADER_HOME", str(tmp_path))
    return tmp_path


@pytest.mark.usefixtures("home")
def test_every_action_is_listed_for_scripts(capsys):
    rows = json.loads(said(capsys, "--json"))
    assert len(rows) == len(ACTIONS)
    stop = next(row for row in rows if row["name"] == "stop")
    assert stop["keys"][0] == "!"


@pytest.mark.usefixtures("home")
def test_one_place_is_listed_for_people(capsys):
    text = said(capsys, "--place", "drill")
    assert "run-drill" in text
    assert "ticket-buy" not in text


def test_the_example_with_every_line_taken_changes_nothing(home, capsys):
    example = said(capsys, "--example")
    taken = [
        line.removeprefix("# ") if " = [" in line and line.startswith("# ") else line
        for line in example.splitlines()
    ]
    (home / "keys.toml").write_text("\n".join(taken))
    places = tomli.loads("\n".join(taken))
    changeable = [action for action in ACTIONS if action.where not in FIXED]
    assert sum(len(rows) for rows in places.values()) == len(changeable)
    rows = json.loads(said(capsys, "--json"))
    assert {(row["place"], row["name"]) for row in rows} == {
        (action.where.name.lower(), action.name) for action in ACTIONS
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[desk\n", "is not TOML"),
        ('ticket-buy = "b"\n', "belongs under a place"),
        ("[desk]\nticket-buy = 5\n", "a key is a text"),
        ('[desk]\nticket-buy = ["b", 5]\n', "a key is a text"),
        ('[desk]\ncancel-all = "b"\n', "ticket-buy"),
        ("[everywhere]\nstop = []\n", "STOP cannot be unbound"),
        ("\xff", "not UTF-8"),
    ],
)
def test_a_wrong_file_is_one_sentence_and_exit_2(home, capsys, text, words):
    (home / "keys.toml").write_bytes(text.encode("latin-1"))
    assert main(["keys"]) == 2
    told = capsys.readouterr()
    assert words in told.err
    assert "keys.toml" in told.err
    assert told.out == ""
