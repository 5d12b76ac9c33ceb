"""How much is bought, and that no limit is ever exceeded."""

from math import nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.backtest.made_runs import risk_rules, trade_rules
from tui_trader.engine.rules.fees import fee_money
from tui_trader.engine.rules.grid import money_of, price_of, quantity_of, value_money
from tui_trader.engine.rules.model import (
    SIZING_AMOUNT,
    SIZING_KELLY,
    SIZING_RISK,
    SIZING_VOLATILITY,
    Account,
    Grid,
    Market,
    RiskRules,
    TradeRules,
)
from tui_trader.engine.rules.orders import bought_ticks, entry_lots
from tui_trader.engine.rules.sizing import kelly_ratio, risk_value, volatility_value

GRID = Grid(100.0, 1_000.0, 1, 0.0)
FREE = TradeRules(slippage_bps=0.0, spread_bps=0.0, fee_takers=(0.0,) * 9)
MARKET = Market(100.0, 2.0, 0.5, 1e6)


def account(cash=10_000.0, *, wins=0, losses=0, win_sum=0.0, loss_sum=0.0, exposure=0.0):
    return Account(money_of(cash), cash, exposure, wins, losses, win_sum, loss_sum)


def bought(rules, *, risk=None, market=MARKET, of=None, grid=GRID) -> float:
    lots = entry_lots(market, of or account(), grid, rules, risk or RiskRules())
    return quantity_of(lots, grid.lots_per_unit)


def test_fixed_amount():
    assert bought(FREE._replace(sizing=SIZING_AMOUNT, amount_quote=250.0)) == 2.5


def test_fixed_fraction():
    assert bought(FREE._replace(fraction_ratio=0.25)) == 25.0


def test_risk_by_the_distance_of_the_stop():
    """One percent of 10,000 is 100; a stop 4 below: 25 coins."""
    assert bought(FREE._replace(sizing=SIZING_RISK, risk_ratio=0.01, stop_atr=2.0)) == 25.0


def test_risk_without_a_stop_buys_nothing():
    assert risk_value(10_000.0, 0.01, 100.0, 0.0) == 0.0
    assert bought(FREE._replace(sizing=SIZING_RISK)) == 0.0


def test_volatility_target():
    """A fifth of equity a year, in what moves half a year: two fifths of equity."""
    assert bought(FREE._replace(sizing=SIZING_VOLATILITY, volatility_ratio=0.2)) == 40.0
    assert volatility_value(1.0, 0.2, nan) == 0.0
    assert (
        bought(FREE._replace(sizing=SIZING_VOLATILITY), market=MARKET._replace(volatility=nan)) == 0
    )


@pytest.mark.parametrize(
    ("record", "share"),
    [
        ({"wins": 1, "losses": 1, "win_sum": 0.1, "loss_sum": 0.1}, 0.05),  # too few: the fraction
        ({"wins": 6, "losses": 4, "win_sum": 0.6, "loss_sum": 0.4}, 0.2),  # p 0.6, odds 1
        ({"wins": 9, "losses": 1, "win_sum": 0.9, "loss_sum": 0.1}, 0.3),  # 0.8, capped
        ({"wins": 2, "losses": 8, "win_sum": 0.2, "loss_sum": 0.8}, 0.0),
        ({"wins": 0, "losses": 10, "win_sum": 0.0, "loss_sum": 1.0}, 0.0),
        ({"wins": 10, "losses": 0, "win_sum": 1.0, "loss_sum": 0.0}, 0.3),
    ],
)
def test_kelly_is_capped_and_never_below_zero(record, share):
    assert kelly_ratio(account(**record), 0.3, 10, 0.05) == pytest.approx(share)


def test_kelly_sizes_an_entry():
    rules = FREE._replace(sizing=SIZING_KELLY, kelly_cap_ratio=0.5, kelly_trades_min=10)
    record = account(wins=6, losses=4, win_sum=0.6, loss_sum=0.4)
    assert bought(rules, of=record) == 20.0


@pytest.mark.parametrize(
    ("risk", "quantity"),
    [
        (RiskRules(position_max_quote=300.0), 3.0),
        (RiskRules(position_max_ratio=0.02), 2.0),
        (RiskRules(exposure_max_ratio=0.31), 1.0),
        (RiskRules(exposure_max_ratio=0.3), 0.0),
    ],
)
def test_limits_cut_the_size(risk, quantity):
    rules = FREE._replace(fraction_ratio=0.5)
    assert bought(rules, risk=risk, of=account(exposure=3_000.0)) == quantity


def test_cash_is_held_for_the_fee_and_a_moving_market():
    rules = FREE._replace(fraction_ratio=1.0, fee_takers=(0.0026,) * 9)
    assert bought(rules) == pytest.approx(10_000 / (100 * 1.0026 * 1.005), abs=0.001)


def test_what_is_too_small_is_not_bought():
    tiny = Grid(100.0, 1_000.0, 10, 5.0)
    assert bought(FREE._replace(sizing=SIZING_AMOUNT, amount_quote=9.9), grid=tiny) == 0.0
    assert bought(FREE._replace(sizing=SIZING_AMOUNT, amount_quote=10.0), grid=tiny) == 0.1


def test_what_cannot_be_counted_in_money_steps_is_not_bought():
    """A purchase worth nothing has no return; one of a few steps could cost more than was held."""
    dust = Grid(100.0, 1e10, 1, 0.0)
    assert bought(FREE._replace(sizing=SIZING_AMOUNT, amount_quote=0.9e-5), grid=dust) == 0.0
    assert bought(FREE._replace(sizing=SIZING_AMOUNT, amount_quote=1.1e-5), grid=dust) > 0.0
    assert bought(FREE, market=MARKET._replace(price=1e-12)) >= 0.0


def test_unknown_range_where_a_rule_asks_for_it_buys_nothing():
    blind = MARKET._replace(atr=nan)
    assert bought(FREE._replace(stop_atr=2.0), market=blind) == 0.0
    assert bought(FREE._replace(stop_ratio=0.02), market=blind) > 0.0


@given(
    trade_rules,
    risk_rules,
    st.floats(1e-3, 1e5),
    st.floats(1.0, 1e7),
    st.floats(0.0, 1.0),
)
def test_no_entry_exceeds_cash_or_a_limit(rules, risk, price, cash, held):
    of = account(cash, exposure=cash * held)
    market = Market(price, price * 0.01, 0.6, 1e4)
    grid = Grid(1e4, 1e6, 1, 0.1)
    lots = entry_lots(market, of, grid, rules, risk)
    ticks = bought_ticks(lots, market, rules, grid)
    money = value_money(lots, ticks, grid.lots_per_unit, grid.ticks_per_unit)
    assert money + fee_money(money, rules.fee_takers[0]) <= of.cash
    value = quantity_of(lots, grid.lots_per_unit) * price_of(ticks, grid.ticks_per_unit)
    hair = 1 + 1e-9
    if risk.position_max_quote:
        assert value <= risk.position_max_quote * hair + 1e-6
    if risk.position_max_ratio:
        assert value <= risk.position_max_ratio * of.equity * hair + 1e-6
    if risk.exposure_max_ratio:
        room = risk.exposure_max_ratio * of.equity - of.exposure
        assert value <= max(0.0, room) * hair + 1e-6
