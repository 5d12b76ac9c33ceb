"""Where panes of signals and models stand: nothing overlaps, and the active one is always in sight."""

from itertools import combinations

import pytest

from tui_trader.screens.models_layout import ModelsShape, models_regions
from tui_trader.screens.signals_layout import SignalsShape, signals_regions
from tui_trader.widgets.models_board import PANES_IN_ORDER as MODEL_PANES
from tui_trader.widgets.signals_board import PANES_IN_ORDER as SIGNAL_PANES

SIZES = [(80, 23), (80, 24), (109, 30), (110, 24), (120, 36), (169, 45), (170, 24), (200, 60)]
FIRST = {"sg-pairs": "sg-why", "md-list": "md-promises"}


def signals(size, active, **more):
    lower = FIRST.get(active, active)
    return signals_regions(
        SignalsShape(width=size[0], height=size[1], active=active, lower=lower, pairs=5, **more)
    )


def models(size, active, **more):
    lower = FIRST.get(active, active)
    return models_regions(
        ModelsShape(width=size[0], height=size[1], active=active, lower=lower, models=9, **more)
    )


CASES = [
    *((signals, name) for name, _ in SIGNAL_PANES),
    *((models, name) for name, _ in MODEL_PANES),
]


@pytest.mark.parametrize("banner", [0, 3])
@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize(("regions_of", "active"), CASES)
def test_active_pane_is_in_sight_and_nothing_overlaps(regions_of, active, size, banner):
    regions = regions_of(size, active, banner_lines=banner)
    assert regions[active].height >= 3
    for one, other in combinations(regions.values(), 2):
        assert not one.intersection(other).area
    for region in regions.values():
        assert region.area
        assert region.right <= size[0]
        assert region.bottom <= size[1]


@pytest.mark.parametrize(("regions_of", "active"), CASES)
def test_pane_that_stands_alone_has_all_of_the_room(regions_of, active):
    regions = regions_of((120, 36), active, zoomed=active)
    assert regions[active].size == (120, 33)


@pytest.mark.parametrize("regions_of", [signals, models])
def test_on_a_wide_terminal_every_pane_is_there(regions_of):
    panes = SIGNAL_PANES if regions_of is signals else MODEL_PANES
    assert {name for name, _ in panes} <= set(regions_of((200, 60), panes[0][0]))


@pytest.mark.parametrize("regions_of", [signals, models])
def test_too_small_a_terminal_has_no_pane(regions_of):
    assert set(regions_of((79, 24), "sg-why")) == {"too-small"}
