"""The looks of the console: which theme, which glyphs, and what becomes of every line before it is sent.

Both are done where Textual asks for its filters, that is for each line of each widget, so that no pane
and no dialog can forget them.
"""

from collections.abc import Sequence

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter, Monochrome, NoColor

from tui_trader.themes import THEME_NONE, THEMES, Palette, palette_of
from tui_trader.widgets.drawing.glyphs import ASCII, FULL, ascii_text


class AsciiOnly(LineFilter):
    """Every glyph as ASCII, cell for cell."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002
        """The line with signs that any terminal has."""
        return [
            segment
            if segment.text.isascii()
            else Segment(ascii_text(segment.text), segment.style, segment.control)
            for segment in segments
        ]


class Colourless(LineFilter):
    """Attributes alone: the terminal's own two colours stay."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002
        """The line without any colour."""
        return [
            segment
            if segment.style is None
            else Segment(segment.text, segment.style.without_color, segment.control)
            for segment in segments
        ]


class Looks:
    """Theme and glyphs of one console.

    Args:
        theme: Name of a theme of ours; anything else is the first of them.
        glyphs: `full` or `ascii`.
        is_colour_unwanted: NO_COLOR is set, which goes before any setting.
    """

    def __init__(self, theme: str, *, glyphs: str = FULL, is_colour_unwanted: bool = False) -> None:
        self.palette: Palette = palette_of(THEME_NONE.name if is_colour_unwanted else theme)
        self._glyphs: list[LineFilter] = [AsciiOnly()] if glyphs == ASCII else []
        self._colourless = Colourless()

    def go_on(self) -> str:
        """To the next theme; its name."""
        names = list(THEMES)
        return self.wear(names[(names.index(self.palette.name) + 1) % len(names)])

    def wear(self, theme: str) -> str:
        """Take the theme of that name; the name of the one that is worn now."""
        self.palette = palette_of(theme)
        return self.palette.name

    def filters(self, of_textual: Sequence[LineFilter]) -> Sequence[LineFilter]:
        """What each line goes through: ours, and Textual's where there are colours."""
        if self.palette.name == THEME_NONE.name:
            # Textual would turn `dim` into a colour, and NO_COLOR into shades of grey.
            return [self._colourless, *self._glyphs]
        # Whoever asks for colours by a key gets them, NO_COLOR or not.
        kept = [each for each in of_textual if not isinstance(each, Monochrome | NoColor)]
        return [*kept, *self._glyphs]
