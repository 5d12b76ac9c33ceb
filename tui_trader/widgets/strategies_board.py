"""What a person has chosen on the strategies screen: the marked strategy, its decisions, and the form that starts one."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING

from tui_trader.engine.messages.strategy_queries import DecisionRow
from tui_trader.engine.state.strategy_record import StrategyRecord
from tui_trader.engine.values.instruments import Symbol

if TYPE_CHECKING:
    # Most consoles never show the form.
    from tui_trader.widgets.strategy_form import StartForm


class Outcomes(Enum):
    """Which decisions are listed; the value is how that is called."""

    ALL = "all"
    SAID = "without “nothing”"
    ACTED = "bought and sold"
    STOPPED = "blocked, refused, missed"


_LISTED = {
    Outcomes.SAID: frozenset(
        {"bought", "sold", "waits", "blocked", "refused", "missed", "written off"}
    ),
    Outcomes.ACTED: frozenset({"bought", "sold"}),
    Outcomes.STOPPED: frozenset({"blocked", "refused", "missed", "written off"}),
}


@dataclass(slots=True, kw_only=True)
class StrategiesBoard:
    """All of the screen.

    Args:
        chosen: Name of the marked strategy; the first where it is gone.
        decision: Marked decision, counted from the newest of those that are listed.
        is_following: The newest one is marked, whatever comes.
        form: What is about to be started; None while nothing is.
        cursor: Line of the form; `is_fresh`: the next character replaces its text.
        before: Text of that field when it was entered.
        fault: Why the strategy of a file could not be had, in a sentence.
        is_looking: A file is being asked what it declares.
        cash: What the orders of each strategy have brought and taken; as of `cash_as_of`.
    """

    chosen: str = ""
    decision: int = 0
    is_following: bool = True
    outcomes: Outcomes = Outcomes.ALL
    filter: str = ""
    is_typing: bool = False
    form: "StartForm | None" = None
    cursor: int = 0
    is_fresh: bool = True
    before: str = ""
    fault: str = ""
    is_looking: bool = False
    cash: "dict[str, StrategyCash]" = field(default_factory=dict)
    cash_as_of: tuple[int, int] = (0, 0)

    def lists(self, row: DecisionRow) -> bool:
        """Whether a decision is among those asked for."""
        if self.outcomes is not Outcomes.ALL and row.outcome not in _LISTED[self.outcomes]:
            return False
        words = f"{row.symbol} {row.outcome} {row.gate} {row.text}".casefold()
        return not self.filter or self.filter.casefold() in words


@dataclass(slots=True)
class StrategyCash:
    """What the orders of one strategy came to, in quote.

    Args:
        paid: For what was bought; `earned` by what was sold.
        bought: Of each pair, in base; `sold` likewise.
        paid_of: What was paid for each pair.
    """

    paid: Decimal = Decimal(0)
    earned: Decimal = Decimal(0)
    fees: Decimal = Decimal(0)
    bought: dict[str, Decimal] = field(default_factory=dict)
    sold: dict[str, Decimal] = field(default_factory=dict)
    paid_of: dict[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What a strategy holds of one pair; levels are None where no rule sets one."""

    symbol: Symbol
    quantity_base: Decimal
    entry: float
    stop: float | None
    take: float | None
    open_ratio: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyLine:
    """One strategy that was started.

    Args:
        pnl_quote: Since it was started; None where a price is missing.
        last: Its newest decision, None before the first or while asking.
    """

    record: StrategyRecord
    holds: tuple[Holding, ...]
    pnl_quote: Decimal | None
    last: DecisionRow | None

    @property
    def name(self) -> str:
        """Its own name."""
        return self.record.spec.name
