"""ccxt.pro, as it comes, places, changes and cancels orders over the WebSocket, and hears of them."""

import asyncio

import ccxt.pro
import pytest

from tests.engine.exchanges.local_kraken.visitors import PATIENCE_S, ccxt_kraken

PAIR = "BTC/USD"


@pytest.fixture
async def client(open_exchange):
    visitor = await open_exchange(speed=20)
    plain = ccxt_kraken(visitor.exchange)
    config = {
        "apiKey": plain.apiKey,
        "secret": plain.secret,
        "enableRateLimit": False,
        "urls": {"api": plain.urls["api"]},
    }
    client = ccxt.pro.kraken(config)
    await visitor.control(fault="balance", asset="BTC", amount="1")
    yield client
    await client.close()
    await plain.close()


async def test_every_kind_of_order_goes_in_and_out_over_the_socket(client):
    await client.load_markets()
    resting = await client.create_order_ws(PAIR, "limit", "buy", "0.01", "50000")
    post = await client.create_order_ws(PAIR, "limit", "buy", "0.01", "49000", {"postOnly": True})
    await client.edit_order_ws(resting["id"], PAIR, "limit", "buy", "0.02", "50001")
    (changed,) = [
        order for order in await client.fetch_open_orders(PAIR) if order["id"] == resting["id"]
    ]
    assert (float(changed["amount"]), float(changed["price"])) == (0.02, 50_001.0)
    cancelled = await client.cancel_order_ws(post["id"])
    assert cancelled["success"]
    for kind, price, params in (
        ("limit", "54900", {"stopLossPrice": "55000"}),
        ("market", None, {"stopLossPrice": "55000"}),
        ("market", None, {"takeProfitPrice": "95000"}),
        ("market", None, {"trailingAmount": "500"}),
        ("market", None, {"trailingPercent": "5"}),
    ):
        order = await client.create_order_ws(PAIR, kind, "sell", "0.001", price, params)
        assert order["id"].startswith("O")
    assert len(await client.fetch_open_orders(PAIR)) == 6
    everything = await client.cancel_all_orders_ws()
    assert everything["result"]["count"] == 6
    with pytest.raises(ccxt.ExchangeError, match="Insufficient funds"):
        await client.create_order_ws(PAIR, "limit", "buy", "50", "50000")


async def test_every_stream_is_heard(client):
    async with asyncio.timeout(4 * PATIENCE_S):
        ticker = await client.watch_ticker(PAIR)
        book = await client.watch_order_book(PAIR, 10)
        trades = await client.watch_trades(PAIR)
        candles = await client.watch_ohlcv(PAIR, "1m")
        best = await client.watch_bids_asks([PAIR])
        balance = await client.watch_balance()
        await client.create_order_ws(PAIR, "limit", "buy", "0.01", "50000")
        orders = await client.watch_orders()
    assert float(ticker["bid"]) < float(ticker["ask"])
    assert float(book["bids"][0][0]) < float(book["asks"][0][0])
    assert trades
    assert candles
    assert best
    assert float(balance["total"]["BTC"]) == 1.0
    assert orders
