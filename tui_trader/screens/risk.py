"""The risk screen: every limit as a gauge, what is held, the account, and which rule said no last."""

from textual.geometry import Region

from tui_trader.actions import Where
from tui_trader.engine.values.time import format_rfc3339
from tui_trader.screens.console_screen import ConsoleScreen
from tui_trader.screens.exporting import ExportTable
from tui_trader.screens.risk_layout import risk_regions
from tui_trader.themes import Palette
from tui_trader.widgets.backtest_board import within
from tui_trader.widgets.drawing.table import first_row
from tui_trader.widgets.pane import Pane
from tui_trader.widgets.risk_panes import AccountPane, ExposuresPane, LimitsPane, TripsPane
from tui_trader.widgets.risk_view import exposures, limit_rows, setting_of, trips

_LIMIT_HEADS = ("limit", "state", "used", "of", "unit", "left")
_EXPOSURE_HEADS = ("pair", "quantity", "value", "share", "open_pnl", "held_by")
_TRIP_HEADS = ("time", "gate", "asked_by", "why")


class RiskScreen(ConsoleScreen):
    """Four panes; from a limit or a refusal to its setting."""

    WHERE = Where.RISK
    PANES = (LimitsPane, ExposuresPane, AccountPane, TripsPane)

    def regions(self, palette: Palette) -> dict[str, Region]:
        """Where each pane stands now."""
        size = self.app.size
        return risk_regions(
            (size.width, size.height),
            active=self._scene.active_panes["risk"],
            banner_lines=self.banner_lines(palette),
        )

    def action_move(self, step: int) -> None:
        """The next line of the active pane."""
        scene, board = self._scene, self._scene.risk
        match scene.pane:
            case LimitsPane.pane_name:
                board.limit = within(board.limit + step, len(limit_rows(scene)))
            case ExposuresPane.pane_name:
                board.exposure = within(board.exposure + step, len(exposures(scene)))
            case TripsPane.pane_name:
                board.trip = within(board.trip + step, len(trips(scene)))
            case _:
                pass
        self.sync()

    def action_open_setting(self) -> None:
        """The setting behind the marked limit or refusal, on the settings screen."""
        scene = self._scene
        if scene.pane == ExposuresPane.pane_name:
            self.action_open_desk()
            return
        key = setting_of(scene, self._gate())
        if not key:
            self.say("no setting is behind this one")
            return
        scene.settings.filter, scene.settings.chosen = "", key
        scene.settings.which = type(scene.settings.which).ALL
        self.show_screen("settings")

    def _gate(self) -> str:
        scene = self._scene
        if scene.pane == TripsPane.pane_name:
            found = trips(scene)
            return found[within(scene.risk.trip, len(found))].gate if found else ""
        rows = limit_rows(scene)
        return rows[within(scene.risk.limit, len(rows))].key if rows else ""

    def action_open_desk(self) -> None:
        """The pair of the marked holding on the desk."""
        rows = exposures(self._scene)
        if rows:
            symbol = rows[within(self._scene.risk.exposure, len(rows))].symbol
            if symbol in self._scene.symbols:
                self.select(symbol)
        self.show_screen("desk")

    def tables(self) -> list[ExportTable]:
        """Limits, holdings, and what tripped."""
        scene = self._scene
        limits = [
            (row.name, row.state, row.used, row.limit, row.unit, row.text)
            for row in limit_rows(scene)
        ]
        held = [
            (
                row.symbol,
                row.quantity_base,
                row.value_quote,
                row.share_ratio,
                row.pnl_quote,
                row.held_by,
            )
            for row in exposures(scene)
        ]
        tripped = [
            (format_rfc3339(trip.time_ms), trip.gate, trip.actor, trip.text)
            for trip in trips(scene)
        ]
        return [
            ExportTable(name="limits", heads=_LIMIT_HEADS, rows=limits),
            ExportTable(name="exposures", heads=_EXPOSURE_HEADS, rows=held),
            ExportTable(name="refusals", heads=_TRIP_HEADS, rows=tripped),
        ]

    def clicked(self, message: Pane.Clicked) -> None:
        """A click activates a pane and marks its line."""
        scene, board, name = self._scene, self._scene.risk, message.pane_name
        if name not in self._numbered.values():
            return
        self.activate(name)
        room = max(1, self.query_one(f"#{name}").size.height - 2)
        if name == LimitsPane.pane_name and message.row >= 1:
            count = len(limit_rows(scene))
            place = first_row(within(board.limit, count), count, room) + message.row - 1
            board.limit = within(place, count)
        elif name == ExposuresPane.pane_name and message.row >= 1:
            count = len(exposures(scene))
            place = first_row(within(board.exposure, count), count, room) + message.row - 1
            board.exposure = within(place, count)
        self.sync()
