"""The WebSocket v2 as a client hears it."""

from decimal import Decimal

import pytest

from tests.engine.exchanges.local_kraken.visitors import MirrorBook, Visitor
from tests.engine.session.virtual_time import VirtualClock, run_virtual
from tui_trader.engine.exchanges.local_kraken.server import serve
from tui_trader.engine.exchanges.local_kraken.venue import ServeConfig


@pytest.fixture
async def listener(visitor):
    return await visitor.open_socket()


async def test_ping_is_answered_with_its_number(listener):
    await listener.send("ping", req_id=9)
    answer = await listener.next(method="pong")
    assert answer["req_id"] == 9
    assert answer["time_in"].endswith("Z")


async def test_ticker_begins_with_a_snapshot(visitor, listener):
    ack = await listener.subscribe("ticker", symbol=["BTC/USD"], req_id=3)
    assert ack["success"]
    assert ack["result"]["symbol"] == "BTC/USD"
    (row,) = (await listener.next("ticker"))["data"]
    market = visitor.exchange.venue.markets["BTC/USD"]
    assert row["bid"] == market.pair.price_text(market.bbo()[0])
    assert {"last", "volume", "vwap", "low", "high", "change", "change_pct"} <= set(row)


@pytest.mark.parametrize(
    ("params", "error"),
    [
        ({"channel": "ticker", "symbol": ["XBT/USD"]}, "Currency pair not supported XBT/USD"),
        (
            {"channel": "ticker", "symbol": ["XBTUSD"]},
            "Currency pair not in ISO 4217-A3 format XBTUSD",
        ),
        (
            {"channel": "book", "symbol": ["BTC/USD"], "depth": 7},
            "Subscription depth not supported",
        ),
        (
            {"channel": "ohlc", "symbol": ["BTC/USD"], "interval": 2},
            "Subscription ohlc interval not supported",
        ),
        ({"channel": "executions", "token": "no"}, "ESession:Invalid session"),
        ({"channel": "balances"}, "ESession:Invalid session"),
        ({"channel": "weather"}, "Subscription name invalid"),
    ],
)
async def test_refused_subscription_says_why(listener, params, error):
    await listener.send("subscribe", req_id=5, **params)
    answer = await listener.next(method="subscribe")
    assert (answer["success"], answer["error"], answer["req_id"]) == (False, error, 5)


async def test_second_subscription_of_the_same_is_refused_and_unsubscribing_ends_it(listener):
    book = {"symbol": ["BTC/USD"], "depth": 10}
    assert (await listener.subscribe("book", **book))["success"]
    assert (await listener.subscribe("book", **book))["error"] == "Already subscribed"
    await listener.send("unsubscribe", channel="book", **book)
    assert (await listener.next(method="unsubscribe"))["success"]
    await listener.send("unsubscribe", channel="book", **book)
    assert (await listener.next(method="unsubscribe"))["error"] == "Subscription Not Found"


async def test_one_wrong_pair_leaves_the_others_subscribed(listener):
    await listener.send("subscribe", channel="trade", symbol=["BTC/USD", "NO/PE", "ETH/USD"])
    answers = [await listener.next(method="subscribe") for _ in range(3)]
    assert [answer["success"] for answer in answers] == [True, False, True]


def test_heartbeat_comes_to_whoever_subscribed(tmp_path):
    async def play():
        config = ServeConfig(journal=tmp_path / "j.jsonl", speed=0)
        async with serve(config, clock=VirtualClock()) as exchange, Visitor(exchange) as visitor:
            listener = await visitor.open_socket()
            await listener.subscribe("instrument")
            assert await listener.next("heartbeat") == {"channel": "heartbeat"}

    run_virtual(play())


async def test_instruments_are_listed_with_their_steps(listener):
    await listener.subscribe("instrument")
    listed = (await listener.next("instrument"))["data"]["pairs"]
    (bitcoin,) = (pair for pair in listed if pair["symbol"] == "BTC/USD")
    assert (bitcoin["tick_size"], bitcoin["qty_increment"]) == ("0.1", "0.00000001")
    assert bitcoin["qty_min"] == "0.00005"


async def test_numbers_keep_their_zeros(visitor, listener):
    await listener.subscribe("book", symbol=["BTC/USD"])
    text = (await listener.socket.receive(5)).data
    level = text.split('"bids":[{')[1].split("}")[0]
    price, quantity = (part.split(":")[1] for part in level.split(","))
    assert len(price.split(".")[1]) == 1
    assert len(quantity.split(".")[1]) == 8


@pytest.mark.parametrize("depth", [10, 25, 100])
async def test_every_book_update_has_the_checksum_of_the_clients_book(open_exchange, depth):
    visitor = await open_exchange(speed=500)
    listener = await visitor.open_socket()
    await listener.subscribe("book", symbol=["BTC/USD", "DOGE/USD"], depth=depth)
    books = {"BTC/USD": MirrorBook(depth), "DOGE/USD": MirrorBook(depth)}
    for number in range(400):
        message = await listener.next("book")
        (row,) = message["data"]
        assert books[row["symbol"]].apply(row), (number, message)
        if message["type"] == "update":
            # At the most, every level of the book goes and another comes in its place.
            assert len(row["bids"]) + len(row["asks"]) <= 4 * depth


async def test_update_carries_only_what_changed(visitor, listener):
    await listener.subscribe("book", symbol=["BTC/USD"], depth=25)
    await listener.next("book")
    price = visitor.best_bid_text()
    await visitor.buy("0.01", price)
    (row,) = (await listener.next("book"))["data"]
    assert ([level["price"] for level in row["bids"]], row["asks"]) == ([price], [])


async def test_candles_begin_with_history_and_follow_trades(visitor, listener):
    await listener.subscribe("ohlc", symbol=["ETH/USD"], interval=5)
    snapshot = await listener.next("ohlc")
    assert snapshot["type"] == "snapshot"
    assert len(snapshot["data"]) > 1
    before = snapshot["data"][-1]
    await visitor.buy("0.1", pair="ETHUSD")
    (bar,) = (await listener.next("ohlc"))["data"]
    assert bar["interval_begin"] >= before["interval_begin"]
    assert (bar["interval"], bar["trades"] >= 1) == (5, True)
    trades = visitor.exchange.venue.markets["ETH/USD"].tape
    assert bar["close"] == visitor.exchange.venue.markets["ETH/USD"].pair.price_text(
        trades[-1].ticks
    )


async def test_trades_are_told_with_the_takers_side(visitor, listener):
    await listener.subscribe("trade", symbol=["BTC/USD"], snapshot=True)
    assert len((await listener.next("trade"))["data"]) == 50
    await visitor.buy("0.001")
    (trade,) = (await listener.next("trade"))["data"]
    assert (trade["side"], trade["ord_type"], trade["qty"]) == ("buy", "market", "0.00100000")


async def test_ticker_by_best_price_hears_every_change_of_it(visitor, listener):
    await listener.subscribe("ticker", symbol=["BTC/USD"], event_trigger="bbo")
    before = (await listener.next("ticker"))["data"][0]
    await visitor.buy("0.01", visitor.best_bid_text())
    after = (await listener.next("ticker"))["data"][0]
    assert (after["bid"], after["last"]) == (before["bid"], before["last"])
    assert float(after["bid_qty"]) > float(before["bid_qty"])


@pytest.fixture
async def private_listener(visitor, listener):
    token = await visitor.token()
    await listener.subscribe("executions", token=token, snap_orders=True, snap_trades=True)
    return listener


async def executions(listener, count):
    messages = [await listener.next("executions") for _ in range(count)]
    assert all(len(message["data"]) == 1 for message in messages)
    return [message["data"][0] for message in messages], [one["sequence"] for one in messages]


async def test_life_of_a_market_order_is_told_in_order(visitor, private_listener):
    assert (await private_listener.next("executions"))["data"] == []
    await visitor.buy("0.0001", cl_ord_id="mine")
    rows, sequences = await executions(private_listener, 4)
    assert [row["exec_type"] for row in rows] == ["pending_new", "new", "trade", "filled"]
    assert sequences == [2, 3, 4, 5]
    assert {row["cl_ord_id"] for row in rows} == {"mine"}
    pending, new, trade, filled = rows
    assert (pending["symbol"], pending["order_qty"]) == ("BTC/USD", "0.00010000")
    assert "symbol" not in new
    assert "symbol" not in filled
    assert (trade["liquidity_ind"], trade["order_status"]) == ("t", "partially_filled")
    assert trade["fees"] == [{"asset": "USD", "qty": trade["fee_usd_equiv"]}]
    assert filled["cum_qty"] == "0.00010000"
    assert trade["exec_id"] in (await visitor.private("TradesHistory"))["result"]["trades"]


async def test_no_row_tells_what_comes_after_it(visitor, private_listener):
    """A stop that wakes and fills at once, in parts, within one step of the exchange."""
    await visitor.buy("0.1")
    stop = {"pair": "XBTUSD", "type": "sell", "ordertype": "stop-loss", "volume": "0.1"}
    answer = await visitor.private("AddOrder", **stop, price="99000")
    (txid,) = answer["result"]["txid"]
    rows, filled = [], Decimal(0)
    while not rows or rows[-1]["exec_type"] != "filled":
        told = (await private_listener.next("executions"))["data"]
        rows += [row for row in told if row["order_id"] == txid]
    assert [row["exec_type"] for row in rows[:3]] == ["pending_new", "new", "status"]
    assert rows[0]["triggers"]["status"] == "untriggered"
    assert (rows[2]["order_status"], rows[2]["triggers"]["status"]) == ("new", "triggered")
    worth = Decimal(0)
    for row in rows[2:]:
        part = Decimal(row.get("last_qty", "0"))
        filled, worth = filled + part, worth + part * Decimal(row.get("last_price", "0"))
        assert Decimal(row["cum_qty"]) == filled
        mean = worth / filled if filled else Decimal(0)
        assert row["avg_price"] == f"{mean:.5f}"
    assert len(rows) > 5, "in parts"


async def test_cancel_is_told_with_its_reason(visitor, private_listener):
    await private_listener.next("executions")
    txid = (await visitor.buy("0.01", "50000"))["result"]["txid"][0]
    await visitor.private("CancelOrder", txid=txid)
    rows, _ = await executions(private_listener, 3)
    assert (rows[2]["exec_type"], rows[2]["reason"]) == ("canceled", "User requested")
    assert "symbol" not in rows[2]


async def test_snapshot_has_open_orders_and_the_last_trades(visitor, listener):
    await visitor.buy("0.0001")
    await visitor.buy("0.01", "50000", cl_ord_id="open")
    token = await visitor.token()
    await listener.subscribe("executions", token=token, snap_trades=True)
    rows = (await listener.next("executions"))["data"]
    assert [row["exec_type"] for row in rows] == ["trade", "new"]
    assert rows[0]["order_status"] == "filled"
    assert (rows[1]["cl_ord_id"], rows[1]["limit_price"]) == ("open", "50000.0")


async def test_balances_are_told_one_ledger_entry_at_a_time(visitor, listener):
    await listener.subscribe("balances", token=await visitor.token())
    (cash,) = (await listener.next("balances"))["data"]
    assert (cash["asset"], cash["balance"]) == ("USD", "10000.0000")
    await visitor.buy("0.0001")
    messages = [await listener.next("balances") for _ in range(2)]
    assert [message["sequence"] for message in messages] == [2, 3]
    (bitcoin,), (dollars,) = (message["data"] for message in messages)
    assert (bitcoin["asset"], bitcoin["amount"]) == ("BTC", "0.0001000000")
    assert (dollars["asset"], dollars["type"]) == ("USD", "trade")
    told = (await visitor.private("Balance"))["result"]["ZUSD"]
    assert dollars["balance"] == told


async def test_malformed_request_is_refused_and_the_connection_lives(listener):
    await listener.socket.send_str("{not json")
    assert (await listener.message())["error"] == "Malformed request"
    await listener.send("add_order", req_id=1)
    assert (await listener.message())["error"] == "EGeneral:Unknown method"


def test_changed_rules_of_a_pair_are_told_with_the_next_heartbeat(tmp_path):
    async def play():
        config = ServeConfig(journal=tmp_path / "j.jsonl", speed=0)
        async with serve(config, clock=VirtualClock()) as exchange, Visitor(exchange) as visitor:
            listener = await visitor.open_socket()
            await listener.subscribe("instrument")
            pairs = (await listener.next("instrument"))["data"]["pairs"]
            assert {pair["status"] for pair in pairs} == {"online"}
            await listener.next("heartbeat")
            rules = exchange.venue.rules("BTC/USD")
            rules.order_min = Decimal("0.001")
            message = await listener.next("instrument")
            assert message["type"] == "update"
            (changed,) = [each for each in message["data"]["pairs"] if each["symbol"] == "BTC/USD"]
            assert changed["qty_min"] == "0.001"

    run_virtual(play())
