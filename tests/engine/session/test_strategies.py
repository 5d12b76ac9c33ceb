"""Strategies at the door of a session: what is let in, and what is answered."""

import hashlib
import math

import pytest

from tests.engine.session.fakes import BTC, command_id, on_stage
from tests.engine.session.virtual_time import virtual
from tui_trader.engine.messages.commands import StartStrategy
from tui_trader.engine.messages.queries import QueryFailed
from tui_trader.engine.messages.strategy_queries import AskDecisions, DecisionsAnswer
from tui_trader.engine.session.admission import NotAdmitted, admit_command
from tui_trader.engine.session.file_digest import file_digest
from tui_trader.engine.values.candles import Interval


def start(**changes) -> StartStrategy:
    fields = {"name": "buy_and_hold", "symbols": (BTC,), "interval": Interval.M1, **changes}
    return StartStrategy(command_id=command_id(), actor="test", **fields)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"parameters": {"fast": math.inf}}, "must be numbers"),
        ({"parameters": {f"p{number}": 1.0 for number in range(100)}}, "more than"),
        ({"symbols": ("A" * 100,)}, "no plain text"),
        ({"name": "\ud800"}, "no plain text"),
    ],
)
def test_a_start_that_a_journal_should_not_keep_is_turned_away(changes, words):
    with pytest.raises(NotAdmitted, match=words):
        admit_command(start(**changes), client_name="test", now_ms=1)


def test_a_start_is_taken_in_with_the_file_as_the_engine_found_it(tmp_path):
    file = tmp_path / "mine.csv"
    file.write_bytes(b"time,signal\n")
    taken = admit_command(
        start(file=str(file), file_digest="a client's word"), client_name="test", now_ms=1
    )
    assert taken.file_digest == hashlib.sha256(b"time,signal\n").hexdigest()
    for nothing in ("", str(tmp_path), str(tmp_path / "missing.py"), "a\0b.py"):
        assert file_digest(nothing) == ""


@virtual
async def test_what_a_started_strategy_decided_is_answered_and_of_no_other():
    async with on_stage() as stage:
        client = stage.client()
        await client.send(start())
        await stage.until(lambda: stage.state.strategies)
        answer = await client.ask(AskDecisions(strategy="buy_and_hold"))
        assert answer == DecisionsAnswer(strategy="buy_and_hold", rows=())
        failed = await client.ask(AskDecisions(strategy="macd"))
        assert isinstance(failed, QueryFailed)
        assert "no strategy macd" in failed.reason
