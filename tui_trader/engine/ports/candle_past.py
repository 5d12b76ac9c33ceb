"""Where candles that are further back than a venue's own history are read from."""

from typing import Protocol

from tui_trader.engine.values.candles import Candle, Interval
from tui_trader.engine.values.instruments import Symbol


class CandlePast(Protocol):
    """Closed candles that were kept.

    Its method blocks on the disk: call it on a thread that may wait.
    """

    def before(
        self, symbol: Symbol, interval: Interval, before_ms: int, *, count: int
    ) -> tuple[Candle, ...]:
        """The last candles that began before `before_ms`, oldest first: at most `count`.

        Fewer where a hole lies among them or the first is reached; none only where none is kept, or
        the hole is longer than the store looks.

        Raises:
            StoreError: what is kept is damaged.
        """
        ...
