"""Kept runs once more: their candles, their export, and how one is removed."""

import csv
import json

import msgspec
import pytest

from tests.cli.candle_files import store, write_csv
from tests.engine.analysis.made_candles import walk
from tests.engine.backtest.made_runs import KERNELS
from tui_trader.__main__ import main
from tui_trader.cli import backtest_candles
from tui_trader.cli.exit_codes import EXIT_OK, EXIT_WRONG
from tui_trader.cli.table import moment
from tui_trader.engine.values.backtests import BacktestDocument, KeptRuns, RunCandles

CANDLES = walk(600)
RUN = ("backtest", "--pair", "BTC/USD", "--timeframe", "15m", "--strategy", "sma_cross")


@pytest.fixture
def home(isolated_home):
    """A home that has what other tests compiled, and candles."""
    isolated_home.mkdir(parents=True, mode=0o700)
    KERNELS.mkdir(parents=True, exist_ok=True)
    (isolated_home / "cache").symlink_to(KERNELS)
    store(isolated_home, CANDLES)
    return isolated_home


def said(capsys, *arguments: str):
    code = main(list(arguments))
    out, err = capsys.readouterr()
    return code, out, err


def refused(capsys, *arguments: str) -> str:
    code, out, err = said(capsys, *arguments)
    assert (code, out) == (EXIT_WRONG, ""), err
    return err


@pytest.fixture
def run(home, capsys):
    _, out, err = said(capsys, *RUN, "--seeds", "3", "--json")
    assert out, err
    return msgspec.json.decode(out, type=BacktestDocument)


def candles_of(capsys, run, around):
    _, out, err = said(capsys, "backtest", "--show", run.id, "--candles", around, "--json")
    assert out, err
    return msgspec.json.decode(out, type=RunCandles)


def test_candles_of_a_run_are_those_it_was_computed_on(run, capsys):
    found = candles_of(capsys, run, "2024-01-10")
    assert [one.close for one in found.candles] == CANDLES.close.tolist()
    assert (found.first_time_ms, found.last_time_ms) == (run.first_time_ms, run.last_time_ms)
    assert (found.pair, found.interval.value) == ("BTC/USD", "15m")


def test_candles_are_bounded_with_the_moment_in_the_middle(run, capsys, monkeypatch):
    monkeypatch.setattr(backtest_candles, "ROWS_MAX", 50)
    times = CANDLES.open_time_ms.tolist()
    found = candles_of(capsys, run, moment(times[300]).replace(" ", "T"))
    assert [one.open_time_ms for one in found.candles] == times[275:325]
    assert candles_of(capsys, run, "2000-01-01").candles[0].open_time_ms == times[0]
    assert candles_of(capsys, run, "2100-01-01").candles[-1].open_time_ms == times[-1]


def test_candles_of_a_file_are_read_from_it_and_missed_when_it_is_gone(home, tmp_path, capsys):
    file = write_csv(tmp_path / "candles.csv", CANDLES)
    call = ("backtest", "--pair", "ETH/USD", "--data", str(file), "--strategy", "sma_cross")
    _, out, _ = said(capsys, *call, "--seeds", "0", "--json")
    run = msgspec.json.decode(out, type=BacktestDocument)
    assert len(candles_of(capsys, run, "2024-01-10").candles) == len(CANDLES)
    file.unlink()
    words = refused(capsys, "backtest", "--show", run.id, "--candles", "2024-01-10")
    assert "not there any more" in words


def test_a_pair_that_is_not_of_the_run_is_named(run, capsys):
    around = ("--candles", "2024-01-10", "--pair", "ETH/USD")
    words = refused(capsys, "backtest", "--show", run.id, *around)
    assert "has no ETH/USD; it has BTC/USD" in words


def test_a_kept_run_is_exported_with_all_trades_and_the_points_of_its_equity(run, tmp_path, capsys):
    folder = tmp_path / "out"
    export = ("backtest", "--show", run.id, "--out", str(folder))
    code, _, err = said(capsys, *export)
    assert code == EXIT_OK
    assert f"equity at the {len(run.curve.time_ms)} points that are kept" in err
    with (folder / "trades.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [float(row["pnl"]) for row in rows] == [trade.pnl for trade in run.trades]
    equity = json.loads((folder / "equity.json").read_text())
    assert equity["equity"] == run.curve.equity
    assert "--force" in refused(capsys, *export)


def test_a_removed_run_is_gone_and_last_is_no_name_for_that(run, home, capsys):
    assert "name its id" in refused(capsys, "backtest", "--delete", "last")
    assert said(capsys, "backtest", "--delete", run.id)[0] == EXIT_OK
    assert list((home / "runs").iterdir()) == []
    _, out, _ = said(capsys, "backtest", "--runs", "--json")
    assert msgspec.json.decode(out, type=KeptRuns).runs == ()
    assert "none is kept yet" in refused(capsys, "backtest", "--delete", run.id)


def test_a_name_that_leads_elsewhere_removes_nothing(run, home, capsys):
    for name in ("..", "../candles", ".", f"{run.id}/.."):
        refused(capsys, "backtest", "--delete", name)
    assert (home / "candles").is_dir()


def test_chance_over_time_lies_in_its_order_and_ends_where_its_metrics_say(run):
    curve = run.curve
    points = zip(curve.chance_low, curve.chance_median, curve.chance_high, strict=True)
    assert all(low <= median <= high for low, median, high in points)
    assert len(curve.chance_low) == len(curve.time_ms)
    spread = run.beside.random_entry.metrics["return_ratio"]
    assert curve.chance_median[-1] == pytest.approx(run.cash * (1 + spread.median))


def test_a_drawdown_in_the_list_has_no_sign(run, capsys):
    assert run.metrics["max_drawdown_ratio"]
    _, table, _ = said(capsys, "backtest", "--runs")
    cells = table.splitlines()[1].split()
    assert cells[-2] == f"{run.metrics['max_drawdown_ratio']:.1%}"
    assert cells[-4] == f"{run.metrics['return_ratio']:+.1%}"


def test_candles_of_a_run_stay_those_of_its_venue_when_another_one_is_stored(run, home, capsys):
    assert run.call.venue == "kraken"
    store(home, walk(600, seed=9), venue="demo")
    assert [one.close for one in candles_of(capsys, run, "2024-01-10").candles] == (
        CANDLES.close.tolist()
    )


def test_a_run_that_did_not_keep_its_venue_asks_for_it_where_two_are_stored(run, home, capsys):
    file = home / "runs" / str(run.id) / "run.json"
    kept = file.read_bytes()
    assert b'"venue":"kraken"' in kept
    file.write_bytes(kept.replace(b'"venue":"kraken"', b'"venue":null'))
    store(home, walk(600, seed=9), venue="demo")
    around = ("backtest", "--show", run.id, "--candles", "2024-01-10")
    words = refused(capsys, *around)
    assert "stored of demo, kraken" in words
    assert "--venue" in words
    assert said(capsys, *around, "--venue", "kraken")[0] == EXIT_OK
