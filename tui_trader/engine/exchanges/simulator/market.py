"""The market of one pair: book, crowd, tape, candles and the day, moving with the fair price.

Law: a frozen market (no events) stands still: the fair price stays at the moment it was frozen
and the crowd restores what the user took, so the same acts give the same answers.
"""

from collections import deque
from dataclasses import dataclass, field

from tui_trader.engine.exchanges.simulator.candles import INTERVALS_MIN, CandleSeries
from tui_trader.engine.exchanges.simulator.day_stats import DayStats
from tui_trader.engine.exchanges.simulator.events import TapePrint
from tui_trader.engine.exchanges.simulator.fair_price import FairPrice
from tui_trader.engine.exchanges.simulator.flow import Chance, Crowd
from tui_trader.engine.exchanges.simulator.listings import PairListing
from tui_trader.engine.exchanges.simulator.matching import MatchingEngine, Outcome
from tui_trader.engine.values.orders import OrderType, Side

TAPE_MAX = 1_000
_TAPE_PAST = 50
_TAPE_PAST_SPACING_S = 1.7
_FAIR_PRICE_AGE_MS_MAX = 50
_MS_PER_S = 1_000
_PERCENT = 100.0
_QUARTER_MIN = 15
_TAPE_PAST_LOTS = 100.0
_LOTS_PER_UNIT = 1e8


@dataclass(slots=True)
class Quote:
    """Last trade and best prices as last looked at, to see whether they changed."""

    last: int
    last_lots: int
    bbo: tuple[int, int, int, int] = field(default=(0, 0, 0, 0))


class PairMarket:
    """One pair, alive.

    Args:
        now_ms: Beginning of this run.
        is_frozen: Nothing moves by itself.
    """

    def __init__(
        self,
        pair: PairListing,
        engine: MatchingEngine,
        chance: Chance,
        *,
        seed: int,
        now_ms: int,
        is_frozen: bool,
    ) -> None:
        self.pair, self._chance = pair, chance
        self.book = engine.books[pair.symbol]
        self.tape: deque[TapePrint] = deque(maxlen=TAPE_MAX)
        self._is_frozen = is_frozen
        self._fair = FairPrice(pair, seed)
        self._shift = 1.0
        self._started_ms = self._fair_ms = now_ms
        self._fair_value = self._fair.at(now_ms / _MS_PER_S)
        self._crowd = Crowd(pair, engine, chance)
        started_s = now_ms / _MS_PER_S
        self.candles = {
            minutes: CandleSeries(pair, self._fair, interval_min=minutes, started_s=started_s)
            for minutes in INTERVALS_MIN
        }
        self.day = DayStats(self.candles[_QUARTER_MIN])
        self._print_past(now_ms)
        self._crowd.lay(self._fair_ticks(now_ms))

    @property
    def last(self) -> TapePrint:
        """Newest trade."""
        return self.tape[-1]

    def step(self, now_ms: int) -> Outcome:
        """One market event."""
        return self._crowd.step(self._fair_ticks(now_ms), now_ms=now_ms)

    def restore(self) -> None:
        """Let the crowd of a frozen market put back what the user took."""
        if self._is_frozen:
            self._crowd.restore()

    def move(self, percent: float, *, now_ms: int) -> Outcome:
        """Shift the fair price, at once and for good."""
        self._shift *= 1.0 + percent / _PERCENT
        return self._crowd.jump(self._fair_ticks(now_ms), now_ms=now_ms)

    def note(self, tape: TapePrint) -> None:
        """Put a trade on the tape and into every candle."""
        self.tape.append(tape)
        time_s = tape.time_ms / _MS_PER_S
        for series in self.candles.values():
            series.add(time_s, tape.ticks, tape.lots)
        self.day.add(tape.ticks, tape.lots)

    def bbo(self) -> tuple[int, int, int, int]:
        """Best bid, its lots, best ask, its lots; zeros where a side is empty."""
        bid, ask = self.book.bids.best or 0, self.book.asks.best or 0
        return bid, self.book.bids.lots_at(bid), ask, self.book.asks.lots_at(ask)

    def _fair_ticks(self, now_ms: int) -> float:
        # A look costs 0.1 ms; in 50 ms the price moves by less than a level.
        if not self._is_frozen and now_ms - self._fair_ms > _FAIR_PRICE_AGE_MS_MAX:
            self._fair_ms, self._fair_value = now_ms, self._fair.at(now_ms / _MS_PER_S)
        return self._fair_value * self._shift * self.pair.ticks_per_unit

    def _print_past(self, now_ms: int) -> None:
        """A tape that begins before the run, so that there is a last trade."""
        now_s = now_ms / _MS_PER_S
        times = [now_s - _TAPE_PAST_SPACING_S * back for back in range(_TAPE_PAST, 0, -1)]
        first_id = now_ms - _TAPE_PAST
        for number, (time_s, price) in enumerate(zip(times, self._fair.path(times), strict=True)):
            self.tape.append(
                TapePrint(
                    tape_id=first_id + number,
                    time_ms=int(time_s * _MS_PER_S),
                    symbol=self.pair.symbol,
                    side=Side.BUY if self._chance.random() < 0.5 else Side.SELL,  # noqa: PLR2004 - a coin
                    order_type=OrderType.MARKET,
                    ticks=max(1, round(price * self.pair.ticks_per_unit)),
                    lots=1 + int(self._chance.random() * _TAPE_PAST_LOTS / price * _LOTS_PER_UNIT),
                )
            )
