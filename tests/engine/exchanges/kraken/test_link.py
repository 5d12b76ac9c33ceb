"""Back-off of a link, and how long it is."""

import asyncio

import msgspec
import pytest

from tests.engine.exchanges.kraken.clocks import RealClock, SteppedClock
from tests.engine.exchanges.kraken.fake_socket import QUICK, Inbox, running, serving
from tui_trader.engine.exchanges.kraken.socket import Link, LinkDown, LinkTiming
from tui_trader.engine.messages.reports import LinkReport
from tui_trader.engine.values.errors import TemporaryFault
from tui_trader.engine.values.modes import LinkState

IN_TIME = "it was not taken for silence"
TIMING = LinkTiming(backoff_first_s=1, backoff_max_s=10)


def link_with(chance):
    return Link("any", "ws://127.0.0.1:1/v2", clock=SteppedClock(), chance=chance, timing=TIMING)


@pytest.mark.parametrize(
    ("attempt", "longest_s"), [(0, 1), (1, 1), (2, 2), (3, 4), (4, 8), (5, 10), (1_000, 10)]
)
def test_pause_doubles_up_to_its_maximum_and_half_of_it_is_chance(attempt, longest_s):
    assert link_with(lambda: 0.0).backoff_s(attempt) == longest_s / 2
    assert link_with(lambda: 1.0).backoff_s(attempt) == longest_s


async def test_nobody_listening_is_told_as_down_again_and_again():
    inbox = Inbox()
    link = Link("any", "ws://127.0.0.1:1/v2", clock=RealClock(), chance=lambda: 0.0, timing=QUICK)

    async def converse(_connection):
        raise AssertionError

    async with running(link.run(converse, inbox)):
        await inbox.until(
            lambda report: isinstance(report, LinkReport) and report.state is LinkState.DOWN,
            count=3,
        )
    assert inbox.reports[1].detail == "cannot connect, ClientConnectorError"


def test_kraken_is_heard_of_within_five_seconds_or_the_link_is_made_again():
    assert LinkTiming().silence_max_s <= 5


async def test_question_before_the_first_read_is_no_silence():
    inbox = Inbox()

    async def converse(connection):
        await asyncio.sleep(2 * QUICK.silence_max_s)  # As long as REST may take.
        with pytest.raises(LinkDown, match="code 1000"):
            await connection.receive()
        raise LinkDown(IN_TIME)

    async def say_goodbye(scene):
        await scene.socket.close()

    async with serving(say_goodbye) as (url, _):
        link = Link("any", url, clock=RealClock(), chance=lambda: 0.0, timing=QUICK)
        async with running(link.run(converse, inbox)):
            down = await inbox.until(
                lambda one: isinstance(one, LinkReport) and one.state is LinkState.DOWN
            )
    assert down.detail == IN_TIME


async def test_link_waits_as_long_as_the_exchange_asks():
    pauses_s = []
    waited = asyncio.Event()

    async def sleep(seconds):
        pauses_s.append(seconds)
        waited.set()
        await asyncio.Event().wait()

    async def converse(_connection):
        message = "kraken GetWebSocketsToken: locked out"
        raise TemporaryFault(message, retry_after_ms=900_000)

    async def stay(scene):
        await scene.stay()

    async with serving(stay) as (url, _):
        timing = msgspec.structs.replace(QUICK, ping_every_s=60)
        link = Link("any", url, clock=RealClock(), chance=lambda: 0.0, timing=timing, sleep=sleep)
        async with running(link.run(converse, Inbox())):
            await waited.wait()
    assert pauses_s == [900]
