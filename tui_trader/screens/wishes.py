"""What screens ask of the app: messages that travel up."""

from textual.message import Message

from tui_trader.engine.messages.commands import Command


class CommandWanted(Message):
    """Send this command to the engine, once."""

    def __init__(self, command: Command) -> None:
        super().__init__()
        self.command = command


class AnswersWanted(Message):
    """What is shown has changed (pair, timeframe, columns): the engine is to be asked about it."""


class LeaveWanted(Message):
    """The person wants to leave; ask how, or just go when there is no engine."""
