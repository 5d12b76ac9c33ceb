"""Question about the limits of [risk]: how far each is used up, and what that leaves."""

from typing import Literal

import msgspec

from tui_trader.engine.messages.query_roots import BaseAnswer, BaseQuery

RiskState = Literal["ok", "near", "reached", "off", "unknown"]


class AskRisk(BaseQuery, frozen=True, kw_only=True):
    """How every limit of [risk] stands now."""


class RiskRow(msgspec.Struct, frozen=True, kw_only=True):
    """One limit, as its gate counts it.

    Args:
        key: Name of the gate, as a refusal names it: `position`, `exposure`, `positions`, `daily_loss`,
            `drawdown`, `losing_streak`, `cool_down`, `trades_per_day`.
        name: The same for people, in a word or two.
        used: How much of it is used up, in `unit`; of several pairs or strategies the one that has used
            most. None where it is not known or where there is nothing to count.
        limit: Where it ends, in `unit`; None where it is off or not known.
        unit: A quote asset, `percent`, `positions`, `trades` or `minutes`.
        state: `near` from four fifths of the limit on, `reached` where its gate lets nobody enter or
            lets those it binds not enter.
        text: What is left, or until when nobody enters, in one sentence with the numbers.
        since_ms: From when on it counts, UTC: the start of the day for what counts by the day; else None.
    """

    key: str
    name: str
    used: float | None
    limit: float | None
    unit: str
    state: RiskState
    text: str
    since_ms: int | None = None


class RiskAnswer(BaseAnswer, frozen=True, kw_only=True):
    """Every limit of [risk], in the order in which a person should hear of them."""

    rows: tuple[RiskRow, ...]
