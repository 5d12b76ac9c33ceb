"""When a forecast is worth a trade: the gates that a signal passes before anything is asked of the account.

Law: live and backtest ask `signal_block` and nothing else, so that they decide alike on one forecast.
"""

from math import isnan, nan
from typing import NamedTuple

CLEAR, SILENT, UNSURE, EDGELESS, DIVIDED, COSTLY = range(6)
"""What forbids an entry: no forecast, too little confidence, no edge, models apart, too small a gain."""


class SignalLimits(NamedTuple):
    """What a forecast must reach; the defaults ask for an edge and a gain, and nothing more.

    Args:
        confidence_min: Least probability, 0 to 1.
        gain_min_ratio: Expected net return that must be exceeded.
        apart_max: Farthest that votes may lie apart, 0 to 1.
        needs_edge: Whether only a model with an edge may trade.
        leave_below: Probability below which what is held is sold; 0 leaves that to stop, take profit
            and time.
    """

    confidence_min: float = 0.0
    gain_min_ratio: float = 0.0
    apart_max: float = 1.0
    needs_edge: bool = True
    leave_below: float = 0.0


class SaidNumbers(NamedTuple):
    """A forecast as numbers; NaN is unknown."""

    confidence: float = nan
    expected_net_ratio: float = nan
    apart: float = nan
    has_edge: bool = False


def signal_block(said: SaidNumbers, limits: SignalLimits) -> int:
    """First gate that says no, in the order of the waterfall, or CLEAR."""
    if isnan(said.confidence) or isnan(said.expected_net_ratio):
        return SILENT
    if said.confidence < limits.confidence_min:
        return UNSURE
    if limits.needs_edge and not said.has_edge:
        return EDGELESS
    if said.apart > limits.apart_max:
        return DIVIDED
    if said.expected_net_ratio <= limits.gain_min_ratio:
        return COSTLY
    return CLEAR


def signal_of(said: SaidNumbers, limits: SignalLimits) -> int:
    """1 be in, -1 be out, 0 no opinion."""
    if signal_block(said, limits) == CLEAR:
        return 1
    # Silence sells nothing; and who may not enter on a model's word does not leave on it either.
    is_heard = not isnan(said.confidence) and (said.has_edge or not limits.needs_edge)
    return -1 if is_heard and said.confidence < limits.leave_below else 0
