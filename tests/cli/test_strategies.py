"""`strategies`: what each says of itself, from its declaration."""

import json

import pytest

from tui_trader.__main__ import main
from tui_trader.cli.exit_codes import EXIT_OK, EXIT_WRONG
from tui_trader.engine.registry import STRATEGIES


def said(capsys, *arguments: str):
    code = main(["strategies", *arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_the_list_has_every_strategy_of_the_registry(capsys):
    code, out, _ = said(capsys, "list")
    assert code == EXIT_OK
    assert [line.split()[0] for line in out.splitlines()[1:]] == list(STRATEGIES)
    assert "fast 20, slow 50" in out
    _, out, _ = said(capsys, "list", "--json")
    assert [one["name"] for one in json.loads(out)["strategies"]] == list(STRATEGIES)


def test_a_file_that_only_lies_about_is_not_run_by_a_list(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("TUI_TRADER_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    canary = tmp_path / "canary"
    for name in ("mine.py", "sma_cross.py"):
        (tmp_path / name).write_text(f"open({str(canary)!r}, 'w').close()\n")
    assert said(capsys, "list")[0] == EXIT_OK
    assert said(capsys, "show", "sma_cross")[0] == EXIT_OK
    assert not canary.exists()
    assert said(capsys, "show", "mine.py")[0] == EXIT_WRONG
    assert canary.exists()


def test_one_strategy_with_bounds_defaults_and_memory(capsys):
    _, out, _ = said(capsys, "show", "sma_cross", "--json")
    told = json.loads(out)
    assert told["memory_bars"] == 51
    assert told["increasing"] == ["fast", "slow"]
    assert told["parameters"][0] == {
        "name": "fast",
        "default": 20,
        "low": 2,
        "high": 1_000,
        "is_whole": True,
        "unit": "bars",
        "help": "Short average.",
    }
    _, out, _ = said(capsys, "show", "sma_cross")
    assert "fast < slow" in out
    assert "remembers 51 candles" in out


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (["show"], "needs the name of one"),
        (["start"], "needs the name of one"),
        (["start", "sma_cross"], "needs --pair"),
        (["start", "sma_cross", "--pair", "BTC/USD", "--timeframe", "2h"], "no length of candles"),
        (["start", "sma_cross", "--pair", "BTC/USD", "--set", "fast=99"], "must be below"),
        (["start", "sma_cross", "--pair", "BTC/USD"], "add --yes"),
        (["list", "sma_cross"], "`strategies show NAME` tells of one"),
        (["list", "--set", "fast=9"], "--set is for `strategies start`"),
        (["show", "macd", "--flatten"], "--flatten is for `strategies stop`"),
        (["status", "--timeframe", "1h"], "--timeframe is for `strategies start`"),
        (["show", "sma"], "there is no strategy `sma`"),
        (["show", "nowhere.py"], "there is no file nowhere.py"),
    ],
)
def test_a_wrong_call_says_what_would_be_right(capsys, call, words):
    code, out, err = said(capsys, *call)
    assert (code, out) == (EXIT_WRONG, "")
    assert words in err
