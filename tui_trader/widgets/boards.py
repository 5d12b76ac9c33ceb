"""What a person has set up on the markets and analysis screens, and what the engine answered.

Boards keep their state while another screen is shown. A `Topic` is one kind of question: the newest
answer, what it answered, and why there is none.
"""

from dataclasses import dataclass, field

from tui_trader.engine.messages.analysis_queries import IndicatorPick
from tui_trader.engine.messages.queries import Answer, Query
from tui_trader.engine.values.candles import Interval

WIDTHS = (1, 2, 3)
"""Cells a candle may take."""


@dataclass(slots=True)
class Topic:
    """One kind of question to the engine.

    Args:
        query: What was asked last.
        answer: To the newest question that was answered; `answered` is that question.
        fault: Why the newest question has no answer, else empty.
        asked_ms: When, on this console's clock; answers are asked for anew after a while.
    """

    query: Query | None = None
    answered: Query | None = None
    answer: Answer | None = None
    fault: str = ""
    asked_ms: int = 0
    answered_ms: int = 0
    is_under_way: bool = False


@dataclass(slots=True, kw_only=True)
class MarketsBoard:
    """The table of pairs.

    Args:
        interval: Of the candles that indicators are computed on.
        picks: Indicators that are columns, in their order.
        outputs: Which output of each is shown; the first where nothing is said.
        cursor: Name of the marked column.
        sort: Name of the column that orders the rows; `""` for the order of the settings.
        filter: Text a pair must contain.
        is_typing: Keys go into the filter.
    """

    interval: Interval = Interval.M15
    picks: list[IndicatorPick] = field(
        default_factory=lambda: [
            IndicatorPick(name="rsi"),
            IndicatorPick(name="macd"),
            IndicatorPick(name="natr"),
        ]
    )
    outputs: list[int] = field(default_factory=list)
    cursor: str = "pair"
    sort: str = ""
    is_descending: bool = True
    filter: str = ""
    is_typing: bool = False

    def output(self, index: int) -> int:
        """Output that the pick in that place shows."""
        return self.outputs[index] if index < len(self.outputs) else 0

    def choose_output(self, index: int, output: int) -> None:
        """Show another one."""
        self.outputs += [0] * (index + 1 - len(self.outputs))
        self.outputs[index] = output

    def remove_pick(self, index: int) -> None:
        """Take a column away."""
        del self.picks[index]
        del self.outputs[index : index + 1]


@dataclass(slots=True, kw_only=True)
class AnalysisBoard:
    """The chart and its lists.

    Args:
        picks: Indicators drawn over or below the candles.
        candle_width: Cells a candle takes.
        pan: Candles between the newest and the right edge.
        cross: Start of the candle under the cross-hair; `None` without one.
        mark: Start of the candle that was jumped to.
        pattern: Line of the pattern list; `level` and `reading` likewise.
        shows_neutral: Patterns that take no side are listed too.
        filter: What readings and patterns must contain; `is_typing` while it is typed.
        zoomed: Pane that is shown alone, or `""`.
    """

    picks: list[IndicatorPick] = field(
        default_factory=lambda: [
            IndicatorPick(name="ema", parameters={"period": 50}),
            IndicatorPick(name="bollinger"),
            IndicatorPick(name="rsi"),
            IndicatorPick(name="macd"),
        ]
    )
    candle_width: int = 1
    pan: int = 0
    cross: int | None = None
    mark: int | None = None
    pattern: int = 0
    level: int = 0
    reading: int = 0
    shows_neutral: bool = False
    filter: str = ""
    is_typing: bool = False
    zoomed: str = ""
