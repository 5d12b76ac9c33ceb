"""Questions about strategies that trade live: what each decided of each candle, and why it did not trade."""

import msgspec

from tui_trader.engine.messages.query_roots import BaseAnswer, BaseQuery
from tui_trader.engine.values.backtests import StrategyDeclaration
from tui_trader.engine.values.instruments import Symbol


class AskStrategies(BaseQuery, frozen=True, kw_only=True):
    """Every strategy that comes with the program, as it declares itself."""


class StrategiesAnswer(BaseAnswer, frozen=True, kw_only=True):
    """What can be started, in the order of the registry."""

    strategies: tuple[StrategyDeclaration, ...]


class AskDecisions(BaseQuery, frozen=True, kw_only=True):
    """What a started strategy decided lately; at most 500 rows."""

    strategy: str
    limit: int = 50


class DecisionRow(msgspec.Struct, frozen=True, kw_only=True):
    """One decision on one candle of one pair.

    Args:
        time_ms: When it was made, UTC; in a replay the candle's time is another.
        candle_ms: Start of the candle it was made on, UTC.
        signal: 1, -1 or 0: what the strategy said at its end.
        outcome: `bought`, `sold`, `waits`, `nothing`, `blocked`, `refused`, `missed` or
            `written off`.
        gate: First rule that said no, "" for none.
        text: Why, with the numbers.
        margin: How far beyond that rule, in the rule's own unit; None where that is no number.
    """

    time_ms: int
    candle_ms: int
    symbol: Symbol
    signal: int
    outcome: str
    gate: str = ""
    text: str = ""
    margin: float | None = None


class DecisionsAnswer(BaseAnswer, frozen=True, kw_only=True):
    """The newest decisions since it was started, oldest first; a restart keeps them."""

    strategy: str
    rows: tuple[DecisionRow, ...]
