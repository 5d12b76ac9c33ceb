"""The made market of one pair: a crowd that quotes and trades around the fair price.

Law: a frozen market (no events) stands still: the fair price stays at the moment it was frozen
and the crowd restores what the user took, so the same acts give the same answers.
"""

from tui_trader.engine.exchanges.simulator.board import MarketBoard
from tui_trader.engine.exchanges.simulator.candles import INTERVALS_MIN, CandleSeries
from tui_trader.engine.exchanges.simulator.day_stats import DayStats
from tui_trader.engine.exchanges.simulator.events import TapePrint
from tui_trader.engine.exchanges.simulator.fair_price import FairPrice
from tui_trader.engine.exchanges.simulator.flow import Chance, Crowd
from tui_trader.engine.exchanges.simulator.listings import PairListing
from tui_trader.engine.exchanges.simulator.matching import MatchingEngine, Outcome
from tui_trader.engine.values.orders import OrderType, Side

_TAPE_PAST = 50
_TAPE_PAST_SPACING_S = 1.7
_FAIR_PRICE_AGE_MS_MAX = 50
_UNREST_AGE_MS_MAX = 2_000
_MS_PER_S = 1_000
_PERCENT = 100.0
_SHIFT_MAX = 1_000.0
"""Beyond, prices would outgrow their digits, or be less than a tick."""
_QUARTER_MIN = 15
_TAPE_PAST_LOTS = 100.0
_LOTS_PER_UNIT = 1e8


class PairMarket(MarketBoard):
    """One pair, alive.

    Args:
        now_ms: Beginning of this run.
        fair: What the crowd thinks it is worth.
        is_frozen: Nothing moves by itself.
    """

    def __init__(
        self,
        pair: PairListing,
        engine: MatchingEngine,
        chance: Chance,
        *,
        fair: FairPrice,
        now_ms: int,
        is_frozen: bool,
    ) -> None:
        super().__init__(pair, engine)
        self._chance = chance
        self._is_frozen = is_frozen
        self._fair = fair
        self._shift = 1.0
        self._fair_ms = self._unrest_ms = now_ms
        self._fair_value = self._fair.at(now_ms / _MS_PER_S)
        self._crowd = Crowd(pair, engine, chance)
        self._crowd.unrest = self._fair.unrest(now_ms / _MS_PER_S)
        started_s = now_ms / _MS_PER_S
        self._series = {
            minutes: CandleSeries(pair, self._fair, interval_min=minutes, started_s=started_s)
            for minutes in INTERVALS_MIN
        }
        self.candles = self._series
        self._day = DayStats(self._series[_QUARTER_MIN])
        self.day = self._day
        self._print_past(now_ms)
        self._crowd.lay(self._fair_ticks(now_ms))

    def step(self, now_ms: int) -> Outcome:
        """One market event."""
        if now_ms - self._unrest_ms > _UNREST_AGE_MS_MAX:
            self._unrest_ms = now_ms
            self._crowd.unrest = self._fair.unrest(now_ms / _MS_PER_S)
        return self._crowd.step(self._fair_ticks(now_ms), now_ms=now_ms)

    def restore(self) -> None:
        """Let the crowd of a frozen market put back what the user took."""
        if self._is_frozen:
            self._crowd.restore()

    def move(self, percent: float, *, now_ms: int) -> Outcome:
        """Shift the fair price, at once and for good.

        Raises:
            ValueError: all jumps together would lead too far away.
        """
        shift = self._shift * (1.0 + percent / _PERCENT)
        if not 1.0 / _SHIFT_MAX <= shift * self._fair.shift <= _SHIFT_MAX:
            message = f"{self.pair.symbol} has jumped as far as it can: {_SHIFT_MAX:,.0f} times"
            raise ValueError(message)
        self._shift = shift
        return self._crowd.jump(self._fair_ticks(now_ms), now_ms=now_ms)

    def note(self, tape: TapePrint) -> TapePrint:
        """Put a trade on the tape and into every candle."""
        self.tape.append(tape)
        time_s = tape.time_ms / _MS_PER_S
        for series in self._series.values():
            series.add(time_s, tape.ticks, tape.lots)
        self._day.add(tape.ticks, tape.lots)
        return tape

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
