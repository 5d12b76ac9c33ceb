"""Texts of the public WebSocket channels: ticker, book, trade, ohlc, instrument.

Law: written once for all subscribers, by hand: these leave a thousand times a second, and their
numbers must keep every zero.
"""

from collections.abc import Callable, Sequence

import msgspec

from tui_trader.engine.exchanges.local_kraken.wire import fixed, lots_text, moment, number
from tui_trader.engine.exchanges.simulator.board import MarketBoard
from tui_trader.engine.exchanges.simulator.candles import Bar
from tui_trader.engine.exchanges.simulator.depth_view import Rows
from tui_trader.engine.exchanges.simulator.events import TapePrint
from tui_trader.engine.exchanges.simulator.listings import (
    ASSETS,
    COST_DECIMALS,
    LOT_DECIMALS,
    PAIRS,
    PairListing,
)
from tui_trader.engine.exchanges.simulator.pair_rules import PairRules
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.time import MS_PER_MINUTE, MS_PER_SECOND

BOOK_DEPTHS = (10, 25, 100, 500, 1_000)
_PERCENT = 100.0


def status_text(system: str, connection_id: int) -> str:
    """State of the exchange: the first message of a connection, and news of a change."""
    status = {
        "api_version": "v2",
        "connection_id": connection_id,
        "system": system,
        "version": "2.0.10",
    }
    message = {"channel": "status", "type": "update", "data": [status]}
    return msgspec.json.encode(message).decode()


def book_text(
    pair: PairListing, kind: str, sides: tuple[Rows, Rows], *, checksum: int, now_ms: int
) -> str:
    """Snapshot or update of a book: `sides` are bids and asks."""
    bids, asks = (_level_texts(pair, rows) for rows in sides)
    return (
        f'{{"channel":"book","type":"{kind}","data":[{{"symbol":"{pair.symbol}",'
        f'"bids":[{bids}],"asks":[{asks}],"checksum":{checksum},"timestamp":"{moment(now_ms)}"}}]}}'
    )


def ticker_text(market: MarketBoard, kind: str, *, now_ms: int) -> str:
    """Best prices, last trade and the last 24 hours."""
    market.day.roll(now_ms / MS_PER_SECOND)
    pair, day, last = market.pair, market.day.total, market.last.ticks
    bid, bid_lots, ask, ask_lots = market.bbo()
    change = last - day.open
    change_text = f"{'-' if change < 0 else ''}{pair.price_text(abs(change))}"
    return (
        f'{{"channel":"ticker","type":"{kind}","data":[{{"symbol":"{pair.symbol}",'
        f'"bid":{pair.price_text(bid)},"bid_qty":{lots_text(bid_lots)},'
        f'"ask":{pair.price_text(ask)},"ask_qty":{lots_text(ask_lots)},'
        f'"last":{pair.price_text(last)},"volume":{lots_text(day.lots)},'
        f'"vwap":{pair.price_text(day.vwap)},"low":{pair.price_text(day.low)},'
        f'"high":{pair.price_text(day.high)},"change":{change_text},'
        f'"change_pct":{change / day.open * _PERCENT:.2f},"timestamp":"{moment(now_ms)}"}}]}}'
    )


def trade_text(pair: PairListing, kind: str, prints: Sequence[TapePrint]) -> str:
    """Trades, oldest first."""
    rows = ",".join(
        f'{{"symbol":"{pair.symbol}","side":"{tape.side.value}",'
        f'"price":{pair.price_text(tape.ticks)},"qty":{lots_text(tape.lots)},'
        f'"ord_type":"{tape.order_type.value}","trade_id":{tape.tape_id},'
        f'"timestamp":"{moment(tape.time_ms)}"}}'
        for tape in prints
    )
    return f'{{"channel":"trade","type":"{kind}","data":[{rows}]}}'


def ohlc_text(
    pair: PairListing, kind: str, bars: Sequence[Bar], *, interval_min: int, now_ms: int
) -> str:
    """Candles, oldest first."""
    rows = ",".join(_bar_text(pair, bar, interval_min) for bar in bars)
    return f'{{"channel":"ohlc","type":"{kind}","timestamp":"{moment(now_ms)}","data":[{rows}]}}'


def instrument_text(kind: str, rules_of: Callable[[Symbol], PairRules]) -> str:
    """Everything listed, with the rules of the moment."""
    assets = [
        {
            "id": asset.name,
            "status": "enabled",
            "precision": asset.decimals,
            "precision_display": asset.decimals_shown,
            "borrowable": False,
        }
        for asset in ASSETS
    ]
    pairs = [_instrument(pair, rules_of(pair.symbol)) for pair in PAIRS]
    message = {
        "channel": "instrument",
        "type": kind,
        "data": {"assets": assets, "pairs": pairs},
    }
    return msgspec.json.encode(message).decode()


def _level_texts(pair: PairListing, rows: Rows) -> str:
    return ",".join(
        [f'{{"price":{pair.price_text(ticks)},"qty":{lots_text(lots)}}}' for ticks, lots in rows]
    )


def _bar_text(pair: PairListing, bar: Bar, interval_min: int) -> str:
    begin_ms = bar.begin_s * MS_PER_SECOND
    return (
        f'{{"symbol":"{pair.symbol}","open":{pair.price_text(bar.open)},'
        f'"high":{pair.price_text(bar.high)},"low":{pair.price_text(bar.low)},'
        f'"close":{pair.price_text(bar.close)},"trades":{bar.trades},'
        f'"volume":{lots_text(bar.lots)},"vwap":{pair.price_text(bar.vwap)},'
        f'"interval_begin":"{moment(begin_ms)[:-1]}000Z","interval":{interval_min},'
        f'"timestamp":"{moment(begin_ms + interval_min * MS_PER_MINUTE)}"}}'
    )


def _instrument(pair: PairListing, rules: PairRules) -> dict[str, object]:
    return {
        "symbol": pair.symbol,
        "base": pair.base.name,
        "quote": pair.quote.name,
        "status": rules.status.value,
        "qty_precision": LOT_DECIMALS,
        "qty_increment": number(f"{rules.lot:f}"),
        "price_precision": pair.price_decimals,
        "cost_precision": COST_DECIMALS,
        "marginable": False,
        "has_index": False,
        "cost_min": number(fixed(rules.cost_min, 2)),
        "tick_size": number(f"{rules.tick:f}"),
        "price_increment": number(f"{rules.tick:f}"),
        "qty_min": number(f"{rules.order_min:f}"),
    }
