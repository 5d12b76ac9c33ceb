"""Prices that matter on a chart: own orders, stops, take profits, the entry; labelled, at their height.

Law: the label says what colour says too. A line that is out of sight is named at the edge it lies beyond;
none is left out without a word.
"""

from collections.abc import Sequence
from enum import Enum

import msgspec
from rich.style import Style

from tui_trader.themes import Palette
from tui_trader.widgets.drawing.grid import Grid
from tui_trader.widgets.drawing.lines import clipped
from tui_trader.widgets.drawing.scale import Scale

_JOINT = " · "
_LEFT = 1
_RUN_MIN = 4
"""Cells of the line that stay to be seen beside its label."""


class LineKind(Enum):
    """What stands at a price."""

    ORDER = "order"
    STOP = "stop"
    TAKE = "take"
    ENTRY = "entry"
    MOVING = "moving"


class PriceLine(msgspec.Struct, frozen=True, kw_only=True):
    """One price with its name."""

    price: float
    label: str
    kind: LineKind


_GLYPHS = {
    LineKind.ORDER: "╌",
    LineKind.STOP: "═",
    LineKind.TAKE: "═",
    LineKind.ENTRY: "─",
    LineKind.MOVING: "━",
}


def line_style(kind: LineKind, palette: Palette) -> Style:
    """Colour of what stands there."""
    return {
        LineKind.ORDER: palette.own,
        LineKind.STOP: palette.down,
        LineKind.TAKE: palette.up,
        LineKind.ENTRY: palette.accent,
        LineKind.MOVING: palette.warn,
    }[kind]


def rule_price_lines(
    grid: Grid, lines: Sequence[PriceLine], *, scale: Scale, edge: int, palette: Palette
) -> None:
    """The lines themselves, behind everything; `edge` is the first column that is not theirs."""
    for line in lines:
        row = scale.row(line.price)
        if 0 <= row < scale.rows:
            style = palette.base + line_style(line.kind, palette)
            for x in range(edge):
                grid.put_behind(x, row, (_GLYPHS[line.kind], style))


def label_price_lines(
    grid: Grid,
    lines: Sequence[PriceLine],
    *,
    scale: Scale,
    axis: int,
    decimals: int,
    palette: Palette,
) -> None:
    """What each is, on the left, and its price on the axis; those out of sight at the edges."""
    rows: dict[int, list[PriceLine]] = {}
    above, below = [], []
    for line in lines:
        row = scale.row(line.price)
        if row < 0:
            above.append(line)
        elif row >= scale.rows:
            below.append(line)
        else:
            rows.setdefault(row, []).append(line)
    room = grid.width - axis - 1 - _LEFT - _RUN_MIN
    for row, found in rows.items():
        # What is being moved is what is looked at.
        found.sort(key=lambda line: line.kind is not LineKind.MOVING)
        style = palette.base + line_style(found[0].kind, palette)
        _write(grid, row, _joined([line.label for line in found], room), style=style)
        text = f"{found[0].price:,.{decimals}f}".rjust(axis - 1)
        grid.text(grid.width - axis, row, (text, style))
    for row, found, arrow in ((0, above, "▴"), (scale.rows - 1, below, "▾")):
        if found and row not in rows:
            found.sort(key=lambda line: abs(line.price - scale.price_at(row * 2)))
            names = [f"{line.label} {line.price:,.{decimals}f}" for line in found]
            if len(names[0]) > room - 2:
                # A price that is cut reads as another one.
                names = [line.label for line in found]
            style = palette.base + line_style(found[0].kind, palette)
            _write(grid, row, f"{arrow} {_joined(names, room - 2)}", style=style)


def label_moving_price(
    grid: Grid,
    lines: Sequence[PriceLine],
    *,
    scale: Scale,
    axis: int,
    decimals: int,
    palette: Palette,
) -> None:
    """The price of what is being moved, even where the newest price stands: it is what Enter sends."""
    for line in lines:
        row = scale.row(line.price)
        if line.kind is LineKind.MOVING and 0 <= row < scale.rows:
            text = f" {line.price:,.{decimals}f}".rjust(axis) + " "
            style = palette.base + line_style(line.kind, palette)
            grid.text(grid.width - axis - 1, row, (text, style))


def _joined(names: Sequence[str], room: int) -> str:
    """As many as there is room for; the others as a number."""
    for count in range(len(names), 0, -1):
        rest = len(names) - count
        text = _JOINT.join(names[:count]) + (f" +{rest}" if rest else "")
        if len(text) <= room:
            return text
    return clipped(names[0], room)


def _write(grid: Grid, row: int, text: str, *, style: Style) -> None:
    grid.text(_LEFT, row, (f" {text} ", style))
