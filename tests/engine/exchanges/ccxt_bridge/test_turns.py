"""Who goes first when private calls of one key meet."""

import asyncio

import pytest

from tui_trader.engine.exchanges.ccxt_bridge.turns import WAITING_MAX, Turns, Urgency
from tui_trader.engine.values.errors import TemporaryFault


class Traffic:
    """Calls that hold their turn until they are released, and the order in which they began."""

    def __init__(self, **options):
        self.turns = Turns(**options)
        self.began = []
        self.gates = {}
        self.tasks = {}

    def call(self, name, urgency):
        self.gates[name] = asyncio.Event()
        self.tasks[name] = asyncio.create_task(self._call(name, urgency))

    async def _call(self, name, urgency):
        async with self.turns.turn(urgency):
            self.began.append(name)
            await self.gates[name].wait()

    async def end(self, *names):
        for name in names:
            self.gates[name].set()
            await self.tasks[name]
        await settle()


async def settle():
    for _ in range(5):
        await asyncio.sleep(0)


@pytest.fixture
def traffic():
    return Traffic()


async def test_reads_go_one_after_the_other(traffic):
    traffic.call("page 1", Urgency.READ)
    traffic.call("page 2", Urgency.READ)
    await settle()
    assert traffic.began == ["page 1"]
    await traffic.end("page 1", "page 2")
    assert traffic.began == ["page 1", "page 2"]


async def test_cancel_does_not_wait_for_a_read(traffic):
    traffic.call("page 1", Urgency.READ)
    await settle()
    traffic.call("cancel", Urgency.CANCEL)
    await settle()
    assert traffic.began == ["page 1", "cancel"]
    await traffic.end("page 1", "cancel")


async def test_read_waits_for_everything_in_flight(traffic):
    traffic.call("order", Urgency.ORDER)
    await settle()
    traffic.call("page", Urgency.READ)
    await settle()
    assert traffic.began == ["order"]
    await traffic.end("order", "page")


async def test_cancels_go_before_orders_and_orders_before_reads(traffic):
    traffic.call("first order", Urgency.ORDER)
    await settle()
    traffic.call("page", Urgency.READ)
    traffic.call("order", Urgency.ORDER)
    traffic.call("cancel", Urgency.CANCEL)
    await settle()
    await traffic.end("first order", "cancel", "order", "page")
    assert traffic.began == ["first order", "cancel", "order", "page"]


async def test_cancel_loses_patience_with_an_order_without_answer():
    traffic = Traffic(patience_s=0.01)
    traffic.call("order", Urgency.ORDER)
    await settle()
    traffic.call("cancel", Urgency.CANCEL)
    await traffic.end("cancel")
    assert traffic.began == ["order", "cancel"]
    traffic.call("next order", Urgency.ORDER)
    await settle()
    assert "next order" not in traffic.began
    await traffic.end("order", "next order")


async def test_call_that_is_cancelled_while_waiting_leaves_the_queue(traffic):
    traffic.call("order", Urgency.ORDER)
    await settle()
    traffic.call("given up", Urgency.ORDER)
    await settle()
    traffic.tasks["given up"].cancel()
    await settle()
    await traffic.end("order")
    traffic.call("next", Urgency.READ)
    await settle()
    assert traffic.began == ["order", "next"]
    await traffic.end("next")


async def test_queue_is_bounded(traffic):
    traffic.call("order", Urgency.ORDER)
    for number in range(WAITING_MAX):
        traffic.call(f"page {number}", Urgency.READ)
    await settle()
    with pytest.raises(TemporaryFault):
        async with traffic.turns.turn(Urgency.READ):
            pass
    for gate in traffic.gates.values():
        gate.set()
    await asyncio.gather(*traffic.tasks.values())
