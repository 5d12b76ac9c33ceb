"""What the backtest screen knows: the form, the run under way, the run that is shown, and those kept.

Everything here came from `tui-trader` itself, run beside the console: the screen needs no engine.
"""

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from tui_trader.engine.values.backtests import (
    BacktestDocument,
    BacktestStep,
    BacktestTrade,
    KeptRun,
    RunCandles,
    StoredSeries,
    StrategyDeclaration,
)
from tui_trader.engine.values.candles import Candle
from tui_trader.engine.values.time import MS_PER_SECOND

if TYPE_CHECKING:
    # Every console makes a board, and most never show a form: three milliseconds of the first paint.
    from tui_trader.widgets.backtest_form import BacktestForm

ZOOMS = (3, 2, 1, -2, -4, -8, -24)
"""Cells a candle takes; below zero: candles that become one."""
PANES_IN_ORDER = (
    ("bt-form", "form"),
    ("bt-equity", "equity"),
    ("bt-chart", "chart"),
    ("bt-trades", "trades"),
    ("bt-metrics", "metrics"),
    ("bt-months", "months"),
    ("bt-runs", "runs"),
)


class Ended(Enum):
    """How the last run that was started here ended."""

    NONE = "none"
    DONE = "done"
    CANCELLED = "cancelled"
    REFUSED = "refused"


@dataclass(slots=True, kw_only=True)
class RunUnderWay:
    """A run in a process of its own.

    Args:
        title: What runs, in words.
        step: The newest that it told, at `told_ms`; `done` never goes back.
    """

    title: str
    started_ms: int
    step: BacktestStep | None = None
    told_ms: int = 0
    done: int = 0
    is_cancelling: bool = False

    def told(self, step: BacktestStep, *, now_ms: int) -> None:
        """Take in how far it is."""
        self.step, self.told_ms, self.done = step, now_ms, max(self.done, step.done)

    def left_s(self, now_ms: int) -> float | None:
        """How long it may still take; None while nobody can tell, or when that time is over."""
        if self.step is None or self.step.left_s is None:
            return None
        left_s = self.step.left_s - (now_ms - self.told_ms) / MS_PER_SECOND
        return left_s if left_s > 0 else None


@dataclass(slots=True, kw_only=True)
class BacktestBoard:
    """All of the screen.

    Args:
        series: What is stored; None before anybody looked. `strategies` and `runs` alike.
        looking: What is being looked up, in words; empty for nothing.
        look_fault: Why it could not be.
        cursor: Line of the form; `is_fresh`: the next character replaces its text.
        before: Text of that field when it was entered.
        version: Counts what was shown: another number is another document.
        trade: Line of the trade list; `column` is the marked one, `sort` the one that orders.
        marked: The trade on the chart, as its place in the document.
        middle_ms: Candle in the middle of the chart; None for the end of the run.
        candles: Of the shown run, by pair, as far as they are loaded.
        is_loading: Candles are being fetched.
    """

    series: tuple[StoredSeries, ...] | None = None
    strategies: tuple[StrategyDeclaration, ...] | None = None
    runs: tuple[KeptRun, ...] | None = None
    looking: str = ""
    look_fault: str = ""
    form: "BacktestForm | None" = None
    cursor: int = 0
    is_fresh: bool = True
    before: str = ""
    under_way: RunUnderWay | None = None
    ended: Ended = Ended.NONE
    ended_words: str = ""
    document: BacktestDocument | None = None
    version: int = 0
    trade: int = 0
    column: str = "entry"
    sort: str = ""
    is_descending: bool = False
    marked: int | None = None
    middle_ms: int | None = None
    zoom: int = 1
    pair: str = ""
    candles: dict[str, RunCandles] = field(default_factory=dict)
    is_loading: bool = False
    candle_fault: str = ""
    metric: int = 0
    month: int = 0
    run: int = 0
    zoomed: str = ""
    # The order of trades is asked for with every drawing; sorting thousands each time is not needed.
    _ordered: list[int] = field(default_factory=list)
    _ordered_as: tuple[object, ...] = ()

    def show(self, document: BacktestDocument) -> None:
        """Show another run, from its beginning."""
        self.document, self.version = document, self.version + 1
        self.trade, self.marked, self.middle_ms, self.month = 0, None, None, 0
        self.pair = document.pairs[0]
        self.candles, self.candle_fault = {}, ""

    def ordered(self) -> list[int]:
        """Places of the trades in the order shown."""
        if self.document is None:
            return []
        shape = (self.version, self.sort, self.is_descending)
        if shape != self._ordered_as:
            trades = self.document.trades
            places = list(range(len(trades)))
            if self.sort:
                key = TRADE_KEYS[self.sort]
                places.sort(
                    key=lambda place: getattr(trades[place], key), reverse=self.is_descending
                )
            elif self.is_descending:
                places.reverse()
            self._ordered, self._ordered_as = places, shape
        return self._ordered

    def selected_trade(self) -> int | None:
        """Place in the document of the trade under the cursor."""
        places = self.ordered()
        return places[within(self.trade, len(places))] if places else None

    @property
    def shown_candles(self) -> tuple[Candle, ...]:
        """Candles of the chart's pair, as far as they are loaded."""
        found = self.candles.get(self.pair)
        return found.candles if found is not None else ()

    @property
    def marked_trade(self) -> BacktestTrade | None:
        """The trade that was jumped to."""
        if self.document is None or self.marked is None:
            return None
        return self.document.trades[self.marked]

    @property
    def selected_run(self) -> KeptRun | None:
        """The kept run under the cursor."""
        return self.runs[within(self.run, len(self.runs))] if self.runs else None


TRADE_KEYS = {
    "pair": "pair",
    "entry": "entry_time_ms",
    "at": "entry_price",
    "exit": "exit_time_ms",
    "out": "exit_price",
    "return": "return_ratio",
    "pnl": "pnl",
    "fees": "fees",
    "bars": "bars",
    "worst": "mae_ratio",
    "best": "mfe_ratio",
    "ended by": "exit_reason",
}
"""Columns of the trade list, and what each shows of a trade."""


def within(place: int, count: int) -> int:
    """The nearest place there is."""
    return max(0, min(count - 1, place))
