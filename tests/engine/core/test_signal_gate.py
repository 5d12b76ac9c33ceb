"""From forecasts to orders in the core: which gate says no, what is refuted, and what the waterfall tells."""

import pytest

from tests.engine.core.rig import BTC
from tests.engine.core.test_hosting import FIRST, HOUR, StrategyBench
from tui_trader.engine.core.signal_gate import OWN_GATES, own_steps
from tui_trader.engine.core.waterfall_log import GATES
from tui_trader.engine.messages.codec import decode_event, decode_input, encode
from tui_trader.engine.messages.events import CommandRefused, ModelRefuted
from tui_trader.engine.messages.requests import SubmitOrder
from tui_trader.engine.messages.signal_reports import (
    ForecastReport,
    ForecastView,
    ModelsReport,
    PromiseBrokenReport,
    StandingModel,
)
from tui_trader.engine.messages.strategy_reports import CandlesClosedReport, ClosedCandle
from tui_trader.engine.rules.signal_gates import SignalLimits
from tui_trader.engine.state.trading_state import REFUTED_MAX, TradingState
from tui_trader.engine.values.candles import Candle, Interval


def said(candle_ms=FIRST, **changes) -> ForecastView:
    fields = {
        "symbol": BTC,
        "interval": Interval.H1,
        "open_time_ms": candle_ms,
        "version": 3,
        "confidence": 0.6,
        "break_even": 0.45,
        "expected_net_ratio": 0.01,
        "votes": (("logistic", 0.55), ("boosting", 0.65)),
        "has_edge": True,
    }
    return ForecastView(**fields | changes)


class SignalBench(StrategyBench):
    """A bench whose strategy is `ensemble`."""

    def begin(self, **parameters):
        self.tell(
            ModelsReport(
                time_ms=0,
                models=(StandingModel(symbol=BTC, interval=Interval.H1, version=3, has_edge=True),),
            )
        )
        self.start_strategy("ensemble", parameters=parameters)
        return self

    def forecast(self, **changes):
        forecasts = (said(self.candle_ms, **changes),)
        self.tell(ForecastReport(time_ms=0, strategy="ensemble", forecasts=forecasts))
        return self

    def close(self, signal=0, *, price=64_000.0, **_):
        candle = Candle(
            open_time_ms=self.candle_ms,
            open=price,
            high=price,
            low=price,
            close=price,
            volume_base=100.0,
        )
        closed = ClosedCandle(symbol=BTC, candle=candle, signal=signal, atr=500.0)
        self.candle_ms += HOUR
        self.tell(CandlesClosedReport(time_ms=0, strategy="ensemble", closes=(closed,)))
        return self

    def open(self):
        from tui_trader.engine.messages.strategy_reports import (
            CandlesBeganReport,
            CandlesOpenedReport,
        )

        begun = self.candle_ms
        self.tell(CandlesBeganReport(time_ms=0, strategy="ensemble", open_time_ms=begun))
        return self.tell(CandlesOpenedReport(time_ms=0, strategy="ensemble", symbols=(BTC,)))

    @property
    def falls(self):
        return self.trader.hosts.signals.take_waterfalls()

    @property
    def spec(self):
        return self.state.strategies["ensemble"].spec


@pytest.fixture
def bench() -> SignalBench:
    return SignalBench().start()


def test_a_forecast_that_passes_every_gate_is_an_order(bench):
    bench.begin().forecast().close()
    bench.open()
    (order,) = bench.sent(SubmitOrder)
    assert order.symbol == BTC
    (waits, bought) = bench.falls
    assert (waits.outcome, bought.outcome) == ("waits", "bought")
    assert waits.candle_ms == bought.candle_ms == FIRST
    assert [step.gate for step in bought.steps] == list(GATES)
    assert all(step.is_passed for step in bought.steps)


def test_it_trades_the_trade_that_models_learned(bench):
    bench.begin()
    rules = bench.spec.rules
    assert (rules["stop_atr"], rules["take_atr"], rules["time_stop_bars"]) == (2.0, 3.0, 24)


@pytest.mark.parametrize(
    ("parameters", "changes", "gate", "margin"),
    [
        ({}, {"confidence": None, "silence": "late", "state": "late"}, "signal", None),
        ({"confidence": 70.0}, {}, "confidence", -0.1),
        ({}, {"has_edge": False}, "edge", None),
        ({"apart": 5.0}, {}, "regime", -0.05),
        ({"gain": 2.0}, {}, "cost", -0.01),
    ],
)
def test_the_first_gate_that_says_no_is_told_with_its_margin(
    bench, parameters, changes, gate, margin
):
    bench.begin(**parameters).forecast(**changes).close()
    bench.open()
    assert bench.sent(SubmitOrder) == []
    (fall,) = bench.falls
    assert fall.stopped_by.gate == gate
    assert fall.stopped_by.margin == (None if margin is None else pytest.approx(margin))
    place = GATES.index(gate)
    assert all(step.is_passed for step in fall.steps[:place])
    assert all(step.is_passed is None for step in fall.steps[place + 1 :])


def test_a_forecast_of_another_candle_is_no_signal(bench):
    bench.begin().forecast()
    bench.candle_ms += HOUR
    bench.close()
    bench.open()
    assert bench.sent(SubmitOrder) == []
    (fall,) = bench.falls
    assert fall.stopped_by.text == "no forecast of this candle came in time"


def test_a_signal_that_a_limit_blocks_names_the_limit(bench):
    bench.begin().forecast().close()
    bench.trader.hosts._hosts["ensemble"].book.pairs[BTC].cool_until_ms = FIRST + 9 * HOUR
    bench.open()
    assert bench.sent(SubmitOrder) == []
    fall = bench.falls[-1]
    assert (fall.outcome, fall.stopped_by.gate) == ("blocked", "cool_down")
    assert fall.stopped_by.margin == -8 * 60
    assert fall.candle_ms == FIRST


def test_who_is_in_does_not_enter_again(bench):
    bench.begin().forecast().close()
    bench.open()
    bench.answer()
    bench.falls  # noqa: B018 — those of the entry
    bench.forecast().close()
    fall = bench.falls[-1]
    assert (fall.stopped_by.gate, fall.stopped_by.text) == ("exposure", "already in")


def test_a_strategy_without_forecasts_has_a_waterfall_too():
    bench = StrategyBench().start()
    bench.start_strategy()
    bench.close(0)
    bench.close(1)
    bench.open()
    nothing, waits, bought = bench.trader.hosts.signals.take_waterfalls()
    assert nothing.stopped_by.gate == "signal"
    assert waits.stopped_by is None
    assert bought.outcome == "bought"
    assert {step.text for step in bought.steps if step.gate in {"edge", "cost"}} == {
        "this strategy makes no forecast"
    }


def broken(version=3) -> PromiseBrokenReport:
    return PromiseBrokenReport(
        time_ms=0,
        symbol=BTC,
        interval=Interval.H1,
        version=version,
        outcomes=40,
        promised=0.6,
        right=0.3,
    )


def test_a_refuted_model_trades_no_more_and_is_refuted_once(bench):
    bench.begin()
    bench.tell(broken())
    bench.tell(broken())
    assert len(bench.happened(ModelRefuted)) == 1
    bench.forecast().close()
    bench.open()
    assert bench.sent(SubmitOrder) == []
    assert "promised more than came true" in bench.falls[-1].stopped_by.text
    bench.forecast(version=4).close()
    bench.open()
    assert len(bench.sent(SubmitOrder)) == 1


def test_refuted_models_are_rebuilt_from_events_and_bounded(bench):
    for version in range(REFUTED_MAX + 5):
        bench.tell(broken(version))
    state = TradingState()
    for event in bench.events:
        state.apply(decode_event(encode(event)))
    assert state.refuted == bench.state.refuted
    assert len(state.refuted) == REFUTED_MAX
    assert decode_input(encode(broken())) == broken()


def test_nobody_starts_where_no_model_has_an_edge_that_holds(bench):
    bench.start_strategy("ensemble")
    (refused,) = bench.happened(CommandRefused)
    assert (refused.gate, "is known" in refused.reason) == ("edge", True)
    bench.tell(broken())
    bench.begin()
    assert "edge after costs that still holds" in bench.happened(CommandRefused)[-1].reason
    bench.begin(without_edge=1.0)
    assert "ensemble" in bench.state.strategies


def test_a_forecast_alone_is_asked_the_gates_that_it_decides():
    steps = own_steps(said(), SignalLimits())
    assert list(steps) == list(OWN_GATES)
    assert all(step.is_passed for step in steps.values())
    assert own_steps(None, SignalLimits())["signal"].is_passed is False
