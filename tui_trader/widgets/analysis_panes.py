"""Panes of the analysis screen: chart, readings, patterns, levels, timeframes."""

from abc import abstractmethod
from collections.abc import Sequence

from textual.strip import Strip

from tui_trader.engine.messages.analysis_queries import AnalysisAnswer
from tui_trader.engine.messages.sentiment_queries import SentimentAnswer
from tui_trader.engine.values.text import sanitize
from tui_trader.engine.values.time import MS_PER_SECOND
from tui_trader.themes import Palette
from tui_trader.widgets.analysis_view import (
    current_answer,
    filter_words,
    picture_of,
    shown_patterns,
    shown_readings,
    timeframes,
    trouble,
)
from tui_trader.widgets.board_questions import ANALYSIS, SENTIMENT, TIMEFRAMES
from tui_trader.widgets.chart_pane import timeframes as timeframe_tabs
from tui_trader.widgets.drawing.analysis_chart import analysis_chart
from tui_trader.widgets.drawing.analysis_rows import (
    level_rows,
    pattern_rows,
    reading_rows,
    sentiment_rows,
    timeframe_rows,
    total_rows,
    turn_rows,
)
from tui_trader.widgets.drawing.lines import Piece, line, wrapped
from tui_trader.widgets.drawing.numbers import UNKNOWN
from tui_trader.widgets.pane import Pane
from tui_trader.widgets.scene import Scene

_ALL_TIMEFRAMES_FROM = 70
_SIDE_LINES = 2
_DETAIL_FROM = 4
_MOOD_AGE_STEP_MS = 15 * MS_PER_SECOND


class AnalysisChartPane(Pane):
    """Candles with lines over them and panes below."""

    pane_name = "an-chart"
    number = 1

    def inputs(self, scene: Scene) -> tuple[object, ...]:
        """The picture and what the title says."""
        return (scene.pane, scene.symbol, trouble(scene), picture_of(scene))

    def draw(self, scene: Scene, palette: Palette) -> Sequence[Strip]:
        """Title and chart, or why there is none."""
        width, height = self.size
        picture = picture_of(scene)
        wide = width >= _ALL_TIMEFRAMES_FROM
        right: list[Piece] = []
        if picture.pan:
            right.append((f"{picture.pan} candles back  ", palette.warn))
        right += timeframe_tabs(scene.interval, palette, is_short=not wide)
        title = self.head(scene, palette, title=f"CHART {scene.symbol or ''}", right=right)
        why = trouble(scene)
        if not picture.candles:
            return [title, *_said(why or "no candles yet", width=width, palette=palette)]
        rows = analysis_chart(picture, width=width, height=height - 1, palette=palette)
        if why and rows:
            rows[0] = line(width, palette.base, [(f" {why}", palette.warn)])
        return [title, *rows]


class _ListPane(Pane):
    """A title and lines from the answer, or why there is none."""

    title = ""

    def __init__(self) -> None:
        super().__init__()
        self.first_row = 0
        """Place in the list of what stands on the first line."""

    @abstractmethod
    def rows(
        self, answer: AnalysisAnswer, scene: Scene, palette: Palette, *, room: int
    ) -> list[Strip]:
        """Lines below the title, at most `room`."""

    def inputs(self, scene: Scene) -> tuple[object, ...]:
        """The answer as such: it is another object when it is another answer."""
        answer = current_answer(scene)
        return (
            scene.pane == self.pane_name,
            id(answer) if answer is not None else trouble(scene),
            scene.topic(ANALYSIS).answered_ms,
            self.cursor(scene),
            scene.analysis.shows_neutral,
            scene.analysis.filter,
            self.heading(answer, scene),
        )

    def draw(self, scene: Scene, palette: Palette) -> Sequence[Strip]:
        """Title and lines."""
        answer = current_answer(scene)
        head = self.head(
            scene,
            palette,
            title=f"{self.title} {self.heading(answer, scene)}",
            right=self.right(answer, palette),
        )
        if answer is None:
            return [head, *_said(trouble(scene), width=self.size.width, palette=palette)]
        return [head, *self.rows(answer, scene, palette, room=self.size.height - 1)]

    def cursor(self, scene: Scene) -> int:  # noqa: ARG002
        """Line under the cursor."""
        return 0

    def heading(self, answer: AnalysisAnswer | None, scene: Scene) -> str:  # noqa: ARG002
        """What the title says besides the name."""
        return ""

    def right(self, answer: AnalysisAnswer | None, palette: Palette) -> list[Piece]:  # noqa: ARG002
        """What stands at the right of the title."""
        return []


class ReadingsPane(_ListPane):
    """Totals by group; every indicator below them where there is room."""

    pane_name = "an-readings"
    number = 2
    title = "READINGS"

    def cursor(self, scene: Scene) -> int:
        """Line of the list."""
        return scene.analysis.reading

    def heading(self, answer: AnalysisAnswer | None, scene: Scene) -> str:
        """The trend, or the filter."""
        if answer is None:
            return ""
        if words := filter_words(scene):
            return f"{len(shown_readings(scene))}{words}"
        word = answer.trend_words.partition(":")[0]
        return f" swings {word}" if answer.trend is not None else ""

    def rows(
        self, answer: AnalysisAnswer, scene: Scene, palette: Palette, *, room: int
    ) -> list[Strip]:
        """As many as fit."""
        width = self.size.width
        totals = total_rows(answer.totals, width=width, palette=palette)
        detail = room - len(totals) - 1
        is_active = scene.pane == self.pane_name
        if detail < _DETAIL_FROM and is_active:
            # Who goes to the readings on a small screen wants to read them.
            totals, detail = totals[:1], room - 2
        if detail < _DETAIL_FROM:
            return totals[:room]
        readings = shown_readings(scene)
        if not readings:
            return [*totals, *_said("no reading says that", width=width, palette=palette)]
        cursor = min(scene.analysis.reading, len(readings) - 1)
        first = max(0, cursor - detail + 1)
        instrument = scene.instrument
        rows = reading_rows(
            readings[first : first + detail],
            decimals=instrument.price_decimals if instrument is not None else 2,
            cursor=cursor - first if is_active else None,
            width=width,
            palette=palette,
        )
        return [*totals, line(width, palette.base, []), *rows]


class PatternsPane(_ListPane):
    """Candlestick patterns, newest first."""

    pane_name = "an-patterns"
    number = 3
    title = "PATTERNS"

    def cursor(self, scene: Scene) -> int:
        """Line of the list."""
        return scene.analysis.pattern

    def heading(self, answer: AnalysisAnswer | None, scene: Scene) -> str:
        """How many are hidden, or the filter."""
        if answer is None:
            return ""
        if words := filter_words(scene):
            return f"{len(shown_patterns(scene))}{words}"
        hidden = len(answer.patterns) - len(shown_patterns(scene))
        return f"+{hidden} neutral (n)" if hidden else ""

    def rows(
        self,
        answer: AnalysisAnswer,  # noqa: ARG002 the view has read it
        scene: Scene,
        palette: Palette,
        *,
        room: int,
    ) -> list[Strip]:
        """The list, and the meaning of the one under the cursor."""
        width, patterns = self.size.width, shown_patterns(scene)
        if not patterns:
            return _said("none in these candles", width=width, palette=palette)
        is_active = scene.pane == self.pane_name
        cursor = min(scene.analysis.pattern, len(patterns) - 1)
        meaning: list[Strip] = []
        if is_active and room >= _DETAIL_FROM:
            words = wrapped(patterns[cursor].meaning, width - 2, lines_max=_SIDE_LINES)
            meaning = [line(width, palette.base, [(f" {part}", palette.accent)]) for part in words]
        shown = room - len(meaning)
        first = self.first_row = max(0, cursor - shown + 1)
        rows = pattern_rows(
            patterns[first : first + shown],
            interval=scene.interval,
            cursor=cursor - first if is_active else None,
            now_ms=scene.now_ms,
            width=width,
            palette=palette,
        )
        rows += [line(width, palette.base, [])] * (shown - len(rows))
        return [*rows, *meaning]


class LevelsPane(_ListPane):
    """Support and resistance, then breakouts, retests and divergences."""

    pane_name = "an-levels"
    number = 4
    title = "LEVELS"

    def cursor(self, scene: Scene) -> int:
        """Line of what happened."""
        return scene.analysis.level

    def rows(
        self, answer: AnalysisAnswer, scene: Scene, palette: Palette, *, room: int
    ) -> list[Strip]:
        """Half of the room for levels at the most, the nearest ones; then what happened lately."""
        width, turns = self.size.width, answer.turns
        near = sorted(answer.levels, key=lambda level: abs(level.distance_percent))
        shown = sorted(near[: max(1, room // 2)], key=lambda level: -level.price)
        if not shown and not turns:
            return _said("none yet: too few turns", width=width, palette=palette)
        instrument = scene.instrument
        decimals = instrument.price_decimals if instrument is not None else 2
        rows = level_rows(shown, decimals=decimals, width=width, palette=palette)
        cursor = min(scene.analysis.level, len(turns) - 1)
        is_active = scene.pane == self.pane_name and cursor >= 0
        words: list[Strip] = []
        if is_active and room - len(rows) >= _DETAIL_FROM:
            words = _said(turns[cursor].words, width=width, palette=palette)[:_SIDE_LINES]
        left = max(0, room - len(rows) - len(words))
        first = max(0, cursor - left + 1)
        rows += turn_rows(
            turns[first : first + left],
            interval=scene.interval,
            cursor=cursor - first if is_active else None,
            now_ms=scene.now_ms,
            width=width,
            palette=palette,
        )
        rows += [line(width, palette.base, [])] * (room - len(rows) - len(words))
        return [*rows, *words]


class SentimentPane(Pane):
    """The mood of the market: its score, the parts with their age, and headlines."""

    pane_name = "an-mood"
    number = 5

    def inputs(self, scene: Scene) -> tuple[object, ...]:
        """The answer, and how old it has become since."""
        topic = scene.topic(SENTIMENT)
        return (
            scene.pane == self.pane_name,
            topic.answer,
            topic.fault,
            (scene.now_ms - topic.answered_ms) // _MOOD_AGE_STEP_MS,
        )

    def draw(self, scene: Scene, palette: Palette) -> Sequence[Strip]:
        """Title with the score, a line a part."""
        width, topic = self.size.width, scene.topic(SENTIMENT)
        answer = topic.answer
        if not isinstance(answer, SentimentAnswer):
            head = self.head(scene, palette, title="SENTIMENT")
            why = topic.fault or "asking the engine…"
            return [head, *_said(why, width=width, palette=palette)]
        score = UNKNOWN if answer.score is None else f"{answer.score:+.2f}"
        title = f"SENTIMENT  {score} {sanitize(answer.says)}"
        rows = sentiment_rows(
            answer,
            older_ms=max(0, scene.now_ms - topic.answered_ms),
            is_old=scene.is_market_old,
            size=(width, self.size.height - 1),
            palette=palette,
        )
        return [self.head(scene, palette, title=title), *rows]


class TimeframesPane(Pane):
    """The sides of the catalogue on every interval."""

    pane_name = "an-times"
    number = 6

    def inputs(self, scene: Scene) -> tuple[object, ...]:
        """The rows, the chosen one, and why there is none."""
        return (
            scene.pane == self.pane_name,
            timeframes(scene),
            scene.interval,
            scene.topic(TIMEFRAMES).fault,
        )

    def draw(self, scene: Scene, palette: Palette) -> Sequence[Strip]:
        """Title and two lines."""
        width = self.size.width
        head = self.head(scene, palette, title="TIMEFRAMES  net ▲ ▼")
        rows = timeframe_rows(
            timeframes(scene), chosen=scene.interval, width=width, palette=palette
        )
        why = scene.topic(TIMEFRAMES).fault or "asking the engine…"
        return [head, *(rows or _said(why, width=width, palette=palette))]


def _said(text: str, *, width: int, palette: Palette) -> list[Strip]:
    """A few words in place of what is not there."""
    parts = wrapped(text, max(1, width - 2), lines_max=4)
    return [line(width, palette.base, [(f" {part}", palette.muted)]) for part in parts]
