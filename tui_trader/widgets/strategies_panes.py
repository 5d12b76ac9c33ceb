"""Panes of the strategies screen: who runs, the marked one, its decisions, the form, and its terms."""

from collections.abc import Sequence

from textual.strip import Strip

from tui_trader.engine.values.text import sanitize
from tui_trader.themes import Palette
from tui_trader.widgets.backtest_board import within
from tui_trader.widgets.boards import Topic
from tui_trader.widgets.drawing.backtest_rows import form_rows
from tui_trader.widgets.drawing.lines import line, wrapped
from tui_trader.widgets.drawing.strategy_rows import (
    catalogue_rows,
    decision_table,
    decision_words,
    strategy_detail,
    strategy_table,
    terms_rows,
)
from tui_trader.widgets.drawing.table import first_row
from tui_trader.widgets.pane import Pane
from tui_trader.widgets.scene import Scene
from tui_trader.widgets.strategies_board import Outcomes
from tui_trader.widgets.strategies_view import (
    SETTINGS,
    STRATEGIES,
    chosen_line,
    declared,
    listed_decisions,
    setting_rows,
    strategy_lines,
    topic_of,
)
from tui_trader.widgets.strategy_form import fields_of

_NOTHING_RUNS = (
    "No strategy trades by itself.",
    "n opens the form that starts one: it says on which terms, and asks before anything trades.",
)
_WORDS_FROM, _WORDS = 12, 2
"""Rows from which the marked decision is told in full below the list."""


def _state(topic: Topic) -> tuple[object, ...]:
    return (topic.answered_ms, topic.fault)


def _sentence(text: str, *, width: int, palette: Palette, is_bad: bool = False) -> list[Strip]:
    ink = palette.warn if is_bad else palette.muted
    parts = wrapped(sanitize(text), max(1, width - 2), lines_max=4)
    return [line(width, palette.base, [(f" {part}", ink)]) for part in parts]


class RunningPane(Pane):
    """Everybody who was started."""

    pane_name = "st-running"
    number = 1

    def inputs(self, scene: Scene) -> tuple[object, ...]:
        """The lines as they are now."""
        return (
            scene.pane == self.pane_name,
            scene.strategies.chosen,
            *_state(scene.topic(STRATEGIES)),
            *strategy_lines(scene),
        )

    def draw(self, scene: Scene, palette: Palette) -> Sequence[Strip]:
        """A table, or what to do where there is nothing."""
        width, height = self.size
        lines = strategy_lines(scene)
        counted = f"{len(lines)} of 8 " if lines else ""
        title = self.head(scene, palette, title="STRATEGIES", right=[(counted, None)])
        if not lines:
            told = [
                row
                for text in _NOTHING_RUNS
                for row in _sentence(text, width=width, palette=palette)
            ]
            room = height - 2 - len(told)
            catalogue = catalogue_rows(declared(scene), size=(width, room), palette=palette)
            return [title, *told, line(width, palette.base, []), *catalogue]
        chosen = chosen_line(scene)
        name = chosen.name if chosen is not None else ""
        return [title, *strategy_table(lines, name, size=(width, height - 1), palette=palette)]


class StrategyPane(Pane):
    """The marked one: how it was started, what it holds."""

    pane_name = "st-detail"

    def inputs(self, scene: Scene) -> tuple[object, ...]:
        """The line."""
        return (chosen_line(scene),)

    def draw(self, scene: Scene, palette: Palette) -> Sequence[Strip]:
        """Labels and values."""
        chosen = chosen_line(scene)
        if chosen is None:
            return [self.head(scene, palette, title="")]
        title = self.head(scene, palette, title=sanitize(chosen.name))
        return [title, *strategy_detail(chosen, width=self.size.width, palette=palette)]


class DecisionsPane(Pane):
    """Why it traded, or did not, candle by candle."""

    pane_name = "st-decisions"
    number = 2

    def inputs(self, scene: Scene) -> tuple[object, ...]:
        """The answer, and what of it is listed."""
        board, chosen = scene.strategies, chosen_line(scene)
        topic = _state(scene.topic(topic_of(chosen.name))) if chosen is not None else ()
        return (
            scene.pane == self.pane_name,
            (board.outcomes, board.filter, board.is_typing, board.decision, board.is_following),
            chosen.name if chosen is not None else "",
            *topic,
        )

    def draw(self, scene: Scene, palette: Palette) -> Sequence[Strip]:
        """The list, and the marked one in full where there is room."""
        width = self.size.width
        board, chosen = scene.strategies, chosen_line(scene)
        if chosen is None:
            return [self.head(scene, palette, title="DECISIONS")]
        rows = listed_decisions(scene)
        where = "following " if board.is_following else f"{board.decision} newer above "
        title = self.head(scene, palette, title=_decisions_title(scene), right=[(where, None)])
        fault = scene.topic(topic_of(chosen.name)).fault
        if fault:
            return [title, *_sentence(fault, width=width, palette=palette, is_bad=True)]
        if not rows:
            return [title, *_sentence(_nothing(scene, chosen.name), width=width, palette=palette)]
        cursor, room = within(board.decision, len(rows)), self._room
        listed = decision_table(rows, cursor, size=(width, room), palette=palette)
        if not self._word_rows:
            return [title, *listed]
        blank = line(width, palette.base, [])
        words = decision_words(rows[cursor], width=width, lines_max=_WORDS, palette=palette)
        return [title, *listed, *[blank] * (room - len(listed)), *words]

    def first_row(self, scene: Scene) -> int:
        """Place in the list of what stands on its first line."""
        count = len(listed_decisions(scene))
        return first_row(within(scene.strategies.decision, count), count, self._room - 1)

    @property
    def _word_rows(self) -> int:
        return _WORDS if self.size.height >= _WORDS_FROM else 0

    @property
    def _room(self) -> int:
        return max(2, self.size.height - 1 - self._word_rows)


def _decisions_title(scene: Scene) -> str:
    board = scene.strategies
    if board.is_typing:
        return f"DECISIONS  search: {board.filter}▏ Enter keeps it, Esc takes it away"
    words = f"DECISIONS  {board.outcomes.value}"
    return f"{words} with “{board.filter}”" if board.filter else words


def _nothing(scene: Scene, name: str) -> str:
    board, topic = scene.strategies, scene.topic(topic_of(name))
    if topic.answer is None:
        return "asking the engine…"
    if board.filter or board.outcomes is not Outcomes.ALL:
        return "none of that kind; Esc takes the search away, V lists more"
    return "nothing decided yet: it decides when its next candle has closed"


class StartFormPane(Pane):
    """What is about to be started."""

    pane_name = "st-form"
    number = 3

    def inputs(self, scene: Scene) -> tuple[object, ...]:
        """The form, its cursor, and what runs."""
        board = scene.strategies
        return (
            scene.pane == self.pane_name,
            (board.form, board.cursor, board.fault, board.is_looking),
            tuple(scene.state.strategies),
            tuple(scene.symbols),
            *_state(scene.topic(STRATEGIES)),
        )

    def draw(self, scene: Scene, palette: Palette) -> Sequence[Strip]:
        """A line a field, and what the strategy says of itself."""
        width, height = self.size
        board, form = scene.strategies, scene.strategies.form
        hint = " t lets it trade · Esc closes "
        title = self.head(scene, palette, title="START", right=[(hint, palette.muted)])
        fault = board.fault or scene.topic(STRATEGIES).fault
        said = _sentence(fault, width=width, palette=palette, is_bad=True) if fault else []
        if board.is_looking:
            said = _sentence("asking the file what it declares…", width=width, palette=palette)
        if form is None:
            return [title, *(said or _sentence("asking the engine…", width=width, palette=palette))]
        fields = fields_of(form, scene.state.strategies, symbols=scene.symbols)
        cursor = within(board.cursor, len(fields))
        rows = form_rows(fields, cursor, size=(width, height - 1), palette=palette)
        says = wrapped(sanitize(form.strategy.says), max(1, width - 2), lines_max=3)
        muted = [line(width, palette.base, [(f" {part}", palette.muted)]) for part in says]
        return [title, *rows, line(width, palette.base, []), *said, *muted]


class TermsPane(Pane):
    """Beside the form: sizes, stops and limits it would trade with."""

    pane_name = "st-terms"

    def inputs(self, scene: Scene) -> tuple[object, ...]:
        """The settings in force."""
        return (scene.state.mode, *_state(scene.topic(SETTINGS)))

    def draw(self, scene: Scene, palette: Palette) -> Sequence[Strip]:
        """Labels and values."""
        mode = "" if scene.state.mode is None else scene.state.mode.value
        title = self.head(scene, palette, title="TERMS  of [rules] and [risk] as they are now")
        width = self.size.width
        return [title, *terms_rows(setting_rows(scene), mode=mode, width=width, palette=palette)]
