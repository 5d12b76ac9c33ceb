"""Frames of the engine's socket: one JSON object a line, tagged by class name."""

import msgspec

from tui_trader.engine.messages.commands import Command
from tui_trader.engine.messages.events import Event
from tui_trader.engine.messages.queries import Answer, Query
from tui_trader.engine.messages.reports import MarketReport
from tui_trader.engine.state.market_view import MarketView
from tui_trader.engine.state.trading_state import TradingState

PROTOCOL_VERSION = 2


class BaseFrame(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Root of every frame."""


class Hello(BaseFrame, frozen=True, kw_only=True):
    """First frame of a client. A read-only client's commands are refused by the engine."""

    protocol: int
    name: str
    is_read_only: bool = False


class SendCommand(BaseFrame, frozen=True, kw_only=True):
    """A command; its answer is an event with the same `command_id`."""

    command: Command


class AskQuery(BaseFrame, frozen=True, kw_only=True):
    """A question; `query_id` comes back with the answer."""

    query_id: int
    query: Query


class Welcome(BaseFrame, frozen=True, kw_only=True):
    """Answer to `Hello`: all there is to know, as of `sequence`."""

    protocol: int
    sequence: int
    time_ms: int
    pid: int
    state: TradingState
    market: MarketView


class EventFrame(BaseFrame, frozen=True, kw_only=True):
    """One event; sequences have no gaps."""

    sequence: int
    event: Event


class MarketFrame(BaseFrame, frozen=True, kw_only=True):
    """Newest market reports, one of a kind and pair at the most; older ones were skipped."""

    reports: tuple[MarketReport, ...]


class AnswerFrame(BaseFrame, frozen=True, kw_only=True):
    """Answer to `AskQuery`."""

    query_id: int
    answer: Answer


class PulseFrame(BaseFrame, frozen=True, kw_only=True):
    """Once a second: the engine's loop is alive, and this is its time."""

    time_ms: int


class Goodbye(BaseFrame, frozen=True, kw_only=True):
    """The engine closes the connection; `reason` is for people."""

    reason: str


ClientFrame = Hello | SendCommand | AskQuery
ServerFrame = Welcome | EventFrame | MarketFrame | AnswerFrame | PulseFrame | Goodbye
UpdateFrame = EventFrame | MarketFrame | PulseFrame | Goodbye
"""What arrives unasked after the Welcome."""

_ENCODER = msgspec.json.Encoder()
_CLIENT: msgspec.json.Decoder[ClientFrame] = msgspec.json.Decoder(ClientFrame)
_SERVER: msgspec.json.Decoder[ServerFrame] = msgspec.json.Decoder(ServerFrame)


def encode_frame(frame: ClientFrame | ServerFrame) -> bytes:
    """One line, newline included."""
    return _ENCODER.encode(frame) + b"\n"


def decode_client_frame(line: bytes) -> ClientFrame:
    """Frame that a client sent.

    Raises:
        msgspec.DecodeError: it is none.
    """
    return _CLIENT.decode(line)


def decode_server_frame(line: bytes) -> ServerFrame:
    """Frame that an engine sent.

    Raises:
        msgspec.DecodeError: it is none.
    """
    return _SERVER.decode(line)
