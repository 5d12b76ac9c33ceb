"""The exchange as real, unmodified ccxt finds it."""

import itertools
import uuid
from decimal import Decimal

import ccxt
import pytest

SYMBOLS = {"BTC/USD", "ETH/USD", "SOL/USD", "XRP/USD", "DOGE/USD"}


@pytest.fixture
async def kraken(visitor):
    await visitor.ccxt.load_markets()
    return visitor.ccxt


async def price_of(kraken, symbol, side):
    return Decimal((await kraken.fetch_ticker(symbol))[side])


async def test_markets_carry_grid_minimums_and_fees(kraken):
    assert set(kraken.symbols) == SYMBOLS
    market = kraken.market("BTC/USD")
    assert (market["id"], market["altname"], market["wsId"]) == ("XXBTZUSD", "XBTUSD", "XBT/USD")
    assert market["precision"] == {"amount": "0.00000001", "price": "0.1"}
    assert market["limits"]["amount"]["min"] == "0.00005"
    assert market["limits"]["cost"]["min"] == "0.5"
    assert (market["taker"], market["maker"]) == ("0.004", "0.0025")


async def test_server_tells_time_and_status(kraken):
    assert abs(await kraken.fetch_time() - kraken.milliseconds()) < 2_000
    assert (await kraken.fetch_status())["status"] == "ok"


@pytest.mark.parametrize("symbol", sorted(SYMBOLS))
async def test_ticker_of_every_pair_has_a_bid_below_its_ask(kraken, symbol):
    ticker = await kraken.fetch_ticker(symbol)
    assert ticker["symbol"] == symbol
    assert Decimal(ticker["low"]) <= Decimal(ticker["last"]) <= Decimal(ticker["high"])
    assert Decimal(ticker["bid"]) < Decimal(ticker["ask"])


async def test_candles_come_721_at_once_and_after_a_moment(kraken):
    rows = await kraken.fetch_ohlcv("ETH/USD", "1h")
    assert len(rows) == 721
    assert all(after[0] - before[0] == 3_600_000 for before, after in itertools.pairwise(rows))
    later = await kraken.fetch_ohlcv("ETH/USD", "1h", rows[-5][0])
    assert [row[0] for row in later] == [row[0] for row in rows[-5:]]


async def test_order_book_and_public_trades_are_readable(kraken):
    book = await kraken.fetch_order_book("SOL/USD", 25)
    assert (len(book["bids"]), len(book["asks"])) == (25, 25)
    trades = await kraken.fetch_trades("SOL/USD")
    assert trades[-1]["symbol"] == "SOL/USD"
    assert Decimal(trades[-1]["price"]) > 0


async def test_new_account_has_ten_thousand_dollars_and_nothing_else(kraken):
    balance = await kraken.fetch_balance()
    assert balance["total"] == {"USD": "10000.0000"}
    assert balance["used"] == {"USD": "0.0000"}


async def test_trading_fee_is_told_as_a_ratio(kraken):
    fee = await kraken.fetch_trading_fee("BTC/USD")
    assert (fee["maker"], fee["taker"]) == ("0.0025", "0.004")


async def test_limit_order_is_found_open_by_its_client_id_and_cancelled(kraken):
    client_id = str(uuid.uuid4())
    price = str(await price_of(kraken, "BTC/USD", "bid") * Decimal("0.9") // Decimal("0.1") / 10)
    placed = await kraken.create_order(
        "BTC/USD", "limit", "buy", "0.01", price, {"clientOrderId": client_id}
    )
    assert (placed["type"], placed["side"], placed["symbol"]) == ("limit", "buy", "BTC/USD")
    assert Decimal(placed["price"]) == Decimal(price)
    by_client_id = {"clientOrderId": client_id}
    (found,) = await kraken.fetch_open_orders("BTC/USD", None, None, by_client_id)
    assert (found["id"], found["clientOrderId"]) == (placed["id"], client_id)
    assert (found["status"], found["remaining"]) == ("open", "0.01")
    await kraken.cancel_order(placed["id"], "BTC/USD")
    (gone,) = await kraken.fetch_closed_orders("BTC/USD", None, None, by_client_id)
    assert (gone["status"], gone["id"]) == ("canceled", placed["id"])
    with pytest.raises(ccxt.OrderNotFound):
        await kraken.cancel_order(placed["id"], "BTC/USD")


async def test_order_is_cancelled_by_its_client_id(kraken):
    client_id = str(uuid.uuid4())
    await kraken.create_order(
        "ETH/USD", "limit", "buy", "0.1", "1000", {"clientOrderId": client_id}
    )
    await kraken.cancel_order("", "ETH/USD", {"clientOrderId": client_id})
    assert await kraken.fetch_open_orders("ETH/USD") == []


async def test_market_order_is_filled_and_paid_to_the_last_digit(kraken):
    client_id = str(uuid.uuid4())
    by_client_id = {"clientOrderId": client_id}
    placed = await kraken.create_order("BTC/USD", "market", "buy", "0.02", None, by_client_id)
    (order,) = await kraken.fetch_closed_orders("BTC/USD", None, None, by_client_id)
    assert (order["id"], order["status"], order["filled"]) == (placed["id"], "closed", "0.02000000")
    trades = [one for one in await kraken.fetch_my_trades("BTC/USD") if one["order"] == order["id"]]
    assert sum(Decimal(one["amount"]) for one in trades) == Decimal("0.02")
    assert {one["takerOrMaker"] for one in trades} == {"taker"}
    paid = sum(Decimal(one["info"]["cost"]) + Decimal(one["fee"]["cost"]) for one in trades)
    balance = await kraken.fetch_balance()
    assert Decimal(balance["total"]["USD"]) == 10_000 - paid
    assert Decimal(balance["total"]["BTC"]) == Decimal("0.02")
    fetched = await kraken.fetch_order(order["id"], "BTC/USD")
    assert {one["id"] for one in fetched["trades"]} == {one["id"] for one in trades}
    by_id = await kraken.fetch_order_trades(
        order["id"], "BTC/USD", None, None, {"trades": [one["id"] for one in trades]}
    )
    assert {one["id"] for one in by_id} == {one["id"] for one in trades}


async def test_post_only_that_would_trade_is_refused_in_krakens_words(kraken):
    ask = str((await price_of(kraken, "BTC/USD", "ask")).quantize(Decimal("0.1")))
    with pytest.raises(ccxt.ExchangeError, match="EOrder:Post only order"):
        await kraken.create_order("BTC/USD", "limit", "buy", "0.001", ask, {"postOnly": True})


async def test_post_only_that_rests_is_taken(kraken):
    placed = await kraken.create_order(
        "XRP/USD", "limit", "buy", "20", "0.20000", {"postOnly": True}
    )
    (found,) = await kraken.fetch_open_orders("XRP/USD")
    assert (found["id"], found["postOnly"]) == (placed["id"], True)


async def test_resting_order_holds_its_funds(kraken):
    await kraken.create_order("ETH/USD", "limit", "buy", "1", "1000")
    assert (await kraken.fetch_balance())["used"]["USD"] == "1002.50000"


async def test_every_order_is_cancelled_at_once(kraken):
    for price in ("0.010", "0.011", "0.012"):
        await kraken.create_order("DOGE/USD", "limit", "buy", "100", price)
    await kraken.cancel_all_orders()
    assert await kraken.fetch_open_orders() == []
    assert Decimal((await kraken.fetch_balance())["free"]["USD"]) == 10_000


@pytest.mark.parametrize(
    ("amount", "price", "kind", "words"),
    [
        ("10", "50000", ccxt.InsufficientFunds, "Insufficient funds"),
        ("0.00001", "50000", ccxt.InvalidOrder, "volume minimum not met"),
        ("0.001", "50", ccxt.ExchangeError, "Cost minimum not met"),
    ],
)
async def test_refusals_become_the_exceptions_ccxt_documents(kraken, amount, price, kind, words):
    kraken.markets["BTC/USD"]["limits"]["amount"]["min"] = None
    with pytest.raises(kind, match=words):
        await kraken.create_order("BTC/USD", "limit", "buy", amount, price)


async def test_validate_checks_and_does_nothing(kraken):
    placed = await kraken.create_order(
        "BTC/USD", "limit", "buy", "0.01", "50000", {"validate": True}
    )
    assert placed["id"] is None
    assert await kraken.fetch_open_orders() == []


async def test_deadline_that_has_passed_refuses_the_order(kraken):
    late = {"deadline": "2020-01-01T00:00:00.000Z"}
    with pytest.raises(ccxt.ExchangeError, match="EService:Deadline elapsed"):
        await kraken.create_order("BTC/USD", "limit", "buy", "0.01", "50000", late)
    assert await kraken.fetch_open_orders() == []


async def test_wrong_secret_is_an_invalid_signature(kraken):
    kraken.secret = "d3Jvbmc="
    with pytest.raises(ccxt.ExchangeError, match="EAPI:Invalid signature"):
        await kraken.fetch_balance()


async def test_unknown_key_is_an_authentication_error(kraken):
    kraken.apiKey = "nobody"
    with pytest.raises(ccxt.AuthenticationError, match="EAPI:Invalid key"):
        await kraken.fetch_balance()


async def test_nonce_that_does_not_rise_is_refused(kraken):
    nonce = kraken.milliseconds()
    kraken.incrementing_nonce = lambda: nonce
    await kraken.fetch_balance()
    with pytest.raises(ccxt.InvalidNonce, match="EAPI:Invalid nonce"):
        await kraken.fetch_balance()
