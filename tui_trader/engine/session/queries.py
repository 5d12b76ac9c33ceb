"""Answers to the read-only questions of clients."""

import asyncio
from collections.abc import Callable
from typing import NamedTuple, assert_never

import msgspec

from tui_trader.engine.analysis.strategy_catalogue import strategy_declarations
from tui_trader.engine.core.risk_standing import risk_answer
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
from tui_trader.engine.messages.risk_queries import AskRisk
from tui_trader.engine.messages.sentiment_queries import AskSentiment
from tui_trader.engine.messages.signal_queries import (
    AskModel,
    AskModels,
    AskSignal,
    AskSignals,
    AskWaterfalls,
)
from tui_trader.engine.messages.strategy_queries import (
    AskDecisions,
    AskStrategies,
    StrategiesAnswer,
)
from tui_trader.engine.ports.clock import Clock
from tui_trader.engine.ports.journal import Journal
from tui_trader.engine.session.analysis_desk import AnalysisDesk
from tui_trader.engine.session.candles import CandleDesk
from tui_trader.engine.session.sentiment import SentimentDesk
from tui_trader.engine.session.signal_desk import SignalDesk
from tui_trader.engine.session.status import status_answer
from tui_trader.engine.values.abilities import BudgetLevel
from tui_trader.engine.values.errors import StoreError
from tui_trader.engine.values.text import sanitize
from tui_trader.engine.values.time import MS_PER_SECOND

RECENT_EVENTS_MAX = 1_000
CHANGED = "changed since the start"


class Desks(NamedTuple):
    """Who answers what takes time.

    Args:
        candles: Chart history.
        analysis: Indicators, patterns and markets.
        sentiment: The mood.
        signals: What models say, and what was decided on it.
    """

    candles: CandleDesk
    analysis: AnalysisDesk
    sentiment: SentimentDesk
    signals: SignalDesk


class QueryDesk:
    """Answers without changing anything.

    Args:
        desks: Who answers what takes time.
        rows: The settings in force.
        budgets: Where the counts of the exchange's rate limits stand.
    """

    def __init__(
        self,
        trader: Trader,
        journal: Journal,
        clock: Clock,
        *,
        desks: Desks,
        rows: tuple[SettingRow, ...],
        budgets: Callable[[], tuple[BudgetLevel, ...]] = tuple,
    ) -> None:
        self._trader = trader
        self._journal = journal
        self._clock = clock
        self._candles, self._analysis, self._sentiment, self._signals = desks
        self._rows = rows
        self._budgets = budgets
        self._started_ms = clock.monotonic_ms()

    async def answer(self, query: Query) -> Answer:
        """The answer, or `QueryFailed` with the reason."""
        match query:
            case AskCandles():
                return await self._candles.answer(query)
            case AskTicket() | AskStatus() | AskSettings() | AskRecentEvents() | AskRisk():
                return self._answer_at_once(query)
            case AskCatalogue() | AskMarkets() | AskAnalysis() | AskTimeframes():
                return await self._analysis.answer(query)
            case AskDecisions() | AskStrategies():
                return await self._about_strategies(query)
            case AskSentiment():
                return await self._sentiment.answer()
            case AskSignals() | AskSignal() | AskWaterfalls() | AskModels() | AskModel():
                return await self._signals.answer(query)
            case _:
                assert_never(query)

    def _answer_at_once(
        self, query: AskTicket | AskStatus | AskSettings | AskRecentEvents | AskRisk
    ) -> Answer:
        match query:
            case AskTicket():
                return self._trader.ticket(query, self._clock.now_ms())
            case AskStatus():
                return self._status()
            case AskSettings():
                return SettingsAnswer(rows=tuple(self._in_force(row) for row in self._rows))
            case AskRecentEvents():
                return self._recent(query)
            case AskRisk():
                trader = self._trader
                return risk_answer(
                    trader.settings, trader.state, trader.market, now_ms=self._clock.now_ms()
                )

    def close(self) -> None:
        """Give up what is under way."""
        self._signals.close()
        self._sentiment.close()
        self._analysis.close()
        self._candles.close()

    async def _about_strategies(self, query: AskDecisions | AskStrategies) -> Answer:
        if isinstance(query, AskStrategies):
            # The first time it loads what computes them.
            declared = await asyncio.to_thread(strategy_declarations)
            return StrategiesAnswer(strategies=declared)
        name = sanitize(query.strategy)
        return self._trader.decisions(query) or QueryFailed(
            reason=f"no strategy {name} was started; see `tui-trader strategies status`"
        )

    def _in_force(self, row: SettingRow) -> SettingRow:
        changed = self._trader.state.limits.get(row.key)
        if changed is None:
            return row
        return msgspec.structs.replace(row, value=f"{changed:f}", source=CHANGED)

    def _status(self) -> Answer:
        uptime_ms = self._clock.monotonic_ms() - self._started_ms
        return status_answer(
            self._trader.state,
            self._trader.market,
            self._trader.settings,
            now_ms=self._clock.now_ms(),
            uptime_s=uptime_ms // MS_PER_SECOND,
            budgets=self._budgets(),
        )

    def _recent(self, query: AskRecentEvents) -> Answer:
        count, before = max(0, min(query.limit, RECENT_EVENTS_MAX)), max(0, query.before)
        try:
            return RecentEventsAnswer(entries=self._journal.recent(count, before=before))
        except StoreError as error:
            return QueryFailed(reason=str(error))
