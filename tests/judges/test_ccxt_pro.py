"""ccxt.pro, unmodified: the WebSocket side of the library that most bots stand on."""

import asyncio

import ccxt.pro
import pytest

PATIENCE_S = 20


@pytest.fixture
async def client(exchange):
    public = {"public": exchange.rest, "private": exchange.rest}
    sockets = {
        "public": exchange.socket_root,
        "private": exchange.socket_root,
        "publicV2": exchange.ws,
        "privateV2": exchange.ws,
    }
    client = ccxt.pro.kraken(
        {
            "apiKey": exchange.key,
            "secret": exchange.secret,
            "urls": {"api": {**public, "ws": sockets}},
        }
    )
    yield client
    await client.close()


async def within(call):
    return await asyncio.wait_for(call, PATIENCE_S)


async def test_ticker_trades_and_candles_arrive(client):
    ticker = await within(client.watch_ticker("BTC/USD"))
    assert ticker["bid"] < ticker["ask"]
    trades = await within(client.watch_trades("BTC/USD"))
    assert trades[-1]["price"] > 0
    candles = await within(client.watch_ohlcv("BTC/USD", "1m"))
    assert len(candles[-1]) == 6


async def test_order_book_follows_and_never_crosses(client):
    for _ in range(50):
        book = await within(client.watch_order_book("BTC/USD"))
        assert book["bids"][0][0] < book["asks"][0][0]


async def test_orders_and_own_trades_are_heard(client):
    await within(client.load_markets())
    own_trades = asyncio.create_task(client.watch_my_trades("BTC/USD"))
    own_orders = asyncio.create_task(client.watch_orders("BTC/USD"))
    # The subscription must stand before the order goes: both tasks end with the first thing heard.
    await asyncio.sleep(1)
    order = await within(client.create_order("BTC/USD", "market", "buy", 0.001))
    trades = await within(own_trades)
    assert order["id"] in {trade["order"] for trade in trades}
    orders = await within(own_orders)
    assert order["id"] in {row["id"] for row in orders}


async def test_orders_go_over_the_socket(client):
    order = await within(client.create_order_ws("BTC/USD", "limit", "buy", 0.001, 20_000))
    amended = await within(
        client.edit_order_ws(order["id"], "BTC/USD", "limit", "buy", 0.001, 21_000)
    )
    assert amended["id"]
    open_orders = await within(client.fetch_open_orders("BTC/USD"))
    assert {row["price"] for row in open_orders} == {21_000}
    await within(client.cancel_all_orders_ws())
    assert await within(client.fetch_open_orders("BTC/USD")) == []
