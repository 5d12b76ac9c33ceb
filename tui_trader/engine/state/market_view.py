"""Latest word of the outside about prices: not state, not journaled, rebuilt by listening.

The core prices and checks orders from it; the console draws it. Both keep one, fed by the same
reports.
"""

from decimal import Decimal
from typing import assert_never

import msgspec

from tui_trader.engine.messages.reports import (
    BookReport,
    CandleReport,
    HeartbeatReport,
    InstrumentsReport,
    MarketReport,
    TakerReport,
    TickerReport,
)
from tui_trader.engine.values.abilities import BASIC_ABILITIES, Abilities
from tui_trader.engine.values.instruments import Instrument, Symbol


class MarketView(msgspec.Struct, kw_only=True):
    """Newest report of each kind, by pair.

    Args:
        candles: The newest one-minute candle of each pair.
        heard_ms: When each link was last heard, UTC.
        abilities: What the venue's adapter takes; it does not change while a session lasts.
    """

    instruments: dict[Symbol, Instrument] = {}
    tickers: dict[Symbol, TickerReport] = {}
    books: dict[Symbol, BookReport] = {}
    candles: dict[Symbol, CandleReport] = {}
    takers: dict[Symbol, TakerReport] = {}
    heard_ms: dict[str, int] = {}
    abilities: Abilities = BASIC_ABILITIES

    def apply(self, report: MarketReport) -> None:
        """Take in one market report; an older value is gone."""
        match report:
            case InstrumentsReport():
                self.instruments = {item.symbol: item for item in report.instruments}
            case TickerReport():
                self.tickers[report.symbol] = report
            case BookReport():
                self.books[report.symbol] = report
            case CandleReport():
                self.candles[report.symbol] = report
            case TakerReport():
                self.takers[report.symbol] = report
            case HeartbeatReport():
                self.heard_ms[report.link] = report.time_ms
            case _:
                assert_never(report)

    def mark(self, symbol: Symbol) -> Decimal | None:
        """Price at which a holding is valued: the best bid (what a sale would bring), else the last."""
        ticker = self.tickers.get(symbol)
        if ticker is None:
            return None
        return ticker.bid if ticker.bid > 0 else ticker.last

    def mid(self, symbol: Symbol) -> Decimal | None:
        """Middle of the best prices of the verified book, else of the ticker."""
        book = self.books.get(symbol)
        if book is not None and book.is_verified and book.bids and book.asks:
            return (book.bids[0].price + book.asks[0].price) / 2
        ticker = self.tickers.get(symbol)
        if ticker is None or ticker.bid <= 0 or ticker.ask <= 0:
            return None
        return (ticker.bid + ticker.ask) / 2
