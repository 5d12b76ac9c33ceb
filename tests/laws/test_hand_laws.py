"""What must hold while a person amends, closes and flattens, whatever the exchange does meanwhile."""

from collections import Counter
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tests.laws.hostile_exchange import ENDED, LOT
from tests.laws.test_trading_laws import ACTIONS, RARE, Drama
from tui_trader.engine.messages.commands import AmendPlacedOrder, ClosePosition, FlattenAll
from tui_trader.engine.messages.events import AnomalyFound
from tui_trader.engine.messages.hand_events import CloseEnded, FlattenEnded
from tui_trader.engine.messages.requests import SubmitOrder
from tui_trader.engine.values.abilities import Abilities
from tui_trader.engine.values.orders import CommandId, OrderStatus, Side

PRICES = ("63000.0", "63500.0", "64000.0")
BY_HAND = (*("amend", "amend", "amend", "close", "arrive", "gossip", "gossip", "peace", "meddle"),)
DRASTIC = (*RARE, "flatten", "resume", "resume")
AMENDABLE = {OrderStatus.OPEN, OrderStatus.PARTIALLY_FILLED}
PLAY = st.lists(st.sampled_from(ACTIONS * 4 + BY_HAND * 6 + DRASTIC), min_size=5, max_size=60)


class HandDrama(Drama):
    """The drama of orders, with a person in it who changes his mind."""

    named = 0

    def begin(self) -> None:
        super().begin()
        self.bench.trader.market.abilities = Abilities(can_amend=True)
        # A kind beginning: what is told of here happens to an account that may trade.
        self.exchange.is_honest = True
        for _ in range(8):
            self.bench.wait(0.25)
            self.deliver_requests()
            while self.exchange.rumours:
                self.exchange.gossip(self.bench)
        self.exchange.is_honest = False

    def deliver_requests(self) -> None:
        self.exchange.now_ms = self.bench.now_ms
        requests, self.bench.requests = self.bench.requests, []
        for request in requests:
            if isinstance(request, SubmitOrder):
                self.check_order(request)
            self.exchange.carry_out(request)

    def check_order(self, request: SubmitOrder) -> None:
        state = self.bench.state
        assert state.is_reconciled
        record = state.orders[request.client_order_id]
        if state.halt is not None:
            assert record.is_closing, "an order passed the stop"
        if record.is_closing:
            assert request.side is Side.SELL
            assert request.quantity_base <= state.positions[request.symbol].quantity_base

    def name(self) -> CommandId:
        """Never given twice, not even after a crash."""
        self.named += 1
        return CommandId(f"hand-{self.named}")

    def do_amend(self) -> None:
        orders = self.bench.state.open_orders()
        ready = [one for one in orders if one.status in AMENDABLE and self.choose(10)]
        names = [order.client_order_id for order in ready or orders]
        if not names:
            return
        kind = self.choose(3)
        quantity = None if kind == 0 else LOT * (1 + self.choose(20))
        price = None if kind == 1 else Decimal(PRICES[self.choose(len(PRICES))])
        self.bench.tell(
            AmendPlacedOrder(
                command_id=self.name(),
                actor="test",
                client_order_id=names[self.choose(len(names))],
                quantity_base=quantity,
                price=price,
            )
        )

    def do_peace(self) -> None:
        """Everything that is on its way is told, one by one."""
        while self.exchange.rumours:
            self.bench.tell(self.exchange.rumours.pop(0))
            self.deliver_requests()

    def do_meddle(self) -> None:
        self.exchange.meddle()

    def do_arrive(self) -> None:
        self.exchange.arrive()

    def do_close(self) -> None:
        fraction = Decimal(1 + self.choose(4)) / 4
        self.bench.tell(
            ClosePosition(
                command_id=self.name(),
                actor="test",
                symbol="BTC/USD",
                fraction=fraction,
            )
        )

    def do_flatten(self) -> None:
        self.bench.tell(FlattenAll(command_id=self.name(), actor="test"))

    def check(self) -> None:
        state, exchange = self.bench.state, self.exchange
        assert max(Counter(exchange.received).values(), default=0) <= 1
        assert len(exchange.amendments) == len(set(exchange.amendments)), "amended twice"
        assert exchange.balances()["BTC"] >= 0, "coins were sold that nobody had"
        for order in state.orders.values():
            assert Decimal(0) <= order.filled_base <= order.quantity_base
            assert order.is_open or order.amendment is None
            truth = exchange.orders.get(order.client_order_id)
            if truth is not None and truth.status not in ENDED and order.is_open:
                assert order.remaining_base + order.filled_base >= truth.quantity_base, (
                    "less is reserved than can fill"
                )
        assert set(state.open_ids) == {name for name, o in state.orders.items() if o.is_open}
        assert state.execution_ids <= {fill.execution_id for fill in exchange.fills}


def play(data, actions) -> HandDrama:
    drama = HandDrama(lambda n: data.draw(st.integers(0, n - 1)))
    for action in actions:
        drama.play(action)
    return drama


@given(data=st.data(), actions=PLAY)
def test_an_honest_end_finds_terms_positions_and_journals_in_agreement(data, actions):
    drama = play(data, actions)
    drama.settle()
    state, exchange = drama.bench.state, drama.exchange
    assert not [event for event in drama.bench.events if isinstance(event, AnomalyFound)]
    assert state.execution_ids == {fill.execution_id for fill in exchange.fills}
    assert state.leaving.is_idle
    for name, truth in exchange.orders.items():
        record = state.orders[name]
        assert record.filled_base == truth.filled_base
        assert record.is_open == (truth.status not in ENDED)
        if record.is_open:
            assert record.amendment is None
            assert (record.quantity_base, record.price) == (truth.quantity_base, truth.price)
        elif truth.status is OrderStatus.CANCELLED:
            assert record.status is OrderStatus.CANCELLED
    assert state.balances.get("BTC", Decimal(0)) == exchange.balances()["BTC"]


@given(data=st.data(), actions=PLAY)
def test_everything_is_sold_when_a_flatten_is_left_in_peace(data, actions):
    drama = play(data, actions)
    drama.do_flatten()
    drama.settle()
    state = drama.bench.state
    ends = [event for event in drama.bench.events if isinstance(event, FlattenEnded)]
    assert ends
    assert not state.open_orders()
    assert state.halt is not None
    position = state.positions.get("BTC/USD")
    held = Decimal(0) if position is None else position.quantity_base
    assert held == 0 or ends[-1].left
    if not ends[-1].left:
        assert drama.exchange.balances()["BTC"] == 0
    for event in drama.bench.events:
        assert not isinstance(event, CloseEnded) or event.left_base == 0 or event.reason
