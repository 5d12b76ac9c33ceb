"""A burst of orders and cancels against the local exchange with its real counters on: never locked out."""

import asyncio
import itertools
from decimal import Decimal

from tests.conformance.venues import Venue
from tests.engine.session.virtual_time import VirtualClock, run_virtual
from tui_trader.engine.exchanges.kraken.adapter import KrakenExecution, VenueConfig
from tui_trader.engine.exchanges.local_kraken.server import serve
from tui_trader.engine.exchanges.local_kraken.venue import ServeConfig
from tui_trader.engine.values.errors import RejectedByExchange

AT_ONCE = 16
ORDERS = 250


async def burst(folder, *, pause_s, is_patient=False):
    """Place and cancel as fast as it goes; what was refused, and by whom."""
    clock = VirtualClock()
    config = ServeConfig(journal=folder / "journal.jsonl", speed=0, tier="starter", latency_ms=20)
    async with serve(config, clock=clock) as exchange:
        address = VenueConfig(
            rest_url=exchange.rest,
            ws_public_url=exchange.ws,
            ws_private_url=exchange.ws,
            api_key=exchange.key,
            api_secret=exchange.secret,
        )
        execution = KrakenExecution(address, clock, chance=lambda: 0.5)
        venue = Venue(execution, None, control_url="", config=address)
        refusals, cancelled = [], itertools.count()
        lanes = asyncio.Semaphore(AT_ONCE)

        async def act_once():
            order = venue.order(deadline_ms=clock.now_ms() + 5_000, quantity_base=Decimal("0.0001"))
            name = await execution.submit(order)
            await asyncio.sleep(pause_s)
            await venue.withdraw(order, name)
            next(cancelled)

        async def act():
            async with lanes:
                for _ in range(100 if is_patient else 1):
                    try:
                        await act_once()
                        break
                    except RejectedByExchange as refusal:
                        refusals.append(str(refusal))
                        await asyncio.sleep(3 if is_patient else 0)

        try:
            await asyncio.gather(*(act() for _ in range(ORDERS)))
            looks = await asyncio.gather(*(execution.account(0) for _ in range(3)))
            used = {level.name: level for level in execution.budgets()}
            await execution.withdraw_all()
            left = exchange.venue.account.open_orders
            return refusals, next(cancelled), (looks, used, dict(left))
        finally:
            await execution.close()


def judged(refusals, cancelled, rest):
    looks, used, left = rest
    assert all("not sent" in text for text in refusals), set(refusals)
    assert left == {}
    assert len(looks) == 3
    assert all(level.used <= level.limit for level in used.values())
    return cancelled


def test_five_hundred_orders_and_cancels_at_once_are_never_refused_by_the_exchange(tmp_path):
    result = run_virtual(burst(tmp_path, pause_s=0))
    assert judged(*result) >= 5
    assert len(result[0]) >= 100


def test_orders_that_rest_a_while_get_through_and_their_cancels_too(tmp_path):
    assert judged(*run_virtual(burst(tmp_path, pause_s=46, is_patient=True))) == ORDERS
