"""What time makes due: questions to repeat, and the value of the account to mark."""

from tui_trader.engine.core import emergency, reconcile
from tui_trader.engine.core.decision import Decision
from tui_trader.engine.core.evidence import proof_after_ms
from tui_trader.engine.core.pacing import (
    CANCELLING_GRACE_MS,
    EQUITY_MARK_MS,
    FILL_GRACE_MS,
    LOOKUP_AGAIN_MS,
    Pacing,
)
from tui_trader.engine.messages.events import EquityMarked
from tui_trader.engine.messages.requests import LookUpOrder
from tui_trader.engine.state.order_life import OrderRecord
from tui_trader.engine.state.valuation import equity_quote
from tui_trader.engine.values.instruments import Asset
from tui_trader.engine.values.modes import LinkState
from tui_trader.engine.values.money import ZERO
from tui_trader.engine.values.orders import OrderStatus
from tui_trader.engine.values.time import MS_PER_SECOND, utc_day


def run(desk: Decision, pacing: Pacing) -> None:
    """Everything that is due at this moment."""
    emergency.keep_asking(desk, pacing)
    _fetch_if_due(desk, pacing)
    for order in _in_question(desk, pacing):
        _look_up_if_due(desk, pacing, order)
    _mark_equity_if_due(desk, pacing)


def _fetch_if_due(desk: Decision, pacing: Pacing) -> None:
    every_ms = desk.settings.execution.reconcile_every_s * MS_PER_SECOND
    is_periodic = desk.state.is_reconciled and desk.now_ms - desk.state.reconciled_ms > every_ms
    if pacing.is_fetching or not (pacing.is_fetch_wanted or is_periodic):
        return
    if desk.now_ms >= pacing.fetch_not_before_ms or _is_first_connection(desk, pacing):
        reconcile.fetch(desk, pacing)


def _is_first_connection(desk: Decision, pacing: Pacing) -> bool:
    is_up = bool(desk.state.links) and all(
        state is LinkState.UP for state in desk.state.links.values()
    )
    return is_up and pacing.fetch_failures == 0 and not desk.state.is_reconciled


def _in_question(desk: Decision, pacing: Pacing) -> list[OrderRecord]:
    """Orders about which the exchange must be asked.

    Unknown, with terms that are unknown, long in cancelling, short of fills, or filled as far as an
    amendment left them, which only the exchange can call the end.
    """
    asked = []
    for order in desk.state.open_orders():
        is_slow_cancel = (
            order.status is OrderStatus.CANCELLING
            and desk.now_ms - order.changed_ms > CANCELLING_GRACE_MS
        )
        is_spent = order.remaining_base == ZERO and desk.now_ms - order.changed_ms > FILL_GRACE_MS
        has_doubtful_terms = order.amendment is not None and order.amendment.is_unknown
        is_doubtful = order.status is OrderStatus.UNKNOWN or has_doubtful_terms
        if is_doubtful or is_slow_cancel or is_spent:
            asked.append(order)
    for name, (_, since_ms) in pacing.fills_expected.items():
        if desk.now_ms - since_ms > FILL_GRACE_MS:
            asked.append(desk.state.orders[name])
    return asked


def _look_up_if_due(desk: Decision, pacing: Pacing, order: OrderRecord) -> None:
    name = order.client_order_id
    if name in pacing.lookups_under_way:
        return
    if desk.now_ms < pacing.lookup_not_before_ms.get(name, 0):
        return
    pacing.lookups_under_way.add(name)
    pacing.lookup_not_before_ms[name] = max(
        desk.now_ms + LOOKUP_AGAIN_MS, proof_after_ms(desk, order)
    )
    desk.request(
        LookUpOrder(
            client_order_id=name,
            exchange_order_id=order.exchange_order_id,
            since_ms=max(0, order.submitted_ms - reconcile.CLOCK_MARGIN_MS),
        )
    )


def _mark_equity_if_due(desk: Decision, pacing: Pacing) -> None:
    is_new_day = desk.state.equity_day != utc_day(desk.now_ms)
    if desk.now_ms - pacing.equity_marked_ms < EQUITY_MARK_MS and not is_new_day:
        return
    if not desk.state.is_reconciled:
        return
    quote = Asset(desk.settings.market.quote_asset)
    equity = equity_quote(desk.state, desk.market, quote)
    if equity is not None:
        pacing.equity_marked_ms = desk.now_ms
        desk.emit(EquityMarked(time_ms=desk.now_ms, equity_quote=equity))
