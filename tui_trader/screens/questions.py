"""Everything this console asks the engine: when, how often, and into which part of the scene it goes.

Law: one question of a kind under way, whatever the person does meanwhile; a question that failed is
asked again after a pause. Nothing is asked for a screen that is not shown.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress

from tui_trader.engine.client.protocol import EngineClient
from tui_trader.engine.messages.queries import (
    Answer,
    AskCandles,
    AskRecentEvents,
    AskTicket,
    CandlesAnswer,
    Query,
    QueryFailed,
    RecentEventsAnswer,
)
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.errors import TraderError
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.text import sanitize
from tui_trader.widgets import scene_feed
from tui_trader.widgets.board_questions import due, page_due
from tui_trader.widgets.boards import Topic
from tui_trader.widgets.candle_history import CANDLES_MAX
from tui_trader.widgets.chart_pane import past_due
from tui_trader.widgets.scene import Scene
from tui_trader.widgets.ticket_question import TicketQuestions

EVENTS_AT_START = 200
CANDLE_RETRY_S = 2.0

Spawn = Callable[[Coroutine[None, None, None]], object]


class Questions:
    """Asks; the answers are in the scene.

    Args:
        spawn: Runs a coroutine beside everything else.
        changed: Called when an answer is in.
    """

    def __init__(self, scene: Scene, *, spawn: Spawn, changed: Callable[[], None]) -> None:
        self._scene, self._spawn, self._changed = scene, spawn, changed
        self._client: EngineClient | None = None
        self._ticket = TicketQuestions()
        self._is_asking_candles = self._is_asking_past = False

    def start(self, client: EngineClient) -> None:
        """An engine is there: ask it what happened before."""
        self._client = client
        self._spawn(self._ask_past(client))

    def stop(self) -> None:
        """It is gone."""
        self._client = None

    def ask(self) -> None:
        """Ask what is due now."""
        client = self._client
        if client is None:
            return
        self._ask_candles(client)
        for name, query in due(self._scene):
            topic = self._scene.topic(name)
            topic.query, topic.asked_ms, topic.is_under_way = query, self._scene.now_ms, True
            self._spawn(self._fetch(client, topic, query))
        page = page_due(self._scene)
        if page is not None:
            self._scene.journal.is_under_way = True
            self._scene.journal.asked_ms = self._scene.now_ms
            self._spawn(self._fetch_page(client, page))
        question = self._ticket.due(self._scene, time.monotonic())
        if question is not None:
            self._spawn(self._fetch_ticket(client, question))

    async def _ask_past(self, client: EngineClient) -> None:
        with suppress(TraderError, OSError):
            answer = await client.ask(AskRecentEvents(limit=EVENTS_AT_START))
            if isinstance(answer, RecentEventsAnswer):
                scene_feed.take_past(self._scene, answer.entries)

    async def _fetch(self, client: EngineClient, topic: Topic, query: Query) -> None:
        answer = await _answer(client, query)
        topic.is_under_way = False
        if isinstance(answer, QueryFailed):
            topic.fault = sanitize(answer.reason)
        else:
            topic.answer, topic.answered, topic.fault = answer, query, ""
            topic.answered_ms = self._scene.now_ms
        # What was chosen while the answer was on its way is asked for at once.
        self.ask()
        self._changed()

    async def _fetch_page(self, client: EngineClient, query: AskRecentEvents) -> None:
        answer, journal = await _answer(client, query), self._scene.journal
        journal.is_under_way = False
        if client is not self._client:
            # About an engine that is gone; the pages of the next one are counted anew.
            return
        if isinstance(answer, RecentEventsAnswer):
            journal.fault = ""
            journal.take_page(answer.entries)
        else:
            journal.fault = sanitize(answer.reason if isinstance(answer, QueryFailed) else "")
        self._changed()

    def _ask_candles(self, client: EngineClient) -> None:
        missing = scene_feed.candles_missing(self._scene)
        if missing and not self._is_asking_candles:
            self._is_asking_candles = True
            self._spawn(self._fetch_candles(client, missing[0]))
        older = past_due(self._scene)
        if older is not None and not self._is_asking_past:
            self._is_asking_past = True
            self._spawn(self._fetch_older(client, older))

    async def _fetch_older(self, client: EngineClient, query: AskCandles) -> None:
        """A page of the past; the next one when this one is here and still not enough."""
        answer = await _answer(client, query)
        if isinstance(answer, CandlesAnswer):
            scene_feed.take_older(self._scene, query, answer)
        else:
            await asyncio.sleep(CANDLE_RETRY_S)
        self._is_asking_past = False
        self.ask()
        self._changed()

    async def _fetch_candles(self, client: EngineClient, key: tuple[Symbol, Interval]) -> None:
        """One history at a time; the next is asked for when this one is here."""
        query = AskCandles(symbol=key[0], interval=key[1], count=CANDLES_MAX)
        answer = await _answer(client, query)
        if isinstance(answer, CandlesAnswer):
            scene_feed.take_history(self._scene, answer)
        else:
            await asyncio.sleep(CANDLE_RETRY_S)
        self._is_asking_candles = False
        self.ask()
        self._changed()

    async def _fetch_ticket(self, client: EngineClient, question: AskTicket) -> None:
        self._ticket.take(self._scene, await _answer(client, question))
        self._changed()


async def _answer(client: EngineClient, query: Query) -> Answer:
    try:
        return await client.ask(query)
    except (TraderError, OSError) as fault:
        return QueryFailed(reason=str(fault))
