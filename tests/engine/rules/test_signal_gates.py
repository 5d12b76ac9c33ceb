"""When a forecast is worth a trade: gate by gate, and the same live as in a backtest."""

from math import nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.backtest.made_runs import bars
from tui_trader.engine.backtest.forecast_strategy import KnownForecasts, bound
from tui_trader.engine.core.signal_gate import SignalGate
from tui_trader.engine.messages.signal_reports import ForecastView
from tui_trader.engine.messages.strategy_reports import CandlesClosedReport, ClosedCandle
from tui_trader.engine.rules.signal_gates import (
    CLEAR,
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
from tui_trader.engine.rules.signal_trade import signal_limits
from tui_trader.engine.settings.learning import LearningSettings
from tui_trader.engine.strategies.ensemble import ENSEMBLE
from tui_trader.engine.values.candles import Candle, Interval
from tui_trader.engine.values.instruments import Symbol

BTC = Symbol("BTC/USD")
GOOD = SaidNumbers(0.6, 0.01, 0.1, True)


@pytest.mark.parametrize(
    ("said", "limits", "block"),
    [
        (GOOD, SignalLimits(), CLEAR),
        (SaidNumbers(), SignalLimits(), SILENT),
        (GOOD._replace(expected_net_ratio=nan), SignalLimits(), SILENT),
        (GOOD, SignalLimits(confidence_min=0.61), UNSURE),
        (GOOD._replace(has_edge=False), SignalLimits(), EDGELESS),
        (GOOD._replace(has_edge=False), SignalLimits(needs_edge=False), CLEAR),
        (GOOD, SignalLimits(apart_max=0.05), DIVIDED),
        (GOOD, SignalLimits(gain_min_ratio=0.01), COSTLY),
    ],
)
def test_the_first_gate_decides(said, limits, block):
    assert signal_block(said, limits) == block
    assert signal_of(said, limits) == (1 if block == CLEAR else 0)


def test_what_is_held_is_sold_below_a_confidence_that_was_asked_for_and_never_in_silence():
    limits = SignalLimits(confidence_min=0.7, leave_below=0.65)
    assert signal_of(GOOD, limits) == -1
    assert signal_of(GOOD._replace(confidence=0.66), limits) == 0
    assert signal_of(SaidNumbers(), limits) == 0
    assert signal_of(GOOD._replace(has_edge=False), limits) == 0


def test_the_stricter_of_settings_and_parameters_holds():
    learning = LearningSettings(confidence_percent_min=40, disagreement_percent_max=20)
    assert signal_limits({}, learning).confidence_min == 0.4
    assert signal_limits({"confidence": 55.0, "apart": 50.0}, learning) == SignalLimits(
        confidence_min=0.55, apart_max=0.2
    )
    assert signal_limits({"without_edge": 1.0}, learning).needs_edge is False


SHARES = st.floats(0, 1)


@given(
    st.lists(st.tuples(SHARES, st.floats(-0.1, 0.1), SHARES), min_size=1, max_size=20),
    st.booleans(),
    st.fixed_dictionaries(
        {
            "confidence": st.floats(0, 100),
            "gain": st.floats(0, 5),
            "apart": st.floats(1, 100),
            "leave_below": st.floats(0, 100),
            "without_edge": st.sampled_from([0, 1]),
        }
    ),
)
def test_live_and_backtest_decide_alike_on_any_forecast(rows, has_edge, parameters):
    candles = bars(*[(100.0, 101.0, 99.0, 100.5)] * len(rows))
    confidence, expected, apart = (np.array(column) for column in zip(*rows, strict=True))
    known = KnownForecasts(
        pair=BTC,
        open_time_ms=candles.open_time_ms.astype(float),
        close=candles.close,
        confidence=confidence,
        expected=expected,
        # As live has it: highest vote less the lowest, of votes 0 and that.
        apart=apart,
        has_edge=has_edge,
    )
    learning = LearningSettings()
    choices = ENSEMBLE.checked(parameters)
    (signal,) = bound(ENSEMBLE, [known], learning).signals_of([candles], choices)
    gate, live = SignalGate(signal_limits(choices, learning)), []
    for row, open_ms in enumerate(candles.open_time_ms.tolist()):
        view = ForecastView(
            symbol=BTC,
            interval=Interval.H1,
            open_time_ms=open_ms,
            version=1,
            confidence=float(confidence[row]),
            expected_net_ratio=float(expected[row]),
            votes=(("one", 0.0), ("two", float(apart[row]))),
            has_edge=has_edge,
        )
        gate.hear((view,), ())
        candle = Candle(
            open_time_ms=open_ms, open=100.0, high=101.0, low=99.0, close=100.5, volume_base=1.0
        )
        closed = ClosedCandle(symbol=BTC, candle=candle, signal=0)
        report = CandlesClosedReport(time_ms=0, strategy="ensemble", closes=(closed,))
        live.append(gate.decided(report).closes[0].signal)
    assert live == signal.tolist()
