"""Toasts: what has just happened and matters, for a few seconds; it stays in the log for good.

Law: never more than three, told again is told once and counted, and nobody has to press a key for one
to go away.
"""

from dataclasses import dataclass, field, replace

from tui_trader.engine.messages import events as told
from tui_trader.engine.messages.events import Event
from tui_trader.widgets.drawing.event_words import LogLine, add_line, in_words

TOASTS_MAX = 3
SHOWN_MS = 6_000


@dataclass(frozen=True, slots=True)
class Toast:
    """A line of the log, and until when it is shown."""

    line: LogLine
    until_ms: int


@dataclass(slots=True)
class Toasts:
    """Those that are shown, the newest last.

    Args:
        more: How many gave way to newer ones since the last quiet moment.
    """

    shown: tuple[Toast, ...] = field(default=())
    more: int = 0

    def take(self, event: Event, now_ms: int) -> LogLine | None:
        """The line `event` is told in, if it deserves a toast; it is shown from now on."""
        key = _key(event)
        line = in_words(event) if key else None
        if line is None:
            return None
        self.let_go(now_ms)
        line = replace(line, key=key)
        older = [toast for toast in self.shown if toast.line.key == key]
        joined = [toast.line for toast in older]
        add_line(joined, line)
        kept = [toast for toast in self.shown if toast.line.key != key]
        kept.append(Toast(joined[-1], now_ms + SHOWN_MS))
        self.more += max(0, len(kept) - TOASTS_MAX)
        self.shown = tuple(kept[-TOASTS_MAX:])
        return joined[-1]

    def let_go(self, now_ms: int) -> None:
        """Forget those whose time is over, and those of a clock that was set back since."""
        self.shown = tuple(
            toast for toast in self.shown if now_ms < toast.until_ms <= now_ms + SHOWN_MS
        )
        if not self.shown:
            self.more = 0


def _key(event: Event) -> str:
    """Toasts with the same key are one; empty for what is no more than a line of the log."""
    match event:
        case told.OrderFilled():
            return f"fill {event.client_order_id}"
        case told.OrderRejected() | told.OrderOutcomeUnknown() | told.CancelRejected():
            return f"{type(event).__name__} {event.client_order_id}"
        case told.CommandRefused():
            return f"refused {event.gate} {event.subject}"
        case told.StrategyHeld():
            return f"held {event.strategy}"
        case (
            told.TradingHalted()
            | told.AnomalyFound()
            | told.CancelAllFailed()
            | told.ModelRefuted()
        ):
            return type(event).__name__
        case _:
            return ""
