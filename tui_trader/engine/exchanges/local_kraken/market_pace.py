"""The market's pulse: so many made events a second, or a tape at a speed; paused, stepped, hurried.

Law: a tape is never skipped. Who asks for more than the machine can play gets all of it, later.
"""

import asyncio
import random
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from enum import Enum

from tui_trader.engine.exchanges.simulator.replay_market import ReplayMarket
from tui_trader.engine.ports.clock import Clock
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.time import MS_PER_SECOND, format_rfc3339

EVENTS_PER_SECOND = 10.0
"""Of a made market, over all pairs, at speed 1."""
_WAKE_S_MIN, _WAKE_S_MAX = 0.01, 0.25
_BURST_MAX = 200
"""Events between two breaths; after a stall a made market does not catch up with more than this."""
_TRADE_GAP_MS = 60_000
STEP_CANDLES_MAX = 500

Play = Callable[[Symbol], None]


class Gaps(Enum):
    """What happens where nothing was recorded."""

    JUMP = "jump"
    """The tape's time jumps to the next trade."""
    IDLE = "idle"
    """It passes, at the tape's speed, and nothing happens."""


class MarketPace(ABC):
    """When the next market event happens.

    Args:
        play: Lets the next event of one pair happen.
        speed: How fast; 0 begins paused.
    """

    def __init__(self, play: Play, *, speed: float, clock: Clock) -> None:
        self._play, self._clock = play, clock
        self._speed = speed
        self._is_paused = speed == 0
        self._wake = asyncio.Event()

    async def run(self) -> None:
        """Let market events happen until cancelled."""
        last_ms = self._clock.monotonic_ms()
        while True:
            if self._is_still():
                self._wake.clear()
                await self._wake.wait()
                last_ms = self._clock.monotonic_ms()
            await asyncio.sleep(self._pause_s())
            now_ms = self._clock.monotonic_ms()
            if not self._is_still():
                self._advance((now_ms - last_ms) / MS_PER_SECOND * self._speed)
            last_ms = now_ms

    def pause(self) -> None:
        """Stand still."""
        self._is_paused = True

    def resume(self) -> None:
        """Go on; at speed 1 if it began with 0."""
        self._is_paused = False
        self._speed = self._speed or 1.0
        self._wake.set()

    def accelerate(self, speed: float) -> None:
        """Go so fast from now on; a pause stays a pause."""
        self._speed = speed
        self._wake.set()

    @abstractmethod
    def step(self, candles: int) -> None:
        """Play up to the first trade of the next candle, so many times, and stay paused."""

    @abstractmethod
    def state(self) -> Mapping[str, object]:
        """What `GET /_control` tells."""

    @abstractmethod
    def _advance(self, seconds: float) -> None: ...

    @abstractmethod
    def _pause_s(self) -> float: ...

    def _is_still(self) -> bool:
        return self._is_paused or self._speed == 0


class MadePace(MarketPace):
    """Of a market that a crowd makes.

    Args:
        symbols: Pairs that take turns, by chance.
    """

    def __init__(
        self, play: Play, symbols: Sequence[Symbol], *, speed: float, clock: Clock
    ) -> None:
        super().__init__(play, speed=speed, clock=clock)
        self._symbols = symbols
        self._chance = random.Random(str(symbols))  # noqa: S311 - which pair is next, no secret
        self._due = 0.0

    def step(self, candles: int) -> None:
        """A made market has no next candle.

        Raises:
            ValueError: always.
        """
        message = f"only a replay can be stepped, {candles} candles of a made market cannot"
        raise ValueError(message)

    def state(self) -> Mapping[str, object]:
        """What `GET /_control` tells."""
        return {"kind": "made", "speed": self._speed, "paused": self._is_still()}

    def _pause_s(self) -> float:
        return max(_WAKE_S_MIN, min(_WAKE_S_MAX, 1.0 / (EVENTS_PER_SECOND * self._speed)))

    def _advance(self, seconds: float) -> None:
        self._due = min(self._due + seconds * EVENTS_PER_SECOND, _BURST_MAX)
        while self._due >= 1.0:
            self._due -= 1.0
            self._play(self._chance.choice(self._symbols))


class TapePace(MarketPace):
    """Of recordings, all on one clock.

    Args:
        markets: What is played, in the order of recorded time.
        tell: Hears of the end of the tape, once.
    """

    def __init__(
        self,
        play: Play,
        markets: Mapping[Symbol, ReplayMarket],
        *,
        speed: float,
        clock: Clock,
        gaps: Gaps,
        tell: Callable[[str], None],
    ) -> None:
        super().__init__(play, speed=speed, clock=clock)
        self._markets, self._gaps, self._tell = markets, gaps, tell
        self._played = 0
        self._has_ended = False
        self._now_ms = float(min(market.now_ms for market in markets.values()))

    def step(self, candles: int) -> None:
        """Play up to the first trade of the next candle, so many times, and stay paused.

        Raises:
            ValueError: too many at once, or the tape has ended.
        """
        if candles > STEP_CANDLES_MAX:
            message = f"{candles} candles are too many at once; at most {STEP_CANDLES_MAX}"
            raise ValueError(message)
        self.pause()
        for _ in range(candles):
            self._step_once()

    def state(self) -> Mapping[str, object]:
        """What `GET /_control` tells."""
        return {
            "kind": "replay",
            "speed": self._speed,
            "paused": self._is_still(),
            "tape_time": format_rfc3339(round(self._now_ms)),
            "played": self._played,
            "ended": self._has_ended,
        }

    def _pause_s(self) -> float:
        return _WAKE_S_MIN

    def _is_still(self) -> bool:
        return super()._is_still() or self._has_ended

    def _advance(self, seconds: float) -> None:
        self._now_ms += seconds * MS_PER_SECOND
        for _ in range(_BURST_MAX):
            symbol, next_ms = self._first()
            if symbol is None:
                self._end()
                return
            if next_ms > self._now_ms:
                if not self._is_gap(symbol, next_ms):
                    return
                self._now_ms = next_ms
            self._play_one(symbol)
        # More was asked for than fits between two breaths: the tape's time waits for its events.
        self._now_ms = min(self._now_ms, self._first()[1])

    def _step_once(self) -> None:
        present = max(market.candle_begin_ms for market in self._markets.values())
        reached: float | None = None
        while True:
            symbol, next_ms = self._first()
            if symbol is None:
                self._end()
                break
            if reached is not None and next_ms > reached:
                break
            market = self._markets[symbol]
            self._now_ms = max(self._now_ms, next_ms)
            self._play_one(symbol)
            if reached is None and market.candle_begin_ms > present:
                reached = next_ms

    def _play_one(self, symbol: Symbol) -> None:
        self._played += 1
        self._play(symbol)

    def _first(self) -> tuple[Symbol | None, float]:
        """Whose event is next, and when it was recorded."""
        moments = {
            symbol: market.next_ms
            for symbol, market in self._markets.items()
            if market.next_ms is not None
        }
        if not moments:
            return None, self._now_ms
        symbol = min(moments, key=lambda each: moments[each])
        return symbol, moments[symbol]

    def _is_gap(self, symbol: Symbol, next_ms: float) -> bool:
        market = self._markets[symbol]
        return self._gaps is Gaps.JUMP and next_ms - market.now_ms > (
            market.interval_ms or _TRADE_GAP_MS
        )

    def _end(self) -> None:
        if not self._has_ended:
            self._has_ended = True
            self._tell(f"the tape has ended, at {format_rfc3339(round(self._now_ms))}")
