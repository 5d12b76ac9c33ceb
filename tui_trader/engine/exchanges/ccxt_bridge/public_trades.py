"""Past trades of the market, page by page, from Kraken's REST interface."""

import itertools

from tui_trader.engine.exchanges.ccxt_bridge import translate, wire
from tui_trader.engine.exchanges.ccxt_bridge.client import KrakenClient
from tui_trader.engine.exchanges.ccxt_bridge.feed import RestFeed, pair_id_of
from tui_trader.engine.ports.trade_history import TradePage
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.time import MS_PER_SECOND
from tui_trader.engine.values.trades import PublicTrade

PAGE_ROWS = 1_000
"""Kraken's largest page."""


class RestTrades:
    """`TradeHistory` of Kraken.

    Args:
        feed: Knows Kraken's names of the pairs.
    """

    def __init__(self, client: KrakenClient, feed: RestFeed) -> None:
        self._client = client
        self._feed = feed

    async def trades_after(self, symbol: Symbol, cursor_ns: int) -> TradePage:
        """`TradeHistory.trades_after`."""
        pair_id = pair_id_of(symbol, await self._feed.pairs())
        # Below 10^10 Kraken reads seconds; 1 ns after 1970 is before every trade all the same.
        parameters: dict[str, object] = {
            "pair": pair_id,
            "since": str(max(0, cursor_ns)),
            "count": PAGE_ROWS,
        }
        return page_from(await self._client.ask_public("Trades", parameters))


def page_from(raw: object) -> TradePage:
    """One page of an answer of Trades.

    Raises:
        MalformedAnswer: a trade cannot be true, or they go back in time.
    """
    answer = translate.parse_answer(raw, dict[str, object])
    last = answer.pop("last", None)
    if len(answer) != 1 or not str(last).isdecimal():
        message = "kraken: an answer about trades is not one of one pair with its end"
        raise translate.MalformedAnswer(message)
    (rows,) = answer.values()
    trades = tuple(map(_trade, translate.parse_answer(rows, list[wire.TapeRow])))
    if any(after.time_ms < before.time_ms for before, after in itertools.pairwise(trades)):
        message = "kraken: trades go back in time"
        raise translate.MalformedAnswer(message)
    return TradePage(trades=trades, cursor_ns=int(str(last)), is_full=len(trades) >= PAGE_ROWS)


def _trade(row: wire.TapeRow) -> PublicTrade:
    return PublicTrade(
        time_ms=int(row.time * MS_PER_SECOND),
        price=float(translate.checked_positive(row.price, "a trade's price")),
        quantity_base=float(translate.checked_positive(row.volume, "a trade's volume")),
        trade_id=row.trade_id,
    )
