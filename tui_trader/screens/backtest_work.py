"""What the backtest screen has computed and looked up: calls of the program beside the console, one at a time a kind.

Law: nothing computes in here and nothing blocks: every answer is a process of its own, and its result is
written to the board. What cannot be had becomes a sentence on the board.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import TypeVar

import msgspec

from tui_trader.engine.values.backtests import (
    BacktestDocument,
    BacktestStep,
    KeptRuns,
    RunCandles,
    StoredSeries,
    StrategyDeclaration,
    StrategyDeclarations,
)
from tui_trader.screens.beside import ProgramRefused, answer_of
from tui_trader.widgets.backtest_board import BacktestBoard, Ended, RunUnderWay
from tui_trader.widgets.backtest_form import arguments_of, first_form, form_of
from tui_trader.widgets.drawing.backtest_rows import clock_words
from tui_trader.widgets.drawing.equity_chart import day_words
from tui_trader.widgets.scene import Scene

Answer = TypeVar("Answer")
_MS_PER_SECOND = 1_000


Work = Coroutine[object, object, None]


class BacktestWork:
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
        self._scene, self._changed, self._say = scene, changed, say
        self._broke = broke
        self._run: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def _board(self) -> BacktestBoard:
        return self._scene.backtest

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

    async def _told(self, kind: type[Answer], *arguments: str) -> Answer:
        """One answer, decoded.

        Raises:
            ProgramRefused: the command said no, or what it said is no such answer.
        """
        told = await answer_of(self._scene.beside, arguments)
        try:
            return msgspec.json.decode(told, type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            message = f"`{' '.join(arguments[:2])}` answered what this console does not understand"
            raise ProgramRefused(message) from error

    def _start(self, work: Work) -> None:
        async def guarded() -> None:
            try:
                await work
            except ProgramRefused as refusal:
                self._say(str(refusal), True)  # noqa: FBT003 bad news

        self._spawn(guarded())

    # What there is.

    def look(self) -> None:
        """Look up kept runs, candles and strategies."""
        if not self._board.looking:
            self._board.looking, self._board.look_fault = "looking what there is…", ""
            self._spawn(self._look())

    async def _look(self) -> None:
        board = self._board
        try:
            board.runs = (await self._told(KeptRuns, "backtest", "--runs", "--json")).runs
            self._changed()
            board.looking = "looking through the candles…"
            board.series = await self._told(tuple[StoredSeries, ...], "data", "list", "--json")
            declared = await self._told(StrategyDeclarations, "strategies", "list", "--json")
            board.strategies = declared.strategies
        except ProgramRefused as refusal:
            board.look_fault = str(refusal)
        else:
            if board.form is None:
                board.form = first_form(board.series, board.strategies, pair=self._scene.symbol)
        finally:
            board.looking = ""
        self._changed()

    async def _look_at_runs(self) -> None:
        board = self._board
        board.runs = (await self._told(KeptRuns, "backtest", "--runs", "--json")).runs
        self._changed()

    # A run.

    def run(self) -> None:
        """Run the form."""
        board = self._board
        form = board.form
        assert form is not None
        title = f"{form.strategy.name} on {', '.join(form.pairs)} {form.interval.value}"
        board.under_way = RunUnderWay(title=title, started_ms=self._scene.now_ms)
        board.ended, board.ended_words = Ended.NONE, ""
        self._run = self._spawn(self._carry_out(arguments_of(form), board.under_way))
        # Not in the task: one that is cancelled before its first step runs none of its lines.
        self._run.add_done_callback(self._run_is_over)

    def _run_is_over(self, task: asyncio.Task[None]) -> None:
        board = self._board
        run = board.under_way
        if task.cancelled() and run is not None:
            taken = clock_words((self._scene.now_ms - run.started_ms) / _MS_PER_SECOND)
            board.ended = Ended.CANCELLED
            board.ended_words = f"after {taken}: {run.title}; nothing was kept"
        board.under_way, self._run = None, None
        self._changed()

    async def _carry_out(self, arguments: tuple[str, ...], run: RunUnderWay) -> None:
        board = self._board

        def watch(step: BacktestStep) -> None:
            run.told(step, now_ms=self._scene.now_ms)

        try:
            told = await answer_of(self._scene.beside, arguments, watch=watch)
            document = msgspec.json.decode(told, type=BacktestDocument)
        except ProgramRefused as refusal:
            board.ended, board.ended_words = Ended.REFUSED, str(refusal)
        except (msgspec.DecodeError, UnicodeDecodeError):
            board.ended = Ended.REFUSED
            board.ended_words = "the run answered what this console does not understand"
        else:
            board.ended = Ended.DONE
            board.show(document)
            self._start(self._look_at_runs())

    def cancel(self) -> None:
        """End the run that is under way."""
        if self._run is not None and self._board.under_way is not None:
            self._board.under_way.is_cancelling = True
            self._run.cancel()

    # Kept runs.

    def reopen(self, run_id: str) -> None:
        """Show a kept run, and make the form that of its call."""
        self._start(self._reopen(run_id))

    async def _reopen(self, run_id: str) -> None:
        board = self._board
        document = await self._told(BacktestDocument, "backtest", "--show", run_id, "--json")
        board.show(document)
        board.ended, board.ended_words = Ended.NONE, ""
        self._changed()
        strategy = await self._declaration(document)
        if strategy is not None and board.form is not None:
            board.form = form_of(document.call, board.form, strategy)
            self._changed()

    async def _declaration(self, document: BacktestDocument) -> StrategyDeclaration | None:
        file = document.call.strategy_file
        if file is not None:
            return await self._told(StrategyDeclaration, "strategies", "show", file, "--json")
        named = [one for one in self._board.strategies or () if one.name == document.strategy]
        return named[0] if named else None

    def delete(self, run_id: str) -> None:
        """Remove a kept run for good."""
        self._start(self._delete(run_id))

    async def _delete(self, run_id: str) -> None:
        await answer_of(self._scene.beside, ("backtest", "--delete", run_id))
        self._say(f"the run {run_id} is removed", False)  # noqa: FBT003 no bad news
        await self._look_at_runs()

    def export(self, run_id: str, folder: str) -> None:
        """Write a kept run into a folder."""
        self._start(self._export(run_id, folder))

    async def _export(self, run_id: str, folder: str) -> None:
        await answer_of(self._scene.beside, ("backtest", "--show", run_id, "--out", folder))
        self._say(f"exported to {folder}", False)  # noqa: FBT003 no bad news

    # A strategy of the person's own, and candles.

    def take_file(self, path: str) -> None:
        """Make the form one of a strategy in a file; its code is run to ask what it declares."""
        self._spawn(self._take_file(path))

    async def _take_file(self, path: str) -> None:
        board = self._board
        try:
            declared = await self._told(StrategyDeclaration, "strategies", "show", path, "--json")
        except ProgramRefused as refusal:
            board.ended, board.ended_words = Ended.REFUSED, str(refusal)
        else:
            board.ended, board.ended_words = Ended.NONE, ""
            if board.form is not None:
                board.form = board.form.with_strategy(declared, file=path)
        self._changed()

    def load_candles(self, *, around_ms: int) -> None:
        """Candles of the pair that is charted, around a moment."""
        self._board.is_loading = True
        self._spawn(self._load_candles(around_ms))

    async def _load_candles(self, around_ms: int) -> None:
        board = self._board
        document, pair = board.document, board.pair
        assert document is not None
        assert document.id is not None
        around = f"{day_words(around_ms)}"
        try:
            found = await self._told(
                RunCandles,
                *("backtest", "--show", document.id, "--candles", around),
                *("--pair", pair, "--json"),
            )
        except ProgramRefused as refusal:
            if board.document is document:
                board.candle_fault = str(refusal)
        else:
            # Meanwhile another run may be shown.
            if board.document is document:
                board.candles[pair] = found
        finally:
            board.is_loading = False
        self._changed()
