"""Panes of the journal screen: what happened, by the journal or the log files, newest on top; the marked line in full."""

from collections.abc import Sequence

from textual.strip import Strip

from tui_trader.engine.values.time import format_clock, format_rfc3339
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.journal_rows import journal_detail, journal_rows
from tui_trader.widgets.drawing.lines import Piece, line
from tui_trader.widgets.journal_board import JournalBoard
from tui_trader.widgets.line_board import LineBoard
from tui_trader.widgets.log_board import LogBoard
from tui_trader.widgets.pane import Pane
from tui_trader.widgets.scene import Scene

_WIDE_ENOUGH = 100
_OLDER = {JournalBoard: ", older: tui-trader replay", LogBoard: ", older: narrow the search"}


class JournalPane(Pane):
    """The lines."""

    pane_name = "journal"
    number = 1

    def __init__(self) -> None:
        super().__init__()
        self.first_row = 0
        """Place in the list of what stands on the first line."""

    def inputs(self, scene: Scene) -> tuple[object, ...]:
        """The version of the lines, and how they are shown."""
        board = board_shown(scene)
        return (
            scene.logs.is_shown,
            board.version,
            (board.level, board.filter, board.is_typing, board.cursor, board.is_following),
            (board.is_under_way, board.fault, board.oldest_ms, board.is_at_its_end),
            board.seek_ms,
        )

    def draw(self, scene: Scene, palette: Palette) -> Sequence[Strip]:
        """Heading, and as many lines as fit around the cursor."""
        width, height = self.size
        board, room = board_shown(scene), max(1, self.size.height - 1)
        shown = board.shown
        # Scrolled no more than the cursor asks for, and back only when it leaves at the top.
        last = board.cursor - room + 1
        self.first_row = max(0, last, min(self.first_row, board.cursor, len(shown) - room))
        head = self.head(scene, palette, title=_title(board), right=_right(board, width, palette))
        if not shown:
            return [head, line(width, palette.base, [(_nothing(board), palette.muted)])]
        rows = journal_rows(
            shown[self.first_row : self.first_row + height - 1],
            cursor=board.cursor - self.first_row,
            width=width,
            palette=palette,
        )
        return [head, *rows]


class JournalDetailPane(Pane):
    """The marked line, whole."""

    pane_name = "journal-detail"

    def inputs(self, scene: Scene) -> tuple[object, ...]:
        """The line."""
        board = board_shown(scene)
        return (scene.logs.is_shown, board.version, board.level, board.filter, board.cursor)

    def draw(self, scene: Scene, palette: Palette) -> Sequence[Strip]:
        """A title and the text."""
        width, height = self.size
        board = board_shown(scene)
        head = self.head(scene, palette, title="LINE")
        if not board.shown:
            return [head]
        entry = board.shown[min(board.cursor, len(board.shown) - 1)]
        return [head, *journal_detail(entry, width=width, lines_max=height - 1, palette=palette)]


def board_shown(scene: Scene) -> LineBoard:
    """The log files where they are asked for, else the journal."""
    return scene.logs if scene.logs.is_shown else scene.journal


def _title(board: LineBoard) -> str:
    name = "LOG FILES" if isinstance(board, LogBoard) else "JOURNAL"
    if board.is_typing:
        return f"{name}  search: {board.filter}▏ Enter keeps it, Esc takes it away"
    words = f"{name}  {board.level.value}"
    return f"{words} with “{board.filter}”" if board.filter else words


def _right(board: LineBoard, width: int, palette: Palette) -> list[Piece]:
    where = "following" if board.is_following else f"{board.cursor} newer above"
    # What is searched for matters more than how far back it was read.
    has_room = width >= _WIDE_ENOUGH or board.fault or not (board.filter or board.is_typing)
    reach: list[Piece] = [(f"{_reach(board)}  ", palette.muted)] if has_room else []
    return [*reach, (f"{where} ", None)]


def _reach(board: LineBoard) -> str:
    """How far back it has been read."""
    if board.fault:
        return f"not read: {board.fault}"
    if isinstance(board, JournalBoard) and board.oldest <= 1:
        return "from the very first event"
    if isinstance(board, LogBoard) and board.is_all_read:
        return "from the oldest file"
    if not board.oldest_ms or board.seek_ms is not None:
        return "reading…"
    moment = f"{format_rfc3339(board.oldest_ms)[5:10]} {format_clock(board.oldest_ms)[:5]}"
    return f"back to {moment}" + ("" if not board.is_at_its_end else _OLDER[type(board)])


def _nothing(board: LineBoard) -> str:
    if not board.is_at_its_end and not board.fault:
        return "  reading further back…"
    if board.filter:
        return (
            f"  no line contains “{board.filter}”; Esc takes the search away, V shows more levels"
        )
    return "  nothing; V shows more levels"
