"""The process that holds the models: questions in on stdin, answers out on stdout.

Law: forecasts go first. A study waits until no forecast does, so that the last pair of a candle does not
wait for the reasons of the first. It writes nothing but track records, and ends with its stdin.

Frames are MessagePack behind their length in four bytes.
"""

import os
import queue
import sys
import threading
from pathlib import Path
from typing import BinaryIO

import msgspec
import numpy as np

from tui_trader.engine.analysis.features.table import chosen_features, newest_row
from tui_trader.engine.analysis.futures import sample_candles
from tui_trader.engine.kernels.trees import FlatTrees, node_means, path_pushes, tree_sums
from tui_trader.engine.learning.forecaster import StoredForecaster
from tui_trader.engine.learning.library import Library
from tui_trader.engine.learning.manifest import BarrierFacts
from tui_trader.engine.learning.model_store import Key, ModelStore
from tui_trader.engine.learning.study import Student
from tui_trader.engine.learning.threads import one_thread
from tui_trader.engine.messages.forecasts import (
    Asked,
    Forecast,
    Forecasted,
    ListModels,
    ModelsListed,
    Question,
    Reply,
    ShowModel,
    Study,
    Told,
)
from tui_trader.engine.values.errors import StoreError

LENGTH_BYTES = 4
FRAME_BYTES_MAX = 1 << 24
WARM_BARS = 800
NICE = 5
"""Behind the engine, ahead of a training."""
BARRIER_FIELDS = frozenset(BarrierFacts.__struct_fields__) - {"fee_ratio"}


class Start(msgspec.Struct, frozen=True, kw_only=True):
    """First frame: where models lie, and the trade that the settings mean."""

    root: str
    rules: dict[str, int | float | tuple[float, ...]] | None = None

    @property
    def barrier(self) -> BarrierFacts | None:
        """The barriers of that trade; the fee is no part of what must agree."""
        if self.rules is None:
            return None
        named = {name: value for name, value in self.rules.items() if name in BARRIER_FIELDS}
        return msgspec.convert(named | {"fee_ratio": 0.0}, BarrierFacts)


class Answerer:
    """Answers one question after the other.

    Args:
        start: Where and what.
    """

    def __init__(self, start: Start) -> None:
        self._store = ModelStore(Path(start.root))
        self._forecaster = StoredForecaster(self._store, barrier=start.barrier)
        self._student = Student(self._forecaster)
        self._library = Library(self._store, self._student)

    def answer(self, question: Question) -> Reply:
        """The reply; what is wrong with a model is in it."""
        match question:
            case Forecast():
                return self._forecast(question)
            case Study():
                return self._student.study(question)
            case ListModels():
                return self._library.every()
            case ShowModel():
                key = Key(question.symbol, question.interval)
                return self._library.one(key, question.version)

    def read_all(self) -> None:
        """Load what serves, so that the first candle does not wait for twenty files."""
        for key in self._store.keys():  # noqa: SIM118 — a method of the store, no dictionary
            self._forecaster.speaker(key)

    def _forecast(self, question: Forecast) -> Forecasted:
        symbol, interval, candles = question.symbol, question.interval, question.candles
        try:
            standing = self._store.standing(Key(symbol, interval))
        except StoreError:
            # What is wrong with that file is in the answer.
            return Forecasted(champion=self._forecaster.forecast(symbol, interval, candles))
        shadow = standing.challenger
        champion = self._forecaster.forecast(symbol, interval, candles, version=standing.champion)
        if shadow is None:
            return Forecasted(champion=champion)
        return Forecasted(
            champion=champion,
            challenger=self._forecaster.forecast(symbol, interval, candles, version=shadow),
        )


def warm_up() -> None:
    """Compile and load what a first forecast would wait for."""
    newest_row(sample_candles(np.random.default_rng(1), count=WARM_BARS), chosen_features(()))
    leaf, none = np.array([-1], dtype=np.int32), np.zeros(1)
    stump = FlatTrees(np.zeros(1, dtype=np.int32), leaf, none, leaf, leaf, none)
    rows = np.zeros((1, 1))
    tree_sums(rows, stump)
    path_pushes(rows[0], stump, node_means(rows, stump))


def read_frame(stream: BinaryIO) -> bytes | None:
    """The next frame; None at the end."""
    head = stream.read(LENGTH_BYTES)
    if len(head) < LENGTH_BYTES:
        return None
    length = int.from_bytes(head, "big")
    if length > FRAME_BYTES_MAX:
        return None
    body = stream.read(length)
    return body if len(body) == length else None


def write_frame(stream: BinaryIO, message: msgspec.Struct) -> None:
    """Send a frame."""
    body = msgspec.msgpack.encode(message)
    stream.write(len(body).to_bytes(LENGTH_BYTES, "big") + body)
    stream.flush()


def _listen(
    stream: BinaryIO, waiting: "queue.PriorityQueue[tuple[int, int, Asked | None]]"
) -> None:
    """Put questions in their order: forecasts, what people ask, studies; the end last of all."""
    decoder = msgspec.msgpack.Decoder(Asked)
    arrived = 0
    while (frame := read_frame(stream)) is not None:
        asked = decoder.decode(frame)
        arrived += 1
        waiting.put((_rank(asked.question), arrived, asked))
    waiting.put((-1, 0, None))


def _rank(question: Question) -> int:
    match question:
        case Forecast():
            return 0
        case ListModels() | ShowModel():
            return 1
        case Study():
            return 2


@one_thread
def main() -> None:
    """Answer until stdin ends; limited to one thread once, because each limiting costs 13 ms."""
    os.nice(NICE)
    inward, outward = sys.stdin.buffer, sys.stdout.buffer
    # What a library prints must not get between the frames.
    sys.stdout = sys.stderr
    first = read_frame(inward)
    if first is None:
        return
    answerer = Answerer(msgspec.msgpack.decode(first, type=Start))
    waiting: queue.PriorityQueue[tuple[int, int, Asked | None]] = queue.PriorityQueue()
    threading.Thread(target=_listen, args=(inward, waiting), daemon=True).start()
    warm_up()
    answerer.read_all()
    write_frame(outward, Told(0, ModelsListed(rows=())))
    while (asked := waiting.get()[2]) is not None:
        write_frame(outward, Told(asked.number, answerer.answer(asked.question)))


if __name__ == "__main__":
    main()
