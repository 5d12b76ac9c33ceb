"""Where each pane of the strategies screen stands, as a pure function of the size.

How to think about it: who runs is always on top. Below it stands the marked one with its decisions, or the
form with its terms; from 160 columns on decisions have a column of their own.
"""

from dataclasses import dataclass

from textual.geometry import Region

from tui_trader.screens.frame import framed

_WIDE, _MIDDLE = 160, 110
_DETAIL_ROWS = 6
_RUNNING_MIN = 4
_FORM_ROWS = 13


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategiesShape:
    """What the layout depends on; `running` strategies want a line each."""

    width: int
    height: int
    banner_lines: int = 0
    running: int = 0
    is_starting: bool = False


def strategies_regions(shape: StrategiesShape) -> dict[str, Region]:
    """Region of every pane that is shown, by its name."""
    regions, body = framed(shape.width, shape.height, banner_lines=shape.banner_lines)
    if not body.area:
        return regions
    if not shape.running and not shape.is_starting:
        return {**regions, "st-running": body}
    top = min(max(_RUNNING_MIN, 2 + shape.running), body.height // 2)
    if shape.is_starting:
        return {**regions, **_starting(shape, body, top)}
    if shape.width >= _WIDE:
        left, right = body.split_vertical(body.width // 2)
        upper, lower = left.split_horizontal(top)
        right = Region(right.x + 1, right.y, right.width - 1, right.height)
        return {**regions, "st-running": upper, "st-detail": lower, "st-decisions": right}
    upper, lower = body.split_horizontal(top)
    detail, decisions = lower.split_horizontal(min(_DETAIL_ROWS, lower.height // 2))
    return {**regions, "st-running": upper, "st-detail": detail, "st-decisions": decisions}


def _starting(shape: StrategiesShape, body: Region, top: int) -> dict[str, Region]:
    """The form needs its lines; who runs already gives way on a low terminal."""
    regions: dict[str, Region] = {}
    area = body
    if shape.width >= _MIDDLE:
        regions["st-running"], area = body.split_horizontal(top)
        form, terms = area.split_vertical(area.width // 2)
        terms = Region(terms.x + 1, terms.y, terms.width - 1, terms.height)
        return {**regions, "st-form": form, "st-terms": terms}
    rows = min(_FORM_ROWS, area.height // 2 + 1)
    regions["st-form"], regions["st-terms"] = area.split_horizontal(rows)
    return regions
