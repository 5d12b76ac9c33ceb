"""Rules that contradict each other, said before anything is traded."""

from tui_trader.engine.rules.model import (
    FEE_TIERS,
    SIZING_RISK,
    SIZINGS,
    TradeRules,
)
from tui_trader.engine.rules.stops import has_stop
from tui_trader.engine.values.errors import ConfigError

PARTS_MAX = 4


def faults_of(rules: TradeRules) -> list[str]:
    """What is wrong with the rules together, each in one sentence."""
    found = []
    if not 0 <= rules.sizing < len(SIZINGS):
        found.append(f"sizing must be one of {', '.join(SIZINGS)}")
    if rules.sizing == SIZING_RISK and not has_stop(rules):
        found.append("sizing by risk needs a stop: switch on stop, trail or chandelier")
    if rules.take_r > 0.0 and not has_stop(rules):
        found.append("a take profit in multiples of the risk needs a stop")
    if rules.break_even_r > 0.0 and not has_stop(rules):
        found.append("a break-even stop needs a first stop")
    if not 1 <= rules.take_parts <= PARTS_MAX:
        found.append(f"take_parts must be from 1 to {PARTS_MAX}, not {rules.take_parts}")
    tables = (rules.fee_volumes, rules.fee_makers, rules.fee_takers)
    if any(len(table) != FEE_TIERS for table in tables):
        found.append(f"fee tables need {FEE_TIERS} tiers; repeat the last one")
    return found


def refuse_impossible(rules: TradeRules) -> None:
    """Raise the first fault.

    Raises:
        ConfigError: the rules contradict each other.
    """
    for fault in faults_of(rules):
        raise ConfigError(fault, key="rules")
