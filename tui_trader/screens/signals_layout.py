"""Where each pane of the signals screen stands, as a pure function of the size.

How to think about it: the pairs are on top. Below them is one pane on a narrow terminal, two columns on
a middle one (the way of a decision above all decisions, beside what is behind the signal), three on a wide.
"""

from dataclasses import dataclass

from textual.geometry import Region

from tui_trader.screens.frame import framed

_WIDE, _MIDDLE = 170, 110
_HEADS = 2
_WHY_ROWS, _LIST_MIN = 15, 6
_SIDE_MIN = 12
_OF_PAIR = ("sg-reasons", "sg-record", "sg-drift")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalsShape:
    """What the layout depends on.

    Args:
        pairs: Lines the table of pairs would like.
        lower: Pane below the table where only one has room.
        zoomed: Pane that is shown alone, or "".
    """

    width: int
    height: int
    banner_lines: int = 0
    pairs: int = 1
    active: str = "sg-pairs"
    lower: str = "sg-why"
    zoomed: str = ""


def signals_regions(shape: SignalsShape) -> dict[str, Region]:
    """Region of every pane that is shown, by its name."""
    regions, body = framed(shape.width, shape.height, banner_lines=shape.banner_lines)
    if not body.area:
        return regions
    if shape.zoomed:
        return {**regions, shape.zoomed: body}
    wanted = _HEADS + max(1, shape.pairs)
    table, rest = body.split_horizontal(min(wanted, body.height // 3))
    regions["sg-pairs"] = table
    if shape.width >= _WIDE:
        return {**regions, **_wide(rest)}
    regions["sg-tabs"], rest = rest.split_horizontal(1)
    columns = _middle(rest, shape) if shape.width >= _MIDDLE else {shape.lower: rest}
    return {**regions, **columns}


def _middle(rest: Region, shape: SignalsShape) -> dict[str, Region]:
    left, right = _beside(rest, rest.width * 56 // 100)
    found = _stacked(left, ("sg-why", "sg-past"), first=min(_WHY_ROWS, rest.height * 62 // 100))
    count = 2 if right.height >= 2 * _SIDE_MIN else 1
    ranked = sorted(_OF_PAIR, key=lambda name: name != shape.active)[:count]
    names = tuple(name for name in _OF_PAIR if name in ranked)
    first = right.height if count == 1 else right.height // 2
    return {**found, **_stacked(right, names, first=first)}


def _wide(rest: Region) -> dict[str, Region]:
    left, others = _beside(rest, rest.width * 40 // 100)
    middle, right = _beside(others, others.width // 2)
    half = rest.height // 2
    return {
        **_stacked(left, ("sg-why", "sg-past"), first=min(_WHY_ROWS, half)),
        **_stacked(middle, ("sg-reasons", "sg-drift"), first=half),
        "sg-record": right,
    }


def _beside(area: Region, width: int) -> tuple[Region, Region]:
    """Two columns with an empty one between them."""
    left, right = area.split_vertical(width)
    return left, Region(right.x + 1, right.y, right.width - 1, right.height)


def _stacked(area: Region, names: tuple[str, ...], *, first: int) -> dict[str, Region]:
    """One above the other; the upper one has `first` lines unless the lower would be too short."""
    if len(names) == 1:
        return {names[0]: area}
    upper, lower = area.split_horizontal(min(first, area.height - _LIST_MIN))
    return {names[0]: upper, names[1]: lower}
