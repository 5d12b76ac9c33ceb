"""Textual's updates, sent as differences.

It leans on two private classes of Textual's compositor, therefore it steps aside (updates go out
as Textual made them) for a version it was not tested with, and when TUI_TRADER_NO_DIFF is set.
"""

import os
from collections.abc import Iterator

import textual
from rich.color import ColorSystem
from rich.console import Console, RenderableType
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.strip import Strip

from tui_trader.widgets.drawing.frame_diff import FrameDiff

TESTED_VERSIONS = frozenset({"8.2.8"})

_Piece = tuple[int, int, Strip]


class DiffedDisplay:
    """One for an app: what its terminal shows."""

    def __init__(self) -> None:
        self._frame = FrameDiff()
        version = textual.__version__
        self.is_on = version in TESTED_VERSIONS and "TUI_TRADER_NO_DIFF" not in os.environ

    def forget(self) -> None:
        """The terminal may show something else now: send the next update whole."""
        self._frame.forget()

    def diffed(self, update: RenderableType | None) -> RenderableType | None:
        """The update as a difference, or itself where it is of an unknown kind."""
        if not self.is_on:
            return update
        if isinstance(update, LayoutUpdate):
            return _Diffed(self._frame, _layout_pieces(update))  # type: ignore[return-value]
        if isinstance(update, ChopsUpdate):
            return _Diffed(self._frame, _chop_pieces(update))  # type: ignore[return-value]
        if update is not None:
            self._frame.forget()
        return update


class _Diffed(CompositorUpdate):
    def __init__(self, frame: FrameDiff, pieces: Iterator[_Piece]) -> None:
        self._frame, self._pieces = frame, pieces

    def render_segments(self, console: Console) -> str:
        colours = ColorSystem[
            (console.color_system or "truecolor").upper().replace("256", "EIGHT_BIT")
        ]
        return self._frame.render(self._pieces, colours)


def _layout_pieces(update: LayoutUpdate) -> Iterator[_Piece]:
    for y, strips in enumerate(update.strips, update.region.y):
        x = update.region.x
        for strip in strips:
            yield y, x, strip
            x += strip.cell_length


def _chop_pieces(update: ChopsUpdate) -> Iterator[_Piece]:
    for y in sorted({span[0] for span in update.spans}):
        for x, strip in update.chops[y].items():
            if strip is not None:
                yield y, x, strip
