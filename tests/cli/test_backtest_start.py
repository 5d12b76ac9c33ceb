"""How a backtest starts: what it loads, which settings hold, and what a first run says."""

import json
import os
import subprocess
import sys

import pytest

from tests.cli.candle_files import store, write_csv
from tests.engine.analysis.made_candles import walk
from tests.engine.backtest.made_runs import KERNELS
from tui_trader.__main__ import main
from tui_trader.cli.exit_codes import EXIT_OK, EXIT_WRONG

CANDLES = walk(600)
LOADED = """\
import json, sys
from tui_trader.__main__ import main
code = main(json.loads(sys.argv[1]))
print(json.dumps([code, sorted(sys.modules)]), file=sys.stderr)
"""


@pytest.fixture
def home(isolated_home):
    isolated_home.mkdir(parents=True, mode=0o700)
    KERNELS.mkdir(parents=True, exist_ok=True)
    (isolated_home / "cache").symlink_to(KERNELS)
    return isolated_home


def loaded_by(home, *arguments: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", LOADED, json.dumps(arguments)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env=os.environ | {"TUI_TRADER_HOME": str(home)},
    )
    code, modules = json.loads(done.stderr.splitlines()[-1])
    assert code == EXIT_OK, done.stderr
    return set(modules)


@pytest.mark.parametrize("strategy", ["sma_cross", "rsi_reversion"])
def test_a_run_loads_only_what_it_needs(home, strategy):
    store(home, CANDLES)
    call = ("backtest", "--pair", "BTC/USD", "--timeframe", "15m", "--strategy", strategy, "--json")
    modules = loaded_by(home, *call)
    needless = {"pandas", "pydantic", "scipy.linalg", "asyncio", "ccxt", "plotext", "sklearn"}
    assert modules & needless == set()


def test_a_list_of_runs_needs_no_numbers(home):
    heavy = {"numpy", "numba", "pyarrow", "pandas", "talib"}
    assert loaded_by(home, "backtest", "--runs") & heavy == set()


def test_settings_of_the_environment_hold(home, tmp_path, capsys, monkeypatch):
    path = write_csv(tmp_path / "candles.csv", CANDLES)
    call = ["backtest", "--pair", "BTC/USD", "--data", str(path), "--strategy", "sma_cross"]
    monkeypatch.setenv("TUI_TRADER_RULES__FEES", "flat")
    monkeypatch.setenv("TUI_TRADER_RULES__FEE_PERCENT", "0.7")
    assert main([*call, "--json", "--seeds", "0"]) == EXIT_OK
    assert "fee 70 bps a side" in json.loads(capsys.readouterr().out)["assumptions"]
    monkeypatch.setenv("TUI_TRADER_RULES__FEE_PERCENT", "much")
    assert main([*call, "--json"]) == EXIT_WRONG
    assert "TUI_TRADER_RULES__FEE_PERCENT" in capsys.readouterr().err


def test_the_first_run_says_that_it_compiles(home, tmp_path, capsys, monkeypatch):
    path = write_csv(tmp_path / "candles.csv", CANDLES)
    call = ["backtest", "--pair", "BTC/USD", "--data", str(path), "--strategy", "sma_cross"]
    monkeypatch.setattr("tui_trader.cli.backtest_run.is_compiled", lambda _: False)
    assert main([*call, "--json", "--progress", "json"]) == EXIT_OK
    assert "compiling the rulebook" in capsys.readouterr().err
    monkeypatch.setattr("tui_trader.cli.backtest_run.is_compiled", lambda _: True)
    assert main([*call, "--json", "--progress", "json"]) == EXIT_OK
    assert "compiling the rulebook" not in capsys.readouterr().err


def test_a_home_that_cannot_be_is_told(tmp_path, capsys):
    path = write_csv(tmp_path / "candles.csv", CANDLES)
    call = ["backtest", "--pair", "BTC/USD", "--data", str(path), "--strategy", "sma_cross"]
    assert main([*call, "--home", str(path / "home")]) == EXIT_WRONG
    assert "cannot be used" in capsys.readouterr().err


def test_an_answer_that_cannot_be_kept_is_still_an_answer(home, tmp_path, capsys):
    path = write_csv(tmp_path / "candles.csv", CANDLES)
    (home / "runs").write_text("in the way")
    call = ["backtest", "--pair", "BTC/USD", "--data", str(path), "--strategy", "sma_cross"]
    assert main([*call, "--json"]) == EXIT_WRONG
    out, err = capsys.readouterr()
    assert json.loads(out)["id"] is None
    assert "cannot be used" in err
