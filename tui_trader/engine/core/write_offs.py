"""Coins that a strategy counts no longer: others sold or moved them, or they are too few to be sold at all.

Law: a strategy counts no more than is there, and nothing that no order could ever sell. A pair belongs to one strategy at a time, so what is missing is
that one's. Balances are told after the fills they come from: nothing is missing before a balance has been
told that must know of everything the strategy did.
"""

from tui_trader.engine.core.decision import Decision
from tui_trader.engine.core.decision_log import Verdict
from tui_trader.engine.core.host_book import PairBook
from tui_trader.engine.core.strategy_host import StrategyHost
from tui_trader.engine.messages.events import (
    BalanceChanged,
    OrderCancelled,
    OrderExpired,
    OrderFilled,
    ReconcileCompleted,
    StrategyWroteOff,
)
from tui_trader.engine.rules.sizing import is_large_enough
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.money import ZERO

SETTLED_MS = 10_000
"""A look at the account that began this long after the last fill knows of it."""
EVIDENCE = (BalanceChanged, OrderFilled, OrderCancelled, OrderExpired, ReconcileCompleted)


def look(desk: Decision, host: StrategyHost) -> None:
    """Write off what this step has shown to be missing."""
    if not any(isinstance(event, EVIDENCE) for event in desk.events):
        return
    for symbol, pair in host.book.pairs.items():
        if lots := missing_lots(desk, host, symbol):
            instrument = desk.market.instruments[symbol]
            there = desk.state.balances.get(instrument.base, ZERO).normalize()
            reason = f"the account has {there:f} {instrument.base}: others sold or moved the rest"
            _write_off(desk, host, symbol, lots=_with_dust(pair, lots), reason=reason)
        elif lots := _dust_lots(pair):
            reason = "it is less than the smallest order, so nothing could ever sell it"
            _write_off(desk, host, symbol, lots=lots, reason=reason)


def missing_lots(desk: Decision, host: StrategyHost, symbol: Symbol) -> int:
    """Lots that a strategy holds by its book and the account has not; 0 while that is not certain."""
    pair, instrument = host.book.pairs[symbol], desk.market.instruments.get(symbol)
    state = desk.state
    if pair.held is None or pair.order is not None or instrument is None:
        return 0
    if not state.is_reconciled or instrument.base in state.unsettled:
        return 0
    there = state.balances.get(instrument.base, ZERO)
    missing = pair.held.lots - int(there / instrument.lot)
    acted_ms = host.acted_ms.get(symbol, 0)
    if state.reconciled_ms - acted_ms <= SETTLED_MS:
        # Fills are known at once: somebody else has sold of them. The balance must say so too, because
        # it may have been coins that no fill brought.
        position = state.positions.get(symbol)
        booked = ZERO if position is None else position.quantity_base
        missing = min(missing, pair.held.lots - int(booked / instrument.lot))
    return max(0, missing)


def _with_dust(pair: PairBook, lots: int) -> int:
    """All of it where the rest could never be sold."""
    assert pair.held is not None
    ticks = round(pair.close * pair.grid.ticks_per_unit)
    rest = pair.held.lots - lots
    return lots if is_large_enough(rest, ticks, pair.grid) else pair.held.lots


def _dust_lots(pair: PairBook) -> int:
    """What orders that ended half filled have left, where no order is small enough for it."""
    if pair.held is None or pair.order is not None or pair.held.lots >= pair.grid.lots_min:
        return 0
    return pair.held.lots


def _write_off(
    desk: Decision, host: StrategyHost, symbol: Symbol, *, lots: int, reason: str
) -> None:
    instrument = desk.market.instruments[symbol]
    quantity = lots * instrument.lot
    host.write_off(symbol, lots)
    desk.emit(
        StrategyWroteOff(
            time_ms=desk.now_ms,
            strategy=host.name,
            symbol=symbol,
            quantity_base=quantity,
            reason=reason,
        )
    )
    text = f"{quantity.normalize():f} {instrument.base}; {reason}"
    host.record(desk, symbol, Verdict("written off", text, "balance"))
