from itertools import pairwise

import pytest

from tui_trader.actions import Tab, Where
from tui_trader.themes import palette_of
from tui_trader.widgets.drawing.mode_rows import mode_bar, tab_at, tab_places

NAMES = ("desk", "markets", "analysis", "backtest", "orders", "journal", "drill", "settings")
TABS = [Tab(name=n, key=f"f{i}", where=Where.DESK, says="") for i, n in enumerate(NAMES, 2)]
RIGHT = [("BTC/USD 64,130.4", None)]


def bar(shown: str, width: int) -> str:
    strip = mode_bar(TABS, shown, right=RIGHT, width=width, palette=palette_of("dark"))
    assert strip.cell_length == width
    return strip.text


def test_every_tab_and_the_price_are_there_where_there_is_room():
    text = bar("orders", 140)
    assert [name in text for name in NAMES] == [True] * len(NAMES)
    assert "[F6 orders]" in text
    assert text.endswith(RIGHT[0][0])


@pytest.mark.parametrize("shown", NAMES)
@pytest.mark.parametrize("width", [40, 80, 95, 120])
def test_shown_tab_and_its_neighbour_are_in_sight_and_the_rest_is_hinted_at(shown, width):
    text = bar(shown, width)
    assert f" {shown}]" in text
    assert ("«" in text) == (NAMES[0] not in text)
    assert ("»" in text) == (NAMES[-1] not in text)
    places = tab_places(TABS, shown, width=width)
    assert len(places) > 1
    assert all(first < second for (_, first), (_, second) in pairwise(places))


@pytest.mark.parametrize("shown", ["desk", "orders", "settings"])
def test_click_on_a_name_means_that_tab(shown):
    text = bar(shown, 80)
    for tab, _ in tab_places(TABS, shown, width=80):
        assert tab_at(TABS, shown, width=80, column=text.index(tab.name)) is tab
    assert tab_at(TABS, "desk", width=200, column=190) is None
