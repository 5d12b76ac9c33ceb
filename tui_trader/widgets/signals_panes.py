"""Panes of the signals screen: pairs, the way of a decision, reasons, record, drift, decisions of the past."""

from abc import abstractmethod
from collections.abc import Sequence

from textual.strip import Strip

from tui_trader.engine.messages.signal_queries import SignalAnswer, SignalRow
from tui_trader.engine.values.text import sanitize
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.backtest_rows import tab_row
from tui_trader.widgets.drawing.lines import Piece, left_in, line, wrapped
from tui_trader.widgets.drawing.signal_chart import band_rows, confidence_chart
from tui_trader.widgets.drawing.signal_rows import (
    drift_rows,
    pair_rows,
    reason_rows,
    reason_sentences,
)
from tui_trader.widgets.drawing.signal_words import (
    age_words,
)
from tui_trader.widgets.drawing.table import first_row
from tui_trader.widgets.pane import Pane
from tui_trader.widgets.scene import Attachment, Scene
from tui_trader.widgets.signals_board import PANES_IN_ORDER
from tui_trader.widgets.signals_view import (
    SIGNAL,
    SIGNALS,
    chosen_row,
    detail,
    signal_rows,
    trouble,
)

_HEADS = 2
_KEY_FROM = 60
_CHART_FROM = 11
_CHART_MAX = 24


def said(text: str, *, width: int, palette: Palette, is_bad: bool = False) -> list[Strip]:
    """A sentence in as many lines as it needs."""
    ink = palette.warn if is_bad else palette.muted
    parts = wrapped(text, max(1, width - 2), lines_max=6)
    return [line(width, palette.base, [(f" {part}", ink)]) for part in parts]


def old_mark(scene: Scene, palette: Palette) -> list[Piece]:
    """Said beside what an engine told that is not there any more."""
    is_there = scene.attachment is Attachment.ATTACHED
    return [] if is_there else [("no engine: not of now  ", palette.warn)]


class SignalPairsPane(Pane):
    """A line a pair."""

    pane_name = "sg-pairs"
    number = 1

    def __init__(self) -> None:
        super().__init__()
        self.first_row = 0
        """Place in the list of what stands on the first line."""

    def inputs(self, scene: Scene) -> tuple[object, ...]:
        """Rows, the chosen one, and ages to the unit they are told in."""
        rows = signal_rows(scene)
        ages = tuple(age_words(row, scene.now_ms) for row in rows or ())
        return (scene.pane, rows, chosen_row(scene), ages, trouble(scene, scene.topic(SIGNALS)))

    def draw(self, scene: Scene, palette: Palette) -> Sequence[Strip]:
        """Title and table, or why there is none."""
        width, room = self.size.width, max(1, self.size.height - _HEADS)
        rows, why = signal_rows(scene), trouble(scene, scene.topic(SIGNALS))
        right: list[Piece] = [(f"{why} ", palette.warn)] if rows is not None and why else []
        head = self.head(scene, palette, title=_pairs_title(rows), right=right)
        if rows is None:
            is_bad = why != "asking the engine…"
            return [head, *said(why, width=width, palette=palette, is_bad=is_bad)]
        if not rows:
            text = "The engine follows no pair with signals: see [learning] of the settings."
            return [head, *said(text, width=width, palette=palette)]
        chosen = chosen_row(scene)
        place = rows.index(chosen) if chosen is not None else 0
        self.first_row = first_row(place, len(rows), room)
        table = pair_rows(
            rows[self.first_row : self.first_row + room],
            now_ms=scene.now_ms,
            cursor=place - self.first_row,
            is_stale=scene.attachment is not Attachment.ATTACHED,
            width=width,
            palette=palette,
        )
        return [head, *table]


def _pairs_title(rows: Sequence[SignalRow] | None) -> str:
    if not rows:
        return "SIGNALS"
    speaking = sum(row.state == "speaks" for row in rows)
    return f"SIGNALS  {speaking} of {len(rows)} speak"


class SignalTabsPane(Pane):
    """The panes by their numbers, where only one of them has room."""

    pane_name = "sg-tabs"

    def inputs(self, scene: Scene) -> tuple[object, ...]:
        """The active one."""
        return (scene.pane,)

    def draw(self, scene: Scene, palette: Palette) -> Sequence[Strip]:
        """One line."""
        return [tab_row(PANES_IN_ORDER, scene.pane, width=self.size.width, palette=palette)]


class _OfPairPane(Pane):
    """A title with the pair, and what is behind its signal; or why nothing is."""

    title = ""

    def inputs(self, scene: Scene) -> tuple[object, ...]:
        """The answer about the chosen pair."""
        return (
            scene.pane == self.pane_name,
            chosen_row(scene),
            detail(scene),
            self.place(scene),
            trouble(scene, scene.topic(SIGNAL)),
        )

    def place(self, scene: Scene) -> object:  # noqa: ARG002
        """What of it is shown."""
        return None

    def draw(self, scene: Scene, palette: Palette) -> Sequence[Strip]:
        """Title and rows."""
        row, found, width = chosen_row(scene), detail(scene), self.size.width
        pair = f" {sanitize(row.symbol)} {row.interval.value}" if row is not None else ""
        mark = old_mark(scene, palette) if found is not None else []
        right = [*mark, *self.right(scene, palette)]
        head = self.head(scene, palette, title=f"{self.title}{pair}", right=right)
        if row is None:
            return [head]
        if row.state == "no_model":
            return [head, *said("no model: nothing is known", width=width, palette=palette)]
        if found is None:
            return [head, *said(trouble(scene, scene.topic(SIGNAL)), width=width, palette=palette)]
        return [head, *self.rows(found, scene, palette)]

    def right(self, scene: Scene, palette: Palette) -> list[Piece]:  # noqa: ARG002
        """What stands at the right of the title."""
        return []

    @abstractmethod
    def rows(self, found: SignalAnswer, scene: Scene, palette: Palette) -> list[Strip]:
        """Rows below the title."""


class ReasonsPane(_OfPairPane):
    """Features that moved it, as signed bars."""

    pane_name = "sg-reasons"
    number = 3
    title = "REASONS"

    def place(self, scene: Scene) -> object:
        """First line."""
        return scene.signals.reason

    def right(self, scene: Scene, palette: Palette) -> list[Piece]:
        """What the bars mean."""
        if detail(scene) is None or self.size.width < _KEY_FROM:
            return []
        return [("◂ against │ for the take profit ▸ (log-odds) ", palette.muted)]

    def rows(self, found: SignalAnswer, scene: Scene, palette: Palette) -> list[Strip]:
        """The strongest reason each way in a sentence, then the bars."""
        width, reasons = self.size.width, found.reasons
        if not reasons:
            is_silent = found.row.confidence is None
            text = "Nothing was forecast." if is_silent else "No reason was told for this forecast."
            return said(text, width=width, palette=palette)
        top = [
            line(width, palette.base, [(f" {left_in(text, width - 2)}", palette.accent)])
            for text in reason_sentences(reasons)
        ]
        room = max(1, self.size.height - 1 - len(top))
        first = max(0, min(scene.signals.reason, len(reasons) - room))
        shown = reasons[first : first + room]
        return [*top, *reason_rows(shown, width=width, palette=palette)]


class RecordPane(_OfPairPane):
    """Recent confidence, and what became of promises by band."""

    pane_name = "sg-record"
    number = 4
    title = "RECORD"

    def place(self, scene: Scene) -> object:
        """First line."""
        return scene.signals.band

    def right(self, scene: Scene, palette: Palette) -> list[Piece]:
        """Whose record it is."""
        found = detail(scene)
        if found is None or not any(band.count for band in found.bands):
            return []
        if found.has_live_bands:
            return [("live ", palette.muted)]
        return [("of past candles, not live ", palette.warn)]

    def rows(self, found: SignalAnswer, scene: Scene, palette: Palette) -> list[Strip]:
        """Chart above the table, as far as there is room."""
        width, room = self.size.width, self.size.height - 1
        known = [band for band in found.bands if band.count]
        bands = band_rows(known, width=width, palette=palette)
        if not known:
            text = "What became of earlier promises is not known yet."
            bands = said(text, width=width, palette=palette)
        chart: list[Strip] = []
        legend = " ⣀⠤ confidence ╌ needed now ✓ came true ✗ did not"
        if room >= _CHART_FROM:
            height = min(_CHART_MAX, max(6, room - len(bands) - 1))
            chart = confidence_chart(
                found.recent, found.row.break_even, size=(width, height), palette=palette
            )
            text = legend if chart else " No confidence was told of the candles before."
            chart = [line(width, palette.base, [(text, palette.muted)]), *chart]
        left = room - len(chart)
        first = max(0, min(scene.signals.band, len(bands) - left))
        return [*chart, *bands[:1], *bands[1 + first :]][:room]


class SignalDriftPane(_OfPairPane):
    """How far features of today lie from those learned from."""

    pane_name = "sg-drift"
    number = 5
    title = "DRIFT"

    def place(self, scene: Scene) -> object:
        """First line."""
        return scene.signals.drift

    def right(self, scene: Scene, palette: Palette) -> list[Piece]:
        """How many features there are, and whether models disagree."""
        row, found = chosen_row(scene), detail(scene)
        if row is None or found is None or row.disagreement is None:
            return []
        return [(f"votes {row.disagreement * 100:.0f} points apart ", palette.muted)]

    def rows(self, found: SignalAnswer, scene: Scene, palette: Palette) -> list[Strip]:
        """The table."""
        width, room = self.size.width, max(1, self.size.height - _HEADS)
        if not found.drifts:
            return said("Drift is not known yet.", width=width, palette=palette)
        first = max(0, min(scene.signals.drift, len(found.drifts) - room))
        return drift_rows(found.drifts[first : first + room], width=width, palette=palette)
