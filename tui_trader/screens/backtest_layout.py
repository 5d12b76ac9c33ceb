"""Where each pane of the backtest screen stands, as a pure function of the size.

How to think about it: a head that says what runs or came of it is always there. Below 110 columns one pane
stands alone under it; from there on the form with the kept runs, or the metrics, are at the left, and from
160 columns on the metrics have a column of their own.
"""

from dataclasses import dataclass

from textual.geometry import Region

from tui_trader.screens.frame import framed

_WIDE, _MIDDLE = 160, 110
_HEAD_ROWS = 4
_SIDE_MIDDLE, _SIDE_WIDE, _METRICS_WIDE = 52, 52, 58
_FORM_ROWS, _RUNS_ROWS_MIN = 18, 5
_TALL_FROM = 24
_MONTH_ROWS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestShape:
    """What the layout depends on; `zoomed` stands alone, `years` is how many have months."""

    width: int
    height: int
    banner_lines: int = 0
    active: str = "bt-form"
    zoomed: str = ""
    years: int = 0


def backtest_regions(shape: BacktestShape) -> dict[str, Region]:
    """Region of every pane that is shown, by its name."""
    regions, body = framed(shape.width, shape.height, banner_lines=shape.banner_lines)
    if not body.area:
        return regions
    head, rest = body.split_horizontal(_HEAD_ROWS)
    regions["bt-head"] = head
    if shape.zoomed:
        return {**regions, shape.zoomed: rest}
    if shape.width < _MIDDLE:
        return {**regions, shape.active: rest}
    if shape.width < _WIDE:
        return {**regions, **_two_columns(shape, rest)}
    return {**regions, **_three_columns(shape, rest)}


def _two_columns(shape: BacktestShape, area: Region) -> dict[str, Region]:
    left, right = _beside(area, _SIDE_MIDDLE)
    regions: dict[str, Region] = {}
    if shape.active == "bt-metrics":
        regions["bt-metrics"] = left
    else:
        regions |= _form_and_runs(left)
    lower = "bt-months" if shape.active == "bt-months" else "bt-trades"
    if area.height < _TALL_FROM:
        chart = shape.active if shape.active in {"bt-chart", lower} else "bt-equity"
        return {**regions, chart: right}
    equity, below = right.split_horizontal(right.height * 2 // 5)
    chart_area, list_area = below.split_horizontal(below.height // 2)
    return {**regions, "bt-equity": equity, "bt-chart": chart_area, lower: list_area}


def _three_columns(shape: BacktestShape, area: Region) -> dict[str, Region]:
    left, rest = _beside(area, _SIDE_WIDE)
    middle, right = rest.split_vertical(rest.width - _METRICS_WIDE - 1)
    right = Region(right.x + 1, right.y, right.width - 1, right.height)
    regions = {**_form_and_runs(left), "bt-metrics": right}
    months_rows = min(_MONTH_ROWS, middle.height // 5, 2 + max(1, shape.years))
    upper, months = middle.split_horizontal(middle.height - months_rows)
    equity, below = upper.split_horizontal(upper.height // 3)
    chart, trades = below.split_horizontal(below.height * 3 // 5)
    return {
        **regions,
        "bt-equity": equity,
        "bt-chart": chart,
        "bt-trades": trades,
        "bt-months": months,
    }


def _form_and_runs(area: Region) -> dict[str, Region]:
    rows = min(_FORM_ROWS, area.height - _RUNS_ROWS_MIN)
    form, runs = area.split_horizontal(rows)
    return {"bt-form": form, "bt-runs": runs}


def _beside(area: Region, width: int) -> tuple[Region, Region]:
    """A column of that width, and what is left beside an empty one."""
    left, right = area.split_vertical(width)
    return left, Region(right.x + 1, right.y, right.width - 1, right.height)
