"""krakenex, unmodified: the oldest client of Kraken's REST interface."""

import krakenex
import pytest

PUBLIC_CALLS = [
    ("Time", {}, "unixtime"),
    ("SystemStatus", {}, "status"),
    ("Assets", {}, "XXBT"),
    ("AssetPairs", {"pair": "XBTUSD"}, "XXBTZUSD"),
    ("Ticker", {"pair": "XBTUSD"}, "XXBTZUSD"),
    ("OHLC", {"pair": "XBTUSD", "interval": 1}, "XXBTZUSD"),
    ("Depth", {"pair": "XBTUSD", "count": 5}, "XXBTZUSD"),
    ("Trades", {"pair": "XBTUSD"}, "XXBTZUSD"),
    ("Spread", {"pair": "XBTUSD"}, "XXBTZUSD"),
]
PRIVATE_CALLS = [
    ("Balance", "ZUSD"),
    ("BalanceEx", "ZUSD"),
    ("TradeBalance", "eb"),
    ("OpenOrders", "open"),
    ("ClosedOrders", "closed"),
    ("TradesHistory", "trades"),
    ("Ledgers", "ledger"),
    ("TradeVolume", "volume"),
    ("GetWebSocketsToken", "token"),
]


@pytest.fixture
def client(exchange):
    client = krakenex.API(exchange.key, exchange.secret)
    client.uri = exchange.rest
    yield client
    client.close()


def asked(answer):
    """The result of a call that the exchange had nothing against."""
    assert answer["error"] == []
    return answer["result"]


@pytest.mark.parametrize(("method", "query", "key"), PUBLIC_CALLS)
def test_public_call_is_answered(client, method, query, key):
    assert key in asked(client.query_public(method, query))


@pytest.mark.parametrize(("method", "key"), PRIVATE_CALLS)
def test_signed_call_is_answered(client, method, key):
    assert key in asked(client.query_private(method))


def test_market_order_fills_and_is_found_by_its_id(client):
    order = {"pair": "XBTUSD", "type": "buy", "ordertype": "market", "volume": "0.001"}
    (txid,) = asked(client.query_private("AddOrder", order))["txid"]
    row = asked(client.query_private("QueryOrders", {"txid": txid, "trades": True}))[txid]
    assert (row["status"], row["vol_exec"]) == ("closed", "0.00100000")
    trades = asked(client.query_private("QueryTrades", {"txid": ",".join(row["trades"])}))
    assert {trade["ordertxid"] for trade in trades.values()} == {txid}


def test_resting_order_is_cancelled_once(client):
    order = {
        "pair": "XBTUSD",
        "type": "buy",
        "ordertype": "limit",
        "price": "20000",
        "volume": "0.001",
    }
    (txid,) = asked(client.query_private("AddOrder", order))["txid"]
    assert txid in asked(client.query_private("OpenOrders"))["open"]
    assert asked(client.query_private("CancelOrder", {"txid": txid}))["count"] == 1
    again = client.query_private("CancelOrder", {"txid": txid})
    assert again["error"] == ["EOrder:Unknown order"]


def test_wrong_secret_is_refused(exchange, client):
    client.secret = exchange.secret[::-1].replace("=", "A")[:-4] + "AAA="
    assert client.query_private("Balance")["error"] in (
        ["EAPI:Invalid signature"],
        ["EAPI:Invalid key"],
    )
