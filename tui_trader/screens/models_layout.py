"""Where each pane of the models screen stands, as a pure function of the size.

How to think about it: models on top, a line about training below them. Then one pane on a narrow terminal,
three on a middle one (pictures and lists take turns, by their tabs), all of them on a wide one.
"""

from dataclasses import dataclass

from textual.geometry import Region

from tui_trader.screens.frame import framed
from tui_trader.widgets.models_board import WIDE

_MIDDLE = 110
_HEADS = 2
_PICTURES = ("md-promises", "md-equity")
_TALL = 34
_ROWS_MIN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelsShape:
    """What the layout depends on.

    Args:
        models: Lines the list would like.
        lower: Pane below it where only one has room.
        zoomed: Pane that is shown alone, or "".
    """

    width: int
    height: int
    banner_lines: int = 0
    models: int = 1
    active: str = "md-list"
    lower: str = "md-promises"
    zoomed: str = ""


def models_regions(shape: ModelsShape) -> dict[str, Region]:
    """Region of every pane that is shown, by its name."""
    regions, body = framed(shape.width, shape.height, banner_lines=shape.banner_lines)
    if not body.area:
        return regions
    if shape.zoomed:
        return {**regions, shape.zoomed: body}
    share = 4 if shape.width < _MIDDLE else 3
    wanted = min(_HEADS + max(1, shape.models), max(_HEADS + 1, body.height // share))
    table, rest = body.split_horizontal(wanted)
    is_wide = shape.width >= WIDE
    head, rest = rest.split_horizontal(1 if is_wide else 2)
    regions |= {"md-list": table, "md-head": head}
    if shape.width < _MIDDLE:
        return {**regions, shape.lower: rest}
    return {**regions, **(_wide(rest, shape.active) if is_wide else _middle(rest, shape))}


def _middle(rest: Region, shape: ModelsShape) -> dict[str, Region]:
    left, right = _beside(rest, rest.width * 54 // 100)
    pictures = _first(_PICTURES, shape.active, 2 if rest.height >= _TALL else 1)
    lists = _first(("md-verdict", "md-folds", "md-weights", "md-drift"), shape.active, 2)
    return {**_stacked(left, pictures, shape.active), **_stacked(right, lists, shape.active)}


def _wide(rest: Region, active: str) -> dict[str, Region]:
    left, others = _beside(rest, rest.width * 44 // 100)
    middle, right = _beside(others, others.width // 2)
    return {
        **_stacked(left, _PICTURES, active),
        **_stacked(middle, ("md-folds", "md-weights"), active),
        **_stacked(right, ("md-verdict", "md-drift"), active),
    }


def _first(names: tuple[str, ...], active: str, count: int) -> tuple[str, ...]:
    """So many of them, the active one among them."""
    ranked = sorted(names, key=lambda name: name != active)[:count]
    return tuple(name for name in names if name in ranked)


def _beside(area: Region, width: int) -> tuple[Region, Region]:
    """Two columns with an empty one between them."""
    left, right = area.split_vertical(width)
    return left, Region(right.x + 1, right.y, right.width - 1, right.height)


def _stacked(area: Region, names: tuple[str, ...], active: str) -> dict[str, Region]:
    """One above the other, in equal shares; one of them alone where two would be too low."""
    if len(names) == 1 or area.height < 2 * _ROWS_MIN:
        return {_first(names, active, 1)[0]: area}
    upper, lower = area.split_horizontal(area.height // 2)
    return {names[0]: upper, names[1]: lower}
