"""The journal: all or nothing, durable, without gaps, and plain about what is wrong."""

import os
import resource
import signal
import sqlite3
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from tui_trader.engine.messages.commands import CancelAllOrders
from tui_trader.engine.messages.events import EquityMarked, TradingHalted
from tui_trader.engine.messages.reports import CancelAllReport, Outcome
from tui_trader.engine.stores.journal import SqliteJournal
from tui_trader.engine.stores.migrations import VERSION
from tui_trader.engine.values.errors import StoreError
from tui_trader.engine.values.orders import CommandId


def marked(number: int) -> EquityMarked:
    return EquityMarked(time_ms=number, equity_quote=Decimal(number) / 100)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite"


@pytest.fixture
def journal(path: Path):
    opened = SqliteJournal(path)
    yield opened
    opened.close()


def sequences(entries) -> list[int]:
    return [entry.sequence for entry in entries]


def test_what_was_appended_is_read_back_in_order(journal):
    assert journal.append([marked(1), marked(2)], []) == 2
    assert journal.append([marked(3)], []) == 3
    entries = list(journal.read())
    assert sequences(entries) == [1, 2, 3]
    assert [entry.event for entry in entries] == [marked(1), marked(2), marked(3)]


def test_decimals_keep_every_digit(journal):
    event = EquityMarked(time_ms=1, equity_quote=Decimal("0.1000000000000000000000000001"))
    journal.append([event], [])
    assert next(journal.read()).event.equity_quote == event.equity_quote


def test_inputs_remember_the_event_before_them(journal):
    command = CancelAllOrders(command_id=CommandId("c"), actor="cli", time_ms=5)
    report = CancelAllReport(time_ms=6, outcome=Outcome.ACCEPTED, count=2)
    journal.append([marked(1)], [command])
    journal.append([], [report])
    assert list(journal.read_inputs()) == [(0, command), (1, report)]


def test_appending_nothing_changes_nothing(journal):
    assert journal.append([], []) == 0
    assert list(journal.read()) == []


def test_recent_gives_the_newest_oldest_first(journal):
    journal.append([marked(n) for n in range(1, 8)], [])
    assert sequences(journal.recent(3)) == [5, 6, 7]
    assert journal.recent(0) == ()
    assert sequences(journal.recent(3, before=5)) == [2, 3, 4]
    assert sequences(journal.recent(3, before=2)) == [1]
    assert journal.recent(3, before=1) == ()
    assert journal.recent(-4) == ()


def test_recent_is_bounded(journal):
    journal.append([marked(n) for n in range(1, 1_102)], [])
    assert len(journal.recent(5_000)) == 1_000


def test_numbers_go_on_after_reopening(path):
    first = SqliteJournal(path)
    first.append([marked(1), marked(2)], [])
    first.close()
    second = SqliteJournal(path)
    assert second.last_sequence == 2
    assert second.append([marked(3)], []) == 3
    second.close()


def test_file_is_private_and_settings_are_durable(path, journal):
    journal.append([marked(1)], [])
    for file in path.parent.iterdir():
        assert file.stat().st_mode & 0o077 == 0, file
    assert journal._database.execute("PRAGMA synchronous").fetchone() == (2,)
    assert journal._database.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_tables_are_strict(journal):
    with pytest.raises(sqlite3.IntegrityError):
        journal._database.execute("INSERT INTO event VALUES (1, 'soon', 'X', '{}')")


def test_unreadable_row_is_named(path, journal):
    journal.append([marked(1), marked(2)], [])
    journal._database.execute('UPDATE event SET body = \'{"type":"Nonsense"}\' WHERE sequence = 2')
    entries = journal.read()
    next(entries)
    with pytest.raises(StoreError, match=r"event 2 \(EquityMarked\) cannot be read"):
        next(entries)


def test_missing_row_is_noticed(journal):
    journal.append([marked(1), marked(2), marked(3)], [])
    journal._database.execute("DELETE FROM event WHERE sequence = 2")
    with pytest.raises(StoreError, match="event 2 is missing"):
        list(journal.read())


def test_journal_of_a_newer_version_is_refused(path, journal):
    journal._database.execute(f"PRAGMA user_version = {VERSION + 1}")
    with pytest.raises(StoreError, match="newer tui-trader"):
        SqliteJournal(path)


def test_file_of_somebody_else_is_refused(path):
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE bread (butter TEXT)")
    other.close()
    with pytest.raises(StoreError, match="no journal of tui-trader"):
        SqliteJournal(path)


def test_file_that_is_no_database_is_refused(path):
    path.write_bytes(b"not a database, but long enough to have a header of some sort" * 100)
    with pytest.raises(StoreError, match=r"journal\.sqlite"):
        SqliteJournal(path)


def test_damaged_page_is_noticed_at_opening(path):
    journal = SqliteJournal(path)
    journal.append([marked(n) for n in range(1, 2_000)], [])
    journal.close()
    content = bytearray(path.read_bytes())
    content[4096 * 6 : 4096 * 6 + 2048] = b"\xa5" * 2048
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"damaged|cannot be read"):
        SqliteJournal(path)


def test_every_migration_is_taken_once(path, journal):
    assert journal._database.execute("PRAGMA user_version").fetchone() == (VERSION,)
    again = SqliteJournal(path)
    assert again._database.execute("PRAGMA user_version").fetchone() == (VERSION,)
    again.close()


def test_after_a_failed_write_nothing_more_is_written(journal):
    journal._database.execute("PRAGMA query_only = ON")
    with pytest.raises(StoreError, match="could not be written"):
        journal.append([marked(1)], [])
    journal._database.execute("PRAGMA query_only = OFF")
    with pytest.raises(StoreError, match="failed before"):
        journal.append([marked(1)], [])


APPEND_FOR_EVER = """
import sys
from decimal import Decimal
from pathlib import Path
from tui_trader.engine.messages.events import EquityMarked
from tui_trader.engine.stores.journal import SqliteJournal

journal = SqliteJournal(Path(sys.argv[1]))
while True:
    batch = [EquityMarked(time_ms=1, equity_quote=Decimal(1))] * 3
    print(journal.append(batch, []), flush=True)
"""


@pytest.mark.parametrize("acknowledged", [1, 2, 7, 40])
def test_kill_in_the_middle_loses_nothing_that_was_acknowledged(path, acknowledged):
    with subprocess.Popen(
        [sys.executable, "-c", APPEND_FOR_EVER, str(path)], stdout=subprocess.PIPE, text=True
    ) as writer:
        for _ in range(acknowledged):
            writer.stdout.readline()
        writer.send_signal(signal.SIGKILL)
        said = [int(line) for line in writer.stdout.read().split()]
    last_said = max([acknowledged * 3, *said])
    journal = SqliteJournal(path)
    written = sequences(journal.read())
    journal.close()
    assert len(written) >= last_said
    assert len(written) % 3 == 0, "a batch was written in part"


def append_until_it_fails(journal: SqliteJournal, acknowledged: list[int]) -> None:
    event = TradingHalted(time_ms=1, actor="a", reason="r" * 200, open_order_count=0)
    while acknowledged[-1] < 100_000:
        acknowledged.append(journal.append([event] * 20, []))


def test_full_disk_is_a_store_error_and_leaves_no_half_batch(path):
    journal = SqliteJournal(path)
    acknowledged = [journal.append([marked(1)], [])]
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (256 * 1024, limits[1]))
    try:
        with pytest.raises(StoreError, match="is the disk full"):
            append_until_it_fails(journal, acknowledged)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    journal.close()
    again = SqliteJournal(path)
    written = sequences(again.read())
    again.close()
    # The commit that failed may have happened all the same, but never in part.
    assert len(written) in {acknowledged[-1], acknowledged[-1] + 20}


def test_read_only_folder_is_named(tmp_path):
    if os.getuid() == 0:
        path = tmp_path / "missing" / "journal.sqlite"
    else:
        tmp_path.chmod(0o500)
        path = tmp_path / "journal.sqlite"
    with pytest.raises(StoreError, match=r"journal\.sqlite cannot be opened"):
        SqliteJournal(path)
