"""Fees and slippage."""

import pytest

from tui_trader.engine.rules.fees import fee_money, fee_ratio
from tui_trader.engine.rules.model import KRAKEN_TAKER, KRAKEN_VOLUMES
from tui_trader.engine.rules.slippage import (
    SLIPPAGE_RATIO_MAX,
    bought_at,
    impact_ratio,
    slippage_ratio,
    sold_at,
)


@pytest.mark.parametrize(
    ("volume", "ratio"),
    [(0, 0.0040), (9_999.99, 0.0040), (10_000, 0.0035), (50_000, 0.0024), (1e12, 0.0012)],
)
def test_fee_is_that_of_the_highest_tier_reached(volume, ratio):
    assert fee_ratio(volume, KRAKEN_VOLUMES, KRAKEN_TAKER) == ratio


@pytest.mark.parametrize(
    ("value", "ratio", "fee"),
    [(100_000_000, 0.0026, 260_000), (1, 0.0026, 1), (0, 0.0026, 0), (1_000, 0.001, 1)],
)
def test_fee_is_rounded_up_to_a_whole_step(value, ratio, fee):
    assert fee_money(value, ratio) == fee


def test_half_the_spread_is_paid_beside_the_slippage():
    assert slippage_ratio(2.0, 1.0, 0.0) == pytest.approx(0.00025)
    assert bought_at(100.0, 0.00025) == pytest.approx(100.025)
    assert sold_at(100.0, 0.00025) == pytest.approx(99.975)


def test_impact_grows_with_the_root_of_the_share_in_the_volume():
    small = impact_ratio(0.5, 2.0, 100.0, 1.0, 100.0)
    assert small == pytest.approx(0.5 * 2.0 / 100.0 * 0.1)
    assert impact_ratio(0.5, 2.0, 100.0, 4.0, 100.0) == pytest.approx(2 * small)


@pytest.mark.parametrize("volume", [0.0, 0.5, float("nan")])
def test_an_order_larger_than_the_volume_counts_as_all_of_it(volume):
    assert impact_ratio(1.0, 2.0, 100.0, 1.0, volume) == pytest.approx(0.02)


def test_an_unknown_range_has_no_impact_and_none_is_unbounded():
    assert impact_ratio(1.0, float("nan"), 100.0, 1.0, 1.0) == 0.0
    assert slippage_ratio(0.0, 0.0, 5.0) == SLIPPAGE_RATIO_MAX
