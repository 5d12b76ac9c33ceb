"""The strategies that trade by themselves: started, held, closed, and written down as they go on.

Law: whatever a host must not forget is in a `StrategyNoted` of the very step in which it changed, so
that a note and the orders and fills it speaks of are durable together. A held strategy enters nothing;
its exits are judged by the same gate as ever.
"""

from collections.abc import Container

from tui_trader.engine.core import write_offs
from tui_trader.engine.core.decision import Decision
from tui_trader.engine.core.decision_log import PastDecisions
from tui_trader.engine.core.host_notes import book_of, empty_book, note_of, plain, rules_of
from tui_trader.engine.core.placement import refuse
from tui_trader.engine.core.signal_hosts import SignalHosts, hosted_rules
from tui_trader.engine.core.strategy_host import StrategyHost
from tui_trader.engine.messages.commands import HoldStrategy, StartStrategy, StopStrategy
from tui_trader.engine.messages.events import (
    StrategyClosing,
    StrategyContinued,
    StrategyDecided,
    StrategyHeld,
    StrategyNoted,
    StrategyRefilled,
    StrategyStarted,
    StrategyStopped,
    TradingHalted,
)
from tui_trader.engine.messages.reports import TickerReport
from tui_trader.engine.messages.signal_reports import ForecastReport
from tui_trader.engine.messages.strategy_queries import AskDecisions, DecisionsAnswer
from tui_trader.engine.messages.strategy_reports import (
    CandlesBeganReport,
    CandlesClosedReport,
    CandlesOpenedReport,
    SignalMissingReport,
    StrategyFaultReport,
    StrategyReport,
    WindowRefilledReport,
)
from tui_trader.engine.rules.checks import faults_of
from tui_trader.engine.rules.from_settings import risk_rules
from tui_trader.engine.rules.grid import quantity_of
from tui_trader.engine.state.strategy_record import StrategyRecord
from tui_trader.engine.state.trading_state import TradingState
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.orders import ClientOrderId
from tui_trader.engine.values.strategies import StrategyPhase, StrategySpec
from tui_trader.engine.values.time import format_clock

STRATEGIES_MAX = 8
PAIRS_MAX = 20


class Hosts:
    """Every strategy of one account, as the journal left them."""

    def __init__(self, state: TradingState) -> None:
        self.signals = SignalHosts()
        self._hosts = {
            name: _restored(record, self.signals) for name, record in state.strategies.items()
        }
        by_actor = {host.actor: host for host in self._hosts.values()}
        for order in state.orders.values():
            if (host := by_actor.get(order.actor)) is not None:
                host.acted_ms[order.symbol] = max(
                    order.changed_ms, host.acted_ms.get(order.symbol, 0)
                )

    def add(self, host: StrategyHost) -> None:
        """Host one that nobody writes down: a backtest's."""
        self._hosts[host.name] = host

    def recall(self, past: PastDecisions) -> None:
        """Know what the strategies of the journal decided before this session; before it begins."""
        for name, host in self._hosts.items():
            assert host.log is not None, "who is in the journal keeps a log"
            host.log.recall(past.of(name))

    def begin(self, desk: Decision) -> None:
        """A session begins: what was wanted before is too old to enter on."""
        for host in self._hosts.values():
            host.give_up_entries(desk, "the engine was restarted before it could be acted on")
        self._note(desk)

    def start(self, desk: Decision, command: StartStrategy) -> None:
        """Let a strategy trade, or enter again; or say why not."""
        gate, reason = _start_refusal(desk, command)
        if not reason and command.name not in desk.state.strategies:
            gate, reason = "edge", self.signals.start_refusal(command, desk.state.refuted)
        if reason:
            refuse(desk, command, gate=gate, reason=reason)
        elif command.name in desk.state.strategies:
            desk.emit(
                StrategyContinued(
                    time_ms=desk.now_ms,
                    command_id=command.command_id,
                    actor=command.actor,
                    strategy=command.name,
                    file_digest=command.file_digest,
                )
            )
        else:
            self._begin_one(desk, command)

    def stop(self, desk: Decision, command: StopStrategy) -> None:
        """End a strategy, at once or when it has sold what it holds."""
        host = self._hosts.get(command.name)
        if host is None or command.name not in desk.state.strategies:
            reason = f"no strategy {command.name} was started; see `tui-trader strategies status`"
            refuse(desk, command, gate="strategy", reason=reason)
            return
        if command.is_flattening and not host.is_closed:
            desk.emit(
                StrategyClosing(
                    time_ms=desk.now_ms,
                    command_id=command.command_id,
                    actor=command.actor,
                    strategy=command.name,
                )
            )
            host.sell_everything(desk)
            return
        self._end(desk, host, actor=command.actor, command=command)

    def hold(self, desk: Decision, command: HoldStrategy) -> None:
        """Let a strategy enter nothing more; or say why not."""
        record, host = desk.state.strategies.get(command.name), self._hosts.get(command.name)
        if record is None or host is None:
            reason = f"no strategy {command.name} was started; see `tui-trader strategies status`"
            refuse(desk, command, gate="strategy", reason=reason)
        elif record.phase is not StrategyPhase.RUNNING:
            reason = f"{command.name} is {record.phase.value} already: it enters nothing"
            refuse(desk, command, gate="strategy", reason=reason)
        else:
            desk.emit(
                StrategyHeld(
                    time_ms=desk.now_ms,
                    command_id=command.command_id,
                    strategy=command.name,
                    reason=f"asked by {command.actor}",
                )
            )
            host.give_up_entries(desk, "it is held: start it again to let it enter", gate="held")

    def hear(self, desk: Decision, report: StrategyReport) -> None:  # one flat table
        """What whoever has the candles says."""
        host = self._hosts.get(report.strategy)
        if host is None:
            return  # It was stopped while its candles were on their way.
        match report:
            case CandlesClosedReport():
                host.candles_closed(desk, self.signals.decided(report))
            case CandlesBeganReport():
                host.candles_began(desk, report)
            case CandlesOpenedReport():
                host.candles_opened(desk, report)
            case WindowRefilledReport():
                desk.emit(
                    StrategyRefilled(
                        time_ms=desk.now_ms,
                        strategy=report.strategy,
                        missed_count=report.missed_count,
                        reason=report.reason,
                    )
                )
            case SignalMissingReport():
                host.miss(desk, report.candle_ms, report.reason)
            case StrategyFaultReport():
                self._hold(desk, report)
            case ForecastReport():
                self.signals.hear(desk, report)

    def price_changed(self, desk: Decision, report: TickerReport) -> None:
        """A price may set off a stop or a take profit of any of them."""
        for host in self._hosts.values():
            host.price_changed(desk, report)

    def awaits_book(self, symbol: Symbol) -> bool:
        """Whether a sale of any of them waits for a book that can take it."""
        return any(host.awaits_book(symbol) for host in self._hosts.values())

    def book_changed(self, desk: Decision, symbol: Symbol) -> None:
        """A book has come that a sale may have waited for."""
        for host in self._hosts.values():
            if host.awaits_book(symbol):
                host.book_changed(desk, symbol)

    def follow(self, desk: Decision, owed: Container[ClientOrderId] = ()) -> None:
        """After each step: hear fills and ends, act on, and write down what changed.

        Args:
            desk: The step so far.
            owed: Orders of which the exchange has told more filled than it has told fills.
        """
        if not desk.state.strategies:
            # A backtest's: nobody holds, ends or writes down, and this is its inner loop.
            for host in self._hosts.values():
                host.follow(desk)
            return
        if any(isinstance(event, TradingHalted) for event in desk.events):
            for host in self._hosts.values():
                host.give_up_entries(desk, "trading was halted", gate="halted")
        for host in tuple(self._hosts.values()):
            host.follow(desk, owed)
            write_offs.look(desk, host)
            record = desk.state.strategies.get(host.name)
            if record is not None and record.phase is StrategyPhase.CLOSING and host.is_closed:
                self._end(desk, host, actor="engine")
        self._note(desk)

    @property
    def is_empty(self) -> bool:
        """Nobody trades by himself."""
        return not self._hosts

    def decisions(self, query: AskDecisions) -> DecisionsAnswer | None:
        """What a strategy decided lately; None where none of that name was started."""
        host = self._hosts.get(query.strategy)
        if host is None or host.log is None:
            return None
        return DecisionsAnswer(strategy=host.name, rows=host.log.newest(query.limit))

    def _begin_one(self, desk: Decision, command: StartStrategy) -> None:
        instruments = tuple(desk.market.instruments[symbol] for symbol in command.symbols)
        spec = StrategySpec(
            name=command.name,
            file=command.file,
            symbols=command.symbols,
            interval=command.interval,
            parameters=command.parameters,
            rules=plain(hosted_rules(desk.settings, command.name, command.file)),
            risk=plain(risk_rules(desk.settings.risk)),
            started_ms=desk.now_ms,
            file_digest=command.file_digest,
        )
        event = StrategyStarted(
            time_ms=desk.now_ms,
            command_id=command.command_id,
            actor=command.actor,
            spec=spec,
            note=note_of(empty_book(instruments)),
        )
        desk.emit(event)
        self._hosts[command.name] = _restored(desk.state.strategies[command.name], self.signals)

    def _hold(self, desk: Decision, report: StrategyFaultReport) -> None:
        record = desk.state.strategies.get(report.strategy)
        if record is not None and record.phase is StrategyPhase.RUNNING:
            desk.emit(
                StrategyHeld(time_ms=desk.now_ms, strategy=report.strategy, reason=report.reason)
            )

    def _end(
        self, desk: Decision, host: StrategyHost, *, actor: str, command: StopStrategy | None = None
    ) -> None:
        del self._hosts[host.name]
        self.signals.forget(host.name)
        desk.emit(
            StrategyStopped(
                time_ms=desk.now_ms,
                command_id=None if command is None else command.command_id,
                actor=actor,
                strategy=host.name,
                left=_left(desk, host),
            )
        )

    def _note(self, desk: Decision) -> None:
        for name, host in self._hosts.items():
            if host.log is not None and (rows := host.log.take_fresh()):
                desk.emit(StrategyDecided(time_ms=desk.now_ms, strategy=name, rows=rows))
            if not host.is_changed:
                continue
            host.is_changed = False
            record = desk.state.strategies.get(name)
            if record is not None and (note := note_of(host.book)) != record.note:
                desk.emit(StrategyNoted(time_ms=desk.now_ms, strategy=name, note=note))


def _restored(record: StrategyRecord, signals: SignalHosts) -> StrategyHost:
    spec, book = record.spec, book_of(record.note)
    rules, risk = rules_of(spec)
    return StrategyHost(
        spec.name,
        book,
        rules=rules,
        risk=risk,
        started_ms=spec.started_ms,
        log=signals.log_of(spec, book, risk),
    )


def _left(desk: Decision, host: StrategyHost) -> str:
    held = []
    for symbol, pair in host.book.pairs.items():
        lots = 0 if pair.held is None else pair.held.lots
        if there := lots - write_offs.missing_lots(desk, host, symbol):
            quantity = quantity_of(there, pair.grid.lots_per_unit)
            held.append(f"{quantity:.8f} {symbol.partition('/')[0]}")
    orders = [symbol for symbol, pair in host.book.pairs.items() if pair.order is not None]
    return "; ".join([*held, *(f"an order of {symbol} is under way" for symbol in orders)])


def _start_refusal(desk: Decision, command: StartStrategy) -> tuple[str, str]:
    """Gate and reason why a strategy may not start; an empty reason lets it."""
    state = desk.state
    if state.halt is not None:
        since = format_clock(state.halt.time_ms)
        return "halted", f"trading is halted since {since} UTC by {state.halt.actor}; resume first"
    if state.is_stopping or not state.is_reconciled:
        return "session", "the account is still being compared with the exchange; wait a moment"
    record = state.strategies.get(command.name)
    if record is not None:
        return "strategy", _again_refusal(record, command)
    if len(state.strategies) >= STRATEGIES_MAX:
        return "strategy", f"{STRATEGIES_MAX} strategies run already; stop one first"
    if fault := _pair_fault(desk, command.symbols):
        return "pairs", fault
    faults = faults_of(hosted_rules(desk.settings, command.name, command.file))
    return "rules", f"{faults[0]}; see [rules]" if faults else ""


def _again_refusal(record: StrategyRecord, command: StartStrategy) -> str:
    spec = record.spec
    if record.phase is not StrategyPhase.HELD:
        return f"{spec.name} is {record.phase.value} already; stop it first"
    asked = (command.file, command.symbols, command.interval, command.parameters)
    if asked != (spec.file, spec.symbols, spec.interval, spec.parameters):
        return (
            f"{spec.name} is held with other pairs, timeframe or parameters; start it with "
            f"{', '.join(spec.symbols)} {spec.interval.value} as before, or stop it first"
        )
    return ""


def _pair_fault(desk: Decision, symbols: tuple[Symbol, ...]) -> str:
    quote = desk.settings.market.quote_asset
    if not symbols or len(symbols) > PAIRS_MAX or len(set(symbols)) < len(symbols):
        return f"name from 1 to {PAIRS_MAX} pairs, each once"
    taken = {
        symbol: record.spec.name
        for record in desk.state.strategies.values()
        for symbol in record.spec.symbols
    }
    for symbol in symbols:
        if symbol not in desk.market.instruments:
            known = ", ".join(sorted(desk.market.instruments)) or "none yet"
            return f"{symbol} is not watched; known pairs: {known}"
        if desk.market.instruments[symbol].quote != quote:
            return f"{symbol} is not quoted in {quote}, the quote asset of [market]"
        if symbol in taken:
            return (
                f"{symbol} is traded by {taken[symbol]}; two of them would sell each other's coins"
            )
    return ""
