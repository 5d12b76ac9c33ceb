"""What differs between two frames of the whole screen, as bytes for the terminal.

Textual re-sends every dirty span, changed or not. This keeps the cells that are on the screen and
sends those that differ: on a live desk that is some ten times less, and a dialog above live panes
costs nothing extra. They are sent pen by pen, not line by line: on a chart a change of colours costs
three times what a move of the cursor does.

Law: the model is of the terminal, not of a screen: one `FrameDiff` for an app, forgotten whenever
somebody else may have painted (resize, resume, repaint).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rich.cells import cell_len
from rich.color import Color, ColorSystem
from rich.style import Style
from textual.strip import Strip

Pen = tuple[str, str, str]
"""SGR parameters of attributes, foreground and background; `""` is the terminal's own."""
Cell = tuple[str, Pen]
"""Character and pen; the right half of a wide character is `""`."""
PLAIN: Pen = ("", "", "")
MERGED_GAP = 3
"""Unchanged cells between two changes that are no dearer to repeat than to jump over."""
_PENS_KNOWN_MAX = 4_096
_ROWS_STEPPED = 3
"""Farther than that a step down is hardly shorter than an address."""
_SHOWS_ON_A_BLANK = frozenset({"4", "5", "6", "7", "9", "21", "51", "52", "53"})
"""Attributes that a blank has too: lines, blinking and reverse; bold or italic blanks look the same."""


@dataclass(slots=True)
class _Run:
    """Cells side by side that go out with one pen."""

    y: int
    x: int
    end: int
    pen: Pen
    text: str


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
        changed: dict[int, set[int]] = {}
        for y, x, strip in pieces:
            if not self._is_shown(y, x, strip):
                self._take(self._cells(strip, colours), at=(y, x), changed=changed)
        runs = [
            run
            for y, columns in changed.items()
            for run in _runs(self._rows[y], sorted(columns), y)
        ]
        return _sequences(runs, self._rows)

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
            if text.isascii() and " " not in text:
                cells.extend([(char, pen) for char in text])
                continue
            blank = _blank(pen)
            for char in text:
                width = 1 if char.isascii() else cell_len(char)
                if width:
                    cells.append(blank if char == " " else (char, pen))
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

    def _take(
        self, cells: list[Cell], *, at: tuple[int, int], changed: dict[int, set[int]]
    ) -> None:
        """Into the model; the columns that differ are added to `changed`."""
        y, x = at
        row = self._rows.setdefault(y, {})
        different = [i for i, cell in enumerate(cells, x) if row.get(i) != cell]
        if not different:
            return
        columns = changed.setdefault(y, set())
        for column in different:
            cell = row[column] = cells[column - x]
            columns.add(column)
            # The right half of a wide character cannot be written without its left half.
            if not cell[0] and column > x:
                columns.add(column - 1)
        # Nor is the right half left as it was when the left one is another.
        columns.update(
            c + 1 for c in different if c + 1 - x < len(cells) and not cells[c + 1 - x][0]
        )


def _runs(row: dict[int, Cell], columns: list[int], y: int) -> Iterator[_Run]:
    """The changed cells of a row, those of one pen side by side together, short gaps filled."""
    run: _Run | None = None
    for column in columns:
        if run is not None and _joins(run, row, column):
            continue
        if run is not None:
            yield run
        char, pen = row[column]
        run = _Run(y, column, column + 1, pen, char)
    if run is not None:
        yield run


def _joins(run: _Run, row: dict[int, Cell], column: int) -> bool:
    """Grow `run` up to `column`, if all on the way there can go out with its pen."""
    if column - run.end > MERGED_GAP:
        return False
    pen, text = run.pen, run.text
    for each in range(run.end, column + 1):
        cell = row.get(each)
        fitting = None if cell is None else _fitting(pen, cell, is_blank=not text.strip(" "))
        if cell is None or fitting is None:
            return False
        pen, text = fitting, text + cell[0]
    run.end, run.pen, run.text = column + 1, pen, text
    return True


def _fitting(pen: Pen, cell: Cell, *, is_blank: bool) -> Pen | None:
    """The pen with which both can go out: blanks take any that has their background."""
    char, wanted = cell
    if wanted == pen:
        return pen
    if wanted[2] != pen[2]:
        return None
    if char == " " and wanted == _blank(pen)[1]:
        return pen
    if is_blank and pen == _blank(wanted)[1]:
        return wanted
    return None


def _blank(pen: Pen) -> Cell:
    """A blank as it looks: its ink does not matter, unless an attribute is seen on it."""
    if _SHOWS_ON_A_BLANK.isdisjoint(pen[0].split(";")):
        return " ", ("", "", pen[2])
    return " ", pen


def _sequences(runs: list[_Run], rows: dict[int, dict[int, Cell]]) -> str:
    sequences: list[str] = []
    pen, y, x = PLAIN, -1, -1
    # Attributes first, then backgrounds: what differs between neighbours is mostly one colour.
    for run in sorted(runs, key=lambda run: (run.pen[0], run.pen[2], run.pen[1])):
        if (run.y, run.x) != (y, x):
            sequences.append(_move(run, y, x))
        if run.pen != pen:
            sequences.append(_change_of_pen(pen, run.pen))
            pen = run.pen
        sequences.append(run.text)
        # At the right edge terminals disagree on where the cursor is.
        y, x = run.y, run.end if run.end in rows[run.y] else -1
    if pen != PLAIN:
        sequences.append("\x1b[0m")
    return "".join(sequences)


def _move(run: _Run, y: int, x: int) -> str:
    """The shortest way from row `y` and column `x` (-1: nobody knows) to where the run begins."""
    down, right = run.y - y, run.x - x
    ways = [f"\x1b[{run.y + 1};{run.x + 1}H"]
    if not down:
        ways.append(f"\x1b[{run.x + 1}G")
    if x >= 0 and 0 <= down <= _ROWS_STEPPED:
        ways.append(_steps(down, "B") + _steps(abs(right), "D" if right < 0 else "C"))
    return min(ways, key=len)


def _steps(count: int, way: str) -> str:
    if count > 1:
        return f"\x1b[{count}{way}"
    return f"\x1b[{way}" if count else ""


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
