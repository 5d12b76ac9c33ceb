"""The signals screen: what models say of each pair, how such words have held, and why it did not trade."""

from textual.geometry import Region

from tui_trader.actions import Where
from tui_trader.screens.exporting import ExportTable
from tui_trader.screens.filtering import Filtering
from tui_trader.screens.signals_layout import SignalsShape, signals_regions
from tui_trader.screens.signals_tables import decision_export, reason_export, signal_export
from tui_trader.screens.wishes import AnswersWanted
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.backtest_rows import tab_column
from tui_trader.widgets.drawing.signal_words import GATES, gate_words
from tui_trader.widgets.pane import Pane
from tui_trader.widgets.signals_board import PANES_IN_ORDER, SignalsBoard
from tui_trader.widgets.signals_decisions import PastPane, WhyPane
from tui_trader.widgets.signals_panes import (
    ReasonsPane,
    RecordPane,
    SignalDriftPane,
    SignalPairsPane,
    SignalTabsPane,
)
from tui_trader.widgets.signals_view import (
    chosen_row,
    detail,
    signal_rows,
    take_decisions,
)

_PAIRS, _PAST = SignalPairsPane.pane_name, PastPane.pane_name


class SignalsScreen(Filtering):
    """Pairs, the way of a decision, reasons, record, drift, and every decision that is kept."""

    WHERE = Where.SIGNALS
    PANES = (
        SignalPairsPane,
        SignalTabsPane,
        WhyPane,
        ReasonsPane,
        RecordPane,
        SignalDriftPane,
        PastPane,
    )

    @property
    def filtered(self) -> SignalsBoard:
        """The board whose search it is."""
        return self._scene.signals

    def regions(self, palette: Palette) -> dict[str, Region]:
        """Where each pane stands now."""
        size, board = self.app.size, self._scene.signals
        return signals_regions(
            SignalsShape(
                width=size.width,
                height=size.height,
                banner_lines=self.banner_lines(palette),
                pairs=len(signal_rows(self._scene) or ()),
                active=self._scene.active_panes["signals"],
                lower=board.lower,
                zoomed=board.zoomed,
            )
        )

    def sync(self, *, but: frozenset[str] = frozenset()) -> None:
        """Take new decisions in, and show the board."""
        take_decisions(self._scene)
        super().sync(but=but)

    def activate(self, pane_name: str) -> None:
        """Make a pane the active one; below the pairs it is the one that is shown."""
        board = self._scene.signals
        if pane_name != _PAIRS:
            board.lower = pane_name
        if board.zoomed:
            board.zoomed = pane_name
        super().activate(pane_name)

    def filter_changed(self) -> None:
        """From the newest decision on; more are read where too few have the words."""
        board = self._scene.signals
        board.cursor = 0
        if board.is_typing:
            self.activate(_PAST)
        self.post_message(AnswersWanted())

    def action_filter(self) -> None:
        """Search decisions."""
        self.activate(_PAST)
        super().action_filter()

    def action_next_gate(self, step: int) -> None:
        """Only decisions that another gate stopped."""
        board, gates = self._scene.signals, ("", *GATES)
        board.gate = gates[(gates.index(board.gate) + step) % len(gates)]
        self.activate(_PAST)
        self.post_message(AnswersWanted())
        self.say(f"stopped by {gate_words(board.gate)}" if board.gate else "every decision")

    def action_one_pair(self) -> None:
        """Decisions of the chosen pair, or of all."""
        board = self._scene.signals
        board.is_one_pair = not board.is_one_pair
        self.activate(_PAST)
        self.post_message(AnswersWanted())

    def action_move(self, step: int) -> None:
        """Another pair, line or decision."""
        board, found = self._scene.signals, detail(self._scene)
        match self._scene.pane:
            case "sg-past":
                board.inspected = 0
                board.move(step)
                self.post_message(AnswersWanted())
            case "sg-reasons":
                board.reason = _within(board.reason + step, len(found.reasons) if found else 0)
            case "sg-record":
                board.band = _within(board.band + step, len(found.bands) if found else 0)
            case "sg-drift":
                board.drift = _within(board.drift + step, len(found.drifts) if found else 0)
            case _:
                self._choose(step)
        self.sync()

    def _choose(self, step: int) -> None:
        rows, row, board = signal_rows(self._scene), chosen_row(self._scene), self._scene.signals
        if not rows or row is None:
            return
        other = rows[_within(rows.index(row) + step, len(rows))]
        board.interval, board.inspected = other.interval, 0
        board.reason = board.band = board.drift = 0
        self.select(other.symbol)

    def action_open(self) -> None:
        """The desk of the pair; of decisions the gates of the marked one."""
        board, row = self._scene.signals, chosen_row(self._scene)
        if self._scene.pane == _PAST:
            if board.marked is not None:
                board.inspected = board.marked.number
                self.activate(WhyPane.pane_name)
        elif row is not None:
            if row.symbol in self._scene.symbols:
                self.select(row.symbol)
            self.show_screen("desk")

    def action_open_models(self) -> None:
        """The models screen, at this pair."""
        self._scene.models.chosen = None
        self.show_screen("models")

    def action_zoom(self) -> None:
        """Show the active pane alone, or all again."""
        board = self._scene.signals
        board.zoomed = "" if board.zoomed else self._scene.pane
        self.sync()

    def action_back(self) -> None:
        """The newest decision again; then the search away, then all gates."""
        board = self._scene.signals
        if board.inspected:
            board.inspected = 0
        elif board.filter:
            super().action_back()
        elif board.gate or board.is_one_pair:
            board.gate, board.is_one_pair = "", False
            self.post_message(AnswersWanted())
        else:
            board.cursor = 0
        self.sync()

    def tables(self) -> list[ExportTable]:
        """What is said now, why of the chosen pair, and the decisions that are listed."""
        return [
            signal_export(signal_rows(self._scene) or ()),
            reason_export(detail(self._scene)),
            decision_export(self._scene.signals.shown),
        ]

    def chosen(self) -> tuple[ExportTable, str] | None:
        """The marked decision; elsewhere the chosen pair."""
        row, marked = chosen_row(self._scene), self._scene.signals.marked
        if self._scene.pane == _PAST:
            return None if marked is None else (decision_export([marked]), marked.symbol)
        return None if row is None else (signal_export([row]), row.symbol)

    def clicked(self, message: Pane.Clicked) -> None:
        """A click activates a pane, and chooses its line."""
        name = message.pane_name
        if name == SignalTabsPane.pane_name:
            tab = tab_column(PANES_IN_ORDER, message.column)
            if tab is not None:
                self.activate(tab)
            return
        if name not in self._numbered.values():
            return
        self.activate(name)
        if message.row < 1:
            return
        rows, board = signal_rows(self._scene) or (), self._scene.signals
        if name == _PAIRS:
            place = message.row - 1 + self.query_one(SignalPairsPane).first_row
            row = chosen_row(self._scene)
            if row is not None and place < len(rows):
                self.action_move(place - rows.index(row))
        elif name == _PAST:
            place = message.row - 1 + self.query_one(PastPane).first_row
            if place < len(board.shown):
                self.action_move(place - board.cursor)


def _within(place: int, count: int) -> int:
    return max(0, min(count - 1, place))
