"""Volatility in ratio per year, three ways. Crypto trades all 365 days."""

from math import log, sqrt

import numpy as np

from tui_trader.engine.analysis.candles import Candles, FloatArray
from tui_trader.engine.analysis.declaration import Group, Indicator, Output, Own, Parameters, Unit
from tui_trader.engine.analysis.declaration import period as bars
from tui_trader.engine.analysis.rolling import rolling_deviation, rolling_mean
from tui_trader.engine.values.time import MS_PER_DAY

DAYS_PER_YEAR = 365


def bars_per_year(candles: Candles) -> float:
    """Candles of this interval in a year."""
    return DAYS_PER_YEAR * MS_PER_DAY / candles.interval.ms


def realised(candles: Candles, parameters: Parameters) -> tuple[FloatArray, ...]:
    """Standard deviation of log returns.

    Source: Hull, Options, Futures, and Other Derivatives, "Estimating volatility from historical
    data".
    """
    returns = np.diff(np.log(candles.close), prepend=np.nan)
    deviation = np.full(len(candles), np.nan)
    deviation[1:] = rolling_deviation(returns[1:], int(parameters["period"]), freedom_lost=1)
    return (deviation * sqrt(bars_per_year(candles)),)


def parkinson(candles: Candles, parameters: Parameters) -> tuple[FloatArray, ...]:
    """From the range alone.

    Source: Parkinson, The Extreme Value Method for Estimating the Variance of the Rate of Return,
    Journal of Business 53 (1980).
    """
    variance = np.square(np.log(candles.high / candles.low)) / (4 * log(2))
    return (_yearly(candles, variance, parameters),)


def garman_klass(candles: Candles, parameters: Parameters) -> tuple[FloatArray, ...]:
    """From range and body.

    Source: Garman and Klass, On the Estimation of Security Price Volatilities from Historical Data,
    Journal of Business 53 (1980).
    """
    wide = np.square(np.log(candles.high / candles.low)) / 2
    body = np.square(np.log(candles.close / candles.open)) * (2 * log(2) - 1)
    return (_yearly(candles, wide - body, parameters),)


def _yearly(candles: Candles, variance: FloatArray, parameters: Parameters) -> FloatArray:
    mean = rolling_mean(variance, int(parameters["period"]))
    # A candle that opens at its low and closes at its high has |body| = range: rounding may go below 0.
    return np.sqrt(np.maximum(mean, 0) * bars_per_year(candles))


REALISED_VOLATILITY = Indicator(
    name="realised_volatility",
    title="Realised Volatility",
    group=Group.VOLATILITY,
    says="Standard deviation of the log returns of closes, per year of 365 days.",
    parameters=(bars(30),),
    outputs=(Output("realised_volatility", Unit.RATIO_PER_YEAR),),
    source=Own(("close",), realised, warm_up=lambda parameters: int(parameters["period"])),
)
PARKINSON_VOLATILITY = Indicator(
    name="parkinson_volatility",
    title="Parkinson Volatility",
    group=Group.VOLATILITY,
    says="Volatility from highs and lows, per year of 365 days.",
    parameters=(bars(30),),
    outputs=(Output("parkinson_volatility", Unit.RATIO_PER_YEAR),),
    source=Own(
        ("high", "low"), parkinson, warm_up=lambda parameters: int(parameters["period"]) - 1
    ),
)
GARMAN_KLASS_VOLATILITY = Indicator(
    name="garman_klass_volatility",
    title="Garman-Klass Volatility",
    group=Group.VOLATILITY,
    says="Volatility from the whole candle, per year of 365 days.",
    parameters=(bars(30),),
    outputs=(Output("garman_klass_volatility", Unit.RATIO_PER_YEAR),),
    source=Own(
        ("open", "high", "low", "close"),
        garman_klass,
        warm_up=lambda parameters: int(parameters["period"]) - 1,
    ),
)
