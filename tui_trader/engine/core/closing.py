"""Positions that a person leaves: the pair's sells out of the way, then market sales until it is sold.

Law: one sale of a pair at a time, and the next only when the last has ended and all its fills are
booked; never more than the ledger holds, than was asked for, and than the account has free. A person's
wish to leave passes a halt; whoever halts after it ends it. What cannot be sold is said, not tried for
ever.

How to think about it: `follow` looks at each closing after every step and does the next thing that is
possible. All it remembers beyond the journal is when to try again.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from tui_trader.engine.core import placement
from tui_trader.engine.core.clearing import clear_the_way
from tui_trader.engine.core.decision import Decision
from tui_trader.engine.core.halting import ask_cancel_all, latch
from tui_trader.engine.core.leftovers import end_closing, end_everything, end_flatten
from tui_trader.engine.core.pacing import ClosingPace, Pacing
from tui_trader.engine.core.risk_gate import first_refusal, judge
from tui_trader.engine.messages.commands import ClosePosition, FlattenAll, PlaceOrder
from tui_trader.engine.messages.hand_events import CloseRequested, FlattenRequested
from tui_trader.engine.state.closing_record import Closing, Flatten
from tui_trader.engine.state.valuation import available
from tui_trader.engine.values.instruments import Asset, Instrument, Symbol
from tui_trader.engine.values.money import ZERO, round_quantity
from tui_trader.engine.values.orders import CommandId, OrderType, Side
from tui_trader.engine.values.time import MS_PER_MINUTE

CLOSE_PATIENCE_MS: Final = 60_000
"""How long a close waits for cancels, prices and balances before it says what stays."""
FLATTEN_PATIENCE_MS: Final = 10 * MS_PER_MINUTE
ABANDONED_AFTER_MS: Final = 10 * MS_PER_MINUTE
"""A wish to sell at market that a restart finds older than this is a surprise, not a service."""
SALES_MAX: Final = 20
"""Of one closing: a thin book takes it in parts, an exchange may refuse some."""
PERCENT: Final = Decimal(100)
ONE: Final = Decimal(1)


def begin(desk: Decision) -> None:
    """A session begins: what was asked for long ago is not sold by surprise."""
    leaving = desk.state.leaving
    moments = [one.started_ms for one in leaving.closings.values()]
    if leaving.flatten is not None:
        moments.append(leaving.flatten.started_ms)
    if moments and desk.now_ms - min(moments) > ABANDONED_AFTER_MS:
        minutes = ABANDONED_AFTER_MS // MS_PER_MINUTE
        end_everything(desk, reason=f"the engine was away for more than {minutes} minutes")


def close(desk: Decision, command: ClosePosition) -> None:
    """Begin to sell a share of one position, or say why not."""
    gate, reason = next(_refusals(desk, command), ("", ""))
    if reason:
        placement.refuse(desk, command, gate=gate, reason=reason)
        return
    _begin(
        desk,
        command.symbol,
        fraction=command.fraction,
        actor=command.actor,
        command_id=command.command_id,
    )


def flatten(desk: Decision, pacing: Pacing, command: FlattenAll) -> None:
    """Latch the stop, cancel everything, and sell every position once that is confirmed."""
    if desk.state.leaving.flatten is not None:
        reason = "every position is being sold already"
        placement.refuse(desk, command, gate="flatten", reason=reason)
        return
    if desk.state.halt is None:
        latch(desk, actor=command.actor, reason="flatten", command_id=command.command_id)
    else:
        end_everything(desk, reason="every position is being sold instead")
    desk.emit(
        FlattenRequested(time_ms=desk.now_ms, command_id=command.command_id, actor=command.actor)
    )
    ask_cancel_all(desk, pacing, actor=command.actor, command_id=command.command_id)


def follow(desk: Decision, pacing: Pacing) -> None:
    """Do what can be done next of everything that is being closed."""
    leaving = desk.state.leaving
    if leaving.is_idle and not pacing.closings:
        return  # As good as always, and this is the inner loop of a backtest.
    for symbol in pacing.closings.keys() - leaving.closings.keys():
        del pacing.closings[symbol]
    if leaving.is_idle or not desk.state.is_reconciled or desk.state.is_stopping:
        return
    if leaving.flatten is not None and leaving.flatten.is_cancelled:
        _begin_everything(desk)
    for closing in tuple(leaving.closings.values()):
        pace = pacing.closings.get(closing.symbol)
        if pace is None or pace.started_ms != closing.started_ms:
            is_flatten = leaving.flatten is not None
            patience_ms = FLATTEN_PATIENCE_MS if is_flatten else CLOSE_PATIENCE_MS
            pace = ClosingPace(closing.started_ms, until_ms=desk.now_ms + patience_ms)
            pacing.closings[closing.symbol] = pace
        _advance(desk, pacing, closing, pace=pace)
    is_over = not (leaving.closings or desk.state.open_orders() or pacing.fills_expected)
    whole = leaving.flatten
    if whole is not None and whole.is_cancelled and is_over and not _unsold(desk, whole):
        end_flatten(desk)


def _begin(
    desk: Decision,
    symbol: Symbol,
    *,
    fraction: Decimal,
    actor: str,
    command_id: CommandId | None,
) -> None:
    position = desk.state.positions[symbol]
    instrument = desk.market.instruments.get(symbol)
    quantity = position.quantity_base * fraction
    if instrument is not None and fraction != ONE:
        quantity = round_quantity(quantity, lot=instrument.lot)
    desk.emit(
        CloseRequested(
            time_ms=desk.now_ms,
            command_id=command_id,
            actor=actor,
            symbol=symbol,
            fraction=fraction,
            quantity_base=quantity,
        )
    )


def _begin_everything(desk: Decision) -> None:
    """Close every position that is not being closed, and has grown since it was left, if it was."""
    leaving = desk.state.leaving
    assert leaving.flatten is not None
    for symbol in _unsold(desk, leaving.flatten):
        if symbol not in leaving.closings:
            _begin(
                desk,
                symbol,
                fraction=ONE,
                actor=leaving.flatten.actor,
                command_id=leaving.flatten.command_id,
            )


def _unsold(desk: Decision, whole: Flatten) -> list[Symbol]:
    """Pairs of which more is held than what is known to stay: a late fill may have bought it."""
    return [
        symbol
        for symbol, position in sorted(desk.state.positions.items())
        if position.quantity_base
        > (whole.left[symbol].quantity_base if symbol in whole.left else ZERO)
    ]


def _refusals(desk: Decision, command: ClosePosition) -> Iterator[tuple[str, str]]:
    """Gate and reason why a close cannot begin."""
    symbol, state = command.symbol, desk.state
    if state.is_stopping or not state.is_reconciled:
        yield "session", "the account is still being compared with the exchange; wait a moment"
    if not ZERO < command.fraction <= ONE:
        yield "form", f"the share {command.fraction} must be above 0 and at most 1"
    if state.leaving.flatten is not None or symbol in state.leaving.closings:
        yield "close", f"{symbol} is being closed already"
    position = state.positions.get(symbol)
    if position is None or not position.quantity_base:
        yield "position", _no_position(desk, symbol)
        return
    instrument = desk.market.instruments.get(symbol)
    if instrument is None:
        known = ", ".join(sorted(desk.market.instruments)) or "none yet"
        yield "instrument", f"{symbol} is not watched; known pairs: {known}"
        return
    quantity = round_quantity(position.quantity_base * command.fraction, lot=instrument.lot)
    if dust := _dust(desk, quantity, instrument):
        yield "minimum", f"{symbol}: {dust}"


def _no_position(desk: Decision, symbol: Symbol) -> str:
    base = Asset(symbol.partition("/")[0])
    balance = desk.state.balances.get(base, ZERO)
    if not balance:
        return f"nothing is held of {symbol}; a spot account cannot sell what it has not bought"
    return (
        f"{symbol}: the {balance.normalize():f} {base} of the account were not bought through this"
        " program, so it knows no position; sell them with an order"
    )


def _dust(desk: Decision, quantity: Decimal, instrument: Instrument) -> str:
    """Why so little cannot be sold; empty where it can."""
    mid = desk.market.mid(instrument.symbol)
    if quantity < instrument.quantity_min:
        least = f"{instrument.quantity_min.normalize():f} {instrument.base}"
    elif mid is not None and quantity * mid < instrument.cost_min:
        least = f"{instrument.cost_min.normalize():f} {instrument.quote}"
    else:
        return ""
    return f"{quantity.normalize():f} is below the exchange's minimum of {least}"


def _advance(desk: Decision, pacing: Pacing, closing: Closing, *, pace: ClosingPace) -> None:
    """The next thing that is possible of one closing."""
    sale = None if closing.order is None else desk.state.orders[closing.order]
    if (sale is not None and sale.is_open) or _are_fills_owed(desk, pacing, closing.symbol):
        return
    pace.hear(sale, desk.now_ms)
    instrument = desk.market.instruments.get(closing.symbol)
    # Every sale of the pair takes as much from this as from the ledger: it is never more than is held.
    rest_base = closing.rest_base
    if instrument is not None:
        rest_base = round_quantity(rest_base, lot=instrument.lot)
        if dust := _dust(desk, rest_base, instrument):
            end_closing(desk, closing, reason=dust)
            return
    if desk.now_ms >= pace.until_ms or closing.order_count >= SALES_MAX:
        end_closing(desk, closing, reason=pace.reason or "it could not be sold in time")
    elif instrument is None:
        pace.reason = f"{closing.symbol} is not watched here, so it has no price"
        if desk.market.instruments:
            end_closing(desk, closing, reason=pace.reason)
    elif not clear_the_way(desk, pacing, closing, rest_base=rest_base, pace=pace):
        pace.reason = "its open sells were not cancelled in time"
    elif desk.now_ms >= pace.not_before_ms:
        quantity = _sellable(desk, pacing, instrument, rest_base=rest_base, pace=pace)
        _sell(desk, closing, pace, quantity=quantity)


def _are_fills_owed(desk: Decision, pacing: Pacing, symbol: Symbol) -> bool:
    """Whether fills of the pair are known of and not booked yet: what is left is not known before."""
    return any(desk.state.orders[name].symbol == symbol for name in pacing.fills_expected)


def _sellable(
    desk: Decision,
    pacing: Pacing,
    instrument: Instrument,
    *,
    rest_base: Decimal,
    pace: ClosingPace,
) -> Decimal:
    """What of the rest can be sold in one go: it is free, and the book takes it within the collar."""
    free = round_quantity(
        max(ZERO, available(desk.state, instrument.base, _quote(desk))), lot=instrument.lot
    )
    if free < rest_base:
        # A balance may have been missed: only a look that began after this proves that it is less.
        is_proven = _is_shortage_proven(desk, pacing, pace)
        if _dust(desk, free, instrument):
            if is_proven:
                pace.until_ms = desk.now_ms
            pace.reason = f"only {free.normalize():f} {instrument.base} are free in the account"
            return ZERO
    quantity = min(rest_base, free)
    book, mid = desk.market.books.get(instrument.symbol), desk.market.mid(instrument.symbol)
    if book is None or mid is None or not book.is_verified:
        return quantity
    floor = mid * (1 - desk.settings.limits.price_collar_percent / PERCENT)
    taken = sum((level.quantity_base for level in book.bids if level.price >= floor), ZERO)
    part = min(quantity, round_quantity(taken, lot=instrument.lot))
    # Without depth for even the least, the gate says so; and no part leaves dust that nothing sells.
    if _dust(desk, part, instrument):
        return quantity
    if part < rest_base and _dust(desk, rest_base - part, instrument):
        less = round_quantity(part / 2, lot=instrument.lot)
        return part if _dust(desk, less, instrument) else less
    return part


def _is_shortage_proven(desk: Decision, pacing: Pacing, pace: ClosingPace) -> bool:
    if pace.short_since_ms is None:
        pace.short_since_ms = desk.now_ms
        pacing.want_fetch()
    return desk.state.reconciled_ms > pace.short_since_ms


def _sell(desk: Decision, closing: Closing, pace: ClosingPace, *, quantity: Decimal) -> None:
    if not quantity:
        return
    symbol = closing.symbol
    # As many orders as there are, so that no two sales of one moment share a name.
    name = placement.order_name(
        f"close {symbol} {closing.command_id} {closing.started_ms} {len(desk.state.orders)}"
    )
    command = PlaceOrder(
        command_id=closing.command_id or CommandId(name),
        actor=closing.actor,
        client_order_id=name,
        symbol=symbol,
        side=Side.SELL,
        order_type=OrderType.MARKET,
        quantity_base=quantity,
    )
    context = placement.judged(desk, placement.draft_of(command, is_closing=True))
    verdict = first_refusal(judge(context))
    if verdict is None:
        placement.submit(desk, command, context)
    else:
        pace.wait(f"{verdict.gate}: {verdict.text}", desk.now_ms)


def _quote(desk: Decision) -> Asset:
    return Asset(desk.settings.market.quote_asset)
