"""Panes of the models screen: what trains, the list, promises, equity, folds, importance, drift, verdict."""

from abc import abstractmethod
from collections.abc import Sequence

from textual.strip import Strip

from tui_trader.engine.messages.signal_queries import ModelAnswer
from tui_trader.engine.values.text import sanitize
from tui_trader.engine.values.time import MS_PER_SECOND
from tui_trader.themes import Palette
from tui_trader.widgets.backtest_board import Ended
from tui_trader.widgets.drawing.backtest_rows import Progress, progress_row, tab_row
from tui_trader.widgets.drawing.equity_chart import equity_chart
from tui_trader.widgets.drawing.lines import Piece, line
from tui_trader.widgets.drawing.model_equity import equity_picture
from tui_trader.widgets.drawing.model_rows import (
    fold_rows,
    importance_rows,
    model_rows,
    training_row,
    verdict_rows,
)
from tui_trader.widgets.drawing.reliability_chart import (
    ROWS_MIN,
    legend_row,
    promise_rows,
    reliability_chart,
)
from tui_trader.widgets.drawing.signal_rows import drift_rows
from tui_trader.widgets.drawing.table import first_row
from tui_trader.widgets.models_board import PANES_IN_ORDER, WIDE
from tui_trader.widgets.models_view import (
    MODEL,
    MODELS,
    chosen_model,
    engine_training,
    judged,
    place_of_model,
)
from tui_trader.widgets.models_view import model_rows as listed_models
from tui_trader.widgets.pane import Pane
from tui_trader.widgets.scene import Attachment, Scene
from tui_trader.widgets.signals_panes import old_mark, said
from tui_trader.widgets.signals_view import trouble

_HEADS = 2
_SIDE_FROM, _WHOLE_FROM = 80, 88
_TABLE_PART, _TABLE_WHOLE = 37, 54
_KEY_FROM = 70
_NO_MODEL = (
    "No model is stored in this home.",
    "",
    "t trains one here, beside the engine; in a shell:",
    "  tui-trader data download --pair BTC/USD --timeframe 1h",
    "  tui-trader train --pair BTC/USD --timeframe 1h",
    "",
    "Expect “no edge after costs”: then it serves, and stays silent.",
)


class ModelHeadPane(Pane):
    """What trains, or what came of it; the tabs of the panes where one stands alone."""

    pane_name = "md-head"

    def inputs(self, scene: Scene) -> tuple[object, ...]:
        """The training under way to the second, and the active pane."""
        board = scene.models
        ended = (board.changing, board.ended, board.ended_words)
        return (scene.pane, ended, _progress(scene), engine_training(scene))

    def draw(self, scene: Scene, palette: Palette) -> Sequence[Strip]:
        """One line, or two."""
        width, board = self.size.width, scene.models
        progress = _progress(scene)
        if board.changing:
            text = sanitize(board.changing)
            first = line(width, palette.base, [(f" {text}", palette.strong)])
        elif progress is not None:
            first = progress_row(progress, width=width, palette=palette)
        elif (training := engine_training(scene)) is not None:
            first = training_row(training, width=width, palette=palette)
        elif board.ended in {Ended.CANCELLED, Ended.REFUSED}:
            pieces: list[Piece] = [
                (f" {board.ended.name} ", palette.bad),
                (sanitize(board.ended_words), palette.warn),
            ]
            first = line(width, palette.base, pieces)
        elif board.ended is Ended.DONE:
            text = sanitize(board.ended_words)
            first = line(width, palette.base, [(" TRAINED ", palette.up), (text, palette.strong)])
        else:
            text = " t trains a model beside the engine; a later one shadows the one that serves"
            first = line(width, palette.base, [(text, palette.muted)])
        tabs = tab_row(PANES_IN_ORDER, scene.pane, width=width, palette=palette)
        return [first, tabs] if width < WIDE else [first]


def _progress(scene: Scene) -> Progress | None:
    run = scene.models.under_way
    if run is None:
        return None
    words = run.step.step if run.step is not None else "reading candles"
    return Progress(
        title=run.title,
        done=run.done,
        planned=run.step.planned if run.step is not None else 100,
        step=f"{run.title}: {words}",
        taken_s=max(0, scene.now_ms - run.started_ms) // MS_PER_SECOND,
        left_s=run.left_s(scene.now_ms),
        is_cancelling=run.is_cancelling,
    )


class ModelListPane(Pane):
    """Every stored model, the ones that serve on top."""

    pane_name = "md-list"
    number = 1

    def __init__(self) -> None:
        super().__init__()
        self.first_row = 0
        """Place in the list of what stands on the first line."""

    def inputs(self, scene: Scene) -> tuple[object, ...]:
        """Rows, cursor, and why they may be old."""
        board = scene.models
        return (
            scene.pane == self.pane_name,
            listed_models(scene),
            place_of_model(scene),
            (board.stored_fault, board.is_looking),
            _trouble(scene),
        )

    def draw(self, scene: Scene, palette: Palette) -> Sequence[Strip]:
        """Title and table, or why there is none."""
        width, room = self.size.width, max(1, self.size.height - _HEADS)
        rows, why = listed_models(scene), _trouble(scene)
        right: list[Piece] = [(f"{why} ", palette.warn)] if why and rows is not None else []
        title = f"MODELS  {len(rows)}" if rows else "MODELS"
        head = self.head(scene, palette, title=title, right=right)
        if rows is None:
            is_bad = why != "asking the engine…"
            return [head, *said(why, width=width, palette=palette, is_bad=is_bad)]
        if not rows:
            text = "No model is stored in this home: t trains one."
            return [head, *said(text, width=width, palette=palette)]
        place = place_of_model(scene)
        self.first_row = first_row(place, len(rows), room)
        table = model_rows(
            rows[self.first_row : self.first_row + room],
            cursor=place - self.first_row,
            is_stale=scene.attachment is not Attachment.ATTACHED,
            width=width,
            palette=palette,
        )
        return [head, *table]


def _trouble(scene: Scene) -> str:
    """Why what is listed is not of now; what the home says is said to be from there."""
    board = scene.models
    topic = scene.topic(MODELS)
    if topic.answer is None and board.stored is not None:
        is_there = scene.attachment is Attachment.ATTACHED
        return f"{'the engine is silent' if is_there else 'no engine'}: as the home says"
    return (
        board.stored_fault if topic.answer is None and board.stored_fault else trouble(scene, topic)
    )


class _OfModelPane(Pane):
    """A title with the model, and something of how it was judged; or why there is nothing."""

    title = ""

    def inputs(self, scene: Scene) -> tuple[object, ...]:
        """The answer about the chosen model."""
        return (
            scene.pane == self.pane_name,
            listed_models(scene),
            chosen_model(scene),
            judged(scene),
            scene.models.lines.get(self.pane_name, 0),
            scene.models.lower,
            trouble(scene, scene.topic(MODEL)),
        )

    def draw(self, scene: Scene, palette: Palette) -> Sequence[Strip]:
        """Title and rows."""
        row, found, width = chosen_model(scene), judged(scene), self.size.width
        if row is None:
            head = self.head(scene, palette, title=self.title)
            # Once is enough: in the pane below the list, or the one that was gone to.
            is_told = scene.models.lower == self.pane_name and listed_models(scene) == ()
            return [head, *(_no_model(width, palette) if is_told else [])]
        title = f"{self.title} {sanitize(row.symbol)} {row.interval.value} version {row.version}"
        right: list[Piece] = []
        if found is not None:
            right = [*old_mark(scene, palette), *self.right(found, palette)]
        head = self.head(scene, palette, title=title, right=right)
        if row.state == "broken":
            text = row.reason or "it cannot be read"
            return [head, *said(sanitize(text), width=width, palette=palette, is_bad=True)]
        if found is None:
            why = trouble(scene, scene.topic(MODEL)) or "asking the engine…"
            return [head, *said(why, width=width, palette=palette)]
        return [head, *self.rows(found, scene, palette)]

    def right(self, found: ModelAnswer, palette: Palette) -> list[Piece]:  # noqa: ARG002
        """What stands at the right of the title."""
        return []

    def scrolled(self, rows: list[Strip], scene: Scene, *, heads: int = 0) -> list[Strip]:
        """From the line scrolled to, as many as there is room for; titles stay."""
        room = max(1, self.size.height - 1 - heads)
        below = rows[heads:]
        first = max(0, min(scene.models.lines.get(self.pane_name, 0), len(below) - room))
        return [*rows[:heads], *below[first : first + room]]

    @abstractmethod
    def rows(self, found: ModelAnswer, scene: Scene, palette: Palette) -> list[Strip]:
        """Rows below the title."""


def _no_model(width: int, palette: Palette) -> list[Strip]:
    return [
        line(width, palette.base, [(f" {text}", None if place else palette.strong)])
        for place, text in enumerate(_NO_MODEL)
    ]


class PromisesPane(_OfModelPane):
    """The reliability curve, and the same in numbers."""

    pane_name = "md-promises"
    number = 2
    title = "PROMISES"

    def right(self, found: ModelAnswer, palette: Palette) -> list[Piece]:
        """How far off on average."""
        error = found.row.calibration_error
        if error is None:
            return []
        return [(f"off by {error:.1%} on average ", palette.muted)]

    def rows(self, found: ModelAnswer, scene: Scene, palette: Palette) -> list[Strip]:
        """Side by side where there is room; else chart above table, the table scrolling."""
        width, room = self.size.width, self.size.height - 1
        has_outcomes = any(band.count for band in (*found.reliability, *found.live))
        if not has_outcomes:
            text = "What became of its promises is not known."
            return said(text, width=width, palette=palette)
        is_beside = width >= _SIDE_FROM
        beside_width = _TABLE_WHOLE if width >= _WHOLE_FROM else _TABLE_PART
        table_width = beside_width if is_beside else width
        table = promise_rows(found.reliability, found.live, width=table_width, palette=palette)
        height = room - 1 if is_beside else max(ROWS_MIN, room - 1 - len(table))
        chart_width = width - beside_width if is_beside else width
        chart = reliability_chart(
            found.reliability, found.live, size=(chart_width, height), palette=palette
        )
        legend = legend_row(width=width, palette=palette)
        if not is_beside:
            left = self.size.height - 2 - len(chart)
            first = max(0, min(scene.models.lines.get(self.pane_name, 0), len(table) - 1 - left))
            return [legend, *chart, *table[:1], *table[1 + first :]][:room]
        blank = line(table_width, palette.base, [])
        lines = [*table, *[blank] * (height - len(table))]
        beside = [
            Strip.join([left, right]) for left, right in zip(chart, lines[:height], strict=True)
        ]
        return [legend, *beside]


class ModelEquityPane(_OfModelPane):
    """Growth of the out-of-fold signals beside holding."""

    pane_name = "md-equity"
    number = 3
    title = "EQUITY"

    def right(self, found: ModelAnswer, palette: Palette) -> list[Piece]:
        """How both ended."""
        if not found.equity or not found.held:
            return []
        own, held = found.equity[-1][1] - 1, found.held[-1][1] - 1
        return [
            ("signals ", palette.muted),
            (f"{own:+.1%}", palette.signed(own)),
            (" holding ", palette.muted),
            (f"{held:+.1%} ", palette.signed(held)),
        ]

    def rows(
        self,
        found: ModelAnswer,
        scene: Scene,  # noqa: ARG002
        palette: Palette,
    ) -> list[Strip]:
        """The chart, or that nothing was traded."""
        width, height = self.size.width, self.size.height - 1
        if not found.equity or not found.held:
            text = "No equity was told: the walk-forward of this model made no trade."
            return said(text, width=width, palette=palette)
        picture = equity_picture(found.equity, found.held)
        return equity_chart(picture, width=width, height=height, palette=palette)


class FoldsPane(_OfModelPane):
    """The walk-forward, fold by fold."""

    pane_name = "md-folds"
    number = 4
    title = "FOLDS"

    def right(self, found: ModelAnswer, palette: Palette) -> list[Piece]:
        """How many there are."""
        return [(f"{len(found.folds)} not seen in training ", palette.muted)]

    def rows(self, found: ModelAnswer, scene: Scene, palette: Palette) -> list[Strip]:
        """The table."""
        width = self.size.width
        if not found.folds:
            return said("Its folds were not told.", width=width, palette=palette)
        return self.scrolled(fold_rows(found.folds, width=width, palette=palette), scene, heads=1)


class WeightsPane(_OfModelPane):
    """What shuffling each feature costs."""

    pane_name = "md-weights"
    number = 5
    title = "IMPORTANCE"

    def right(self, found: ModelAnswer, palette: Palette) -> list[Piece]:
        """What the numbers are."""
        if not found.importance:
            return []
        is_long = self.size.width >= _KEY_FROM
        return [("log-loss that shuffling it costs " if is_long else "log-loss ", palette.muted)]

    def rows(self, found: ModelAnswer, scene: Scene, palette: Palette) -> list[Strip]:
        """Bars."""
        width = self.size.width
        if not found.importance:
            text = "Importance was not measured for this model."
            return said(text, width=width, palette=palette)
        return self.scrolled(importance_rows(found.importance, width=width, palette=palette), scene)


class ModelDriftPane(_OfModelPane):
    """How far features of today lie from those learned from."""

    pane_name = "md-drift"
    number = 6
    title = "DRIFT"

    def rows(self, found: ModelAnswer, scene: Scene, palette: Palette) -> list[Strip]:
        """The table."""
        width = self.size.width
        if not found.drifts:
            text = "Drift is not known: it is measured on the candles that follow, while a model serves."
            return said(text, width=width, palette=palette)
        return self.scrolled(drift_rows(found.drifts, width=width, palette=palette), scene, heads=1)


class VerdictPane(_OfModelPane):
    """Why there is an edge, or none; in sentences, all of them."""

    pane_name = "md-verdict"
    number = 7
    title = "VERDICT"

    def right(self, found: ModelAnswer, palette: Palette) -> list[Piece]:
        """In one word."""
        if found.row.has_edge:
            return [("✓ edge ", palette.up)]
        return [("✗ no edge ", palette.warn)]

    def rows(self, found: ModelAnswer, scene: Scene, palette: Palette) -> list[Strip]:
        """Sentences and facts."""
        return self.scrolled(verdict_rows(found, width=self.size.width, palette=palette), scene)
