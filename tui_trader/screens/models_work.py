"""What the models screen has done beside the console: training, promotion, the way back, a look at the home.

Law: nothing computes in here and nothing blocks: every answer is a process of its own, and what came of it
is written to the board. What cannot be had becomes a sentence.
"""

import asyncio
from collections.abc import Callable, Coroutine

import msgspec

from tui_trader.engine.messages.signal_queries import ModelRow
from tui_trader.engine.values.backtests import BacktestStep
from tui_trader.engine.values.text import sanitize
from tui_trader.screens.beside import ProgramRefused, answer_of
from tui_trader.widgets.backtest_board import Ended, RunUnderWay
from tui_trader.widgets.drawing.backtest_rows import clock_words
from tui_trader.widgets.models_board import ListedModel, ModelsBoard, TrainedDocument
from tui_trader.widgets.models_view import ask_anew, stored_row
from tui_trader.widgets.scene import Scene

_MS_PER_SECOND = 1_000
_UNREADABLE = "it answered what this console does not understand"

Work = Coroutine[object, object, None]


class ModelsWork:
    """Calls of the program, and what became of them.

    Args:
        scene: Its board is written here.
        changed: The board has changed.
        say: A short notice; bad news or not.
        broke: Told of a bug in here, so that the console ends with a report.
    """

    def __init__(
        self,
        scene: Scene,
        *,
        changed: Callable[[], None],
        say: Callable[[str, bool], None],
        broke: Callable[[Exception], None],
    ) -> None:
        self._scene, self._changed, self._say, self._broke = scene, changed, say, broke
        self._training: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def _board(self) -> ModelsBoard:
        return self._scene.models

    def _spawn(self, work: Work) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        bug = None if task.cancelled() else task.exception()
        if isinstance(bug, Exception):
            # In a task of its own nobody would hear of it, and the console would go on as if nothing were.
            self._broke(bug)

    async def close(self) -> None:
        """End everything that runs, and wait until it has ended."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # Training.

    def train(self, pair: str, timeframe: str, *, models: str) -> None:
        """Train a model of the pair on the stored candles."""
        board = self._board
        named = f"{pair} {timeframe}"
        board.under_way = RunUnderWay(title=named, started_ms=self._scene.now_ms)
        board.ended, board.ended_words = Ended.NONE, ""
        arguments = ("train", "--pair", pair, "--timeframe", timeframe)
        chosen = ("--models", models) if models else ()
        call = (*arguments, *chosen, "--json", "--progress", "json")
        self._training = self._spawn(self._train(call, board.under_way))
        # Not in the task: one that is cancelled before its first step runs none of its lines.
        self._training.add_done_callback(self._training_is_over)

    def _training_is_over(self, task: asyncio.Task[None]) -> None:
        board = self._board
        run = board.under_way
        if task.cancelled() and run is not None:
            taken = clock_words((self._scene.now_ms - run.started_ms) / _MS_PER_SECOND)
            board.ended = Ended.CANCELLED
            board.ended_words = f"after {taken}: {run.title}; what is stored is as it was"
        board.under_way, self._training = None, None
        self._changed()

    async def _train(self, call: tuple[str, ...], run: RunUnderWay) -> None:
        board = self._board

        def watch(step: BacktestStep) -> None:
            run.told(step, now_ms=self._scene.now_ms)

        try:
            told = await answer_of(self._scene.beside, call, watch=watch)
            document = msgspec.json.decode(told, type=TrainedDocument)
        except ProgramRefused as refusal:
            board.ended, board.ended_words = Ended.REFUSED, str(refusal)
        except (msgspec.DecodeError, UnicodeDecodeError):
            board.ended, board.ended_words = Ended.REFUSED, _UNREADABLE
        else:
            board.ended = Ended.DONE
            board.ended_words = _trained_words(document)
            self._changed_models()

    def cancel(self) -> None:
        """End the training that is under way."""
        if self._training is not None and self._board.under_way is not None:
            self._board.under_way.is_cancelling = True
            self._training.cancel()

    # Which one serves.

    def promote(self, row: ModelRow) -> None:
        """Let that one serve."""
        named = f"version {row.version} of {row.symbol} {row.interval.value}"
        call = ("models", "promote", row.symbol, row.interval.value, str(row.version))
        self._change(call, f"promoting {named}…", f"{named} serves now")

    def roll_back(self, row: ModelRow) -> None:
        """Let the one that served before serve again."""
        named = f"the former version of {row.symbol} {row.interval.value}"
        call = ("models", "rollback", row.symbol, row.interval.value)
        self._change(call, f"going back to {named}…", f"{named} serves again")

    def _change(self, call: tuple[str, ...], begins: str, ends: str) -> None:
        board = self._board
        board.changing = begins

        async def carried_out() -> None:
            try:
                await answer_of(self._scene.beside, call)
            except ProgramRefused as refusal:
                self._say(str(refusal), True)  # noqa: FBT003 bad news
            else:
                self._changed_models()
                self._say(ends, False)  # noqa: FBT003 no bad news
            finally:
                board.changing = ""
            self._changed()

        self._spawn(carried_out())

    def _changed_models(self) -> None:
        ask_anew(self._scene)
        self._board.stored = None

    # The home, where no engine tells of it.

    def look(self) -> None:
        """List the models of the home."""
        if not self._board.is_looking:
            self._board.is_looking = True
            self._spawn(self._look())

    async def _look(self) -> None:
        board = self._board
        try:
            told = await answer_of(self._scene.beside, ("models", "list", "--json"))
            listed = msgspec.json.decode(told, type=tuple[ListedModel, ...])
        except ProgramRefused as refusal:
            board.stored_fault = str(refusal)
        except (msgspec.DecodeError, UnicodeDecodeError):
            board.stored_fault = _UNREADABLE
        else:
            ranks = {"serves": 0, "shadows": 1}
            ordered = sorted(
                listed, key=lambda one: (ranks.get(one.role, 2), -(one.created_ms or 0))
            )
            board.stored, board.stored_fault = tuple(stored_row(one) for one in ordered), ""
        finally:
            board.is_looking = False
        self._changed()


def _trained_words(document: TrainedDocument) -> str:
    version = "not stored" if document.version is None else f"version {document.version}"
    verdict = document.ensemble.verdict or ("an edge" if document.ensemble.edge else "no edge")
    return sanitize(f"{document.pair} {document.timeframe}, {version}: {verdict}")
