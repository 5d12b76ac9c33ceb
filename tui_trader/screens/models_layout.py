"""Where each pane of the models screen stands, as a pure function of the size.

How to think about it: models on top, a line about training below them. Then one pane with tabs on a narrow
terminal, four on a middle one (the lists take turns), all of them on a wide one.
"""

from dataclasses import dataclass

from textual.geometry import Region

from tui_trader.screens.frame import framed

_WIDE, _MIDDLE = 170, 110
_HEADS = 2
_PICTURES = ("md-promises", "md-equity")
_TALL = 22
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
    is_narrow = shape.width < _MIDDLE
    head, rest = rest.split_horizontal(2 if is_narrow else 1)
    regions |= {"md-list": table, "md-head": head}
    if is_narrow:
        return {**regions, shape.lower: rest}
    columns = _wide(rest) if shape.width >= _WIDE else _middle(rest, shape)
    return {**regions, **columns}


def _middle(rest: Region, shape: ModelsShape) -> dict[str, Region]:
    left, right = _beside(rest, rest.width * 54 // 100)
    pictures = _first(_PICTURES, shape.active, 2 if rest.height >= _TALL else 1)
    lists = _first(("md-verdict", "md-folds", "md-weights", "md-drift"), shape.active, 2)
    return {**_stacked(left, pictures), **_stacked(right, lists)}


def _wide(rest: Region) -> dict[str, Region]:
    left, others = _beside(rest, rest.width * 44 // 100)
    middle, right = _beside(others, others.width // 2)
    return {
        **_stacked(left, _PICTURES),
        **_stacked(middle, ("md-folds", "md-weights")),
        **_stacked(right, ("md-verdict", "md-drift")),
    }


def _first(names: tuple[str, ...], active: str, count: int) -> tuple[str, ...]:
    """So many of them, the active one among them."""
    ranked = sorted(names, key=lambda name: name != active)[:count]
    return tuple(name for name in names if name in ranked)


def _beside(area: Region, width: int) -> tuple[Region, Region]:
    """Two columns with an empty one between them."""
    left, right = area.split_vertical(width)
    return left, Region(right.x + 1, right.y, right.width - 1, right.height)


def _stacked(area: Region, names: tuple[str, ...]) -> dict[str, Region]:
    """One above the other, in equal shares."""
    if len(names) == 1 or area.height < 2 * _ROWS_MIN:
        return {names[0]: area}
    upper, lower = area.split_horizontal(area.height // 2)
    return {names[0]: upper, names[1]: lower}
