"""What screens ask of the app: messages that travel up."""

from textual.message import Message

from tui_trader.engine.messages.commands import Command


class CommandWanted(Message):
    """Send this command to the engine, once."""

    def __init__(self, command: Command) -> None:
        super().__init__()
        self.command = command


class CandlesWanted(Message):
    """The selected pair or timeframe changed: its history is needed."""


class LeaveWanted(Message):
    """The person wants to leave; ask how, or just go when there is no engine."""
