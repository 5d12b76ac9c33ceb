"""A person who amends, closes and flattens, against an exchange that does its worst, with crashes.

A failure prints the seed that replays it: the seed is the test's parameter.
"""

import asyncio
from decimal import Decimal

import pytest

from tests.engine.session.fakes import command_id
from tests.engine.session.virtual_time import run_virtual
from tests.simulation.hostile_exchange import (
    LIVE,
    LOST_COMING,
    LOST_GOING,
    NOT_THERE,
    STILL_GOING,
    HostileExchange,
)
from tests.simulation.test_hostile_sessions import SESSIONS, Theatre, check
from tui_trader.engine.messages.commands import AmendPlacedOrder, ClosePosition, FlattenAll
from tui_trader.engine.messages.events import AnomalyFound
from tui_trader.engine.messages.hand_events import FlattenEnded
from tui_trader.engine.messages.reports import OrderReport
from tui_trader.engine.values.abilities import Abilities
from tui_trader.engine.values.errors import OutcomeUnknown, RejectedByExchange
from tui_trader.engine.values.orders import OrderType

SEEDS_FAST = range(15)
SEEDS_LONG = range(15, 600)


class AmendingExchange(HostileExchange):
    """Takes new terms, and loses them, or its answer, or both."""

    abilities = Abilities(can_amend=True)

    def __init__(self, *args, **more) -> None:
        super().__init__(*args, **more)
        self.amendments = []

    async def amend(self, request):
        self.amendments.append(request.command_id)
        await self.delay()
        if self.goes_wrong():
            raise OutcomeUnknown(LOST_GOING)
        if self.goes_wrong(0.5):
            self.soon(self.amend_before_deadline(request), 3.0)
            raise OutcomeUnknown(STILL_GOING)
        if not self.take(request):
            raise RejectedByExchange(NOT_THERE)
        if self.goes_wrong():
            raise OutcomeUnknown(LOST_COMING)
        await self.delay(0.2)

    async def amend_before_deadline(self, request):
        if self.clock.now_ms() < request.deadline_ms:
            self.take(request)

    def take(self, request) -> bool:
        names = [n for n, o in self.orders.items() if o.client_order_id == request.client_order_id]
        if not names or self.orders[names[0]].status not in LIVE:
            return False
        order = self.orders[names[0]]
        quantity = request.quantity_base or order.quantity_base
        if quantity <= order.filled_base:
            self.cancel(names[0])
            return True
        self.change(names[0], quantity_base=quantity, price=request.price or order.price)
        self.tell(OrderReport(time_ms=0, order=self.orders[names[0]]))
        return True

    def accept(self, request):
        order = super().accept(request)
        if request.order_type is OrderType.MARKET:
            self.soon(self.sweep(order.exchange_order_id), 0.05)
        return order

    async def sweep(self, name):
        """A market order ends at once, whole or in part."""
        await self.fill(name, 2 if self.goes_wrong(2) else 1)
        if self.orders[name].status in LIVE:
            self.cancel(name)


class HandTheatre(Theatre):
    """The theatre of orders, with a person in it who changes his mind."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        old = self.exchange
        self.exchange = AmendingExchange(self.clock, self.chance, misfortune=old.misfortune)

    def command(self):
        named = {"command_id": command_id(), "actor": "test"}
        dice = self.chance.random()
        known = [order.client_order_id for order in self.state.open_orders()]
        if dice < 0.30 and known:
            return AmendPlacedOrder(
                client_order_id=self.chance.choice(known),
                quantity_base=self.chance.choice(
                    [None, Decimal(self.chance.randrange(1, 40)) / 10_000]
                ),
                price=self.chance.choice([None, Decimal("63980.0"), Decimal("64020.0")]),
                **named,
            )
        if dice < 0.40:
            share = Decimal(self.chance.randrange(1, 5)) / 4
            return ClosePosition(symbol="BTC/USD", fraction=share, **named)
        if dice < 0.42:
            return FlattenAll(**named)
        return super().command()


def trader_of(session):
    return session._trader


async def play(seed: int) -> HandTheatre:
    theatre = HandTheatre(seed)
    for _ in range(SESSIONS):
        async with theatre.session() as session:
            trader_of(session).market.abilities = theatre.exchange.abilities
            await theatre.trade(session, seconds=theatre.chance.randrange(5, 40))
    theatre.exchange.calm_down()
    async with theatre.session() as session:
        trader_of(session).market.abilities = theatre.exchange.abilities
        await asyncio.sleep(900)
        await theatre.trade(session, seconds=0)
    for task in theatre.exchange.later:
        task.cancel()
    return theatre


def check_hands(theatre: HandTheatre) -> None:
    check(theatre)
    exchange, state = theatre.exchange, theatre.state
    assert len(exchange.amendments) == len(set(exchange.amendments)), "amended twice"
    assert exchange.coins >= 0, "coins were sold that nobody had"
    assert state.leaving.is_idle
    for event in theatre.journal.events:
        assert not isinstance(event, AnomalyFound), event
        if isinstance(event, FlattenEnded):
            assert all(": " in sentence for sentence in event.left)
    for truth in exchange.orders.values():
        record = state.orders[truth.client_order_id]
        assert record.amendment is None
        if record.is_open:
            assert (record.quantity_base, record.price) == (truth.quantity_base, truth.price)


@pytest.mark.parametrize("seed", SEEDS_FAST)
def test_nothing_is_lost_doubled_or_oversold(seed):
    check_hands(run_virtual(play(seed)))


@pytest.mark.long
@pytest.mark.timeout(1_800)
def test_nothing_is_lost_doubled_or_oversold_over_many_seeds():
    for seed in SEEDS_LONG:
        try:
            check_hands(run_virtual(play(seed)))
        except (AssertionError, ExceptionGroup) as error:
            error.add_note(f"seed {seed}")
            raise
