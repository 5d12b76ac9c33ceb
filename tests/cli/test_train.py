"""`train` and `models`: figures as docs/learning.md fixes them, progress, cancel, and a whole store."""

import json
import os
import signal
import subprocess
import sys

import pytest

from tests.engine.learning.made_markets import garch
from tui_trader.__main__ import main
from tui_trader.cli.exit_codes import EXIT_INTERRUPTED, EXIT_OK, EXIT_WRONG

SETTINGS = """\
[learning]
models = ["logistic"]
features = ["move_1", "move_6", "distance_20", "pace_6_48", "body", "volume_now"]
train_candles_min = 900
retrain_candles = 500
folds = 2
"""
FIXED = {
    "folds",
    "samples",
    "log_loss",
    "brier",
    "auc",
    "calibration_error",
    "baseline_log_loss",
    "edge",
    "net_return_ratio",
    "buy_and_hold_ratio",
    "seconds",
}
CANDLES = garch(1_900, seed=4)


@pytest.fixture
def candle_file(isolated_home, tmp_path):
    isolated_home.mkdir(parents=True, mode=0o700)
    (isolated_home / "config.toml").write_text(SETTINGS)
    path = tmp_path / "BTCUSD_60.csv"
    rows = zip(
        CANDLES.open_time_ms // 1000,
        *(CANDLES.column(name) for name in ("open", "high", "low", "close", "volume")),
        strict=True,
    )
    path.write_text("".join(",".join(repr(float(cell)) for cell in row) + "\n" for row in rows))
    return path


def train(path, *more) -> list[str]:
    return ["train", "--pair", "BTC/USD", "--timeframe", "1h", "--data", str(path), *more]


def said(capsys, *arguments: str):
    code = main(list(arguments))
    out, err = capsys.readouterr()
    return code, out, err


def test_json_holds_every_figure_that_scripts_rely_on(candle_file, capsys):
    code, out, err = said(capsys, *train(candle_file, "--json"))
    assert code == EXIT_OK, err
    told = json.loads(out)
    for scores in (told["models"]["logistic"], told["ensemble"]):
        assert set(scores) >= FIXED
        assert scores["edge"] is False
        assert scores["samples"] > 500
    assert "NaN" not in out
    assert (told["version"], told["variants"]) == (1, 2)
    assert "stored as version 1, which serves" in err


def test_the_story_of_a_model_on_the_command_line(candle_file, isolated_home, capsys):
    code, out, _ = said(capsys, *train(candle_file))
    assert code == EXIT_OK
    assert "No edge after costs" in out
    assert "A trade earns its costs above a probability of" in out
    _, _, err = said(capsys, *train(candle_file))
    assert "version 2, which shadows version 1" in err
    code, out, _ = said(capsys, "models", "list", "--json")
    assert [(row["version"], row["role"]) for row in json.loads(out)] == [
        (1, "serves"),
        (2, "shadows"),
    ]
    assert said(capsys, "models", "promote", "BTC/USD", "1h", "2")[0] == EXIT_OK
    code, out, _ = said(capsys, "models", "show", "BTC/USD", "1h")
    assert "version 2" in out
    assert "2 true ranges" in out
    assert said(capsys, "models", "rollback", "BTC/USD", "1h")[0] == EXIT_OK
    assert said(capsys, "models", "verify")[0] == EXIT_OK
    model = isolated_home / "models" / "BTC-USD_1h" / "0001" / "model.skops"
    model.write_bytes(b"something else")
    code, out, err = said(capsys, "models", "verify")
    assert code == EXIT_WRONG
    assert "refused" in out
    assert "not the file that was stored" in err
    assert said(capsys, "models", "delete", "BTC/USD", "1h", "1", "--yes")[0] == EXIT_OK
    code, out, _ = said(capsys, "models", "list")
    assert "serves" not in out


def test_judging_alone_stores_no_model_and_counts_the_try(candle_file, capsys):
    for variants in (2, 4):
        code, out, _ = said(capsys, *train(candle_file, "--no-store", "--json"))
        assert code == EXIT_OK
        assert (json.loads(out)["version"], json.loads(out)["variants"]) == (None, variants)
    assert "`train` makes one" in said(capsys, "models", "list")[1]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--models", "bosting"], "did you mean `boosting`"),
        (["--models", ","], "names no model"),
        (["--pair", "BTC"], "is no pair"),
        (["--timeframe", "2h"], "no length of candles"),
        (["--data", "absent.csv"], "absent.csv"),
    ],
)
def test_a_wrong_call_says_what_is_wrong(candle_file, capsys, arguments, words):
    code, out, err = said(capsys, *train(candle_file), *arguments)
    assert code == EXIT_WRONG
    assert out == ""
    assert words in err


def test_without_candles_it_says_where_to_get_some(isolated_home, capsys):
    code, _, err = said(capsys, "train", "--pair", "BTC/USD", "--timeframe", "1h")
    assert code == EXIT_WRONG
    assert "data import" in err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["lst"], "there is: list, show"),
        (["show"], "name the pair and the timeframe"),
        (["show", "BTC/USD", "1h"], "`tui-trader train` makes one"),
        (["promote", "BTC/USD", "1h"], "say which version"),
        (["delete", "BTC/USD", "1h"], "say which version"),
        (["rollback", "BTC/USD", "1h"], "no earlier champion"),
    ],
)
def test_a_wrong_call_of_models_says_what_is_wrong(capsys, arguments, words):
    code, _, err = said(capsys, "models", *arguments)
    assert code == EXIT_WRONG
    assert words in err


def test_no_model_is_no_fault(capsys):
    code, out, _ = said(capsys, "models", "list")
    assert code == EXIT_OK
    assert "`train` makes one" in out


def started(path, *more):
    return subprocess.Popen(
        [sys.executable, "-m", "tui_trader", *train(path, *more)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )


def test_another_process_can_follow_it_and_ctrl_c_leaves_the_store_alone(
    candle_file, isolated_home
):
    running = started(candle_file, "--progress", "json", "--json")
    first = json.loads(running.stderr.readline())
    assert set(first) == {"done", "planned", "step", "left_s"}
    assert first["done"] == 1
    running.send_signal(signal.SIGINT)
    out, _ = running.communicate(timeout=50)
    assert running.returncode == EXIT_INTERRUPTED
    assert out == ""
    assert not (isolated_home / "models").exists()


def test_a_wrong_call_does_not_wait_for_scikit_learn(candle_file):
    running = started(candle_file, "--timeframe", "2h")
    running.communicate(timeout=30)
    assert running.returncode == EXIT_WRONG
    look = "[m for m in ('numpy', 'sklearn', 'numba') if m in sys.modules]"
    code = f"import sys, tui_trader.cli.train, tui_trader.cli.models; print({look})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
