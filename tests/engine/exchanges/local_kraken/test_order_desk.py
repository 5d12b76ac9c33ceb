"""The order desk over REST: edits, batches, limits, the switch, and what survives a restart."""

import asyncio
import json
import time
from contextlib import AsyncExitStack
from decimal import Decimal

import pytest

from tests.engine.exchanges.local_kraken.visitors import Visitor
from tui_trader.engine.exchanges.local_kraken.journal import ExchangeJournal
from tui_trader.engine.exchanges.local_kraken.server import serve
from tui_trader.engine.exchanges.local_kraken.venue import ServeConfig
from tui_trader.engine.exchanges.simulator.pair_rules import PairStatus
from tui_trader.engine.values.errors import StoreError

LIMIT = {"pair": "XBTUSD", "type": "buy", "ordertype": "limit", "volume": "0.01", "price": "20000"}
STOP = {"pair": "XBTUSD", "type": "sell", "ordertype": "stop-loss", "volume": "0.1"}


class HandClock:
    """A clock that stands until it is told to go on."""

    def __init__(self):
        self.ms = time.time_ns() // 1_000_000

    def now_ms(self):
        return self.ms

    def monotonic_ms(self):
        return self.ms


@pytest.fixture
async def timed(tmp_path):
    """Opens an exchange whose clock the test moves; with Kraken's limits."""
    async with AsyncExitStack() as stack:

        async def open_it(tier="starter", **changes):
            clock = HandClock()
            config = ServeConfig(journal=tmp_path / "j.jsonl", speed=0, tier=tier, **changes)
            exchange = await stack.enter_async_context(serve(config, clock=clock))
            return await stack.enter_async_context(Visitor(exchange)), clock

        yield open_it


async def add(visitor, **fields):
    answer = await visitor.private("AddOrder", **{**LIMIT, **fields})
    return answer["result"]["txid"][0] if "result" in answer else answer["error"]


async def post_json(visitor, endpoint, **fields):
    """A signed call with a JSON body, as ccxt sends batches."""
    path, nonce = f"/0/private/{endpoint}", str(visitor.next_nonce())
    body = json.dumps({"nonce": nonce, **fields}).encode()
    headers = {
        "API-Key": visitor.exchange.key,
        "API-Sign": visitor.sign(path, body, nonce),
        "Content-Type": "application/json",
    }
    async with visitor.http.post(visitor.exchange.rest + path, data=body, headers=headers) as reply:
        return await reply.json()


# Edits and amendments


async def test_edit_gives_the_order_another_name(visitor):
    txid = await add(visitor)
    edited = (await visitor.private("EditOrder", txid=txid, pair="XBTUSD", price="19000"))["result"]
    assert edited["originaltxid"] == txid
    assert (edited["status"], edited["orders_cancelled"], edited["price"]) == ("ok", 1, "19000.0")
    (found,) = (await visitor.private("OpenOrders"))["result"]["open"].items()
    assert (found[0], found[1]["descr"]["price"]) == (edited["txid"], "19000.0")


async def test_edit_leaves_what_is_filled_with_the_old_order(visitor):
    market = visitor.exchange.venue.markets["BTC/USD"]
    _, _, ask, lots = market.bbo()
    filled = Decimal(lots).scaleb(-8)
    price = market.pair.price_text(ask)
    txid = await add(visitor, price=price, volume=str(filled + Decimal("0.01")))
    volume = str(filled + Decimal("0.004"))
    edited = (await visitor.private("EditOrder", txid=txid, volume=volume))["result"]
    assert edited["volume"] == "0.00400000"
    refused = await visitor.private("EditOrder", txid=edited["txid"], volume="0")
    assert refused["error"] == ["EGeneral:Invalid arguments:volume"]


async def test_edit_that_is_refused_leaves_the_order(visitor):
    txid = await add(visitor)
    refused = await visitor.private("EditOrder", txid=txid, pair="XBTUSD", volume="100")
    assert refused == {"error": ["EOrder:Insufficient funds"]}
    assert list((await visitor.private("OpenOrders"))["result"]["open"]) == [txid]


async def test_edit_can_only_be_checked(visitor):
    txid = await add(visitor)
    checked = await visitor.private("EditOrder", txid=txid, price="19000", validate="true")
    assert "txid" not in checked["result"]
    assert list((await visitor.private("OpenOrders"))["result"]["open"]) == [txid]


async def test_amendments_of_an_order_are_told(visitor):
    txid = await add(visitor)
    answer = await visitor.private("AmendOrder", txid=txid, limit_price="19000", order_qty="0.02")
    told = (await visitor.private("OrderAmends", order_id=txid))["result"]
    assert (told["count"], told["amends"][0]["amend_id"]) == (1, answer["result"]["amend_id"])
    assert (told["amends"][0]["limit_price"], told["amends"][0]["order_qty"]) == (
        "19000.0",
        "0.02000000",
    )


# Batches


async def test_batch_refuses_one_order_and_takes_the_others(visitor):
    row = {name: LIMIT[name] for name in ("type", "ordertype", "price")}
    answer = await post_json(
        visitor,
        "AddOrderBatch",
        pair="XBTUSD",
        orders=[{**row, "volume": volume} for volume in ("0.01", "100", 0.02)],
    )
    first, second, third = answer["result"]["orders"]
    assert second["error"] == "EOrder:Insufficient funds"
    assert set((await visitor.private("OpenOrders"))["result"]["open"]) == {
        first["txid"],
        third["txid"],
    }


@pytest.mark.parametrize(
    ("orders", "error"),
    [
        ([{"volume": "0.01"}] * 16, "EGeneral:Invalid arguments:orders"),
        ([{"volume": "0.01"}], "EGeneral:Invalid arguments:orders"),
        ([{"volume": "0.01"}, {"volume": "0"}], "EGeneral:Invalid arguments:volume"),
        ("nothing", "EGeneral:Invalid arguments:orders"),
    ],
)
async def test_malformed_batch_is_refused_as_a_whole(visitor, orders, error):
    if isinstance(orders, list):
        orders = [{**LIMIT, **row} for row in orders]
    answer = await post_json(visitor, "AddOrderBatch", pair="XBTUSD", orders=orders)
    assert answer == {"error": [error]}
    assert (await visitor.private("OpenOrders"))["result"]["open"] == {}


async def test_batch_cancel_counts_what_was_open(visitor):
    txid, gone = await add(visitor), await add(visitor, cl_ord_id="gone")
    await visitor.private("CancelOrder", txid=gone)
    await add(visitor, userref="7")
    await add(visitor, cl_ord_id="mine")
    answer = await post_json(
        visitor, "CancelOrderBatch", orders=[txid, gone, 7], cl_ord_ids=["mine", "nobody"]
    )
    assert answer["result"] == {"count": 3}


# Time


async def test_switch_fires_at_its_moment(timed):
    visitor, clock = await timed()
    await add(visitor)
    answer = (await visitor.private("CancelAllOrdersAfter", timeout="60"))["result"]
    assert len(answer["triggerTime"]) == len("2026-01-01T00:00:00Z")
    clock.ms += 59_999
    assert len((await visitor.private("OpenOrders"))["result"]["open"]) == 1
    clock.ms += 1
    assert (await visitor.private("OpenOrders"))["result"]["open"] == {}
    (order,) = (await visitor.private("ClosedOrders"))["result"]["closed"].values()
    assert order["status"] == "canceled"


async def test_switch_fires_although_nobody_asks(timed):
    visitor, clock = await timed()
    socket = await visitor.open_socket()
    await socket.subscribe("executions", token=await visitor.token(), snap_orders=False)
    txid = await add(visitor)
    await visitor.private("CancelAllOrdersAfter", timeout="60")
    clock.ms += 60_000
    rows = []
    while not rows or rows[-1]["exec_type"] != "canceled":
        rows += (await socket.next("executions"))["data"]
    assert rows[-1]["order_id"] == txid


@pytest.mark.parametrize("seconds", ["-1", "x", "86401", ""])
async def test_switch_takes_a_day_at_most(visitor, seconds):
    answer = await visitor.private("CancelAllOrdersAfter", timeout=seconds)
    assert answer == {"error": ["EGeneral:Invalid arguments:timeout"]}


async def test_order_for_a_while_expires_by_the_clock(timed):
    visitor, clock = await timed()
    await add(visitor, timeinforce="GTD", expiretm="+30")
    clock.ms += 30_000
    (order,) = (await visitor.private("ClosedOrders"))["result"]["closed"].values()
    assert (order["status"], order["reason"]) == ("expired", "Order expired")


async def test_order_for_later_is_pending(timed):
    visitor, clock = await timed()
    txid = await add(visitor, starttm="+30")
    assert (await visitor.private("OpenOrders"))["result"]["open"][txid]["status"] == "pending"
    clock.ms += 30_000
    assert (await visitor.private("OpenOrders"))["result"]["open"][txid]["status"] == "open"


# Limits


async def test_calls_are_counted_and_fall_with_time(timed):
    visitor, clock = await timed("starter")
    for _ in range(15):
        assert (await visitor.private("Balance"))["error"] == []
    assert (await visitor.private("Balance"))["error"] == ["EAPI:Rate limit exceeded"]
    assert (await visitor.private("Ledgers"))["error"] == ["EAPI:Rate limit exceeded"]
    assert isinstance(await add(visitor), str), "orders have a counter of their own"
    clock.ms += 3_100
    assert (await visitor.private("Balance"))["error"] == []
    assert (await visitor.private("TradesHistory"))["error"] == ["EAPI:Rate limit exceeded"]


async def test_who_does_not_stop_is_locked_out_for_a_quarter_of_an_hour(timed):
    visitor, clock = await timed("pro")
    for _ in range(40):
        last = await visitor.private("Balance")
    assert last["error"] == ["EAPI:Rate limit exceeded"]
    assert await add(visitor) == ["EGeneral:Temporary lockout"]
    clock.ms += 15 * 60_000 - 1
    assert await add(visitor) == ["EGeneral:Temporary lockout"]
    clock.ms += 1
    assert isinstance(await add(visitor), str)


async def test_young_cancels_cost_most(timed):
    visitor, clock = await timed("starter")
    young = [await add(visitor) for _ in range(6)]
    for txid in young:
        await visitor.private("CancelOrder", txid=txid)
    assert visitor.exchange.venue.order_counters.level("BTC/USD", clock.ms) == 6 + 6 * 8
    assert isinstance(await add(visitor), str)
    txid = await add(visitor)
    refused = await visitor.private("CancelOrder", txid=txid)
    assert refused["error"] == ["EOrder:Rate limit exceeded"]
    assert (await visitor.private("CancelAll"))["result"] == {"count": 2}
    other = await visitor.private("AddOrder", **{**LIMIT, "pair": "ETHUSD", "price": "100"})
    assert other["error"] == [], "every pair has its own counter"
    clock.ms += 56_000
    assert visitor.exchange.venue.order_counters.level("BTC/USD", clock.ms) == 0


async def test_pair_has_room_for_so_many_open_orders(timed):
    visitor, clock = await timed("starter", cash=Decimal(1_000_000))
    for _ in range(60):
        assert isinstance(await add(visitor), str)
        clock.ms += 1_000
    assert await add(visitor) == ["EOrder:Orders limit exceeded"]
    other = await add(visitor, pair="ETHUSD", price="100")
    assert isinstance(other, str), "every pair has room of its own"


@pytest.mark.parametrize(
    ("endpoint", "fields", "costs"),
    [
        ("AmendOrder", {"limit_price": "19000"}, {0: 4, 5: 3, 10: 2, 15: 1}),
        ("EditOrder", {"price": "19000"}, {0: 7, 5: 6, 10: 5, 15: 3, 45: 2, 90: 1}),
        ("CancelOrder", {}, {0: 8, 5: 6, 10: 5, 15: 4, 45: 2, 90: 1, 300: 0}),
    ],
)
async def test_act_costs_by_the_age_of_its_order(timed, endpoint, fields, costs):
    visitor, clock = await timed("pro")
    counters = visitor.exchange.venue.order_counters
    for age_s, cost in costs.items():
        txid = await add(visitor)
        clock.ms += age_s * 1_000
        before = counters.level("BTC/USD", clock.ms)
        assert (await visitor.private(endpoint, txid=txid, **fields))["error"] == []
        assert counters.level("BTC/USD", clock.ms) == pytest.approx(before + cost)
        clock.ms += 100_000


# Nonces


async def test_late_nonce_within_the_window_is_let_through_once(open_exchange):
    visitor = await open_exchange(nonce_window=1_000)
    await visitor.private("Balance", nonce=5_000)
    assert (await visitor.private("Balance", nonce=4_500))["error"] == []
    assert (await visitor.private("Balance", nonce=4_500))["error"] == ["EAPI:Invalid nonce"]
    assert (await visitor.private("Balance", nonce=4_000))["error"] == ["EAPI:Invalid nonce"]
    for nonce in ("9" * 30, 2**64, "\u0669" * 5):
        assert (await visitor.private("Balance", nonce=nonce))["error"] == ["EAPI:Invalid nonce"]
    assert (await visitor.private("Balance", nonce=2**64 - 1))["error"] == []


# Pages and names


async def test_ledger_and_trades_come_fifty_a_page(visitor):
    for _ in range(26):
        await visitor.buy("0.001")
    for endpoint, part in (("Ledgers", "ledger"), ("TradesHistory", "trades")):
        names, total = [], 1
        while len(names) < total:
            page = (await visitor.private(endpoint, ofs=str(len(names))))["result"]
            total = page["count"]
            assert 0 < len(page[part]) <= 50
            names += page[part]
        assert len(set(names)) == total > 25
    assert (await visitor.private("Ledgers", ofs="-1"))["error"] == [
        "EGeneral:Invalid arguments:ofs"
    ]


@pytest.mark.parametrize(
    ("endpoint", "fields", "error"),
    [
        ("QueryLedgers", {"id": "L-nobody"}, "EQuery:Unknown ledger"),
        ("Ledgers", {"asset": "NOPE"}, "EQuery:Unknown asset"),
        ("TradeBalance", {"asset": "NOPE"}, "EQuery:Unknown asset"),
        ("OrderAmends", {"order_id": "O-nobody"}, "EOrder:Unknown order"),
        ("AmendOrder", {"txid": "O-nobody", "order_qty": "1"}, "EOrder:Invalid order"),
        ("EditOrder", {"txid": "O-nobody", "volume": "1"}, "EOrder:Invalid order"),
        ("CancelOrderBatch", {}, "EGeneral:Invalid arguments:orders"),
        ("Withdraw", {}, "EGeneral:Unknown method"),
    ],
)
async def test_private_refusal_is_krakens(visitor, endpoint, fields, error):
    assert (await visitor.private(endpoint, **fields))["error"] == [error]


@pytest.mark.parametrize(
    "name",
    [
        *("XXBTZUSD", "XBTUSD", "XBT/USD", "BTC/USD", "BTCUSD", "XXBT/ZUSD"),
        *("XXDGZUSD", "XDGUSD", "XDG/USD", "DOGE/USD", "DOGEUSD"),
    ],
)
async def test_order_is_taken_under_every_name_of_its_pair(visitor, name):
    price = "0.01" if "D" in name.replace("USD", "") else "20000"
    volume = "100" if price == "0.01" else "0.01"
    answer = await visitor.private(
        "AddOrder", **{**LIMIT, "pair": name, "price": price, "volume": volume}
    )
    assert answer["error"] == []


async def test_changed_rules_are_told_and_hold(visitor):
    rules = visitor.exchange.venue.rules("BTC/USD")
    rules.tick, rules.order_min, rules.status = Decimal(1), Decimal("0.1"), PairStatus.POST_ONLY
    told = (await visitor.public("AssetPairs", pair="XBTUSD"))["result"]["XXBTZUSD"]
    assert (told["tick_size"], told["pair_decimals"]) == ("1", 0)
    assert (told["ordermin"], told["status"]) == ("0.1", "post_only")
    assert await add(visitor) == ["EService:Market in post_only mode"]
    assert await add(visitor, oflags="post") == [
        "EGeneral:Invalid arguments:volume minimum not met"
    ]


# What survives


async def test_sleeping_and_amended_orders_survive_a_restart(tmp_path):
    config = ServeConfig(journal=tmp_path / "j.jsonl", speed=0)
    async with serve(config) as exchange, Visitor(exchange) as visitor:
        await visitor.buy("0.1", **{"close[ordertype]": "stop-loss", "close[price]": "#5%"})
        await visitor.private("AddOrder", **STOP, price="30000", trigger="index")
        await visitor.private("AddOrder", **{**STOP, "ordertype": "trailing-stop"}, price="+5%")
        txid = await add(visitor)
        await visitor.private("AmendOrder", txid=txid, limit_price="19000")
        await visitor.private("CancelAllOrdersAfter", timeout="600")
        before = await visitor.private("OpenOrders")
        switch_ms = exchange.venue.account.switch_ms
    async with serve(config) as exchange, Visitor(exchange) as visitor:
        assert await visitor.private("OpenOrders") == before
        assert exchange.venue.account.switch_ms == switch_ms
        await visitor.control(fault="move", percent=-60)
        left = (await visitor.private("OpenOrders"))["result"]["open"].values()
        assert {row["descr"]["ordertype"] for row in left} <= {"limit"}


async def test_changed_rules_and_moved_prices_survive_a_restart(tmp_path):
    config = ServeConfig(journal=tmp_path / "j.jsonl", speed=0)
    async with serve(config) as exchange, Visitor(exchange) as visitor:
        await visitor.control(fault="rules", pair="ETH/USD", ordermin="3", status="post_only")
        await visitor.control(fault="move", percent=50)
        told = (await visitor.public("AssetPairs"))["result"]
        price = exchange.venue.markets["BTC/USD"].bbo()[0]
        moved_ms = exchange.venue.account.moves[0].time_ms
    async with serve(config) as exchange, Visitor(exchange) as visitor:
        assert (await visitor.public("AssetPairs"))["result"] == told
        market = exchange.venue.markets["BTC/USD"]
        assert market.bbo()[0] == pytest.approx(price, rel=0.002)
        bars = market.candles[1].bars(moved_ms / 1_000)
        assert bars[-3].high < bars[-1].close * 0.75, "the candles before are as they were"
        assert (await visitor.control(fault="move", percent=1_000))[0] == 200
        assert (await visitor.control(fault="move", percent=1_000))[0] == 200
        assert (await visitor.control(fault="move", percent=1_000))[0] == 400


@pytest.mark.parametrize("window", [0, 10_000])
async def test_nonces_are_not_forgotten_at_a_restart(tmp_path, window):
    config = ServeConfig(journal=tmp_path / "j.jsonl", speed=0, nonce_window=window)
    async with serve(config) as exchange, Visitor(exchange) as visitor:
        assert (await visitor.private("Balance", nonce=7_000))["error"] == []
    async with serve(config) as exchange, Visitor(exchange) as visitor:
        for late in (7_000, 6_500):
            answer = await visitor.private("Balance", nonce=late)
            assert answer["error"] == ["EAPI:Invalid nonce"]
        assert (await visitor.private("Balance", nonce=7_001))["error"] == []


def test_file_of_nonces_that_is_none_is_named(tmp_path):
    config = ServeConfig(journal=tmp_path / "j.jsonl", speed=0)
    (tmp_path / "j.jsonl.nonces").write_text("not a nonce")

    async def play():
        with pytest.raises(StoreError, match=r"j\.jsonl\.nonces cannot be read"):
            async with serve(config):
                pass

    asyncio.run(play())


OLD_ORDER = (
    '"cl_ord_id":null,"userref":null,"pair":"BTC/USD","side":"buy","type":"limit",'
    '"price":"50000.0","txid":"O1","time_ms":2'
)
OLD_JOURNAL = f"""\
{{"kind":"balance","time_ms":1,"ledger_id":"L1","ref_id":"Q1","asset":"USD","amount":"100",\
"fee":"0","balance":"100","reason":"deposit","step":0,"last":true}}
{{"kind":"order",{OLD_ORDER},"volume":"0.001","post_only":false,"time_in_force":"GTC",\
"step":1,"last":false}}
{{"kind":"fill",{OLD_ORDER},"volume":"0.0005","cost":"25.00000","fee":"0.10000",\
"trade_id":"T1","tape_id":7,"is_maker":false,"step":1,"last":true}}
"""


async def test_journal_of_the_first_version_still_loads(tmp_path):
    path = tmp_path / "j.jsonl"
    path.write_text(OLD_JOURNAL)
    config = ServeConfig(journal=path, speed=0)
    async with serve(config) as exchange, Visitor(exchange) as visitor:
        (order,) = (await visitor.private("OpenOrders"))["result"]["open"].values()
        assert (order["vol_exec"], order["fee"]) == ("0.00050000", "0.10000")
        assert exchange.venue.account.held("USD") == Decimal("25.0625")
        await visitor.private("CancelAll")
    assert json.loads(path.read_text().splitlines()[-1])["v"] == 3


def test_journal_of_a_later_version_is_left_alone(tmp_path):
    path = tmp_path / "j.jsonl"
    text = OLD_JOURNAL.replace('"last":true', '"last":true,"v":4')
    path.write_text(text)
    with pytest.raises(StoreError, match="newer version"):
        ExchangeJournal(path)
    assert path.read_text() == text
