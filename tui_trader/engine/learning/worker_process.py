"""The forecasters' process, from the engine's side: questions out, answers in, started again when it dies.

Law: nobody waits longer than FORECAST_S for a forecast, and never more than WAITING_MAX questions wait;
what is not answered is `NotAnswered` with the reason. The engine's process loads no model: it sends
candles and receives numbers.
"""

import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec

from tui_trader.engine.messages.forecasts import (
    Asked,
    Forecast,
    ListModels,
    ModelsListed,
    NotAnswered,
    Question,
    Reply,
    Told,
)
from tui_trader.engine.rules.model import TradeRules
from tui_trader.engine.values.text import sanitize

CHILD = "tui_trader.engine.learning.worker"
WAITING_MAX = 128
"""Twenty pairs with a study each, three times over."""
FORECAST_S = 5.0
ANSWER_S = 30.0
AGAIN_S, AGAIN_S_MAX = 1.0, 60.0
NO_MODEL = "there is no model; `tui-trader train` makes one"
LENGTH_BYTES = 4
FRAME_BYTES_MAX = 1 << 24
LOOK_S = 2.0
KEPT_VARIABLES = ("PATH", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "LANG", "LC_ALL", "SYSTEMROOT")
"""Of the environment: no key of anybody's is needed to forecast."""
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}


class WorkerProcess:
    """Asks the child, and keeps it alive.

    Args:
        first: First frame, see `worker.Start`.
        is_needed: Whether there is any model; before, no process is started and no memory taken.
        tell: Told when it has to be started again.
    """

    def __init__(
        self, first: bytes, *, is_needed: Callable[[], bool], tell: Callable[[str], None]
    ) -> None:
        self._first, self._is_needed, self._tell = first, is_needed, tell
        self._waiting: dict[int, asyncio.Future[Reply]] = {}
        self._number = 0
        self._child: asyncio.subprocess.Process | None = None
        self._is_ready = asyncio.Event()
        self._decoder = msgspec.msgpack.Decoder(Told)

    async def ask(self, question: Question) -> Reply:
        """The reply, or why there is none; never raises."""
        if self._child is None and not self._is_needed():
            is_list = isinstance(question, ListModels)
            return ModelsListed(rows=()) if is_list else NotAnswered(reason=NO_MODEL)
        if len(self._waiting) >= WAITING_MAX:
            return NotAnswered(reason=f"{WAITING_MAX} questions about models wait already")
        limit_s = FORECAST_S if isinstance(question, Forecast) else ANSWER_S
        self._number += 1
        number = self._number
        answer: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        try:
            async with asyncio.timeout(limit_s):
                await self._is_ready.wait()
                self._send(msgspec.msgpack.encode(Asked(number, question)))
                return await answer
        except TimeoutError:
            return NotAnswered(reason=f"the models did not answer within {limit_s:g} s")
        finally:
            self._waiting.pop(number, None)

    async def run(self) -> None:
        """Keep the child alive until cancelled."""
        pause_s = AGAIN_S
        while True:
            while not self._is_needed():  # noqa: ASYNC110 — a folder tells nobody when it fills
                await asyncio.sleep(LOOK_S)
            reason = await self._live()
            pause_s = AGAIN_S if self._is_ready.is_set() else min(2 * pause_s, AGAIN_S_MAX)
            self._is_ready.clear()
            self._give_up(reason)
            self._tell(f"{reason}; it is started again in {pause_s:g} s")
            await asyncio.sleep(pause_s)

    async def _live(self) -> str:
        """One life of the child; why it ended."""
        try:
            child = self._child = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                CHILD,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env={name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
                | ONE_THREAD,
            )
        except OSError as fault:
            return f"the process of the models could not be started: {fault.strerror}"
        try:
            self._send(self._first)
            return await self._listen(child)
        finally:
            self._child = None
            # It ends with its stdin, but not while it studies. A track record that is cut short in the
            # middle of a line is whole up to that line.
            if child.returncode is None:
                child.kill()
            await child.wait()

    async def _listen(self, child: asyncio.subprocess.Process) -> str:
        assert child.stdout is not None, "it was asked for"
        try:
            while True:
                length = int.from_bytes(await child.stdout.readexactly(LENGTH_BYTES), "big")
                if length > FRAME_BYTES_MAX:
                    return "the process of the models said what nobody can read"
                told = self._decoder.decode(await child.stdout.readexactly(length))
                if told.number == 0:
                    self._is_ready.set()
                waiting = self._waiting.get(told.number)
                if waiting is not None and not waiting.done():
                    waiting.set_result(told.reply)
        except asyncio.IncompleteReadError:
            return f"the process of the models ended (exit {await child.wait()})"
        except msgspec.DecodeError as fault:
            return f"the process of the models said what nobody can read ({sanitize(str(fault))})"

    def _send(self, body: bytes) -> None:
        child = self._child
        if child is None or child.stdin is None or child.stdin.is_closing():
            return  # It has just died: its end answers whoever waits.
        child.stdin.write(len(body).to_bytes(LENGTH_BYTES, "big") + body)

    def _give_up(self, reason: str) -> None:
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_result(NotAnswered(reason=reason))


def first_frame(root: Path, rules: TradeRules | None) -> bytes:
    """Where models lie and the trade that the settings mean, as the child reads it."""
    named = None if rules is None else rules._asdict()
    return msgspec.msgpack.encode({"root": str(root), "rules": named})
