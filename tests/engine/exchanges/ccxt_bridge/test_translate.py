"""Recorded answers of Kraken in our values, and answers that cannot be true."""

import json
import zipfile
from decimal import Decimal

import pytest

from tests.engine.exchanges.ccxt_bridge.fake_rest import PAIRS
from tui_trader.engine.exchanges.ccxt_bridge import translate, wire
from tui_trader.engine.exchanges.ccxt_bridge.translate import MalformedAnswer, Pairs, parse_answer
from tui_trader.engine.values.account import ExchangeBalance, ExchangeFill, ExchangeOrder
from tui_trader.engine.values.candles import Candle
from tui_trader.engine.values.instruments import Asset, Instrument, Symbol
from tui_trader.engine.values.orders import (
    ExchangeOrderId,
    ExecutionId,
    OrderStatus,
    OrderType,
    Side,
)

D = Decimal
TETHER_PAIRS = {
    f"{name}USDT": PAIRS["XXBTZUSD"]
    | {"altname": f"{name}USDT", "wsname": f"{name}/USDT", "base": base, "quote": "USDT"}
    for name, base in (("XBT", "XXBT"), ("ETH", "XETH"))
}
ORDER = {
    "status": "open",
    "opentm": 1688583840.8648,
    "descr": {
        "pair": "XBTUSD",
        "type": "buy",
        "ordertype": "limit",
        "price": "29500.0",
        "price2": "0",
    },
    "vol": "0.50000000",
    "vol_exec": "0.00000000",
}
TRADE = {
    "ordertxid": "O1",
    "pair": "XXBTZUSD",
    "time": 1688585840.8921,
    "type": "buy",
    "price": "29500.5",
    "vol": "0.5",
    "fee": "23.60",
    "maker": True,
}


@pytest.fixture
def pairs():
    return Pairs(PAIRS)


@pytest.fixture
def fixture(real_data):
    def read(name):
        with zipfile.ZipFile(
            real_data / "kraken_api_fixtures" / "nautilus_kraken_test_data.zip"
        ) as file:
            return json.loads(file.read(name))["result"]

    return read


def order_of(pairs, **changes):
    return translate.order_from("O1", parse_answer(ORDER | changes, wire.OrderRow), pairs)


def fill_of(pairs, *, order=None, **changes):
    row = parse_answer(TRADE | changes, wire.TradeRow)
    return translate.fill_from("T1", row, pairs=pairs, order=order)


def test_pair_is_known_by_each_of_its_names(pairs):
    for name in ("XXBTZUSD", "XBTUSD", "XBT/USD", "BTC/USD"):
        assert pairs.symbol(name) == "BTC/USD"
    assert pairs.symbol("XDGUSD") == "DOGE/USD"
    assert pairs.pair_id(Symbol("BTC/USD")) == "XXBTZUSD"


def test_tick_is_what_kraken_says_or_the_last_decimal(pairs):
    bitcoin = pairs.instrument(Symbol("BTC/USD"))
    assert bitcoin == Instrument(
        symbol=Symbol("BTC/USD"),
        base=Asset("BTC"),
        quote=Asset("USD"),
        tick=D("0.1"),
        lot=D("0.00000001"),
        quantity_min=D("0.00005"),
        cost_min=D("0.5"),
        fee_maker_ratio=D("0.0025"),
        fee_taker_ratio=D("0.004"),
    )
    assert pairs.instrument(Symbol("DOGE/USD")).tick == D("0.0000001")


@pytest.mark.parametrize(
    ("name", "asset"),
    [
        ("XXBT", "BTC"),
        ("XBT", "BTC"),
        ("XBT.F", "BTC"),
        ("XXDG", "DOGE"),
        ("XDG", "DOGE"),
        ("ZUSD", "USD"),
        ("USD.HOLD", "USD.HOLD"),
        ("ETH", "ETH"),
        ("XETH", "ETH"),
        ("ETH.S", "ETH.S"),
        ("SOL", "SOL"),
        ("USDT", "USDT"),
        ("XTZ", "XTZ"),
        ("ZRX", "ZRX"),
        ("AAPLx", "AAPLx"),
        ("B\x1b]0;x\x07AD", "B]0;xAD"),
    ],
)
def test_assets_have_one_name_each(name, asset):
    assert translate.unified_asset(name) == asset


@pytest.mark.real_data
def test_recorded_pair(fixture):
    recorded = Pairs(fixture("http_asset_pairs.json")).instrument(Symbol("BTC/USDT"))
    assert (recorded.tick, recorded.quantity_min, recorded.cost_min) == (
        D("0.1"),
        D("0.00005"),
        D("0.5"),
    )
    assert (recorded.fee_maker_ratio, recorded.fee_taker_ratio) == (D("0.0025"), D("0.004"))


@pytest.mark.real_data
def test_recorded_tokenized_pair_with_a_rebate(fixture):
    recorded = Pairs(fixture("http_asset_pairs_tokenized.json")).instrument(Symbol("AAPLx/USD"))
    assert recorded.fee_maker_ratio == D("-0.0002")


@pytest.mark.real_data
def test_recorded_closed_orders(fixture):
    answer = parse_answer(fixture("http_closed_orders.json"), wire.ClosedOrdersAnswer)
    orders = [
        translate.order_from(txid, row, Pairs(TETHER_PAIRS)) for txid, row in answer.closed.items()
    ]
    assert orders[0] == ExchangeOrder(
        exchange_order_id=ExchangeOrderId("O5KZFT-GH3AD-LP6TLU"),
        client_order_id=None,
        symbol=Symbol("BTC/USDT"),
        side=Side.BUY,
        order_type=OrderType.LIMIT,
        status=OrderStatus.FILLED,
        quantity_base=D("0.5"),
        filled_base=D("0.5"),
        price=D("29500.0"),
        opened_ms=1_688_583_840_865,
        reason="User requested",
    )
    assert (orders[1].order_type, orders[1].price) == (OrderType.MARKET, None)


@pytest.mark.real_data
def test_recorded_open_orders_by_hand_are_understood(fixture):
    answer = parse_answer(fixture("http_open_orders.json"), wire.OpenOrdersAnswer)
    orders = [
        translate.order_from(txid, row, Pairs(TETHER_PAIRS)) for txid, row in answer.open.items()
    ]
    assert [order.status for order in orders] == [OrderStatus.OPEN] * 2
    assert [order.order_type for order in orders] == [OrderType.LIMIT, OrderType.STOP_LOSS]


@pytest.mark.real_data
def test_recorded_trades(fixture):
    answer = parse_answer(fixture("http_trades_history.json"), wire.TradesAnswer)
    fills = [
        translate.fill_from(name, row, pairs=Pairs(TETHER_PAIRS), order=None)
        for name, row in answer.trades.items()
    ]
    assert fills[0] == ExchangeFill(
        execution_id=ExecutionId("TCCCTY-WJ6EO-4FP4VZ"),
        exchange_order_id=ExchangeOrderId("O26VBY-ISGAE-JP5TLU"),
        client_order_id=None,
        symbol=Symbol("BTC/USDT"),
        side=Side.BUY,
        price=D("29500.50"),
        quantity_base=D("0.5"),
        fee=D("23.60"),
        fee_asset=Asset("USDT"),
        is_maker=True,
        filled_ms=1_688_585_840_892,
    )


@pytest.mark.real_data
def test_recorded_candles(fixture):
    candles = translate.candles_from(fixture("http_ohlc.json"))
    assert len(candles) == 721
    assert candles[3] == Candle(
        open_time_ms=1_762_777_200_000,
        open=106038.1,
        high=106044.3,
        low=106038.1,
        close=106040.1,
        volume_base=0.08317981,
    )


def test_balances_of_one_asset_are_added():
    raw = {name: {"balance": "1.5", "hold_trade": "0.1"} for name in ("XXBT", "XBT.F", "ETH.S")}
    balances, debts = translate.balances_from(raw)
    assert debts == ()
    assert balances == (
        ExchangeBalance(asset=Asset("BTC"), total=D("3.0")),
        ExchangeBalance(asset=Asset("ETH.S"), total=D("1.5")),
    )


@pytest.mark.parametrize(
    ("status", "filled", "expected"),
    [
        ("pending", "0", OrderStatus.OPEN),
        ("open", "0", OrderStatus.OPEN),
        ("open", "0.1", OrderStatus.PARTIALLY_FILLED),
        ("closed", "0.5", OrderStatus.FILLED),
        ("canceled", "0.1", OrderStatus.CANCELLED),
        ("expired", "0", OrderStatus.EXPIRED),
    ],
)
def test_status_by_word_and_quantity(pairs, status, filled, expected):
    assert order_of(pairs, status=status, vol_exec=filled).status is expected


def test_text_of_the_exchange_is_cleaned(pairs):
    order = order_of(pairs, reason="gone\x1b]52;c;cm0=\x07\n\u202e", cl_ord_id="id\x9b31m")
    assert (order.reason, order.client_order_id) == ("gone]52;c;cm0= ", "id31m")


def test_fee_is_in_base_where_the_order_says_so(pairs):
    order = parse_answer(ORDER | {"oflags": "fcib", "cl_ord_id": "mine"}, wire.OrderRow)
    fill = fill_of(pairs, order=order)
    assert (fill.fee_asset, fill.client_order_id) == ("BTC", "mine")
    assert fill_of(pairs).fee_asset == "USD"


@pytest.mark.parametrize(
    "changes",
    [
        {"vol": "NaN"},
        {"vol": "-1"},
        {"vol": "Infinity"},
        {"vol": "1e99"},
        {"vol": "many"},
        {"vol": None},
        {"vol_exec": "-0.1"},
        {"opentm": float("nan")},
        {"opentm": -1.0},
        {"opentm": 1688583840864.8},
        {"status": "lost"},
        {"descr": ORDER["descr"] | {"pair": "XNOPE"}},
        {"descr": ORDER["descr"] | {"type": "both"}},
        {"descr": ORDER["descr"] | {"price": "0"}},
        {"descr": None},
    ],
    ids=str,
)
def test_impossible_order_is_a_fault(pairs, changes):
    with pytest.raises(MalformedAnswer):
        order_of(pairs, **changes)


@pytest.mark.parametrize(
    "changes",
    [{"price": "0"}, {"vol": "0"}, {"fee": "-1"}, {"fee": "NaN"}, {"time": None}, {"pair": "?"}],
    ids=str,
)
def test_impossible_fill_is_a_fault(pairs, changes):
    with pytest.raises(MalformedAnswer):
        fill_of(pairs, **changes)


@pytest.mark.parametrize(
    "row",
    [
        [1, "1", "2", "1", "2", "1", "NaN", 1],
        [1, "1", "2", "1", "2", "1", "-1", 1],
        [1, "1", "1", "1", "2", "1", "1", 1],
        [1, "1", "2", "1", "0", "1", "1", 1],
        [1, "1", "2", "1"],
        {},
    ],
    ids=str,
)
def test_impossible_candle_is_a_fault(row):
    with pytest.raises(MalformedAnswer):
        translate.candles_from({"XXBTZUSD": [row], "last": 1})


@pytest.mark.parametrize(
    "raw", [[], None, "text", {"X": 5}, {"X": PAIRS["XXBTZUSD"] | {"ordermin": []}}], ids=str
)
def test_impossible_listing_is_a_fault(raw):
    with pytest.raises(MalformedAnswer):
        Pairs(raw)


@pytest.mark.parametrize(
    "changes", [{"tick_size": "0"}, {"tick_size": "NaN"}, {"costmin": "-1"}, {"fees": []}], ids=str
)
def test_impossible_pair_is_a_fault_when_it_is_asked_for(changes):
    pairs = Pairs({"XXBTZUSD": PAIRS["XXBTZUSD"] | changes})
    with pytest.raises(MalformedAnswer):
        pairs.instrument(Symbol("BTC/USD"))
