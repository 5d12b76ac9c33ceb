"""Drills: their names, their words, and what a verdict is made of; tests/journeys performs one."""

import pytest

from tests.engine.state.test_truth import ACCEPTED, FILL, FILLED, SUBMITTED
from tui_trader.cli import drill
from tui_trader.cli.drill_plays import PLAYS
from tui_trader.cli.drill_words import tell_event
from tui_trader.engine.exchanges.local_kraken.fault_table import HOSTILE_TEXT
from tui_trader.engine.messages import events
from tui_trader.engine.state.trading_state import BookedFill, TradingState
from tui_trader.engine.values.modes import LinkState


def test_names_of_the_help_are_those_of_the_plays():
    assert tuple(PLAYS) == drill.NAMES
    assert all(play.title and play.lesson for play in PLAYS.values())


def test_unknown_drill_is_refused_with_the_nearest_name(desk):
    assert desk.run("exchange", "drill", "lost-anwser") == 2
    assert "lost-answer" in desk.err


@pytest.mark.parametrize("survived", [True, False])
def test_verdicts_become_json_and_an_exit_code(desk, monkeypatch, survived):
    def performed(name, *, is_told):
        assert not is_told
        return drill.Verdict(
            name=name,
            title="t",
            survived=survived,
            seconds=1.0,
            steps=(),
            truth={"agree": survived},
        )

    monkeypatch.setattr(drill, "_perform", performed)
    assert desk.run("exchange", "drill", "--json") == (0 if survived else 4)
    assert [each["name"] for each in desk.document["drills"]] == list(drill.NAMES)


def link(state, detail=""):
    return events.LinkChanged(time_ms=1, link="kraken public", state=state, detail=detail)


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (SUBMITTED, "then sends the order once"),
        (ACCEPTED, "the exchange has the order"),
        (FILLED, "books a fill, once: 0.2 at 50000.0"),
        (
            events.OrderOutcomeUnknown(time_ms=1, client_order_id="a", reason="no answer"),
            "never sent again",
        ),
        (events.OrderRejected(time_ms=1, client_order_id="a", reason="no"), "for certain: no"),
        (link(LinkState.UP), "connected"),
        (link(LinkState.DOWN, "silent"), "lost (silent)"),
        (link(LinkState.CONNECTING), ""),
        (events.EquityMarked(time_ms=1, equity_quote=FILL.price), ""),
        (
            events.ReconcileCompleted(time_ms=1, fills_found=70, orders_found=0, checked_ms=1),
            "70 fills it had missed",
        ),
        (events.AnomalyFound(time_ms=1, text="x"), "stops trading"),
    ],
)
def test_events_are_told_in_plain_words(event, words):
    told = tell_event(event, TradingState())
    assert words in told
    assert bool(told) == bool(words)


def test_words_of_the_exchange_reach_the_terminal_clean():
    event = events.OrderRejected(time_ms=1, client_order_id="a", reason=HOSTILE_TEXT)
    told = tell_event(event, TradingState())
    assert all(letter.isprintable() for letter in told)


def test_hundred_fills_of_one_order_are_not_told_one_by_one():
    state = TradingState(fills=[BookedFill(client_order_id="a", fill=FILL)] * 4)
    assert tell_event(FILLED, state) == ""
