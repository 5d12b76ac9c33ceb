"""How the signals screen is set up, and the decisions that were read so far, newest first. No drawing.

How to think about it: the newest page is asked for again and again; older ones when somebody looks that
far back or searches for what is not among those read. Both have a written maximum.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tui_trader.engine.messages.signal_queries import AskWaterfalls, Waterfall
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.instruments import Symbol

PAGE = 100
"""Decisions that are read at once: nine gates each, in words."""
DECISIONS_MAX = 5_000
AHEAD = 60
"""Lines below the marked one that are read beforehand."""
PANES_IN_ORDER = (
    ("sg-pairs", "pairs"),
    ("sg-why", "why"),
    ("sg-reasons", "reasons"),
    ("sg-record", "record"),
    ("sg-drift", "drift"),
    ("sg-past", "decisions"),
)

DecisionKey = tuple[Symbol | None, str]
"""Pair and gate that were asked for."""


@dataclass(slots=True, kw_only=True)
class SignalsBoard:
    """Choices of the person, and decisions.

    Args:
        interval: Timeframe of the chosen row, where a pair has more than one.
        lower: Pane below the pairs where only one has room.
        inspected: Number of the decision that was opened; 0 for the newest of the chosen pair.
        gate: Only decisions that this gate stopped; "" for all.
        is_one_pair: Only those of the chosen pair.
        decisions: Newest first.
        is_complete: Nothing older is there, or none of it is taken in any more.
        answers: What was taken in already, by topic.
    """

    interval: Interval | None = None
    lower: str = "sg-why"
    zoomed: str = ""
    reason: int = 0
    band: int = 0
    drift: int = 0
    cursor: int = 0
    inspected: int = 0
    gate: str = ""
    is_one_pair: bool = False
    filter: str = ""
    is_typing: bool = False
    decisions: list[Waterfall] = field(default_factory=list)
    is_complete: bool = False
    key: DecisionKey = (None, "")
    version: int = 0
    answers: dict[str, object] = field(default_factory=dict)
    _shown: list[Waterfall] = field(default_factory=list)
    _shown_as_of: tuple[int, str] = (-1, "")

    @property
    def shown(self) -> list[Waterfall]:
        """Decisions that contain the filter, newest first."""
        as_of = (self.version, self.filter)
        if self._shown_as_of != as_of:
            wanted = self.filter.casefold()
            self._shown = [one for one in self.decisions if wanted in _text_of(one)]
            self._shown_as_of = as_of
        return self._shown

    @property
    def marked(self) -> Waterfall | None:
        """The decision under the cursor."""
        shown = self.shown
        return shown[max(0, min(self.cursor, len(shown) - 1))] if shown else None

    @property
    def oldest(self) -> int:
        """Number of the oldest decision that was read; 0 before there is one."""
        return self.decisions[-1].number if self.decisions else 0

    @property
    def wants_older(self) -> bool:
        """Whether lines below the cursor are still to be read."""
        is_short = self.cursor + AHEAD >= len(self.shown)
        return bool(self.decisions) and is_short and not self.is_complete

    def start(self, key: DecisionKey) -> None:
        """Other decisions, from the newest on."""
        self.key, self.decisions, self.is_complete = key, [], False
        self.cursor, self.inspected = 0, 0
        self.version += 1

    def take(self, query: AskWaterfalls, rows: Sequence[Waterfall]) -> None:
        """A page of what was asked for."""
        known = {one.number: one for one in self.decisions}
        if not query.before and self._is_gap(rows, query.limit):
            known, self.is_complete = {}, False
        marked = self.marked.number if self.cursor and self.marked is not None else 0
        known.update((one.number, one) for one in rows)
        found = sorted(known.values(), key=lambda one: -one.number)
        # A page that is not full ends with the oldest there is.
        is_oldest = len(rows) < query.limit
        self.is_complete = self.is_complete or is_oldest or len(found) >= DECISIONS_MAX
        if found[:DECISIONS_MAX] == self.decisions:
            return
        self.decisions = found[:DECISIONS_MAX]
        self.version += 1
        self._stay_with(marked)

    def _is_gap(self, rows: Sequence[Waterfall], limit: int) -> bool:
        """Whether what was read before does not go on into the newest page.

        Either more happened meanwhile than a page holds, or somebody else counts: numbers begin anew.
        """
        newest = self.decisions[0].number if self.decisions else 0
        numbers = [one.number for one in rows]
        is_full = len(rows) >= limit
        return (is_full and min(numbers) > newest) or max(numbers, default=0) < newest

    def _stay_with(self, number: int) -> None:
        """The cursor stays with its decision while others come; at the newest it follows."""
        places = [place for place, one in enumerate(self.shown) if one.number == number]
        if number and places:
            self.cursor = places[0]

    def move(self, step: int) -> None:
        """Mark another decision."""
        self.cursor = max(0, min(len(self.shown) - 1, self.cursor + step))


def _text_of(one: Waterfall) -> str:
    step = one.stopped_by
    words = [one.symbol, one.interval.value, one.strategy, one.outcome]
    words += [step.gate.replace("_", " "), step.text] if step is not None else []
    return " ".join(words).casefold()
