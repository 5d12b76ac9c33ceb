"""A grid of characters and styles to draw charts into; runs of one style become segments at the end."""

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

_BRAILLE = 0x2800
_DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
"""Bit of each dot: left and right column, from the top."""
_REPLACED = "·┊╌"
"""Rules that a line of dots may run over."""


class Grid:
    """Characters and styles by row and column."""

    def __init__(self, width: int, height: int, base: Style) -> None:
        self.width, self.height, self.base = width, height, base
        self.chars = [[" "] * width for _ in range(height)]
        self.styles = [[base] * width for _ in range(height)]
        self.tinted: set[tuple[int, int]] = set()

    def put(self, x: int, y: int, piece: tuple[str, Style]) -> None:
        """One character; nothing happens outside."""
        char, style = piece
        if 0 <= y < self.height and 0 <= x < self.width:
            self.chars[y][x] = char
            self.styles[y][x] = style

    def text(self, x: int, y: int, piece: tuple[str, Style]) -> None:
        """Characters from `x` on."""
        for offset, char in enumerate(piece[0]):
            self.put(x + offset, y, (char, piece[1]))

    def put_behind(self, x: int, y: int, piece: tuple[str, Style]) -> None:
        """One character where the cell is empty."""
        if 0 <= y < self.height and 0 <= x < self.width and self.chars[y][x] == " ":
            self.put(x, y, piece)

    def dot(self, half_x: int, quarter_y: int, style: Style) -> None:
        """One braille dot, in half columns and quarter rows; behind whatever is no braille."""
        x, y = half_x >> 1, quarter_y >> 2
        if not (0 <= y < self.height and 0 <= x < self.width):
            return
        before = self.chars[y][x]
        if before == " " or before in _REPLACED:
            bits = 0
        elif _BRAILLE <= ord(before) < _BRAILLE + 256:
            bits = ord(before) - _BRAILLE
        else:
            return
        bit = _DOTS[half_x & 1][quarter_y & 3]
        self.put(x, y, (chr(_BRAILLE + (bits | bit)), style))

    def tint(self, x: int, rows: range, style: Style) -> None:
        """A background behind what stands in a column."""
        for y in rows:
            if 0 <= y < self.height and 0 <= x < self.width:
                self.styles[y][x] = self.styles[y][x] + style
                self.tinted.add((y, x))

    def strips(self) -> list[Strip]:
        """Everything, as lines."""
        return [
            Strip(_runs(self.chars[y], self.styles[y], self._tints(y)), self.width)
            for y in range(self.height)
        ]

    def _tints(self, y: int) -> frozenset[int]:
        return frozenset(x for row, x in self.tinted if row == y) if self.tinted else frozenset()


def _runs(chars: list[str], styles: list[Style], tinted: frozenset[int]) -> list[Segment]:
    segments: list[Segment] = []
    start, current = 0, styles[0]
    for index, style in enumerate(styles):
        # A blank needs no colour of its own: it joins the run it stands in.
        is_edge = index > 0 and (index in tinted or index - 1 in tinted)
        if is_edge or (style is not current and chars[index] != " "):
            segments.append(Segment("".join(chars[start:index]), current))
            start, current = index, style
    segments.append(Segment("".join(chars[start:]), current))
    return segments
