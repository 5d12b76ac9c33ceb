"""The emergency stop when no engine answers."""

import fcntl
import json

import pytest

from tests.cli.fake_engine import GONE
from tui_trader.cli import demo_exchange
from tui_trader.cli.halting import halt_home
from tui_trader.engine.exchanges.local_kraken.process import SERVE_FILE
from tui_trader.engine.stores.home import Home
from tui_trader.engine.values.errors import OutcomeUnknown, RejectedByExchange


def exchange(*answers):
    """Cancel-all that gives these answers, one a call; and the calls it got."""
    rest, calls = list(answers), []

    async def cancel_everything(venue=None) -> int:
        calls.append(venue)
        answer = rest.pop(0) if len(rest) > 1 else rest[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    return cancel_everything, calls


def write_address(home) -> None:
    folder = Home(home).exchange
    folder.mkdir(parents=True)
    card = {
        "rest": "http://127.0.0.1:1",
        "ws": "ws://127.0.0.1:1/v2",
        "key": "k",
        "secret": "cw==",
        "pid": 1,
    }
    (folder / SERVE_FILE).write_text(json.dumps(card))


def test_address_card_is_looked_for_where_the_exchange_leaves_it():
    assert demo_exchange.ADDRESS_NAME == SERVE_FILE


async def test_stop_is_complete_when_latched_and_confirmed(isolated_home):
    cancel_everything, calls = exchange(3)
    report = await halt_home(isolated_home, "fire", cancel_everything=cancel_everything)
    latch = Home(isolated_home).read_halt()
    assert report.is_complete
    assert (report.through, report.cancelled, len(calls)) == ("home", 3, 1)
    assert (latch.actor, latch.reason) == ("cli", "fire")
    assert isolated_home.stat().st_mode & 0o777 == 0o700


async def test_second_stop_keeps_the_reason_of_the_first(isolated_home):
    cancel_everything, calls = exchange(0)
    for reason in ("fire", "flood"):
        report = await halt_home(isolated_home, reason, cancel_everything=cancel_everything)
    assert report.is_complete
    assert len(calls) == 2
    assert Home(isolated_home).read_halt().reason == "fire"


async def test_cancel_is_asked_again_until_it_is_confirmed(isolated_home, desk):
    cancel_everything, calls = exchange(OutcomeUnknown("no answer"), 1)
    report = await halt_home(isolated_home, "fire", cancel_everything=cancel_everything)
    assert report.is_complete
    assert len(calls) == 2


@pytest.mark.parametrize("fault", [OutcomeUnknown("no answer"), RejectedByExchange("bad key")])
async def test_cancel_that_is_never_confirmed_is_not_claimed(isolated_home, desk, fault):
    cancel_everything, calls = exchange(fault)
    report = await halt_home(isolated_home, "fire", cancel_everything=cancel_everything)
    assert report.is_latched
    assert not report.is_complete
    assert len(calls) == 3
    assert any(str(fault) in sentence for sentence in report.not_done)


async def test_home_that_cannot_be_latched_still_cancels(isolated_home):
    isolated_home.parent.mkdir(exist_ok=True)
    isolated_home.write_text("a file where the home should be")
    cancel_everything, _ = exchange(1)
    report = await halt_home(isolated_home, "fire", cancel_everything=cancel_everything)
    assert (report.is_latched, report.is_cancel_confirmed) == (False, True)
    assert not report.is_complete


async def test_engine_that_holds_the_home_in_silence_is_told(isolated_home):
    home = Home(isolated_home)
    home.prepare()
    cancel_everything, _ = exchange(1)
    with home.lock.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        report = await halt_home(isolated_home, "fire", cancel_everything=cancel_everything)
    assert report.is_engine_silent
    assert not report.is_complete, "what a silent engine will do is not known"
    assert any("does not answer: it may still send orders" in line for line in report.not_done)


def test_without_engine_and_exchange_the_home_is_latched_and_the_rest_told(desk, isolated_home):
    desk.engine.is_running = False
    assert desk.run("halt", "--reason", "fire", "--json") == 5
    assert desk.document["is_latched"] is True
    assert desk.document["is_cancel_confirmed"] is False
    assert desk.document["cancelled"] is None
    assert "NOT DONE: no exchange of this home runs, so nothing was cancelled" in desk.err
    assert Home(isolated_home).read_halt().reason == "fire"


def test_without_engine_the_exchange_of_the_home_is_asked(desk, isolated_home, monkeypatch):
    desk.engine.is_running = False
    write_address(isolated_home)
    cancel_everything, calls = exchange(2)
    monkeypatch.setattr(demo_exchange, "cancel_everything", cancel_everything)
    assert desk.run("halt") == 0
    assert "done: the exchange cancelled 2 orders, asked over REST" in desk.err
    assert calls[0].rest_url == "http://127.0.0.1:1"


def test_engine_that_goes_away_is_made_up_for(desk, isolated_home, monkeypatch):
    write_address(isolated_home)
    cancel_everything, _ = exchange(2)
    monkeypatch.setattr(demo_exchange, "cancel_everything", cancel_everything)
    desk.engine.script = lambda command: [GONE]
    assert desk.run("halt") == 0
    assert Home(isolated_home).read_halt() is not None


def test_engine_that_says_nothing_is_made_up_for(desk, isolated_home):
    assert desk.run("halt", "--json") == 5
    assert desk.document["through"] == "home"
    assert Home(isolated_home).read_halt() is not None


def test_address_card_that_is_no_card_counts_as_none(isolated_home):
    assert demo_exchange.demo_venue(isolated_home) is None
    write_address(isolated_home)
    (Home(isolated_home).exchange / SERVE_FILE).write_text("{")
    assert demo_exchange.demo_venue(isolated_home) is None
