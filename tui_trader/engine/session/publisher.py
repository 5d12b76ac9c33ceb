"""Everybody who listens, each with an outbox of his own.

Law: publishing never waits. A listener who does not keep up is dropped and told so; the engine and the
other listeners do not notice.
"""

from collections.abc import Iterable, Sequence

from tui_trader.engine.client.frames import EventFrame, PulseFrame
from tui_trader.engine.client.outbox import Outbox
from tui_trader.engine.messages.queries import JournalEntry
from tui_trader.engine.messages.reports import MarketReport


class Publisher:
    """Fan-out of updates."""

    def __init__(self) -> None:
        self._outboxes: set[Outbox] = set()

    def add(self, outbox: Outbox) -> None:
        """Begin to publish to it."""
        self._outboxes.add(outbox)

    def remove(self, outbox: Outbox) -> None:
        """Stop publishing to it; fine when that is so already."""
        self._outboxes.discard(outbox)

    def events(self, entries: Sequence[JournalEntry]) -> None:
        """Publish events, which are durable by now."""
        if not self._outboxes:
            return
        frames = [EventFrame(sequence=item.sequence, event=item.event) for item in entries]
        for outbox in tuple(self._outboxes):
            for frame in frames:
                outbox.put_event(frame)
            if outbox.ended.is_set():
                self.remove(outbox)

    def market(self, reports: Iterable[MarketReport]) -> None:
        """Publish market reports; each listener gets the newest when he is ready for them."""
        for outbox in self._outboxes:
            outbox.put_market(reports)

    def pulse(self, time_ms: int) -> None:
        """Tell everybody that the loop is alive."""
        frame = PulseFrame(time_ms=time_ms)
        for outbox in self._outboxes:
            outbox.put_pulse(frame)

    def end(self, reason: str) -> None:
        """Say goodbye to everybody."""
        for outbox in self._outboxes:
            outbox.end(reason)
        self._outboxes.clear()
