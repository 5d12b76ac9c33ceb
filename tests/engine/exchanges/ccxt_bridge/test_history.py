"""Pages of an account's past."""

import asyncio

import pytest

from tests.engine.exchanges.ccxt_bridge.fake_rest import refuse, serving_rest
from tests.engine.exchanges.ccxt_bridge.test_translate import ORDER, TRADE
from tests.engine.exchanges.kraken.clocks import SteppedClock
from tui_trader.engine.exchanges.ccxt_bridge.execution import RestExecution
from tui_trader.engine.exchanges.ccxt_bridge.feed import RestFeed
from tui_trader.engine.exchanges.ccxt_bridge.history import PAGES_MAX, History
from tui_trader.engine.exchanges.ccxt_bridge.snapshot import UNREAD_MAX
from tui_trader.engine.exchanges.ccxt_bridge.translate import MalformedAnswer
from tui_trader.engine.messages.requests import LookUpOrder
from tui_trader.engine.values.errors import TemporaryFault

SINCE_MS = 1_688_585_840_000
CLIENT_ID = "6d1b345e-2821-40e2-ad83-4ecb18a06876"


def trade_pages(*, count, arriving=0):
    """TradesHistory of `count` rows, newest first, 50 a page; `arriving` rows more after each page."""
    rows = [f"T{number}" for number in reversed(range(count))]

    async def answer(_request, form):
        offset = int(form["ofs"])
        page = {
            name: TRADE | {"time": SINCE_MS / 1_000 + int(name[1:])}
            for name in rows[offset : offset + 50]
        }
        total = len(rows)
        for _ in range(arriving):
            rows.insert(0, f"T{len(rows)}")
        return {"trades": page, "count": total}

    return answer


async def test_every_page_is_asked_and_rows_come_oldest_first():
    async with serving_rest() as (server, client):
        server.answers["TradesHistory"] = trade_pages(count=120)
        rows = await History(client).trades(SINCE_MS)
    assert list(rows) == [f"T{number}" for number in range(120)]
    assert [form["ofs"] for form in server.forms("TradesHistory")] == ["0", "50", "100"]


async def test_rows_that_arrive_between_two_pages_hide_none_and_double_none():
    async with serving_rest() as (server, client):
        server.answers["TradesHistory"] = trade_pages(count=120, arriving=3)
        rows = await History(client).trades(SINCE_MS)
    assert {f"T{number}" for number in range(120)} <= set(rows)


async def test_server_that_ignores_the_offset_does_not_hold_us_for_ever():
    async with serving_rest() as (server, client):
        page = {f"T{number}": TRADE | {"time": SINCE_MS / 1_000} for number in range(50)}
        server.answers["TradesHistory"] = {"trades": page, "count": 1_000_000}
        with pytest.raises(TemporaryFault, match="more than"):
            await History(client).trades(SINCE_MS)
    assert len(server.calls) == PAGES_MAX


async def test_rows_from_before_the_look_back_are_left_out():
    async with serving_rest() as (server, client):
        server.answers["TradesHistory"] = trade_pages(count=10)
        rows = await History(client).trades(SINCE_MS + 8_000)
    assert list(rows) == ["T8", "T9"]


async def test_foreign_order_is_not_taken_for_ours_when_the_filter_is_ignored():
    async with serving_rest() as (server, client):
        server.answers["OpenOrders"] = {"open": {"O1": ORDER, "O2": ORDER | {"cl_ord_id": "other"}}}
        server.answers["ClosedOrders"] = {
            "closed": {"O3": ORDER | {"cl_ord_id": "other", "closetm": SINCE_MS / 1_000}},
            "count": 1,
        }
        execution = RestExecution(client, RestFeed(client, SteppedClock()), SteppedClock())
        finding = await execution.find_order(
            LookUpOrder(client_order_id=CLIENT_ID, exchange_order_id=None, since_ms=SINCE_MS)
        )
    assert finding.order is None
    assert "TradesHistory" not in [name for name, _ in server.calls]


async def test_look_up_falls_back_to_the_client_id_when_the_name_is_not_known():
    async with serving_rest() as (server, client):
        server.answers |= {
            "QueryOrders": refuse("EOrder:Invalid order"),
            "OpenOrders": {"open": {"O1": ORDER | {"cl_ord_id": CLIENT_ID}}},
            "TradesHistory": {"trades": {}, "count": 0},
        }
        execution = RestExecution(client, RestFeed(client, SteppedClock()), SteppedClock())
        finding = await execution.find_order(
            LookUpOrder(client_order_id=CLIENT_ID, exchange_order_id="O1", since_ms=SINCE_MS)
        )
    assert finding.order.client_order_id == CLIENT_ID


@pytest.mark.parametrize("endpoint", ["OpenOrders", "ClosedOrders", "TradesHistory"])
async def test_look_up_that_could_not_ask_everything_is_a_fault(endpoint):
    async with serving_rest() as (server, client):
        order = ORDER | {"cl_ord_id": CLIENT_ID, "status": "closed", "closetm": SINCE_MS / 1_000}
        server.answers |= {
            "OpenOrders": {"open": {}},
            "ClosedOrders": {"closed": {"O1": order}, "count": 1},
            "TradesHistory": {"trades": {}, "count": 0},
            endpoint: refuse("EService:Unavailable"),
        }
        execution = RestExecution(client, RestFeed(client, SteppedClock()), SteppedClock())
        with pytest.raises(TemporaryFault):
            await execution.find_order(
                LookUpOrder(client_order_id=CLIENT_ID, exchange_order_id=None, since_ms=SINCE_MS)
            )


async def test_order_in_a_pair_that_was_listed_meanwhile_is_understood():
    async with serving_rest() as (server, client):
        listed = server.answers["AssetPairs"]
        new = {
            "NEWUSD": listed["XDGUSD"] | {"altname": "NEWUSD", "wsname": "NEW/USD", "base": "NEW"}
        }
        order = ORDER | {"descr": ORDER["descr"] | {"pair": "NEWUSD"}}
        server.answers |= {
            "AssetPairs": [listed, listed | new],
            "OpenOrders": {"open": {"O1": order}},
            "ClosedOrders": {"closed": {}, "count": 0},
            "TradesHistory": {"trades": {}, "count": 0},
            "BalanceEx": {},
        }
        execution = RestExecution(client, RestFeed(client, SteppedClock()), SteppedClock())
        account = await execution.account(SINCE_MS)
    assert account.open_orders[0].symbol == "NEW/USD"
    assert account.unread == ()


async def test_delisted_pair_and_debt_are_named_and_the_rest_is_told():
    async with serving_rest() as (server, client):
        gone = ORDER | {"descr": ORDER["descr"] | {"pair": "GONE\x1b[6nUSD"}}
        server.answers |= {
            "OpenOrders": {"open": {"O1": ORDER, "O2": gone}},
            "ClosedOrders": {"closed": {}, "count": 0},
            "TradesHistory": {
                "trades": {"T1": TRADE, "T2": TRADE | {"pair": "GONEUSD", "ordertxid": "O2"}},
                "count": 2,
            },
            "BalanceEx": {"ZUSD": {"balance": "-12.5"}, "XXBT": {"balance": "1"}},
        }
        execution = RestExecution(client, RestFeed(client, SteppedClock()), SteppedClock())
        account = await execution.account(SINCE_MS)
    assert [order.exchange_order_id for order in account.open_orders] == ["O1"]
    assert [fill.execution_id for fill in account.fills] == ["T1"]
    assert {each.asset: str(each.total) for each in account.balances} == {"USD": "0", "BTC": "1"}
    assert account.unread == (
        "O2 is of GONE[6nUSD, which is not listed any more",
        "T2 is of GONEUSD, which is not listed any more",
        "the balance of USD is -12.5: a debt, counted as nothing",
    )


async def test_names_of_what_cannot_be_read_are_bounded():
    async with serving_rest() as (server, client):
        gone = ORDER | {"descr": ORDER["descr"] | {"pair": "GONEUSD"}}
        server.answers |= {
            "OpenOrders": {"open": {f"O{number}": gone for number in range(UNREAD_MAX + 7)}},
            "ClosedOrders": {"closed": {}, "count": 0},
            "TradesHistory": {"trades": {}, "count": 0},
            "BalanceEx": {},
        }
        execution = RestExecution(client, RestFeed(client, SteppedClock()), SteppedClock())
        account = await execution.account(SINCE_MS)
    assert len(account.unread) == UNREAD_MAX + 1
    assert account.unread[-1] == "and 7 more"


async def test_number_that_cannot_be_true_still_fails_the_whole_look():
    async with serving_rest() as (server, client):
        server.answers |= {
            "OpenOrders": {"open": {"O1": ORDER | {"vol": "-1"}}},
            "ClosedOrders": {"closed": {}, "count": 0},
            "TradesHistory": {"trades": {}, "count": 0},
            "BalanceEx": {},
        }
        execution = RestExecution(client, RestFeed(client, SteppedClock()), SteppedClock())
        with pytest.raises(MalformedAnswer, match="vol of O1"):
            await execution.account(SINCE_MS)


async def test_order_that_ended_between_two_looks_is_told_once():
    async with serving_rest() as (server, client):
        ended = ORDER | {"status": "canceled", "closetm": SINCE_MS / 1_000}
        server.answers |= {
            "OpenOrders": {"open": {"O1": ORDER}},
            "ClosedOrders": {"closed": {"O1": ended}, "count": 1},
            "TradesHistory": {"trades": {}, "count": 0},
            "BalanceEx": {},
        }
        execution = RestExecution(client, RestFeed(client, SteppedClock()), SteppedClock())
        account = await execution.account(SINCE_MS)
    assert (len(account.open_orders), len(account.closed_orders)) == (0, 1)


async def test_order_that_was_placed_and_filled_during_the_look_comes_with_its_fill():
    async with serving_rest() as (server, client):
        late = ORDER | {"cl_ord_id": CLIENT_ID, "status": "closed", "closetm": SINCE_MS / 1_000}
        server.answers |= {
            "OpenOrders": {"open": {}},
            "ClosedOrders": {"closed": {}, "count": 0},
            "TradesHistory": {"trades": {"T1": TRADE}, "count": 1},
            "QueryOrders": {"O1": late},
            "BalanceEx": {},
        }
        execution = RestExecution(client, RestFeed(client, SteppedClock()), SteppedClock())
        account = await execution.account(SINCE_MS)
    assert [order.exchange_order_id for order in account.closed_orders] == ["O1"]
    assert [fill.client_order_id for fill in account.fills] == [CLIENT_ID]


async def test_orders_are_asked_by_name_fifty_at_a_time():
    async with serving_rest() as (server, client):
        server.answers["QueryOrders"] = {}
        await History(client).orders_named([f"O{number}" for number in range(101)])
    assert [form["txid"].count(",") + 1 for form in server.forms("QueryOrders")] == [50, 50, 1]


async def test_pairs_are_asked_once_however_many_want_them():
    async with serving_rest() as (server, client):
        listing = RestFeed(client, SteppedClock())
        await asyncio.gather(*(listing.pairs() for _ in range(30)))
    assert len(server.forms("AssetPairs")) == 1
