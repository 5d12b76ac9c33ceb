"""What is remembered of a strategy that trades live: plain, frozen, fit for a journal.

The core works on the same fields in `core/host_book.py`; here unknown numbers are None, because JSON
carries no NaN.
"""

from enum import Enum

import msgspec

from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.orders import ClientOrderId

RuleValue = float | tuple[float, ...]


class StrategyPhase(Enum):
    """What a started strategy may do."""

    RUNNING = "running"
    HELD = "held"
    """It enters nothing; what it holds keeps its stop, its take profit and its exits."""
    CLOSING = "closing"
    """It sells what it holds, and ends."""


class HeldNote(msgspec.Struct, frozen=True, kw_only=True):
    """A position of a strategy, with what protects it. Money in steps of 1e-8 quote."""

    entry_time_ms: int
    entry_ticks: int
    entry: float
    lots: int
    lots_first: int
    cost: int
    fees: int
    proceeds: int
    sales: int
    stop_ticks: int
    stop: float
    risk_price: float
    take_way: float
    take_ticks: int
    take: float
    part: int
    bars: int
    highest: float
    lowest: float
    slippage: float


class PairNote(msgspec.Struct, frozen=True, kw_only=True):
    """One pair of a strategy.

    Args:
        grid: Ticks and lots per unit, smallest order in lots and in quote.
        closed_ms: Start of the last candle it has been told the end of, UTC; 0 for none.
        order_candle_ms: Candle in which the order under way was decided.
    """

    grid: tuple[float, float, int, float]
    want: int
    leaving: int
    is_time_up: bool
    closed_ms: int
    close: float
    atr: float | None
    volatility: float | None
    volume: float | None
    cool_until_ms: int
    held: HeldNote | None
    order: ClientOrderId | None
    order_candle_ms: int
    price: float
    reason: int


class StrategyNote(msgspec.Struct, frozen=True, kw_only=True):
    """All pairs and the wallet of a strategy."""

    pairs: dict[Symbol, PairNote]
    candle_ms: int
    order_count: int
    is_marked: bool
    equity: float
    peak: float
    day_start: float
    day_end_ms: int
    entries_today: int
    streak: int
    paused_until_ms: int
    wins: int
    losses: int
    win_sum: float
    loss_sum: float
    traded: dict[int, int]
    blocks: dict[int, int]


class StrategySpec(msgspec.Struct, frozen=True, kw_only=True):
    """What was started, as it was started: a restart goes on with the same.

    Args:
        name: Its own name; one of a name runs at a time.
        file: Path of a user's own, "" for one that comes with the program.
        file_digest: SHA-256 of that file as it was then; "" where it is not known.
        symbols: Their order decides who is served first.
        rules: Sizing, stops and costs by name, as `rules.model.TradeRules`.
        risk: Limits by name, as `rules.model.RiskRules`.
        started_ms: When, UTC; part of the names of its orders.
    """

    name: str
    file: str
    symbols: tuple[Symbol, ...]
    interval: Interval
    parameters: dict[str, float]
    rules: dict[str, RuleValue]
    risk: dict[str, float]
    started_ms: int
    file_digest: str = ""
