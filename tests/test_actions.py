import pytest

from tui_trader.actions import ACTIONS, STOP, Where, actions_in, bar_actions
from tui_trader.app import TraderApp
from tui_trader.screens.desk import DeskScreen


def test_stop_is_bound_everywhere_with_priority():
    assert STOP.where is Where.EVERYWHERE
    assert STOP.has_priority
    bound = {key: binding for binding in TraderApp.BINDINGS for key in binding.key.split(",")}
    for key in STOP.keys:
        assert bound[key].action == "stop"
        assert bound[key].priority


def test_no_other_action_takes_the_key_of_stop():
    takers = [action.id for action in ACTIONS if set(action.keys) & set(STOP.keys)]
    assert takers == ["stop"]


@pytest.mark.parametrize("where", list(Where))
def test_no_key_means_two_things_in_one_place(where):
    here = {*actions_in(where), *actions_in(Where.EVERYWHERE)}
    keys = [key for action in here for key in action.keys]
    assert sorted(keys) == sorted(set(keys))


def test_every_action_says_what_it_does():
    assert [action.id for action in ACTIONS if not action.tooltip.endswith((".", "%."))] == []
    assert len({action.id for action in ACTIONS}) == len(ACTIONS)


@pytest.mark.parametrize("where", [Where.DESK, Where.EVERYWHERE])
def test_every_action_is_carried_out_by_a_method(where):
    owner = DeskScreen if where is Where.DESK else TraderApp
    missing = [
        action.id
        for action in actions_in(where)
        if not hasattr(owner, f"action_{action.id.split('(')[0]}")
    ]
    assert missing == []


def test_key_bar_offers_cancel_among_the_orders_only():
    in_orders = {action.id for action in bar_actions(Where.DESK, "orders")}
    in_chart = {action.id for action in bar_actions(Where.DESK, "chart")}
    assert "cancel_order" in in_orders - in_chart
    assert "help" in in_orders & in_chart
