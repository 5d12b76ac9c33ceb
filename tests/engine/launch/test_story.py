"""The story of a session: never waited for, never with a secret in it."""

import json
import logging
import os
import threading
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tui_trader.engine.launch import describe, log_file, narrator
from tui_trader.engine.launch.log_file import DAYS_KEPT, EngineLog
from tui_trader.engine.launch.narrator import Narrator
from tui_trader.engine.messages.events import (
    EquityMarked,
    LinkChanged,
    OrderSubmitted,
    TradingHalted,
)
from tui_trader.engine.messages.queries import JournalEntry
from tui_trader.engine.values.modes import LinkState
from tui_trader.engine.values.orders import OrderType, Side


def entry(number=1, reason="r"):
    event = TradingHalted(time_ms=0, actor="a", reason=reason, open_order_count=0)
    return JournalEntry(sequence=number, event=event)


def test_everything_is_told_in_order():
    told = []
    teller = Narrator(told.append, told.append)
    items = ["a", entry(1), "b", entry(2)]
    for item in items:
        teller.put(item)
    teller.close()
    assert told == items


def test_terminal_that_has_stopped_holds_up_nobody(monkeypatch):
    monkeypatch.setattr(narrator, "WAITING_MAX", 10)
    monkeypatch.setattr(narrator, "CLOSE_S", 0.01)
    gate, told = threading.Event(), []

    def stalled(text):
        gate.wait()
        told.append(text)

    teller = Narrator(stalled, stalled)
    for number in range(100):
        teller.put(str(number))
    teller.close()
    assert told == []
    gate.set()
    teller._thread.join(5)
    assert len(told) <= 12
    assert "lines were left out" in told[-1]


def test_reader_who_went_away_is_no_fault():
    def gone(text):
        raise BrokenPipeError

    teller = Narrator(gone, gone)
    teller.put("a")
    teller._thread.join(5)
    teller.put("b")
    teller.close()


@pytest.fixture
def log(tmp_path):
    opened = EngineLog(tmp_path, ["very-secret-key", "abc"])
    yield opened
    opened.close()


def lines_of(folder):
    return [json.loads(line) for line in (folder / "engine.jsonl").read_text().splitlines()]


def test_log_is_json_a_line_each(log, tmp_path):
    log.events([entry(7)])
    log.say("hello\nworld")
    first, second = lines_of(tmp_path)
    assert first["text"] == "TradingHalted"
    assert (first["sequence"], first["event"]["actor"]) == (7, "a")
    assert second["text"] == "hello\nworld"
    assert (tmp_path / "engine.jsonl").stat().st_mode & 0o077 == 0


def test_secrets_are_masked_wherever_they_turn_up(log, tmp_path):
    log.hide("later-secret")
    log.events([entry(reason="very-secret-key")])
    log.bug(None, {"message": "very-secret-key", "exception": ValueError("later-secret")})
    text = (tmp_path / "engine.jsonl").read_text()
    assert "secret" not in text
    assert text.count("***") == 3
    assert "ValueError" in text


def test_secret_with_quotes_is_masked_as_json_writes_it(tmp_path):
    opened = EngineLog(tmp_path, ['a"quoted\\secret'])
    opened.say('it was a"quoted\\secret, he said')
    opened.close()
    assert lines_of(tmp_path)[0]["text"] == "it was ***, he said"


def test_levels_say_what_must_be_looked_at(log, tmp_path):
    log.events([entry(1)])
    up, down = (
        JournalEntry(
            sequence=2, event=LinkChanged(time_ms=1, link="market", state=state, detail="")
        )
        for state in (LinkState.UP, LinkState.DOWN)
    )
    log.events([up, down])
    assert [line["level"] for line in lines_of(tmp_path)] == ["error", "info", "warning"]


def test_a_day_is_a_file_and_thirty_of_them_are_kept(tmp_path):
    for number in range(40):
        day = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number)
        (tmp_path / f"engine.jsonl.{day:%Y-%m-%d}").write_text("{}\n")
    live = tmp_path / "engine.jsonl"
    live.write_text('{"text": "of the day before"}\n')
    yesterday = time.time() - 86_400
    os.utime(live, (yesterday, yesterday))
    opened = EngineLog(tmp_path)
    opened.say("of today")
    opened.close()
    named = f"engine.jsonl.{datetime.fromtimestamp(yesterday, tz=UTC):%Y-%m-%d}"
    assert (tmp_path / named).read_text() == '{"text": "of the day before"}\n'
    assert [line["text"] for line in lines_of(tmp_path)] == ["of today"]
    kept = sorted(path.name for path in tmp_path.iterdir() if path != live)
    assert len(kept) == DAYS_KEPT == 30
    assert kept[0] == "engine.jsonl.2026-01-12"
    assert live.stat().st_mode & 0o077 == 0


def test_a_day_that_is_full_takes_no_more_and_says_so_once(log, tmp_path, monkeypatch):
    monkeypatch.setattr(log_file, "DAY_BYTES_MAX", 500)
    for _ in range(50):
        log.say("the same fault again")
    lines = lines_of(tmp_path)
    assert len(lines) < 10
    assert (lines[-1]["level"], "500 bytes" in lines[-1]["text"]) == ("error", True)
    monkeypatch.setattr(log_file, "DAY_BYTES_MAX", 10_000)
    log.say("room again")
    assert lines_of(tmp_path)[-1]["text"] == "room again"


def test_short_texts_are_not_masked_everywhere(log, tmp_path):
    log.say("abcdef")
    assert lines_of(tmp_path)[0]["text"] == "abcdef"


def test_warnings_of_libraries_are_kept(log, tmp_path):
    logging.getLogger("somebody.else").warning("odd")
    assert lines_of(tmp_path)[0]["logger"] == "somebody.else"


def test_log_that_cannot_be_written_is_no_fault(log, tmp_path):
    log.say("first")
    with Path("/dev/full").open("w") as full:
        log._handler.stream, kept = full, log._handler.stream
        log.say("second")
        log._handler.stream = kept
        full.buffer.raw.close()
    log.say("third")
    assert [line["text"] for line in lines_of(tmp_path)] == ["first", "third"]


def test_event_in_one_line():
    event = OrderSubmitted(
        time_ms=3_600_000,
        actor="cli",
        client_order_id="id",
        symbol="BTC/USD",
        side=Side.BUY,
        order_type=OrderType.MARKET,
        quantity_base=Decimal("1E-3"),
        price=None,
        post_only=False,
        hold_quote=Decimal(0),
        deadline_ms=1,
    )
    assert describe(event).startswith(
        "01:00:00 order submitted: actor cli, client order id id, symbol BTC/USD, side buy, "
        "order type market, quantity base 0.001,"
    )
    link = LinkChanged(time_ms=0, link="kraken public", state=LinkState.UP)
    assert describe(link) == "00:00:00 link changed: link kraken public, state up"
    assert describe(EquityMarked(time_ms=0, equity_quote=Decimal("1E+4"))).endswith(" 10000")


def test_line_is_clean_and_bounded():
    line = describe(entry(reason="\x1b[31m" + "x" * 5_000).event)
    assert "\x1b" not in line
    assert len(line) <= 600
