"""Latching the halt and asking for the cancel of everything: the two moves every stop is made of."""

from tui_trader.engine.core.decision import Decision
from tui_trader.engine.core.leftovers import end_everything
from tui_trader.engine.core.pacing import CANCEL_ALL_AGAIN_MS, Pacing
from tui_trader.engine.messages.events import AnomalyFound, CancelAllRequested, TradingHalted
from tui_trader.engine.messages.requests import WithdrawAllOrders
from tui_trader.engine.values.orders import CommandId


def halt_on_anomaly(desk: Decision, pacing: Pacing, text: str) -> None:
    """Evidence contradicts the journal: set it aside, and stop until a person has looked."""
    desk.emit(AnomalyFound(time_ms=desk.now_ms, text=text))
    if desk.state.halt is None:
        latch(desk, actor="engine", reason=text)
        ask_cancel_all(desk, pacing, actor="engine")


def latch(
    desk: Decision,
    *,
    actor: str,
    reason: str,
    command_id: CommandId | None = None,
    asked_ms: int = 0,
) -> None:
    """No new order from here on, through every restart, until a person resumes."""
    end_everything(desk, reason=f"trading was halted by {actor}: {reason}")
    desk.emit(
        TradingHalted(
            time_ms=desk.now_ms,
            command_id=command_id,
            actor=actor,
            reason=reason,
            open_order_count=len(desk.state.open_orders()),
            asked_ms=asked_ms if 0 < asked_ms < desk.now_ms else 0,
        )
    )


def ask_cancel_all(
    desk: Decision, pacing: Pacing, *, actor: str, command_id: CommandId | None = None
) -> None:
    """Let a cancel of everything leave; asking twice is safe."""
    pacing.is_cancelling_all = True
    pacing.cancel_all_not_before_ms = desk.now_ms + CANCEL_ALL_AGAIN_MS
    desk.emit(CancelAllRequested(time_ms=desk.now_ms, command_id=command_id, actor=actor))
    desk.request(WithdrawAllOrders())
