"""What the console does on a line that is slow, far or not looked at, and how it says so."""

from textual import events
from textual.app import App

from tests.screens.console_driver import console, ready, screen_text, until
from tests.screens.states import client_in
from tui_trader.widgets.pace import LinkReading


async def test_badge_tells_round_trip_and_traffic_where_there_is_room():
    app = console(client_in("busy"))
    async with app.run_test(size=(200, 60)) as pilot:
        await ready(app)
        assert "link" not in screen_text(app).splitlines()[0]
        app.scene.link = LinkReading(round_trip_ms=43.7, bytes_per_s=2_140)
        await until(lambda: "link 44ms 2.1KB/s" in screen_text(app).splitlines()[0])
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        status = screen_text(app).splitlines()[0]
        assert "link" not in status
        assert "DEMO" in status
        assert "day " in status


async def test_frames_that_are_held_back_are_painted_when_the_terminal_has_answered(monkeypatch):
    app = console(client_in("busy"))
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(app)
        shown = []
        plain = App._display
        monkeypatch.setattr(App, "_display", lambda *given: (shown.append(1), plain(*given)))
        monkeypatch.setattr(app._pace, "is_behind", lambda: True)
        await pilot.press("z")
        await pilot.pause()
        assert not shown
        monkeypatch.undo()
        monkeypatch.setattr(App, "_display", lambda *given: (shown.append(1), plain(*given)))
        app.post_message(events.CursorPosition(0, 0))
        await until(lambda: shown)


async def test_terminal_without_focus_is_painted_once_a_second():
    app = console(client_in("busy"))
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(app)
        app.post_message(events.AppBlur())
        await pilot.pause()
        assert not app._pace.is_focused
        app.post_message(events.AppFocus())
        await pilot.pause()
        assert app._pace.is_focused
