"""Every order type and every act on orders, as real, unmodified ccxt sends them."""

import uuid
from contextlib import asynccontextmanager
from decimal import Decimal

import ccxt
import pytest
import pytest_asyncio

from tests.engine.exchanges.local_kraken.visitors import Visitor
from tui_trader.engine.exchanges.local_kraken.server import serve
from tui_trader.engine.exchanges.local_kraken.venue import ServeConfig

pytestmark = pytest.mark.asyncio(loop_scope="module")
BTC = "BTC/USD"


@asynccontextmanager
async def one_exchange(folder):
    config = ServeConfig(journal=folder / "journal.jsonl", speed=0, cash=Decimal(1_000_000))
    async with serve(config) as exchange, Visitor(exchange) as visitor:
        await visitor.ccxt.load_markets()
        yield visitor


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(tmp_path_factory):
    """One exchange for all these tests: ccxt takes half a second to begin and to end."""
    async with one_exchange(tmp_path_factory.mktemp("orders")) as visitor:
        yield visitor


@pytest_asyncio.fixture(loop_scope="module")
async def visitor(shared):
    """The exchange with two bitcoin on the account and no open order."""
    venue = shared.exchange.venue
    venue.cancel_all()
    venue.set_balance("BTC", Decimal(2))
    venue.set_balance("USD", Decimal(1_000_000))
    return shared


@pytest.fixture
def kraken(visitor):
    return visitor.ccxt


def last(visitor):
    market = visitor.exchange.venue.markets[BTC]
    return market.pair.price(market.last.ticks)


def text(price):
    return f"{price:.1f}"


async def only_open(kraken):
    (order,) = await kraken.fetch_open_orders(BTC)
    return order


@pytest.mark.parametrize(
    ("name", "kind", "factors"),
    [
        ("stop-loss", "market", {"stopLossPrice": 0.9}),
        ("stop-loss-limit", "limit", {"stopLossPrice": 0.9, "price": 0.89}),
        ("take-profit", "market", {"takeProfitPrice": 1.1}),
        ("take-profit-limit", "limit", {"takeProfitPrice": 1.1, "price": 1.09}),
    ],
)
async def test_order_waits_for_its_trigger(visitor, kraken, name, kind, factors):
    prices = {key: text(last(visitor) * Decimal(str(part))) for key, part in factors.items()}
    limit = prices.pop("price", None)
    placed = await kraken.create_order(BTC, kind, "sell", "0.1", limit, prices)
    assert (placed["type"], placed["side"], placed["symbol"]) == (kind, "sell", BTC)
    (trigger,) = prices.values()
    assert Decimal(placed["triggerPrice"]) == Decimal(trigger)
    found = await only_open(kraken)
    assert found["info"]["descr"]["ordertype"] == name
    assert Decimal(found["triggerPrice"]) == Decimal(trigger)
    assert (found["price"] is None) == (limit is None)
    assert (await kraken.fetch_balance())["used"]["BTC"] == "0.0000000000"


@pytest.mark.parametrize(
    ("params", "name", "words"),
    [
        ({"trailingAmount": 500}, "trailing-stop", "trailing stop +500.0"),
        ({"trailingPercent": 5}, "trailing-stop", "trailing stop +5.0000%"),
        (
            {"trailingAmount": 500, "trailingLimitAmount": 100},
            "trailing-stop-limit",
            "trailing stop +500.0 -> limit -100.0",
        ),
    ],
)
async def test_trailing_stop_keeps_its_distance(visitor, kraken, params, name, words):
    kind = "limit" if "limit" in name else "market"
    price = last(visitor)
    await kraken.create_order(BTC, kind, "sell", "0.1", None, params)
    found = await only_open(kraken)
    assert found["info"]["descr"]["ordertype"] == name
    assert found["info"]["descr"]["order"] == f"sell 0.10000000 XBTUSD @ {words}"
    distance = 500 if "trailingAmount" in params else price * Decimal("0.05")
    expected = (price - distance).quantize(Decimal("0.1"))
    assert Decimal(found["info"]["stopprice"]) == expected


async def test_conditional_close_follows_the_fill(visitor, kraken):
    close = {"close": {"ordertype": "stop-loss", "price": text(last(visitor) * 9 / 10)}}
    parent = await kraken.create_order(BTC, "market", "buy", "0.01", None, close)
    child = await only_open(kraken)
    assert (child["side"], child["amount"]) == ("sell", "0.01000000")
    assert child["info"]["refid"] == parent["id"]
    assert child["info"]["descr"]["ordertype"] == "stop-loss"


async def test_iceberg_shows_a_part_of_itself(visitor, kraken):
    price = text(last(visitor) * Decimal("0.99"))
    # ccxt sends a price of its own only for types that end in "limit".
    params = {"displayvol": "0.1", "price": price}
    await kraken.create_order(BTC, "iceberg", "buy", "1", None, params)
    found = await only_open(kraken)
    assert (found["amount"], found["info"]["displayvol"]) == ("1.00000000", "0.10000000")
    book = visitor.exchange.venue.markets[BTC].book.bids
    ticks = int(Decimal(price) * 10)
    assert book.find(ticks, found["id"]).lots == 10**7


@pytest.mark.parametrize("wait", ["IOC", "FOK"])
async def test_order_that_may_not_wait_is_gone(visitor, kraken, wait):
    price = text(last(visitor) * Decimal("0.9"))
    placed = await kraken.create_order(BTC, "limit", "buy", "0.1", price, {"timeInForce": wait})
    assert await kraken.fetch_open_orders(BTC) == []
    order = await kraken.fetch_order(placed["id"], BTC)
    assert (order["status"], order["filled"]) == ("canceled", "0.00000000")


async def test_order_for_a_while_is_open_until_then(visitor, kraken):
    price = text(last(visitor) * Decimal("0.9"))
    params = {"timeInForce": "GTD", "expiretm": "+3600"}
    await kraken.create_order(BTC, "limit", "buy", "0.1", price, params)
    info = (await only_open(kraken))["info"]
    assert info["expiretm"] == pytest.approx(info["opentm"] + 3600)


async def test_market_buy_by_cost_spends_the_cost(kraken):
    placed = await kraken.create_market_buy_order_with_cost(BTC, "1000")
    trades = [one for one in await kraken.fetch_my_trades(BTC) if one["order"] == placed["id"]]
    spent = sum(Decimal(one["cost"]) for one in trades)
    assert Decimal("999.99") < spent <= 1000


async def test_fee_in_base_comes_out_of_what_was_bought(visitor, kraken):
    await kraken.create_order(BTC, "market", "buy", "0.01", None, {"oflags": "fcib"})
    bitcoin = Decimal((await kraken.fetch_balance())["total"]["BTC"])
    assert bitcoin == 2 + Decimal("0.01") - Decimal("0.00004")
    with pytest.raises(ccxt.InsufficientFunds):
        await kraken.create_order(BTC, "market", "sell", "2.01")


async def test_relative_price_counts_from_the_last_trade(visitor, kraken):
    await kraken.create_order(BTC, "limit", "buy", "0.01", None, {"price": "-1000"})
    assert Decimal((await only_open(kraken))["price"]) == last(visitor) - 1000


async def test_stop_by_the_index_says_so(visitor, kraken):
    params = {"stopLossPrice": text(last(visitor) * 9 / 10), "trigger": "index"}
    await kraken.create_order(BTC, "market", "sell", "0.1", None, params)
    assert (await only_open(kraken))["info"]["trigger"] == "index"


@pytest.mark.parametrize("params", [{"leverage": 2}, {"reduceOnly": True, "leverage": 2}])
async def test_margin_is_refused_there_is_none(visitor, kraken, params):
    with pytest.raises(ccxt.BaseError, match=r"EGeneral:Invalid arguments:(leverage|reduce_only)"):
        await kraken.create_order(BTC, "limit", "sell", "0.1", text(last(visitor)), params)


async def test_edit_amends_the_order_under_its_name(visitor, kraken):
    price = last(visitor) * Decimal("0.9")
    placed = await kraken.create_order(BTC, "limit", "buy", "0.1", text(price))
    lower = text(price * Decimal("0.9"))
    edited = await kraken.edit_order(placed["id"], BTC, "limit", "buy", "0.2", lower)
    found = await only_open(kraken)
    assert edited["id"] not in {None, placed["id"]}
    assert (found["id"], found["amount"]) == (placed["id"], "0.20000000")
    assert Decimal(found["price"]) == Decimal(lower)


async def test_batch_is_taken_in_and_cancelled_at_once(visitor, kraken):
    row = {"symbol": BTC, "type": "limit", "side": "buy", "amount": "0.01"}
    prices = [text(last(visitor) * Decimal(share) / 10) for share in (7, 8, 9)]
    placed = await kraken.create_orders([{**row, "price": price} for price in prices])
    found = await kraken.fetch_orders_by_ids([one["id"] for one in placed], BTC)
    assert {Decimal(one["price"]) for one in found} == {Decimal(price) for price in prices}
    await kraken.cancel_orders([one["id"] for one in placed], BTC)
    assert await kraken.fetch_open_orders(BTC) == []


async def test_switch_is_set_and_turned_off(visitor, kraken):
    answer = await kraken.cancel_all_orders_after(60_000)
    assert answer["result"]["triggerTime"] > answer["result"]["currentTime"]
    assert visitor.exchange.venue.account.switch_ms is not None
    await kraken.cancel_all_orders_after(0)
    assert visitor.exchange.venue.account.switch_ms is None


async def test_client_id_that_is_open_is_refused(visitor, kraken):
    name = {"clientOrderId": str(uuid.uuid4())}
    price = text(last(visitor) * Decimal("0.9"))
    await kraken.create_order(BTC, "limit", "buy", "0.1", price, name)
    with pytest.raises(ccxt.ExchangeError, match="cl_ord_id not unique"):
        await kraken.create_order(BTC, "limit", "buy", "0.1", price, name)


async def test_orders_are_cancelled_by_their_userref(visitor, kraken):
    price = text(last(visitor) * Decimal("0.9"))
    for _ in range(2):
        await kraken.create_order(BTC, "limit", "buy", "0.1", price, {"userref": 77})
    await kraken.cancel_order(77, BTC)
    assert await kraken.fetch_open_orders(BTC) == []


# The rows that only ask.


async def test_ledger_balances_with_the_account(kraken):
    await kraken.create_order(BTC, "market", "buy", "0.01")
    entries = await kraken.fetch_ledger("USD")
    # The deposit may be of the same millisecond, and names have no order.
    newest = next(entry for entry in entries if entry["type"] == "trade")
    balance = Decimal((await kraken.fetch_balance())["total"]["USD"])
    assert balance in {Decimal(entry["info"]["balance"]) for entry in entries}
    (one,) = await kraken.fetch_ledger_entries_by_ids([newest["id"]])
    assert one["amount"] == newest["amount"]


async def test_nobody_has_a_position(kraken):
    assert await kraken.fetch_positions() == []


async def test_deposits_are_those_of_the_ledger(kraken):
    (deposit,) = await kraken.fetch_deposits("USD")
    assert (deposit["amount"], deposit["status"]) == ("1000000.0000", "ok")
    assert await kraken.fetch_withdrawals("USD") == []


async def test_fee_falls_with_the_volume_of_thirty_days(kraken):
    while Decimal((await kraken.private_post_tradevolume())["result"]["volume"]) < 10_000:
        await kraken.create_order(BTC, "market", "buy", "0.05")
    fee = await kraken.fetch_trading_fee(BTC)
    assert (fee["maker"], fee["taker"]) == ("0.002", "0.0035")


async def test_currencies_and_tickers_come_for_all(kraken):
    assert {"USD", "BTC", "DOGE"} <= set(await kraken.fetch_currencies())
    assert set(await kraken.fetch_tickers()) == set(kraken.symbols)


async def test_key_may_trade_and_not_withdraw(visitor):
    answer = (await visitor.private("GetApiKeyInfo"))["result"]
    assert "modify-trades" in answer["permissions"]
    assert not [name for name in answer["permissions"] if "withdraw" in name]
