"""Panes of the risk screen: limits, exposures, the account, and what tripped last."""

from collections.abc import Sequence

from textual.strip import Strip

from tui_trader.engine.state.valuation import day_pnl_quote, drawdown_ratio
from tui_trader.engine.values.text import sanitize
from tui_trader.themes import Palette
from tui_trader.widgets.backtest_board import within
from tui_trader.widgets.drawing.lines import line, wrapped
from tui_trader.widgets.drawing.risk_rows import (
    Account,
    account_rows,
    exposure_table,
    limit_table,
    trip_rows,
)
from tui_trader.widgets.pane import Pane
from tui_trader.widgets.risk_view import (
    RISK,
    STATUS,
    cash_of,
    exposures,
    limit_rows,
    status_of,
    trips,
)
from tui_trader.widgets.scene import Scene


class LimitsPane(Pane):
    """Every limit as a gauge."""

    pane_name = "rk-limits"
    number = 1

    def inputs(self, scene: Scene) -> tuple[object, ...]:
        """The answer, and what is counted here."""
        topic = scene.topic(RISK)
        return (
            scene.pane == self.pane_name,
            scene.risk.limit,
            topic.fault,
            *limit_rows(scene),
        )

    def draw(self, scene: Scene, palette: Palette) -> Sequence[Strip]:
        """A table, or why there is none."""
        width, height = self.size
        rows, fault = limit_rows(scene), scene.topic(RISK).fault
        counted = sum(row.state == "reached" for row in rows)
        right = f"{counted} reached " if counted else "Enter: its setting "
        title = self.head(
            scene, palette, title="LIMITS", right=[(right, palette.warn if counted else None)]
        )
        if not rows:
            text = f" {sanitize(fault)}" if fault else " asking the engine…"
            return [title, line(width, palette.base, [(text, palette.muted)])]
        told = (
            [line(width, palette.base, [(f" not asked anew: {sanitize(fault)}", palette.warn)])]
            if fault
            else []
        )
        cursor = within(scene.risk.limit, len(rows))
        full = wrapped(sanitize(rows[cursor].text), max(1, width - 2), lines_max=2)
        spare = height - 2 - len(told) - len(rows)
        words = [line(width, palette.base, [(f" {part}", None)]) for part in full[: max(0, spare)]]
        size = (width, height - 1 - len(told) - len(words))
        return [title, *told, *limit_table(rows, cursor, size=size, palette=palette), *words]


class ExposuresPane(Pane):
    """What the account holds."""

    pane_name = "rk-exposures"
    number = 2

    def inputs(self, scene: Scene) -> tuple[object, ...]:
        """Holdings at their prices of now."""
        return (
            scene.pane == self.pane_name,
            scene.risk.exposure,
            scene.is_market_old,
            *exposures(scene),
        )

    def draw(self, scene: Scene, palette: Palette) -> Sequence[Strip]:
        """A table."""
        rows = exposures(scene)
        title = self.head(scene, palette, title="EXPOSURES", right=[(f"{len(rows)} ", None)])
        cursor = within(scene.risk.exposure, len(rows))
        size = (self.size.width, self.size.height - 1)
        is_old = scene.is_market_old
        return [title, *exposure_table(rows, cursor, size=size, palette=palette, is_old=is_old)]


class AccountPane(Pane):
    """Equity, the day, and the rate limits."""

    pane_name = "rk-account"
    number = 3

    def inputs(self, scene: Scene) -> tuple[object, ...]:
        """The account as it is drawn."""
        return (scene.pane == self.pane_name, scene.is_market_old, _account(scene))

    def draw(self, scene: Scene, palette: Palette) -> Sequence[Strip]:
        """Labels and values."""
        title = self.head(scene, palette, title="ACCOUNT", right=[(f"{scene.quote} ", None)])
        width, is_old = self.size.width, scene.is_market_old
        return [title, *account_rows(_account(scene), width=width, palette=palette, is_old=is_old)]


def _account(scene: Scene) -> Account:
    state, equity, status = scene.state, scene.equity, status_of(scene)
    return Account(
        equity=equity,
        cash=cash_of(scene),
        day_start=state.equity_day_start,
        day_pnl=day_pnl_quote(state, equity, scene.now_ms),
        peak=state.equity_peak,
        drawdown_ratio=drawdown_ratio(state, equity),
        budgets=status.budgets if status is not None else (),
        is_status_known=status is not None and not scene.topic(STATUS).fault,
    )


class TripsPane(Pane):
    """Which rule said no, newest first."""

    pane_name = "rk-trips"
    number = 4

    def inputs(self, scene: Scene) -> tuple[object, ...]:
        """The journal, and the marked line."""
        return (
            scene.pane == self.pane_name,
            scene.risk.trip,
            scene.journal.version,
            scene.state.halt,
        )

    def draw(self, scene: Scene, palette: Palette) -> Sequence[Strip]:
        """A line each."""
        found = trips(scene)
        title = self.head(scene, palette, title="TRIPPED", right=[(f"{len(found)} ", None)])
        cursor = within(scene.risk.trip, len(found))
        size = (self.size.width, self.size.height - 1)
        return [title, *trip_rows(found, cursor, size=size, palette=palette)]
