"""When nobody may enter."""

import pytest

from tui_trader.engine.rules import limits
from tui_trader.engine.rules.checks import faults_of, refuse_impossible
from tui_trader.engine.rules.from_settings import flat_fees, risk_rules, trade_rules
from tui_trader.engine.rules.model import NEVER, SIZING_RISK, RiskRules, TradeRules, exact
from tui_trader.engine.settings.model import Settings
from tui_trader.engine.settings.rulebook import RuleSettings
from tui_trader.engine.values.errors import ConfigError

CALM = {
    "now_ms": 1_000,
    "equity": 100.0,
    "day_start": 100.0,
    "peak": 100.0,
    "open_count": 0,
    "entries_today": 0,
    "paused_until_ms": 0,
    "cool_until_ms": 0,
}
STRICT = RiskRules(
    positions_max=2,
    daily_loss_max_ratio=0.03,
    drawdown_max_ratio=0.2,
    losing_streak_max=3,
    losing_streak_pause_ms=500,
    cool_down_ms=100,
    trades_per_day_max=4,
)


def block(risk=STRICT, **facts) -> str:
    return limits.BLOCKS[limits.entry_block(*{**CALM, **facts}.values(), risk)]


@pytest.mark.parametrize(
    ("facts", "name"),
    [
        ({}, "free"),
        ({"open_count": 2}, "positions"),
        ({"equity": 97.0}, "daily_loss"),
        ({"equity": 97.1}, "free"),
        ({"equity": 100.0, "peak": 125.0}, "drawdown"),
        ({"paused_until_ms": 1_001}, "losing_streak"),
        ({"paused_until_ms": 1_000}, "free"),
        ({"cool_until_ms": 1_001}, "cool_down"),
        ({"entries_today": 4}, "trades_per_day"),
        ({"open_count": 2, "entries_today": 4}, "positions"),
    ],
)
def test_every_limit_blocks_when_it_is_reached(facts, name):
    assert block(**facts) == name


def test_limits_that_are_off_block_nothing():
    wild = {"equity": 1.0, "peak": 1e9, "open_count": 99, "entries_today": 99}
    assert block(RiskRules(), **wild) == "free"


def test_a_losing_streak_pauses_from_its_last_trade():
    assert limits.streak_after(2, -1) == 3
    assert limits.streak_after(2, 0) == 0
    assert limits.pause_after(2, 1_000, 0, STRICT) == 0
    assert limits.pause_after(3, 1_000, 0, STRICT) == 1_500
    assert limits.pause_after(3, 1_000, 9_000, STRICT) == 9_000


def test_a_losing_trade_cools_its_pair_down():
    assert limits.cool_down_after(-1, 1_000, 0, STRICT) == 1_100
    assert limits.cool_down_after(1, 1_000, 7, STRICT) == 7


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        (TradeRules(sizing=SIZING_RISK), "needs a stop"),
        (TradeRules(take_r=2.0), "needs a stop"),
        (TradeRules(break_even_r=2.0), "needs a first stop"),
        (TradeRules(take_parts=9), "take_parts"),
        (TradeRules(sizing=9), "sizing must be one of"),
        (TradeRules(fee_takers=(0.1,)), "9 tiers"),
    ],
)
def test_rules_that_contradict_each_other_are_refused(rules, words):
    with pytest.raises(ConfigError, match=words):
        refuse_impossible(rules)


def test_defaults_of_the_settings_are_sound_and_careful():
    settings = Settings()
    rules, risk = trade_rules(settings.rules), risk_rules(settings.risk)
    assert faults_of(rules) == []
    assert rules.stop_ratio == 0.05
    assert rules.fraction_ratio == 0.1
    assert risk == RiskRules(5_000.0, 0.25, 0.5, 5, 0.03, 0.2, 5, 43_200_000, 3_600_000, 20)


def test_one_fee_for_all():
    rules = trade_rules(RuleSettings(fees="flat"))
    assert set(rules.fee_takers) == {0.004}
    assert flat_fees(rules, 0.0026).fee_volumes[1:] == (NEVER,) * 8


def test_numbers_become_the_kind_that_is_meant():
    rules = exact(TradeRules(slippage_bps=0, take_parts=2.0, fee_takers=[0] * 9))
    assert isinstance(rules.slippage_bps, float)
    assert isinstance(rules.take_parts, int)
    assert rules.fee_takers == (0.0,) * 9
