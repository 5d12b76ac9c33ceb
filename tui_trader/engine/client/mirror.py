"""The client's copy of the engine's state: the snapshot, and every event since.

Law: a mirror never invents. It changes by `apply` alone, refuses a gap in the sequence, and says how
long ago it last heard.
"""

from collections import deque
from typing import TYPE_CHECKING, assert_never

from tui_trader.engine.client.frames import (
    EventFrame,
    Goodbye,
    MarketFrame,
    PulseFrame,
    UpdateFrame,
    Welcome,
)
from tui_trader.engine.messages.queries import JournalEntry

if TYPE_CHECKING:
    from tui_trader.engine.state.market_view import MarketView
    from tui_trader.engine.state.trading_state import TradingState

ENTRIES_MAX = 1_000


class SequenceGap(Exception):
    """An event is missing: the mirror is worthless; attach again."""


class Mirror:
    """State and market as of the last frame.

    Args:
        welcome: The snapshot to start from.
    """

    def __init__(self, welcome: Welcome) -> None:
        self.state: TradingState = welcome.state
        self.market: MarketView = welcome.market
        self.sequence: int = welcome.sequence
        self.engine_time_ms: int = welcome.time_ms
        self.pid: int = welcome.pid
        self.entries: deque[JournalEntry] = deque(maxlen=ENTRIES_MAX)
        self.farewell: str | None = None

    def apply(self, frame: UpdateFrame) -> None:
        """Take in one frame.

        Raises:
            SequenceGap: an event before this one never came.
        """
        match frame:
            case EventFrame():
                if frame.sequence != self.sequence + 1:
                    message = f"event {self.sequence + 1} is missing before {frame.sequence}"
                    raise SequenceGap(message)
                self.sequence = frame.sequence
                self.state.apply(frame.event)
                self.entries.append(JournalEntry(sequence=frame.sequence, event=frame.event))
            case MarketFrame():
                for report in frame.reports:
                    self.market.apply(report)
            case PulseFrame():
                self.engine_time_ms = frame.time_ms
            case Goodbye():
                self.farewell = frame.reason
            case _:
                assert_never(frame)
