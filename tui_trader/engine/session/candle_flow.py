"""Who was in a hurry and what waited in the book, for the newest candles of a feed that tells.

Law: nothing is guessed. What takers bought of a candle is known only where all that was counted makes up
the candle's volume: a trade that was missed, a link that fell or a minute that was half over when somebody
began to listen leaves it unknown, whatever the reason. The book of a close is known only where the feed was
heard shortly before it and the book was verified.
"""

from math import isclose

import msgspec

from tui_trader.engine.messages.reports import BookReport, Report, TakerReport
from tui_trader.engine.values.candles import Candle, Interval
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.time import MS_PER_MINUTE

MINUTES_MAX = 1_440
"""Minutes that are kept of each pair: a day, a few hundred kilobytes."""
SILENCE_MAX_MS = 10_000
"""A book that nobody spoke of for longer before a close may have been another by then."""
SUM_TOLERANCE = 1e-6
"""Part of a candle's volume that the sum of its trades may miss: far above rounding, below any use."""


Minutes = dict[int, tuple[float, float]]
"""What takers bought and sold, by start of the minute; the oldest first."""


class CandleFlows:
    """Takers and books by the minute, of every pair that a feed reports."""

    def __init__(self) -> None:
        self._taken: dict[Symbol, Minutes] = {}
        self._imbalances: dict[Symbol, dict[int, float]] = {}
        self._books: dict[Symbol, BookReport] = {}
        self._heard_ms = 0

    def hear(self, report: Report) -> None:
        """Take note of what the feed delivers; never blocks."""
        self._close_minute(report.time_ms)
        match report:
            case TakerReport():
                self._hear_takers(report)
            case BookReport():
                self._books[report.symbol] = report
            case _:
                pass

    def told(
        self, symbol: Symbol, interval: Interval, candles: tuple[Candle, ...]
    ) -> tuple[Candle, ...]:
        """Candles with what is known of their flow; None where it is not."""
        minutes, imbalances = self._taken.get(symbol, {}), self._imbalances.get(symbol, {})
        first_ms = min((next(iter(kept)) for kept in (minutes, imbalances) if kept), default=None)
        if first_ms is None:
            return candles
        return tuple(
            candle
            if candle.open_time_ms + interval.ms <= first_ms
            else msgspec.structs.replace(
                candle,
                buy_volume_base=_bought(minutes, candle, interval),
                book_imbalance=imbalances.get(candle.open_time_ms + interval.ms - MS_PER_MINUTE),
            )
            for candle in candles
        )

    def _hear_takers(self, report: TakerReport) -> None:
        minutes = self._taken.setdefault(report.symbol, {})
        newest_ms = next(reversed(minutes), 0)
        for minute in report.minutes:
            if minute.open_time_ms < newest_ms - MS_PER_MINUTE:
                # The venue's clock went back: what came before would lie after what comes now.
                continue
            minutes[minute.open_time_ms] = (minute.bought_base, minute.sold_base)
        while len(minutes) > MINUTES_MAX:
            minutes.pop(next(iter(minutes)))

    def _close_minute(self, now_ms: int) -> None:
        """Keep the books as they stood at the end of the minute that this report is the first after."""
        before_ms, self._heard_ms = self._heard_ms, max(self._heard_ms, now_ms)
        minute_ms = before_ms - before_ms % MS_PER_MINUTE
        end_ms = minute_ms + MS_PER_MINUTE
        if not before_ms or now_ms < end_ms or end_ms - before_ms > SILENCE_MAX_MS:
            return
        for symbol, book in self._books.items():
            imbalance = _imbalance(book)
            if imbalance is not None:
                kept = self._imbalances.setdefault(symbol, {})
                kept[minute_ms] = imbalance
                if len(kept) > MINUTES_MAX:
                    kept.pop(next(iter(kept)))


def _bought(minutes: Minutes, candle: Candle, interval: Interval) -> float | None:
    if not minutes or candle.open_time_ms < next(iter(minutes)):
        return None
    end_ms = candle.open_time_ms + interval.ms
    heard = [
        minutes[time_ms]
        for time_ms in range(candle.open_time_ms, end_ms, MS_PER_MINUTE)
        if time_ms in minutes
    ]
    bought, sold = (sum(side) for side in zip(*heard, strict=True)) if heard else (0.0, 0.0)
    if not isclose(bought + sold, candle.volume_base, rel_tol=SUM_TOLERANCE):
        return None
    return min(bought, candle.volume_base)


def _imbalance(book: BookReport) -> float | None:
    bid = float(sum(level.quantity_base for level in book.bids))
    ask = float(sum(level.quantity_base for level in book.asks))
    if not book.is_verified or not bid + ask > 0:
        return None
    return (bid - ask) / (bid + ask)
