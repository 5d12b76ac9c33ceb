"""The made market has the facts of real ones: fat tails, clusters, one factor, nervous makers.

Each range is stated for several seeds at once; a real hour of bitcoin has an excess kurtosis of 5 to 20.
"""

import itertools
import math
import statistics

import pytest

from tests.engine.exchanges.simulator.trading_floor import BTC, BUY, NOW_MS, SELL, TradingFloor
from tui_trader.engine.exchanges.simulator.fair_price import FairPrice, Walk
from tui_trader.engine.exchanges.simulator.listings import PAIRS

NOW_S = NOW_MS / 1_000
SEEDS = range(1, 6)
MINUTES_5, HOUR, DAY = 300, 3_600, 86_400


def returns(pair, seed, *, step_s, count):
    path = FairPrice(pair, seed).path([NOW_S + step_s * number for number in range(count)])
    return [math.log(after / before) for before, after in itertools.pairwise(path)]


def kurtosis_excess(values):
    mean, deviation = statistics.fmean(values), statistics.pstdev(values)
    return statistics.fmean(((value - mean) / deviation) ** 4 for value in values) - 3


def autocorrelation(values, lag):
    return statistics.correlation(values[:-lag], values[lag:])


@pytest.fixture(scope="module")
def hourly():
    return {seed: returns(BTC, seed, step_s=HOUR, count=2_000) for seed in SEEDS}


@pytest.fixture(scope="module")
def five_minutes():
    return {seed: returns(BTC, seed, step_s=MINUTES_5, count=3_000) for seed in SEEDS}


def test_returns_have_fat_tails(hourly, five_minutes):
    for series in (hourly, five_minutes):
        tails = [kurtosis_excess(values) for values in series.values()]
        assert min(tails) > 1.0
        assert 2.5 < statistics.median(tails) < 60.0


def test_direction_is_not_remembered_but_size_is(hourly, five_minutes):
    for series in (hourly, five_minutes):
        for values in series.values():
            assert abs(autocorrelation(values, 1)) < 0.15
        sizes = [[abs(value) for value in values] for values in series.values()]
        assert statistics.fmean(autocorrelation(each, 1) for each in sizes) > 0.08
        assert statistics.fmean(autocorrelation(each, 6) for each in sizes) > 0.03


def test_one_factor_moves_all_pairs():
    for seed in SEEDS:
        series = [returns(pair, seed, step_s=HOUR, count=800) for pair in PAIRS]
        for first, second in itertools.combinations(series, 2):
            assert 0.35 < statistics.correlation(first, second) < 0.85


def test_two_seeds_have_nothing_in_common(hourly):
    for first, second in itertools.combinations(hourly.values(), 2):
        assert abs(statistics.correlation(first, second)) < 0.25


def test_some_weeks_trend_and_some_do_not():
    """How far a week goes, in parts of the way it walks: between a range and a straight line."""
    efficiencies = []
    for seed in SEEDS:
        hours = returns(BTC, seed, step_s=4 * HOUR, count=42 * 30)
        for begin in range(0, len(hours) - 42, 42):
            week = hours[begin : begin + 42]
            efficiencies.append(abs(sum(week)) / sum(map(abs, week)))
    assert min(efficiencies) < 0.03
    assert max(efficiencies) > 0.4


def test_news_jump_within_seconds_and_fade():
    walk = Walk(3)
    jumps = [walk._jump(cell) for cell in range(60_000, 60_400)]
    sizes = [abs(size) for _, size in jumps if size]
    assert 0.2 < len(sizes) / len(jumps) < 0.4
    moment, size = max(jumps, key=lambda jump: abs(jump[1]))
    before, after = walk._news(moment - 1), walk._news(moment + 10)
    assert after - before == pytest.approx(size, rel=0.2)


def test_unrest_is_one_on_the_median_and_bounded():
    fair = FairPrice(BTC, 1)
    levels = [fair.unrest(NOW_S + HOUR * number) for number in range(1_000)]
    assert 0.6 < statistics.median(levels) < 1.4
    assert min(levels) >= 0.4
    assert 2.0 < max(levels) <= 6.0


def quoted(unrest):
    """Mean spread and lots of the ten best levels of a market that is so wild."""
    floor = TradingFloor()
    market = floor.market()
    market._crowd.unrest = unrest
    spreads, depths = [], []
    for _ in range(400):
        floor.now_ms += 1
        floor.note(market._crowd.step(market._fair_value * 10, now_ms=floor.now_ms))
        bid, _, ask, _ = market.bbo()
        spreads.append(ask - bid)
        depths.append(sum(market.book.bids.lots_at(ticks) for ticks in market.book.bids.top(10)))
    return statistics.fmean(spreads), statistics.fmean(depths)


def test_wild_market_is_quoted_wider_and_thinner():
    calm_spread, calm_depth = quoted(0.5)
    wild_spread, wild_depth = quoted(4.0)
    assert wild_spread > 2 * calm_spread
    assert wild_depth < 0.8 * calm_depth


def test_flow_of_buyers_frightens_who_sells():
    floor = TradingFloor()
    market = floor.market()
    crowd = market._crowd
    before, bids_before = crowd._courage(SELL), crowd._courage(BUY)
    fear = crowd._fear()
    for _ in range(12):
        crowd._take(BUY, 2_000.0, market.book.asks.best, now_ms=floor.now_ms)
        crowd._refill(market.book.bids.best, market.book.asks.best)
    assert crowd.flow > 0.5
    assert crowd._courage(SELL) < before
    assert crowd._courage(BUY) == bids_before
    assert crowd._fear() > fear
