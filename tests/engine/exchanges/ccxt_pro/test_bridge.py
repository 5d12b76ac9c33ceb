"""The bridge beside the port's laws: unknown exchanges, numbers, counts, news and silence."""

import asyncio
from decimal import Decimal

import pytest

from tests.engine.exchanges.kraken.clocks import RealClock, SteppedClock
from tests.engine.exchanges.kraken.fake_socket import QUICK, Inbox, running
from tests.engine.exchanges.kraken.test_feed import is_down, is_up
from tui_trader.engine.exchanges.ccxt_bridge.translate import MalformedAnswer
from tui_trader.engine.exchanges.ccxt_pro import news as news_module
from tui_trader.engine.exchanges.ccxt_pro import translate
from tui_trader.engine.exchanges.ccxt_pro.connection import CcxtConfig, CcxtConnection
from tui_trader.engine.exchanges.ccxt_pro.execution import _count
from tui_trader.engine.exchanges.ccxt_pro.news import AccountNews
from tui_trader.engine.exchanges.ccxt_pro.watching import Watching
from tui_trader.engine.messages.reports import FillReport, OrderReport
from tui_trader.engine.values.account import AccountSnapshot
from tui_trader.engine.values.errors import ConfigError, TemporaryFault
from tui_trader.engine.values.orders import OrderStatus

ORDER = {
    "id": "7",
    "clientOrderId": "ours",
    "symbol": "BTC/EUR",
    "side": "buy",
    "type": "limit",
    "amount": "2.0",
    "filled": "0.5",
    "price": "100.50",
    "status": "open",
    "timestamp": 1_700_000_000_000,
}
TRADE = {
    "id": "T1",
    "order": "7",
    "symbol": "BTC/EUR",
    "side": "buy",
    "amount": "0.5",
    "price": "100.50",
    "takerOrMaker": "maker",
    "fee": {"cost": "0.0001", "currency": "BTC"},
    "timestamp": 1_700_000_000_100,
}


def snapshot(*, orders=(), fills=()):
    return AccountSnapshot(
        open_orders=tuple(orders), closed_orders=(), fills=tuple(fills), balances=(), taken_ms=5
    )


def test_exchange_that_nobody_knows_is_a_mistake_in_the_configuration():
    with pytest.raises(ConfigError, match="knows no exchange 'krakne'") as error:
        CcxtConnection(CcxtConfig(exchange="krakne"), has_text_numbers=True)
    assert error.value.key == "venue.exchange"


def test_key_is_in_no_text_of_the_configuration():
    config = CcxtConfig(exchange="kraken", api_key="canary-key", api_secret="canary-secret")
    assert "canary" not in f"{config!r} {config} {config.__rich_repr__()}"


def test_order_and_fill_are_exact_and_keep_the_fee_in_its_own_asset():
    order = translate.order_from(ORDER)
    assert (order.price, order.quantity_base) == (Decimal("100.50"), Decimal("2.0"))
    assert order.status is OrderStatus.PARTIALLY_FILLED
    fill = translate.fill_from(TRADE, order.client_order_id)
    assert (fill.fee, fill.fee_asset, fill.is_maker) == (Decimal("0.0001"), "BTC", True)


@pytest.mark.parametrize(
    ("status", "filled", "expected"),
    [
        ("open", "0", OrderStatus.OPEN),
        ("closed", "2.0", OrderStatus.FILLED),
        ("closed", "0.5", OrderStatus.CANCELLED),
        ("canceled", "0", OrderStatus.CANCELLED),
        ("expired", "0", OrderStatus.EXPIRED),
        ("rejected", "0", OrderStatus.REJECTED),
    ],
)
def test_status_follows_what_was_filled(status, filled, expected):
    assert translate.order_from(ORDER | {"status": status, "filled": filled}).status is expected


@pytest.mark.parametrize(
    "changes",
    [{"amount": "NaN"}, {"amount": "-1"}, {"amount": None}, {"side": "both"}, {"status": None}],
    ids=str,
)
def test_order_that_cannot_be_true_is_a_fault(changes):
    with pytest.raises(MalformedAnswer):
        translate.order_from(ORDER | changes)


@pytest.mark.parametrize(("mode", "value"), [(4, "0.001"), (2, 3)])
def test_steps_are_read_in_both_ways_that_exchanges_state_them(mode, value):
    assert translate._step(value, mode) == Decimal("0.001")


def test_debt_counts_as_nothing_and_is_named():
    balances, debts = translate.balances_from({"total": {"EUR": "-5.5", "BTC": "1", "X": None}})
    assert {each.asset: each.total for each in balances} == {"EUR": 0, "BTC": 1}
    assert debts == ("the balance of EUR is -5.5: a debt, counted as nothing",)


@pytest.mark.parametrize(
    ("answer", "count"),
    [
        ([{"id": "1"}, {"id": "2"}], 2),
        ([], 0),
        ([{"id": None, "info": {"error": [], "result": {"count": "3"}}}], 3),
        ({"info": {}}, 0),
    ],
)
def test_count_of_a_cancel_of_everything_is_read_where_the_exchange_tells_it(answer, count):
    assert _count(answer) == count


def test_news_are_told_once_fills_first_and_the_memory_is_bounded(monkeypatch):
    monkeypatch.setattr(news_module, "REMEMBERED_MAX", 3)
    told = []
    news = AccountNews(SteppedClock(), told.append)
    order = translate.order_from(ORDER)
    fills = [translate.fill_from(TRADE | {"id": f"T{number}"}, None) for number in range(5)]
    news.tell(snapshot(orders=[order], fills=fills[:1]))
    news.tell(snapshot(orders=[order], fills=fills[:1]))
    assert [type(report) for report in told] == [FillReport, OrderReport]
    assert news.since_ms == 5
    news.tell(snapshot(fills=fills))
    assert list(news._fills) == ["T2", "T3", "T4"]


async def test_link_is_up_when_all_were_heard_and_down_when_they_fall_silent():
    inbox = Inbox()

    async def watch(is_heard):
        ups = sum(map(is_up, inbox.reports))
        is_heard("ticker")
        assert sum(map(is_up, inbox.reports)) == ups
        is_heard("book")
        await asyncio.Event().wait()

    watching = Watching("other public", RealClock(), chance=lambda: 0.5, timing=QUICK)
    async with running(watching.run(watch, inbox, awaited={"ticker", "book"})):
        down = await inbox.until(is_down)
        await inbox.until(is_up, count=2)
    assert down.detail == "silent for 0.15 s"


async def test_fault_of_one_watcher_ends_them_all_and_is_named():
    inbox = Inbox()

    async def fail():
        message = "other: ExchangeError: gone"
        raise TemporaryFault(message)

    async def watch(_is_heard):
        async with asyncio.TaskGroup() as group:
            group.create_task(asyncio.Event().wait())
            group.create_task(fail())

    watching = Watching("other public", RealClock(), chance=lambda: 0.5, timing=QUICK)
    async with running(watching.run(watch, inbox, awaited={"ticker"})):
        downs = await inbox.until(is_down, count=2)
    assert downs[0].detail == "other: ExchangeError: gone"
