"""Thinning of reports that replace each other."""

import asyncio

import pytest

from tests.engine.exchanges.kraken.clocks import RealClock, SteppedClock
from tests.engine.exchanges.kraken.fake_socket import Inbox
from tui_trader.engine.exchanges.kraken.conflation import Conflation


@pytest.fixture
def inbox():
    return Inbox()


async def test_first_report_leaves_at_once(inbox):
    Conflation(inbox, SteppedClock(), period_ms=50).offer("key", lambda: 1)
    assert inbox.reports == [1]


async def test_only_the_latest_of_a_period_leaves_and_it_does_leave(inbox):
    conflation = Conflation(inbox, RealClock(), period_ms=20)
    for number in range(100):
        conflation.offer("key", lambda number=number: number)
    await inbox.until(lambda report: report == 99)
    assert len(inbox.reports) < 10


async def test_keys_do_not_wait_for_each_other(inbox):
    conflation = Conflation(inbox, SteppedClock(), period_ms=50)
    conflation.offer("a", lambda: "a")
    conflation.offer("b", lambda: "b")
    assert inbox.reports == ["a", "b"]


async def test_dropped_report_never_leaves(inbox):
    clock = SteppedClock()
    conflation = Conflation(inbox, clock, period_ms=1)
    conflation.offer("key", lambda: "first")
    conflation.offer("key", lambda: "stale")
    conflation.drop("key")
    clock.move(1)
    conflation.offer("key", lambda: "fresh")
    await asyncio.sleep(0)
    assert inbox.reports == ["first", "fresh"]
