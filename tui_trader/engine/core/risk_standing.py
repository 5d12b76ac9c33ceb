"""How far each limit of [risk] is used up: the same counting as its gate, told before anybody is refused.

Law: nothing here decides. Amounts come from the functions that the gates of `risk_limits.py` ask, so that
a gauge never promises what a gate then refuses.
"""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Final, NamedTuple

from tui_trader.engine.core.gate_context import GateContext, OrderDraft, Refusal
from tui_trader.engine.core.risk_limits import (
    ENTRY_LIMITS,
    PERCENT,
    committed_quote,
    is_position,
    known_equity,
    pairs_at_risk,
)
from tui_trader.engine.messages.risk_queries import RiskAnswer, RiskRow, RiskState
from tui_trader.engine.rules.from_settings import risk_rules
from tui_trader.engine.rules.limits import NOISE_RATIO, is_full, is_over, loss_ratio
from tui_trader.engine.settings.model import Settings
from tui_trader.engine.state.market_view import MarketView
from tui_trader.engine.state.strategy_record import StrategyRecord
from tui_trader.engine.state.trading_state import TradingState
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.money import ZERO
from tui_trader.engine.values.orders import OrderType, Side
from tui_trader.engine.values.text import sanitize
from tui_trader.engine.values.time import MS_PER_DAY, MS_PER_MINUTE, format_rfc3339, utc_day

NEAR_RATIO: Final = 0.8
_NONE_RUNS = "no strategy runs; by hand it does not bind"
_NOBODY = OrderDraft(
    client_order_id=None,
    symbol=Symbol(""),
    side=Side.BUY,
    order_type=OrderType.MARKET,
    quantity_base=ZERO,
    price=None,
    post_only=False,
)
_NAMES: Final = {
    "position": "Position",
    "exposure": "Exposure",
    "positions": "Open positions",
    "daily_loss": "Daily loss",
    "drawdown": "Drawdown",
    "losing_streak": "Losing streak",
    "cool_down": "Cool-down",
    "trades_per_day": "Trades a day",
}


class _Standing(NamedTuple):
    """What a row says beside its name."""

    used: float | None
    limit: float | None
    unit: str
    text: str
    state: RiskState | None = None
    since_ms: int | None = None


def risk_answer(
    settings: Settings, state: TradingState, market: MarketView, *, now_ms: int
) -> RiskAnswer:
    """Every limit of [risk], in the order of its gates."""
    context = GateContext(_NOBODY, settings, state, market=market, now_ms=now_ms)
    return RiskAnswer(rows=tuple(_row(key, context) for key in ENTRY_LIMITS))


def _row(key: str, context: GateContext) -> RiskRow:
    try:
        standing = _STANDINGS[key](context)
    except Refusal as unknown:
        # The gate refuses with the same words: what cannot be worked out lets nobody enter.
        standing = _Standing(None, None, "", str(unknown), state="unknown")
    return RiskRow(
        key=key,
        name=_NAMES[key],
        used=standing.used,
        limit=standing.limit,
        unit=standing.unit,
        state=standing.state or _state(standing.used, standing.limit),
        text=standing.text,
        since_ms=standing.since_ms,
    )


def _state(used: float | None, limit: float | None) -> RiskState:
    if not limit:
        return "off"
    if used is None:
        return "unknown"
    share = used / limit
    if share >= 1 - NOISE_RATIO:
        return "reached"
    return "near" if share >= NEAR_RATIO else "ok"


def _off(unit: str) -> _Standing:
    return _Standing(None, None, unit, "off", state="off")


def _position(context: GateContext) -> _Standing:
    risk, unit = context.settings.risk, context.settings.market.quote_asset
    bounds = [risk.position_max_quote] if risk.position_max_quote else []
    if risk.position_max_percent:
        bounds.append(known_equity(context) * risk.position_max_percent / PERCENT)
    if not bounds:
        return _off(unit)
    limit = min(bounds)
    values = {symbol: committed_quote(context, symbol) for symbol in pairs_at_risk(context)}
    largest = max(values, key=lambda symbol: values[symbol], default=None)
    used = ZERO if largest is None else values[largest]
    if largest is None or not used:
        return _Standing(0.0, float(limit), unit, f"nothing held; {limit:,.2f} {unit} in one pair")
    return _Standing(float(used), float(limit), unit, f"{largest}: {_left(limit - used, unit)}")


def _exposure(context: GateContext) -> _Standing:
    percent, unit = context.settings.risk.exposure_max_percent, context.settings.market.quote_asset
    if not percent:
        return _off(unit)
    limit = known_equity(context) * percent / PERCENT
    used = sum((committed_quote(context, symbol) for symbol in pairs_at_risk(context)), ZERO)
    return _Standing(float(used), float(limit), unit, _left(limit - used, unit))


def _left(amount: Decimal, unit: str) -> str:
    return (
        f"{amount:,.2f} {unit} left" if amount > 0 else f"nothing left, {-amount:,.2f} {unit} over"
    )


def _positions(context: GateContext) -> _Standing:
    limit = context.settings.risk.positions_max
    if not limit:
        return _off("positions")
    count = sum(is_position(context, symbol) for symbol in pairs_at_risk(context))
    text = "no further pair is entered" if is_full(count, limit) else f"{limit - count} more"
    return _Standing(float(count), float(limit), "positions", text)


def _daily_loss(context: GateContext) -> _Standing:
    state, day = context.state, utc_day(context.now_ms)
    start = state.equity_day_start if state.equity_day == day else None
    limit = risk_rules(context.settings.risk).daily_loss_max_ratio
    standing = _loss(context, start, limit, of="today")
    return standing._replace(since_ms=day * MS_PER_DAY)


def _drawdown(context: GateContext) -> _Standing:
    limit = risk_rules(context.settings.risk).drawdown_max_ratio
    return _loss(context, context.state.equity_peak, limit, of="below the peak")


def _loss(context: GateContext, reference: Decimal | None, limit: float, *, of: str) -> _Standing:
    if not limit:
        return _off("percent")
    percent = limit * float(PERCENT)
    if reference is None:
        text = "the account was not valued yet"
        return _Standing(None, percent, "percent", text, state="unknown")
    equity = float(known_equity(context))
    ratio = loss_ratio(equity, float(reference))
    unit = context.settings.market.quote_asset
    if is_over(ratio, limit):
        text = f"{ratio:.2%} {of}; nobody enters"
        return _Standing(ratio * 100, percent, "percent", text, state="reached")
    left = equity - float(reference) * (1 - limit)
    return _Standing(ratio * 100, percent, "percent", f"{left:,.2f} {unit} to lose")


class _Pause(NamedTuple):
    """How one strategy stands to one of its pauses; a pause that lasts has `until_ms`."""

    used: float
    limit: float
    name: str
    until_ms: int = 0
    what: str = ""

    @property
    def share(self) -> float:
        return self.used / self.limit if self.limit else 0.0


def _losing_streak(context: GateContext) -> _Standing:
    found = [
        _Pause(
            float(record.note.streak),
            record.spec.risk.get("losing_streak_max", 0.0),
            name,
            _lasting(record, record.note.paused_until_ms),
        )
        for name, record in context.state.strategies.items()
    ]
    pause, off = _worst(found, context.settings.risk.losing_streak_max, "trades")
    if pause is None:
        return off
    left = int(pause.limit - pause.used)
    # After a pause the streak goes on: nobody rests now, and one more loss is a pause again.
    text = _until(pause) or f"{sanitize(pause.name)}: {max(1, left)} more until a pause"
    standing = _paused(pause, text, "trades")
    return standing._replace(state="near") if left <= 0 and not pause.until_ms else standing


def _cool_down(context: GateContext) -> _Standing:
    found = []
    for name, record in context.state.strategies.items():
        limit = record.spec.risk.get("cool_down_ms", 0.0) / MS_PER_MINUTE
        for symbol, pair in record.note.pairs.items():
            until_ms = _lasting(record, pair.cool_until_ms)
            left = (until_ms - record.note.candle_ms) / MS_PER_MINUTE if until_ms else 0.0
            found.append(_Pause(left, limit, name, until_ms, f" {symbol}"))
    pause, off = _worst(found, context.settings.risk.cool_down_minutes, "minutes")
    if pause is None:
        return off
    return _paused(pause, _until(pause) or "no pair cools down", "minutes")


def _trades_per_day(context: GateContext) -> _Standing:
    found = []
    for name, record in context.state.strategies.items():
        note = record.note
        count = note.entries_today if note.candle_ms < note.day_end_ms else 0
        found.append(_Pause(float(count), record.spec.risk.get("trades_per_day_max", 0.0), name))
    pause, off = _worst(found, context.settings.risk.trades_per_day_max, "trades")
    if pause is None:
        return off
    left = int(pause.limit - pause.used)
    return _Standing(
        pause.used,
        pause.limit,
        "trades",
        f"{sanitize(pause.name)}: {left} more today"
        if left > 0
        else f"{sanitize(pause.name)}: no entry for the rest of its day",
        since_ms=utc_day(context.now_ms) * MS_PER_DAY,
    )


def _lasting(record: StrategyRecord, until_ms: int) -> int:
    """End of a pause on the clock of the candles, 0 where it is over: as the gate asks."""
    return until_ms if until_ms > record.note.candle_ms > 0 else 0


def _worst(found: Iterable[_Pause], setting: int, unit: str) -> tuple[_Pause | None, _Standing]:
    """The strategy that is bound most, by the limits it was started with; else what to say of none."""
    bound = [pause for pause in found if pause.limit]
    if bound:
        return max(bound, key=lambda pause: (bool(pause.until_ms), pause.share)), _off(unit)
    if not setting:
        return None, _off(unit)
    return None, _Standing(None, float(setting), unit, _NONE_RUNS, state="ok")


def _until(pause: _Pause) -> str:
    if not pause.until_ms:
        return ""
    moment = format_rfc3339(pause.until_ms)[5:16].replace("T", " ")
    return f"{sanitize(pause.name)}{pause.what}: no entry before {moment} UTC of the candles"


def _paused(pause: _Pause, text: str, unit: str) -> _Standing:
    is_resting: RiskState | None = "reached" if pause.until_ms else None
    return _Standing(pause.used, pause.limit, unit, text, state=is_resting)


_STANDINGS: Final[dict[str, Callable[[GateContext], _Standing]]] = {
    "position": _position,
    "exposure": _exposure,
    "positions": _positions,
    "daily_loss": _daily_loss,
    "drawdown": _drawdown,
    "losing_streak": _losing_streak,
    "cool_down": _cool_down,
    "trades_per_day": _trades_per_day,
}
