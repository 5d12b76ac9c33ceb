"""Limits of [risk] as gates: what no entry may exceed, by hand or by a strategy.

Law: they look at the whole account with the prices of the moment, and count open and UNKNOWN orders as if
they filled. A sale reduces and is never stopped by them. Day and peak are the account's and the machine's
clock; the three pauses belong to strategies, and are counted on the clock of their candles, by their own
trades (`host_book.py`): a person who trades by hand is told of them and not bound.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Final

from tui_trader.engine.core.gate_context import GateContext, Refusal, known_instrument
from tui_trader.engine.rules.from_settings import risk_rules
from tui_trader.engine.rules.limits import is_full, is_over, loss_ratio
from tui_trader.engine.state.valuation import equity_quote
from tui_trader.engine.values.instruments import Asset, Symbol
from tui_trader.engine.values.money import ZERO
from tui_trader.engine.values.orders import Side
from tui_trader.engine.values.strategies import PairNote, StrategyNote
from tui_trader.engine.values.time import format_clock, utc_day

PERCENT: Final = Decimal(100)
PLAY: Final = Decimal("1.005")
"""An entry is sized with one price and judged with the next: half a percent may lie between them."""
OFF = "off"
REDUCES = "reduces the position"
NO_MORE = "asks for no more than before"
STRATEGY_ACTOR = "strategy "


def _position(context: GateContext) -> str:
    if spared := _spared(context):
        return spared
    risk = context.settings.risk
    bounds = []
    if risk.position_max_quote:
        bounds.append((risk.position_max_quote, "[risk] position_max_quote"))
    if risk.position_max_percent:
        share = known_equity(context) * risk.position_max_percent / PERCENT
        name = f"{risk.position_max_percent} % of equity, [risk] position_max_percent"
        bounds.append((share, name))
    if not bounds:
        return OFF
    limit, name = min(bounds)
    total = committed_quote(context, context.draft.symbol) + _value(context)
    if total > limit * PLAY:
        message = (
            f"{context.draft.symbol}: position would be {total:,.2f}, above {limit:,.2f} ({name})"
        )
        raise Refusal(message)
    return f"position {total:,.2f}, limit {limit:,.2f}"


def _exposure(context: GateContext) -> str:
    percent = context.settings.risk.exposure_max_percent
    if spared := _spared(context):
        return spared
    if not percent:
        return OFF
    limit = known_equity(context) * percent / PERCENT
    total = _value(context) + sum(
        (committed_quote(context, symbol) for symbol in pairs_at_risk(context)), ZERO
    )
    if total > limit * PLAY:
        message = (
            f"{context.draft.symbol}: all positions together would be {total:,.2f}, above {limit:,.2f}"
            f" ({percent} % of equity, [risk] exposure_max_percent)"
        )
        raise Refusal(message)
    return f"exposure {total:,.2f}, limit {limit:,.2f}"


def _positions(context: GateContext) -> str:
    limit = context.settings.risk.positions_max
    if spared := _spared(context):
        return spared
    if not limit:
        return OFF
    others = [
        symbol
        for symbol in pairs_at_risk(context)
        if symbol != context.draft.symbol and is_position(context, symbol)
    ]
    if is_full(len(others), limit):
        message = (
            f"{context.draft.symbol}: {len(others)} other positions are open, the limit is {limit}"
            " ([risk] positions_max)"
        )
        raise Refusal(message)
    return f"{len(others)} others open, limit {limit}"


def _daily_loss(context: GateContext) -> str:
    state, percent = context.state, context.settings.risk.daily_loss_max_percent
    start = state.equity_day_start if state.equity_day == utc_day(context.now_ms) else None
    limit = risk_rules(context.settings.risk).daily_loss_max_ratio
    return _loss(
        context, start, limit, said=f"today, limit {percent} % ([risk] daily_loss_max_percent)"
    )


def _drawdown(context: GateContext) -> str:
    percent = context.settings.risk.drawdown_max_percent
    limit = risk_rules(context.settings.risk).drawdown_max_ratio
    return _loss(
        context,
        context.state.equity_peak,
        limit,
        said=f"below the highest equity, limit {percent} % ([risk] drawdown_max_percent)",
    )


def _loss(context: GateContext, reference: Decimal | None, limit: float, *, said: str) -> str:
    if spared := _spared(context):
        return spared
    if not limit:
        return OFF
    if reference is None:
        return "nothing was lost yet"
    ratio = loss_ratio(float(known_equity(context)), float(reference))
    if is_over(ratio, limit):
        message = f"{ratio:.2%} {said}; nobody enters, what is held may be sold"
        raise Refusal(message)
    return f"{ratio:.2%} {said}"


def _spared(context: GateContext) -> str:
    """Why a limit does not look at this order; empty where it does."""
    if context.draft.side is Side.SELL:
        return REDUCES
    return NO_MORE if context.is_modest else ""


def _losing_streak(context: GateContext) -> str:
    note = _note(context)
    if note is None or context.draft.side is Side.SELL:
        return _not_bound(context, context.settings.risk.losing_streak_max)
    return _paused(note, note.paused_until_ms, f"{note.streak} losing trades in a row")


def _cool_down(context: GateContext) -> str:
    note = _note(context)
    if note is None or context.draft.side is Side.SELL:
        return _not_bound(context, context.settings.risk.cool_down_minutes)
    pair: PairNote | None = note.pairs.get(context.draft.symbol)
    until_ms = 0 if pair is None else pair.cool_until_ms
    return _paused(note, until_ms, f"the last trade of {context.draft.symbol} lost")


def _trades_per_day(context: GateContext) -> str:
    note, limit = _note(context), context.settings.risk.trades_per_day_max
    if note is None or context.draft.side is Side.SELL:
        return _not_bound(context, limit)
    # The candle of this very entry may be the first of its day, which the note does not know yet.
    if not limit or note.candle_ms >= note.day_end_ms:
        return f"limit {limit}" if limit else OFF
    if is_full(note.entries_today, limit):
        message = (
            f"{note.entries_today} entries today, the limit is {limit} ([risk] trades_per_day_max)"
        )
        raise Refusal(message)
    return f"{note.entries_today} entries today, limit {limit}"


def _not_bound(context: GateContext, limit: int) -> str:
    if context.draft.side is Side.SELL:
        return REDUCES
    return "pauses strategies only" if limit else OFF


def _paused(note: StrategyNote, until_ms: int, what: str) -> str:
    if until_ms > note.candle_ms > 0:
        message = f"{what}: no entry before {format_clock(until_ms)} UTC of the candles"
        raise Refusal(message)
    return "no pause"


def is_exit(context: GateContext) -> bool:
    """Whether a strategy or a close sells what is held: that is never too large, and never one too many.

    A value that has risen above the limit of one order must not lose its stop for it. A hand that types
    a quantity to sell may have mistyped, and stays bound.
    """
    draft = context.draft
    is_measured = draft.is_closing or draft.actor.startswith(STRATEGY_ACTOR)
    return draft.side is Side.SELL and is_measured


def _note(context: GateContext) -> StrategyNote | None:
    """What the strategy that asks remembers; None for a hand."""
    if not context.draft.actor.startswith(STRATEGY_ACTOR):
        return None
    record = context.state.strategies.get(context.draft.actor.removeprefix(STRATEGY_ACTOR))
    return None if record is None else record.note


def _quote(context: GateContext) -> Asset:
    return Asset(context.settings.market.quote_asset)


def known_equity(context: GateContext) -> Decimal:
    """Worth of the account in its quote asset.

    Raises:
        Refusal: a holding has no price.
    """
    equity = equity_quote(context.state, context.market, _quote(context))
    if equity is None:
        message = "the value of the account is not known: a holding has no price in [market] pairs"
        raise Refusal(message)
    return equity


def _value(context: GateContext) -> Decimal:
    known_instrument(context)
    value = context.value_rest
    if value is None:
        message = "the value of the order is not known"
        raise Refusal(message)
    return value


def pairs_at_risk(context: GateContext) -> list[Symbol]:
    """Every pair in which something is held or may be bought, in the quote asset."""
    quote = _quote(context)
    held = [Symbol(f"{asset}/{quote}") for asset in context.state.balances if asset != quote]
    bought = [order.symbol for order in context.other_orders() if order.side is Side.BUY]
    return list(dict.fromkeys((*held, *context.state.positions, *bought)))


def committed_quote(context: GateContext, symbol: Symbol) -> Decimal:
    """Value of what is held of a pair, and of what its open buys may still add."""
    price = context.market.mid(symbol)
    total = ZERO
    held = _held_base(context, symbol)
    if held:
        if price is None:
            message = f"{symbol}: no price is known, so what is held of it has no value here"
            raise Refusal(message)
        total += held * price
    for order in context.other_orders():
        if order.symbol == symbol and order.side is Side.BUY:
            paid = order.price or price
            total += order.remaining_hold_quote if paid is None else order.remaining_base * paid
    return total


def _held_base(context: GateContext, symbol: Symbol) -> Decimal:
    # A fill is booked before the exchange tells the balance that it leads to.
    balance = context.state.balances.get(Asset(symbol.partition("/")[0]), ZERO)
    position = context.state.positions.get(symbol)
    return balance if position is None else max(balance, position.quantity_base)


def is_position(context: GateContext, symbol: Symbol) -> bool:
    """Whether a pair counts: more than the dust that could not be sold, or an order to buy."""
    instrument = context.market.instruments.get(symbol)
    least = ZERO if instrument is None else instrument.quantity_min
    is_bought = any(
        order.symbol == symbol and order.side is Side.BUY for order in context.other_orders()
    )
    held = _held_base(context, symbol)
    return is_bought or (held > ZERO and held >= least)


ENTRY_LIMITS: Final[dict[str, Callable[[GateContext], str]]] = {
    "position": _position,
    "exposure": _exposure,
    "positions": _positions,
    "daily_loss": _daily_loss,
    "drawdown": _drawdown,
    "losing_streak": _losing_streak,
    "cool_down": _cool_down,
    "trades_per_day": _trades_per_day,
}
"""Gates of [risk], in the order in which a person should hear of them."""
