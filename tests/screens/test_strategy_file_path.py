"""The path of a strategy of one's own, as it is typed on the strategies screen."""

from tests.screens import scripted
from tests.screens.console_driver import console, ready, screen_text, until
from tests.screens.scripted_desk import DeskClient


async def test_a_home_of_nobody_is_told_and_the_console_goes_on():
    app = console(DeskClient(scripted.traded()))
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(app)
        await pilot.press("f9")
        await until(lambda: app.scene.topic("settings").answer)
        await pilot.press("n", "o", *"~nobody-there/x.py", "enter")
        await until(lambda: "~nobody-there/x.py: there is no such user" in screen_text(app))
