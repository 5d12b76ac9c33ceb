"""Textual's updates, sent as differences.

It leans on two private classes of Textual's compositor, therefore it steps aside (updates go out
as Textual made them) with any other version than the one it was tested with, where these classes are
built in another way, and when TUI_TRADER_NO_DIFF is set.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import textual
from rich.color import ColorSystem
from rich.console import Console, RenderableType
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.strip import Strip

from tui_trader.widgets.drawing.frame_diff import FrameDiff

if TYPE_CHECKING:
    from textual.geometry import Size

WRITES_QUEUED_MAX = 2
"""Frames that may wait for a terminal; Textual itself would block the whole app at 30."""

TESTED_VERSION = "8.2.8"

_Piece = tuple[int, int, Strip]


class DiffedDisplay:
    """One for an app: what its terminal shows."""

    def __init__(self) -> None:
        self._frame = FrameDiff()
        self._size: Size | None = None
        self._owes_a_frame = False
        self.is_on = _is_as_tested() and "TUI_TRADER_NO_DIFF" not in os.environ

    def forget(self) -> None:
        """The terminal may show something else now: send the next update whole."""
        self._frame.forget()

    def holds_back(self, driver: object, *, is_behind: bool = False) -> bool:
        """Whether a frame is not to go out, because the terminal does not keep up; it is owed then.

        Whoever made the frame: Textual would block the whole app behind it, and with it STOP. What
        is shown when the terminal reads again is what is true then.
        """
        if is_behind or is_clogged(driver):
            self._owes_a_frame = True
            return True
        return False

    def pay_debt(self) -> bool:
        """Whether frames were held back since this was asked last."""
        was_owing, self._owes_a_frame = self._owes_a_frame, False
        return was_owing

    def diffed(self, update: RenderableType | None) -> RenderableType | None:
        """The update as a difference, or itself where it is of an unknown kind."""
        if not self.is_on:
            return update
        if isinstance(update, LayoutUpdate):
            if update.region.size != self._size:
                # A last update for the former size may have gone beyond the edges of this one.
                self._size = update.region.size
                self._frame.forget()
            return _Diffed(self._frame, _layout_pieces(update))  # type: ignore[return-value]
        if isinstance(update, ChopsUpdate):
            return _Diffed(self._frame, _chop_pieces(update))  # type: ignore[return-value]
        if update is not None:
            self._frame.forget()
        return update


def is_clogged(driver: object) -> bool:
    """Whether the terminal has not read what it was sent (a hung ssh session, a stopped tmux)."""
    queue = getattr(getattr(driver, "_writer_thread", None), "_queue", None)
    return queue is not None and queue.qsize() > WRITES_QUEUED_MAX


def _is_as_tested() -> bool:
    # Not by `textual.__version__`: that reads package metadata from disk, 12 ms at every start.
    record = Path(textual.__file__).parent.with_name(f"textual-{TESTED_VERSION}.dist-info")
    return (
        record.is_dir()
        and _arguments(ChopsUpdate) == ("chops", "spans", "chop_ends")
        and _arguments(LayoutUpdate) == ("strips", "region")
    )


def _arguments(kind: type) -> tuple[str, ...]:
    code = kind.__init__.__code__  # type: ignore[misc]
    names: tuple[str, ...] = code.co_varnames[1 : code.co_argcount]
    return names


class _Diffed(CompositorUpdate):
    def __init__(self, frame: FrameDiff, pieces: Iterator[_Piece]) -> None:
        self._frame, self._pieces = frame, pieces

    def render_segments(self, console: Console) -> str:
        colours = ColorSystem[
            (console.color_system or "standard").upper().replace("256", "EIGHT_BIT")
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
