"""Limits changed while the engine runs: tightened at once, loosened by a word, gone with the engine."""

from decimal import Decimal

import pytest

from tests.engine.core.rig import BTC, Bench
from tui_trader.engine.messages.codec import decode_event, decode_input, encode
from tui_trader.engine.messages.commands import ChangeLimit
from tui_trader.engine.messages.events import CommandRefused, LimitChanged
from tui_trader.engine.messages.queries import AskTicket
from tui_trader.engine.settings.limit_table import limits
from tui_trader.engine.settings.model import LimitSettings, Settings
from tui_trader.engine.settings.rulebook import RiskSettings
from tui_trader.engine.state.trading_state import TradingState
from tui_trader.engine.values.orders import CommandId, OrderType, Side

D = Decimal


def change(bench: Bench, key: str, value: str, *, is_loosening: bool = False):
    command = ChangeLimit(
        command_id=CommandId("change"),
        actor="console",
        key=key,
        value=D(value),
        is_loosening=is_loosening,
    )
    assert decode_input(encode(command)) == command
    bench.tell(command)
    return bench.events[-1]


def refusal_of(bench: Bench, quantity: str):
    question = AskTicket(
        symbol=BTC,
        side=Side.BUY,
        order_type=OrderType.MARKET,
        quantity_base=D(quantity),
        price=None,
    )
    return bench.trader.ticket(question, bench.now_ms).refusal


def test_tightened_limit_judges_the_next_order():
    bench = Bench().start()
    assert refusal_of(bench, "0.02") is None
    event = change(bench, "limits.order_value_max_quote", "1000")
    assert isinstance(event, LimitChanged)
    assert (event.before, event.value, event.is_looser) == (D(2500), D(1000), False)
    refusal = refusal_of(bench, "0.02")
    assert refusal is not None
    assert (refusal.gate, "above the limit 1,000" in refusal.text) == ("order_value", True)


def test_loosening_needs_a_word_that_it_is_meant():
    bench = Bench().start()
    refused = change(bench, "risk.daily_loss_max_percent", "9")
    assert isinstance(refused, CommandRefused)
    assert (refused.gate, "would allow more than 3" in refused.reason) == ("limit", True)
    assert bench.trader.settings.risk.daily_loss_max_percent == 3
    event = change(bench, "risk.daily_loss_max_percent", "9", is_loosening=True)
    assert isinstance(event, LimitChanged)
    assert event.is_looser
    assert bench.trader.settings.risk.daily_loss_max_percent == 9


@pytest.mark.parametrize(
    ("key", "value", "why"),
    [
        ("market.pairs", "1", "is no limit"),
        ("risk.no_such_max", "1", "is no limit"),
        ("risk.positions_max", "2.5", "a whole number from 0 to 20"),
        ("risk.positions_max", "21", "a whole number from 0 to 20"),
        ("limits.price_collar_percent", "0", "from 0.1 to 50"),
        ("limits.price_collar_percent", "3.00", "is 3 already"),
    ],
)
def test_what_is_no_such_limit_or_out_of_bounds_is_refused_and_changes_nothing(key, value, why):
    bench = Bench().start()
    refused = change(bench, key, value, is_loosening=True)
    assert isinstance(refused, CommandRefused)
    assert why in refused.reason
    assert bench.trader.settings == Settings()
    assert bench.state.limits == {}


def test_events_alone_rebuild_the_changed_limits_and_the_next_start_forgets_them():
    bench = Bench().start()
    change(bench, "risk.positions_max", "2")
    rebuilt = TradingState()
    for event in bench.events:
        rebuilt.apply(decode_event(encode(event)))
    assert rebuilt.limits == bench.state.limits == {"risk.positions_max": D(2)}
    again = Bench(state=rebuilt).start()
    assert again.state.limits == {}
    assert again.trader.settings.risk.positions_max == 5


@pytest.mark.parametrize(
    ("key", "before", "after", "is_looser"),
    [
        ("risk.position_max_quote", "5000", "0", True),
        ("risk.position_max_quote", "0", "100000", False),
        ("risk.position_max_quote", "5000", "4999", False),
        ("risk.cool_down_minutes", "60", "0", True),
        ("risk.cool_down_minutes", "60", "90", False),
        ("risk.losing_streak_pause_minutes", "720", "10", True),
        ("limits.order_value_max_quote", "2500", "0", False),
        ("limits.order_value_max_quote", "0", "2500", True),
        ("limits.stale_after_s", "10", "60", True),
    ],
)
def test_which_way_is_looser_knows_what_zero_means(key, before, after, is_looser):
    assert limits()[key].is_looser(D(before), D(after)) is is_looser


def test_every_setting_of_limits_and_risk_is_a_limit_with_bounds():
    named = {f"limits.{name}" for name in LimitSettings.__struct_fields__}
    named |= {f"risk.{name}" for name in RiskSettings.__struct_fields__}
    assert set(limits()) == named
    assert all(limit.fault(D("NaN")) for limit in limits().values())
