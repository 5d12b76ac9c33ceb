"""REST details that ccxt hides: shapes, names, pages, errors."""

import json
import zipfile
from decimal import Decimal

import msgspec
import pytest

RECORDED = "kraken_api_fixtures/nautilus_kraken_test_data.zip"


def shape(value):
    """Names and kinds of a JSON value; a list has the shape of its first element."""
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value and not isinstance(value[0], list) else [list]
    return "number" if isinstance(value, int | float) and value is not True else type(value)


def only(document):
    (inner,) = (value for name, value in document.items() if name not in {"last", "count"})
    return inner


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("file", "endpoint", "query"),
    [
        ("http_server_time", "Time", {}),
        ("http_system_status", "SystemStatus", {}),
        ("http_ticker", "Ticker", {"pair": "XBTUSD"}),
        ("http_order_book", "Depth", {"pair": "XBTUSD", "count": "5"}),
        ("http_ohlc", "OHLC", {"pair": "XBTUSD"}),
        ("http_trades", "Trades", {"pair": "XBTUSD"}),
    ],
)
async def test_public_answer_has_the_shape_of_the_recorded_one(
    visitor, real_data, file, endpoint, query
):
    recorded = json.loads(zipfile.ZipFile(real_data / RECORDED).read(f"{file}.json"))["result"]
    answered = (await visitor.public(endpoint, **query))["result"]
    if query:
        recorded, answered = only(recorded), only(answered)
    assert shape(answered) == shape(recorded)


@pytest.mark.real_data
async def test_pair_has_every_field_clients_read_in_the_recorded_form(visitor, real_data):
    recorded = json.loads(zipfile.ZipFile(real_data / RECORDED).read("http_asset_pairs.json"))
    expected = only(recorded["result"])
    answered = (await visitor.public("AssetPairs", pair="XBTUSD"))["result"]["XXBTZUSD"]
    optional = {"long_position_limit", "short_position_limit"}
    assert set(expected) - optional <= set(answered) | {"leverage_buy", "leverage_sell"}
    assert all(type(answered[name]) is type(expected[name]) for name in set(expected) - optional)


@pytest.mark.parametrize("name", ["XXBTZUSD", "XBTUSD", "BTCUSD"])
async def test_pair_is_answered_under_its_canonical_name(visitor, name):
    assert set((await visitor.public("Ticker", pair=name))["result"]) == {"XXBTZUSD"}


@pytest.mark.parametrize("name", ["XBT/USD", "BTC/USD", "XDG/USD", "DOGE/USD"])
async def test_name_with_a_slash_is_echoed(visitor, name):
    assert set((await visitor.public("AssetPairs", pair=name))["result"]) == {name}


@pytest.mark.parametrize(
    ("endpoint", "query", "error"),
    [
        ("Ticker", {"pair": "NOPE"}, "EQuery:Unknown asset pair"),
        ("OHLC", {"pair": "XBTUSD", "interval": "7"}, "EGeneral:Invalid arguments:interval"),
        ("OHLC", {}, "EGeneral:Invalid arguments"),
        ("Depth", {"pair": "XBTUSD", "count": "x"}, "EGeneral:Invalid arguments:count"),
        ("Nothing", {}, "EGeneral:Unknown method"),
    ],
)
async def test_public_refusal_is_a_list_of_errors(visitor, endpoint, query, error):
    assert await visitor.public(endpoint, **query) == {"error": [error]}


async def test_unknown_request_fields_are_accepted(visitor):
    answer = await visitor.buy("0.01", visitor.best_bid_text(), broker="x", asset_class="y")
    assert answer["error"] == []


async def test_order_is_described_in_a_sentence(visitor):
    answer = await visitor.buy("0.01", "50000")
    assert answer["result"]["descr"]["order"] == "buy 0.01000000 XBTUSD @ limit 50000.0"
    answer = await visitor.buy("0.001")
    assert answer["result"]["descr"]["order"] == "buy 0.00100000 XBTUSD @ market"


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"ordertype": "settle-position"}, "EGeneral:Invalid arguments:ordertype"),
        ({"ordertype": "stop-loss-limit"}, "EGeneral:Invalid arguments:price2"),
        ({"ordertype": "trailing-stop"}, "EGeneral:Invalid arguments:price"),
        ({"ordertype": "iceberg"}, "EGeneral:Invalid arguments:displayvol"),
        ({"displayvol": "0.5"}, "EGeneral:Invalid arguments:displayvol"),
        ({"trigger": "mark"}, "EGeneral:Invalid arguments:trigger"),
        ({"stptype": "none"}, "EGeneral:Invalid arguments:stptype"),
        ({"reduce_only": "true"}, "EGeneral:Invalid arguments:reduce_only"),
        ({"starttm": "-5"}, "EGeneral:Invalid arguments:starttm"),
        ({"close[ordertype]": "market"}, "EGeneral:Invalid arguments:close"),
        ({"volume": "1e400"}, "EGeneral:Invalid arguments:volume"),
        ({"volume": "NaN"}, "EGeneral:Invalid arguments:volume"),
        ({"volume": "1_0"}, "EGeneral:Invalid arguments:volume"),
        ({"volume": "\uff11"}, "EGeneral:Invalid arguments:volume"),
        ({"price": "1_000"}, "EGeneral:Invalid arguments:price"),
        ({"userref": "\u0661"}, "EGeneral:Invalid arguments:userref"),
        ({"volume": ""}, "EGeneral:Invalid arguments:volume"),
        ({"price": "abc"}, "EGeneral:Invalid arguments:price"),
        ({"price": ""}, "EGeneral:Invalid arguments:price"),
        ({"type": "hold"}, "EGeneral:Invalid arguments:type"),
        ({"leverage": "5"}, "EGeneral:Invalid arguments:leverage"),
        ({"oflags": "viqc"}, "EGeneral:Invalid arguments:viqc"),
        ({"oflags": "fcib,fciq"}, "EGeneral:Invalid arguments:oflags"),
        ({"oflags": "free"}, "EGeneral:Invalid arguments:oflags"),
        ({"deadline": "soon"}, "EGeneral:Invalid arguments:deadline"),
        ({"timeinforce": "GTD"}, "EGeneral:Invalid arguments:expiretm"),
        ({"timeinforce": "DAY"}, "EGeneral:Invalid arguments:timeinforce"),
        ({"userref": "x"}, "EGeneral:Invalid arguments:userref"),
        ({"pair": "NOPE"}, "EQuery:Unknown asset pair"),
    ],
)
async def test_unreadable_order_is_refused_by_the_field(visitor, fields, error):
    order = {"pair": "XBTUSD", "type": "buy", "ordertype": "limit", "volume": "1", "price": "100"}
    assert await visitor.private("AddOrder", **{**order, **fields}) == {"error": [error]}
    assert [row["kind"] for row in visitor.rows()] == ["balance"]


async def test_json_body_is_signed_and_read_like_a_form(visitor):
    nonce = "1999999999999999999"
    body = json.dumps({"nonce": nonce}).encode()
    headers = {
        "API-Key": visitor.exchange.key,
        "API-Sign": visitor.sign("/0/private/Balance", body, nonce),
        "Content-Type": "application/json",
    }
    address = f"{visitor.exchange.rest}/0/private/Balance"
    async with visitor.http.post(address, data=body, headers=headers) as reply:
        assert (await reply.json())["result"] == {"ZUSD": "10000.0000"}


async def test_closed_orders_come_in_pages_of_fifty(visitor):
    txids = []
    for _ in range(60):
        txids += (await visitor.buy("0.0002"))["result"]["txid"]
    first = (await visitor.private("ClosedOrders"))["result"]
    second = (await visitor.private("ClosedOrders", ofs=50))["result"]
    assert (first["count"], len(first["closed"]), len(second["closed"])) == (60, 50, 10)
    assert [*first["closed"], *second["closed"]] == txids[::-1]


async def test_trades_come_in_pages_of_fifty_newest_first(visitor):
    for _ in range(55):
        await visitor.buy("0.0002")
    first = (await visitor.private("TradesHistory"))["result"]
    second = (await visitor.private("TradesHistory", ofs=50))["result"]
    assert first["count"] == len(first["trades"]) + len(second["trades"]) >= 55
    times = [trade["time"] for trade in [*first["trades"].values(), *second["trades"].values()]]
    assert times == sorted(times, reverse=True)
    assert not set(first["trades"]) & set(second["trades"])


async def test_history_between_two_moments(visitor):
    clock = visitor.exchange.venue.clock
    await visitor.buy("0.0002")
    now_s = clock.now_ms() / 1_000
    assert (await visitor.private("TradesHistory", start=now_s - 60))["result"]["count"] == 1
    assert (await visitor.private("TradesHistory", end=now_s - 60))["result"]["count"] == 0
    assert (await visitor.private("ClosedOrders", start=now_s + 60))["result"]["count"] == 0


async def test_start_of_a_history_may_be_a_trade(visitor):
    await visitor.buy("0.0002")
    trades = (await visitor.private("TradesHistory"))["result"]["trades"]
    after = await visitor.private("TradesHistory", start=next(iter(trades)))
    assert after["result"]["count"] == 0


async def test_orders_are_found_by_userref(visitor):
    await visitor.buy("0.01", "50000", userref=7)
    await visitor.buy("0.01", "50000", userref=8)
    found = (await visitor.private("OpenOrders", userref=7))["result"]["open"]
    assert [order["userref"] for order in found.values()] == [7]
    assert (await visitor.private("CancelOrder", txid=7))["result"] == {"count": 1}


async def test_unknown_orders_are_named(visitor):
    never = {"error": ["EOrder:Invalid order"]}
    assert await visitor.private("CancelOrder", txid="OAAAAA-BBBBB-CCCCCC") == never
    unknown = {"error": ["EOrder:Unknown order"]}
    assert await visitor.private("QueryOrders", txid="OAAAAA-BBBBB-CCCCCC") == unknown
    assert await visitor.private("CancelOrder", cl_ord_id="nobody") == unknown


async def test_journal_tells_what_the_account_tells(visitor):
    await visitor.buy("0.01", cl_ord_id="mine")
    rows = visitor.rows()
    fills = [row for row in rows if row["kind"] == "fill"]
    trades = (await visitor.private("TradesHistory"))["result"]["trades"]
    assert {row["trade_id"] for row in fills} == set(trades)
    assert {row["cl_ord_id"] for row in fills} == {"mine"}
    paid = sum(Decimal(row["cost"]) + Decimal(row["fee"]) for row in fills)
    balances = [row for row in rows if row["kind"] == "balance" and row["asset"] == "USD"]
    assert Decimal(balances[-1]["balance"]) == 10_000 - paid
    told = (await visitor.private("Balance"))["result"]["ZUSD"]
    assert Decimal(told) == Decimal(balances[-1]["balance"])


@pytest.mark.parametrize("count", ["0", "-3", "1001", "many"])
async def test_trades_come_a_thousand_a_page_at_most(visitor, count):
    answer = await visitor.public("Trades", pair="XBTUSD", count=count)
    assert answer == {"error": ["EGeneral:Invalid arguments:count"]}


async def test_page_of_trades_that_ends_within_a_millisecond_loses_none(visitor):
    market = visitor.exchange.venue.markets["BTC/USD"]
    newest = market.last
    for number in range(1, 8):
        market.note(msgspec.structs.replace(newest, tape_id=newest.tape_id + number))
    read, since = [], 1
    while True:
        page = (await visitor.public("Trades", pair="XBTUSD", since=since, count=3))["result"]
        if not page["XXBTZUSD"]:
            break
        read += [row[6] for row in page["XXBTZUSD"]]
        since = page["last"]
    assert read == [tape.tape_id for tape in market.tape]
