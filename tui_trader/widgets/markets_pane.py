"""The table of every pair, and a line that says why something in it is unknown."""

from collections.abc import Sequence

from textual.strip import Strip

from tui_trader.engine.messages.analysis_queries import MarketsAnswer
from tui_trader.engine.values.time import MS_PER_SECOND, format_clock
from tui_trader.themes import Palette
from tui_trader.widgets.board_questions import MARKETS
from tui_trader.widgets.drawing.lines import Piece, line
from tui_trader.widgets.drawing.market_rows import (
    MarketColumn,
    MarketLine,
    column_at,
    fitting_columns,
    market_rows,
    market_titles,
)
from tui_trader.widgets.drawing.numbers import age
from tui_trader.widgets.market_table import all_columns, market_lines
from tui_trader.widgets.pane import Pane
from tui_trader.widgets.scene import Scene

TITLE_LINES = 2
FOOT_LINES = 1
_LEFT = 3


class MarketsPane(Pane):
    """All of the markets screen between banner and keys."""

    pane_name = "markets"
    number = 1

    def __init__(self) -> None:
        super().__init__()
        self.first_row = 0

    def inputs(self, scene: Scene) -> tuple[object, ...]:
        """Lines as values, and how they are set out."""
        board = scene.markets
        return (
            tuple(market_lines(scene)),
            tuple(all_columns(scene)),
            (board.cursor, board.sort, board.is_descending, board.filter, board.is_typing),
            scene.symbol,
            board.interval,
            _age_words(scene),
            _as_of(scene),
        )

    def draw(self, scene: Scene, palette: Palette) -> Sequence[Strip]:
        """Heading, titles, pairs, and the reason line at the bottom."""
        width, height = self.size
        board, lines = scene.markets, market_lines(scene)
        columns = self.columns(scene)
        room = max(1, height - TITLE_LINES - FOOT_LINES)
        chosen = next((i for i, row in enumerate(lines) if row.symbol == scene.symbol), 0)
        self.first_row = max(0, chosen - room + 1)
        shown = lines[self.first_row : self.first_row + room]
        strips = [
            self.head(scene, palette, title=_title(scene, lines), right=_right(scene, palette)),
            market_titles(
                columns,
                marked=board.cursor,
                sort=board.sort,
                is_descending=board.is_descending,
                width=width,
                palette=palette,
            ),
            *market_rows(
                shown,
                columns,
                selected=scene.symbol,
                is_old=scene.is_market_old,
                width=width,
                palette=palette,
            ),
        ]
        if not lines:
            strips.append(line(width, palette.base, [(_nothing(scene), palette.muted)]))
        empty = line(width, palette.base, [])
        strips += [empty] * (height - FOOT_LINES - len(strips))
        return [*strips[: height - FOOT_LINES], _foot(scene, lines, width=width, palette=palette)]

    def columns(self, scene: Scene) -> list[MarketColumn]:
        """Those that fit now."""
        return fitting_columns(
            all_columns(scene), marked=scene.markets.cursor, width=self.size.width - _LEFT
        )

    def column_at(self, scene: Scene, x: int) -> str | None:
        """Name of the column under the mouse."""
        return column_at(self.columns(scene), x)


def _title(scene: Scene, lines: Sequence[MarketLine]) -> str:
    board = scene.markets
    if board.is_typing:
        return f"MARKETS  filter: {board.filter}▏ Enter keeps it, Esc takes it away"
    count = f"{len(lines)} pair{'' if len(lines) == 1 else 's'}"
    if board.filter:
        count = f"{len(lines)} of {len(scene.symbols)} pairs with “{board.filter}”"
    return f"MARKETS  {count}"


def _right(scene: Scene, palette: Palette) -> list[Piece]:
    old = _age_words(scene)
    pieces: list[Piece] = [(f"{old}  ", palette.warn)] if old else []
    pieces.append((f"indicators on {scene.markets.interval.value} candles{_as_of(scene)} ", None))
    return pieces


def _age_words(scene: Scene) -> str:
    if not scene.is_market_old:
        return ""
    return f"prices {age(max(MS_PER_SECOND, scene.market_age_ms))} old"


def _as_of(scene: Scene) -> str:
    answer = scene.topic(MARKETS).answer
    closed = [row.closed_ms for row in answer.rows] if isinstance(answer, MarketsAnswer) else []
    newest = max((time_ms for time_ms in closed if time_ms is not None), default=None)
    if newest is None:
        return ""
    return f", closed {format_clock(newest + scene.markets.interval.ms)[:5]}"


def _nothing(scene: Scene) -> str:
    if scene.markets.filter and scene.symbols:
        return f"  no pair contains “{scene.markets.filter}”; Esc takes the filter away"
    return "  no prices yet"


def _foot(scene: Scene, lines: Sequence[MarketLine], *, width: int, palette: Palette) -> Strip:
    row = next((row for row in lines if row.symbol == scene.symbol), None)
    if row is not None and row.why:
        pieces: list[Piece] = [(f" — {row.symbol}: {row.why}", palette.muted)]
    else:
        pieces = [(" ▲ bullish  ▼ bearish  · neither  — unknown  ● held", palette.muted)]
    return line(width, palette.base, pieces)
