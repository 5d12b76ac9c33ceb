"""Journal and log files on one screen, by keys: yesterday's error, a moment, following."""

from tests.screens import scripted
from tests.screens.console_driver import Clock, console, ready, screen_text, until
from tests.screens.scripted import NOW_MS
from tests.screens.test_log_reading import DAY_MS, told, write
from tests.screens.test_order_and_journal_flows import Paging, yesterday
from tui_trader.widgets.journal_pane import JournalPane

SMALL = (80, 24)


def folder_with(tmp_path):
    error = told(7, time_ms=NOW_MS - DAY_MS, level="error").replace("n7", "the disk was full")
    older = [told(n, time_ms=NOW_MS - DAY_MS - 1_000) for n in range(50)]
    write(tmp_path, "engine.jsonl.2026-11-19", *older, error)
    write(tmp_path, "engine.jsonl", *(told(n, time_ms=NOW_MS - 60_000) for n in range(5_000)))
    return tmp_path


async def on_logs(app, pilot):
    await ready(app)
    await pilot.press("f7", "s")
    await until(lambda: app.scene.logs.shown)


async def test_yesterdays_error_is_found_in_the_log_files_by_keys(tmp_path):
    app = console(Paging(scripted.traded()), report_folder=folder_with(tmp_path))
    async with app.run_test(size=SMALL) as pilot:
        await on_logs(app, pilot)
        assert "LOG FILES  without routine" in screen_text(app)
        await pilot.press("v", "v")
        await until(lambda: "the disk was full" in screen_text(app))
        text = screen_text(app)
        assert "LOG FILES  errors" in text
        assert "2026-11-19 10:45:03 UTC · error" in text
        assert "from the oldest file" in text
        await pilot.press("s")
        assert "JOURNAL  without routine" in screen_text(app)


async def test_words_are_searched_and_a_day_back_is_one_key(tmp_path):
    app = console(Paging(scripted.traded()), report_folder=folder_with(tmp_path))
    async with app.run_test(size=SMALL) as pilot:
        await on_logs(app, pilot)
        await pilot.press("d")
        await until(lambda: app.scene.logs.seek_ms is None)
        assert "the disk was full" in screen_text(app)
        await pilot.press("f", "slash", *"n4999", "enter")
        await until(lambda: len(app.scene.logs.shown) == 1)
        assert "with “n4999”" in screen_text(app)


async def test_a_typed_moment_is_gone_to_and_nonsense_is_refused(tmp_path):
    app = console(Paging(scripted.traded()), report_folder=folder_with(tmp_path))
    async with app.run_test(size=SMALL) as pilot:
        await on_logs(app, pilot)
        await pilot.press("t", *"soon", "enter")
        assert "names no moment" in screen_text(app)
        await pilot.press("t", *"yesterday", "enter")
        await until(lambda: app.scene.logs.seek_ms is None)
        assert "2026-11-19 10:45:03 UTC" in screen_text(app)


async def test_the_journal_is_read_back_to_a_moment_too():
    app = console(Paging(yesterday()))
    async with app.run_test(size=SMALL) as pilot:
        await ready(app)
        await pilot.press("f7")
        await until(lambda: app.scene.journal.pages)
        assert not app.scene.journal.is_at_its_end
        await pilot.press("d")
        await until(lambda: app.scene.journal.seek_ms is None)
        assert "EService:Unavailable" in screen_text(app)
        await pilot.press("D")
        assert "trading resumed" in screen_text(app) or "rehearsal" in screen_text(app)


async def test_new_lines_come_by_themselves_and_a_marked_line_stays(tmp_path):
    clock, folder = Clock(), folder_with(tmp_path)
    app = console(Paging(scripted.traded()), clock=clock, report_folder=folder)
    async with app.run_test(size=SMALL) as pilot:
        await on_logs(app, pilot)
        write(folder, "engine.jsonl", told(1, level="error").replace("n1", "just now"))
        clock.now_ms += 1_500
        await until(lambda: "just now" in screen_text(app))
        await pilot.click(JournalPane, offset=(12, 3))
        marked = app.scene.logs.marked
        write(folder, "engine.jsonl", told(2).replace("n2", "and now"))
        clock.now_ms += 1_500
        await until(lambda: "and now" in screen_text(app))
        assert app.scene.logs.marked == marked


async def test_console_without_a_home_has_no_files_and_says_so():
    app = console(Paging(scripted.traded()))
    async with app.run_test(size=SMALL) as pilot:
        await ready(app)
        await pilot.press("f7", "s")
        assert "no home to read log files from" in screen_text(app)


async def test_folder_that_cannot_be_read_is_named(tmp_path):
    (tmp_path / "engine.jsonl").mkdir()
    app = console(Paging(scripted.traded()), report_folder=tmp_path)
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(app)
        await pilot.press("f7", "s")
        await until(lambda: "not read: Is a directory" in screen_text(app))
