"""Strategies that trade live, folded from events.

Law: what a strategy needs to go on after a restart is in its newest note; nothing here computes.
"""

from decimal import Decimal

import msgspec

from tui_trader.engine.messages.events import (
    StrategyClosing,
    StrategyContinued,
    StrategyDecided,
    StrategyEvent,
    StrategyHeld,
    StrategyNoted,
    StrategyRefilled,
    StrategyStarted,
    StrategyStopped,
    StrategyWroteOff,
)
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.money import ZERO
from tui_trader.engine.values.strategies import StrategyNote, StrategyPhase, StrategySpec

HALTED = "trading was halted"


class StrategyRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One strategy that was started and has not ended.

    Args:
        actor: Who started it.
        reason: Why it is held.
        refilled_ms: When candles it had missed were last fetched, UTC; 0 for never.
        continued_ms: When a person last let it enter again, UTC; 0 for never.
        written_off: Coins it bought and no longer counts, because the account has them no more.
    """

    spec: StrategySpec
    note: StrategyNote
    actor: str
    phase: StrategyPhase = StrategyPhase.RUNNING
    reason: str = ""
    refilled_ms: int = 0
    continued_ms: int = 0
    written_off: dict[Symbol, Decimal] = {}


Strategies = dict[str, StrategyRecord]


def apply_to_strategies(strategies: Strategies, event: StrategyEvent) -> None:
    """Fold one event in."""
    if isinstance(event, StrategyStarted):
        strategies[event.spec.name] = StrategyRecord(
            spec=event.spec, note=event.note, actor=event.actor
        )
    elif isinstance(event, StrategyStopped):
        del strategies[event.strategy]
    elif not isinstance(event, StrategyDecided):
        strategies[event.strategy] = _changed(strategies[event.strategy], event)


def hold_all(strategies: Strategies) -> None:
    """A halt: whoever entered by himself does so no more until a person says so."""
    for name, record in strategies.items():
        if record.phase is StrategyPhase.RUNNING:
            strategies[name] = msgspec.structs.replace(
                record, phase=StrategyPhase.HELD, reason=HALTED
            )


def _changed(
    record: StrategyRecord,
    event: StrategyNoted
    | StrategyWroteOff
    | StrategyRefilled
    | StrategyHeld
    | StrategyContinued
    | StrategyClosing,
) -> StrategyRecord:
    replace = msgspec.structs.replace
    match event:
        case StrategyNoted():
            return replace(record, note=event.note)
        case StrategyWroteOff():
            total = record.written_off.get(event.symbol, ZERO) + event.quantity_base
            return replace(record, written_off={**record.written_off, event.symbol: total})
        case StrategyRefilled():
            return replace(record, refilled_ms=event.time_ms)
        case StrategyHeld():
            return replace(record, phase=StrategyPhase.HELD, reason=event.reason)
        case StrategyContinued():
            return replace(
                record,
                spec=replace(record.spec, file_digest=event.file_digest),
                phase=StrategyPhase.RUNNING,
                reason="",
                continued_ms=event.time_ms,
            )
        case StrategyClosing():
            return replace(record, phase=StrategyPhase.CLOSING, reason="")
