"""Pages of past trades from Kraken: what is asked, what is believed."""

import json
import zipfile

import pytest

from tests.engine.exchanges.ccxt_bridge.fake_rest import serving_rest
from tests.engine.exchanges.kraken.clocks import SteppedClock
from tui_trader.engine.exchanges.ccxt_bridge.feed import RestFeed
from tui_trader.engine.exchanges.ccxt_bridge.public_trades import PAGE_ROWS, RestTrades, page_from
from tui_trader.engine.exchanges.ccxt_bridge.translate import MalformedAnswer
from tui_trader.engine.values.errors import RejectedByExchange
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.trades import PublicTrade

BTC = Symbol("BTC/USD")
ROW = ["64000.1", "0.5", 1_700_000_000.123456, "b", "l", "", 77]
LAST = "1700000000123456789"


def answer(*rows, last=LAST):
    return {"XXBTZUSD": list(rows), "last": last}


def changed(place, value):
    return [*ROW[:place], value, *ROW[place + 1 :]]


async def test_page_is_asked_for_by_the_nanosecond_and_told_with_its_end():
    async with serving_rest() as (server, client):
        server.answers["Trades"] = answer(ROW)
        trades = RestTrades(client, RestFeed(client, SteppedClock()))
        page = await trades.trades_after(BTC, 1_600_000_000_000_000_000)
    assert server.forms("Trades") == [
        {"pair": "XXBTZUSD", "since": "1600000000000000000", "count": str(PAGE_ROWS)}
    ]
    assert page.trades == (
        PublicTrade(time_ms=1_700_000_000_123, price=64_000.1, quantity_base=0.5, trade_id=77),
    )
    assert (page.cursor_ns, page.is_full) == (int(LAST), False)


async def test_pair_that_is_not_listed_is_rejected():
    async with serving_rest() as (_, client):
        trades = RestTrades(client, RestFeed(client, SteppedClock()))
        with pytest.raises(RejectedByExchange, match="XRP/EUR"):
            await trades.trades_after(Symbol("XRP/EUR"), 0)


def test_full_page_says_so():
    assert page_from(answer(*[ROW] * PAGE_ROWS)).is_full


def test_row_without_a_number_is_a_trade():
    assert page_from(answer(ROW[:6])).trades[0].trade_id is None


@pytest.mark.parametrize(
    "raw",
    [
        answer(changed(0, "0")),
        answer(changed(0, "nan")),
        answer(changed(1, "-1")),
        answer(changed(2, "soon")),
        answer(ROW, changed(2, 1_600_000_000.0)),
        answer(ROW, last="x"),
        answer(ROW, last=None),
        {"last": LAST},
        {"XXBTZUSD": [], "XETHZUSD": [], "last": LAST},
        [],
        {"XXBTZUSD": 5, "last": LAST},
    ],
)
def test_answer_that_cannot_be_true_is_refused(raw):
    with pytest.raises(MalformedAnswer):
        page_from(raw)


@pytest.mark.real_data
def test_recorded_answer_is_read(real_data):
    archive = zipfile.ZipFile(real_data / "kraken_api_fixtures" / "nautilus_kraken_test_data.zip")
    (name,) = [one for one in archive.namelist() if one.endswith("http_trades.json")]
    page = page_from(json.loads(archive.read(name))["result"])
    assert page.trades
    assert abs(page.trades[-1].time_ms - page.cursor_ns // 1_000_000) <= 1
