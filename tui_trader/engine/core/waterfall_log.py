"""Why each candle of each pair led to an order or to none, from the signal down to the budget.

Law: a row is made of what was decided, never decided here: the gate that said no is the one that the
strategy's host or the risk gate named. Gates ahead of it were passed, gates behind it were not asked.
"""

from collections import deque
from typing import NamedTuple

from tui_trader.engine.core.decision_log import DecisionLog, Verdict
from tui_trader.engine.core.host_book import HostBook
from tui_trader.engine.core.signal_gate import SignalGate
from tui_trader.engine.messages.signal_queries import GateStep, Waterfall
from tui_trader.engine.rules.limits import is_full
from tui_trader.engine.rules.model import RiskRules
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.time import MS_PER_MINUTE, format_clock

GATES = (
    "signal",
    "confidence",
    "edge",
    "regime",
    "cool_down",
    "exposure",
    "cost",
    "minimum_size",
    "budget",
)
FRESH_MAX = 2_000
"""Rows that nobody has fetched yet; the session fetches after every step."""
_HOMES = {
    "signal": ("late", "candles", "feed", "unknown_prices", "instrument", "held"),
    "cool_down": ("cool_down", "losing_streak"),
    "exposure": ("positions", "exposure", "correlation", "position_value", "duplicate"),
    "minimum_size": ("too_small", "minimum", "lot", "tick", "form", "abilities"),
}
_HOME = {name: gate for gate, names in _HOMES.items() for name in names}
NO_FORECAST = "this strategy makes no forecast"


class Account(NamedTuple):
    """What the account would say of an entry: positions, cool-downs and pauses of the strategy."""

    book: HostBook
    risk: RiskRules

    def steps(self, symbol: Symbol, begins_ms: int) -> dict[str, GateStep]:
        """Cool-down and exposure in the candle that begins then; behind a no nothing is asked."""
        until_ms = max(self.book.pairs[symbol].cool_until_ms, self.book.paused_until_ms)
        minutes = (begins_ms - until_ms) / MS_PER_MINUTE if until_ms else None
        if begins_ms < until_ms:
            text = f"no entry before {format_clock(until_ms)} UTC of the candles"
            no = GateStep(gate="cool_down", is_passed=False, text=text, margin=minutes)
            return {"cool_down": no}
        count, most = self.book.open_count(), self.risk.positions_max
        is_there = self.book.pairs[symbol].held is not None
        text = "already in" if is_there else f"{count} positions are open, limit {most or 'none'}"
        exposure = GateStep(
            gate="exposure",
            is_passed=not is_there and not is_full(count, most),
            text=text,
            margin=float(most - count) if most else None,
        )
        return {"cool_down": GateStep(gate="cool_down", is_passed=True), "exposure": exposure}


class Pending(NamedTuple):
    """An entry that waits for the next candle, with the gates it has passed."""

    candle_ms: int
    steps: dict[str, GateStep]


class WaterfallLog(DecisionLog):
    """Decisions of one strategy, and the waterfall of each.

    Args:
        strategy: Its name.
        interval: Of its candles.
        gate: What its models say, if it listens to any.
        account: What its account says of an entry.
        fresh: Takes the rows.
    """

    def __init__(
        self,
        strategy: str,
        interval: Interval,
        gate: SignalGate | None,
        *,
        account: Account,
        fresh: deque[Waterfall],
    ) -> None:
        super().__init__()
        self._strategy, self._interval, self._gate = strategy, interval, gate
        self._account, self._falls = account, fresh
        self._signal: dict[Symbol, int] = {}
        self._pending: dict[Symbol, Pending] = {}

    def heard(self, symbol: Symbol, signal: int) -> None:
        """Remember what the strategy said of the last candle."""
        super().heard(symbol, signal)
        self._signal[symbol] = signal

    def add(self, symbol: Symbol, verdict: Verdict, *, time_ms: int, candle_ms: int) -> None:
        """One more decision, and its waterfall."""
        super().add(symbol, verdict, time_ms=time_ms, candle_ms=candle_ms)
        decided_ms, steps = self._steps(symbol, verdict, candle_ms)
        self._falls.append(
            Waterfall(
                number=0,
                time_ms=time_ms,
                candle_ms=decided_ms,
                symbol=symbol,
                interval=self._interval,
                strategy=self._strategy,
                steps=tuple(steps.get(gate, GateStep(gate=gate, is_passed=None)) for gate in GATES),
                outcome=verdict.outcome,
            )
        )

    def _steps(
        self, symbol: Symbol, verdict: Verdict, candle_ms: int
    ) -> tuple[int, dict[str, GateStep]]:
        signal = self._signal.get(symbol, 0)
        match verdict.outcome:
            case "waits" if signal == 1:
                steps = self._ahead(symbol, candle_ms)
                self._pending[symbol] = Pending(candle_ms, steps)
                return candle_ms, steps
            case "waits" | "sold":
                return candle_ms, {
                    "signal": GateStep(gate="signal", is_passed=True, text=verdict.text)
                }
            case "nothing":
                # Who is in may be out at the next open, and then enters again on this very signal.
                self._pending.pop(symbol, None)
                if signal == 1:
                    self._pending[symbol] = Pending(candle_ms, self._ahead(symbol, candle_ms))
                return candle_ms, self._nothing(symbol, verdict, candle_ms)
            case "bought":
                begun = self._pending.pop(symbol, Pending(candle_ms, {}))
                return begun.candle_ms, _all_passed(begun.steps, verdict.text)
            case _ if self._account.book.pairs[symbol].held is not None:
                # A sale that could not be made; entries of who is in are never tried.
                return candle_ms, _stopped({}, verdict)
            case _:
                begun = self._pending.pop(symbol, Pending(candle_ms, {}))
                return begun.candle_ms, _stopped(begun.steps, verdict)

    def _ahead(self, symbol: Symbol, candle_ms: int) -> dict[str, GateStep]:
        """The gates that a signal to enter has passed."""
        if self._gate is not None:
            return self._gate.steps(symbol, candle_ms)
        plain = {
            gate: GateStep(gate=gate, is_passed=True, text=NO_FORECAST)
            for gate in ("confidence", "edge", "regime", "cost")
        }
        return {"signal": GateStep(gate="signal", is_passed=True, text="be in")} | plain

    def _nothing(self, symbol: Symbol, verdict: Verdict, candle_ms: int) -> dict[str, GateStep]:
        if self._signal.get(symbol, 0) == 1:
            steps = self._ahead(symbol, candle_ms)
            already = GateStep(gate="exposure", is_passed=False, text=verdict.text)
            return _stopped_by(steps, already)
        if self._gate is None:
            return {"signal": GateStep(gate="signal", is_passed=False, text=verdict.text)}
        steps = self._gate.steps(symbol, candle_ms)
        if steps["cost"].is_passed is not False:
            return steps
        between = self._account.steps(symbol, candle_ms + self._interval.ms)
        if any(step.is_passed is False for step in between.values()):
            steps["cost"] = GateStep(gate="cost", is_passed=None)
        return steps | between


def _stopped(steps: dict[str, GateStep], verdict: Verdict) -> dict[str, GateStep]:
    gate = _HOME.get(verdict.gate, "budget")
    # A decision says how far beyond the limit it is; a waterfall how far from it.
    margin = None if verdict.margin is None else -verdict.margin
    named = f"{verdict.gate}: " if verdict.gate and verdict.gate != gate else ""
    step = GateStep(gate=gate, is_passed=False, text=f"{named}{verdict.text}", margin=margin)
    return _stopped_by(steps, step)


def _stopped_by(steps: dict[str, GateStep], stop: GateStep) -> dict[str, GateStep]:
    """What lies ahead of a gate was passed, what lies behind it was not asked."""
    ahead = GATES[: GATES.index(stop.gate)]
    passed = {gate: steps.get(gate) or GateStep(gate=gate, is_passed=True) for gate in ahead}
    return passed | {stop.gate: stop}


def _all_passed(steps: dict[str, GateStep], text: str) -> dict[str, GateStep]:
    passed = {gate: steps.get(gate) or GateStep(gate=gate, is_passed=True) for gate in GATES}
    return passed | {"budget": GateStep(gate="budget", is_passed=True, text=text)}
