"""From what models say of a candle to what the strategy `ensemble` wants, gate by gate.

Law: only the forecast of the very candle that has closed counts. One that is missing, or of a model whose
promises were refuted, is no signal. Which gate says no is asked of `rules.signal_gates`, as a backtest
does.
"""

from collections.abc import Iterable
from math import nan

import msgspec

from tui_trader.engine.core.decision import Decision
from tui_trader.engine.messages.events import ModelRefuted
from tui_trader.engine.messages.signal_queries import GateStep
from tui_trader.engine.messages.signal_reports import (
    ForecastView,
    PromiseBrokenReport,
    model_name,
)
from tui_trader.engine.messages.strategy_reports import CandlesClosedReport, ClosedCandle
from tui_trader.engine.rules.signal_gates import (
    COSTLY,
    DIVIDED,
    EDGELESS,
    SILENT,
    UNSURE,
    SaidNumbers,
    SignalLimits,
    signal_block,
    signal_of,
)
from tui_trader.engine.values.instruments import Symbol

OWN_GATES = ("signal", "confidence", "edge", "regime", "cost")
"""Those that a forecast alone decides, in the order in which they are asked."""
_PLACES = {SILENT: 0, UNSURE: 1, EDGELESS: 2, DIVIDED: 3, COSTLY: 4}


def numbers_of(said: ForecastView) -> SaidNumbers:
    """A forecast as the rules read it."""
    return SaidNumbers(
        nan if said.confidence is None else said.confidence,
        nan if said.expected_net_ratio is None else said.expected_net_ratio,
        nan if said.disagreement is None else said.disagreement,
        said.has_edge,
    )


def own_steps(said: ForecastView | None, limits: SignalLimits) -> dict[str, GateStep]:
    """The gates that a forecast alone decides; those behind the first no were not asked."""
    if said is None:
        text = "no forecast of this candle came in time"
        return _until(0, [GateStep(gate="signal", is_passed=False, text=text)])
    block = signal_block(numbers_of(said), limits)
    place = _PLACES.get(block, len(OWN_GATES))
    return _until(place, [_step(gate, place, said, limits=limits) for gate in OWN_GATES])


class SignalGate:
    """What models said of the newest candles of one strategy's pairs.

    Args:
        limits: What a forecast must reach.
    """

    def __init__(self, limits: SignalLimits) -> None:
        self.limits = limits
        self._said: dict[Symbol, ForecastView] = {}

    def hear(self, forecasts: Iterable[ForecastView], refuted: Iterable[str]) -> None:
        """Take forecasts in; those of refuted models are silence."""
        named = set(refuted)
        for said in forecasts:
            if said.confidence is not None and _name(said) in named:
                self._said[said.symbol] = silenced(said)
            else:
                self._said[said.symbol] = said

    def decided(self, report: CandlesClosedReport) -> CandlesClosedReport:
        """The same report with the signals that the forecasts lead to."""
        closes = tuple(
            msgspec.structs.replace(closed, signal=self._signal(closed)) for closed in report.closes
        )
        return msgspec.structs.replace(report, closes=closes)

    def steps(self, symbol: Symbol, candle_ms: int) -> dict[str, GateStep]:
        """What its own gates say of a candle."""
        return own_steps(self._of(symbol, candle_ms), self.limits)

    def _signal(self, closed: ClosedCandle) -> int:
        said = self._of(closed.symbol, closed.candle.open_time_ms)
        return 0 if said is None else signal_of(numbers_of(said), self.limits)

    def _of(self, symbol: Symbol, candle_ms: int) -> ForecastView | None:
        said = self._said.get(symbol)
        return said if said is not None and said.open_time_ms == candle_ms else None


def refute(desk: Decision, report: PromiseBrokenReport) -> None:
    """A model's promises did not hold: it has no opinion any more; said once."""
    if model_name(report.symbol, report.interval, report.version) in desk.state.refuted:
        return
    desk.emit(
        ModelRefuted(
            time_ms=desk.now_ms,
            symbol=report.symbol,
            interval=report.interval,
            version=report.version,
            reason=(
                f"it promised {report.promised:.1%} on average, and {report.right:.1%} of "
                f"{report.outcomes:,} came true"
            ),
        )
    )


def silenced(said: ForecastView) -> ForecastView:
    """A forecast of a model whose promises were refuted: no opinion."""
    return msgspec.structs.replace(
        said,
        confidence=None,
        expected_net_ratio=None,
        votes=(),
        silence=f"version {said.version} promised more than came true; train again or roll back",
        state="demoted",
    )


def _name(said: ForecastView) -> str:
    return model_name(said.symbol, said.interval, said.version)


def _until(place: int, steps: list[GateStep]) -> dict[str, GateStep]:
    asked = {step.gate: step for step in steps[: place + 1]}
    return {gate: asked.get(gate, GateStep(gate=gate, is_passed=None)) for gate in OWN_GATES}


def _step(gate: str, place: int, said: ForecastView, *, limits: SignalLimits) -> GateStep:
    is_passed = OWN_GATES.index(gate) < place
    text, margin = _words(gate, said, limits)
    return GateStep(gate=gate, is_passed=is_passed, text=text, margin=margin)


def _words(gate: str, said: ForecastView, limits: SignalLimits) -> tuple[str, float | None]:
    if said.confidence is None:
        return said.silence or "no opinion", None
    if gate == "signal":
        return f"version {said.version} says {said.confidence:.1%}", None
    if gate == "edge":
        return _edge_words(said, limits), None
    if gate == "confidence":
        least, confidence = limits.confidence_min, said.confidence
        return f"{confidence:.1%}, at least {least:.1%} asked for", confidence - least
    if gate == "regime":
        apart, most = said.disagreement or 0.0, limits.apart_max
        return f"models are {apart:.1%} apart, limit {most:.1%}", most - apart
    gain, least = said.expected_net_ratio or 0.0, limits.gain_min_ratio
    words = f"expected {gain:+.2%} a trade, more than {least:.2%} asked for; {even_words(said)}"
    return words, gain - least


def even_words(said: ForecastView) -> str:
    """Above which probability costs are earned."""
    if said.break_even is None:
        return "what its costs need is not known"
    if said.break_even > 1:
        return "no probability earns its costs"
    return f"costs are earned above {said.break_even:.1%}"


def _edge_words(said: ForecastView, limits: SignalLimits) -> str:
    if said.has_edge:
        return "it was worth money beyond chance when it was judged"
    if not limits.needs_edge:
        return "it has no edge after costs; it trades because you said so"
    return "no edge after costs was found, so it has no opinion to trade on"
