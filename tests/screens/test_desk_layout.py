from itertools import combinations

import pytest

from tui_trader.screens.desk_layout import DeskShape, desk_regions
from tui_trader.widgets.drawing.chart_rows import ROWS_MIN

SIZES = [
    (80, 23),
    (80, 24),
    (81, 25),
    (99, 30),
    (100, 30),
    (120, 36),
    (159, 50),
    (160, 50),
    (200, 60),
]


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("has_ticket", [False, True])
@pytest.mark.parametrize("banner_lines", [0, 2, 9])
@pytest.mark.parametrize("counts", [(0, 0), (3, 9), (40, 40)])
def test_panes_cover_no_other_and_nothing_outside(width, height, has_ticket, banner_lines, counts):
    shape = DeskShape(
        width=width,
        height=height,
        banner_lines=banner_lines,
        has_ticket=has_ticket,
        position_count=counts[0],
        order_count=counts[1],
    )
    regions = desk_regions(shape)
    for name, region in regions.items():
        assert region.width > 0, name
        assert region.height > 0, name
        assert region.right <= width, name
        assert region.bottom <= height, name
    overlapping = [
        (one, other)
        for one, other in combinations(regions, 2)
        if regions[one].intersection(regions[other]).area
    ]
    assert overlapping == []
    assert {"status", "keys", "watch", "book", "orders", "log"} <= regions.keys()
    assert ("ticket" in regions) == has_ticket


@pytest.mark.parametrize("height", [23, 24, 25])
@pytest.mark.parametrize("counts", [(0, 0), (2, 3), (9, 9)])
def test_banner_of_two_lines_leaves_a_low_chart_room_to_be_drawn(height, counts):
    shape = DeskShape(
        width=80, height=height, banner_lines=2, position_count=counts[0], order_count=counts[1]
    )
    # A title, and the least a chart is drawn in.
    assert desk_regions(shape)["chart"].height >= 1 + ROWS_MIN


@pytest.mark.parametrize(("width", "height"), [(79, 24), (80, 22), (1, 1)])
def test_below_80x23_there_is_one_thing_only(width, height):
    assert desk_regions(DeskShape(width=width, height=height)).keys() == {"too-small"}


def test_zoomed_pane_has_the_whole_body():
    regions = desk_regions(DeskShape(width=120, height=36, zoomed="log", banner_lines=1))
    assert regions.keys() == {"status", "modes", "banner", "keys", "log"}
    assert regions["log"].height == 32


def test_ticket_is_never_hidden_by_a_zoom():
    regions = desk_regions(DeskShape(width=120, height=36, zoomed="log", has_ticket=True))
    assert regions["ticket"].height >= 13


@pytest.mark.parametrize(
    ("size", "lines"), [((80, 24), 3), ((120, 36), 9), ((160, 50), 9), ((200, 60), 9)]
)
def test_limits_stand_below_the_book_and_leave_it_enough(size, lines):
    regions = desk_regions(DeskShape(width=size[0], height=size[1]))
    assert regions["risk-strip"].height == lines
    assert regions["risk-strip"].y == regions["book"].bottom
    assert regions["book"].height >= 7


def test_limits_give_way_to_the_book_where_a_banner_is_high():
    regions = desk_regions(DeskShape(width=80, height=23, banner_lines=9, pair_count=5))
    assert "risk-strip" not in regions
    assert regions["book"].height > 3
