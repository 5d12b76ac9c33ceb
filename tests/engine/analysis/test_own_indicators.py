"""Indicators of ours, and some of TA-Lib's newest, against a second, naive way to compute them."""

import statistics
from math import log, sqrt

import numpy as np
import pytest

from tests.engine.analysis.made_candles import columns, gaps, walk
from tui_trader.engine.analysis.catalogue import indicator_named
from tui_trader.engine.analysis.compute import compute
from tui_trader.engine.values.time import MS_PER_DAY

CANDLES = {"walk": walk(400), "gaps": gaps(400)}
YEAR_BARS = 365 * 24 * 4


@pytest.fixture(params=list(CANDLES))
def bars(request):
    return CANDLES[request.param]


def agree(bars, name, naive, **parameters):
    """`naive(t)` gives what the outputs are at bar t, in their order."""
    indicator = indicator_named(name)
    values = compute(bars, indicator, **parameters)
    warm_up = indicator.warm_up_bars(indicator.checked(parameters))
    for t in range(warm_up, len(bars)):
        mine = [column[t] for column in values.values()]
        assert mine == pytest.approx(naive(t), rel=1e-9, abs=1e-9), t


def last(column, t, count):
    return [float(value) for value in column[t - count + 1 : t + 1]]


def test_session_vwap(bars):
    def naive(t):
        day = bars.open_time_ms[t] // MS_PER_DAY
        rows = [s for s in range(t + 1) if bars.open_time_ms[s] // MS_PER_DAY == day]
        typical = [(bars.high[s] + bars.low[s] + bars.close[s]) / 3 for s in rows]
        volume = [bars.volume[s] for s in rows]
        if sum(volume) == 0:
            return [typical[-1]]
        return [sum(p * v for p, v in zip(typical, volume, strict=True)) / sum(volume)]

    agree(bars, "vwap", naive)


def test_ichimoku(bars):
    def middle(t, count):
        return (max(last(bars.high, t, count)) + min(last(bars.low, t, count))) / 2

    def naive(t):
        fast, base = middle(t, 9), middle(t, 26)
        return [fast, base, (fast + base) / 2, middle(t, 52), bars.close[t]]

    agree(bars, "ichimoku", naive)


def test_donchian(bars):
    def naive(t):
        upper, lower = max(last(bars.high, t, 20)), min(last(bars.low, t, 20))
        return [upper, (upper + lower) / 2, lower]

    agree(bars, "donchian", naive)


def test_heikin_ashi(bars):
    lines = []
    for t in range(len(bars)):
        prices = (bars.open[t], bars.high[t], bars.low[t], bars.close[t])
        close = sum(prices) / 4
        open_ = (lines[-1][0] + lines[-1][3]) / 2 if lines else (bars.open[0] + bars.close[0]) / 2
        lines.append([open_, max(prices[1], open_, close), min(prices[2], open_, close), close])
    agree(bars, "heikin_ashi", lambda t: lines[t])


def test_supertrend(bars):
    period, factor = 10, 3.0
    high, low, close = bars.high, bars.low, bars.close
    ranges = [max(high[t], close[t - 1]) - min(low[t], close[t - 1]) for t in range(1, len(bars))]
    width = sum(ranges[:period]) / period
    upper = lower = trend = None
    lines = {}
    for t in range(period, len(bars)):
        if t > period:
            width += (ranges[t - 1] - width) / period
        middle = (high[t] + low[t]) / 2
        top, bottom = middle + factor * width, middle - factor * width
        upper = top if upper is None or top < upper or close[t - 1] > upper else upper
        lower = bottom if lower is None or bottom > lower or close[t - 1] < lower else lower
        if trend is None:
            trend = 1 if close[t] > upper else -1
        elif trend < 0 and close[t] > upper:
            trend = 1
        elif trend > 0 and close[t] < lower:
            trend = -1
        lines[t] = [lower if trend > 0 else upper, trend]
    values = compute(bars, indicator_named("supertrend"))
    # Which side a path begins on is a convention; after its first turns there is only one.
    for t in range(200, len(bars)):
        mine = [values["supertrend"][t], values["direction"][t]]
        assert mine == pytest.approx(lines[t], rel=1e-9), t


def test_realised_volatility(bars):
    def naive(t):
        returns = [log(bars.close[s] / bars.close[s - 1]) for s in range(t - 29, t + 1)]
        return [statistics.stdev(returns) * sqrt(YEAR_BARS)]

    agree(bars, "realised_volatility", naive)


def test_parkinson_volatility(bars):
    def naive(t):
        squares = [log(bars.high[s] / bars.low[s]) ** 2 for s in range(t - 29, t + 1)]
        return [sqrt(statistics.fmean(squares) / (4 * log(2)) * YEAR_BARS)]

    agree(bars, "parkinson_volatility", naive)


def test_garman_klass_volatility(bars):
    def naive(t):
        parts = [
            0.5 * log(bars.high[s] / bars.low[s]) ** 2
            - (2 * log(2) - 1) * log(bars.close[s] / bars.open[s]) ** 2
            for s in range(t - 29, t + 1)
        ]
        return [sqrt(max(statistics.fmean(parts), 0) * YEAR_BARS)]

    agree(bars, "garman_klass_volatility", naive)


def test_zscore(bars):
    def naive(t):
        window = last(bars.close, t, 20)
        spread = statistics.pstdev(window)
        return [(window[-1] - statistics.fmean(window)) / spread if spread > 0 else 0.0]

    agree(bars, "zscore", naive)


def test_hurst():
    bars = walk(400)

    def naive(t):
        spreads = {}
        for lag in (1, 2, 4, 8, 16):
            moves = [log(bars.close[s] / bars.close[s - lag]) for s in range(t - 99, t + 1)]
            spreads[log(lag)] = log(statistics.pstdev(moves))
        return [statistics.linear_regression(list(spreads), list(spreads.values())).slope]

    agree(bars, "hurst", naive)


def test_hurst_tells_a_trend_from_a_wander_and_a_return():
    chance = np.random.default_rng(3)
    moves = chance.normal(0, 0.01, 3_000)
    wander = np.cumsum(moves)
    trend = np.cumsum(np.convolve(moves, np.ones(30), mode="same"))
    hurst = indicator_named("hurst")
    found = {
        name: float(np.nanmedian(compute(columns(np.exp(path)), hurst)["hurst"]))
        for name, path in (("trend", trend), ("wander", wander), ("return", moves))
    }
    assert found["return"] < 0.1
    assert 0.4 < found["wander"] < 0.6
    assert found["trend"] > 0.8


def test_squeeze(bars):
    period = 20

    def lean(t):
        centre = (max(last(bars.high, t, period)) + min(last(bars.low, t, period))) / 2
        return bars.close[t] - (centre + statistics.fmean(last(bars.close, t, period))) / 2

    def naive(t):
        band = 2.0 * statistics.pstdev(last(bars.close, t, period))
        ranges = [
            max(bars.high[s], bars.close[s - 1]) - min(bars.low[s], bars.close[s - 1])
            for s in range(t - period + 1, t + 1)
        ]
        line = statistics.linear_regression(
            range(period), [lean(s) for s in range(t - period + 1, t + 1)]
        )
        is_on = band < 1.5 * statistics.fmean(ranges)
        return [float(is_on), line.intercept + line.slope * (period - 1)]

    agree(bars, "squeeze", naive)


def test_fisher(bars):
    middle = (bars.high + bars.low) / 2
    smooth = line = 0.0
    lines = {}
    for t in range(8, len(bars)):
        window = last(middle, t, 9)
        spread = max(window) - min(window)
        place = (middle[t] - min(window)) / spread if spread else 0.5
        smooth = 0.33 * 2 * (place - 0.5) + 0.67 * smooth
        smooth = 0.999 if smooth > 0.99 else -0.999 if smooth < -0.99 else smooth
        before, line = line, 0.5 * log((1 + smooth) / (1 - smooth)) + 0.5 * line
        lines[t] = [line, before]
    agree(bars, "fisher", lambda t: lines[t])


def test_volume_windows(bars):
    def mean(t):
        volume, close = last(bars.volume, t, 20), last(bars.close, t, 20)
        if sum(volume) == 0:
            return [statistics.fmean(close)]
        return [sum(c * v for c, v in zip(close, volume, strict=True)) / sum(volume)]

    def flow(t):
        total = sum(last(bars.volume, t, 20))
        pushed = 0.0
        for s in range(t - 19, t + 1):
            spread = bars.high[s] - bars.low[s]
            place = (
                ((bars.close[s] - bars.low[s]) - (bars.high[s] - bars.close[s])) / spread
                if spread
                else 0.0
            )
            pushed += place * bars.volume[s]
        return [pushed / total if total else 0.0]

    def relative(t):
        usual = statistics.fmean(last(bars.volume, t - 1, 20))
        return [bars.volume[t] / usual if usual else 0.0]

    agree(bars, "vwma", mean, period=20)
    agree(bars, "cmf", flow)
    agree(bars, "relative_volume", relative)
