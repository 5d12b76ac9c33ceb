"""A strategy that trades while its exchange misbehaves and a hand sells its coins: by seed, on time that jumps.

Afterwards both journals tell the same story, and the strategy counts exactly what its own fills brought, less what
was written off, and never more than is there.
"""

import random
import uuid
from decimal import Decimal

import aiohttp
import msgspec
import pytest

from tests.engine.session.fakes import command_id
from tests.engine.session.virtual_time import run_virtual
from tests.simulation.test_live_parity import BTC, PLAIN, engine_on, made_candles, moments
from tui_trader.engine.messages.commands import PlaceOrder
from tui_trader.engine.messages.events import AnomalyFound, StrategyDecided
from tui_trader.engine.state.truth import compare
from tui_trader.engine.stores.exchange_journal import read_exchange_journal
from tui_trader.engine.values.modes import LinkState
from tui_trader.engine.values.orders import ClientOrderId, OrderType, Side

FAULTS = (
    ("ws_drop", {}),
    ("ws_close", {}),
    ("ws_lose", {"channel": "executions"}),
    ("ws_lose", {"channel": "balances"}),
    ("ws_duplicate", {"channel": "executions"}),
    ("ws_reorder", {"channel": "executions"}),
    ("ws_silent", {"seconds": 12}),
    ("book_flip", {}),
    ("duplicate_fill", {}),
    ("drop_reply_before", {}),
    ("drop_reply_after", {}),
    ("http_502_after", {}),
    ("refuse", {"endpoint": "AddOrder", "count": 1, "error": "EService:Unavailable"}),
    ("refuse_after", {}),
    ("maintenance", {"seconds": 8}),
)
RULES = msgspec.structs.replace(PLAIN, stop_percent=Decimal("0.6"), take_percent=Decimal(0))
PARAMETERS = {"seed": 1, "wait": 2.0, "hold": 6.0}
NAME = "random_entry"


class Trial:
    """One engine on one recording, with a chance that decides what goes wrong."""

    def __init__(self, engine, chance) -> None:
        self.engine, self.chance = engine, chance

    async def arm(self) -> None:
        name, options = self.chance.choice(FAULTS)
        url = f"{self.engine.exchange.rest}/_control"
        async with (
            aiohttp.ClientSession() as session,
            session.post(url, json={"fault": name, **options}) as reply,
        ):
            assert reply.status == 200, await reply.text()

    async def sell_by_hand(self) -> None:
        held = self.pair.held
        if held is None:
            return
        lots = held.lots // self.chance.choice((1, 2, 3))
        await self.engine.client.send(
            PlaceOrder(
                command_id=command_id(),
                actor="hand",
                client_order_id=ClientOrderId(str(uuid.UUID(int=self.chance.getrandbits(128)))),
                symbol=BTC,
                side=Side.SELL,
                order_type=OrderType.MARKET,
                quantity_base=lots * Decimal("1e-8"),
                price=None,
                post_only=False,
            )
        )

    @property
    def pair(self):
        return self.engine.state.strategies[NAME].note.pairs[BTC]

    def is_quiet(self) -> bool:
        state = self.engine.state
        is_up = len(state.links) == 2 and set(state.links.values()) == {LinkState.UP}
        return is_up and state.is_reconciled and not state.open_orders() and not state.unsettled

    async def settle(self) -> None:
        await self.engine.until(self.is_quiet, "a quiet account")


async def live_through(folder, seed):
    candles = made_candles(seed, 40)
    chance = random.Random(seed)
    async with engine_on(folder, {BTC: candles}, rules=RULES) as engine:
        await engine.start(NAME, PARAMETERS)
        trial = Trial(engine, chance)
        for _ in moments({BTC: candles}):
            if chance.random() < 0.5:
                await trial.arm()
            engine.exchange.pace.step(1)
            await engine.rest(20.0)
            if chance.random() < 0.2:
                await trial.sell_by_hand()
            await trial.settle()
        # Two comparisons later nothing is left to find.
        await engine.rest(150.0)
        await trial.settle()
        events = [entry.event for entry in engine.journal.read()]
        return engine.state, events


def lots_of(state, actor) -> int:
    filled = sum(
        order.side.sign * order.filled_base
        for order in state.orders.values()
        if order.actor == actor
    )
    return int(filled * 10**8)


def check(folder, seed):
    state, events = run_virtual(live_through(folder, seed))
    assert compare(events, read_exchange_journal(folder / "j.jsonl")).differences == ()
    assert not [event for event in events if isinstance(event, AnomalyFound)]
    assert state.halt is None
    record = state.strategies[NAME]
    held = record.note.pairs[BTC].held
    lots = 0 if held is None else held.lots
    gone = int(record.written_off.get(BTC, Decimal(0)) * 10**8)
    assert lots == lots_of(state, f"strategy {NAME}") - gone
    assert lots <= state.balances["BTC"] * 10**8
    # The hand had no coins of its own; what it left of a position may have been too little to sell.
    by_hand = -lots_of(state, "hand")
    assert gone >= by_hand
    assert bool(gone) == bool(by_hand)
    outcomes = {
        row.outcome for event in events if isinstance(event, StrategyDecided) for row in event.rows
    }
    assert "bought" in outcomes


def test_a_strategy_counts_what_is_there_whatever_goes_wrong(tmp_path):
    check(tmp_path, 3)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10, 40))
def test_it_does_so_in_many_stories(tmp_path, seed):
    check(tmp_path, seed)
