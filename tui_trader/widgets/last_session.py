"""Where a person was when the console was left: screen, pair, chart, filters; found again at the next start.

Law: what no console would have written is passed over, each thing by itself.
"""

from enum import Enum
from typing import Protocol, TypeVar

import msgspec

from tui_trader.actions import TABS
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.text import sanitize
from tui_trader.widgets.boards import WIDTHS
from tui_trader.widgets.line_board import Level
from tui_trader.widgets.orders_board import Kind, Order
from tui_trader.widgets.overlays import OVERLAYS
from tui_trader.widgets.scene import Scene
from tui_trader.widgets.settings_board import Which
from tui_trader.widgets.strategies_board import Outcomes

Choice = TypeVar("Choice", bound=Enum)
GROUPING_MAX = 50
FILTER_LENGTH_MAX = 40


class DeskKept(msgspec.Struct, frozen=True, kw_only=True):
    """How the desk's chart and ladder are drawn."""

    overlays: tuple[str, ...] = ()
    is_log: bool = False
    is_averaged: bool = False
    candle_width: int = 1
    grouping: int = 0


class SessionKept(msgspec.Struct, frozen=True, kw_only=True):
    """Where a person was, and what was listed; choices by their names.

    Args:
        filters: Text by screen.
    """

    screen: str = TABS[0].name
    symbol: str = ""
    desk: DeskKept | None = None
    filters: dict[str, str] = {}
    order_kind: str = ""
    order_sort: str = ""
    journal_level: str = ""
    log_level: str = ""
    shows_logs: bool = False
    outcomes: str = ""
    settings: str = ""


def session_of(scene: Scene) -> SessionKept:
    """As it is now."""
    desk, filtered = scene.desk, _filtered(scene)
    return SessionKept(
        screen=scene.screen,
        symbol=scene.symbol or "",
        desk=DeskKept(
            overlays=tuple(desk.overlays),
            is_log=desk.is_log,
            is_averaged=desk.is_averaged,
            candle_width=desk.candle_width,
            grouping=desk.grouping,
        ),
        filters={name: board.filter for name, board in filtered.items() if board.filter},
        order_kind=scene.order_board.kind.name,
        order_sort=scene.order_board.sort.name,
        journal_level=scene.journal.level.name,
        log_level=scene.logs.level.name,
        shows_logs=scene.logs.is_shown,
        outcomes=scene.strategies.outcomes.name,
        settings=scene.settings.which.name,
    )


class _Filtered(Protocol):
    filter: str


def _filtered(scene: Scene) -> dict[str, _Filtered]:
    """Boards with a filter, by the name of their screen."""
    return {
        "markets": scene.markets,
        "orders": scene.order_board,
        "journal": scene.journal,
        "logs": scene.logs,
        "strategies": scene.strategies,
        "settings": scene.settings,
    }


def take_session(scene: Scene, kept: SessionKept) -> None:
    """Go on with it."""
    if kept.screen in {tab.name for tab in TABS}:
        scene.screen = kept.screen
    if kept.symbol:
        # The first pair is taken instead where the engine has no such pair any more.
        scene.symbol = Symbol(sanitize(kept.symbol))
    for name, board in _filtered(scene).items():
        text = kept.filters.get(name, "")
        if len(text) <= FILTER_LENGTH_MAX and text.isprintable():
            board.filter = text
    orders, journal, logs = scene.order_board, scene.journal, scene.logs
    orders.kind = _named(Kind, kept.order_kind, orders.kind)
    orders.sort = _named(Order, kept.order_sort, orders.sort)
    journal.level = _named(Level, kept.journal_level, journal.level)
    logs.level = _named(Level, kept.log_level, logs.level)
    logs.is_shown = kept.shows_logs and logs.folder is not None
    scene.strategies.outcomes = _named(Outcomes, kept.outcomes, scene.strategies.outcomes)
    scene.settings.which = _named(Which, kept.settings, scene.settings.which)
    if kept.desk is not None:
        _take_desk(scene, kept.desk)


def _take_desk(scene: Scene, kept: DeskKept) -> None:
    desk = scene.desk
    if set(kept.overlays) <= set(OVERLAYS):
        desk.overlays = list(dict.fromkeys(kept.overlays))
    desk.is_log, desk.is_averaged = kept.is_log, kept.is_averaged
    if kept.candle_width in WIDTHS:
        desk.candle_width = kept.candle_width
    if 0 <= kept.grouping <= GROUPING_MAX:
        desk.grouping = kept.grouping


def _named(kind: type[Choice], name: str, otherwise: Choice) -> Choice:
    """The choice of that name, where there is one."""
    return kind[name] if name in kind.__members__ else otherwise
