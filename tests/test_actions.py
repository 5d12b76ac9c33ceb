from collections import Counter

import pytest

from tui_trader.actions import ACTIONS, STOP, TABS, Where, actions_in, bar_actions
from tui_trader.app import TraderApp
from tui_trader.screens.console_screen import ConsoleScreen
from tui_trader.screens.gallery import screen_class

OWNERS = {
    Where.EVERYWHERE: TraderApp,
    Where.SCREENS: ConsoleScreen,
    **{tab.where: screen_class(tab) for tab in TABS},
}
SCREENS = [tab.where for tab in TABS]


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
    shared = [Where.EVERYWHERE, Where.SCREENS] if where in SCREENS else [Where.EVERYWHERE]
    here = {action for place in (where, *shared) for action in actions_in(place)}
    keys = [key for action in here for key in action.keys]
    assert [key for key, count in Counter(keys).items() if count > 1] == []


def test_every_action_says_what_it_does():
    assert [action.id for action in ACTIONS if not action.tooltip.endswith((".", "%."))] == []
    assert len({(action.where, action.id) for action in ACTIONS}) == len(ACTIONS)


@pytest.mark.parametrize("where", OWNERS)
def test_every_action_is_carried_out_by_a_method(where):
    missing = [
        action.id
        for action in actions_in(where)
        if not hasattr(OWNERS[where], f"action_{action.id.split('(')[0]}")
    ]
    assert missing == []


def test_key_bar_offers_cancel_among_the_orders_only():
    in_orders = {action.id for action in bar_actions(Where.DESK, "orders")}
    in_chart = {action.id for action in bar_actions(Where.DESK, "chart")}
    assert "cancel_order" in in_orders - in_chart
    assert "help" in in_orders & in_chart


@pytest.mark.parametrize("where", SCREENS)
def test_resume_leads_the_key_bar_of_every_screen(where):
    assert bar_actions(where, "")[0].id == "resume"


@pytest.mark.parametrize("where", SCREENS)
def test_every_screen_has_the_keys_that_hands_know(where):
    keys = {key for action in actions_in(where) for key in action.keys}
    assert {"j", "k", "home", "G", "z", "ctrl+d", "ctrl+u"} - keys == set()


def test_every_screen_has_a_key_of_its_own():
    keys = [tab.key for tab in TABS]
    assert len(set(keys)) == len(keys)
    assert "f1" not in keys
