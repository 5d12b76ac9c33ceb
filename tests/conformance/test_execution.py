"""Laws of the port Execution, on every adapter."""

import asyncio
from decimal import Decimal

import pytest

from tests.conformance.venues import (
    BTC,
    PRICE_RESTING,
    PRICE_TAKING,
    REMOTE,
    VENUES,
)
from tests.engine.exchanges.kraken.fake_socket import Inbox, running
from tests.engine.exchanges.kraken.test_feed import is_down, is_up
from tui_trader.engine.messages.reports import BalanceReport, FillReport, OrderReport
from tui_trader.engine.values.errors import OutcomeUnknown, RejectedByExchange, TemporaryFault
from tui_trader.engine.values.orders import OrderStatus, OrderType, Side

D = Decimal
AFTER = ["drop_reply_after", "http_502_after", "delay_reply"]
SENT_OR_NOT = (RejectedByExchange, OutcomeUnknown)
BEFORE = ["drop_reply_before", "http_502_before"]
AMBIGUOUS_ERRORS = ["EService:Timeout", "EService:Busy", "EGeneral:Internal error"]


@pytest.fixture(params=VENUES)
async def venue(request, tmp_path):
    async with VENUES[request.param](tmp_path) as standing:
        yield standing


@pytest.fixture(params=REMOTE)
async def remote(request, tmp_path):
    async with VENUES[request.param](tmp_path) as standing:
        yield standing


@pytest.fixture
def inbox():
    return Inbox()


def is_fill(report):
    return isinstance(report, FillReport)


async def test_accepted_order_is_found_by_its_client_id(venue):
    order = venue.order()
    exchange_order_id = await venue.execution.submit(order)
    found = (await venue.find(order)).order
    assert found.exchange_order_id == exchange_order_id
    assert found.client_order_id == order.client_order_id
    assert (found.symbol, found.side, found.order_type) == (BTC, Side.BUY, OrderType.LIMIT)
    assert (found.quantity_base, found.filled_base) == (D("0.001"), D(0))
    assert (found.price, found.status) == (PRICE_RESTING, OrderStatus.OPEN)


async def test_filled_order_is_found_with_its_fills_by_either_name(venue):
    order = venue.market_order()
    exchange_order_id = await venue.execution.submit(order)
    finding = await venue.find(order)
    assert finding == await venue.find(order, exchange_order_id)
    assert finding.order.status is OrderStatus.FILLED
    assert sum(fill.quantity_base for fill in finding.fills) == D("0.001")
    for fill in finding.fills:
        assert fill.exchange_order_id == exchange_order_id
        assert fill.client_order_id == order.client_order_id
        assert (fill.fee_asset, fill.is_maker) == ("USD", False)


@pytest.mark.parametrize("fault", AFTER)
async def test_reply_lost_after_execution_is_unknown_and_the_order_is_found(remote, fault):
    await remote.break_down(fault, **({"ms": 2_000} if fault == "delay_reply" else {}))
    order = remote.market_order()
    with pytest.raises(OutcomeUnknown):
        await remote.execution.submit(order)
    finding = await remote.find(order)
    assert finding.order.status is OrderStatus.FILLED
    assert sum(fill.quantity_base for fill in finding.fills) == order.quantity_base
    assert len((await remote.account()).closed_orders) == 1


@pytest.mark.parametrize("fault", BEFORE)
async def test_request_lost_on_the_way_is_unknown_and_nothing_is_found(remote, fault):
    await remote.break_down(fault)
    order = remote.order()
    with pytest.raises(OutcomeUnknown):
        await remote.execution.submit(order)
    finding = await remote.find(order)
    assert (finding.order, finding.fills) == (None, ())


@pytest.mark.parametrize("error", AMBIGUOUS_ERRORS)
async def test_error_that_proves_nothing_is_unknown(remote, error):
    await remote.break_down("refuse", endpoint="AddOrder", error=error)
    with pytest.raises(OutcomeUnknown, match="look it up"):
        await remote.execution.submit(remote.order())


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"quantity_base": D(1), "price": D("50000.0")}, "not enough funds"),
        ({"quantity_base": D("0.00001")}, "below the minimum"),
        ({"quantity_base": D("0.00005"), "price": D("1.0")}, "value is below the minimum"),
        ({"post_only": True, "price": PRICE_TAKING}, "post-only order would have taken"),
        ({"price": D("20000.05")}, "price is not acceptable"),
        ({"side": Side.SELL}, "not enough funds"),
        ({"symbol": "XRP/EUR"}, "does not list"),
    ],
    ids=str,
)
async def test_definite_refusal_is_a_rejection_in_one_clean_sentence(venue, changes, words):
    order = venue.order(**changes)
    tells = venue.execution.abilities.tells_refusals
    with pytest.raises(RejectedByExchange if tells else SENT_OR_NOT) as refusal:
        await venue.execution.submit(order)
    assert words in str(refusal.value) or not tells
    assert "\n" not in str(refusal.value)
    assert (await venue.find(order)).order is None


async def test_quantity_off_the_grid_is_refused_and_never_cut(venue):
    with pytest.raises(RejectedByExchange):
        await venue.execution.submit(venue.order(quantity_base=D("0.001000001")))
    assert (await venue.account()).open_orders == ()


async def test_order_after_its_deadline_is_refused_unsent(venue):
    with pytest.raises(RejectedByExchange, match="deadline"):
        await venue.execution.submit(venue.order(deadline_ms=1))


async def test_second_order_with_an_open_client_id_is_refused(venue):
    order = venue.order()
    await venue.execution.submit(order)
    if not venue.execution.abilities.tells_refusals:
        with pytest.raises(SENT_OR_NOT):
            await venue.execution.submit(order)
    else:
        with pytest.raises(RejectedByExchange, match="client id"):
            await venue.execution.submit(order)
    assert len((await venue.account()).open_orders) == 1


async def test_prices_quantities_and_fees_are_exact(venue):
    order = venue.order(quantity_base=D("0.00123457"), price=PRICE_TAKING)
    await venue.execution.submit(order)
    finding = await venue.find(order)
    assert finding.order.quantity_base == finding.order.filled_base == D("0.00123457")
    account = await venue.account()
    spent = sum(fill.price * fill.quantity_base for fill in account.fills)
    fees = sum(fill.fee for fill in account.fills)
    balances = {balance.asset: balance.total for balance in account.balances}
    assert balances["BTC"] == D("0.00123457")
    assert abs(balances["USD"] - (10_000 - spent - fees)) <= D("0.0001") * len(account.fills)


async def test_account_tells_open_closed_fills_and_balances(venue):
    resting, filled, cancelled = venue.order(), venue.market_order(), venue.order()
    for order in (resting, filled, cancelled):
        await venue.execution.submit(order)
    await venue.withdraw(cancelled)
    account = await venue.account()
    assert [order.client_order_id for order in account.open_orders] == [resting.client_order_id]
    assert [(order.client_order_id, order.status) for order in account.closed_orders] == [
        (filled.client_order_id, OrderStatus.FILLED),
        (cancelled.client_order_id, OrderStatus.CANCELLED),
    ]
    assert {fill.client_order_id for fill in account.fills} == {filled.client_order_id}
    assert {balance.asset for balance in account.balances} >= {"BTC", "USD"}


async def test_a_hundred_and_twenty_fills_come_in_pages_each_once(venue):
    orders = [venue.market_order(quantity_base=D("0.00005")) for _ in range(120)]
    for order in orders:
        await venue.execution.submit(order)
    if not venue.execution.abilities.pages_trades:
        with pytest.raises(TemporaryFault, match="not known"):
            await venue.account()
        return
    account = await venue.account()
    assert [order.client_order_id for order in account.closed_orders] == [
        order.client_order_id for order in orders
    ]
    assert len({fill.execution_id for fill in account.fills}) == len(account.fills) >= 120
    assert sum(fill.quantity_base for fill in account.fills) == D("0.006")
    assert [fill.filled_ms for fill in account.fills] == sorted(
        fill.filled_ms for fill in account.fills
    )


async def test_account_that_cannot_be_asked_in_full_is_a_fault(remote):
    await remote.break_down("refuse", endpoint="TradesHistory", error="EAPI:Rate limit exceeded")
    with pytest.raises(TemporaryFault) as fault:
        await remote.account()
    assert fault.value.retry_after_ms >= 10_000


@pytest.mark.parametrize("by_client_id", [True, False])
async def test_open_order_is_withdrawn_by_either_name(venue, by_client_id):
    order = venue.order()
    exchange_order_id = await venue.execution.submit(order)
    await venue.withdraw(order, None if by_client_id else exchange_order_id)
    assert (await venue.find(order)).order.status is OrderStatus.CANCELLED


@pytest.mark.parametrize("by_client_id", [True, False])
async def test_withdraw_of_a_filled_order_is_rejected(venue, by_client_id):
    order = venue.market_order()
    exchange_order_id = await venue.execution.submit(order)
    with pytest.raises(RejectedByExchange, match="not open"):
        await venue.withdraw(order, None if by_client_id else exchange_order_id)


async def test_withdraw_of_an_order_that_never_was_is_rejected(venue):
    with pytest.raises(RejectedByExchange):
        await venue.withdraw(venue.order())


async def test_lost_reply_to_a_cancel_is_unknown(remote):
    order = remote.order()
    await remote.execution.submit(order)
    await remote.break_down("drop_reply_after", endpoint="CancelOrder")
    with pytest.raises(OutcomeUnknown):
        await remote.withdraw(order)
    assert (await remote.find(order)).order.status is OrderStatus.CANCELLED


async def test_withdraw_all_tells_how_many_and_may_be_repeated(remote):
    for _ in range(3):
        await remote.execution.submit(remote.order())
    assert await remote.execution.withdraw_all() == 3
    assert await remote.execution.withdraw_all() == 0
    await remote.break_down("drop_reply_after", endpoint="CancelAll")
    with pytest.raises(OutcomeUnknown):
        await remote.execution.withdraw_all()


async def test_cancels_do_not_wait_for_a_slow_look_at_the_account(remote):
    await remote.execution.submit(remote.order())
    await remote.break_down("delay_reply", endpoint="ClosedOrders", ms=400)
    look = asyncio.create_task(remote.account())
    await asyncio.sleep(0)
    assert await remote.execution.withdraw_all() == 1
    assert not look.done()
    await look


async def test_many_calls_at_once_all_get_through(venue):
    orders = [venue.order() for _ in range(30)]
    looks = [venue.account() for _ in range(5)]
    await asyncio.gather(*map(venue.execution.submit, orders), *looks)
    looks = [venue.account() for _ in range(5)]
    await asyncio.gather(*(venue.withdraw(order) for order in orders[:20]), *looks)
    assert await venue.execution.withdraw_all() == 10


async def test_live_reports_tell_an_order_its_fills_and_balances(venue, inbox):
    async with running(venue.execution.run(inbox)):
        await inbox.until(is_up)
        resting, filled = venue.order(), venue.market_order()
        await venue.execution.submit(resting)
        await venue.execution.submit(filled)
        await venue.withdraw(resting)
        await inbox.until(
            lambda report: (
                isinstance(report, OrderReport) and report.order.status is OrderStatus.CANCELLED
            )
        )
        await inbox.until(lambda report: isinstance(report, BalanceReport), count=2)
    last = {report.order.client_order_id: report.order for report in inbox.of(OrderReport)}
    assert last[filled.client_order_id].status is OrderStatus.FILLED
    assert last[filled.client_order_id].filled_base == filled.quantity_base
    fills = [report.fill for report in inbox.of(FillReport)]
    assert sum(fill.quantity_base for fill in fills) == filled.quantity_base
    # Over REST the same fills, to the last digit and under the same names.
    assert tuple(fills) == (await venue.account()).fills
    balances = {
        balance.asset: balance.total
        for report in inbox.of(BalanceReport)
        for balance in report.balances
    }
    assert balances == {
        balance.asset: balance.total for balance in (await venue.account()).balances
    }


async def test_every_connection_tells_the_same_fills_again_under_the_same_names(remote, inbox):
    order = remote.market_order()
    await remote.execution.submit(order)
    async with running(remote.execution.run(inbox)):
        await inbox.until(is_fill)
        await inbox.until(is_up)
        await remote.break_down("ws_drop")
        await inbox.until(is_down)
        await inbox.until(is_up, count=2)
        fills = (await remote.account()).fills
        told = await inbox.until(is_fill, count=2 * len(fills))
    assert {report.fill.execution_id for report in told} == {fill.execution_id for fill in fills}


async def test_what_happens_while_the_link_is_down_is_in_the_account_after_up(remote, inbox):
    async with running(remote.execution.run(inbox)):
        await inbox.until(is_up)
        await remote.break_down("ws_drop")
        order = remote.market_order()
        await remote.execution.submit(order)
        await inbox.until(is_up, count=2)
        account = await remote.account()
    assert {fill.client_order_id for fill in account.fills} == {order.client_order_id}


async def test_secrets_are_not_shown(venue):
    shown = f"{venue.execution!r} {venue.feed!r} {venue.config!r} {venue.config}"
    shown += str(list(venue.config.__rich_repr__()))
    assert venue.config.api_secret not in shown
    assert venue.config.api_key not in shown


@pytest.mark.parametrize(
    "fault",
    [{"fault": "ws_silent", "seconds": 2}, {"fault": "ws_lose", "channel": "executions"}],
    ids=["silence", "lost row"],
)
async def test_fills_that_the_stream_swallowed_are_told_in_the_end(remote, inbox, fault):
    async with running(remote.execution.run(inbox)):
        await inbox.until(is_up)
        await remote.break_down(**fault)
        orders = [remote.market_order() for _ in range(2)]
        for order in orders:
            await remote.execution.submit(order)
        for order in orders:
            await inbox.until(
                lambda one, name=order.client_order_id: (
                    is_fill(one) and one.fill.client_order_id == name
                )
            )


async def test_fill_that_is_told_twice_has_one_name(remote, inbox):
    async with running(remote.execution.run(inbox)):
        await inbox.until(is_up)
        await remote.break_down("duplicate_fill")
        await remote.execution.submit(remote.market_order())
        await inbox.until(is_fill)
        fills = (await remote.account()).fills
        await inbox.until(
            lambda one: isinstance(one, OrderReport) and one.order.status is OrderStatus.FILLED
        )
    assert {one.fill.execution_id for one in inbox.of(FillReport)} == {
        fill.execution_id for fill in fills
    }


async def test_cancel_that_loses_its_race_against_a_fill_is_rejected_and_the_fill_is_told(remote):
    order = remote.order()
    await remote.execution.submit(order)
    await remote.break_down("cancel_fill_race")
    with pytest.raises(RejectedByExchange):
        await remote.withdraw(order)
    finding = await remote.find(order)
    assert finding.order.status is OrderStatus.FILLED
    assert sum(fill.quantity_base for fill in finding.fills) == order.quantity_base
