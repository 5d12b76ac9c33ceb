"""Kept decisions: searchable, bounded, there after a restart."""

import msgspec
import pytest

from tui_trader.engine.messages.signal_queries import AskWaterfalls, GateStep, Waterfall
from tui_trader.engine.stores.waterfalls import LIMIT_MAX, SqliteWaterfalls
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.errors import StoreError
from tui_trader.engine.values.instruments import Symbol

BTC, ETH = Symbol("BTC/USD"), Symbol("ETH/USD")
HOUR = 3_600_000


def row(hour, *, symbol=BTC, gate="edge", outcome="nothing") -> Waterfall:
    steps = (GateStep(gate="signal", is_passed=True), GateStep(gate=gate, is_passed=False))
    return Waterfall(
        number=0,
        time_ms=hour * HOUR + 1,
        candle_ms=hour * HOUR,
        symbol=symbol,
        interval=Interval.H1,
        strategy="ensemble",
        steps=steps,
        outcome=outcome,
    )


@pytest.fixture
def store(tmp_path):
    store = SqliteWaterfalls(tmp_path / "decisions.sqlite")
    yield store
    store.close()


def hours(store, **asked):
    return [item.candle_ms // HOUR for item in store.search(AskWaterfalls(**asked))]


def test_rows_are_found_newest_first_by_pair_gate_and_number(store):
    store.keep([row(1), row(2, gate="cost"), row(3, symbol=ETH), row(4)])
    assert hours(store) == [4, 3, 2, 1]
    assert hours(store, symbol=BTC) == [4, 2, 1]
    assert hours(store, gate="cost") == [2]
    assert hours(store, symbol=ETH, gate="cost") == []
    newest = store.search(AskWaterfalls(limit=2))
    assert hours(store, before=newest[-1].number) == [2, 1]


def test_a_later_decision_on_the_same_candle_takes_the_place_of_the_earlier(store):
    store.keep([row(1), row(2)])
    store.keep([row(1, gate="budget", outcome="blocked")])
    assert [(item.number, item.outcome) for item in store.search(AskWaterfalls())] == [
        (2, "nothing"),
        (1, "blocked"),
    ]
    assert hours(store, gate="budget") == [1]
    store.keep([row(2, outcome="sold")])
    assert len(hours(store)) == 3


def test_they_are_there_after_a_restart(tmp_path):
    path = tmp_path / "decisions.sqlite"
    first = SqliteWaterfalls(path)
    first.keep([row(1)])
    first.close()
    again = SqliteWaterfalls(path)
    (found,) = again.search(AskWaterfalls())
    assert msgspec.structs.replace(found, number=0) == row(1)
    assert path.stat().st_mode & 0o077 == 0
    again.close()


def test_no_more_are_kept_than_a_bound(tmp_path):
    store = SqliteWaterfalls(tmp_path / "decisions.sqlite", rows_max=3)
    store.keep([row(hour) for hour in range(1, 11)])
    assert hours(store) == [10, 9, 8]
    store.close()


def test_an_answer_holds_no_more_than_its_bound(store):
    store.keep([row(hour) for hour in range(LIMIT_MAX + 20)])
    assert len(store.search(AskWaterfalls(limit=10_000))) == LIMIT_MAX


def test_a_file_that_is_no_database_is_said(tmp_path):
    path = tmp_path / "decisions.sqlite"
    path.write_bytes(b"this is no database at all, and longer than a head of one" * 20)
    with pytest.raises(StoreError, match="it explains, it decides nothing"):
        SqliteWaterfalls(path)
