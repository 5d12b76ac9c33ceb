"""The live loop: its order, its end, and what it does when something breaks."""

import asyncio

import pytest

from tests.engine.session.fakes import FakeJournal, Stage, halt, on_stage, order_id, place
from tests.engine.session.virtual_time import run_virtual, virtual
from tui_trader.engine.client.mirror import Mirror
from tui_trader.engine.messages.codec import encode
from tui_trader.engine.messages.events import (
    CommandRefused,
    EngineStopping,
    OrderAccepted,
    OrderOutcomeUnknown,
    OrderRejected,
    OrderSubmitted,
    TradingHalted,
)
from tui_trader.engine.messages.reports import FillReport, TimerReport
from tui_trader.engine.messages.requests import SubmitOrder
from tui_trader.engine.session import inbox as inbox_module
from tui_trader.engine.state.trading_state import TradingState
from tui_trader.engine.values.errors import (
    ConfigError,
    OutcomeUnknown,
    RejectedByExchange,
    StoreError,
    TemporaryFault,
)
from tui_trader.engine.values.orders import OrderStatus


@virtual
async def test_order_is_durable_before_it_leaves():
    async with on_stage() as stage:
        command = place()
        await stage.client().send(command)
        await stage.until(lambda: stage.execution.calls("submit"))
        kinds = [
            (name, type(what).__name__)
            for name, what in stage.diary
            if getattr(what, "client_order_id", None) == command.client_order_id
        ]
        assert kinds[:2] == [("journal", "OrderSubmitted"), ("submit", "SubmitOrder")]


@virtual
async def test_every_intent_is_durable_before_it_leaves_also_in_a_batch():
    async with on_stage() as stage:
        client = stage.client()
        commands = [place(quantity="0.0001") for _ in range(40)]
        for command in commands:
            await client.send(command)
        await stage.until(lambda: len(stage.execution.calls("submit")) == 40)
        journaled = set()
        for name, what in stage.diary:
            if name == "journal" and isinstance(what, OrderSubmitted):
                journaled.add(what.client_order_id)
            if name == "submit":
                assert what.client_order_id in journaled
        assert len(stage.execution.calls("submit")) == len(set(map(id, commands)))


@virtual
async def test_journal_comes_first_then_the_clients_then_the_exchange():
    async with on_stage() as stage:
        client, command, order_of_things = stage.client(), place(), []

        def noted(what, plain):
            def call(*args):
                if any(is_about(item, command) for arg in args for item in arg):
                    order_of_things.append(what)
                return plain(*args)

            return call

        stage.journal.append = noted("journal", stage.journal.append)
        stage.session._publisher.events = noted("publish", stage.session._publisher.events)
        stage.session._dispatcher.put = noted("dispatch", stage.session._dispatcher.put)
        await client.send(command)
        await stage.until(lambda: stage.execution.calls("submit"))
        assert order_of_things[:3] == ["journal", "publish", "dispatch"]


def is_about(item, command) -> bool:
    message = getattr(item, "event", item)
    return (
        isinstance(message, OrderSubmitted | SubmitOrder)
        and message.client_order_id == command.client_order_id
    )


@virtual
async def test_order_is_sent_once_and_accepted():
    async with on_stage() as stage:
        command = place()
        await stage.client().send(command)
        await stage.until(lambda: stage.state.orders)
        await stage.until(
            lambda: stage.state.orders[command.client_order_id].status is OrderStatus.OPEN
        )
        await asyncio.sleep(20)
        assert len(stage.execution.calls("submit")) == 1


@virtual
async def test_command_is_stamped_with_the_engines_time():
    async with on_stage() as stage:
        await asyncio.sleep(5)
        await stage.client().send(place())
        await stage.until(lambda: stage.state.orders)
        (order,) = stage.state.orders.values()
        assert abs(order.submitted_ms - stage.clock.now_ms()) < 100


@virtual
async def test_events_alone_rebuild_the_whole_state():
    async with on_stage() as stage:
        client = stage.client()
        stage.execution.will("submit", RejectedByExchange("no"), OutcomeUnknown("lost"), 0.2)
        for _ in range(4):
            await client.send(place(quantity="0.0002"))
        await client.send(halt())
        await asyncio.sleep(30)
        rebuilt = TradingState()
        for entry in stage.journal.read():
            rebuilt.apply(entry.event)
        assert rebuilt == stage.state


@virtual
async def test_snapshot_and_events_give_the_traders_state_to_every_client():
    async with on_stage() as stage:
        mirrors = []
        for _ in range(6):
            client = stage.client()
            mirrors.append((client, Mirror(client.welcome)))
            await client.send(place(quantity="0.0003"))
            await asyncio.sleep(0.37)
        await client.send(halt())
        await asyncio.sleep(5)
        reading = [asyncio.create_task(follow(*pair)) for pair in mirrors]
        await stage.stop()
        await asyncio.gather(*reading)
        for _, mirror in mirrors:
            assert mirror.state == stage.state
            assert mirror.sequence == len(stage.journal.rows)
            assert mirror.farewell == "the engine has stopped"


async def follow(client, mirror):
    async for frame in client.updates():
        mirror.apply(frame)


@virtual
async def test_inputs_are_recorded_but_prices_and_ticks_are_not():
    async with on_stage() as stage:
        command = place()
        await stage.client().send(command)
        await asyncio.sleep(3)
        kinds = {row.split(b'"')[3].decode() for row in stage.journal.inputs}
        assert {"PlaceOrder", "SubmitReport", "LinkReport", "AccountReport"} <= kinds
        assert not kinds & {"TimerReport", "TickerReport", "BookReport", "HeartbeatReport"}


@virtual
async def test_refused_command_is_answered_by_its_id():
    async with on_stage() as stage:
        command = place(quantity="1000")
        await stage.client().send(command)
        await stage.until(lambda: "CommandRefused" in stage.journal.kinds())
        refusal = next(e for e in stage.journal.events if isinstance(e, CommandRefused))
        assert refusal.command_id == command.command_id
        assert stage.execution.calls("submit") == []


@virtual
async def test_journal_failure_ends_the_session_and_nothing_is_sent():
    async with on_stage() as stage:
        client = stage.client()
        stage.journal.fails = True
        await client.send(place())
        with pytest.raises(StoreError, match="disk full"):
            await stage.running
        assert stage.execution.calls("submit") == []
        mirror = Mirror(client.welcome)
        await follow(client, mirror)
        assert "disk full" in mirror.farewell
        assert mirror.state.orders == {}
        assert stage.execution.is_closed
        assert stage.feed.is_closed


@virtual
async def test_journal_failure_does_not_wait_for_what_is_in_flight():
    async with on_stage() as stage:
        stage.execution.will("submit", 1_000)
        await stage.client().send(place())
        await stage.until(lambda: stage.execution.calls("submit"))
        stage.journal.fails = True
        before_s = asyncio.get_running_loop().time()
        await stage.client().send(place())
        with pytest.raises(StoreError):
            await stage.running
        assert asyncio.get_running_loop().time() - before_s < 3


@virtual
async def test_end_is_journaled_and_clean():
    async with on_stage() as stage:
        client = stage.client()
        stage.session.shut_down("signal SIGTERM")
        await stage.running
        stopping = [e for e in stage.journal.events if isinstance(e, EngineStopping)]
        assert [event.actor for event in stopping] == ["signal SIGTERM"]
        mirror = Mirror(client.welcome)
        await follow(client, mirror)
        assert mirror.farewell == "the engine has stopped"
        assert mirror.state.is_stopping


@virtual
async def test_end_waits_for_the_answer_to_an_order_that_left():
    async with on_stage() as stage:
        stage.execution.will("submit", 2.0)
        await stage.client().send(place())
        await stage.until(lambda: stage.execution.calls("submit"))
        await stage.stop()
        assert isinstance(stage.journal.events[-1], OrderAccepted)


@virtual
async def test_end_comes_within_five_seconds_although_nobody_answers():
    async with on_stage() as stage:
        stage.execution.will("submit", 1_000)
        stage.execution.will("account", *[1_000] * 50)

        async def never():
            await asyncio.sleep(1_000)

        stage.execution.close = never
        stage.feed.close = never
        await stage.client().send(place())
        await asyncio.sleep(70)
        stage.execution.will("submit", 1_000)
        await stage.client().send(place(price="60001.0"))
        await asyncio.sleep(1)
        before_s = asyncio.get_running_loop().time()
        await stage.stop()
        assert asyncio.get_running_loop().time() - before_s <= 5.0
        assert isinstance(stage.journal.events[-1], OrderOutcomeUnknown)
        assert stage.state.unknown_orders()


@virtual
async def test_no_command_is_taken_in_while_the_engine_stops():
    async with on_stage() as stage:
        stage.execution.will("submit", 2.0)
        client = stage.client()
        await client.send(place())
        await stage.until(lambda: stage.execution.calls("submit"))
        stage.session.shut_down("test")
        await stage.until(lambda: stage.session.is_stopping)
        late = place()
        await client.send(late)
        await stage.running
        assert late.client_order_id not in stage.state.orders
        frames = [frame async for frame in client.updates()]
        assert "is stopping" in frames[-1].reason


@virtual
async def test_emergency_stop_is_taken_in_even_then():
    async with on_stage() as stage:
        stage.execution.will("submit", 2.0)
        client = stage.client()
        await client.send(place())
        await stage.until(lambda: stage.execution.calls("submit"))
        stage.session.shut_down("test")
        await stage.until(lambda: stage.session.is_stopping)
        await client.send(halt())
        await stage.running
        assert stage.state.halt is not None
        assert stage.execution.calls("withdraw_all")


@virtual
async def test_bug_in_a_port_ends_the_session_loudly():
    async with on_stage() as stage:
        client = stage.client()
        stage.execution.will("submit", KeyError("a bug"))
        await client.send(place())
        with pytest.raises(ExceptionGroup) as caught:
            await stage.running
        assert caught.group_contains(KeyError)
        frames = [frame async for frame in client.updates()]
        assert "stopped on a bug" in frames[-1].reason


@virtual
async def test_port_that_ends_by_itself_is_a_bug():
    async def run(symbols, deliver):
        return

    stage = Stage()
    stage.feed.run = run
    stage.session.start()
    with pytest.raises(ExceptionGroup) as caught:
        await stage.session.run()
    assert caught.group_contains(AssertionError, match="market feed ended")


@virtual
async def test_pair_that_the_exchange_does_not_list_is_a_configuration_error():
    stage = Stage()
    stage.feed.instrument_faults.append(RejectedByExchange("BTC/USD is not listed"))
    stage.session.start()
    with pytest.raises(ConfigError, match=r"market\.pairs: BTC/USD is not listed"):
        await stage.session.run()


@virtual
async def test_instruments_are_asked_for_until_they_come():
    stage = Stage()
    stage.feed.instrument_faults += [TemporaryFault("503")] * 4
    stage.session.start()
    stage.running = asyncio.create_task(stage.session.run())
    await stage.until(lambda: stage.trader.market.instruments, seconds=60)
    await stage.stop()


@virtual
async def test_lost_account_reports_halt_trading(monkeypatch):
    monkeypatch.setattr(inbox_module, "REPORTS_MAX", 5)
    async with on_stage() as stage:
        fill = FillReport(time_ms=1, fill=None)
        stage.session._inbox._kept.extend([TimerReport(time_ms=stage.clock.now_ms())] * 5)
        for _ in range(3):
            stage.execution.deliver(fill)
        await stage.until(lambda: stage.state.halt is not None)
        (halted,) = (e for e in stage.journal.events if isinstance(e, TradingHalted))
        assert halted.actor == "engine"
        assert halted.reason.startswith("3 account reports were lost")


@virtual
async def test_client_is_told_when_there_is_no_room_for_its_command(monkeypatch):
    monkeypatch.setattr(inbox_module, "COMMANDS_MAX", 2)
    async with on_stage() as stage:
        client = stage.client()
        for _ in range(3):
            await client.send(place())
        frames = [frame async for frame in client.updates()]
        assert "overloaded" in frames[-1].reason
        await stage.until(lambda: len(stage.state.orders) == 2)


@virtual
async def test_next_session_goes_on_where_the_last_one_ended():
    journal = FakeJournal()
    async with on_stage(journal=journal) as stage:
        stage.execution.will("submit", 1_000)
        await stage.client().send(place(name := order_id()))
        await stage.until(lambda: stage.execution.calls("submit"))
        stage.running.cancel()
        await asyncio.gather(stage.running, return_exceptions=True)
    state = TradingState()
    for entry in journal.read():
        state.apply(entry.event)
    assert state.orders[name].status is OrderStatus.SUBMITTED
    async with on_stage(journal=journal, state=state) as stage:
        # The fake exchange does not know the order: two looks prove that it never arrived.
        await stage.until(lambda: state.orders[name].status is OrderStatus.NOT_PLACED, seconds=90)
        assert stage.execution.calls("submit") == []


@virtual
async def test_order_that_was_too_late_to_send_is_rejected():
    async with on_stage() as stage:
        stage.execution.will("submit", *[9.0] * 16)
        client = stage.client()
        for _ in range(17):
            await client.send(place(quantity="0.0001"))
        await asyncio.sleep(12)
        rejected = [e for e in stage.journal.events if isinstance(e, OrderRejected)]
        assert [event.reason for event in rejected] == ["deadline passed before it was sent"]
        assert len(stage.execution.calls("submit")) == 16


def test_same_seeded_outside_gives_the_same_journal():
    async def play():
        async with on_stage() as stage:
            client = stage.client()
            stage.execution.will("submit", OutcomeUnknown("lost"))
            for number in range(5):
                command = place(order_id_of(number), quantity="0.0002")
                await client.send(command)
            await asyncio.sleep(40)
            return [row.split(b'"command_id"')[0] for row in stage.journal.rows]

    assert run_virtual(play()) == run_virtual(play())


def order_id_of(number):
    return f"00000000-0000-4000-8000-{number:012d}"


def test_events_of_the_fakes_can_be_encoded():
    assert encode(halt())
