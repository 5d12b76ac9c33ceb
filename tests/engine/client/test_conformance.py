"""What every form of client keeps to, over the socket and in the process."""

import asyncio

import msgspec
import pytest

from tests.engine.client.forms import FORMS, served
from tests.engine.session.fakes import halt, place
from tui_trader.engine.client.conversation import carry_out, follow_order
from tui_trader.engine.client.frames import EventFrame, Goodbye, MarketFrame, PulseFrame
from tui_trader.engine.client.mirror import Mirror
from tui_trader.engine.messages.events import CommandRefused, OrderSubmitted, TradingHalted
from tui_trader.engine.messages.queries import AskRecentEvents, AskStatus
from tui_trader.engine.values.errors import NothingRunning, OutcomeUnknown
from tui_trader.engine.values.orders import OrderStatus

pytestmark = pytest.mark.parametrize("attach", FORMS)


async def frames_of(client):
    return [frame async for frame in client.updates()]


async def test_snapshot_is_a_copy_of_the_traders_state(attach, isolated_home):
    async with served(isolated_home) as stage:
        client = await attach(stage)
        assert client.welcome.state == stage.state
        assert client.welcome.state is not stage.state
        assert client.welcome.market == stage.trader.market
        assert client.welcome.sequence == len(stage.journal.rows)
        await client.close()


async def test_snapshot_and_events_give_the_traders_state(attach, isolated_home):
    async with served(isolated_home) as stage:
        client = await attach(stage)
        mirror = Mirror(client.welcome)
        for _ in range(5):
            await carry_out(client, place(quantity="0.0002"), mirror=mirror)
        await carry_out(client, halt(), mirror=mirror)
        await stage.stop()
        for frame in await frames_of(client):
            mirror.apply(frame)
        assert mirror.state == stage.state
        assert mirror.sequence == len(stage.journal.rows)
        assert mirror.farewell == "the engine has stopped"
        await client.close()


async def test_command_is_answered_by_its_id(attach, isolated_home):
    async with served(isolated_home) as stage:
        client = await attach(stage)
        mirror = Mirror(client.welcome)
        command = place()
        events = await carry_out(client, command, mirror=mirror)
        assert isinstance(events[-1], OrderSubmitted)
        assert events[-1].command_id == command.command_id
        order = await follow_order(client, mirror, command.client_order_id)
        assert order.status is OrderStatus.OPEN
        await client.close()


async def test_refusal_comes_with_its_gate(attach, isolated_home):
    async with served(isolated_home) as stage:
        client = await attach(stage)
        events = await carry_out(client, place(quantity="100"))
        assert isinstance(events[-1], CommandRefused)
        await client.close()


async def test_question_is_answered_while_nobody_reads_updates(attach, isolated_home):
    async with served(isolated_home) as stage:
        client = await attach(stage)
        answers = await asyncio.gather(
            *[client.ask(AskStatus()), client.ask(AskRecentEvents(limit=2))]
        )
        assert answers[0].mode == "demo"
        assert len(answers[1].entries) == 2
        await client.close()


async def test_read_only_client_sees_everything_and_changes_nothing(attach, isolated_home):
    async with served(isolated_home) as stage:
        client = await attach(stage, is_read_only=True)
        assert (await client.ask(AskStatus())).halted is False
        with pytest.raises(NothingRunning, match="read-only client may not send commands"):
            await carry_out(client, halt())
        assert stage.state.halt is None
        with pytest.raises(NothingRunning):
            await client.ask(AskStatus())
        await client.close()


async def test_prices_come_and_the_pulse_beats(attach, isolated_home):
    async with served(isolated_home) as stage:
        client = await attach(stage)
        kinds = set()
        async for frame in client.updates():
            kinds.add(type(frame))
            if kinds >= {MarketFrame, PulseFrame}:
                break
        await client.close()


async def test_reader_who_is_cancelled_while_waiting_loses_nothing(attach, isolated_home):
    async with served(isolated_home) as stage:
        client = await attach(stage)
        mirror = Mirror(client.welcome)
        await client.send(place())
        end = asyncio.get_running_loop().time() + 0.5
        while asyncio.get_running_loop().time() < end:
            try:
                async with asyncio.timeout(0.003):
                    async for frame in client.updates():
                        mirror.apply(frame)
            except TimeoutError:
                continue
        await stage.stop()
        for frame in await frames_of(client):
            mirror.apply(frame)
        assert mirror.state == stage.state
        await client.close()


async def test_client_that_has_detached_is_told_so(attach, isolated_home):
    async with served(isolated_home) as stage:
        client = await attach(stage)
        await client.close()
        with pytest.raises(NothingRunning):
            await client.send(halt())
        assert all(not isinstance(frame, Goodbye) for frame in await frames_of(client))
        assert stage.session._publisher._outboxes == set() or await gone(stage)


async def gone(stage):
    await stage.until(lambda: not stage.session._publisher._outboxes, seconds=5)
    return True


async def test_number_that_is_no_amount_is_turned_away(attach, isolated_home):
    async with served(isolated_home) as stage:
        client = await attach(stage)
        with pytest.raises(NothingRunning, match=r"quantity_base is NaN, which is no amount"):
            await carry_out(client, place(quantity="NaN"))
        assert not stage.running.done()


@pytest.mark.parametrize("name", ["", "  ", "\x1b", "two words", "é", "a" * 37])
async def test_order_without_a_name_that_an_exchange_keeps_is_turned_away(
    attach, isolated_home, name
):
    async with served(isolated_home) as stage:
        client = await attach(stage)
        command = msgspec.structs.replace(place(), client_order_id=name)
        with pytest.raises(NothingRunning, match=r"which is no name; choose a UUID"):
            await carry_out(client, command)
        assert not stage.state.orders


async def test_texts_of_clients_are_cleaned(attach, isolated_home):
    async with served(isolated_home) as stage:
        client = await attach(stage)
        events = await carry_out(client, halt("\x1b]52;c;AAAA\x07stop\u202e"))
        halted = next(event for event in events if isinstance(event, TradingHalted))
        assert halted.reason == "]52;c;AAAAstop"
        await client.close()


@pytest.mark.parametrize("name", ["Engine", "strategy sma_cross"])
async def test_client_does_not_act_under_the_engines_name(attach, isolated_home, name):
    """A strategy takes the fills of its own name for its own."""
    async with served(isolated_home) as stage:
        client = await attach(stage)
        command = msgspec.structs.replace(halt(), actor=name)
        await carry_out(client, command)
        assert stage.state.halt.actor == f"client {name}"
        await client.close()


async def test_answer_that_never_comes_is_unknown(attach, isolated_home):
    async with served(isolated_home) as stage:
        client = await attach(stage)
        with pytest.raises(OutcomeUnknown, match="may have been carried out"):
            await carry_out(client, place(), until=lambda event: False, timeout_s=0.05)
        await client.close()


async def test_order_that_does_not_settle_is_given_as_it_is(attach, isolated_home):
    async with served(isolated_home) as stage:
        stage.execution.will("submit", 30)
        client = await attach(stage)
        mirror = Mirror(client.welcome)
        command = place()
        await client.send(command)
        order = await follow_order(client, mirror, command.client_order_id, timeout_s=0.2)
        assert order.status is OrderStatus.SUBMITTED
        await client.close()
        stage.running.cancel()
        await asyncio.gather(stage.running, return_exceptions=True)


async def test_events_have_no_gaps(attach, isolated_home):
    async with served(isolated_home) as stage:
        client = await attach(stage)
        for _ in range(50):
            await client.send(place(quantity="0.0001"))
        await stage.until(lambda: len(stage.state.orders) + refusals(stage) == 50)
        await stage.stop()
        numbers = [f.sequence for f in await frames_of(client) if isinstance(f, EventFrame)]
        first = client.welcome.sequence + 1
        assert numbers == list(range(first, first + len(numbers)))
        await client.close()


def refusals(stage):
    return stage.journal.kinds().count("CommandRefused")
