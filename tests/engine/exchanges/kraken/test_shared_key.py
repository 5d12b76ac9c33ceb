"""Two programs of one key at the local Kraken: nobody is refused by a nonce."""

import asyncio

import msgspec

from tests.conformance.venues import GENEROUS, MANY_ORDERS, TIMING, Venue, kraken
from tui_trader.engine.exchanges.kraken.adapter import KrakenExecution

CALLS = 12


async def test_orders_and_looks_of_two_programs_of_one_home_never_meet_a_bad_nonce(tmp_path):
    async with kraken(tmp_path) as venue:
        config = msgspec.structs.replace(venue.config, nonce_file=tmp_path / "nonce")
        programs = [
            KrakenExecution(
                config,
                venue.clock,
                chance=lambda: 0.5,
                timing=TIMING,
                tier=GENEROUS,
                orders=MANY_ORDERS,
            )
            for _ in range(2)
        ]
        desks = [Venue(one, None, control_url="", config=config) for one in programs]
        try:
            acts = []
            for _ in range(CALLS):
                for desk in desks:
                    acts += [desk.execution.submit(desk.order()), desk.account()]
            # Any refusal by a nonce is an exception here.
            await asyncio.gather(*acts)
            assert await programs[0].withdraw_all() == 2 * CALLS
        finally:
            for program in programs:
                await program.close()
