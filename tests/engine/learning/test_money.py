"""Money: trades one at a time, random entry, break-even, and the rule that calls an edge."""

import numpy as np
import pytest

from tui_trader.engine.learning.dataset import Dataset
from tui_trader.engine.learning.money import (
    Payoff,
    buy_and_hold,
    fit_payoff,
    one_at_a_time,
    random_entries,
)
from tui_trader.engine.learning.verdict import TRADES_MIN, judge


def made(count=4_000, *, net=None, hold=5, seed=0) -> Dataset:
    chance = np.random.default_rng(seed)
    net = chance.normal(0, 0.01, count) if net is None else net
    candle = np.arange(count)
    return Dataset(
        names=("one",),
        rows=np.zeros((count, 1)),
        candle=candle,
        time_ms=candle * 3_600_000,
        end=candle + hold,
        happened=(net > 0).astype(float),
        net=net,
        range_ratio=np.full(count, 0.01),
        mirrored_happened=(net < 0).astype(float),
        warming_up=0,
        unresolved=0,
    )


def test_trades_never_overlap():
    trades = one_at_a_time(made(40, hold=5), np.ones(40, dtype=bool))
    assert list(trades.place) == [0, 5, 10, 15, 20, 25, 30, 35]
    assert trades.exposure_ratio == 1.0


def test_trades_compound_and_a_total_loss_stays_one():
    trades = one_at_a_time(made(3, net=np.array([0.1, -0.05, 0.2]), hold=1), np.ones(3, bool))
    assert trades.net_return_ratio == pytest.approx(1.1 * 0.95 * 1.2 - 1)
    lost = one_at_a_time(made(2, net=np.array([-1.0, 0.5]), hold=1), np.ones(2, bool))
    assert lost.net_return_ratio == pytest.approx(-1, abs=1e-6)


def test_nothing_wanted_is_no_trade():
    trades = one_at_a_time(made(50), np.zeros(50, dtype=bool))
    assert len(trades.net) == 0
    assert trades.net_per_bar is None
    assert trades.net_return_ratio == 0


def test_break_even_is_where_hits_pay_for_misses():
    payoff = Payoff(hit=(-0.005, 3.0), miss=(-0.005, -2.0))
    size = np.array([0.01, 0.002, 0.001])
    assert payoff.break_even(size) == pytest.approx([0.5, 0.9, 1.4])
    assert payoff.expected(payoff.break_even(size), size) == pytest.approx([0, 0, 0], abs=1e-12)


def test_payoff_is_read_from_the_past():
    size = np.random.default_rng(1).uniform(0.005, 0.02, 500)
    happened = np.tile([0.0, 1.0], 250)
    net = np.where(happened > 0, 3 * size - 0.004, -2 * size - 0.006)
    dataset = made(500, net=net)
    dataset = type(dataset)(
        **{
            name: getattr(dataset, name)
            for name in Dataset.__slots__
            if name not in {"range_ratio", "happened"}
        },
        range_ratio=size,
        happened=happened,
    )
    found = fit_payoff(dataset)
    assert found.hit == pytest.approx((-0.004, 3))
    assert found.miss == pytest.approx((-0.006, -2))


def test_random_entry_is_invested_as_long_and_earns_the_mean():
    dataset = made(20_000, net=np.random.default_rng(4).normal(0.001, 0.01, 20_000))
    drawn = random_entries(dataset, 0.3, draws=300, chance=np.random.default_rng(2))
    assert drawn.mean() == pytest.approx(dataset.net.mean() / 5, rel=0.05)
    assert len(drawn) == 300


def test_holding_is_from_the_first_decision_to_the_last_outcome():
    closes = np.linspace(100, 150, 60)
    assert buy_and_hold(made(50, hold=5), closes) == pytest.approx(closes[54] / 100 - 1)


def verdict_on(net, *, wanted, gains, variants=4):
    dataset = made(len(net), net=net)
    return judge(
        dataset,
        loss_gains=gains,
        trades=one_at_a_time(dataset, wanted),
        variants=variants,
        alpha=0.01,
        seed=1,
    )


CHANCE = np.random.default_rng(6)
NOISE = CHANCE.normal(0, 0.01, 6_000)
BETTER = CHANCE.normal(0.01, 0.05, 6_000)
KNOWN = NOISE + np.where(CHANCE.random(6_000) < 0.5, 0.004, -0.004)
SEES = KNOWN > 0.004


def test_skill_that_earns_beyond_chance_and_random_entry_is_an_edge():
    verdict = verdict_on(KNOWN, wanted=SEES, gains=BETTER)
    assert verdict.edge
    assert verdict.words.startswith("Edge: trades brought +")


def test_earning_without_better_forecasts_is_none():
    verdict = verdict_on(KNOWN, wanted=SEES, gains=-BETTER)
    assert not verdict.edge
    assert "not better than the base rate" in verdict.words


def test_better_forecasts_that_earn_nothing_are_none():
    verdict = verdict_on(KNOWN - 0.02, wanted=SEES, gains=BETTER)
    assert not verdict.edge
    assert "each after costs" in verdict.words


def test_a_rising_market_that_pays_everyone_is_none():
    verdict = verdict_on(NOISE + 0.01, wanted=CHANCE.random(6_000) < 0.2, gains=BETTER)
    assert not verdict.edge
    assert verdict.net_chance < 0.001
    assert "random entry" in verdict.words


def test_the_base_rate_itself_is_no_forecast():
    verdict = verdict_on(KNOWN, wanted=SEES, gains=np.zeros(6_000))
    assert not verdict.edge
    assert verdict.log_loss_chance is None


def test_a_few_lucky_trades_prove_nothing():
    wanted = np.zeros(6_000, dtype=bool)
    wanted[:: 6_000 // (TRADES_MIN - 1) + 1] = True
    verdict = verdict_on(np.full(6_000, 0.05), wanted=wanted, gains=BETTER)
    assert not verdict.edge
    assert f"fewer than the {TRADES_MIN}" in verdict.words


def test_no_trade_at_all_says_so():
    verdict = verdict_on(NOISE, wanted=np.zeros(6_000, dtype=bool), gains=BETTER)
    assert verdict.words == (
        "No edge after costs: no forecast ever reached its break-even probability."
    )


def test_every_variant_that_was_tried_raises_the_bar():
    few, many = (verdict_on(KNOWN, wanted=SEES, gains=BETTER, variants=count) for count in (1, 50))
    assert few.level == pytest.approx(0.01)
    assert many.level == pytest.approx(0.0002)
    assert many.net_chance < few.level
