"""Answers to the read-only questions of clients."""

from typing import assert_never

from tui_trader.engine.core.trader import Trader
from tui_trader.engine.messages.analysis_queries import (
    AskAnalysis,
    AskCatalogue,
    AskMarkets,
    AskTimeframes,
)
from tui_trader.engine.messages.queries import (
    Answer,
    AskCandles,
    AskRecentEvents,
    AskSettings,
    AskStatus,
    AskTicket,
    Query,
    QueryFailed,
    RecentEventsAnswer,
    SettingRow,
    SettingsAnswer,
)
from tui_trader.engine.ports.clock import Clock
from tui_trader.engine.ports.journal import Journal
from tui_trader.engine.session.analysis_desk import AnalysisDesk
from tui_trader.engine.session.candles import CandleDesk
from tui_trader.engine.session.status import status_answer
from tui_trader.engine.values.errors import StoreError
from tui_trader.engine.values.time import MS_PER_SECOND

RECENT_EVENTS_MAX = 1_000


class QueryDesk:
    """Answers without changing anything.

    Args:
        rows: The settings in force.
        candles: Where chart history comes from.
        analysis: Who answers about indicators, patterns and markets.
    """

    def __init__(
        self,
        trader: Trader,
        journal: Journal,
        clock: Clock,
        *,
        candles: CandleDesk,
        analysis: AnalysisDesk,
        rows: tuple[SettingRow, ...],
    ) -> None:
        self._trader = trader
        self._journal = journal
        self._clock = clock
        self._candles = candles
        self._analysis = analysis
        self._rows = rows
        self._started_ms = clock.monotonic_ms()

    async def answer(self, query: Query) -> Answer:
        """The answer, or `QueryFailed` with the reason."""
        match query:
            case AskCandles():
                return await self._candles.answer(query)
            case AskTicket():
                return self._trader.ticket(query, self._clock.now_ms())
            case AskStatus():
                return self._status()
            case AskSettings():
                return SettingsAnswer(rows=self._rows)
            case AskRecentEvents():
                return self._recent(query.limit)
            case AskCatalogue() | AskMarkets() | AskAnalysis() | AskTimeframes():
                return await self._analysis.answer(query)
            case _:
                assert_never(query)

    def close(self) -> None:
        """Give up what is under way."""
        self._candles.close()

    def _status(self) -> Answer:
        uptime_ms = self._clock.monotonic_ms() - self._started_ms
        return status_answer(
            self._trader.state,
            self._trader.market,
            self._trader.settings,
            now_ms=self._clock.now_ms(),
            uptime_s=uptime_ms // MS_PER_SECOND,
        )

    def _recent(self, limit: int) -> Answer:
        count = max(0, min(limit, RECENT_EVENTS_MAX))
        try:
            return RecentEventsAnswer(entries=self._journal.recent(count))
        except StoreError as error:
            return QueryFailed(reason=str(error))
