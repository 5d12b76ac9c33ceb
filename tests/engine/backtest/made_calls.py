"""A call of a backtest, for documents."""

from tests.engine.backtest.made_runs import SYMBOLS
from tui_trader.engine.values.backtests import BacktestCall

CALL = BacktestCall(
    pairs=SYMBOLS[:1],
    timeframe="1h",
    strategy="said",
    strategy_file=None,
    parameters={},
    start=None,
    end=None,
    files=(),
    venue=None,
    cash=10_000.0,
    fee_bps=None,
    slippage_bps=None,
    risk="off",
    engine="compiled",
)
