"""Kraken's public REST endpoints."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from tui_trader.engine.exchanges.local_kraken.forms import Form, parse_int
from tui_trader.engine.exchanges.local_kraken.order_json import Json
from tui_trader.engine.exchanges.local_kraken.venue import Venue
from tui_trader.engine.exchanges.local_kraken.wire import (
    fixed,
    http_date,
    lots_text,
    rest_price,
    seconds,
)
from tui_trader.engine.exchanges.simulator import rejections
from tui_trader.engine.exchanges.simulator.board import MarketBoard
from tui_trader.engine.exchanges.simulator.book import BookSide
from tui_trader.engine.exchanges.simulator.candles import Bar
from tui_trader.engine.exchanges.simulator.events import TapePrint
from tui_trader.engine.exchanges.simulator.fee_schedule import FEES_MAKER, FEES_TAKER
from tui_trader.engine.exchanges.simulator.listings import (
    ASSET_BY_NAME,
    ASSETS,
    COST_DECIMALS,
    LOT_DECIMALS,
    PAIRS,
    PairListing,
    pair_named,
    quantity,
)
from tui_trader.engine.exchanges.simulator.pair_rules import PairRules
from tui_trader.engine.exchanges.simulator.rejections import Rejected
from tui_trader.engine.values.orders import OrderType, Side
from tui_trader.engine.values.time import MS_PER_SECOND

PublicEndpoint = Callable[[Venue, Form], object]

_DEPTH_COUNT, _DEPTH_COUNT_MAX = 100, 500
_DEPTH_LOT_DECIMALS = 3
_TRADES_COUNT_MAX = 1_000
_NS_PER_MS = 1_000_000
# A `since` above this is in nanoseconds, below in seconds (Kraken takes both).
_SECONDS_MAX = 10_000_000_000
_NS_PER_S = 1_000_000_000


def server_time(venue: Venue, _form: Form) -> Json:
    """Time."""
    now_ms = venue.clock.now_ms()
    return {"unixtime": now_ms // MS_PER_SECOND, "rfc1123": http_date(now_ms)}


def system_status(venue: Venue, _form: Form) -> Json:
    """SystemStatus."""
    moment = datetime.fromtimestamp(seconds(venue.clock.now_ms()), tz=UTC)
    return {"status": venue.status.now.value, "timestamp": f"{moment:%Y-%m-%dT%H:%M:%SZ}"}


def assets(_venue: Venue, form: Form) -> Json:
    """Assets."""
    wanted = {name for name in form.get("asset", "").split(",") if name}
    return {
        asset.rest_id: {
            "aclass": "currency",
            "altname": asset.altname,
            "decimals": asset.decimals,
            "display_decimals": asset.decimals_shown,
            "status": "enabled",
        }
        for asset in (ASSET_BY_NAME.values() if wanted else ASSETS)
        if not wanted or wanted & {asset.rest_id, asset.altname, asset.name}
    }


def asset_pairs(venue: Venue, form: Form) -> Json:
    """AssetPairs, with the rules of the moment."""
    pairs = asked_pairs(form).items()
    return {key: _pair_json(pair, venue.rules(pair.symbol)) for key, pair in pairs}


def ticker(venue: Venue, form: Form) -> Json:
    """Ticker."""
    return {
        key: _ticker_json(venue, venue.markets[pair.symbol])
        for key, pair in asked_pairs(form).items()
    }


def ohlc(venue: Venue, form: Form) -> Json:
    """OHLC: up to 720 closed candles and the open one."""
    ((key, pair),) = _one_pair(form).items()
    market = venue.markets[pair.symbol]
    interval = parse_int(form, "interval", 1, rejections.INVALID_INTERVAL)
    if interval not in market.candles:
        raise Rejected(rejections.INVALID_INTERVAL)
    since = parse_int(form, "since", 0, rejections.INVALID_SINCE)
    now_s = seconds(venue.clock.now_ms())
    bars = market.candles[interval].bars(now_s, since_s=since or None)
    closed = bars[-2:-1] or bars
    last = closed[-1].begin_s if closed else since
    return {key: [_ohlc_row(pair, bar) for bar in bars], "last": last}


def depth(venue: Venue, form: Form) -> Json:
    """Depth."""
    ((key, pair),) = _one_pair(form).items()
    count = parse_int(form, "count", _DEPTH_COUNT, rejections.INVALID_COUNT)
    if not 1 <= count <= _DEPTH_COUNT_MAX:
        raise Rejected(rejections.INVALID_COUNT)
    book = venue.markets[pair.symbol].book
    now_s = venue.clock.now_ms() // MS_PER_SECOND
    sides = {"asks": book.asks, "bids": book.bids}
    return {
        key: {
            name: _depth_rows(pair, book_side, count=count, now_s=now_s)
            for name, book_side in sides.items()
        }
    }


def spread(venue: Venue, form: Form) -> Json:
    """Spread: the best prices of this moment; the exchange remembers no older ones."""
    ((key, pair),) = _one_pair(form).items()
    bid, _, ask, _ = venue.markets[pair.symbol].bbo()
    now_s = venue.clock.now_ms() // MS_PER_SECOND
    return {key: [[now_s, rest_price(pair, bid), rest_price(pair, ask)]], "last": now_s}


def trades(venue: Venue, form: Form) -> Json:
    """Trades: the newest thousand at most, oldest first."""
    ((key, pair),) = _one_pair(form).items()
    tape = _stamped(venue.markets[pair.symbol].tape)
    since = parse_int(form, "since", 0, rejections.INVALID_SINCE)
    since_ns = since * _NS_PER_S if since < _SECONDS_MAX else since
    count = parse_int(form, "count", _TRADES_COUNT_MAX, rejections.INVALID_COUNT)
    if not 1 <= count <= _TRADES_COUNT_MAX:
        raise Rejected(rejections.INVALID_COUNT)
    newer = [one for one in tape if one[0] > since_ns]
    chosen = newer[:count] if since else newer[-count:]
    last_ns = chosen[-1][0] if chosen else since_ns
    return {key: [_trade_row(pair, tape_print) for _, tape_print in chosen], "last": str(last_ns)}


PUBLIC_ENDPOINTS: Mapping[str, PublicEndpoint] = {
    "Time": server_time,
    "SystemStatus": system_status,
    "Assets": assets,
    "AssetPairs": asset_pairs,
    "Ticker": ticker,
    "OHLC": ohlc,
    "Depth": depth,
    "Spread": spread,
    "Trades": trades,
}


def asked_pairs(form: Form) -> dict[str, PairListing]:
    """Asked pairs (all when none is named) under the key Kraken answers with.

    Raises:
        Rejected: one of them is not listed.
    """
    names = [name for name in form.get("pair", "").split(",") if name]
    if not names:
        return {pair.rest_id: pair for pair in PAIRS}
    found = {}
    for name in names:
        pair = pair_named(name)
        if pair is None:
            raise Rejected(rejections.UNKNOWN_PAIR)
        # Kraken echoes a name with a slash: <https://github.com/ccxt/ccxt/issues/8662>
        found[name if "/" in name else pair.rest_id] = pair
    return found


def _stamped(tape: Iterable[TapePrint]) -> list[tuple[int, TapePrint]]:
    """Trades with their nanosecond.

    Those of one millisecond follow each other: none is skipped where a page ends between them.
    """
    stamped: list[tuple[int, TapePrint]] = []
    for tape_print in tape:
        time_ns = tape_print.time_ms * _NS_PER_MS
        if stamped:
            time_ns = max(time_ns, stamped[-1][0] + 1)
        stamped.append((time_ns, tape_print))
    return stamped


def _one_pair(form: Form) -> dict[str, PairListing]:
    if not form.get("pair"):
        raise Rejected(rejections.INVALID_ARGUMENTS)
    pairs = asked_pairs(form)
    if len(pairs) != 1:
        raise Rejected(rejections.UNKNOWN_PAIR)
    return pairs


def _pair_json(pair: PairListing, rules: PairRules) -> Json:
    return {
        "altname": pair.altname,
        "wsname": pair.wsname,
        "aclass_base": "currency",
        "base": pair.base.rest_id,
        "aclass_quote": "currency",
        "quote": pair.quote.rest_id,
        "lot": "unit",
        "cost_decimals": COST_DECIMALS,
        "pair_decimals": _decimals(rules.tick),
        "lot_decimals": _decimals(rules.lot),
        "lot_multiplier": 1,
        "leverage_buy": [],
        "leverage_sell": [],
        "fees": FEES_TAKER,
        "fees_maker": FEES_MAKER,
        "fee_volume_currency": "ZUSD",
        "margin_call": 80,
        "margin_stop": 40,
        "ordermin": f"{rules.order_min:f}",
        "costmin": f"{rules.cost_min:f}",
        "tick_size": f"{rules.tick:f}",
        "status": rules.status.value,
        "execution_venue": "international",
    }


def _decimals(step: Decimal) -> int:
    """Decimals a number on a grid needs: 1 for 0.5, none for 10."""
    exponent = step.normalize().as_tuple().exponent
    assert isinstance(exponent, int), step
    return max(0, -exponent)


def _ticker_json(venue: Venue, market: MarketBoard) -> Json:
    pair = market.pair
    now_s = seconds(venue.clock.now_ms())
    market.day.roll(now_s)
    day, today = market.day.total, market.today(now_s)
    bid, bid_lots, ask, ask_lots = market.bbo()
    both = (today, day)
    return {
        "a": _best_json(pair, ask, ask_lots),
        "b": _best_json(pair, bid, bid_lots),
        "c": [rest_price(pair, market.last.ticks), lots_text(market.last.lots)],
        "v": [lots_text(bar.lots) for bar in both],
        "p": [rest_price(pair, bar.vwap) for bar in both],
        "t": [bar.trades for bar in both],
        "l": [rest_price(pair, bar.low) for bar in both],
        "h": [rest_price(pair, bar.high) for bar in both],
        "o": rest_price(pair, today.open),
    }


def _best_json(pair: PairListing, ticks: int, lots: int) -> Sequence[str]:
    whole = max(1, lots // 10**LOT_DECIMALS)
    return [rest_price(pair, ticks), str(whole), f"{quantity(lots):.{_DEPTH_LOT_DECIMALS}f}"]


def _ohlc_row(pair: PairListing, bar: Bar) -> Sequence[object]:
    prices = [pair.price_text(ticks) for ticks in (bar.open, bar.high, bar.low, bar.close)]
    vwap = pair.price_text(bar.vwap) if bar.lots else "0.0"
    return [bar.begin_s, *prices, vwap, lots_text(bar.lots), bar.trades]


def _depth_rows(
    pair: PairListing, book_side: BookSide, *, count: int, now_s: int
) -> Sequence[Sequence[object]]:
    return [
        [
            rest_price(pair, ticks),
            fixed(quantity(book_side.levels[ticks].lots), _DEPTH_LOT_DECIMALS),
            now_s,
        ]
        for ticks in book_side.top(count)
    ]


def _trade_row(pair: PairListing, tape_print: TapePrint) -> Sequence[object]:
    return [
        rest_price(pair, tape_print.ticks),
        lots_text(tape_print.lots),
        seconds(tape_print.time_ms),
        "b" if tape_print.side is Side.BUY else "s",
        "m" if tape_print.order_type is OrderType.MARKET else "l",
        "",
        tape_print.tape_id,
    ]
