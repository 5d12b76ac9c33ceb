"""Events about models: what outcomes made of their word."""

from tui_trader.engine.messages.event_roots import BaseEvent
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.instruments import Symbol


class ModelRefuted(BaseEvent, frozen=True, kw_only=True):
    """Outcomes have refuted what a model promised: it has no opinion any more.

    Args:
        version: Number of the model among those of its pair and interval.
        reason: The promise, and what came true of it.
    """

    symbol: Symbol
    interval: Interval
    version: int
    reason: str
