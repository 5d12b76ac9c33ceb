"""Each fault does what it says, as often as it says."""

import asyncio

import aiohttp
import ccxt
import pytest

from tests.engine.exchanges.local_kraken.visitors import MirrorBook


async def open_count(visitor):
    return len(visitor.exchange.venue.account.open_orders)


async def arm(visitor, fault, **options):
    status, answer = await visitor.control(fault=fault, **options)
    assert (status, answer["error"]) == (200, [])


@pytest.mark.parametrize(("fault", "orders"), [("drop_reply_after", 1), ("drop_reply_before", 0)])
async def test_cut_reply_leaves_the_outcome_to_be_found_out(visitor, fault, orders):
    await arm(visitor, fault)
    with pytest.raises(aiohttp.ClientError):
        await visitor.buy("0.01", "50000", cl_ord_id="lost")
    assert await open_count(visitor) == orders
    assert (await visitor.buy("0.01", "50000"))["error"] == []


@pytest.mark.parametrize(("fault", "orders"), [("http_502_after", 1), ("http_502_before", 0)])
async def test_bad_gateway_leaves_the_outcome_to_be_found_out(visitor, fault, orders):
    await visitor.ccxt.load_markets()
    await arm(visitor, fault)
    with pytest.raises(ccxt.ExchangeNotAvailable):
        await visitor.ccxt.create_order("BTC/USD", "limit", "buy", "0.01", "50000")
    assert await open_count(visitor) == orders


async def test_late_reply_comes_after_the_order_is_in(visitor):
    await arm(visitor, "delay_reply", ms=60_000)
    asking = asyncio.create_task(visitor.buy("0.01", "50000"))
    listener = await visitor.open_socket()
    await listener.subscribe("executions", token=await visitor.token())
    while not (await listener.next("executions"))["data"]:
        pass
    assert await open_count(visitor) == 1
    assert not asking.done()
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)


async def test_refusal_lasts_for_as_many_calls_as_armed(visitor):
    await arm(visitor, "refuse", count=2, error="EService:Busy")
    answers = [await visitor.private("Balance") for _ in range(3)]
    assert [answer["error"] for answer in answers] == [["EService:Busy"], ["EService:Busy"], []]


async def test_fault_of_one_endpoint_leaves_the_others_alone(visitor):
    await arm(visitor, "refuse", endpoint="OpenOrders")
    assert (await visitor.private("Balance"))["error"] == []
    assert (await visitor.private("OpenOrders"))["error"] == ["EService:Unavailable"]


async def test_public_endpoints_can_fail_too(visitor):
    await arm(visitor, "http_502_before", endpoint="Ticker")
    async with visitor.http.get(f"{visitor.exchange.rest}/0/public/Ticker") as reply:
        assert reply.status == 502


async def test_dropped_sockets_see_no_close(visitor):
    listener = await visitor.open_socket()
    await arm(visitor, "ws_drop")
    assert (await listener.socket.receive(5)).type is aiohttp.WSMsgType.CLOSED
    assert listener.socket.close_code == 1006


async def test_silent_sockets_answer_nothing_until_cleared(visitor):
    listener = await visitor.open_socket()
    await arm(visitor, "ws_silent", seconds=60)
    await listener.send("ping", req_id=1)
    other = await visitor.open_socket()
    await other.send("ping", req_id=2)
    assert (await other.message())["req_id"] == 2
    await arm(visitor, "clear")
    await listener.send("ping", req_id=3)
    assert (await listener.message())["req_id"] == 3


async def test_flipped_digit_is_seen_by_the_checksum_once(visitor):
    listener = await visitor.open_socket()
    await listener.subscribe("book", symbol=["BTC/USD"])
    book = MirrorBook(10)
    assert book.apply((await listener.next("book"))["data"][0])
    await arm(visitor, "book_flip")
    price = visitor.best_bid_text()
    await visitor.buy("0.01", price)
    assert not book.apply((await listener.next("book"))["data"][0])
    await visitor.buy("0.01", price)
    assert book.apply((await listener.next("book"))["data"][0])


async def test_move_shifts_the_market_and_fills_what_it_passes(visitor):
    await visitor.buy("0.01", visitor.best_bid_text(percent_below=3), cl_ord_id="low")
    ask_before = visitor.exchange.venue.markets["BTC/USD"].bbo()[2]
    await arm(visitor, "move", pair="BTC/USD", percent=-5)
    ask_after = visitor.exchange.venue.markets["BTC/USD"].bbo()[2]
    assert ask_after / ask_before == pytest.approx(0.95, abs=0.001)
    (order,) = (await visitor.private("ClosedOrders"))["result"]["closed"].values()
    assert (order["status"], order["cl_ord_id"]) == ("closed", "low")


async def test_price_moves_no_further_than_its_digits(visitor):
    await arm(visitor, "move", percent=-95)
    await arm(visitor, "move", percent=-95)
    status, answer = await visitor.control(fault="move", percent=-95)
    assert status == 400
    assert "as far as it can" in answer["error"][0]
    assert (await visitor.buy("0.1"))["error"] == []


async def test_order_that_sleeps_cannot_be_filled_before_its_cancel(visitor):
    await arm(visitor, "cancel_fill_race")
    stop = {"pair": "XBTUSD", "type": "sell", "ordertype": "stop-loss", "price": "1000"}
    (txid,) = (await visitor.private("AddOrder", volume="0.01", **stop))["result"]["txid"]
    assert (await visitor.private("CancelOrder", txid=txid))["result"] == {"count": 1}


async def test_end_of_a_maintenance_is_told(visitor):
    listener = await visitor.open_socket()
    await arm(visitor, "maintenance", seconds=0.05)
    for system in ("maintenance", "online"):
        assert (await listener.next("status"))["data"][0]["system"] == system
    assert (await visitor.buy("0.01", "50000"))["error"] == []


async def test_cleared_faults_do_not_happen(visitor):
    await arm(visitor, "drop_reply_before", count=5)
    await arm(visitor, "clear")
    assert (await visitor.buy("0.01", "50000"))["error"] == []


@pytest.mark.parametrize(
    "command",
    [
        {"fault": "earthquake"},
        {"fault": "refuse", "count": 0},
        {"fault": "move", "pair": "NOPE"},
        {"fault": "move", "percent": -100},
        {"count": 1},
    ],
)
async def test_command_that_makes_no_sense_is_refused(visitor, command):
    status, answer = await visitor.control(**command)
    assert status == 400
    assert answer["error"]


async def test_latency_delays_every_reply(open_exchange):
    visitor = await open_exchange(latency_ms=50)
    clock = visitor.exchange.venue.clock
    began = clock.monotonic_ms()
    await visitor.private("Balance")
    assert clock.monotonic_ms() - began >= 50
