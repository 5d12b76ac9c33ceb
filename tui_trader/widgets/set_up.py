"""What a person has set up and finds again: columns and lines of the boards, as one small record."""

import msgspec

from tui_trader.actions.declaration import LINE_LENGTH_MAX
from tui_trader.engine.messages.analysis_queries import PICKS_MAX, IndicatorPick
from tui_trader.engine.values.candles import Interval
from tui_trader.widgets.boards import WIDTHS
from tui_trader.widgets.last_session import SessionKept, session_of, take_session
from tui_trader.widgets.market_table import FIXED, pick_name
from tui_trader.widgets.scene import Scene

COMMANDS_KEPT_MAX = 100


def is_line(text: str) -> bool:
    """Whether it can have been typed on the `:` line."""
    return len(text) <= LINE_LENGTH_MAX and text.isprintable()


VERSION = 2
"""A file of a later one was written by a console that knows more than this one."""


class SetUp(msgspec.Struct, frozen=True, kw_only=True):
    """Columns, lines and timeframes; a field that an older console does not know is left out by it."""

    market_picks: tuple[IndicatorPick, ...]
    market_outputs: tuple[int, ...] = ()
    market_interval: Interval
    market_sort: str = ""
    is_descending: bool = True
    chart_picks: tuple[IndicatorPick, ...]
    chart_interval: Interval
    candle_width: int = WIDTHS[0]
    commands: tuple[str, ...] = ()
    version: int = 1
    session: SessionKept | None = None


def set_up_of(scene: Scene) -> SetUp:
    """As it is now."""
    markets, analysis = scene.markets, scene.analysis
    return SetUp(
        market_picks=tuple(markets.picks),
        market_outputs=tuple(markets.outputs),
        market_interval=markets.interval,
        market_sort=markets.sort,
        is_descending=markets.is_descending,
        chart_picks=tuple(analysis.picks),
        chart_interval=scene.interval,
        candle_width=analysis.candle_width,
        commands=tuple(scene.commands[-COMMANDS_KEPT_MAX:]),
        version=VERSION,
        session=session_of(scene),
    )


def take_set_up(scene: Scene, kept: SetUp) -> None:
    """Go on with it. What no console would have written is left as it is by default."""
    markets, analysis = scene.markets, scene.analysis
    if len(kept.market_picks) <= PICKS_MAX:
        markets.picks = list(kept.market_picks)
        if len(kept.market_outputs) <= PICKS_MAX and min(kept.market_outputs, default=0) >= 0:
            markets.outputs = list(kept.market_outputs)
    if len(kept.chart_picks) <= PICKS_MAX:
        analysis.picks = list(kept.chart_picks)
    if len(kept.commands) <= COMMANDS_KEPT_MAX:
        scene.commands[:] = [line for line in kept.commands if is_line(line)]
    names = {column.name for column in FIXED}
    names |= {pick_name(index) for index in range(len(markets.picks))}
    if kept.market_sort in names:
        markets.sort, markets.is_descending = kept.market_sort, kept.is_descending
    if kept.candle_width in WIDTHS:
        analysis.candle_width = kept.candle_width
    markets.interval, scene.interval = kept.market_interval, kept.chart_interval
    if kept.session is not None:
        take_session(scene, kept.session)
