"""Journal against exchange: on every start, after every gap in the stream, and now and then.

Law: no new order before the account was compared. What the exchange has and the journal lacks is
booked; what the journal has and the exchange lacks is looked up, order by order; nothing is assumed.
"""

from tui_trader.engine.core import evidence
from tui_trader.engine.core.amending import doubt, weigh_terms
from tui_trader.engine.core.decision import Decision
from tui_trader.engine.core.halting import halt_on_anomaly
from tui_trader.engine.core.pacing import (
    FETCH_AGAIN_MS,
    FETCH_AGAIN_MS_MAX,
    FIRST_FETCH_PATIENCE_MS,
    Pacing,
)
from tui_trader.engine.messages.events import (
    BalanceChanged,
    OrderOutcomeUnknown,
    ReconcileCompleted,
    ReconcileFailed,
    ReconcileStarted,
)
from tui_trader.engine.messages.reports import AccountReport
from tui_trader.engine.messages.requests import FetchAccount
from tui_trader.engine.values.account import AccountSnapshot, ExchangeBalance
from tui_trader.engine.values.money import ZERO
from tui_trader.engine.values.orders import ClientOrderId, ExchangeOrderId, OrderStatus
from tui_trader.engine.values.time import MS_PER_DAY, MS_PER_MINUTE

CLOCK_MARGIN_MS = MS_PER_MINUTE
"""The exchange stamps by its clock, we by ours: look back a minute further than needed."""


def begin(desk: Decision, pacing: Pacing) -> None:
    """Start of a session: whatever was on its way when the last one ended is unknown."""
    in_doubt = (OrderStatus.SUBMITTED, OrderStatus.CANCELLING)
    for order in desk.state.open_orders():
        if order.amendment is not None:
            doubt(desk, pacing, order, reason="the engine stopped before the answer came")
        if order.status in in_doubt:
            desk.emit(
                OrderOutcomeUnknown(
                    time_ms=desk.now_ms,
                    client_order_id=order.client_order_id,
                    reason="the engine stopped before the answer came",
                )
            )
    want(desk, pacing, reason="start")
    pacing.fetch_not_before_ms = desk.now_ms + FIRST_FETCH_PATIENCE_MS


def want(desk: Decision, pacing: Pacing, *, reason: str) -> None:
    """Stop new orders until the account was compared; the timer asks."""
    desk.emit(ReconcileStarted(time_ms=desk.now_ms, reason=reason))
    pacing.is_fetch_wanted = True
    pacing.fetch_not_before_ms = desk.now_ms


def fetch(desk: Decision, pacing: Pacing) -> None:
    """Ask the exchange for everything since the last comparison, or since the oldest open order."""
    since_ms = desk.state.reconciled_ms or desk.now_ms
    if since_ms > desk.now_ms:
        # The clock was ahead when that was written: nobody knows when it really was.
        since_ms = desk.now_ms - MS_PER_DAY
    moments = [since_ms]
    moments += [order.submitted_ms for order in desk.state.open_orders()]
    pacing.is_fetching, pacing.is_fetch_wanted = True, False
    desk.request(FetchAccount(since_ms=max(0, min(moments) - CLOCK_MARGIN_MS)))


def weigh_account(desk: Decision, pacing: Pacing, report: AccountReport) -> None:
    """Compare, book what was missed, look up what is missing."""
    pacing.is_fetching = False
    snapshot = report.snapshot
    if snapshot is None:
        pacing.fetch_failures += 1
        wait_ms = min(FETCH_AGAIN_MS_MAX, FETCH_AGAIN_MS * pacing.fetch_failures)
        pacing.want_fetch(not_before_ms=desk.now_ms + wait_ms)
        desk.emit(ReconcileFailed(time_ms=desk.now_ms, reason=report.reason))
        return
    pacing.fetch_failures = 0
    fills_found, orders_found = _book(desk, pacing, snapshot)
    _doubt_missing(desk, pacing, snapshot)
    named = {balance.asset for balance in snapshot.balances}
    gone = tuple(
        ExchangeBalance(asset=asset, total=ZERO)
        for asset in desk.state.balances
        if asset not in named
    )
    _book_balances(desk, pacing, (*snapshot.balances, *gone), heard_ms=snapshot.taken_ms)
    if pacing.is_fetch_wanted and not desk.state.is_reconciled:
        # A gap opened while the exchange was being asked: this look may have missed what fell in it.
        return
    desk.emit(
        ReconcileCompleted(
            time_ms=desk.now_ms,
            fills_found=fills_found,
            orders_found=orders_found,
            checked_ms=snapshot.taken_ms,
            unread=snapshot.unread,
        )
    )


def weigh_balances(desk: Decision, pacing: Pacing, balances: tuple[ExchangeBalance, ...]) -> None:
    """Balances from the stream."""
    _book_balances(desk, pacing, balances, heard_ms=desk.now_ms)


def _book(desk: Decision, pacing: Pacing, snapshot: AccountSnapshot) -> tuple[int, int]:
    """Orders first, so that every fill finds its own; how many fills and orders were news."""
    known_before = len(desk.state.orders)
    names = _name_orders(desk, snapshot)
    fills_found = 0
    for fill in snapshot.fills:
        if fill.execution_id in desk.state.execution_ids:
            continue
        name = names.get(fill.exchange_order_id)
        if name is None and desk.find(fill.client_order_id, fill.exchange_order_id) is None:
            text = (
                f"fill {fill.execution_id} belongs to order {fill.exchange_order_id},"
                " which the exchange did not show"
            )
            halt_on_anomaly(desk, pacing, text)
            continue
        fills_found += evidence.weigh_fill(desk, pacing, fill, name=name)
    for found in (*snapshot.closed_orders, *snapshot.open_orders):
        if found.exchange_order_id in names:
            name = names[found.exchange_order_id]
            weigh_terms(desk, name, found, asked_ms=snapshot.taken_ms)
            evidence.weigh_order(desk, pacing, found)
    return fills_found, len(desk.state.orders) - known_before


def _name_orders(desk: Decision, snapshot: AccountSnapshot) -> dict[ExchangeOrderId, ClientOrderId]:
    """Our names of the orders shown; strangers that are open or moved money are taken in."""
    filled = {fill.exchange_order_id for fill in snapshot.fills}
    names = {}
    for found in (*snapshot.closed_orders, *snapshot.open_orders):
        order = desk.find(found.client_order_id, found.exchange_order_id)
        if order is None:
            if found.status.is_terminal and found.exchange_order_id not in filled:
                continue
            order = evidence.adopt(desk, found)
        names[found.exchange_order_id] = order.client_order_id
    return names


def _doubt_missing(desk: Decision, pacing: Pacing, snapshot: AccountSnapshot) -> None:
    shown = {order.exchange_order_id for order in (*snapshot.open_orders, *snapshot.closed_orders)}
    for order in desk.state.open_orders():
        is_newer = max(order.submitted_ms, order.changed_ms) >= snapshot.taken_ms
        is_shown = order.exchange_order_id is None or order.exchange_order_id in shown
        if is_shown or is_newer:
            continue
        if order.status is not OrderStatus.UNKNOWN:
            desk.emit(
                OrderOutcomeUnknown(
                    time_ms=desk.now_ms,
                    client_order_id=order.client_order_id,
                    reason="the exchange does not show it",
                )
            )
        pacing.lookup_not_before_ms.setdefault(order.client_order_id, desk.now_ms)


def _book_balances(
    desk: Decision, pacing: Pacing, balances: tuple[ExchangeBalance, ...], *, heard_ms: int
) -> None:
    for balance in balances:
        if pacing.balance_heard_ms.get(balance.asset, 0) > heard_ms:
            continue  # The stream has told a newer one since this look began.
        pacing.balance_heard_ms[balance.asset] = heard_ms
        is_same = desk.state.balances.get(balance.asset) == balance.total
        if is_same and balance.asset not in desk.state.unsettled:
            continue
        desk.emit(BalanceChanged(time_ms=desk.now_ms, asset=balance.asset, total=balance.total))
