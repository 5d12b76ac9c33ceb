"""What hosted strategies need beside their host: the gate of forecasts, and the waterfall of decisions."""

from collections import deque
from collections.abc import Container

from tui_trader.engine.core.decision import Decision
from tui_trader.engine.core.host_book import HostBook
from tui_trader.engine.core.signal_gate import SignalGate, refute
from tui_trader.engine.core.waterfall_log import FRESH_MAX, Account, WaterfallLog
from tui_trader.engine.messages.commands import StartStrategy
from tui_trader.engine.messages.signal_queries import Waterfall
from tui_trader.engine.messages.signal_reports import (
    ForecastReport,
    ModelsReport,
    PromiseBrokenReport,
    SignalReport,
    StandingModel,
    model_name,
)
from tui_trader.engine.messages.strategy_reports import CandlesClosedReport
from tui_trader.engine.rules.from_settings import trade_rules
from tui_trader.engine.rules.model import RiskRules, TradeRules
from tui_trader.engine.rules.signal_gates import SignalLimits
from tui_trader.engine.rules.signal_trade import ENSEMBLE, signal_limits, signal_rules
from tui_trader.engine.settings.model import Settings
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.strategies import StrategySpec

Key = tuple[Symbol, Interval]


def is_forecast_trader(name: str, file: str) -> bool:
    """Whether a strategy trades on forecasts; a user's file that bears the name does not."""
    return name == ENSEMBLE and not file


def hosted_rules(settings: Settings, name: str, file: str) -> TradeRules:
    """Rules that a strategy is started with: on forecasts, those of the trade they are about."""
    if is_forecast_trader(name, file):
        return signal_rules(settings.rules, settings.learning)
    return trade_rules(settings.rules)


class SignalHosts:
    """Gates and waterfalls of every hosted strategy, by name."""

    def __init__(self) -> None:
        self._gates: dict[str, SignalGate] = {}
        self._models: dict[Key, StandingModel] = {}
        self._fresh: deque[Waterfall] = deque(maxlen=FRESH_MAX)

    def log_of(self, spec: StrategySpec, book: HostBook, risk: RiskRules) -> WaterfallLog:
        """The log of a strategy that is restored or begins."""
        gate = None
        if is_forecast_trader(spec.name, spec.file):
            gate = self._gates[spec.name] = SignalGate(SignalLimits())
        account = Account(book, risk)
        return WaterfallLog(spec.name, spec.interval, gate, account=account, fresh=self._fresh)

    def hear(self, desk: Decision, report: ForecastReport) -> None:
        """Forecasts for a strategy; what they must reach is as the settings are now."""
        gate = self._gates.get(report.strategy)
        record = desk.state.strategies.get(report.strategy)
        if gate is not None and record is not None:
            gate.limits = signal_limits(record.spec.parameters, desk.settings.learning)
            gate.hear(report.forecasts, desk.state.refuted)

    def weigh(self, desk: Decision, report: SignalReport) -> None:
        """What was found out about models."""
        match report:
            case PromiseBrokenReport():
                refute(desk, report)
            case ModelsReport():
                self._models = {(model.symbol, model.interval): model for model in report.models}

    def start_refusal(self, command: StartStrategy, refuted: Container[str]) -> str:
        """Why a strategy may not trade on forecasts; "" where it may."""
        if not is_forecast_trader(command.name, command.file):
            return ""
        if command.parameters.get("without_edge"):
            return ""
        served = [self._models.get((symbol, command.interval)) for symbol in command.symbols]
        if any(model is not None and _may_trade(model, refuted) for model in served):
            return ""
        pairs = f"{', '.join(command.symbols)} {command.interval.value}"
        if not any(served):
            return f"no model of {pairs} is known; `tui-trader train` makes one"
        return (
            f"no model of {pairs} has an edge after costs that still holds, so it would never trade; "
            "without_edge = 1 lets it trade all the same"
        )

    def decided(self, report: CandlesClosedReport) -> CandlesClosedReport:
        """The report with the signals that forecasts lead to, where its strategy listens to any."""
        gate = self._gates.get(report.strategy)
        return report if gate is None else gate.decided(report)

    def forget(self, name: str) -> None:
        """A strategy has ended."""
        self._gates.pop(name, None)

    def take_waterfalls(self) -> tuple[Waterfall, ...]:
        """Rows that nobody has fetched yet; once."""
        fresh = tuple(self._fresh)
        self._fresh.clear()
        return fresh


def _may_trade(model: StandingModel, refuted: Container[str]) -> bool:
    name = model_name(model.symbol, model.interval, model.version)
    return model.has_edge and name not in refuted
