"""What everybody sees of one pair: book, tape of trades, candles and the day.

Law: who moves the market (a crowd, or a recording) is a subclass; who shows it knows only this.
"""

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Mapping
from typing import Protocol

from tui_trader.engine.exchanges.simulator.candles import Bar
from tui_trader.engine.exchanges.simulator.events import TapePrint
from tui_trader.engine.exchanges.simulator.listings import PairListing
from tui_trader.engine.exchanges.simulator.matching import MatchingEngine, Outcome

TAPE_MAX = 1_000


class Series(Protocol):
    """Candles of one interval."""

    interval_min: int

    @property
    def open_bar(self) -> Bar:
        """The newest candle."""
        ...

    def bars(self, time_s: float, *, since_s: float | None = None) -> list[Bar]:
        """The newest 721 candles, oldest first, the open one last."""
        ...


class Day(Protocol):
    """The last 24 hours."""

    @property
    def total(self) -> Bar:
        """Its candle."""
        ...

    def roll(self, time_s: float) -> None:
        """Let what is older than a day fall out."""
        ...


class MarketBoard(ABC):
    """One pair, as it is shown and traded."""

    candles: Mapping[int, Series]
    day: Day

    def __init__(self, pair: PairListing, engine: MatchingEngine) -> None:
        self.pair, self._engine = pair, engine
        self.book = engine.books[pair.symbol]
        self.tape: deque[TapePrint] = deque(maxlen=TAPE_MAX)

    @property
    def last(self) -> TapePrint:
        """Newest trade."""
        return self.tape[-1]

    def bbo(self) -> tuple[int, int, int, int]:
        """Best bid, its lots, best ask, its lots; zeros where a side is empty."""
        bid, ask = self.book.bids.best or 0, self.book.asks.best or 0
        return bid, self.book.bids.lots_at(bid), ask, self.book.asks.lots_at(ask)

    def today(self, time_s: float) -> Bar:
        """The candle of this UTC day."""
        return self.candles[24 * 60].bars(time_s)[-1]

    @abstractmethod
    def step(self, now_ms: int) -> Outcome:
        """One market event."""

    @abstractmethod
    def restore(self) -> None:
        """The user acted: let the others react who do so at once."""

    @abstractmethod
    def move(self, percent: float, *, now_ms: int) -> Outcome:
        """Shift the fair price, at once and for good."""

    @abstractmethod
    def note(self, tape: TapePrint) -> TapePrint:
        """Put a trade on the tape; the trade as it is told to everybody."""
