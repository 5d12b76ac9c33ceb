"""Sleeping orders in the hour of 13 September 2019 in which bitcoin was at 8,000 and at 12,000."""

import argparse
from decimal import Decimal

import pytest

from tests.engine.exchanges.local_kraken.visitors import Visitor
from tui_trader.cli.replay_files import add_replay_options, tapes_of
from tui_trader.engine.exchanges.local_kraken.server import serve
from tui_trader.engine.exchanges.local_kraken.venue import ServeConfig

ORDERS = {
    "stop": {"type": "sell", "ordertype": "stop-loss", "price": "9000"},
    "stop and limit": {
        "type": "sell",
        "ordertype": "stop-loss-limit",
        "price": "9000",
        "price2": "8900",
    },
    "profit": {"type": "sell", "ordertype": "take-profit", "price": "11500"},
    "trail": {"type": "sell", "ordertype": "trailing-stop", "price": "+10%"},
    "limit": {"type": "buy", "ordertype": "limit", "price": "8500"},
}


@pytest.mark.real_data
async def test_every_sleeper_wakes_in_the_spike(real_data, tmp_path):
    parser = argparse.ArgumentParser()
    add_replay_options(parser)
    candles = str(real_data / "kraken_1h" / "XBTUSD_60.csv.gz")
    options = ["--replay", candles, "--pair", "BTC/USD", "--start", "2019-09-13"]
    config = ServeConfig(
        journal=tmp_path / "journal.jsonl",
        speed=0,
        tapes=tapes_of(parser.parse_args(options)),
    )
    async with serve(config) as exchange, Visitor(exchange) as visitor:
        exchange.venue.set_balance("BTC", Decimal(5))
        names = {}
        for name, terms in ORDERS.items():
            answer = await visitor.private("AddOrder", pair="XBTUSD", volume="0.5", **terms)
            names[answer["result"]["txid"][0]] = name
        # Twenty hours in which nothing comes near, then the hour itself.
        await visitor.control(fault="step", candles=19)
        assert len((await visitor.private("OpenOrders"))["result"]["open"]) == len(ORDERS)
        await visitor.control(fault="step", candles=4)
        closed = (await visitor.private("ClosedOrders"))["result"]["closed"]
        prices = {
            names[txid]: Decimal(row["price"])
            for txid, row in closed.items()
            if row["status"] == "closed"
        }
    assert set(prices) == set(ORDERS)
    assert prices["limit"] == 8_500
    assert prices["stop and limit"] >= 8_900
    # A market order gets what is there: beyond the trigger, on the bad side for a stop.
    assert 8_000 <= prices["stop"] <= 9_000
    assert 11_500 <= prices["profit"] <= 12_000
