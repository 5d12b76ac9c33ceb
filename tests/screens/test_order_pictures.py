"""Orders, journal and drill as pictures: calm, and halted with the exchange gone; fixed clock."""

import pytest

from tests.screens import scripted
from tests.screens.console_driver import console, ready, screen_text, until
from tests.screens.scripted import NOW_MS, ScriptedClient
from tests.screens.test_order_and_journal_flows import Paging
from tui_trader.widgets.drill_board import DrillStep, DrillVerdict

SIZES = [(80, 24), (120, 36), (200, 60)]
SCREENS = {"orders": "f6", "journal": "f7", "drill": "f8"}


def picture(client: ScriptedClient, name: str):
    app = console(client)

    async def settle(pilot):
        await ready(app)
        await pilot.press(SCREENS[name])
        await until(lambda: f"{name}]" in screen_text(app))
        if name == "drill":
            rehearse(app.scene.drills)
        else:
            await until(lambda: app.scene.journal.is_at_its_end)
            await pilot.press("j", "j")
        app.shown.sync()
        await pilot.pause()

    return app, settle


def rehearse(board) -> None:
    board.told = "lost-answer"
    board.verdicts["lost-answer"] = DrillVerdict(name="lost-answer", survived=True, seconds=7.6)
    board.verdicts["silence"] = DrillVerdict(name="silence", survived=False, seconds=31.0)
    board.running = "fills-away"
    for number in range(18):
        who = ("you", "disaster", "engine")[number % 3]
        text = "the order is UNKNOWN, and is never sent again " * (1 + number % 3)
        board.take(DrillStep(after_ms=number * 370, who=who, text=text))


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("name", SCREENS)
def test_calm(snap_compare, name, size):
    app, settle = picture(Paging(scripted.traded()), name)
    assert snap_compare(app, terminal_size=size, run_before=settle)


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("name", SCREENS)
def test_halted_with_the_exchange_gone(snap_compare, name, size):
    client = Paging([*scripted.halted(), *scripted.cut_off()[-2:]])
    client.welcome.market.heard_ms.update(market=NOW_MS - 7_000, account=NOW_MS - 7_000)
    app, settle = picture(client, name)
    assert snap_compare(app, terminal_size=size, run_before=settle)
