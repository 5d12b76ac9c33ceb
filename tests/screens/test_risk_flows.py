"""The risk screen by keys and mouse, on a scripted engine."""

from tests.screens import scripted
from tests.screens.console_driver import console, ready, screen_text, until
from tests.screens.scripted_desk import DeskClient, SilentClient
from tui_trader.widgets.risk_panes import LimitsPane

SMALL, SIZE = (80, 24), (120, 36)


async def on_risk(app, pilot):
    await ready(app)
    await pilot.press("f10")
    await until(lambda: app.scene.topic("risk").answer and app.scene.topic("status").answer)
    await until(lambda: app.scene.topic("settings").answer)


async def test_every_limit_is_a_gauge_with_what_is_left_and_a_word_for_its_state():
    app = console(DeskClient())
    async with app.run_test(size=(160, 48)) as pilot:
        await on_risk(app, pilot)
        text = screen_text(app)
        assert "■ REACHED" in text
        assert "2,565.21 of 2,500 USD" in text
        assert "! near" in text
        assert "Drawdown        off" in text
        assert "? unknown" in text
        assert "Open orders" in text
        assert "3 of 50 orders" in text
        assert "calls" in text
        assert "17 of 20" in text


async def test_enter_leads_from_a_limit_to_its_setting():
    app = console(DeskClient())
    async with app.run_test(size=SMALL) as pilot:
        await on_risk(app, pilot)
        await pilot.press("j", "j", "j", "enter")
        assert app.scene.screen == "settings"
        assert app.scene.settings.chosen == "risk.daily_loss_max_percent"
        await until(lambda: "risk.daily_loss_max_percent" in screen_text(app))


async def test_of_the_two_limits_of_a_position_enter_leads_to_the_one_that_binds():
    app = console(DeskClient())
    async with app.run_test(size=SMALL) as pilot:
        await on_risk(app, pilot)
        await pilot.press("enter")
        # A quarter of 9,989 is less than 5,000.
        assert app.scene.settings.chosen == "risk.position_max_percent"


async def test_what_tripped_last_is_told_with_who_asked_and_leads_to_its_setting():
    app = console(DeskClient(scripted.halted()))
    async with app.run_test(size=SMALL) as pilot:
        await on_risk(app, pilot)
        await until(lambda: app.scene.journal.is_at_its_end)
        await pilot.press("4")
        text = screen_text(app)
        assert "halted" in text
        assert "emergency stop key" in text
        await pilot.press("enter")
        assert "no setting is behind this one" in screen_text(app)
        await pilot.press("j")
        assert "order value, asked by console: BTC/USD: 3,206.52 USD" in screen_text(app)


async def test_exposures_say_their_share_of_equity_and_who_holds_them():
    app = console(DeskClient())
    async with app.run_test(size=SIZE) as pilot:
        await on_risk(app, pilot)
        await pilot.press("2")
        text = screen_text(app)
        assert "25.7%" in text
        assert "sma_cross" in text
        assert "25.0%" in text
        await pilot.press("j", "enter")
        assert (app.scene.screen, app.scene.symbol) == ("desk", "ETH/USD")


async def test_without_a_price_a_holding_has_no_value_and_no_share():
    client = DeskClient()
    del client.welcome.market.tickers["BTC/USD"]
    app = console(client)
    async with app.run_test(size=SIZE) as pilot:
        await on_risk(app, pilot)
        row = next(
            line for line in screen_text(app).splitlines() if "BTC/USD" in line and "0.04" in line
        )
        assert row.count("—") >= 2


async def test_engine_that_cannot_say_is_said():
    app = console(SilentClient())
    async with app.run_test(size=SMALL) as pilot:
        await ready(app)
        await pilot.press("f10")
        await until(lambda: "the engine is busy; ask again" in screen_text(app))


async def test_limits_exposures_and_refusals_are_written_out(tmp_path):
    app = console(DeskClient(), export_folder=tmp_path / "exports")
    async with app.run_test(size=SMALL) as pilot:
        await on_risk(app, pilot)
        await until(lambda: app.scene.journal.is_at_its_end)
        await pilot.press("E", "a")
        await until(lambda: "written to exports/" in screen_text(app))
        (path,) = (tmp_path / "exports").iterdir()
        lines = path.read_text().splitlines()
        assert lines[0] == "limit,state,used,of,unit,left"
        assert "Drawdown,off,,,percent,off" in lines


async def test_click_marks_a_limit():
    app = console(DeskClient())
    async with app.run_test(size=SIZE) as pilot:
        await on_risk(app, pilot)
        await pilot.click(LimitsPane, offset=(5, 4))
        assert app.scene.risk.limit == 2
