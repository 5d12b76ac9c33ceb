"""Messages as JSON and back: one encoding for the socket, the journal and `--json`.

Decimals travel as text, so no digit is lost.
"""

import msgspec

from tui_trader.engine.messages.commands import Command
from tui_trader.engine.messages.events import Event
from tui_trader.engine.messages.reports import Report
from tui_trader.engine.messages.signal_reports import SignalReport
from tui_trader.engine.messages.strategy_reports import StrategyReport

_ENCODER = msgspec.json.Encoder()
_EVENTS: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)
Input = Command | Report | StrategyReport | SignalReport
"""What the core is told."""
_INPUTS: msgspec.json.Decoder[Input] = msgspec.json.Decoder(Input)


def encode(message: msgspec.Struct) -> bytes:
    """One line of JSON without a newline."""
    return _ENCODER.encode(message)


def decode_event(row: bytes | str) -> Event:
    """Event of a journal row.

    Raises:
        msgspec.DecodeError: the row is not an event of this version.
    """
    return _EVENTS.decode(row)


def decode_input(row: bytes | str) -> Input:
    """Command or Report of a journal row.

    Raises:
        msgspec.DecodeError: the row is neither.
    """
    return _INPUTS.decode(row)
