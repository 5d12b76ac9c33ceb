"""An exchange in the hands of an adversary: it knows the truth, and tells it late, twice, or never.

The adversary chooses by `choose(n)`, an integer below n: from hypothesis, or from a seed.
"""

from collections.abc import Callable
from decimal import Decimal

import msgspec

from tests.engine.core.rig import BTC, Bench
from tui_trader.engine.messages.reports import (
    AccountReport,
    AmendReport,
    CancelAllReport,
    CancelReport,
    FillReport,
    LookupReport,
    OrderReport,
    Outcome,
    Report,
    SubmitReport,
)
from tui_trader.engine.messages.requests import (
    AmendOrder,
    FetchAccount,
    LookUpOrder,
    Request,
    SubmitOrder,
    WithdrawAllOrders,
    WithdrawOrder,
)
from tui_trader.engine.values.account import (
    AccountSnapshot,
    ExchangeBalance,
    ExchangeFill,
    ExchangeOrder,
    OrderFinding,
)
from tui_trader.engine.values.instruments import Asset
from tui_trader.engine.values.orders import (
    ClientOrderId,
    CommandId,
    ExchangeOrderId,
    ExecutionId,
    OrderStatus,
    OrderType,
)

CASH = Decimal(1_000_000)
LOT = Decimal("0.001")
ENDED = (OrderStatus.CANCELLED, OrderStatus.FILLED)


class HostileExchange:
    """Truth about orders, fills and balances, and a queue of things it might say."""

    def __init__(self, choose: Callable[[int], int]) -> None:
        self.choose = choose
        self.now_ms = 0
        self.orders: dict[ClientOrderId, ExchangeOrder] = {}
        self.fills: list[ExchangeFill] = []
        self.received: list[ClientOrderId] = []
        self.rumours: list[Report] = []
        self.amendments: list[CommandId | None] = []
        self.late: list[AmendOrder] = []
        self.is_honest = False

    def carry_out(self, request: Request) -> None:
        """Do, or do not, what was asked; answer, or do not."""
        match request:
            case SubmitOrder():
                self._submit(request)
            case AmendOrder():
                self._amend(request)
            case WithdrawOrder():
                self._withdraw(request)
            case WithdrawAllOrders():
                self._withdraw_all()
            case LookUpOrder():
                self._look_up(request)
            case FetchAccount():
                self._show_account()
            case _:
                pass

    def trade(self) -> None:
        """Fill a part of some open order."""
        names = [name for name, order in self.orders.items() if order.status not in ENDED]
        if not names:
            return
        order = self.orders[names[self.choose(len(names))]]
        rest = order.quantity_base - order.filled_base
        lots = int(rest / LOT)
        # A sell that a close has made smaller may be less than a lot of this exchange's.
        self.fill(order, LOT * (1 + self.choose(lots)) if lots else rest)

    def fill(self, order: ExchangeOrder, quantity: Decimal) -> None:
        """Fill so much of one order."""
        filled = order.filled_base + quantity
        is_whole = filled == order.quantity_base
        status = OrderStatus.FILLED if is_whole else OrderStatus.PARTIALLY_FILLED
        self._change(order, status=status, filled_base=filled)
        fill = ExchangeFill(
            execution_id=ExecutionId(f"exec-{len(self.fills)}"),
            exchange_order_id=order.exchange_order_id,
            client_order_id=order.client_order_id if self.choose(2) else None,
            symbol=BTC,
            side=order.side,
            price=Decimal(63_000 + self.choose(1_000)),
            quantity_base=quantity,
            fee=Decimal("0.1"),
            fee_asset=Asset("USD"),
            is_maker=True,
            filled_ms=self.now_ms,
        )
        self.fills.append(fill)
        self._rumour(FillReport(time_ms=0, fill=fill))
        self._rumour(OrderReport(time_ms=0, order=self.orders[order.client_order_id]))

    def gossip(self, bench: Bench) -> None:
        """Tell one thing from the queue, any one, perhaps keeping it to tell again."""
        if not self.rumours:
            return
        index = self.choose(len(self.rumours))
        rumour = self.rumours[index]
        if self.is_honest or self.choose(3):
            del self.rumours[index]
        bench.tell(rumour)

    def balances(self) -> dict[str, Decimal]:
        cash, coins = CASH, Decimal(0)
        for fill in self.fills:
            cash -= fill.side.sign * fill.quantity_base * fill.price + fill.fee
            coins += fill.side.sign * fill.quantity_base
        return {"USD": cash, "BTC": coins}

    def _is_kind(self) -> bool:
        return self.is_honest or self.choose(4) > 0

    def _rumour(self, report: Report) -> None:
        if self._is_kind():
            self.rumours.append(report)

    def _change(self, order: ExchangeOrder, **changes) -> None:
        assert order.client_order_id is not None
        self.orders[order.client_order_id] = msgspec.structs.replace(order, **changes)

    def _submit(self, request: SubmitOrder) -> None:
        self.received.append(request.client_order_id)
        fate = 3 if self.is_honest else self.choose(4)
        name = request.client_order_id
        if fate == 0:
            reason = "EOrder:Insufficient funds"
            answer = SubmitReport(
                time_ms=0, client_order_id=name, outcome=Outcome.REFUSED, reason=reason
            )
            self.rumours.append(answer)
            return
        txid = ExchangeOrderId(f"tx-{name}")
        if fate > 1:
            self.orders[name] = ExchangeOrder(
                exchange_order_id=txid,
                client_order_id=name,
                symbol=request.symbol,
                side=request.side,
                order_type=request.order_type,
                status=OrderStatus.OPEN,
                quantity_base=request.quantity_base,
                filled_base=Decimal(0),
                price=request.price,
                opened_ms=self.now_ms,
            )
            self._rumour(OrderReport(time_ms=0, order=self.orders[name]))
            self._take_at_once(self.orders[name])
        outcome = Outcome.ACCEPTED if fate == 3 else Outcome.UNKNOWN
        self.rumours.append(
            SubmitReport(
                time_ms=0,
                client_order_id=name,
                outcome=outcome,
                exchange_order_id=txid if fate == 3 else None,
            )
        )

    def _take_at_once(self, order: ExchangeOrder) -> None:
        """A market order fills, or a part of it does and the rest is gone."""
        if order.order_type is not OrderType.MARKET:
            return
        lots = int(order.quantity_base / LOT)
        is_whole = self.is_honest or self.choose(3) > 0 or lots < 1
        self.fill(order, order.quantity_base if is_whole else LOT * self.choose(lots) or LOT)
        assert order.client_order_id is not None
        self._cancel(self.orders[order.client_order_id])

    def _cancel(self, order: ExchangeOrder) -> bool:
        if order.status in ENDED:
            return False
        self._change(order, status=OrderStatus.CANCELLED)
        assert order.client_order_id is not None
        self._rumour(OrderReport(time_ms=0, order=self.orders[order.client_order_id]))
        return True

    def meddle(self) -> None:
        """Somebody amends an order elsewhere: less of it, or at another price."""
        names = [name for name, order in self.orders.items() if order.status not in ENDED]
        if not names:
            return
        order = self.orders[names[self.choose(len(names))]]
        lots = int((order.quantity_base - order.filled_base) / LOT)
        quantity = order.quantity_base - (LOT * self.choose(lots) if lots else 0)
        self._change(order, quantity_base=quantity, price=Decimal(63_000 + self.choose(100)))

    def arrive(self) -> None:
        """New terms that were long under way come in, if their deadline has not passed."""
        late, self.late = self.late, []
        for request in late:
            if self.now_ms < request.deadline_ms:
                self._change_terms(request)

    def _amend(self, request: AmendOrder) -> None:
        self.amendments.append(request.command_id)
        fate = 4 if self.is_honest else self.choose(5)
        outcome, reason = Outcome.UNKNOWN, "timeout"
        if fate == 0:
            outcome, reason = Outcome.REFUSED, "EOrder:Rate limit exceeded"
        elif fate == 1:
            self.late.append(request)
        elif fate > 2:
            is_done = self._change_terms(request)
            if fate == 4:
                outcome = Outcome.ACCEPTED if is_done else Outcome.REFUSED
                reason = "" if is_done else "EOrder:Unknown order"
        self.rumours.append(
            AmendReport(
                time_ms=0,
                client_order_id=request.client_order_id,
                command_id=request.command_id,
                outcome=outcome,
                reason=reason,
            )
        )

    def _change_terms(self, request: AmendOrder) -> bool:
        order = self.orders.get(request.client_order_id)
        if order is None or order.status in ENDED:
            return False
        quantity = request.quantity_base or order.quantity_base
        if quantity <= order.filled_base:
            return self._cancel(order)
        self._change(order, quantity_base=quantity, price=request.price or order.price)
        self._rumour(OrderReport(time_ms=0, order=self.orders[request.client_order_id]))
        return True

    def _withdraw(self, request: WithdrawOrder) -> None:
        order = self.orders.get(request.client_order_id)
        is_done = self._is_kind() and order is not None and self._cancel(order)
        outcome = Outcome.ACCEPTED if is_done else Outcome.REFUSED
        if not self._is_kind():
            outcome = Outcome.UNKNOWN
        self.rumours.append(
            CancelReport(time_ms=0, client_order_id=request.client_order_id, outcome=outcome)
        )

    def _withdraw_all(self) -> None:
        count = 0
        if self._is_kind():
            count = sum(self._cancel(order) for order in list(self.orders.values()))
            if self._is_kind():
                self.rumours.append(
                    CancelAllReport(time_ms=0, outcome=Outcome.ACCEPTED, count=count)
                )
                return
        self.rumours.append(CancelAllReport(time_ms=0, outcome=Outcome.UNKNOWN, reason="timeout"))

    def _look_up(self, request: LookUpOrder) -> None:
        finding = None
        if self._is_kind():
            order = self.orders.get(request.client_order_id)
            fills = [
                msgspec.structs.replace(fill, client_order_id=None)
                for fill in self.fills
                if order is not None and fill.exchange_order_id == order.exchange_order_id
            ]
            finding = OrderFinding(order=order, fills=tuple(fills))
        self.rumours.append(
            LookupReport(
                time_ms=0,
                client_order_id=request.client_order_id,
                finding=finding,
                asked_ms=self.now_ms,
            )
        )

    def _show_account(self) -> None:
        snapshot = None
        if self._is_kind():
            orders = list(self.orders.values())
            snapshot = AccountSnapshot(
                open_orders=tuple(order for order in orders if order.status not in ENDED),
                closed_orders=tuple(order for order in orders if order.status in ENDED),
                fills=tuple(
                    msgspec.structs.replace(fill, client_order_id=None) for fill in self.fills
                ),
                balances=tuple(
                    ExchangeBalance(asset=Asset(asset), total=total)
                    for asset, total in self.balances().items()
                ),
                taken_ms=self.now_ms,
            )
        self.rumours.append(AccountReport(time_ms=0, snapshot=snapshot, reason="busy"))
