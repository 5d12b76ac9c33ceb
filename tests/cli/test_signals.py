"""`signals`, `why` and the signal of `analyze`, in front of an engine in memory."""

import pytest

from tests.cli.test_analyze import CANDLES, answered
from tui_trader.cli.exit_codes import EXIT_OK, EXIT_REFUSED, EXIT_WRONG
from tui_trader.cli.signals import GATES
from tui_trader.engine.core.waterfall_log import GATES as CORE_GATES
from tui_trader.engine.messages.queries import AskCandles, QueryFailed
from tui_trader.engine.messages.signal_queries import (
    AskSignal,
    AskSignals,
    AskWaterfalls,
    GateStep,
    PromiseBand,
    SignalAnswer,
    SignalReason,
    SignalRow,
    SignalsAnswer,
    Waterfall,
    WaterfallsAnswer,
)
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.instruments import Symbol

BTC = Symbol("BTC/USD")
NO_EDGE = "no edge after costs was found, so it has no opinion to trade on"
STEPS = (
    GateStep(gate="signal", is_passed=True, text="version 3 says 41.0%"),
    GateStep(gate="confidence", is_passed=True, margin=0.41),
    GateStep(gate="edge", is_passed=False, text=NO_EDGE, margin=-0.25),
    *(GateStep(gate=gate, is_passed=None) for gate in GATES[3:]),
)
FALL = Waterfall(
    number=7,
    time_ms=1_763_636_400_000,
    candle_ms=1_763_632_800_000,
    symbol=BTC,
    interval=Interval.H1,
    strategy="ensemble",
    steps=STEPS,
    outcome="nothing",
)
ROW = SignalRow(
    symbol=BTC,
    interval=Interval.H1,
    state="no_opinion",
    silence=NO_EDGE,
    candle_ms=1_763_632_800_000,
    version=3,
    confidence=0.41,
    break_even=0.48,
    expected_net_ratio=-0.004,
    votes=(("logistic", 0.4), ("boosting", 0.43)),
    track=PromiseBand(low=0.4, high=0.45, count=212, right_ratio=0.38),
    is_live_track=True,
    waterfall=FALL,
)
TOLD = SignalAnswer(
    row=ROW,
    reasons=(
        SignalReason(
            feature="move_1",
            words="move of the last candle: 1.8, higher than 93 % of what was learned",
            value=1.8,
            push=0.21,
        ),
    ),
)


@pytest.fixture
def asked(desk):
    desk.engine.answers[AskSignals] = SignalsAnswer(rows=(ROW,))
    desk.engine.answers[AskSignal] = TOLD
    desk.engine.answers[AskWaterfalls] = WaterfallsAnswer(rows=(FALL,))
    return desk


def test_every_pair_is_a_line_with_its_track_record_and_why_not(asked):
    assert asked.run("signals") == EXIT_OK
    assert "41.0%" in asked.out
    assert "said 40-45 %: right 38 % of 212 (live)" in asked.out
    assert NO_EDGE in asked.out


def test_one_pair_comes_with_reasons_votes_and_gates(asked):
    assert asked.run("signals", "btc/usd") == EXIT_OK
    assert "costs are earned above 48.0%" in asked.out
    assert "+0.210" in asked.out
    assert "higher than 93 %" in asked.out
    assert "votes: logistic 40.0%, boosting 43.0%" in asked.out
    assert f"  NO  edge          {NO_EDGE}" in asked.out


def test_json_carries_what_the_engine_said(asked):
    assert asked.run("signals", "--json") == EXIT_OK
    (row,) = asked.document["signals"]
    assert (row["confidence"], row["state"], row["drift"]) == (0.41, "no_opinion", None)
    assert asked.run("signals", "BTC/USD", "--json") == EXIT_OK
    assert asked.document[0]["reasons"][0]["push"] == 0.21


def test_why_tells_the_first_gate_that_said_no_and_its_margin(asked):
    assert asked.run("why", "BTC/USD") == EXIT_OK
    assert "edge" in asked.out
    assert "-0.25" in asked.out
    assert NO_EDGE in asked.out
    assert asked.run("why", "all", "--json") == EXIT_OK
    assert asked.document["decisions"][0]["number"] == 7


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (("why", "BTC/USD", "--gate", "zebra"), "there is no gate 'zebra'; there are: signal,"),
        (("why", "BTC/USD", "--limit", "501"), "--limit 501 is not from 1 to 500"),
        (("why", "BTCUSD"), "is no pair"),
        (("signals", "ETH/USD"), "ETH/USD is not watched"),
    ],
)
def test_a_wrong_call_is_one_sentence(asked, call, words):
    assert asked.run(*call) == EXIT_WRONG
    assert words in asked.err
    assert asked.out == ""


def test_what_the_engine_cannot_tell_is_a_refusal_with_the_reason(asked):
    asked.engine.answers[AskWaterfalls] = QueryFailed(reason="this engine keeps no decisions")
    assert asked.run("why", "BTC/USD") == EXIT_REFUSED
    assert "this engine keeps no decisions" in asked.err


def test_gates_are_those_of_the_core():
    assert GATES == CORE_GATES


def test_analyze_tells_the_signal_and_its_reasons(asked):
    asked.engine.answers[AskCandles] = answered(CANDLES)
    assert asked.run("analyze", "BTC/USD", "--timeframe", "15m", "--json") == EXIT_OK
    signal = asked.document["signal"]
    assert (signal["confidence"], signal["state"], signal["reason"]) == (
        0.41,
        "no_opinion",
        NO_EDGE,
    )
    assert signal["gates"][2]["is_passed"] is False
    asked.run("analyze", "BTC/USD", "--timeframe", "15m")
    assert "take profit before stop: 41.0%" in asked.out
    assert "it does not trade: edge:" in asked.out
