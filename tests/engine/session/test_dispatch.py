"""Requests leave once, in their order of urgency, and every fault comes back as the right report."""

import asyncio
from decimal import Decimal

import pytest

from tests.engine.session.fakes import BTC, FakeExecution
from tests.engine.session.virtual_time import VirtualClock, virtual
from tui_trader.engine.messages.reports import (
    AccountReport,
    CancelAllReport,
    CancelReport,
    LookupReport,
    Outcome,
    SubmitReport,
)
from tui_trader.engine.messages.requests import (
    FetchAccount,
    LookUpOrder,
    SubmitOrder,
    WithdrawAllOrders,
    WithdrawOrder,
)
from tui_trader.engine.session import dispatch
from tui_trader.engine.session.dispatch import Dispatcher
from tui_trader.engine.values.errors import OutcomeUnknown, RejectedByExchange, TemporaryFault
from tui_trader.engine.values.orders import ClientOrderId, ExchangeOrderId, OrderType, Side


class Counter:
    """A dispatcher with a fake exchange behind it and the reports in front."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.execution = FakeExecution(self.clock)
        self.reports = []
        self.dispatcher = Dispatcher(
            self.execution, self.clock, self.reports.append, request_timeout_s=10
        )

    def order(self, name="a", *, deadline_s=5.0) -> SubmitOrder:
        return SubmitOrder(
            client_order_id=ClientOrderId(name),
            symbol=BTC,
            side=Side.BUY,
            order_type=OrderType.MARKET,
            quantity_base=Decimal(1),
            price=None,
            post_only=False,
            deadline_ms=self.clock.now_ms() + int(deadline_s * 1_000),
        )

    async def carry_out(self, *requests):
        async with asyncio.TaskGroup() as group:
            self.dispatcher.start(group)
            self.dispatcher.put(requests)
        return self.reports

    def sent(self):
        return [name for name, _ in self.execution.diary]


def withdraw(name="a"):
    return WithdrawOrder(
        client_order_id=ClientOrderId(name), exchange_order_id=ExchangeOrderId("O1")
    )


def look_up(name="a"):
    return LookUpOrder(client_order_id=ClientOrderId(name), exchange_order_id=None, since_ms=0)


@virtual
async def test_every_request_is_answered_by_its_report():
    counter = Counter()
    requests = [
        counter.order(),
        withdraw("b"),
        WithdrawAllOrders(),
        look_up(),
        FetchAccount(since_ms=7),
    ]
    reports = await counter.carry_out(*requests)
    # The cancel of everything was asked for while the order had not left.
    assert {type(report) for report in reports} == {
        SubmitReport,
        CancelReport,
        CancelAllReport,
        LookupReport,
        AccountReport,
    }
    assert counter.execution.calls("account") == [7]


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (RejectedByExchange("EOrder:Insufficient funds"), Outcome.REFUSED),
        (OutcomeUnknown("connection lost"), Outcome.UNKNOWN),
        (TemporaryFault("503"), Outcome.UNKNOWN),
    ],
)
@virtual
async def test_faults_of_what_changes_something(fault, outcome):
    counter = Counter()
    for method in ("submit", "withdraw", "withdraw_all"):
        counter.execution.will(method, fault)
    async with asyncio.TaskGroup() as group:
        counter.dispatcher.start(group)
        counter.dispatcher.put([counter.order(), withdraw("b")])
        await asyncio.sleep(0.1)
        counter.dispatcher.put([WithdrawAllOrders()])
    assert [report.outcome for report in counter.reports] == [outcome] * 3
    assert all(report.reason == str(fault) for report in counter.reports)


@pytest.mark.parametrize("fault", [TemporaryFault("503"), RejectedByExchange("no permission")])
@virtual
async def test_faults_of_looks_mean_that_nothing_is_known(fault):
    counter = Counter()
    counter.execution.will("find_order", fault)
    counter.execution.will("account", fault)
    lookup, account = await counter.carry_out(look_up(), FetchAccount(since_ms=0))
    assert (lookup.finding, account.snapshot) == (None, None)
    assert lookup.reason == account.reason == str(fault)


@virtual
async def test_look_tells_when_it_began():
    counter = Counter()
    counter.execution.will("find_order", 3.0)
    began_ms = counter.clock.now_ms()
    (report,) = await counter.carry_out(look_up())
    assert report.asked_ms == began_ms
    assert report.time_ms == began_ms + 3_000


@virtual
async def test_order_whose_deadline_has_passed_is_not_sent():
    counter = Counter()
    (report,) = await counter.carry_out(counter.order(deadline_s=0))
    assert report.outcome is Outcome.REFUSED
    assert report.reason == "deadline passed before it was sent"
    assert counter.sent() == []


@virtual
async def test_port_that_never_answers_is_unknown():
    counter = Counter()
    counter.execution.will("submit", 10_000)
    (report,) = await counter.carry_out(counter.order())
    assert report.outcome is Outcome.UNKNOWN
    assert report.reason == "no answer within 15 s"


@pytest.mark.parametrize("bug", [KeyError("x"), TimeoutError("not ours"), OSError("x")])
@virtual
async def test_exception_that_no_port_may_raise_is_a_bug(bug):
    counter = Counter()
    counter.execution.will("submit", bug)
    with pytest.raises(ExceptionGroup) as caught:
        await counter.carry_out(counter.order())
    assert caught.group_contains(type(bug))
    assert counter.reports == []


@virtual
async def test_faults_are_told_in_clean_text():
    counter = Counter()
    counter.execution.will("submit", RejectedByExchange("\x1b]52;c;evil\x07" + "x" * 900))
    (report,) = await counter.carry_out(counter.order())
    assert "\x1b" not in report.reason
    assert len(report.reason) <= 300


@virtual
async def test_no_more_than_the_maximum_is_in_flight():
    counter = Counter()
    counter.execution.will("submit", *[1.0] * 40)
    async with asyncio.TaskGroup() as group:
        counter.dispatcher.start(group)
        counter.dispatcher.put([counter.order(str(n)) for n in range(40)])
        for expected in (16, 32, 40):
            await asyncio.sleep(0.5)
            assert len(counter.sent()) == expected
            await asyncio.sleep(0.5)


@virtual
async def test_slow_looks_leave_room_for_orders():
    counter = Counter()
    counter.execution.will("find_order", *[60.0] * 30)
    async with asyncio.TaskGroup() as group:
        counter.dispatcher.start(group)
        counter.dispatcher.put([look_up(str(n)) for n in range(30)])
        counter.dispatcher.put([counter.order(str(n)) for n in range(12)])
        await asyncio.sleep(0.1)
        assert counter.sent().count("find_order") == 4
        assert counter.sent().count("submit") == 12
        counter.dispatcher.stop()


@virtual
async def test_cancel_of_everything_does_not_wait_for_answers_to_orders():
    counter = Counter()
    counter.execution.will("submit", *[4.0] * 16)
    async with asyncio.TaskGroup() as group:
        counter.dispatcher.start(group)
        counter.dispatcher.put([counter.order(str(n)) for n in range(16)])
        counter.dispatcher.put([withdraw("x"), WithdrawAllOrders()])
        await asyncio.sleep(0.1)
        assert counter.sent()[-1] == "withdraw_all"
        assert "withdraw" not in counter.sent()


@virtual
async def test_orders_that_wait_are_not_sent_after_a_cancel_of_everything():
    counter = Counter()
    counter.execution.will("submit", *[1.0] * 16)
    async with asyncio.TaskGroup() as group:
        counter.dispatcher.start(group)
        counter.dispatcher.put([counter.order(str(n)) for n in range(20)])
        counter.dispatcher.put([WithdrawAllOrders()])
    assert counter.sent().count("submit") == 16
    refused = [
        report
        for report in counter.reports
        if isinstance(report, SubmitReport) and report.outcome is Outcome.REFUSED
    ]
    assert {report.client_order_id for report in refused} == {"16", "17", "18", "19"}
    assert "before it was sent" in refused[0].reason


@virtual
async def test_cancels_go_before_orders():
    counter = Counter()
    counter.execution.will("submit", *[1.0] * 17)
    async with asyncio.TaskGroup() as group:
        counter.dispatcher.start(group)
        counter.dispatcher.put([counter.order(str(n)) for n in range(17)])
        counter.dispatcher.put([withdraw("0")])
    assert counter.sent()[16:] == ["withdraw", "submit"]


@virtual
async def test_order_that_is_cancelled_while_it_waits_is_never_sent():
    counter = Counter()
    counter.execution.will("submit", *[1.0] * 16)
    async with asyncio.TaskGroup() as group:
        counter.dispatcher.start(group)
        counter.dispatcher.put([counter.order(str(n)) for n in range(17)])
        counter.dispatcher.put([withdraw("16")])
    assert counter.sent() == ["submit"] * 16
    order, cancel = counter.reports[:2]
    assert (order.client_order_id, order.outcome) == ("16", Outcome.REFUSED)
    assert cancel.outcome is Outcome.ACCEPTED


@virtual
async def test_what_finds_no_room_is_said_to_be_unsent(monkeypatch):
    monkeypatch.setattr(dispatch, "WAITING_MAX", 3)
    counter = Counter()
    counter.dispatcher.put([look_up(str(n)) for n in range(3)])
    counter.dispatcher.put(
        [counter.order(), withdraw("b"), look_up(), FetchAccount(since_ms=0), WithdrawAllOrders()]
    )
    order, cancel, lookup, account = counter.reports
    assert order.outcome is Outcome.REFUSED
    assert cancel.outcome is Outcome.UNKNOWN
    assert lookup.finding is None
    assert account.snapshot is None
    async with asyncio.TaskGroup() as group:
        counter.dispatcher.start(group)
    assert "withdraw_all" in counter.sent()


@virtual
async def test_finishing_waits_for_orders_but_not_for_looks():
    counter = Counter()
    counter.execution.will("submit", 2.0)
    counter.execution.will("account", 100.0)
    loop = asyncio.get_running_loop()
    async with asyncio.TaskGroup() as group:
        counter.dispatcher.start(group)
        counter.dispatcher.put([counter.order(), FetchAccount(since_ms=0)])
        await asyncio.sleep(0.1)
        await counter.dispatcher.finish(3.0)
        assert loop.time() == pytest.approx(2.0)
        counter.dispatcher.put([counter.order("late"), FetchAccount(since_ms=0)])
    accepted, late = counter.reports
    assert accepted.outcome is Outcome.ACCEPTED
    assert late.outcome is Outcome.REFUSED


@virtual
async def test_finishing_gives_up_after_its_time():
    counter = Counter()
    counter.execution.will("submit", 100.0)
    async with asyncio.TaskGroup() as group:
        counter.dispatcher.start(group)
        counter.dispatcher.put([counter.order()])
        await asyncio.sleep(0.1)
        await counter.dispatcher.finish(3.0)
    (report,) = counter.reports
    assert report.outcome is Outcome.UNKNOWN
    assert asyncio.get_running_loop().time() < 3.2
