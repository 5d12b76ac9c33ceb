"""`tui-trader indicators compute`: the catalogue over a file, as a table."""

import csv
import io

import numpy as np
import pyarrow.parquet as pq
import pytest

from tests.cli.candle_files import write_csv
from tests.engine.analysis.made_candles import lively, walk
from tui_trader.__main__ import main
from tui_trader.cli.exit_codes import EXIT_OK, EXIT_WRONG
from tui_trader.engine.analysis.candles import COLUMNS
from tui_trader.engine.analysis.catalogue import all_indicators, indicator_named
from tui_trader.engine.analysis.compute import compute
from tui_trader.engine.analysis.pattern_table import PATTERNS
from tui_trader.engine.analysis.patterns import find_patterns

CANDLES = walk(300)


@pytest.fixture
def file(tmp_path):
    return str(write_csv(tmp_path / "made.csv", CANDLES))


def said(capsysbinary, *arguments: str) -> tuple[int, str, str]:
    code = main(["indicators", "compute", *arguments])
    out, err = capsysbinary.readouterr()
    return code, out.decode(), err.decode()


def table(text: str) -> dict[str, list[str]]:
    heads, *rows = csv.reader(io.StringIO(text))
    return dict(zip(heads, map(list, zip(*rows, strict=True)), strict=True))


def test_chosen_indicators_on_stdout_and_the_story_on_stderr(capsysbinary, file):
    only = "rsi(14), ema(period=50),macd(5,35,5)"
    code, out, err = said(capsysbinary, "--data", file, "--only", only, "--out", "-")
    assert code == EXIT_OK
    columns = table(out)
    assert list(columns) == [
        "open_time_ms", *COLUMNS, "rsi_14", "ema_50",
        "macd_5_35_5.macd", "macd_5_35_5.signal", "macd_5_35_5.histogram",
    ]  # fmt: skip
    rsi = compute(CANDLES, indicator_named("rsi"))["rsi"]
    assert columns["rsi_14"][:14] == [""] * 14
    assert [float(cell) for cell in columns["rsi_14"][14:]] == rsi[14:].tolist()
    assert columns["open_time_ms"] == [str(time_ms) for time_ms in CANDLES.open_time_ms]
    assert "300 candles of 15m, 5 columns computed" in err


def test_the_whole_catalogue_with_patterns_as_parquet(capsysbinary, file, tmp_path):
    target = tmp_path / "all.parquet"
    code, out, _ = said(capsysbinary, "--data", file, "--patterns", "--out", str(target))
    assert (code, out) == (EXIT_OK, "")
    read = pq.read_table(target)
    outputs = sum(len(entry.outputs) for entry in all_indicators() if not entry.needs)
    assert read.num_columns == 1 + len(COLUMNS) + outputs + len(PATTERNS)
    assert read.num_rows == len(CANDLES)
    sma = read["sma_30"]
    assert sma.null_count == 29
    assert np.array_equal(
        sma.to_numpy(zero_copy_only=False)[29:],
        compute(CANDLES, indicator_named("sma"))["sma"][29:],
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["all.parquet", "made.csv"]


def test_pattern_that_is_not_there_is_a_plain_zero(capsysbinary, file):
    _, out, _ = said(capsysbinary, "--data", file, "--only", "sma", "--patterns", "--out", "-")
    assert ",0" in out
    assert "-0" not in [cell for line in out.splitlines() for cell in line.split(",")]


def test_patterns_carry_direction_and_strength(capsysbinary, tmp_path):
    candles = lively(400, seed=2)
    file = str(write_csv(tmp_path / "lively.csv", candles))
    _, out, _ = said(capsysbinary, "--data", file, "--only", "sma", "--patterns", "--out", "-")
    columns = table(out)
    found = {
        (int(row), name): float(cell)
        for name, cells in columns.items()
        if name.startswith("pattern_")
        for row, cell in enumerate(cells)
        if float(cell)
    }
    expected = find_patterns(candles)
    assert len(found) == len(expected) > 100
    engulfing = [s for s in expected if s.pattern.name == "Engulfing"]
    assert engulfing
    for sighting in engulfing:
        assert found[sighting.row, "pattern_engulfing"] == sighting.direction * sighting.strength


def test_the_table_is_a_file_of_candles_again(capsysbinary, file, tmp_path):
    target = str(tmp_path / "again.csv")
    assert said(capsysbinary, "--data", file, "--only", "obv", "--out", target)[0] == EXIT_OK
    code, out, _ = said(capsysbinary, "--data", target, "--only", "rsi", "--out", "-")
    assert code == EXIT_OK
    assert table(out)["close"] == [repr(value) for value in CANDLES.close.tolist()]


def test_a_file_that_is_there_is_never_replaced_unasked(capsysbinary, file, tmp_path):
    target = tmp_path / "mine.csv"
    target.write_text("precious")
    code, _, err = said(capsysbinary, "--data", file, "--only", "rsi", "--out", str(target))
    assert code == EXIT_WRONG
    assert "is there already, and was not touched" in err
    assert target.read_text() == "precious"
    call = ("--data", file, "--only", "rsi", "--out", str(target), "--force")
    assert said(capsysbinary, *call)[0] == EXIT_OK
    assert target.read_text().startswith("open_time_ms,")


def test_longer_candles_are_made_of_shorter_ones(capsysbinary, file):
    call = ("--data", file, "--only", "sma(5)", "--timeframe", "1h", "--out", "-")
    code, out, err = said(capsysbinary, *call)
    assert code == EXIT_OK
    assert "of 1h" in err
    assert 73 <= len(table(out)["close"]) <= 75


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--out", "-"], "needs --data FILE"),
        (["--data", "FILE"], "needs --out FILE"),
        (["--data", "FILE", "--out", "all.xlsx"], "end it in .csv or .parquet"),
        (["--data", "FILE", "--out", "/nowhere/all.csv"], "there is no folder /nowhere"),
        (["--data", "/nowhere.csv", "--out", "-"], "/nowhere.csv"),
        (["--data", "FILE", "--out", "-", "--only", "rsx"], "did you mean `rsi`?"),
        (["--data", "FILE", "--out", "-", "--only", "rsi(1)"], "period must be a whole number"),
        (
            ["--data", "FILE", "--out", "-", "--only", "rsi(14,15)"],
            "2 numbers, but it takes: period",
        ),
        (["--data", "FILE", "--out", "-", "--only", "rsi(a)"], "'a' is no number"),
        (["--data", "FILE", "--out", "-", "--only", "rsi(14"], "cannot read 'rsi(14'"),
        (["--data", "FILE", "--out", "-", "--only", "macd(12,fast=5)"], "fast is said twice"),
        (["--data", "FILE", "--out", "-", "--only", ""], "names 0 indicators"),
        (["--data", "FILE", "--out", "-", "--only", "cvd"], "cvd needs a live feed of trades"),
        (["--data", "FILE", "--out", "-", "--only", "rsi," * 501], "501 indicators"),
        (["--data", "FILE", "--out", "-", "--group", "trend"], "takes no --group"),
        (["--data", "FILE", "--out", "-", "--timeframe", "7m"], "'7m' is no length"),
    ],
)
def test_a_wrong_call_is_said_in_one_sentence(capsysbinary, file, arguments, words):
    call = [file if argument == "FILE" else argument for argument in arguments]
    code, out, err = said(capsysbinary, *call)
    assert (code, out) == (EXIT_WRONG, "")
    assert words in err


def test_more_characters_than_allowed_are_refused(capsysbinary, file):
    code, _, err = said(capsysbinary, "--data", file, "--out", "-", "--only", "rsi(14)," * 5_000)
    assert code == EXIT_WRONG
    assert "at most 20,000" in err
