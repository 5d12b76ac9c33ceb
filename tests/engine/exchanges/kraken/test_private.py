"""The private feed against a server that misbehaves, and rows that leave things out."""

from decimal import Decimal

import msgspec
import pytest

from tests.engine.exchanges.kraken.clocks import RealClock
from tests.engine.exchanges.kraken.fake_socket import QUICK, Inbox, running, serving
from tests.engine.exchanges.kraken.test_feed import is_down, is_up
from tui_trader.engine.exchanges.kraken.account_rows import OrderMemory
from tui_trader.engine.exchanges.kraken.private import LINK_NAME, PrivateFeed
from tui_trader.engine.exchanges.kraken.socket import Link
from tui_trader.engine.exchanges.kraken.wire import ExecutionRow
from tui_trader.engine.messages.reports import BalanceReport, FillReport, OrderReport
from tui_trader.engine.values.account import ExchangeBalance
from tui_trader.engine.values.instruments import Asset
from tui_trader.engine.values.orders import OrderStatus, OrderType, Side

D = Decimal
AT = "2023-10-04T16:25:00.123456Z"
NEW = {
    "order_id": "OAAAAA-BBBBB-CCCCCC",
    "exec_type": "pending_new",
    "order_status": "pending_new",
    "cl_ord_id": "6d1b345e-2821-40e2-ad83-4ecb18a06876",
    "symbol": "BTC/USD",
    "side": "buy",
    "order_type": "limit",
    "order_qty": 2.0,
    "limit_price": 100.5,
    "timestamp": AT,
}
STATUS = {"order_id": NEW["order_id"], "timestamp": AT}
TRADE = STATUS | {
    "exec_type": "trade",
    "order_status": "partially_filled",
    "exec_id": "TAAAAA-BBBBB-CCCCCC",
    "last_qty": 0.5,
    "last_price": 100.4,
    "cum_qty": 0.5,
    "liquidity_ind": "m",
    "fees": [{"asset": "USD", "qty": 0.125}],
}


def executions(*rows, sequence, kind="update"):
    return {"channel": "executions", "type": kind, "data": list(rows), "sequence": sequence}


def balances(*rows, sequence, kind="update"):
    return {"channel": "balances", "type": kind, "data": list(rows), "sequence": sequence}


async def subscribe(scene):
    for request in await scene.read(2):
        await scene.confirm(request)


def showing(*messages):
    async def scene(server):
        await subscribe(server)
        for message in messages:
            await server.send(message)
        await server.stay()

    return scene


good = showing()


class Tokens:
    """Gives a new one each time."""

    def __init__(self):
        self.given = 0

    async def __call__(self):
        self.given += 1
        return f"token {self.given}"


@pytest.fixture
def inbox():
    return Inbox()


@pytest.fixture
def tokens():
    return Tokens()


def private_at(url, tokens):
    clock = RealClock()
    link = Link(LINK_NAME, url, clock=clock, chance=lambda: 0.5, timing=QUICK)
    return PrivateFeed(link, clock, token=tokens)


def read(row):
    return msgspec.convert(row, ExecutionRow)


async def test_every_connection_has_its_own_token(inbox, tokens):
    async def cut(server):
        await subscribe(server)
        server.cut()

    async with (
        serving(cut, good) as (url, connections),
        running(private_at(url, tokens).run(inbox)),
    ):
        await inbox.until(is_up, count=2)
    asked = [scene.asked[0]["params"] for scene in connections]
    assert [params["token"] for params in asked] == ["token 1", "token 2"]
    assert asked[0] | {"token": ""} == {
        "channel": "executions",
        "snap_orders": True,
        "snap_trades": True,
        "token": "",
    }


async def test_refused_token_costs_the_connection_alone(inbox, tokens):
    async def refuse(server):
        await server.read(2)
        await server.send(
            {
                "method": "subscribe",
                "success": False,
                "error": "EAuth:Invalid token",
                "result": None,
            }
        )
        await server.stay()

    async with serving(refuse, good) as (url, _), running(private_at(url, tokens).run(inbox)):
        down = await inbox.until(is_down)
        await inbox.until(is_up)
    assert "EAuth:Invalid token" in down.detail


async def test_life_of_an_order_is_told_in_order_though_its_rows_name_no_symbol(inbox, tokens):
    filled = STATUS | {"exec_type": "filled", "order_status": "filled", "cum_qty": 2.0}
    rest = TRADE | {"exec_id": "TLAST", "last_qty": 1.5, "cum_qty": 2.0}
    scene = showing(
        executions(sequence=1, kind="snapshot"),
        executions(NEW, STATUS | {"exec_type": "new", "order_status": "new"}, sequence=2),
        executions(TRADE, sequence=3),
        executions(rest, filled, sequence=4),
    )
    async with serving(scene) as (url, _), running(private_at(url, tokens).run(inbox)):
        await inbox.until(lambda report: isinstance(report, OrderReport), count=5)
    told = [report for report in inbox.reports if isinstance(report, OrderReport | FillReport)]
    assert [
        report.order.status if isinstance(report, OrderReport) else report.fill.execution_id
        for report in told
    ] == [
        OrderStatus.OPEN,
        OrderStatus.OPEN,
        "TAAAAA-BBBBB-CCCCCC",
        OrderStatus.PARTIALLY_FILLED,
        "TLAST",
        # The trade row said partially_filled; the quantities say otherwise.
        OrderStatus.FILLED,
        OrderStatus.FILLED,
    ]
    fill = inbox.of(FillReport)[0].fill
    assert (fill.symbol, fill.side, fill.price, fill.quantity_base) == (
        "BTC/USD",
        Side.BUY,
        D("100.4"),
        D("0.5"),
    )
    assert (fill.fee, fill.fee_asset, fill.is_maker) == (D("0.125"), "USD", True)
    assert fill.client_order_id == NEW["cl_ord_id"]
    assert fill.filled_ms == 1_696_436_700_123


async def test_gap_in_the_sequence_brings_the_link_down_and_up(inbox, tokens):
    gap = showing(
        executions(sequence=1, kind="snapshot"),
        executions(NEW, sequence=2),
        executions(TRADE, sequence=4),
    )
    async with serving(gap, good) as (url, _), running(private_at(url, tokens).run(inbox)):
        down = await inbox.until(is_down)
        await inbox.until(is_up, count=2)
    assert down.detail == "executions: sequence went from 2 to 4"
    assert not inbox.of(FillReport)


async def test_silence_ends_the_connection_though_pings_are_answered(inbox, tokens):
    async with serving(good) as (url, _), running(private_at(url, tokens).run(inbox)):
        await inbox.until(is_up)
        down = await inbox.until(is_down)
    assert down.detail == "silent for 0.15 s"


async def test_channels_count_for_themselves(inbox, tokens):
    scene = showing(
        executions(sequence=1, kind="snapshot"),
        balances(sequence=1, kind="snapshot"),
        executions(NEW, sequence=2),
        balances({"asset": "USD", "balance": 5.0}, sequence=2),
    )
    async with serving(scene) as (url, connections), running(private_at(url, tokens).run(inbox)):
        await inbox.until(lambda report: isinstance(report, BalanceReport))
    assert len(connections) == 1


async def test_row_of_an_order_nobody_introduced_brings_the_link_down_and_up(inbox, tokens):
    scene = showing(executions(STATUS | {"exec_type": "canceled"}, sequence=1))
    async with serving(scene, good) as (url, _), running(private_at(url, tokens).run(inbox)):
        down = await inbox.until(is_down)
        await inbox.until(is_up, count=2)
    assert "is not told" in down.detail


@pytest.mark.parametrize(
    "garbage",
    [
        executions({"order_id": 5}, sequence=1),
        executions(NEW | {"order_qty": -1}, sequence=1),
        executions(NEW | {"order_qty": "NaN"}, sequence=1),
        executions(NEW | {"order_status": "sold_to_a_friend"}, sequence=1),
        executions(NEW | {"timestamp": "yesterday"}, sequence=1),
        executions(NEW | {"side": "both"}, sequence=1),
        executions(NEW, TRADE | {"last_price": 0}, sequence=1),
        executions(NEW, TRADE | {"exec_id": None}, sequence=1),
        executions(
            NEW,
            TRADE | {"fees": [{"asset": "USD", "qty": 1}, {"asset": "BTC", "qty": 1}]},
            sequence=1,
        ),
        balances({"asset": "USD", "balance": "Infinity"}, sequence=1),
    ],
    ids=str,
)
async def test_impossible_row_brings_the_link_down_and_up(inbox, tokens, garbage):
    async with (
        serving(showing(garbage), good) as (url, _),
        running(private_at(url, tokens).run(inbox)),
    ):
        await inbox.until(is_down)
        await inbox.until(is_up, count=2)
    assert not inbox.of(FillReport)
    assert not inbox.of(BalanceReport)


async def test_balance_is_the_sum_of_its_wallets(inbox, tokens):
    earn = {"type": "earn", "id": "flex", "balance": 3.0}
    spot = {"type": "spot", "id": "main", "balance": 2.0}
    scene = showing(
        balances(
            {"asset": "BTC", "balance": 5.0, "wallets": [spot, earn]}, sequence=1, kind="snapshot"
        ),
        balances(
            {"asset": "BTC", "balance": 1.5, "wallet_type": "spot", "wallet_id": "main"}, sequence=2
        ),
    )
    async with serving(scene) as (url, _), running(private_at(url, tokens).run(inbox)):
        reports = await inbox.until(lambda report: isinstance(report, BalanceReport), count=2)
    assert [report.balances for report in reports] == [
        (ExchangeBalance(asset=Asset("BTC"), total=D(total)),) for total in ("5.0", "4.5")
    ]


async def test_debt_counts_as_nothing_and_costs_no_connection(inbox, tokens):
    scene = showing(balances({"asset": "USD", "balance": -12.5}, sequence=1))
    async with serving(scene) as (url, connections), running(private_at(url, tokens).run(inbox)):
        report = await inbox.until(lambda report: isinstance(report, BalanceReport))
    assert report.balances == (ExchangeBalance(asset=Asset("USD"), total=D(0)),)
    assert len(connections) == 1


def test_old_trade_in_a_snapshot_is_a_fill_without_an_order():
    memory = OrderMemory()
    row = read(TRADE | {"symbol": "BTC/USD", "side": "buy", "order_type": "limit"})
    assert memory.fill(row).execution_id == TRADE["exec_id"]
    assert memory.take(row, is_snapshot=True) is None


def test_ended_order_does_not_open_again():
    memory = OrderMemory()
    memory.take(read(NEW))
    memory.take(read(STATUS | {"exec_type": "canceled", "order_status": "canceled"}))
    late = memory.take(read(STATUS | {"exec_type": "new", "order_status": "new"}))
    assert late.status is OrderStatus.CANCELLED


def test_amended_order_has_its_new_price_and_quantity():
    memory = OrderMemory()
    memory.take(read(NEW))
    row = STATUS | {"exec_type": "amended", "limit_price": 99.5, "order_qty": 3.0}
    order = memory.take(read(row | {"order_status": "new"}))
    assert (order.price, order.quantity_base, order.status) == (D("99.5"), D(3), OrderStatus.OPEN)


def test_trailing_order_by_hand_is_understood_before_it_has_a_limit():
    row = {name: value for name, value in NEW.items() if name != "limit_price"}
    order = OrderMemory().take(read(row | {"order_type": "trailing-stop-limit"}))
    assert (order.order_type, order.price) == (OrderType.TRAILING_STOP_LIMIT, None)


def test_trigger_that_moves_is_told_with_its_order():
    memory = OrderMemory()
    trigger = {"reference": "last", "price": 5.0, "price_type": "pct", "actual_price": 95.5}
    order = memory.take(read(NEW | {"order_type": "trailing-stop", "triggers": trigger}))
    assert (order.order_type, order.trigger_price) == (OrderType.TRAILING_STOP, D("95.5"))
    moved = STATUS | {"exec_type": "status", "triggers": trigger | {"actual_price": 96}}
    assert memory.take(read(moved)).trigger_price == D(96)


def test_memory_is_bounded_and_forgets_ended_orders_first():
    memory = OrderMemory(orders_max=3)
    for number in range(3):
        memory.take(read(NEW | {"order_id": f"O{number}"}))
    memory.take(read({"order_id": "O1", "exec_type": "canceled", "timestamp": AT}))
    memory.take(read(NEW | {"order_id": "O3"}))
    kept = [
        name
        for name in ("O0", "O1", "O2", "O3")
        if memory.fill(
            read(TRADE | {"order_id": name, "symbol": "BTC/USD", "side": "buy"})
        ).client_order_id
        is not None
    ]
    assert kept == ["O0", "O2", "O3"]
