"""Where each pane of the analysis screen stands, as a pure function of the size.

How to think about it: the chart is at the left, lists are in a column at the right. Timeframes and
readings are always there; of the others as many as the height has room for, the active one first.
"""

from dataclasses import dataclass

from textual.geometry import Region

from tui_trader.screens.frame import framed

_WIDE, _MIDDLE = 160, 110
_SIDE_WIDE, _SIDE_MIDDLE, _SIDE_NARROW = 66, 42, 30
_TIMES_ROWS, _TOTALS_ROWS = 3, 8
_LIST_ROWS_MIN = 6
_READINGS_PERCENT = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisShape:
    """What the layout depends on: `lists` are panes that take turns, `zoomed` stands alone."""

    width: int
    height: int
    banner_lines: int = 0
    active: str = "an-chart"
    zoomed: str = ""
    lists: tuple[str, ...] = ("an-patterns", "an-levels", "an-mood")


def analysis_regions(shape: AnalysisShape) -> dict[str, Region]:
    """Region of every pane that is shown, by its name."""
    regions, body = framed(shape.width, shape.height, banner_lines=shape.banner_lines)
    if not body.area:
        return regions
    if shape.zoomed:
        return {**regions, shape.zoomed: body}
    side_width = _side_width(shape.width)
    chart, side = body.split_vertical(body.width - side_width)
    side = Region(side.x + 1, side.y, side.width - 1, side.height)
    times, rest = side.split_horizontal(_TIMES_ROWS)
    regions |= {"an-chart": chart, "an-times": times}
    fitting = max(0, (rest.height - _TOTALS_ROWS) // _LIST_ROWS_MIN)
    chosen = _chosen(shape, fitting)
    if not chosen or (len(chosen) == 1 and rest.height < _TOTALS_ROWS + _LIST_ROWS_MIN):
        name = shape.active if shape.active in shape.lists else "an-readings"
        return {**regions, name: rest}
    # Where there is room the single readings are worth more of it than a longer list of patterns.
    share = rest.height * _READINGS_PERCENT // 100
    readings_rows = max(_TOTALS_ROWS, share) if shape.width >= _WIDE else _TOTALS_ROWS
    if shape.active == "an-readings" and shape.width < _WIDE:
        readings_rows = max(readings_rows, rest.height - _LIST_ROWS_MIN * len(chosen))
    readings, rest = rest.split_horizontal(readings_rows)
    regions["an-readings"] = readings
    for place, name in enumerate(chosen):
        region, rest = rest.split_horizontal(rest.height // (len(chosen) - place))
        regions[name] = region
    return regions


def _side_width(width: int) -> int:
    if width >= _WIDE:
        return _SIDE_WIDE
    return _SIDE_MIDDLE if width >= _MIDDLE else _SIDE_NARROW


def _chosen(shape: AnalysisShape, count: int) -> tuple[str, ...]:
    """So many of the lists, the active one among them, in their own order."""
    ranked = sorted(shape.lists, key=lambda name: name != shape.active)[:count]
    return tuple(name for name in shape.lists if name in ranked)
