"""What the risk screen shows, as a function of the scene: limits, exposures, the account, and what tripped last.

Law: gauges of [risk] are the engine's own counting (`AskRisk`); only how many orders are open and how silent
the feed is are counted here, from the same state that the engine sent.
"""

from decimal import Decimal

from tui_trader.engine.messages.events import CommandRefused
from tui_trader.engine.messages.queries import (
    AskSettings,
    AskStatus,
    Query,
    StatusAnswer,
)
from tui_trader.engine.messages.risk_queries import AskRisk, RiskAnswer, RiskRow, RiskState
from tui_trader.engine.state.trading_state import TradingState
from tui_trader.engine.values.instruments import Asset, Symbol
from tui_trader.engine.values.money import ZERO
from tui_trader.engine.values.time import MS_PER_SECOND
from tui_trader.widgets.drawing.risk_rows import Exposure, Trip
from tui_trader.widgets.scene import Scene
from tui_trader.widgets.strategies_view import SETTINGS, setting_rows

RISK, STATUS = "risk", "status"
NEAR_RATIO = 0.8
TRIPS_MAX = 100
SETTING_OF = {
    "position": "risk.position_max_quote",
    "exposure": "risk.exposure_max_percent",
    "positions": "risk.positions_max",
    "daily_loss": "risk.daily_loss_max_percent",
    "drawdown": "risk.drawdown_max_percent",
    "losing_streak": "risk.losing_streak_max",
    "cool_down": "risk.cool_down_minutes",
    "trades_per_day": "risk.trades_per_day_max",
    "order_value": "limits.order_value_max_quote",
    "position_value": "limits.position_value_max_quote",
    "open_orders": "limits.open_orders_max",
    "collar": "limits.price_collar_percent",
    "feed": "limits.stale_after_s",
}
"""The setting behind each gate."""


def wanted_risk(_: Scene) -> list[tuple[str, Query]]:
    """What the screen asks the engine."""
    return [(RISK, AskRisk()), (STATUS, AskStatus()), (SETTINGS, AskSettings())]


def limit_rows(scene: Scene) -> list[RiskRow]:
    """Every limit with its gauge; none before the engine has told them."""
    answer = scene.topic(RISK).answer
    if not isinstance(answer, RiskAnswer):
        return []
    return [*answer.rows, *_counted_here(scene)]


def status_of(scene: Scene) -> StatusAnswer | None:
    """The session at a glance, as the engine last told it."""
    answer = scene.topic(STATUS).answer
    return answer if isinstance(answer, StatusAnswer) else None


def setting_of(scene: Scene, gate: str) -> str:
    """Key of the setting behind a gate; of two the one that binds."""
    if gate == "position":
        return _binding_position(scene)
    return SETTING_OF.get(gate, "")


def exposures(scene: Scene) -> list[Exposure]:
    """Everything the account holds but cash, the largest first."""
    state, equity = scene.state, scene.equity
    quote = scene.quote
    rows = []
    for asset, balance in state.balances.items():
        if asset == quote or balance <= ZERO:
            continue
        symbol = Symbol(f"{asset}/{quote}")
        mark, position = scene.market.mark(symbol), state.positions.get(symbol)
        value = None if mark is None else balance * mark
        rows.append(
            Exposure(
                symbol=symbol,
                quantity_base=balance,
                value_quote=value,
                share_ratio=None if value is None or not equity else float(value / equity),
                pnl_quote=None if position is None or mark is None else position.open_pnl(mark),
                held_by=_held_by(state, symbol),
            )
        )
    return sorted(rows, key=lambda row: -(row.value_quote or ZERO))


def cash_of(scene: Scene) -> Decimal | None:
    """What is not invested; None before the account is known."""
    return scene.state.balances.get(Asset(scene.quote))


def trips(scene: Scene) -> list[Trip]:
    """What a rule refused and what stopped trading, newest first, as far as the journal was read."""
    refused = [_refusal(event) for event in reversed(scene.journal.refused)]
    halt = scene.state.halt
    if halt is not None:
        stop = Trip(time_ms=halt.time_ms, gate="halted", actor=halt.actor, text=halt.reason)
        refused.append(stop)
    return sorted(refused, key=lambda trip: -trip.time_ms)[:TRIPS_MAX]


def _refusal(event: CommandRefused) -> Trip:
    text = f"{event.subject}: {event.reason}" if event.subject else event.reason
    return Trip(time_ms=event.time_ms, gate=event.gate, actor=event.actor, text=text)


def _held_by(state: TradingState, symbol: Symbol) -> str:
    names = [
        name
        for name, record in state.strategies.items()
        if symbol in record.note.pairs and record.note.pairs[symbol].held is not None
    ]
    return ", ".join(names) or "you"


def _counted_here(scene: Scene) -> list[RiskRow]:
    rows, state = setting_rows(scene), scene.state
    found = []
    orders = _number(rows.get(SETTING_OF["open_orders"]))
    if orders is not None:
        used = float(len(state.open_orders()))
        text = f"{orders - used:.0f} more"
        found.append(_row("open_orders", "Open orders", (used, orders), unit="orders", text=text))
    silence = _number(rows.get(SETTING_OF["feed"]))
    if silence is not None:
        age_s = scene.market_age_ms / MS_PER_SECOND
        text = "no order is sent beyond it"
        found.append(
            _row("feed", "Feed silence", (round(age_s, 1), silence), unit="seconds", text=text)
        )
    return found


def _row(key: str, name: str, numbers: tuple[float, float], *, unit: str, text: str) -> RiskRow:
    used, limit = numbers
    share = used / limit if limit else 1.0
    state: RiskState = "reached" if share >= 1 else "near" if share >= NEAR_RATIO else "ok"
    return RiskRow(key=key, name=name, used=used, limit=limit, unit=unit, state=state, text=text)


def _number(row: object) -> float | None:
    value = getattr(row, "value", "")
    try:
        return float(value)
    except ValueError:
        return None


def _binding_position(scene: Scene) -> str:
    """The lesser of the two limits of one position."""
    rows, equity = setting_rows(scene), scene.equity
    quote = _number(rows.get("risk.position_max_quote"))
    percent = _number(rows.get("risk.position_max_percent"))
    share = None if not percent or equity is None else float(equity) * percent / 100
    if quote and (share is None or quote <= share):
        return "risk.position_max_quote"
    return "risk.position_max_percent"
