"""`tui-trader indicators list`: tables, one in full, JSON."""

import json
import subprocess
import sys

import pytest

from tui_trader.__main__ import main
from tui_trader.cli.exit_codes import EXIT_OK, EXIT_WRONG
from tui_trader.engine.registry import INDICATORS


def said(capsys, *arguments: str) -> tuple[int, str, str]:
    code = main(["indicators", *arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_list_tells_every_one(capsys):
    code, out, _ = said(capsys, "list")
    assert code == EXIT_OK
    heads, *rows = out.splitlines()
    assert heads.split() == ["NAME", "GROUP", "PARAMETERS", "OUTPUTS", "SAYS"]
    assert {row.split()[0] for row in rows[: len(INDICATORS)]} == set(INDICATORS)
    assert f"{len(INDICATORS)} indicators" in rows[-1]


def test_a_group_alone(capsys):
    code, out, _ = said(capsys, "list", "--group", "cycle", "--json")
    assert code == EXIT_OK
    assert {entry["group"] for entry in json.loads(out)} == {"cycle"}


def test_one_in_full(capsys):
    code, out, _ = said(capsys, "list", "rsi")
    assert code == EXIT_OK
    assert "rsi: Relative Strength Index" in out
    for fact in ("14 (2 to 1000), bars", "rsi < 30", "in a pane from 0 to 100", "388 bars"):
        assert fact in out


def test_one_as_json(capsys):
    code, out, _ = said(capsys, "list", "supertrend", "--json")
    assert code == EXIT_OK
    about = json.loads(out)
    assert about["memory_bars"] is None
    assert about["anchor"].startswith("its last turns")
    assert [output["name"] for output in about["outputs"]] == ["supertrend", "direction"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["list", "--out", "-"], "`indicators list` takes no --out"),
        (["draw"], "`indicators draw` does not exist"),
        (["list", "rsx"], "no indicator `rsx` (did you mean `rsi`?)"),
        (["list", "rsi", "--group", "trend"], "an indicator or a group, not both"),
        (["list", "--group", "astrology"], "invalid choice: 'astrology'"),
    ],
)
def test_what_cannot_be_had_is_said(capsys, arguments, words):
    code, out, err = said(capsys, *arguments)
    assert code == EXIT_WRONG
    assert out == ""
    assert words in err


def test_a_list_of_names_does_not_load_what_computes_them():
    statements = (
        "import sys; from tui_trader.__main__ import main; main(['indicators', 'list'])\n"
        "assert not {'talib', 'pandas'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", statements], check=True, capture_output=True, timeout=30)
