"""`backtest`: a report, JSON that scripts rely on, an export, kept runs, and mistakes in one sentence."""

import csv
import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from itertools import pairwise

import msgspec
import numpy as np
import pyarrow.parquet as pq
import pytest

from tests.cli.candle_files import store, write_csv
from tests.engine.analysis.made_candles import walk
from tests.engine.backtest.made_runs import KERNELS
from tui_trader.__main__ import main
from tui_trader.cli.exit_codes import EXIT_INTERRUPTED, EXIT_OK, EXIT_WRONG
from tui_trader.engine.values.backtests import BacktestDocument, BacktestStep, KeptRuns
from tui_trader.engine.values.metrics import METRICS

CANDLES = walk(2_000)
FIXED = {
    "return_ratio",
    "buy_and_hold_ratio",
    "cagr",
    "sharpe",
    "sortino",
    "calmar",
    "max_drawdown_ratio",
    "profit_factor",
    "win_ratio",
    "expectancy",
    "exposure_ratio",
    "trades",
}
TRADE = {
    "side",
    "quantity",
    "entry_time_ms",
    "entry_price",
    "exit_time_ms",
    "exit_price",
    "fees",
    "pnl",
    "exit_reason",
}
OWN = """\
import numpy as np

from tui_trader.engine.analysis.strategy import Strategy, each


def signals(candles, choices):
    said = np.zeros(len(candles), dtype=np.int8)
    said[candles.open_time_ms % 7_200_000 == 0] = 1
    said[candles.open_time_ms % 7_200_000 == 3_600_000] = -1
    return said


STRATEGY = Strategy(
    name="by_the_clock", title="Clock", says="Every other hour.", memory=lambda _: 1, signals=each(signals)
)
"""


@pytest.fixture
def home(isolated_home):
    """A home that has what other tests compiled: to compile takes ten seconds."""
    isolated_home.mkdir(parents=True, mode=0o700)
    KERNELS.mkdir(parents=True, exist_ok=True)
    (isolated_home / "cache").symlink_to(KERNELS)
    return isolated_home


@pytest.fixture
def candle_file(home, tmp_path):
    return write_csv(tmp_path / "candles.csv", CANDLES)


def call(path, *more: str) -> list[str]:
    return ["backtest", "--pair", "BTC/USD", "--data", str(path), "--strategy", "sma_cross", *more]


def said(capsys, *arguments: str):
    code = main(list(arguments))
    out, err = capsys.readouterr()
    return code, out, err


def refused(capsys, *arguments: str) -> str:
    code, out, err = said(capsys, *arguments)
    assert (code, out) == (EXIT_WRONG, ""), err
    assert err.count("\n") == 1
    return err


def test_json_holds_everything_that_scripts_rely_on(candle_file, capsys):
    code, out, err = said(
        capsys, *call(candle_file, "--json", "--set", "fast=5", "--set", "slow=9")
    )
    assert code == EXIT_OK, err
    told = json.loads(out)
    assert (told["pair"], told["timeframe"], told["strategy"]) == ("BTC/USD", "15m", "sma_cross")
    assert told["parameters"] == {"fast": 5, "slow": 9}
    assert told["bars"] == 2_000
    assert set(told["seconds"]) >= {"load", "signals", "run"}
    assert set(told["metrics"]) == set(METRICS) >= FIXED
    assert len(told["trades"]) == told["metrics"]["trades"] > 50
    assert all(set(trade) >= TRADE for trade in told["trades"])
    assert told["equity_final"] == pytest.approx(10_000 * (1 + told["metrics"]["return_ratio"]))
    pnl = sum(trade["pnl"] for trade in told["trades"])
    assert told["equity_final"] == pytest.approx(10_000 + pnl)
    assert told["beside"]["random_entry"]["seeds"] == 100
    assert all(one["exit_time_ms"] <= two["exit_time_ms"] for one, two in pairwise(told["trades"]))
    assert "NaN" not in out


def test_what_is_not_defined_is_null(home, tmp_path, capsys):
    # Fewer candles than the slow average takes: no signal, no trade.
    path = write_csv(tmp_path / "short.csv", CANDLES[:40])
    _, out, _ = said(capsys, *call(path, "--json"))
    told = json.loads(out)
    assert told["trades"] == []
    assert any("no more candles than the strategy remembers" in text for text in told["warnings"])
    undefined = ("sharpe", "sortino", "profit_factor", "win_ratio", "expectancy", "calmar")
    assert [told["metrics"][name] for name in undefined] == [None] * len(undefined)
    assert told["beside"]["random_entry"] == {"seeds": 0, "metrics": {}}


def test_both_engines_say_the_same(candle_file, capsys):
    runs = []
    for engine in ("compiled", "core"):
        for risk in ("off", "config"):
            _, out, _ = said(
                capsys, *call(candle_file, "--json", "--engine", engine, "--risk", risk)
            )
            told = json.loads(out)
            assert told["engine"] == engine
            runs.append((told["trades"], told["metrics"], told["curve"]))
    assert runs[0] == runs[2]
    assert runs[1] == runs[3]
    assert runs[0] != runs[1]


def test_costs_of_the_call_are_what_is_paid(candle_file, capsys):
    def run(*costs):
        _, out, _ = said(capsys, *call(candle_file, "--json", "--seeds", "0", *costs))
        return json.loads(out)

    free = run("--fee-bps", "0", "--slippage-bps", "0")
    dear = run("--fee-bps", "100", "--slippage-bps", "0")
    slow = run("--fee-bps", "0", "--slippage-bps", "50")
    assert free["metrics"]["fees"] == 0.0
    # The worse tick is still paid.
    assert free["slippage"] == pytest.approx(0.0, abs=1e-6)
    first = dear["trades"][0]
    value = first["quantity"] * (first["entry_price"] + first["exit_price"])
    assert first["fees"] == pytest.approx(0.01 * value, rel=1e-6)
    bought = slow["trades"][0]["entry_price"] / free["trades"][0]["entry_price"]
    assert bought == pytest.approx(1.005, rel=1e-6)
    assert slow["slippage"] > 0
    assert any("Without fees and slippage" in warning for warning in free["warnings"])


def test_the_report_tells_curves_metrics_months_trades_and_assumptions(candle_file, capsys):
    code, out, err = said(capsys, *call(candle_file, "--width", "100"))
    assert code == EXIT_OK
    for part in (
        "BTC/USD 15m  sma_cross fast=20 slow=50",
        "Equity, and · what holding would have made",
        "Drawdown, %",
        "RESULT",
        "Deepest drawdown",
        "BESIDE HOLDING",
        "CHANCE: 100 runs with the same trades at other times",
        "2023",
        "ENDED BY",
        "more; --out DIR or --json has all of them",
        "In sample",
        "docs/differs.md",
    ):
        assert part in out, part
    assert "kept as" in err
    assert "\x1b" not in out


def test_exported_tables_hold_what_the_document_says(candle_file, tmp_path, capsys):
    folder = tmp_path / "out"
    _, out, err = said(capsys, *call(candle_file, "--json", "--out", str(folder)))
    told = json.loads(out)
    assert f"exported to {folder}" in err
    names = {path.name for path in folder.iterdir()}
    tables = {
        f"{name}.{end}" for name in ("trades", "equity") for end in ("csv", "parquet", "json")
    }
    assert names == tables | {"run.json"}
    with (folder / "trades.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [float(row["entry_price"]) for row in rows] == [t["entry_price"] for t in told["trades"]]
    stored = pq.read_table(folder / "trades.parquet").to_pydict()
    assert stored["exit_time_ms"] == [trade["exit_time_ms"] for trade in told["trades"]]
    equity = json.loads((folder / "equity.json").read_text())
    assert len(equity["equity"]) == 2_001
    assert equity["equity"][-1] == told["equity_final"]
    assert pq.read_table(folder / "equity.parquet").num_rows == 2_001
    assert json.loads((folder / "run.json").read_text())["trades"] == told["trades"]
    assert "--force" in refused(capsys, *call(candle_file, "--out", str(folder)))
    assert said(capsys, *call(candle_file, "--out", str(folder), "--force"))[0] == EXIT_OK


def test_kept_runs_are_listed_and_shown_again(candle_file, capsys):
    assert said(capsys, "backtest", "--runs")[1] == "no kept runs\n"
    _, report, _ = said(capsys, *call(candle_file))
    _, document, _ = said(capsys, *call(candle_file, "--json"))
    said(capsys, *call(candle_file, "--no-keep"))
    _, listed, _ = said(capsys, "backtest", "--runs", "--json")
    runs = msgspec.json.decode(listed, type=KeptRuns).runs
    assert len(runs) == 2
    assert said(capsys, "backtest", "--show", "last", "--json")[1] == document
    assert said(capsys, "backtest", "--show", runs[1].id)[1] == report
    _, table, _ = said(capsys, "backtest", "--runs")
    assert [line.split()[0] for line in table.splitlines()[1:]] == [run.id for run in runs]
    assert "no kept run 'x'" in refused(capsys, "backtest", "--show", "x")


def test_candles_of_the_store_within_the_days_asked_for(home, capsys):
    store(home, CANDLES)
    first, last = CANDLES.open_time_ms[400], CANDLES.open_time_ms[1_000]
    start, end = (datetime.fromtimestamp(time / 1000, tz=UTC).isoformat() for time in (first, last))
    pair = (
        "backtest",
        "--pair",
        "btc/usd",
        "--timeframe",
        "15m",
        "--strategy",
        "donchian_breakout",
    )
    _, out, err = said(capsys, *pair, "--start", start, "--end", end, "--json")
    told = json.loads(out)
    assert told["bars"] == 600, err
    assert (told["first_time_ms"], told["last_time_ms"]) == (first, CANDLES.open_time_ms[999])
    assert told["source"] == "the store (kraken)"
    assert told["call"]["start"] == start


def test_several_pairs_share_one_wallet(home, capsys):
    store(home, CANDLES)
    store(home, walk(2_000, seed=9, price=2_000.0), symbol="ETH/USD")
    _, out, err = said(
        capsys,
        *("backtest", "--pair", "BTC/USD", "--pair", "ETH/USD", "--timeframe", "15m"),
        *("--strategy", "sma_cross", "--json"),
    )
    told = msgspec.json.decode(out, type=BacktestDocument)
    assert told.pairs == ("BTC/USD", "ETH/USD"), err
    assert {trade.pair for trade in told.trades} == {"BTC/USD", "ETH/USD"}
    assert told.bars == 4_000
    assert max(trade.quantity * trade.entry_price for trade in told.trades) < 6_500


def test_own_strategy_and_signals_of_a_file(candle_file, tmp_path, capsys):
    own, table = tmp_path / "clock.py", tmp_path / "signals.csv"
    own.write_text(OWN)
    times = CANDLES.open_time_ms[[10, 20, 30, 40]]
    table.write_text(f"time,signal\n{times[0]},1\n{times[1]},-1\n{times[2]},1\n{times[3]},-1\n")
    _, out, err = said(capsys, *call(candle_file, "--strategy", str(own), "--json"))
    assert json.loads(out)["strategy"] == "by_the_clock", err
    _, out, _ = said(capsys, *call(candle_file, "--strategy", str(table), "--json"))
    told = json.loads(out)
    entered = [trade["entry_time_ms"] for trade in told["trades"]]
    assert entered == CANDLES.open_time_ms[[11, 31]].tolist()
    assert told["call"]["strategy_file"] == str(table)


def test_signals_that_name_no_candle_are_told_and_refused_where_none_does(
    candle_file, tmp_path, capsys
):
    table = tmp_path / "signals.csv"
    times = CANDLES.open_time_ms[[10, 20]] + [0, 60_000]
    table.write_text(f"time,signal\n{times[0]},1\n{times[1]},-1\n")
    _, out, err = said(capsys, *call(candle_file, "--strategy", str(table), "--json"))
    assert out, err
    (warning,) = [one for one in json.loads(out)["warnings"] if "name no candle" in one]
    assert warning.startswith("1 of 2 rows")
    table.write_text(f"time,signal\n{times[1]},1\n")
    err = refused(capsys, *call(candle_file, "--strategy", str(table)))
    assert "none of the 1 rows of signals names a candle of this run" in err


def test_a_file_whose_name_says_another_pair_is_told(home, tmp_path, capsys):
    path = write_csv(tmp_path / "ETHUSD_15.csv", CANDLES)
    code, _, err = said(capsys, *call(path))
    assert code == EXIT_OK
    assert "says ETH/USD; it is read as BTC/USD" in err


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--runs", "--pair", "BTC/USD"], "--pair does nothing with --runs"),
        (["--show", "last", "--strategy", "macd"], "--strategy does nothing with --show"),
        (["--show", "last", "--engine", "core"], "--engine does nothing with --show"),
        (["--show", "last", "--candles", "2024-01-01", "--out", "x"], "--out does nothing"),
        (["--delete", "x", "--json"], "--json does nothing with --delete"),
    ],
)
def test_an_option_that_does_nothing_beside_a_kept_run_is_refused(home, capsys, more, words):
    assert words in refused(capsys, "backtest", *more)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--set", "fast=2000"], "fast must be a whole number from 2 to 1000, not 2000"),
        (["--set", "fast=20.5"], "fast must be a whole number"),
        (["--set", "fast=60"], "fast (60) must be below slow (50)"),
        (["--set", "speed=3"], "has no parameter `speed`; it takes: fast, slow"),
        (["--set", "fast"], "write it like --set fast=20"),
        (["--set", "fast=nan"], "'nan' is no number"),
        (["--set", "fast=5:50:5"], "is a range"),
        (["--set", "fast=5", "--set", "fast=6"], "given twice"),
        (["--strategy", "sma_crosss"], "did you mean `sma_cross`?"),
        (["--strategy", "nowhere.py"], "there is no file nowhere.py"),
        (["--start", "tomorrow"], "--start 'tomorrow' is no day"),
        (["--start", "2024-02-02", "--end", "2024-02-01"], "is not before --end"),
        (["--start", "2031-01-01"], "no candle lies in the range asked for; it has 2023-11-14"),
        (["--cash", "0"], "--cash 0 is not from 1 to"),
        (["--cash", "nan"], "--cash nan is not from 1 to"),
        (["--fee-bps", "-1"], "--fee-bps -1 is not from 0 to 1,000"),
        (["--slippage-bps", "1e9"], "--slippage-bps 1e+09 is not from 0 to 1,000"),
        (["--seeds", "-1"], "--seeds -1 is not from 0 to"),
        (["--timeframe", "7m"], "--timeframe '7m' is no length of candles"),
        (["--pair", "BTC/USD"], "--pair BTC/USD is given twice"),
        (["--pair", "ETH/EUR"], "one wallet holds one quote asset"),
        (["--pair", "ETH/USD"], "2 --pair and 1 --data"),
        (["--width", "9"], "--width 9 is not from 60 to 240"),
        (["--out", "/nowhere/at/all"], "there is no folder /nowhere/at"),
    ],
)
def test_a_wrong_call_says_what_is_wrong_and_what_would_be_right(candle_file, capsys, more, words):
    assert words in refused(capsys, *call(candle_file, *more))


def test_a_pair_without_candles_says_how_to_get_some(home, capsys):
    told = refused(
        capsys, "backtest", "--pair", "BTC/USD", "--timeframe", "1h", "--strategy", "sma_cross"
    )
    assert "data import FILE --pair BTC/USD" in told
    assert "data download --pair BTC/USD --timeframe 1h" in told


@pytest.mark.parametrize("missing", ["--pair", "--strategy"])
def test_half_a_call_says_what_is_missing(home, capsys, missing):
    given = {"--pair": "BTC/USD", "--strategy": "sma_cross"}
    rest = [
        part for option, value in given.items() if option != missing for part in (option, value)
    ]
    assert f"a backtest needs {missing}" in refused(capsys, "backtest", *rest)


def test_settings_of_the_home_hold_with_risk_and_costs_hold_without(home, candle_file, capsys):
    (home / "config.toml").write_text(
        '[rules]\nfees = "flat"\nfee_percent = 1\nslippage_bps = 0\nspread_bps = 0\ntake_percent = 1\n'
    )
    assumed = {}
    for risk in ("off", "config"):
        _, out, _ = said(capsys, *call(candle_file, "--json", "--risk", risk, "--seeds", "0"))
        assumed[risk] = json.loads(out)
    assert "fee 100 bps a side, slippage 0 bps" in assumed["off"]["assumptions"]
    assert "no stop, no take profit, no limits" in assumed["off"]["assumptions"]
    assert {trade["exit_reason"] for trade in assumed["off"]["trades"]} <= {
        "signal",
        "end_of_candles",
    }
    assert "take_profit" in {trade["exit_reason"] for trade in assumed["config"]["trades"]}


def test_progress_is_told_as_json_lines_that_only_grow(candle_file, capsys):
    _, out, err = said(capsys, *call(candle_file, "--json", "--progress", "json", "--no-keep"))
    assert json.loads(out)["bars"] == 2_000
    steps = [msgspec.json.decode(line, type=BacktestStep) for line in err.splitlines()]
    done = [step.done for step in steps]
    assert done == sorted(done)
    assert (done[0], done[-1]) == (0, 100)
    assert len(steps) > 20
    assert steps[-1].left_s == 0.0


def test_an_interrupted_run_ends_at_once_and_keeps_nothing(home, tmp_path):
    path = write_csv(tmp_path / "long.csv", walk(60_000))
    command = [sys.executable, "-m", "tui_trader", *call(path, "--engine", "core"), "--json"]
    environment = os.environ | {"TUI_TRADER_HOME": str(home)}
    with subprocess.Popen(
        [*command, "--progress", "json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        text=True,
    ) as process:
        for line in process.stderr:
            if "candle by candle" in line:
                break
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert process.returncode == EXIT_INTERRUPTED
    assert out == ""
    assert "Traceback" not in err
    assert not (home / "runs").exists()


def test_a_home_of_backtests_alone_can_become_the_home_of_an_engine(candle_file, home, capsys):
    from tui_trader.engine.stores.home import Home

    said(capsys, *call(candle_file))
    Home(home).prepare()
    assert (home / "exchange").is_dir()


def time_ms(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1_000)


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("strategy", "parameters", "file", "count"),
    [
        ("sma_cross", ("fast=20", "slow=50"), "sma20_50", 108),
        ("rsi_reversion", ("period=14", "enter=30", "leave=70"), "rsi14_30_70", 35),
    ],
)
@pytest.mark.parametrize("engine", ["compiled", "core"])
def test_lists_of_backtesting_py_are_reproduced(
    home, capsys, real_data, strategy, parameters, file, count, engine
):
    folder = real_data / "metrics"
    code, out, err = said(
        capsys,
        *("backtest", "--json", "--pair", "BTC/USDT", "--timeframe", "1h", "--cash", "1e7"),
        *("--data", str(folder / "bt_binance_BTC_1h_2020_input.csv.gz")),
        *("--strategy", strategy, "--fee-bps", "26", "--slippage-bps", "0", "--engine", engine),
        *(part for parameter in parameters for part in ("--set", parameter)),
    )
    assert code == EXIT_OK, err
    with (folder / f"bt_binance_BTC_1h_2020_{file}_trades.csv").open() as table:
        theirs = list(csv.DictReader(table))
    ours = json.loads(out)["trades"]
    assert len(ours) == len(theirs) == count
    assert [t["entry_time_ms"] for t in ours] == [time_ms(row["EntryTime"]) for row in theirs]
    assert [t["exit_time_ms"] for t in ours] == [time_ms(row["ExitTime"]) for row in theirs]
    assert [t["entry_price"] for t in ours] == [float(row["EntryPrice"]) for row in theirs]
    assert [t["exit_price"] for t in ours] == [float(row["ExitPrice"]) for row in theirs]
    returns = np.array([float(row["ReturnPct"]) for row in theirs])
    assert np.abs([t["return_ratio"] for t in ours] - returns).max() < 0.001
