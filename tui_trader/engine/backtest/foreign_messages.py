"""What is said between the engine and the child in which a user's strategy file runs: two pipes, whole messages.

Law: the child is believed in nothing. Each message has its length in front and a largest length; columns travel as
bytes of known kinds, and no pickle ever does.
"""

from collections.abc import Sequence
from typing import IO

import msgspec
import numpy as np

from tui_trader.engine.analysis.candles import COLUMNS, Candles
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.errors import PluginError

LENGTH_BYTES = 8
MESSAGE_BYTES_MAX = 1 << 32
ANSWER_BYTES_MAX = 1 << 28


class ForeignParameter(msgspec.Struct, frozen=True, kw_only=True):
    """One knob, as the file declares it; whole where its default is written so."""

    name: str
    default: int | float
    low: int | float
    high: int | float
    unit: str
    help: str


class Declared(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The file was loaded and found causal: what it says about itself."""

    name: str
    title: str
    says: str
    parameters: tuple[ForeignParameter, ...]
    increasing: tuple[str, ...]


class ForeignPair(msgspec.Struct, frozen=True, kw_only=True):
    """Candles of one pair, a column each as raw bytes."""

    interval: Interval
    open_time_ms: bytes
    columns: dict[str, bytes]


class AskForeignSignals(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What do you say of these candles? `seconds` is how long you may live over it."""

    choices: dict[str, int | float]
    pairs: tuple[ForeignPair, ...]
    seconds: float


class AskForeignMemory(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """How many candles do you remember?"""

    choices: dict[str, int | float]
    seconds: float


class ForeignSignals(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Signals of every pair, one byte a candle."""

    signals: tuple[bytes, ...]


class ForeignMemory(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Candles, the last included."""

    bars: int


class ForeignFault(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """It failed; the child ends with this."""

    text: str


ForeignAsk = AskForeignSignals | AskForeignMemory
ForeignAnswer = Declared | ForeignSignals | ForeignMemory | ForeignFault


def write_message(pipe: IO[bytes], message: ForeignAsk | ForeignAnswer) -> None:
    """One message, whole.

    Raises:
        OSError: nobody reads any more.
    """
    body = msgspec.msgpack.encode(message)
    pipe.write(len(body).to_bytes(LENGTH_BYTES, "big"))
    pipe.write(body)
    pipe.flush()


def read_bytes(pipe: IO[bytes], *, length_max: int) -> bytes | None:
    """The bytes of one message; None where the other side has ended, or says what nobody would."""
    head = pipe.read(LENGTH_BYTES)
    length = int.from_bytes(head, "big")
    if len(head) < LENGTH_BYTES or length > length_max:
        return None
    body = pipe.read(length)
    return body if len(body) == length else None


def packed_pair(candles: Candles) -> ForeignPair:
    """Candles for the way."""
    names = (*COLUMNS, *candles.flow_columns)
    return ForeignPair(
        interval=candles.interval,
        open_time_ms=candles.open_time_ms.tobytes(),
        columns={name: candles.column(name).tobytes() for name in names},
    )


def unpacked_pair(pair: ForeignPair) -> Candles:
    """The same candles, on memory of their own that nobody may write to."""
    columns = {name: np.frombuffer(raw, np.float64) for name, raw in pair.columns.items()}
    times = np.frombuffer(pair.open_time_ms, np.int64)
    return Candles(interval=pair.interval, open_time_ms=times, **columns)


def unpacked_signals(answer: ForeignSignals, lengths: Sequence[int]) -> list[np.ndarray]:
    """Signals of every pair.

    Raises:
        PluginError: there is not one for each candle.
    """
    if [len(raw) for raw in answer.signals] != list(lengths):
        message = "it gave another number of signals than there are candles"
        raise PluginError(message)
    return [np.frombuffer(raw, np.int8).copy() for raw in answer.signals]
