"""Reports for a strategy that the core hosts: a candle closed, the next began, its first prices are in.

Whoever has the candles works out what the strategy says of them; the core only decides. So a journal
of these replays without the strategy's code.
"""

import msgspec

from tui_trader.engine.messages.reports import BaseReport
from tui_trader.engine.messages.signal_reports import ForecastReport
from tui_trader.engine.values.candles import Candle
from tui_trader.engine.values.instruments import Symbol


class ClosedCandle(msgspec.Struct, frozen=True, kw_only=True):
    """A candle that has closed, and what was known at its close.

    Args:
        signal: 1 be in, -1 be out, 0 nothing new.
        atr: Average true range, quote; `None` where it is not known or no rule asks.
        volatility: Realised, ratio per year; likewise.
    """

    symbol: Symbol
    candle: Candle
    signal: int
    atr: float | None = None
    volatility: float | None = None


class CandlesClosedReport(BaseReport, frozen=True, kw_only=True):
    """The candles of one moment have closed, for every pair of a strategy that has one.

    Args:
        strategy: Name of the hosted strategy.
        closes: In the order of its pairs; a pair without a trade in the interval is absent.
        is_late: The moment to enter on it has passed; stops move and exits count all the same.
    """

    strategy: str
    closes: tuple[ClosedCandle, ...]
    is_late: bool = False


class CandlesBeganReport(BaseReport, frozen=True, kw_only=True):
    """The next candles begin: from here on prices belong to them.

    Args:
        strategy: Name of the hosted strategy.
        open_time_ms: Their start, UTC: the clock of the rules. In a replay it is that of the recording,
            while `time_ms` is the machine's (docs/decisions/0004).
    """

    strategy: str
    open_time_ms: int


class CandlesOpenedReport(BaseReport, frozen=True, kw_only=True):
    """The first prices of these candles are in the market view: what was wanted can be done.

    Args:
        strategy: Name of the hosted strategy.
        symbols: In the order of its pairs.
        opens: Their first prices, which size entries; empty where those are the last prices still.
    """

    strategy: str
    symbols: tuple[Symbol, ...]
    opens: tuple[float, ...] = ()


class WindowRefilledReport(BaseReport, frozen=True, kw_only=True):
    """Candles were missed, and are known now; they follow as late ones.

    Args:
        missed_count: How many.
        reason: Why they were missed.
    """

    strategy: str
    missed_count: int
    reason: str


class StrategyFaultReport(BaseReport, frozen=True, kw_only=True):
    """A strategy cannot say anything: its code or its candles cannot be had."""

    strategy: str
    reason: str


class SignalMissingReport(BaseReport, frozen=True, kw_only=True):
    """A candle ended, and its end could not be learned in time: nothing is decided on it."""

    strategy: str
    candle_ms: int
    reason: str


StrategyReport = (
    CandlesClosedReport
    | CandlesBeganReport
    | CandlesOpenedReport
    | WindowRefilledReport
    | StrategyFaultReport
    | SignalMissingReport
    | ForecastReport
)
