"""The key bar and the help overlay, both from the one table of actions."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.strip import Strip

from tui_trader.actions import STOP, Action, Group, Where
from tui_trader.actions.key_table import KeyTable
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.lines import Piece, left_in, line, pieces_width, wrapped

_KEY_WIDTH = 7


def stop_hint(palette: Palette) -> list[Piece]:
    """The corner that is always there."""
    return [(f" {STOP.shown} {STOP.label} ", palette.halt)]


def key_bar(
    actions: Sequence[Action],
    notice: Piece | None,
    *,
    width: int,
    palette: Palette,
    asleep: frozenset[str] = frozenset(),
) -> Strip:
    """Hints that fit, whole ones only; a notice takes their place, STOP keeps its own.

    Args:
        actions: Offered, in this order.
        notice: Said instead of them; `None` for nothing.
        width: Cells.
        palette: Colours.
        asleep: Ids of those whose keys do nothing now: in brackets.
    """
    right = stop_hint(palette)
    if notice is not None:
        return line(width, palette.bar, [(" ", None), notice], right=right)
    pieces: list[Piece] = [(" ", None)]
    for hint in hints(actions, width=width, asleep=asleep):
        key_ink = palette.muted if hint.action.id in asleep else palette.strong
        shown, label = hint.words
        pieces += [(shown, key_ink), (label, palette.muted)]
    return line(width, palette.bar, pieces, right=right)


@dataclass(frozen=True, slots=True)
class Hint:
    """One hint of the key bar, and its first column."""

    action: Action
    start: int
    words: tuple[str, str]

    @property
    def width(self) -> int:
        """Cells, the gap after it not among them."""
        return pieces_width([(word, None) for word in self.words]) - len(_GAP)


_GAP = "  "


def hints(
    actions: Sequence[Action], *, width: int, asleep: frozenset[str] = frozenset()
) -> list[Hint]:
    """Those that fit, each at its place."""
    room = width - pieces_width([(f" {STOP.shown} {STOP.label} ", None)]) - 1
    placed: list[Hint] = []
    start = 1
    for action in actions:
        is_asleep = action.id in asleep
        shown, label = (f"({action.shown}", ")") if is_asleep else (action.shown, "")
        words = (shown, f" {action.label}{label}{_GAP}")
        size = pieces_width([(word, None) for word in words])
        if start + size <= room:
            placed.append(Hint(action, start, words))
            start += size
    return placed


def hint_at(
    actions: Sequence[Action], *, width: int, column: int, asleep: frozenset[str] = frozenset()
) -> Action | None:
    """The action whose hint is drawn in that column; STOP has the corner."""
    if column >= width - pieces_width([(f" {STOP.shown} {STOP.label} ", None)]):
        return STOP
    for hint in hints(actions, width=width, asleep=asleep):
        if hint.start <= column < hint.start + hint.width:
            return hint.action
    return None


def help_lines(
    where: Where, *, width: int, palette: Palette, keys: KeyTable | None = None, search: str = ""
) -> list[list[Piece]]:
    """Every action under its heading, with its sentence, as lines of pieces.

    Safety comes first, then the headings of `where`, then the screens themselves, then other screens.

    Args:
        where: The screen that is shown.
        width: Cells.
        palette: Colours.
        keys: The table as the person has it.
        search: Only actions that say this; empty for all.
    """
    lines: list[list[Piece]] = []
    actions = [
        action
        for action in (keys or KeyTable()).actions
        if action.shown and search.lower() in f"{action.shown} {action.tooltip}".lower()
    ]
    for group in sorted(Group, key=lambda group: _place(group, where)):
        of_group = [action for action in actions if action.group is group]
        if not of_group:
            continue
        if lines:
            lines.append([])
        lines.append([(group.value.upper(), palette.accent)])
        for action in of_group:
            parts = wrapped(action.tooltip, width - _KEY_WIDTH - 2, lines_max=3)
            for index, part in enumerate(parts):
                key = left_in(action.shown if not index else "", _KEY_WIDTH)
                lines.append([("  ", None), (key, palette.strong), (part, None)])
    return lines


def _place(group: Group, where: Where) -> int:
    is_here = any(action.group is group and action.where is where for action in KeyTable().actions)
    if group is Group.SAFETY:
        return 0
    if is_here:
        return 1
    return 2 if group is Group.SCREENS else 3
