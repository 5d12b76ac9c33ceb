"""What differs between two frames of the whole screen, as bytes for the terminal.

Textual re-sends every dirty span, changed or not. This keeps the cells that are on the screen and
sends the runs that differ: on a live desk that is some ten times less, and a dialog above live panes
costs nothing extra.

Law: the model is of the terminal, not of a screen: one `FrameDiff` for an app, forgotten whenever
somebody else may have painted (resize, resume, repaint).
"""

from collections.abc import Iterable

from rich.cells import cell_len
from rich.color import Color, ColorSystem
from rich.style import Style
from textual.strip import Strip

Pen = tuple[str, str, str]
"""SGR parameters of attributes, foreground and background; `""` is the terminal's own."""
Cell = tuple[str, Pen]
"""Character and pen; the right half of a wide character is `""`."""
PLAIN: Pen = ("", "", "")
MERGED_GAP = 8
"""Unchanged cells between two changes that are cheaper to repeat than to jump over."""
_PENS_KNOWN_MAX = 4_096


class FrameDiff:
    """Cells as the terminal shows them."""

    def __init__(self) -> None:
        self._rows: dict[int, dict[int, Cell]] = {}
        self._strips: dict[int, dict[int, Strip]] = {}
        self._pens: dict[Style, Pen] = {}

    def forget(self) -> None:
        """Nothing is known about the terminal any more: the next frame is sent whole."""
        self._rows.clear()
        self._strips.clear()

    def render(self, pieces: Iterable[tuple[int, int, Strip]], colours: ColorSystem) -> str:
        """Sequences that bring the terminal to show `pieces` (row, column, strip)."""
        sequences: list[str] = []
        pen = PLAIN
        for y, x, strip in pieces:
            if self._is_shown(y, x, strip):
                continue
            pen = self._render_cells(sequences, self._cells(strip, colours), at=(y, x), pen=pen)
        if pen != PLAIN:
            sequences.append("\x1b[0m")
        return "".join(sequences)

    def _is_shown(self, y: int, x: int, strip: Strip) -> bool:
        """Whether this very strip stands there already; remembers it, and forgets what it covers."""
        row = self._strips.setdefault(y, {})
        if row.get(x) is strip:
            return True
        end = x + strip.cell_length
        covered = [
            start for start, known in row.items() if start < end and x < start + known.cell_length
        ]
        for start in covered:
            del row[start]
        row[x] = strip
        return False

    def _cells(self, strip: Strip, colours: ColorSystem) -> list[Cell]:
        cells: list[Cell] = []
        for text, style, control in strip:
            if control:
                continue
            pen = self._pen_of(style, colours)
            if text.isascii():
                cells.extend([(char, pen) for char in text])
                continue
            for char in text:
                width = cell_len(char)
                if width:
                    cells.append((char, pen))
                    cells.extend([("", pen)] * (width - 1))
                elif cells:
                    cells[-1] = (cells[-1][0] + char, pen)
        return cells

    def _pen_of(self, style: Style | None, colours: ColorSystem) -> Pen:
        if style is None:
            return PLAIN
        known = self._pens.get(style)
        if known is None:
            if len(self._pens) >= _PENS_KNOWN_MAX:
                self._pens.clear()
            known = self._pens[style] = _pen(style, colours)
        return known

    def _render_cells(
        self, sequences: list[str], cells: list[Cell], *, at: tuple[int, int], pen: Pen
    ) -> Pen:
        """Append the runs that differ; returns the pen the terminal is left with."""
        y, x = at
        row = self._rows.setdefault(y, {})
        for start, end in _changed_runs(row, cells, x):
            sequences.append(f"\x1b[{y + 1};{x + start + 1}H")
            for index in range(start, end):
                char, wanted = cell = cells[index]
                if wanted != pen:
                    sequences.append(_change_of_pen(pen, wanted))
                    pen = wanted
                sequences.append(char)
                row[x + index] = cell
        return pen


def _pen(style: Style, colours: ColorSystem) -> Pen:
    foreground = _colour_codes(style.color, colours, is_foreground=True)
    background = _colour_codes(style.bgcolor, colours, is_foreground=False)
    without_colours = style.without_color
    attributes = Strip.render_ansi(without_colours, colours) if without_colours else ""
    return attributes, foreground, background


def _colour_codes(colour: Color | None, colours: ColorSystem, *, is_foreground: bool) -> str:
    if colour is None:
        return ""
    return ";".join(colour.downgrade(colours).get_ansi_codes(foreground=is_foreground))


def _change_of_pen(old: Pen, new: Pen) -> str:
    """The shortest way from one pen to another: a colour alone is a third of a whole style."""
    is_taken_away = any(part and not wanted for part, wanted in zip(old, new, strict=True))
    if is_taken_away or old[0] != new[0]:
        return f"\x1b[{';'.join(['0', *(part for part in new if part)])}m"
    return f"\x1b[{';'.join(part for part, had in zip(new, old, strict=True) if part != had)}m"


def _changed_runs(row: dict[int, Cell], cells: list[Cell], x: int) -> list[tuple[int, int]]:
    """Runs of `cells` that differ from `row`, those with a small gap between them joined."""
    runs: list[tuple[int, int]] = []
    for index, cell in enumerate(cells):
        if row.get(x + index) == cell:
            continue
        # The right half of a wide character cannot be written without its left half.
        start = index - 1 if not cell[0] and index else index
        if runs and start - runs[-1][1] < MERGED_GAP:
            runs[-1] = (runs[-1][0], index + 1)
        else:
            runs.append((start, index + 1))
    return [(start, _whole(cells, end)) for start, end in runs]


def _whole(cells: list[Cell], end: int) -> int:
    while end < len(cells) and not cells[end][0]:
        end += 1
    return end
