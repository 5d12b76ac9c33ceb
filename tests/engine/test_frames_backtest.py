"""Backtests for notebooks: the numbers of the command, as tables; and the lines of the guide."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.engine.analysis.made_candles import walk
from tests.engine.backtest.made_runs import KERNELS
from tests.engine.test_frames import frame
from tui_trader.engine import frames
from tui_trader.engine.analysis.strategy_catalogue import strategy_named
from tui_trader.engine.rules.model import TradeRules
from tui_trader.engine.values.errors import ConfigError
from tui_trader.engine.values.metrics import METRICS

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "notebooks.md"
CANDLES = frame(walk(2_000))


@pytest.fixture
def home(isolated_home):
    """A home that has what other tests compiled."""
    isolated_home.mkdir(parents=True, mode=0o700)
    KERNELS.mkdir(parents=True, exist_ok=True)
    (isolated_home / "cache").symlink_to(KERNELS)
    return isolated_home


def test_trades_equity_and_metrics_say_the_same(home):
    run = frames.backtest(CANDLES, "sma_cross", {"fast": 5, "slow": 20}, home=home)
    assert list(run.metrics) == list(METRICS) == list(run.beside.index)
    assert len(run.trades) == run.metrics["trades"] > 20
    assert str(run.trades["entry_time"].dt.tz) == str(run.equity.index.tz) == "UTC"
    assert len(run.equity) == len(CANDLES) + 1
    assert run.equity.index[0] == CANDLES.index[0]
    assert run.equity["equity"].iloc[-1] == pytest.approx(10_000 + run.trades["pnl"].sum())
    assert run.metrics["max_drawdown_ratio"] == run.equity["drawdown_ratio"].max()
    assert run.beside.loc["trades", "chance_median"] == run.metrics["trades"]
    assert np.isnan(run.beside.loc["trades", "holding"])
    assert any("In sample" in warning for warning in run.warnings)


def test_several_pairs_by_name(home):
    pairs = {"BTC/USD": CANDLES, "ETH/USD": frame(walk(2_000, seed=3, price=2_000.0))}
    run = frames.backtest(pairs, strategy_named("ema_cross"), cash=500.0, home=home)
    assert set(run.trades["pair"]) == set(pairs)
    assert run.equity["equity"].iloc[0] == 500.0


def test_costs_and_rules_that_are_said(home):
    rules = TradeRules(take_ratio=0.001)
    run = frames.backtest(CANDLES, "sma_cross", rules=rules, fee_bps=0, slippage_bps=0, home=home)
    assert run.metrics["fees"] == 0.0
    assert "take_profit" in set(run.trades["exit_reason"])
    assert "fee 0 bps a side, slippage 0 bps" in run.assumptions


def test_mistakes_are_told(home):
    with pytest.raises(ConfigError, match="fast must be a whole number from 2 to 1000"):
        frames.backtest(CANDLES, "sma_cross", {"fast": 1}, home=home)
    with pytest.raises(ConfigError, match="names no time zone"):
        frames.backtest(CANDLES.tz_localize(None), "sma_cross", home=home)
    with pytest.raises(ConfigError, match="candles of no pair"):
        frames.backtest({}, "sma_cross", home=home)
    with pytest.raises(ConfigError, match="candles are a list"):
        frames.backtest([1.0], "sma_cross", home=home)


def test_a_home_may_be_a_text(home):
    run = frames.backtest(CANDLES, "sma_cross", home=str(home))
    assert run.metrics["trades"] > 0


def test_the_lines_of_the_guide_run(home):
    block = next(
        text
        for text in re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)
        if "frames.backtest" in text
    )
    names: dict[str, object] = {"frames": frames, "candles": CANDLES, "home": home, "pd": pd}
    exec(block, names)
    assert names["run"].metrics["trades"] > 0
