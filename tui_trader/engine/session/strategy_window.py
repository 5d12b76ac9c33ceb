"""What a strategy says of the candles that have just ended: computed beside the loop, told to the core.

Law: a signal comes from closed candles alone, and from as many as the venue's history gives; a pair that
had no trade in an interval has no candle there, and none is made up.
"""

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import NamedTuple

from tui_trader.engine.analysis.candles import Candles, FloatArray, candles_of
from tui_trader.engine.analysis.catalogue import indicator_named
from tui_trader.engine.analysis.compute import compute
from tui_trader.engine.analysis.strategy import Strategy
from tui_trader.engine.messages.strategy_reports import ClosedCandle
from tui_trader.engine.rules.model import SIZING_VOLATILITY, TradeRules
from tui_trader.engine.rules.stops import needs_atr
from tui_trader.engine.values.candles import Candle, Interval
from tui_trader.engine.values.instruments import Symbol

Rows = Mapping[Symbol, Sequence[Candle]]
Moment = tuple[int, tuple[ClosedCandle, ...]]
"""Start of candles, and those of every pair that has one there."""


class Watched(NamedTuple):
    """A strategy with everything that decides what it says.

    Args:
        choices: Every parameter, checked.
    """

    strategy: Strategy
    choices: dict[str, float]
    rules: TradeRules
    interval: Interval


def closes_since(watched: Watched, closed: Rows, told_ms: Mapping[Symbol, int]) -> list[Moment]:
    """Candles that have not been told yet, by the moment of their start, oldest first.

    Args:
        watched: Who is asked.
        closed: Closed candles of every pair, oldest first; their order is that of the pairs.
        told_ms: Start of the last candle of each pair that was told.

    Raises:
        ConfigError: a row is no candle.
        PluginError: the strategy does not keep its word.
    """
    moments: dict[int, list[ClosedCandle]] = {}
    columns = {symbol: candles_of(rows, watched.interval) for symbol, rows in closed.items()}
    signals = watched.strategy.signals_of(tuple(columns.values()), watched.choices)
    for (symbol, pair), signal in zip(columns.items(), signals, strict=True):
        atr, volatility = _atr(pair, watched.rules), _volatility(pair, watched.rules)
        for row, candle in enumerate(closed[symbol]):
            if candle.open_time_ms > told_ms[symbol]:
                moments.setdefault(candle.open_time_ms, []).append(
                    ClosedCandle(
                        symbol=symbol,
                        candle=candle,
                        signal=int(signal[row]),
                        atr=_known(atr, row),
                        volatility=_known(volatility, row),
                    )
                )
    return [(moment, tuple(moments[moment])) for moment in sorted(moments)]


def _atr(pair: Candles, rules: TradeRules) -> FloatArray | None:
    if not needs_atr(rules):
        return None
    return compute(pair, indicator_named("atr"), period=rules.atr_bars)["atr"]


def _volatility(pair: Candles, rules: TradeRules) -> FloatArray | None:
    if rules.sizing != SIZING_VOLATILITY:
        return None
    indicator = indicator_named("realised_volatility")
    return compute(pair, indicator, period=rules.volatility_bars)[indicator.outputs[0].name]


def _known(column: FloatArray | None, row: int) -> float | None:
    if column is None or not isfinite(column[row]):
        return None
    return float(column[row])
