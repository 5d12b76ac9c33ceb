"""`strategies start|stop|status` in front of an engine in memory."""

from decimal import Decimal

import pytest

from tests.cli.fake_engine import NOW_MS
from tests.cli.test_engine_commands import STATUS
from tests.engine.core.rig import BTC, INSTRUMENT
from tui_trader.cli import strategies_live
from tui_trader.cli.exit_codes import (
    EXIT_INTERRUPTED,
    EXIT_OK,
    EXIT_REFUSED,
    EXIT_UNKNOWN,
    EXIT_WRONG,
)
from tui_trader.engine.config.load import load_settings
from tui_trader.engine.core.host_notes import empty_book, note_of, plain
from tui_trader.engine.messages.commands import HoldStrategy, StartStrategy, StopStrategy
from tui_trader.engine.messages.events import (
    CommandRefused,
    StrategyClosing,
    StrategyHeld,
    StrategyStarted,
    StrategyStopped,
    StrategyWroteOff,
)
from tui_trader.engine.messages.queries import AskSettings, AskStatus, SettingsAnswer
from tui_trader.engine.messages.strategy_queries import DecisionRow, DecisionsAnswer
from tui_trader.engine.rules.model import RiskRules, TradeRules
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.strategies import StrategySpec

START = ("strategies", "start", "sma_cross", "--pair", "btc/usd", "--set", "fast=5", "--yes")


def started(command_id=None) -> StrategyStarted:
    spec = StrategySpec(
        name="sma_cross",
        file="",
        symbols=(BTC,),
        interval=Interval.H1,
        parameters={"fast": 5.0, "slow": 50.0},
        rules=plain(TradeRules()),
        risk=plain(RiskRules()),
        started_ms=NOW_MS,
    )
    note = note_of(empty_book((INSTRUMENT,)))
    return StrategyStarted(time_ms=NOW_MS, command_id=command_id, actor="cli", spec=spec, note=note)


@pytest.fixture
def running(desk):
    desk.engine.state.apply(started())
    return desk


def test_start_sends_what_was_asked_with_every_parameter(desk):
    desk.engine.script = lambda command: [started(command.command_id)]
    assert desk.run(*START, "--json") == EXIT_OK
    (command,) = desk.engine.sent
    assert isinstance(command, StartStrategy)
    assert (command.symbols, command.interval) == (("BTC/USD",), Interval.H1)
    assert command.parameters == {"fast": 5, "slow": 50}
    assert desk.document == {"strategy": "sma_cross", "outcome": "started"}
    assert "51 candles" in desk.err


def test_a_refused_start_names_the_gate(desk):
    desk.engine.script = lambda command: [
        CommandRefused(
            time_ms=NOW_MS,
            command_id=command.command_id,
            actor="cli",
            gate="pairs",
            reason="BTC/USD is traded by ema_cross",
        )
    ]
    assert desk.run(*START) == EXIT_REFUSED
    assert "pairs: BTC/USD is traded by ema_cross" in desk.err


def test_hold_is_sent_and_says_how_it_goes_on(running):
    running.engine.script = lambda command: [
        StrategyHeld(
            time_ms=NOW_MS,
            command_id=command.command_id,
            strategy="sma_cross",
            reason="asked by cli",
        )
    ]
    assert running.run("strategies", "hold", "sma_cross", "--json") == EXIT_OK
    assert isinstance(running.engine.sent[0], HoldStrategy)
    assert running.document == {"strategy": "sma_cross", "outcome": "held"}
    assert "until it is started again" in running.err


def test_stop_says_what_it_leaves(running):
    running.engine.script = lambda command: [
        StrategyStopped(
            time_ms=NOW_MS,
            command_id=command.command_id,
            actor="cli",
            strategy="sma_cross",
            left="0.01 BTC",
        )
    ]
    assert running.run("strategies", "stop", "sma_cross") == EXIT_OK
    assert "leaves 0.01 BTC, which nothing protects" in running.err
    assert running.engine.sent[0].is_flattening is False


def test_flattening_waits_for_the_end(running, monkeypatch):
    closing = lambda command: StrategyClosing(  # noqa: E731 (one line of a script)
        time_ms=NOW_MS, command_id=command.command_id, actor="cli", strategy="sma_cross"
    )
    ended = StrategyStopped(time_ms=NOW_MS, actor="engine", strategy="sma_cross")
    running.engine.script = lambda command: [closing(command), ended]
    call = ("strategies", "stop", "sma_cross", "--flatten")
    assert running.run(*call) == EXIT_OK
    assert isinstance(running.engine.sent[0], StopStrategy)
    running.engine.state.apply(started())
    monkeypatch.setattr(strategies_live, "CLOSE_SECONDS", 0.01)
    running.engine.script = lambda command: [closing(command)]
    assert running.run(*call) == EXIT_UNKNOWN
    assert "goes on trying" in running.err


def test_status_lists_what_runs(running):
    assert running.run("strategies", "status") == EXIT_OK
    assert "sma_cross" in running.out
    assert running.run("strategies", "status", "--json") == EXIT_OK
    (shown,) = running.document["strategies"]
    assert (shown["phase"], shown["equity"], shown["positions"]) == ("running", None, [])


def test_status_tells_what_was_written_off(running):
    running.engine.state.apply(
        StrategyWroteOff(
            time_ms=NOW_MS,
            strategy="sma_cross",
            symbol=BTC,
            quantity_base=Decimal("0.0100"),
            reason="the account has 0 BTC",
        )
    )
    assert running.run("strategies", "status") == EXIT_OK
    assert "0.01 BTC written off" in running.out
    assert running.run("strategies", "status", "--json") == EXIT_OK
    (shown,) = running.document["strategies"]
    assert shown["written_off"] == [{"pair": BTC, "quantity": 0.01}]


def test_status_of_one_tells_why_it_did_not_trade(running):
    row = DecisionRow(
        time_ms=NOW_MS,
        candle_ms=NOW_MS,
        symbol=BTC,
        signal=1,
        outcome="blocked",
        gate="cool_down",
        text="the pair's last trade lost",
        margin=90.0,
    )
    running.engine.answers[strategies_live.AskDecisions] = DecisionsAnswer(
        strategy="sma_cross", rows=(row,)
    )
    assert running.run("strategies", "status", "sma_cross") == EXIT_OK
    assert "cool_down" in running.out
    assert running.run("strategies", "status", "sma_cross", "--json") == EXIT_OK
    assert running.document["decisions"][0]["margin"] == 90.0


def test_status_of_one_that_does_not_run_says_which_do(running):
    assert running.run("strategies", "status", "macd") == EXIT_WRONG
    assert "running: sma_cross" in running.err


def test_a_person_is_told_what_it_may_do_before_it_is_asked(desk, person, monkeypatch, tmp_path):
    loaded = load_settings(config_file=None, home=tmp_path, environ={})
    desk.engine.answers[AskSettings] = SettingsAnswer(rows=loaded.rows)
    desk.engine.answers[AskStatus] = STATUS
    person("n")
    monkeypatch.setattr(strategies_live, "is_person_there", lambda: True)
    assert desk.run(*START[:-1]) == EXIT_INTERRUPTED
    assert desk.engine.sent == []
    for words in (
        "largest position 2,503.09 USD",
        "first stop 5 %",
        "3 % lost in a day",
        "BTC/USD",
    ):
        assert words in desk.err
