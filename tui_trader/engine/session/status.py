"""The session at a glance, as `status` shows it and scripts rely on it."""

import os
import resource
import sys
from pathlib import Path

from tui_trader.engine.messages.queries import (
    EngineVitals,
    FeedStatus,
    PositionStatus,
    StatusAnswer,
)
from tui_trader.engine.settings.model import Settings
from tui_trader.engine.state.ledger import Position
from tui_trader.engine.state.market_view import MarketView
from tui_trader.engine.state.trading_state import TradingState
from tui_trader.engine.state.valuation import day_pnl_quote, drawdown_ratio, equity_quote
from tui_trader.engine.values.abilities import BudgetLevel
from tui_trader.engine.values.instruments import Asset
from tui_trader.engine.values.modes import LinkState
from tui_trader.engine.values.time import MS_PER_SECOND

_BYTES_PER_MB = 1_000_000


def status_answer(
    state: TradingState,
    market: MarketView,
    settings: Settings,
    *,
    now_ms: int,
    uptime_s: int,
    budgets: tuple[BudgetLevel, ...] = (),
) -> StatusAnswer:
    """Everything `status` tells; what is not known is `None`."""
    quote = Asset(settings.market.quote_asset)
    equity = equity_quote(state, market, quote)
    return StatusAnswer(
        mode="" if state.mode is None else state.mode.value,
        halted=state.halt is not None,
        halt_reason=None if state.halt is None else state.halt.reason,
        equity=equity,
        cash=state.balances.get(quote),
        day_pnl=day_pnl_quote(state, equity, now_ms),
        drawdown_ratio=drawdown_ratio(state, equity),
        positions=tuple(
            _position(position, market)
            for position in state.positions.values()
            if position.quantity_base
        ),
        open_orders=len(state.open_orders()),
        unknown_orders=len(state.unknown_orders()),
        feeds=feed_statuses(state, market, settings, now_ms=now_ms),
        engine=EngineVitals(pid=os.getpid(), uptime_s=uptime_s, rss_mb=rss_mb()),
        budgets=budgets,
    )


def feed_statuses(
    state: TradingState, market: MarketView, settings: Settings, *, now_ms: int
) -> tuple[FeedStatus, ...]:
    """Every link by name: `up`, `down`, `connecting`, or `stale`: up, but silent for too long."""
    stale_after_ms = int(settings.limits.stale_after_s * MS_PER_SECOND)
    statuses = []
    for name in sorted({*state.links, *market.heard_ms}):
        heard_ms = market.heard_ms.get(name)
        # Heard by one clock and asked by the same, which a person may have set back in between.
        age_ms = None if heard_ms is None else max(0, now_ms - heard_ms)
        link = state.links.get(name, LinkState.CONNECTING)
        is_stale = link is LinkState.UP and age_ms is not None and age_ms > stale_after_ms
        shown = "stale" if is_stale else link.value
        statuses.append(FeedStatus(name=name, age_ms=age_ms, state=shown))
    return tuple(statuses)


def rss_mb() -> float:
    """Memory this process holds now, in megabytes; its peak where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        # Linux counts in kilobytes, macOS in bytes.
        return peak / _BYTES_PER_MB if sys.platform == "darwin" else peak * 1_024 / _BYTES_PER_MB
    return round(pages * resource.getpagesize() / _BYTES_PER_MB, 1)


def _position(position: Position, market: MarketView) -> PositionStatus:
    mark = market.mark(position.symbol)
    return PositionStatus(
        symbol=position.symbol,
        quantity_base=position.quantity_base,
        price_average=position.price_average,
        price_mark=mark,
        pnl_open=None if mark is None else position.open_pnl(mark),
        pnl_realised=position.realised_quote,
        fees=position.fees_quote,
    )
