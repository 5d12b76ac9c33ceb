"""The one door of the core.

Law: `step(message)` decides and nothing else: no clock, no chance, no I/O, no await. The same
messages in the same order give the same events and requests. Time is in the messages.

How to think about it: commands pass the gates and become intents; reports are evidence about
intents; timers ask again what was not answered. Everything that must survive a crash is an event.
"""

from typing import assert_never

from tui_trader.engine.core import (
    amending,
    closing,
    emergency,
    evidence,
    limit_changes,
    links,
    placement,
    reconcile,
    timers,
)
from tui_trader.engine.core.decision import Decision, Step
from tui_trader.engine.core.gate_context import GateContext, OrderDraft
from tui_trader.engine.core.hosting import Hosts
from tui_trader.engine.core.pacing import Pacing
from tui_trader.engine.core.strategy_host import StrategyHost
from tui_trader.engine.core.ticket import price_ticket
from tui_trader.engine.messages.commands import (
    AmendPlacedOrder,
    CancelAllOrders,
    CancelOrder,
    ChangeLimit,
    ClosePosition,
    Command,
    FlattenAll,
    HaltTrading,
    HoldStrategy,
    PlaceOrder,
    ResumeTrading,
    ShutDownEngine,
    StartStrategy,
    StopStrategy,
)
from tui_trader.engine.messages.events import EngineStarted, EngineStopping
from tui_trader.engine.messages.queries import AskTicket, TicketAnswer
from tui_trader.engine.messages.reports import (
    AccountReport,
    AccountSideReport,
    AmendReport,
    BalanceReport,
    BookReport,
    CancelAllReport,
    CancelReport,
    FillReport,
    LinkReport,
    LookupReport,
    MarketReport,
    OrderReport,
    Report,
    SubmitReport,
    TickerReport,
    TimerReport,
)
from tui_trader.engine.messages.requests import StopEngine
from tui_trader.engine.messages.signal_reports import SignalReport
from tui_trader.engine.messages.strategy_queries import AskDecisions, DecisionsAnswer
from tui_trader.engine.messages.strategy_reports import StrategyReport
from tui_trader.engine.settings.model import Settings
from tui_trader.engine.state.market_view import MarketView
from tui_trader.engine.state.trading_state import TradingState
from tui_trader.engine.values.modes import Mode

CLOCK_STEP_MS = 2_000
"""Messages overtake each other by milliseconds; more than this is a clock that was set back."""


class Trader:
    """Decides for one account.

    Args:
        settings: Limits and timings; limits that are changed meanwhile are changed in here.
        state: As the journal left it; the trader owns it from now on.
        market: Filled by the market reports that pass through `step`.
        mode: What is real in this session.
        venue: Host of the exchange, for people.
        host: A strategy that trades by itself and that nobody writes down: a backtest's.
    """

    def __init__(
        self,
        settings: Settings,
        state: TradingState,
        market: MarketView,
        *,
        mode: Mode,
        venue: str,
        host: StrategyHost | None = None,
    ) -> None:
        self.settings = settings
        self.state = state
        self.market = market
        self._mode = mode
        self._venue = venue
        self.hosts = Hosts(state)
        if host is not None:
            self.hosts.add(host)
        self._pacing = Pacing()
        self._heard_ms = 0

    def start(self, time_ms: int, version: str) -> Step:
        """First step of a session: what was under way is unknown until the exchange was asked."""
        desk = self._desk(time_ms)
        desk.emit(
            EngineStarted(time_ms=time_ms, mode=self._mode, venue=self._venue, version=version)
        )
        closing.begin(desk)
        reconcile.begin(desk, self._pacing)
        self.hosts.begin(desk)
        return desk.step()

    def step(self, message: Command | Report | StrategyReport | SignalReport) -> Step:
        """Decide on one message."""
        if isinstance(message, MarketReport):
            return self._see(message)
        desk = self._desk(message.time_ms)
        self._mind_the_clock(desk)
        self._decide(desk, message)
        closing.follow(desk, self._pacing)
        if not self.hosts.is_empty:
            self.hosts.follow(desk, self._pacing.fills_expected)
        return desk.step()

    def _see(self, report: MarketReport) -> Step:
        """A price is noted; it leads to something only where a strategy holds a position."""
        self.market.apply(report)
        if self.hosts.is_empty:
            return _NOTHING
        if isinstance(report, TickerReport):
            desk = self._desk(report.time_ms)
            self.hosts.price_changed(desk, report)
        elif isinstance(report, BookReport) and self.hosts.awaits_book(report.symbol):
            desk = self._desk(report.time_ms)
            self.hosts.book_changed(desk, report.symbol)
        else:
            return _NOTHING
        self.hosts.follow(desk, self._pacing.fills_expected)
        return desk.step()

    def _decide(
        self,
        desk: Decision,
        message: Command | AccountSideReport | StrategyReport | SignalReport,
    ) -> None:
        if isinstance(message, StrategyReport):
            self.hosts.hear(desk, message)
        elif isinstance(message, SignalReport):
            self.hosts.signals.weigh(desk, message)
        elif isinstance(message, AccountSideReport):
            self._weigh(desk, message)
        else:
            self._obey(desk, message)

    def decisions(self, query: AskDecisions) -> DecisionsAnswer | None:
        """What a strategy decided lately; None where none of that name was started."""
        return self.hosts.decisions(query)

    def ticket(self, query: AskTicket, now_ms: int) -> TicketAnswer:
        """What an order would cost, and what the gate says of it now; changes nothing."""
        draft = OrderDraft(
            client_order_id=None,
            symbol=query.symbol,
            side=query.side,
            order_type=query.order_type,
            quantity_base=query.quantity_base,
            price=query.price,
            post_only=query.post_only,
            terms=query.terms,
            amends=None if query.amends is None else self.state.orders.get(query.amends),
        )
        return price_ticket(
            GateContext(draft, self.settings, self.state, market=self.market, now_ms=now_ms)
        )

    def _desk(self, now_ms: int) -> Decision:
        return Decision(self.settings, self.state, self.market, now_ms=now_ms)

    def _mind_the_clock(self, desk: Decision) -> None:
        if desk.now_ms < self._heard_ms - CLOCK_STEP_MS:
            # Every "not before" lies in a future that was moved: ask everything anew, now.
            self._pacing = Pacing()
            reconcile.want(desk, self._pacing, reason="the clock was set back")
        self._heard_ms = desk.now_ms

    def _obey(self, desk: Decision, command: Command) -> None:  # noqa: C901, PLR0912 (one flat table)
        match command:
            case PlaceOrder():
                placement.place(desk, command)
            case CancelOrder():
                placement.cancel(desk, self._pacing, command)
            case CancelAllOrders():
                emergency.cancel_all(desk, self._pacing, command)
            case HaltTrading():
                emergency.halt(desk, self._pacing, command)
            case ResumeTrading():
                emergency.resume(desk, self._pacing, command)
            case StartStrategy():
                self.hosts.start(desk, command)
            case StopStrategy():
                self.hosts.stop(desk, command)
            case HoldStrategy():
                self.hosts.hold(desk, command)
            case ChangeLimit():
                limit_changes.change(desk, command)
                self.settings = desk.settings
            case AmendPlacedOrder():
                amending.amend(desk, command)
            case ClosePosition():
                closing.close(desk, command)
            case FlattenAll():
                closing.flatten(desk, self._pacing, command)
            case ShutDownEngine():
                desk.emit(
                    EngineStopping(
                        time_ms=desk.now_ms, command_id=command.command_id, actor=command.actor
                    )
                )
                desk.request(StopEngine())
            case _:
                assert_never(command)

    def _weigh(self, desk: Decision, report: AccountSideReport) -> None:  # noqa: C901, PLR0912 (one flat table)
        pacing = self._pacing
        match report:
            case SubmitReport():
                evidence.weigh_submit(desk, pacing, report)
            case AmendReport():
                amending.weigh_amend(desk, pacing, report)
            case CancelReport():
                evidence.weigh_cancel(desk, pacing, report)
            case OrderReport():
                evidence.weigh_order(desk, pacing, report.order)
            case FillReport():
                evidence.weigh_fill(desk, pacing, report.fill)
            case LookupReport():
                evidence.weigh_lookup(desk, pacing, report)
            case CancelAllReport():
                emergency.weigh_cancel_all(desk, pacing, report)
            case BalanceReport():
                reconcile.weigh_balances(desk, pacing, report.balances)
            case AccountReport():
                reconcile.weigh_account(desk, pacing, report)
            case LinkReport():
                links.weigh_link(desk, pacing, report)
            case TimerReport():
                timers.run(desk, pacing)
            case _:
                assert_never(report)


_NOTHING = Step((), ())
