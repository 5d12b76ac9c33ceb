"""What the models screen knows besides the engine's answers: cursors, and the training under way. No drawing."""

from dataclasses import dataclass, field

import msgspec

from tui_trader.engine.messages.signal_queries import ModelRow
from tui_trader.engine.values.candles import Interval
from tui_trader.widgets.backtest_board import Ended, RunUnderWay

WIDE = 170
"""Columns from which every pane has a place, and none needs a tab."""
PANES_IN_ORDER = (
    ("md-list", "models"),
    ("md-promises", "promises"),
    ("md-equity", "equity"),
    ("md-folds", "folds"),
    ("md-weights", "importance"),
    ("md-drift", "drift"),
    ("md-verdict", "verdict"),
)
ModelKey = tuple[str, Interval, int]
"""Pair, length of the candles, version."""


class TrainedScores(msgspec.Struct, frozen=True, kw_only=True):
    """What `train --json` says of the vote, as far as the console tells it."""

    edge: bool
    verdict: str = ""


class TrainedDocument(msgspec.Struct, frozen=True, kw_only=True):
    """What `train --json` prints, as far as the console tells it; `version` is None where none was stored."""

    pair: str
    timeframe: str
    version: int | None
    ensemble: TrainedScores


class ListedModel(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of `models list --json`."""

    pair: str
    timeframe: Interval
    version: int
    role: str
    created_ms: int | None = None
    candles: int | None = None
    auc: float | None = None
    edge: bool | None = None
    fault: str | None = None


@dataclass(slots=True, kw_only=True)
class ModelsBoard:
    """All of the screen that is no answer.

    Args:
        chosen: The model under the cursor: the cursor stays with it while others come and go.
        place: Where that was, for when it is gone.
        lower: Pane below the list where only one has room.
        lines: First line of each list that scrolls.
        under_way: The training in a process of its own.
        changing: What is being promoted or rolled back, in words; empty for nothing.
        stored: What the home itself says where no engine does; None before anybody looked.
    """

    chosen: ModelKey | None = None
    place: int = 0
    lower: str = "md-promises"
    zoomed: str = ""
    lines: dict[str, int] = field(default_factory=dict)
    under_way: RunUnderWay | None = None
    ended: Ended = Ended.NONE
    ended_words: str = ""
    changing: str = ""
    stored: tuple[ModelRow, ...] | None = None
    stored_fault: str = ""
    is_looking: bool = False


def key_of(row: ModelRow) -> ModelKey:
    """What a model is known by."""
    return (row.symbol, row.interval, row.version)
