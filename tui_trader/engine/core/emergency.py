"""The emergency stop: latch first, cancel everything, ask until the exchange confirms.

Law: halting is never refused and never waits. What the exchange has not confirmed is not done, and
is asked for again for as long as the halt lasts; asking twice for a cancel is safe, unlike an order.
"""

from tui_trader.engine.core import reconcile
from tui_trader.engine.core.decision import Decision
from tui_trader.engine.core.halting import ask_cancel_all, latch
from tui_trader.engine.core.leftovers import end_everything
from tui_trader.engine.core.pacing import CANCEL_ALL_AGAIN_MS, CANCEL_ALL_TRIES_MAX, Pacing
from tui_trader.engine.core.placement import refuse, withdraw
from tui_trader.engine.messages.commands import CancelAllOrders, HaltTrading, ResumeTrading
from tui_trader.engine.messages.events import (
    CancelAllConfirmed,
    CancelAllFailed,
    TradingResumed,
)
from tui_trader.engine.messages.reports import CancelAllReport, Outcome
from tui_trader.engine.values.orders import OrderStatus


def halt(desk: Decision, pacing: Pacing, command: HaltTrading) -> None:
    """Latch, and cancel all. A second press cancels all again and keeps who was first.

    Whoever says stop last is obeyed: what was being closed is not sold any further either.
    """
    if desk.state.halt is None:
        latch(
            desk,
            actor=command.actor,
            reason=command.reason,
            command_id=command.command_id,
            asked_ms=command.asked_ms,
        )
        ask_cancel_all(desk, pacing, actor=command.actor)
    else:
        end_everything(desk, reason=f"trading was halted by {command.actor}: {command.reason}")
        ask_cancel_all(desk, pacing, actor=command.actor, command_id=command.command_id)


def resume(desk: Decision, pacing: Pacing, command: ResumeTrading) -> None:
    """Unlatch, and compare the account before the first new order."""
    if desk.state.halt is None:
        refuse(desk, command, gate="halted", reason="trading is not halted")
        return
    if desk.state.leaving.flatten is not None:
        reason = "every position is still being sold; wait for its end, or halt to break it off"
        refuse(desk, command, gate="flatten", reason=reason)
        return
    pacing.cancel_all_tries_left = 0
    desk.emit(
        TradingResumed(time_ms=desk.now_ms, command_id=command.command_id, actor=command.actor)
    )
    reconcile.want(desk, pacing, reason="resumed")


def cancel_all(desk: Decision, pacing: Pacing, command: CancelAllOrders) -> None:
    """Cancel everything by hand; trading goes on."""
    pacing.cancel_all_tries_left = CANCEL_ALL_TRIES_MAX
    ask_cancel_all(desk, pacing, actor=command.actor, command_id=command.command_id)


def weigh_cancel_all(desk: Decision, pacing: Pacing, report: CancelAllReport) -> None:
    """Confirmed: look at the account to see it. Not confirmed: the timer asks again."""
    pacing.is_cancelling_all = False
    if report.outcome is Outcome.ACCEPTED:
        pacing.cancel_all_tries_left = 0
        desk.emit(CancelAllConfirmed(time_ms=desk.now_ms, count=report.count))
        if desk.state.open_orders():
            pacing.want_fetch(not_before_ms=desk.now_ms + CANCEL_ALL_AGAIN_MS)
        return
    pacing.cancel_all_tries_left = max(0, pacing.cancel_all_tries_left - 1)
    desk.emit(CancelAllFailed(time_ms=desk.now_ms, reason=report.reason))


def keep_asking(desk: Decision, pacing: Pacing) -> None:
    """Timer: repeat an unconfirmed cancel-all; catch orders that came to light after it."""
    halt_latched = desk.state.halt
    flatten = desk.state.leaving.flatten
    is_owed = halt_latched is not None and not halt_latched.is_cancel_confirmed
    is_owed = is_owed or (flatten is not None and not flatten.is_cancelled)
    if (is_owed or pacing.cancel_all_tries_left > 0) and not pacing.is_cancelling_all:
        if desk.now_ms >= pacing.cancel_all_not_before_ms:
            ask_cancel_all(desk, pacing, actor="engine")
        return
    if halt_latched is None or is_owed:
        return
    for order in desk.state.open_orders():
        is_withdrawable = order.status in {OrderStatus.OPEN, OrderStatus.PARTIALLY_FILLED}
        not_before = pacing.cancel_not_before_ms.get(
            order.client_order_id, halt_latched.time_ms + CANCEL_ALL_AGAIN_MS
        )
        is_let_pass = desk.state.leaving.is_sale(order.client_order_id)
        if is_withdrawable and not is_let_pass and desk.now_ms >= not_before:
            withdraw(desk, pacing, order)
