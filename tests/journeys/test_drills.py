"""The drills, performed: each in a home of its own, with an engine and an exchange of its own."""

import pytest

from tui_trader.cli.drill import NAMES

pytestmark = pytest.mark.journey


@pytest.mark.parametrize("name", NAMES)
def test_drill_is_survived_and_told(desk, name):
    done = desk.json("exchange", "drill", name)
    (drill,) = done["drills"]
    assert (drill["survived"], drill["truth"]["differences"]) == (True, [])
    assert drill["truth"]["orders"] >= 1
    assert drill["truth"]["fills"] >= {"fills-away": 120, "exchange-down": 0}.get(name, 1)
    assert {"you", "disaster", "engine"} == {step["who"] for step in drill["steps"]}
    moments = [step["after_ms"] for step in drill["steps"]]
    assert moments == sorted(moments)
    assert list(desk.home.iterdir()) == [], "the home of the user is not touched"
