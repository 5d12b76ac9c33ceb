"""python-kraken-sdk, unmodified: REST, WebSocket, and its own order book with its own checksums."""

import asyncio
import uuid

import pytest
from kraken.exceptions import (
    KrakenInsufficientFundsError,
    KrakenInvalidOrderError,
    KrakenUnknownOrderError,
)
from kraken.spot import Market, SpotOrderBookClient, SpotWSClient, Trade, User

PATIENCE_S = 20
BOOK_UPDATES = 200
RESTING = {
    "ordertype": "limit",
    "side": "buy",
    "pair": "XBTUSD",
    "volume": "0.001",
    "price": "20000",
}


@pytest.fixture
def market(exchange):
    return Market(url=exchange.rest)


@pytest.fixture
def user(exchange):
    return User(key=exchange.key, secret=exchange.secret, url=exchange.rest)


@pytest.fixture
def trade(exchange):
    return Trade(key=exchange.key, secret=exchange.secret, url=exchange.rest)


def test_every_public_endpoint_is_answered(market):
    assert market.get_assets(assets="XBT")["XXBT"]["altname"] == "XBT"
    assert market.get_asset_pairs(pair="BTC/USD")["BTC/USD"]["ordermin"]
    assert market.get_ticker(pair="XBTUSD")["XXBTZUSD"]["c"]
    assert market.get_ohlc(pair="XBTUSD", interval=5)["last"] > 0
    assert market.get_order_book(pair="XBTUSD", count=10)["XXBTZUSD"]["asks"]
    assert market.get_recent_trades(pair="XBTUSD")["last"]
    assert "last" in market.get_recent_spreads(pair="XBTUSD")
    assert market.get_system_status()["status"] == "online"


def test_every_account_endpoint_is_answered(user):
    assert user.get_account_balance()["ZUSD"]
    assert user.get_balances()["ZUSD"]["balance"]
    assert float(user.get_balance(currency="USD")["available_balance"]) > 0
    assert user.get_trade_balance(asset="ZUSD")["eb"]
    assert "open" in user.get_open_orders(trades=True)
    assert "closed" in user.get_closed_orders(trades=True)
    assert "count" in user.get_trades_history()
    assert "ledger" in user.get_ledgers_info()
    assert user.get_trade_volume(pair="XBTUSD")["fees"]
    assert len(user.get_open_positions()) == 0


@pytest.mark.parametrize(
    ("ordertype", "prices"),
    [
        ("stop-loss", {"price": "20000"}),
        ("stop-loss-limit", {"price": "20000", "price2": "19990"}),
        ("take-profit", {"price": "300000"}),
        ("take-profit-limit", {"price": "300000", "price2": "299000"}),
        ("trailing-stop", {"price": "+5%"}),
        ("trailing-stop-limit", {"price": "+5%", "price2": "-100"}),
        ("iceberg", {"price": "300000", "displayvol": "0.001"}),
        ("limit", {"price": "300000", "oflags": ["post"], "timeinforce": "GTC"}),
    ],
)
def test_order_type_rests_and_is_cancelled(trade, user, ordertype, prices):
    bought = trade.create_order(ordertype="market", side="buy", pair="XBTUSD", volume="0.015")
    assert bought["txid"]
    placed = trade.create_order(
        ordertype=ordertype, side="sell", pair="XBTUSD", volume="0.015", **prices
    )
    (txid,) = placed["txid"]
    assert user.get_open_orders()["open"][txid]["descr"]["ordertype"] == ordertype
    assert trade.cancel_order(txid=txid)["count"] == 1


def test_order_is_amended_edited_and_found_by_client_id(trade, user):
    own_id = str(uuid.uuid4())
    (txid,) = trade.create_order(**RESTING, cl_ord_id=own_id)["txid"]
    assert trade.amend_order(cl_ord_id=own_id, limit_price="21000")["amend_id"]
    row = user.get_open_orders()["open"][txid]
    assert (float(row["descr"]["price"]), row["cl_ord_id"]) == (21_000, own_id)
    edited = trade.edit_order(txid=txid, pair="XBTUSD", price="22000", volume="0.002")
    assert edited["originaltxid"] == txid
    assert trade.cancel_order(txid=edited["txid"])["count"] == 1


def test_batches_and_the_switch_for_dead_men(trade):
    rows = [
        {"ordertype": "limit", "type": "buy", "volume": "0.001", "price": str(price)}
        for price in (20_000, 20_100)
    ]
    placed = trade.create_order_batch(orders=rows, pair="XBTUSD")["orders"]
    ids = [row["txid"] for row in placed]
    assert trade.cancel_order_batch(orders=ids)["count"] == len(rows)
    assert trade.cancel_all_orders_after_x(timeout=60)["triggerTime"]
    assert trade.cancel_all_orders_after_x(timeout=0)["triggerTime"] == "0"
    assert trade.cancel_all_orders() == {"count": 0}


def test_its_exceptions_recognise_our_errors(trade):
    with pytest.raises(KrakenInsufficientFundsError):
        trade.create_order(**(RESTING | {"volume": "1000"}))
    (txid,) = trade.create_order(**RESTING)["txid"]
    trade.cancel_order(txid=txid)
    with pytest.raises(KrakenUnknownOrderError):
        trade.cancel_order(txid=txid)
    with pytest.raises(KrakenInvalidOrderError):
        trade.cancel_order(txid="OAAAAA-AAAAA-AAAAAA")


class Listening(SpotWSClient):
    """The client, with what it heard."""

    def __init__(self, **where):
        super().__init__(**where)
        self.heard = []
        self.has_heard = asyncio.Condition()

    async def on_message(self, message):
        async with self.has_heard:
            self.heard.append(message)
            self.has_heard.notify_all()

    async def next(self, **wanted):
        """The first message with these values that was not asked for before.

        An answer and the event it causes come in either order.
        """

        def found():
            return next((row for row in self.heard if wanted.items() <= row.items()), None)

        async with asyncio.timeout(PATIENCE_S), self.has_heard:
            message = await self.has_heard.wait_for(found)
        self.heard.remove(message)
        return message


async def test_its_socket_trades_and_hears_of_it(exchange):
    client = Listening(
        key=exchange.key,
        secret=exchange.secret,
        rest_url=exchange.rest,
        ws_url=exchange.socket_root,
        auth_ws_url=exchange.socket_root,
    )
    await client.start()
    try:
        await client.subscribe(params={"channel": "ticker", "symbol": ["BTC/USD"]})
        assert (await client.next(channel="ticker"))["data"][0]["symbol"] == "BTC/USD"
        await client.subscribe(params={"channel": "executions", "snap_orders": True})
        await client.next(channel="executions", type="snapshot")
        order = {"order_type": "limit", "side": "buy", "symbol": "BTC/USD"}
        order |= {"limit_price": 20_000, "order_qty": 0.001}
        await client.send_message({"method": "add_order", "params": order})
        answer = await client.next(method="add_order")
        assert answer["success"], answer
        order_id = answer["result"]["order_id"]
        update = await client.next(channel="executions", type="update")
        assert update["data"][0]["order_id"] == order_id
        amended = {"order_id": order_id, "limit_price": 21_000}
        await client.send_message({"method": "amend_order", "params": amended})
        assert (await client.next(method="amend_order"))["success"]
        await client.send_message({"method": "cancel_order", "params": {"order_id": [order_id]}})
        assert (await client.next(method="cancel_order"))["success"]
    finally:
        await client.close()


async def test_its_order_book_agrees_with_every_checksum(exchange, monkeypatch):
    """The book client takes no addresses: the two attributes it reads them from are set."""
    monkeypatch.setattr(Market, "URL", exchange.rest)
    monkeypatch.setattr(SpotOrderBookClient, "WS_URL", exchange.socket_root)
    verdicts = []
    enough = asyncio.Event()

    async def on_update(pair, message):
        if "error" in message:
            verdicts.append(message["error"])
        else:
            verdicts.append(book.get(pair=pair)["valid"])
        if len(verdicts) >= BOOK_UPDATES:
            enough.set()

    book = SpotOrderBookClient(depth=10, callback=on_update)
    await book.start()
    try:
        await book.add_book(pairs=["BTC/USD"])
        await asyncio.wait_for(enough.wait(), PATIENCE_S * 2)
    finally:
        await book.close()
    assert set(verdicts) == {True}
