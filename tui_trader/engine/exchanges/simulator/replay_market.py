"""The market of one pair as it was recorded, with the user's orders in it.

Law: what was recorded is told exactly; users trade beside it. A user's order is filled entirely
when the recorded price passes it, and at its price as far as the recorded trade reaches; what a
user takes comes from the quotes around the price, which are there again after the next tick.
"""

import math
from collections.abc import Mapping
from dataclasses import replace

import msgspec

from tui_trader.engine.exchanges.simulator.board import MarketBoard
from tui_trader.engine.exchanges.simulator.book import BookSide
from tui_trader.engine.exchanges.simulator.candles import INTERVALS_MIN
from tui_trader.engine.exchanges.simulator.events import TapePrint
from tui_trader.engine.exchanges.simulator.listings import LOT_DECIMALS, PairListing
from tui_trader.engine.exchanges.simulator.matching import MatchingEngine, Outcome
from tui_trader.engine.exchanges.simulator.noise import hash_unit
from tui_trader.engine.exchanges.simulator.tape import BookChange, Tape, TapeEvent, Tick
from tui_trader.engine.exchanges.simulator.tape_series import TapeDay, TapeSeries
from tui_trader.engine.values.orders import OrderType, Side

_MS_PER_S = 1_000
_QUARTER_MIN = 15
_BPS = 1e-4
_SPREAD_BPS, _GAP_BPS = 0.2, 0.5
_LEVELS = 25
_RECORDED_LEVELS_MAX = 100
_LEVEL_USD_BEST, _LEVEL_USD_STEP = 20_000.0, 5_000.0
_LOTS_PER_UNIT = 10**LOT_DECIMALS
_PERCENT = 100.0
_TICK_LOTS_MIN = 1


class ReplayMarket(MarketBoard):
    """One pair, played from a tape.

    Args:
        tape: Played from its beginning; its first event is looked at once.

    Raises:
        ValueError: there is nothing on the tape.
    """

    def __init__(self, pair: PairListing, engine: MatchingEngine, tape: Tape) -> None:
        super().__init__(pair, engine)
        self._events = tape.events
        self._next: TapeEvent | None = next(self._events, None)
        if self._next is None:
            message = f"{pair.symbol}: nothing is recorded in that span"
            raise ValueError(message)
        self.interval_ms = tape.interval_s * _MS_PER_S
        self._recorded: dict[Side, dict[int, int]] | None = (
            {Side.BUY: {}, Side.SELL: {}} if tape.has_books else None
        )
        self._depth = tape.book_depth
        self._played = 0
        self.now_ms = self._next.time_ms
        """Of the recording: the moment that is being played."""
        self._tick = _first_tick(tape, self._next)
        series = {minutes: TapeSeries(tape, interval_min=minutes) for minutes in INTERVALS_MIN}
        self._series: Mapping[int, TapeSeries] = series
        for each in series.values():
            if each.is_empty():
                each.add(replace(self._tick, lots=0, trades=0))
        self.candles = series
        self.day = TapeDay(series[_QUARTER_MIN])
        self.tape.append(self._print_of(self._tick))
        self._lay()

    @property
    def next_ms(self) -> int | None:
        """When the next event was recorded; `None` at the end of the tape."""
        return None if self._next is None else self._next.time_ms

    @property
    def candle_begin_ms(self) -> int:
        """Begin of the candle that is being played; before the first event that of none."""
        if not self._played:
            return -1
        length_ms = self.interval_ms or _QUARTER_MIN * 60 * _MS_PER_S
        return self.now_ms // length_ms * length_ms

    def step(self, now_ms: int) -> Outcome:
        """Play one event of the tape; what users trade by it is stamped `now_ms`."""
        event = self._next
        if event is None:
            return Outcome()
        self._next = next(self._events, None)
        self._played += 1
        self.now_ms = event.time_ms
        match event:
            case Tick():
                return self._play_tick(event, now_ms)
            case BookChange():
                return self._play_book(event, now_ms)

    def restore(self) -> None:
        """The quotes wait for the next tick."""

    def move(self, percent: float, *, now_ms: int) -> Outcome:
        """A recording does not move.

        Raises:
            ValueError: always.
        """
        message = (
            f"{self.pair.symbol} is a recording; {percent:g} % at {now_ms} did not happen in it"
        )
        raise ValueError(message)

    def note(self, tape: TapePrint) -> TapePrint:
        """Put a trade on the tape, at the time of the recording."""
        told = msgspec.structs.replace(tape, time_ms=self.now_ms)
        self.tape.append(told)
        return told

    # Playing

    def _play_tick(self, tick: Tick, now_ms: int) -> Outcome:
        self._tick = tick
        self._clear_house()
        outcome = self._trade_through(tick, now_ms)
        if tick.lots:
            outcome.add(self._trade_at(tick, now_ms))
        for series in self._series.values():
            series.add(tick)
        self._lay()
        return outcome

    def _play_book(self, change: BookChange, now_ms: int) -> Outcome:
        assert self._recorded is not None
        for side, rows in ((Side.BUY, change.bids), (Side.SELL, change.asks)):
            levels = self._recorded[side]
            if change.is_snapshot:
                levels.clear()
            for ticks, lots in rows:
                if lots:
                    levels[ticks] = lots
                else:
                    levels.pop(ticks, None)
            if self._depth:
                for ticks in sorted(levels, reverse=side is Side.BUY)[self._depth :]:
                    del levels[ticks]
        outcome = Outcome()
        if self._engine.account.open_orders:
            self._clear_house()
            outcome = self._sweep_recorded(now_ms)
        self._lay()
        return outcome

    def _trade_through(self, tick: Tick, now_ms: int) -> Outcome:
        """Fill every order of users that the price has passed."""
        outcome = self._take_users(self.book.bids, tick.ticks + 1, now_ms)
        outcome.add(self._take_users(self.book.asks, tick.ticks - 1, now_ms))
        return outcome

    def _take_users(self, book_side: BookSide, limit: int, now_ms: int) -> Outcome:
        """Trade away all of one side up to `limit`: the house has no quotes at this moment."""
        is_bids = book_side.side is Side.BUY
        lots = sum(
            level.lots
            for ticks, level in book_side.levels.items()
            if (ticks >= limit if is_bids else ticks <= limit)
        )
        if not lots or limit < 1:
            return Outcome()
        return self._engine.house_take(
            self.pair, book_side.side.opposite, lots=lots, limit=limit, now_ms=now_ms
        )

    def _trade_at(self, tick: Tick, now_ms: int) -> Outcome:
        """The recorded trade: users who wait at its price come first, up to its quantity."""
        maker_side = tick.side.opposite
        if not self.book.crosses(maker_side, tick.ticks):
            self.book.set_house(maker_side, tick.ticks, tick.lots)
        outcome = self._engine.house_take(
            self.pair, tick.side, lots=tick.lots, limit=tick.ticks, now_ms=now_ms
        )
        # A user waits on the taker's own side of that price: the recorded trade would have met it.
        other = self.book.side(tick.side)
        if other.best == tick.ticks and not outcome.events:
            outcome.add(
                self._engine.house_take(
                    self.pair, maker_side, lots=tick.lots, limit=tick.ticks, now_ms=now_ms
                )
            )
        self._clear_house()
        return outcome

    def _sweep_recorded(self, now_ms: int) -> Outcome:
        """Fill users whom the recorded quotes have passed."""
        assert self._recorded is not None
        bid = max(self._recorded[Side.BUY], default=None)
        ask = min(self._recorded[Side.SELL], default=None)
        outcome = Outcome()
        if ask is not None:
            outcome.add(self._take_users(self.book.bids, ask, now_ms))
        if bid is not None:
            outcome.add(self._take_users(self.book.asks, bid, now_ms))
        return outcome

    # Quotes

    def _clear_house(self) -> None:
        for book_side in (self.book.bids, self.book.asks):
            for ticks in list(book_side.prices):
                self.book.set_house(book_side.side, ticks, 0)

    def _lay(self) -> None:
        if self._recorded is not None and all(self._recorded.values()):
            self._lay_recorded(self._recorded)
        else:
            self._lay_made()

    def _lay_recorded(self, recorded: Mapping[Side, Mapping[int, int]]) -> None:
        best = {
            side: sorted(levels, reverse=side is Side.BUY)[:_RECORDED_LEVELS_MAX]
            for side, levels in recorded.items()
        }
        # First what is gone on both sides: a quote that came must not cross one that left.
        for side, prices in best.items():
            for ticks in set(self.book.side(side).prices) - set(prices):
                self.book.set_house(side, ticks, 0)
        for side, prices in best.items():
            for ticks in prices:
                self._quote(side, ticks, recorded[side][ticks])

    def _lay_made(self) -> None:
        """Quotes around the last trade, which was at the ask if somebody bought."""
        ticks, seed = self._tick.ticks, self._tick.time_ms
        spread = max(1, round(ticks * _SPREAD_BPS * _BPS))
        is_buy = self._tick.side is Side.BUY
        ask = ticks if is_buy else ticks + spread
        gap = max(1.0, ticks * _GAP_BPS * _BPS)
        fronts = ((Side.BUY, max(1, ask - spread)), (Side.SELL, max(2, ask)))
        for side, front in fronts:
            price = front
            for index in range(_LEVELS):
                self._quote(side, price, self._level_lots(index, price, seed=seed))
                price -= side.sign * math.ceil(gap * (0.5 + hash_unit(seed, index)))

    def _quote(self, side: Side, ticks: int, lots: int) -> None:
        if ticks >= 1 and not self.book.crosses(side, ticks):
            self.book.set_house(side, ticks, lots)

    def _level_lots(self, index: int, ticks: int, *, seed: int) -> int:
        usd = (_LEVEL_USD_BEST + _LEVEL_USD_STEP * index) * (0.5 + hash_unit(seed + index, 7))
        return max(_TICK_LOTS_MIN, int(usd * self.pair.ticks_per_unit / ticks * _LOTS_PER_UNIT))

    def _print_of(self, tick: Tick) -> TapePrint:
        return TapePrint(
            tape_id=0,
            time_ms=tick.time_ms,
            symbol=self.pair.symbol,
            side=tick.side,
            order_type=OrderType.MARKET,
            ticks=tick.ticks,
            lots=max(tick.lots, _TICK_LOTS_MIN),
        )


def _first_tick(tape: Tape, first: TapeEvent) -> Tick:
    """The price before anything was played: the newest of the past, or the first that comes."""
    if tape.history:
        last = tape.history[-1]
        return Tick(last.begin_s * _MS_PER_S, last.close, last.lots, Side.BUY, 0)
    if tape.past_ticks:
        return tape.past_ticks[-1]
    if isinstance(first, Tick):
        return first
    prices = [ticks for ticks, lots in (*first.bids, *first.asks) if lots]
    return Tick(first.time_ms, prices[0] if prices else 1, 0, Side.BUY, 0)
