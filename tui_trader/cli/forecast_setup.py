"""What a backtest of `ensemble` needs of the home: forecasts of the walk-forward, and the trade they are about."""

import argparse

from tui_trader.cli.learning_setup import model_store
from tui_trader.cli.narration import tell
from tui_trader.cli.surroundings import chosen_home
from tui_trader.engine.analysis.strategy import Strategy
from tui_trader.engine.backtest.forecast_strategy import KnownForecasts, bound
from tui_trader.engine.learning.ensemble import ENSEMBLE
from tui_trader.engine.learning.forward import forward_of
from tui_trader.engine.learning.manifest import BarrierFacts
from tui_trader.engine.learning.model_store import Key
from tui_trader.engine.rules.model import TradeRules
from tui_trader.engine.settings.learning import LearningSettings
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.errors import ConfigError
from tui_trader.engine.values.instruments import Symbol


def with_forecasts(
    args: argparse.Namespace,
    strategy: Strategy,
    rules: TradeRules,
    *,
    learning: LearningSettings,
    pairs: tuple[tuple[Symbol, Interval], ...],
) -> tuple[Strategy, TradeRules]:
    """The strategy with what was forecast, and rules with the stop, take profit and horizon of that trade.

    Raises:
        ConfigError: a pair has no model, or their trades differ.
        StoreError: a model is broken.
    """
    store = model_store(chosen_home(args))
    known, trades = [], {}
    for symbol, interval in pairs:
        stored = store.load(Key(symbol, interval))
        forward, scores = forward_of(stored.forward), stored.manifest.scores[ENSEMBLE]
        trades[symbol] = stored.manifest.barrier
        if not len(forward.confidence):
            message = f"the model of {symbol} keeps no forecasts of its walk-forward; train again"
            raise ConfigError(message)
        known.append(
            KnownForecasts(
                pair=symbol,
                open_time_ms=forward.open_time_ms,
                close=forward.close,
                confidence=forward.confidence,
                expected=forward.expected,
                apart=forward.apart,
                has_edge=scores.edge,
            )
        )
    tell("it trades on forecasts of the walk-forward, made before their outcomes were known")
    if not any(told.has_edge for told in known):
        tell(
            "no model has an edge after costs, so it has no opinion; --set without_edge=1 shows what its "
            "forecasts would have earned"
        )
    return bound(strategy, known, learning), _of_trade(rules, trades)


def _of_trade(rules: TradeRules, trades: dict[Symbol, BarrierFacts]) -> TradeRules:
    """The rules with what ends the trade that was learned; sizes and costs stay."""
    first = next(iter(trades.values()))
    for symbol, barrier in trades.items():
        if name := _difference(first, barrier):
            others = ", ".join(trades)
            message = (
                f"the models of {others} learned trades that differ in {name}; train {symbol} again"
            )
            raise ConfigError(message)
    costs = {"slippage_bps", "spread_bps", "fee_ratio"}
    return rules._replace(
        **{
            name: getattr(first, name)
            for name in BarrierFacts.__struct_fields__
            if name not in costs
        }
    )


def _difference(one: BarrierFacts, other: BarrierFacts) -> str:
    for name in BarrierFacts.__struct_fields__:
        if getattr(one, name) != getattr(other, name):
            return name
    return ""
