"""A trader on a bench: builders for messages, and a clock one turns by hand."""

from decimal import Decimal
from itertools import count

import msgspec

from tui_trader.engine.core.decision_log import PastDecisions
from tui_trader.engine.core.trader import Trader
from tui_trader.engine.messages.commands import (
    CancelAllOrders,
    CancelOrder,
    HaltTrading,
    PlaceOrder,
    ResumeTrading,
)
from tui_trader.engine.messages.reports import (
    AccountReport,
    BookReport,
    FillReport,
    HeartbeatReport,
    InstrumentsReport,
    LinkReport,
    LookupReport,
    OrderReport,
    Outcome,
    SubmitReport,
    TickerReport,
    TimerReport,
)
from tui_trader.engine.messages.requests import FetchAccount
from tui_trader.engine.settings.model import Settings
from tui_trader.engine.state.market_view import MarketView
from tui_trader.engine.state.trading_state import TradingState
from tui_trader.engine.values.account import (
    AccountSnapshot,
    ExchangeBalance,
    ExchangeFill,
    ExchangeOrder,
    OrderFinding,
)
from tui_trader.engine.values.books import BookLevel
from tui_trader.engine.values.instruments import Asset, Instrument, Symbol
from tui_trader.engine.values.modes import LinkState, Mode
from tui_trader.engine.values.orders import (
    ClientOrderId,
    CommandId,
    ExchangeOrderId,
    ExecutionId,
    OrderStatus,
    OrderType,
    Side,
)

T0 = 1_763_600_000_000
BTC = Symbol("BTC/USD")
LINKS = ("kraken private", "kraken public")
D = Decimal

INSTRUMENT = Instrument(
    symbol=BTC,
    base=Asset("BTC"),
    quote=Asset("USD"),
    tick=D("0.1"),
    lot=D("0.00000001"),
    quantity_min=D("0.0001"),
    cost_min=D("0.5"),
    fee_maker_ratio=D("0.0025"),
    fee_taker_ratio=D("0.0040"),
)


class Bench:
    """One trader, everything it said, and short ways to talk to it."""

    def __init__(
        self,
        state: TradingState | None = None,
        settings: Settings | None = None,
        past: PastDecisions | None = None,
    ) -> None:
        self.now_ms = T0 if state is None else T0 + 3_600_000
        self.settings = settings or Settings()
        self.trader = Trader(
            self.settings,
            state or TradingState(),
            MarketView(),
            mode=Mode.DEMO,
            venue="127.0.0.1",
        )
        if past is not None:
            self.trader.hosts.recall(past)
        self.events = []
        self.requests = []
        self._ids = count(1)

    @property
    def state(self) -> TradingState:
        return self.trader.state

    def take(self, step):
        self.events += step.events
        self.requests += step.requests
        return step

    def tell(self, message):
        """Step on one message, stamped with the bench's clock unless it is stamped."""
        if not message.time_ms:
            message = msgspec.structs.replace(message, time_ms=self.now_ms)
        return self.take(self.trader.step(message))

    def wait(self, seconds: float):
        """Let time pass in quarter seconds, with the feed alive."""
        steps = []
        for _ in range(max(1, round(seconds * 4))):
            self.now_ms += 250
            self.hear()
            steps.append(self.tell(TimerReport(time_ms=0)))
        return steps

    def hear(self) -> None:
        for link in LINKS:
            self.tell(HeartbeatReport(time_ms=0, link=link))

    def start(self, *, cash="10000", connected: bool = True):
        """A session that is ready to trade."""
        self.take(self.trader.start(self.now_ms, "test"))
        self.tell(InstrumentsReport(time_ms=0, instruments=(INSTRUMENT,)))
        if connected:
            self.connect()
            self.quote("64000.0")
            self.tell(TimerReport(time_ms=0))
            self.answer_account(cash=cash)
        return self

    def connect(self) -> None:
        for link in LINKS:
            self.tell(LinkReport(time_ms=0, link=link, state=LinkState.UP))
        self.hear()

    def quote(self, price, *, depth="2", levels=25, tick="1.0") -> None:
        bid = D(price)
        ask = bid + D("0.1")
        self.tell(
            TickerReport(
                time_ms=0,
                symbol=BTC,
                bid=bid,
                ask=ask,
                last=bid,
                volume_24h_base=1.0,
                change_24h_percent=0.0,
            )
        )
        self.tell(
            BookReport(
                time_ms=0,
                symbol=BTC,
                bids=tuple(BookLevel(bid - i * D(tick), D(depth)) for i in range(levels)),
                asks=tuple(BookLevel(ask + i * D(tick), D(depth)) for i in range(levels)),
                is_verified=True,
            )
        )

    def answer_account(
        self,
        *,
        cash="10000",
        coins="0",
        open_orders=(),
        closed_orders=(),
        fills=(),
        taken_ms=None,
        unread=(),
    ):
        return self.tell(
            AccountReport(
                time_ms=0,
                snapshot=AccountSnapshot(
                    open_orders=tuple(open_orders),
                    closed_orders=tuple(closed_orders),
                    fills=tuple(fills),
                    balances=(
                        ExchangeBalance(asset=Asset("USD"), total=D(cash)),
                        ExchangeBalance(asset=Asset("BTC"), total=D(coins)),
                    ),
                    taken_ms=taken_ms or self.now_ms,
                    unread=unread,
                ),
            )
        )

    def fetches(self) -> list[FetchAccount]:
        return self.sent(FetchAccount)

    def sent(self, kind):
        return [request for request in self.requests if isinstance(request, kind)]

    def happened(self, kind):
        return [event for event in self.events if isinstance(event, kind)]

    def command_id(self) -> CommandId:
        return CommandId(f"command-{next(self._ids)}")

    def place(self, name="order-1", *, side=Side.BUY, quantity="0.01", price=None, post_only=False):
        return self.tell(
            PlaceOrder(
                command_id=self.command_id(),
                actor="test",
                client_order_id=ClientOrderId(name),
                symbol=BTC,
                side=side,
                order_type=OrderType.MARKET if price is None else OrderType.LIMIT,
                quantity_base=D(quantity),
                price=None if price is None else D(price),
                post_only=post_only,
            )
        )

    def accept(self, name="order-1", txid=None):
        return self.tell(
            SubmitReport(
                time_ms=0,
                client_order_id=ClientOrderId(name),
                outcome=Outcome.ACCEPTED,
                exchange_order_id=ExchangeOrderId(txid or f"tx-{name}"),
            )
        )

    def lose_answer(self, name="order-1"):
        return self.tell(
            SubmitReport(
                time_ms=0,
                client_order_id=ClientOrderId(name),
                outcome=Outcome.UNKNOWN,
                reason="no answer",
            )
        )

    def fill(self, name="order-1", **changes):
        return self.tell(FillReport(time_ms=0, fill=fill_of(name, **changes)))

    def order(self, name="order-1", **changes):
        return self.tell(OrderReport(time_ms=0, order=order_of(name, **changes)))

    def look_up(self, name="order-1", *, order=None, fills=(), asked_ms=None):
        return self.tell(
            LookupReport(
                time_ms=0,
                client_order_id=ClientOrderId(name),
                finding=OrderFinding(order=order, fills=tuple(fills)),
                asked_ms=self.now_ms if asked_ms is None else asked_ms,
            )
        )

    def halt(self, reason="test"):
        return self.tell(HaltTrading(command_id=self.command_id(), actor="test", reason=reason))

    def resume(self):
        return self.tell(ResumeTrading(command_id=self.command_id(), actor="test"))

    def cancel(self, name="order-1"):
        return self.tell(
            CancelOrder(
                command_id=self.command_id(), actor="test", client_order_id=ClientOrderId(name)
            )
        )

    def cancel_all(self):
        return self.tell(CancelAllOrders(command_id=self.command_id(), actor="test"))

    def status(self, name="order-1") -> OrderStatus:
        return self.state.orders[ClientOrderId(name)].status


def fill_of(
    name="order-1",
    *,
    execution="exec-1",
    quantity="0.01",
    price="64000.1",
    side=Side.BUY,
    fee="2.56",
    named=True,
) -> ExchangeFill:
    return ExchangeFill(
        execution_id=ExecutionId(execution),
        exchange_order_id=ExchangeOrderId(f"tx-{name}"),
        client_order_id=ClientOrderId(name) if named else None,
        symbol=BTC,
        side=side,
        price=D(price),
        quantity_base=D(quantity),
        fee=D(fee),
        fee_asset=Asset("USD"),
        is_maker=False,
        filled_ms=T0,
    )


def order_of(
    name="order-1",
    *,
    status=OrderStatus.OPEN,
    quantity="0.01",
    filled="0",
    side=Side.BUY,
    price="63000",
    named=True,
    reason="",
) -> ExchangeOrder:
    return ExchangeOrder(
        exchange_order_id=ExchangeOrderId(f"tx-{name}"),
        client_order_id=ClientOrderId(name) if named else None,
        symbol=BTC,
        side=side,
        order_type=OrderType.LIMIT,
        status=status,
        quantity_base=D(quantity),
        filled_base=D(filled),
        price=D(price),
        opened_ms=T0,
        reason=reason,
    )
