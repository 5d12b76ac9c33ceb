"""The key bar and the help overlay, both from the one table of actions."""

from collections.abc import Sequence

from textual.strip import Strip

from tui_trader.actions import ACTIONS, STOP, Action, Group, Where
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.lines import Piece, left_in, line, pieces_width, wrapped

_KEY_WIDTH = 7
_FIRST = frozenset({Group.SAFETY, Group.SCREENS})


def stop_hint(palette: Palette) -> list[Piece]:
    """The corner that is always there."""
    return [(f" {STOP.shown} {STOP.label} ", palette.halt)]


def key_bar(
    actions: Sequence[Action],
    notice: Piece | None,
    *,
    width: int,
    palette: Palette,
) -> Strip:
    """Hints that fit, whole ones only; a notice takes their place, STOP keeps its own."""
    right = stop_hint(palette)
    room = width - pieces_width(right) - 1
    pieces: list[Piece] = [(" ", None)]
    if notice is not None:
        return line(width, palette.bar, [*pieces, notice], right=right)
    for action in actions:
        hint: list[Piece] = [(action.shown, palette.strong), (f" {action.label}  ", palette.muted)]
        if pieces_width(pieces) + pieces_width(hint) > room:
            continue
        pieces += hint
    return line(width, palette.bar, pieces, right=right)


def help_lines(where: Where, *, width: int, palette: Palette) -> list[list[Piece]]:
    """Every action under its heading, with its sentence, as lines of pieces.

    Headings of `where` come before those of other screens, after safety and the screens themselves.
    """
    lines: list[list[Piece]] = []
    for group in sorted(Group, key=lambda group: _place(group, where)):
        if lines:
            lines.append([])
        lines.append([(group.value.upper(), palette.accent)])
        for action in ACTIONS:
            if action.group is not group or not action.shown:
                continue
            parts = wrapped(action.tooltip, width - _KEY_WIDTH - 2, lines_max=3)
            for index, part in enumerate(parts):
                key = left_in(action.shown if not index else "", _KEY_WIDTH)
                lines.append([("  ", None), (key, palette.strong), (part, None)])
    return lines


def _place(group: Group, where: Where) -> int:
    if group in _FIRST:
        return 0
    is_here = any(action.group is group and action.where is where for action in ACTIONS)
    return 1 if is_here else 2
