"""A backtest of `ensemble`: on forecasts of the walk-forward, on the candles they are of, or not at all."""

import pytest

from tests.engine.backtest.made_runs import KERNELS
from tests.engine.learning.made_training import KEY, made
from tui_trader.cli.exit_codes import EXIT_OK, EXIT_WRONG
from tui_trader.engine.learning.forward import forward_of
from tui_trader.engine.learning.model_store import ModelStore
from tui_trader.engine.values.time import format_rfc3339


@pytest.fixture
def file(tmp_path):
    return written(tmp_path / "BTCUSD_60.csv")


def written(path, *, factor=1.0):
    candles = made().candles
    columns = (candles.open, candles.high, candles.low, candles.close)
    with path.open("w") as out:
        for row, time_ms in enumerate(candles.open_time_ms.tolist()):
            prices = ",".join(repr(float(column[row]) * factor) for column in columns)
            out.write(f"{time_ms // 1_000},{prices},{float(candles.volume[row])!r},5\n")
    return path


@pytest.fixture
def trained(desk, isolated_home):
    KERNELS.mkdir(parents=True, exist_ok=True)
    isolated_home.mkdir(parents=True, exist_ok=True)
    (isolated_home / "cache").symlink_to(KERNELS)
    ModelStore(isolated_home / "models").save(KEY, made().manifest, made().contents)
    return desk


def call(file, *more):
    return (
        *("backtest", "--pair", "BTC/USD", "--strategy", "ensemble", "--data", str(file)),
        *("--timeframe", "1h", "--engine", "core", "--cash", "100000", "--json", *more),
    )


def test_without_an_edge_it_has_no_opinion_and_says_so(trained, file):
    assert trained.run(*call(file)) == EXIT_OK
    assert trained.document["trades"] == []
    assert "--set without_edge=1 shows what its forecasts would have earned" in trained.err


def test_overridden_by_name_it_trades_where_the_walk_forward_promised_a_gain(trained, file):
    assert trained.run(*call(file, "--set", "without_edge=1", "--fee-bps", "20")) == EXIT_OK
    told = forward_of(made().contents.forward)
    wanted = set(told.open_time_ms[told.expected > 0].astype(int).tolist())
    entries = [trade["entry_time_ms"] for trade in trained.document["trades"]]
    assert entries
    hour = 3_600_000
    assert all(entry - hour in wanted for entry in entries)
    # The stop, take profit and time stop are those that were learned, also without [risk].
    reasons = {trade["exit_reason"] for trade in trained.document["trades"]}
    assert reasons <= {"stop", "take_profit", "time", "signal"}
    assert reasons & {"stop", "take_profit", "time"}


def test_candles_of_another_market_are_refused(trained, tmp_path):
    other = written(tmp_path / "other_60.csv", factor=1.01)
    assert trained.run(*call(other, "--set", "without_edge=1")) == EXIT_WRONG
    assert "not the ones that were learned from" in trained.err


def test_a_range_that_nobody_forecast_is_refused_with_the_one_that_was(trained, file):
    early = format_rfc3339(int(made().candles.open_time_ms[300]))
    assert trained.run(*call(file, "--end", early)) == EXIT_WRONG
    assert "and none of these; choose that range or train again" in trained.err


def test_without_a_model_it_names_the_way_to_one(desk, file):
    assert desk.run(*call(file)) == EXIT_WRONG
    assert "`tui-trader train` makes one" in desk.err
