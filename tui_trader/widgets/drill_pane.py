"""Panes of the drill screen: the disasters there are, and the story of one."""

from collections.abc import Sequence

from textual.strip import Strip

from tui_trader.engine.values.time import MS_PER_SECOND
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.drill_rows import drill_rows, step_rows, verdict_rows
from tui_trader.widgets.drawing.lines import Piece, line, wrapped
from tui_trader.widgets.drill_board import DRILLS, DrillCard
from tui_trader.widgets.pane import Pane
from tui_trader.widgets.scene import Scene

LIST_LINES = 1 + len(DRILLS)
_LESSON_LINES_MAX = 2


class DrillListPane(Pane):
    """The drills."""

    pane_name = "drill"
    number = 1

    def inputs(self, scene: Scene) -> tuple[object, ...]:
        """The cursor, the one under way, and the verdicts."""
        board = scene.drills
        return (board.cursor, board.running, tuple(board.verdicts.items()))

    def draw(self, scene: Scene, palette: Palette) -> Sequence[Strip]:
        """A line a drill."""
        board = scene.drills
        right: list[Piece] = [("a throw-away demo: your engine is not touched ", None)]
        rows = drill_rows(
            DRILLS,
            board.verdicts,
            running=board.running,
            cursor=board.cursor,
            width=self.size.width,
            palette=palette,
        )
        return [self.head(scene, palette, title="DRILLS", right=right), *rows]


class DrillStoryPane(Pane):
    """What happened, step by step, and how it ended."""

    pane_name = "drill-story"

    def inputs(self, scene: Scene) -> tuple[object, ...]:
        """Steps, verdict, and the seconds while it is under way."""
        board = scene.drills
        return (
            _card(scene).name,
            (board.told, len(board.steps), board.offset, board.trouble),
            board.verdicts.get(board.told),
            board.running and _seconds(scene),
        )

    def draw(self, scene: Scene, palette: Palette) -> Sequence[Strip]:
        """Lesson, steps from the newest up, verdict."""
        width, height = self.size
        board, card = scene.drills, _card(scene)
        is_running = board.running == card.name
        right: list[Piece] = [(f"{_seconds(scene)} s · x cancels ", palette.warn)]
        head = self.head(scene, palette, title=card.name.upper(), right=right if is_running else ())
        words = f"{card.title}. An engine must: {card.lesson}."
        lesson = [
            line(width, palette.base, [(f" {part}", palette.accent)])
            for part in wrapped(words, max(1, width - 2), lines_max=_LESSON_LINES_MAX)
        ]
        if board.told != card.name:
            text = " Enter lets it happen, on a demo with a home, an engine and an exchange of its own."
            parts = wrapped(text.strip(), max(1, width - 2), lines_max=3)
            hint = [line(width, palette.base, [(f" {part}", palette.muted)]) for part in parts]
            return [head, *lesson, *hint]
        end = verdict_rows(
            board.verdicts.get(card.name), board.trouble, width=width, palette=palette
        )
        steps = step_rows(board.steps, width=width, palette=palette)
        if not steps and is_running:
            steps = [
                line(width, palette.base, [(" starting an exchange and an engine…", palette.muted)])
            ]
        room = max(0, height - 1 - len(lesson) - len(end))
        last = max(min(room, len(steps)), len(steps) - board.offset)
        return [head, *lesson, *steps[max(0, last - room) : last], *end]


def _card(scene: Scene) -> DrillCard:
    return DRILLS[scene.drills.cursor]


def _seconds(scene: Scene) -> int:
    return max(0, scene.now_ms - scene.drills.begun_ms) // MS_PER_SECOND
