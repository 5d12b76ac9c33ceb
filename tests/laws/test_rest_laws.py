"""No request breaks the exchange, however it is written: it answers, or refuses by Kraken's word."""

import json
import string
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_trader.engine.exchanges.local_kraken.clock import SystemClock
from tui_trader.engine.exchanges.local_kraken.forms import read_form
from tui_trader.engine.exchanges.local_kraken.order_desk import OrderDesk
from tui_trader.engine.exchanges.local_kraken.rest_private import PRIVATE_ENDPOINTS
from tui_trader.engine.exchanges.local_kraken.rest_public import PUBLIC_ENDPOINTS
from tui_trader.engine.exchanges.local_kraken.rest_trading import Office
from tui_trader.engine.exchanges.local_kraken.venue import ServeConfig, Venue
from tui_trader.engine.exchanges.simulator.price_terms import OrderKind
from tui_trader.engine.exchanges.simulator.rejections import Rejected

NAMES = (
    *("pair", "type", "ordertype", "volume", "price", "price2", "trigger", "oflags", "stptype"),
    *("timeinforce", "expiretm", "starttm", "userref", "cl_ord_id", "deadline", "validate"),
    *("displayvol", "leverage", "reduce_only", "close[ordertype]", "close[price]"),
    *("close[price2]", "txid", "orders", "cl_ord_ids", "order_qty", "limit_price"),
    *("trigger_price", "display_qty", "post_only", "timeout", "ofs", "start", "end", "asset"),
    *("trades", "id", "order_id", "count", "since", "interval", "closetime", "consolidation"),
)
KNOWN = (
    *("XBTUSD", "DOGE/USD", "buy", "sell", "market", "limit", "iceberg", "stop-loss", "0", "1"),
    *(
        "stop-loss-limit",
        "take-profit",
        "take-profit-limit",
        "trailing-stop",
        "trailing-stop-limit",
    ),
    *("last", "index", "post", "viqc", "fcib", "fciq", "post,fcib", "GTC", "IOC", "FOK", "GTD"),
    *("true", "+5%", "-5%", "#5%", "+100", "-100", "#100", "60000", "64000.1", "0.01", "100", "20"),
    *("cancel-oldest", "cancel-both", "+60", "1e17", "1e-9", "999999999999999999", "-7", "7"),
    *("NaN", "Infinity", "-0", "+", "%", "--5", "1e400", "²", "٣", "[]", "[1, {}]", "{}", "\x00"),
    *("2030-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "+1e18%", "XXBT"),
)
texts = st.sampled_from(KNOWN) | st.text(string.printable, max_size=12)
forms = st.dictionaries(st.sampled_from(NAMES), texts, max_size=9)
plain_orders = st.fixed_dictionaries(
    {
        "pair": st.sampled_from(["XBTUSD", "XDGUSD"]),
        "type": st.sampled_from(["buy", "sell"]),
        "ordertype": st.sampled_from([kind.value for kind in OrderKind]),
        "volume": st.sampled_from(["0.01", "20", "100", "100", "1e17", "0.00000001", "1e-9"]),
        "price": st.sampled_from(["60000", "+5%", "-5%", "#5%", "0.1", "1e17", "+1e18%", "+100"]),
        "price2": st.sampled_from(["60000", "+5%", "-5%", "0.1", "1e17", "-100"]),
    }
)
# Few extras: with many nearly every order is refused, and the matching never sees it.
extras = st.dictionaries(st.sampled_from(NAMES[6:21]), texts, max_size=2)
orders = st.tuples(plain_orders, extras).map(lambda parts: {**parts[0], **parts[1]})


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """One exchange without a network; its journal is real."""
    journal = tmp_path_factory.mktemp("laws") / "journal.jsonl"
    venue = Venue(ServeConfig(journal=journal, speed=0), SystemClock(), Deaf())
    for asset in ("BTC", "DOGE"):
        venue.set_balance(asset, Decimal(1_000))
    venue._journal.append = lambda _: None
    yield Office(venue, OrderDesk(venue))
    venue.close()


class Deaf:
    """Nobody listens."""

    def market_changed(self, *_):
        pass

    def account_changed(self, *_):
        pass


def answer(endpoint, subject, form):
    try:
        return msgspec.json.encode(endpoint(subject, form))
    except Rejected as refusal:
        error = refusal.error
    assert error.startswith("E"), error
    return None


def check(office):
    account = office.venue.account
    assert all(balance >= 0 for balance in account.balances.values())
    for asset in account.balances:
        assert account.available(asset) >= 0 or asset.endswith(".F"), asset


@given(name=st.sampled_from(sorted(PRIVATE_ENDPOINTS)), form=forms)
def test_any_private_call_is_answered_or_refused(office, name, form):
    answer(PRIVATE_ENDPOINTS[name], office, form)
    check(office)


@given(name=st.sampled_from(sorted(PUBLIC_ENDPOINTS)), form=forms)
def test_any_public_call_is_answered_or_refused(office, name, form):
    answer(PUBLIC_ENDPOINTS[name], office.venue, form)


@given(order=orders, name=st.sampled_from(["AmendOrder", "EditOrder"]), change=forms)
def test_any_order_is_taken_or_refused_and_can_be_told(office, order, name, change):
    added = answer(PRIVATE_ENDPOINTS["AddOrder"], office, order)
    office.venue.tick()
    check(office)
    if added is None or b"txid" not in added:
        return
    txid = msgspec.json.decode(added)["txid"][0]
    answer(PRIVATE_ENDPOINTS[name], office, {**change, "txid": txid})
    assert answer(PRIVATE_ENDPOINTS["QueryOrders"], office, {"txid": txid, "trades": "true"})
    assert answer(PRIVATE_ENDPOINTS["ClosedOrders"], office, {})
    office.venue.cancel_all()
    check(office)


@given(rows=st.lists(orders, max_size=16))
def test_any_batch_is_taken_or_refused(office, rows):
    batch = {"pair": "XBTUSD", "orders": json.dumps(rows)}
    answer(PRIVATE_ENDPOINTS["AddOrderBatch"], office, batch)
    office.venue.cancel_all()
    check(office)


documents = st.recursive(
    st.none() | st.booleans() | st.text() | st.floats(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(body=st.binary(max_size=60) | documents.map(lambda one: json.dumps(one).encode()))
def test_any_body_is_read(body):
    for kind in ("application/json", "application/x-www-form-urlencoded"):
        assert all(isinstance(text, str) for text in read_form(kind, body).values())


@pytest.mark.parametrize("opening", ['{"a":', "["])
def test_body_nested_without_end_is_nothing(opening):
    assert read_form("application/json", (opening * 30_000).encode()) == {}
