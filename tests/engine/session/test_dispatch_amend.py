"""New terms on their way out: once, behind cancels, and every fault as the right report."""

import asyncio
from decimal import Decimal

import pytest

from tests.engine.session.fakes import BTC
from tests.engine.session.test_dispatch import Counter, withdraw
from tests.engine.session.virtual_time import virtual
from tui_trader.engine.messages.reports import AmendReport, CancelAllReport, CancelReport, Outcome
from tui_trader.engine.messages.requests import AmendOrder, WithdrawAllOrders
from tui_trader.engine.session import dispatch
from tui_trader.engine.values.errors import OutcomeUnknown, RejectedByExchange, TemporaryFault
from tui_trader.engine.values.orders import ClientOrderId, CommandId


def amendment(counter, name="a", *, deadline_s=5.0) -> AmendOrder:
    return AmendOrder(
        client_order_id=ClientOrderId(name),
        exchange_order_id=None,
        symbol=BTC,
        quantity_base=Decimal(2),
        deadline_ms=counter.clock.now_ms() + int(deadline_s * 1_000),
        command_id=CommandId(f"c-{name}"),
    )


@virtual
async def test_amendment_is_answered_by_its_report():
    counter = Counter()
    (report,) = await counter.carry_out(amendment(counter))
    assert isinstance(report, AmendReport)
    assert (report.client_order_id, report.command_id) == ("a", "c-a")
    assert report.outcome is Outcome.ACCEPTED
    assert counter.sent() == ["amend"]


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (RejectedByExchange("EOrder:Unknown order"), Outcome.REFUSED),
        (OutcomeUnknown("connection lost"), Outcome.UNKNOWN),
        (TemporaryFault("503"), Outcome.UNKNOWN),
    ],
)
@virtual
async def test_only_a_definite_no_is_a_refusal(fault, outcome):
    counter = Counter()
    counter.execution.will("amend", fault)
    (report,) = await counter.carry_out(amendment(counter))
    assert (report.outcome, report.reason) == (outcome, str(fault))


@virtual
async def test_port_that_never_answers_is_unknown():
    counter = Counter()
    counter.execution.will("amend", 10_000)
    (report,) = await counter.carry_out(amendment(counter))
    assert (report.outcome, report.reason) == (Outcome.UNKNOWN, "no answer within 15 s")


@virtual
async def test_amendment_whose_deadline_has_passed_is_not_sent():
    counter = Counter()
    (report,) = await counter.carry_out(amendment(counter, deadline_s=0))
    assert report.outcome is Outcome.REFUSED
    assert counter.sent() == []


@virtual
async def test_cancel_takes_a_waiting_amendment_back_and_leaves_itself():
    counter = Counter()
    counter.execution.will("submit", *[1.0] * 16)
    async with asyncio.TaskGroup() as group:
        counter.dispatcher.start(group)
        counter.dispatcher.put([counter.order(str(n)) for n in range(16)])
        counter.dispatcher.put([amendment(counter, "old")])
        counter.dispatcher.put([withdraw("old")])
    assert "amend" not in counter.sent()
    assert counter.sent().count("withdraw") == 1
    taken_back, *_, cancel = counter.reports
    assert (taken_back.outcome, taken_back.reason) == (
        Outcome.REFUSED,
        "cancelled before it was sent",
    )
    assert isinstance(cancel, CancelReport)


@virtual
async def test_waiting_amendment_is_not_sent_after_a_cancel_of_everything():
    counter = Counter()
    counter.execution.will("submit", *[1.0] * 16)
    async with asyncio.TaskGroup() as group:
        counter.dispatcher.start(group)
        counter.dispatcher.put([counter.order(str(n)) for n in range(16)])
        counter.dispatcher.put([amendment(counter, "old"), WithdrawAllOrders()])
    assert "amend" not in counter.sent()
    (refused,) = [report for report in counter.reports if isinstance(report, AmendReport)]
    assert refused.outcome is Outcome.REFUSED
    assert any(isinstance(report, CancelAllReport) for report in counter.reports)


@virtual
async def test_amendment_that_finds_no_room_is_said_to_be_unsent(monkeypatch):
    monkeypatch.setattr(dispatch, "WAITING_MAX", 0)
    counter = Counter()
    counter.dispatcher.put([amendment(counter)])
    (report,) = counter.reports
    assert report.outcome is Outcome.REFUSED


@virtual
async def test_end_of_the_engine_leaves_an_unanswered_amendment_unknown():
    counter = Counter()
    counter.execution.will("amend", 100.0)
    async with asyncio.TaskGroup() as group:
        counter.dispatcher.start(group)
        counter.dispatcher.put([amendment(counter)])
        await asyncio.sleep(0.1)
        await counter.dispatcher.finish(3.0)
        counter.dispatcher.put([amendment(counter, "late")])
    unknown, late = counter.reports
    assert unknown.outcome is Outcome.UNKNOWN
    assert late.outcome is Outcome.REFUSED
