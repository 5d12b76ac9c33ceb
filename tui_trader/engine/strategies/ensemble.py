"""Trading on what models say: in where a forecast passes every gate, out by stop, take profit or time.

Law: candles alone tell nothing here. Live the core hears the forecasts; a backtest is given those of the
walk-forward (`backtest/forecast_strategy.py`); without either there is no opinion and no trade.
"""

from tui_trader.engine.analysis.strategy import Strategy, silent
from tui_trader.engine.ports.strategy import StrategyParameter

PERCENT = "percent"

ENSEMBLE = Strategy(
    name="ensemble",
    title="Trained models",
    says="Enters where trained models promise a gain after costs and have an edge; stop, take profit "
    "and time stop end the trade.",
    parameters=(
        StrategyParameter(
            name="confidence",
            default=0.0,
            low=0.0,
            high=100.0,
            unit=PERCENT,
            help="Least confidence; [learning] may ask for more.",
        ),
        StrategyParameter(
            name="gain",
            default=0.0,
            low=0.0,
            high=20.0,
            unit=PERCENT,
            help="Expected net gain that must be exceeded; [learning] may ask for more.",
        ),
        StrategyParameter(
            name="apart",
            default=100.0,
            low=1.0,
            high=100.0,
            unit=PERCENT,
            help="Farthest that the models may lie apart; [learning] may ask for less.",
        ),
        StrategyParameter(
            name="leave_below",
            default=0.0,
            low=0.0,
            high=100.0,
            unit=PERCENT,
            help="Sells where the confidence falls below; 0 waits for stop, take profit or time.",
        ),
        StrategyParameter(
            name="without_edge",
            default=0,
            low=0,
            high=1,
            help="1 trades although no edge after costs was found.",
        ),
    ),
    memory=lambda _: 1,
    signals=silent,
    hears_forecasts=True,
)
