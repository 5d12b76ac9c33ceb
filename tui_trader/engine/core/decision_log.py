"""Why a strategy traded or did not: its newest decisions, and the first limit that said no, in words."""

from collections import deque
from collections.abc import Iterable
from typing import NamedTuple

from tui_trader.engine.core.host_book import HostBook, PairBook
from tui_trader.engine.messages.events import (
    Event,
    StrategyDecided,
    StrategyStarted,
    StrategyStopped,
)
from tui_trader.engine.messages.strategy_queries import DecisionRow
from tui_trader.engine.rules.limits import (
    BLOCKS,
    COOL_DOWN,
    DAILY_LOSS,
    DRAWDOWN,
    LOSING_STREAK,
    POSITIONS,
    TOO_SMALL,
    TRADES_PER_DAY,
    UNKNOWN_PRICES,
    loss_ratio,
)
from tui_trader.engine.rules.model import RiskRules
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.time import MS_PER_MINUTE, format_clock

ROWS_MAX = 500
"""Of each strategy; older ones are in the journal still."""


class Verdict(NamedTuple):
    """What was decided, the rule that said no, and by how much; as in `DecisionRow`."""

    outcome: str
    text: str
    gate: str = ""
    margin: float | None = None


class DecisionLog:
    """The newest decisions of one strategy; not state, but the journal has them for the next engine."""

    def __init__(self) -> None:
        self._rows: deque[DecisionRow] = deque(maxlen=ROWS_MAX)
        self._fresh: list[DecisionRow] = []
        self._signals: dict[Symbol, int] = {}

    def newest(self, limit: int) -> tuple[DecisionRow, ...]:
        """At most `limit` rows, oldest first."""
        return tuple(self._rows)[-max(1, min(limit, ROWS_MAX)) :]

    def heard(self, symbol: Symbol, signal: int) -> None:
        """Remember what the strategy said of the last candle."""
        self._signals[symbol] = signal

    def add(self, symbol: Symbol, verdict: Verdict, *, time_ms: int, candle_ms: int) -> None:
        """One more decision; what was decided again of one candle replaces what it repeats."""
        row = DecisionRow(
            time_ms=time_ms,
            candle_ms=candle_ms,
            symbol=symbol,
            signal=self._signals.get(symbol, 0),
            outcome=verdict.outcome,
            gate=verdict.gate,
            text=verdict.text,
            margin=verdict.margin,
        )
        self._fresh.append(row)
        _append(self._rows, row)

    def recall(self, rows: Iterable[DecisionRow]) -> None:
        """Know what was decided before this session, oldest first."""
        for row in rows:
            _append(self._rows, row)

    def take_fresh(self) -> tuple[DecisionRow, ...]:
        """Rows that nobody has written down yet; once."""
        fresh = tuple(self._fresh)
        self._fresh.clear()
        return fresh


class PastDecisions:
    """What the strategies of a journal decided, told event by event; for the engine that goes on."""

    def __init__(self) -> None:
        self._rows: dict[str, deque[DecisionRow]] = {}

    def hear(self, event: Event) -> None:
        """Remember what an event says of decisions, if anything."""
        match event:
            case StrategyStarted():
                self._rows[event.spec.name] = deque(maxlen=ROWS_MAX)
            case StrategyStopped():
                self._rows.pop(event.strategy, None)
            case StrategyDecided():
                for row in event.rows:
                    _append(self._rows[event.strategy], row)
            case _:
                pass

    def of(self, strategy: str) -> tuple[DecisionRow, ...]:
        """The newest of one strategy, oldest first."""
        return tuple(self._rows.get(strategy, ()))


def _append(rows: deque[DecisionRow], row: DecisionRow) -> None:
    is_order = row.outcome in {"bought", "sold"}
    if rows and not is_order and _subject(rows[-1]) == _subject(row):
        rows.pop()
    rows.append(row)


def _subject(row: DecisionRow) -> tuple[int, Symbol, str, str]:
    return row.candle_ms, row.symbol, row.outcome, row.gate


def signal_words(pair: PairBook, *, is_missed: bool) -> Verdict:
    """What is wanted after a candle."""
    if is_missed and pair.held is None:
        return Verdict("missed", "the candle had ended before it could be heard", "late")
    if pair.want == 0:
        return Verdict("nothing", "nothing new")
    if (pair.want == 1) == (pair.held is not None):
        return Verdict("nothing", "already in" if pair.want == 1 else "already out")
    return Verdict("waits", "for the first price of the next candle")


def block_words(code: int, book: HostBook, pair: PairBook, *, risk: RiskRules) -> Verdict:
    """What a limit of the rulebook says, and by how much it is exceeded, in its own unit."""
    day_loss = loss_ratio(book.equity, book.day_start)
    fall = loss_ratio(book.equity, book.peak)
    streak = f"{book.streak} losing trades in a row"
    words: dict[int, tuple[str, float | None]] = {
        UNKNOWN_PRICES: ("the range or the volatility that the rules need is not known yet", None),
        POSITIONS: _counted("positions are open", book.open_count(), risk.positions_max),
        TRADES_PER_DAY: _counted("entries today", book.entries_today, risk.trades_per_day_max),
        DAILY_LOSS: _lost("below the start of the day", day_loss, risk.daily_loss_max_ratio),
        DRAWDOWN: _lost("below the highest equity", fall, risk.drawdown_max_ratio),
        LOSING_STREAK: _paused(streak, book.candle_ms, book.paused_until_ms),
        COOL_DOWN: _paused("the pair's last trade lost", book.candle_ms, pair.cool_until_ms),
        TOO_SMALL: ("what cash and limits leave is less than twice the smallest order", None),
    }
    text, margin = words[code]
    return Verdict("blocked", text, BLOCKS[code], margin)


def _counted(what: str, count: int, limit: int) -> tuple[str, float]:
    return f"{count} {what}, limit {limit}", float(count - limit)


def _lost(what: str, ratio: float, limit: float) -> tuple[str, float]:
    return f"{ratio:.2%} {what}, limit {limit:.2%}", ratio - limit


def _paused(what: str, now_ms: int, until_ms: int) -> tuple[str, float]:
    minutes = (until_ms - now_ms) / MS_PER_MINUTE
    return f"{what}: no entry before {format_clock(until_ms)} UTC of the candles", minutes
