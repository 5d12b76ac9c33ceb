"""The `:` line, the palette, the jump overlay, help and mouse, through the keys of a person."""

import base64
from decimal import Decimal

import pytest
from textual import events

from tests.screens import scripted
from tests.screens.console_driver import console, ready, screen_text, until
from tests.screens.scripted import ScriptedClient, order_id
from tests.screens.test_screen_flows import on_analysis
from tests.screens.test_screen_flows import scripted_client as analysis_client
from tests.screens.test_settings_flows import app_of
from tests.screens.test_settings_flows import home as home
from tui_trader.actions.key_table import remapped
from tui_trader.engine.messages import events as told
from tui_trader.engine.messages.commands import (
    AmendPlacedOrder,
    CancelOrder,
    ClosePosition,
    FlattenAll,
    HaltTrading,
    PlaceOrder,
)
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.orders import OrderType, Side
from tui_trader.screens.keeping import read_set_up, write_set_up
from tui_trader.widgets.analysis_view import shown_readings
from tui_trader.widgets.key_bar import KeyBar
from tui_trader.widgets.set_up import COMMANDS_KEPT_MAX, set_up_of

SIZE = (80, 24)


def sent(client, kind):
    return [command for command in client.sent if isinstance(command, kind)]


async def say(pilot, text):
    await pilot.press("colon", *text, "enter")


async def test_a_trade_that_is_said_fills_a_ticket_and_enter_sends_it():
    client = ScriptedClient(scripted.traded(), reply=scripted.agreeable)
    app = console(client)
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press("colon", *"buy eth 0.1 @3100 sl 2%")
        assert "BUY 0.1 ETH/USD limit 3100.00, stop-loss 3038.00" in screen_text(app)
        await pilot.press("enter")
        assert app.scene.symbol == "ETH/USD"
        await until(lambda: "checks pass" in screen_text(app))
        assert client.sent == []
        await pilot.press("enter")
        await until(lambda: client.sent)
        (order,) = client.sent
        assert (order.side, order.order_type, order.price) == (Side.BUY, OrderType.LIMIT, 3100)
        assert order.terms.close.trigger_price == Decimal("3038.00")


async def test_an_enter_that_bounces_confirms_the_line_and_no_more():
    client = ScriptedClient(scripted.traded(), reply=scripted.agreeable)
    app = console(client)
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        # The clock of the panes stands still: both keys are in one moment.
        for timer in app._timers:
            timer.pause()
        await pilot.press("colon", *"buy eth 0.1", "enter", "enter", "enter")
        assert "read it first" in screen_text(app)
        assert client.sent == []
        for timer in app._timers:
            timer.resume()


async def test_a_value_of_a_setting_that_nobody_knows_is_not_remembered():
    app = console(ScriptedClient(scripted.traded()))
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await say(pilot, "set venue.api_secret abc")
        assert app.scene.commands == []


async def test_an_error_is_pointed_at_and_enter_does_nothing():
    app = console(ScriptedClient(scripted.traded()))
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press("colon", *"buy btcc 1", "enter")
        text = screen_text(app)
        assert "no pair btcc is watched" in text
        line = next(row for row in text.splitlines() if ":buy btcc" in row)
        below = text.splitlines()[text.splitlines().index(line) + 1]
        assert below.index("^") == line.index("btcc")
        assert app.scene.ticket is None


async def test_stop_acts_while_a_command_is_typed():
    client = ScriptedClient(scripted.traded(), reply=scripted.agreeable)
    app = console(client)
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press("colon", "b", "u", "exclamation_mark")
        await until(lambda: sent(client, HaltTrading))


async def test_the_line_remembers_and_completes():
    app = console(ScriptedClient(scripted.traded()))
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await say(pilot, "tf 1h")
        assert app.scene.interval is Interval.H1
        await pilot.press("colon", *"pai", "tab", "e", "tab", "enter")
        assert app.scene.symbol == "ETH/USD"
        await pilot.press("colon", "up", "up", "enter")
        assert app.scene.commands == ["pair eth", "tf 1h"]
        await pilot.press("colon", *"x", "backspace", "backspace")
        assert app.screen is app.shown


async def test_history_is_kept_and_bounded(tmp_path):
    app = console(ScriptedClient(scripted.traded()))
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        app.scene.commands[:] = [f"tf 1h {number}" for number in range(COMMANDS_KEPT_MAX)]
        await say(pilot, "tf 4h")
        assert len(app.scene.commands) == COMMANDS_KEPT_MAX
        path = tmp_path / "console.json"
        assert write_set_up(path, set_up_of(app.scene)) == ""
    kept, _ = read_set_up(path)
    assert kept.commands[-1] == "tf 4h"
    again = console(ScriptedClient(scripted.traded()), set_up_file=path)
    assert again.scene.commands == app.scene.commands


@pytest.mark.parametrize(
    ("line", "kind", "answer"),
    [
        ("close btc 50%", ClosePosition, "y"),
        ("reverse btc", ClosePosition, "a"),
        ("cancel 2", CancelOrder, ""),
        ("flatten", FlattenAll, "FLATTEN\n"),
    ],
)
async def test_what_acts_at_once_asks_first_or_names_its_order(line, kind, answer):
    client = ScriptedClient(scripted.traded(), reply=scripted.agreeable)
    app = console(client)
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await say(pilot, line)
        if answer:
            assert client.sent == []
            await pilot.press(*("enter" if key == "\n" else key for key in answer))
        await until(lambda: sent(client, kind))
        (command,) = client.sent
        if isinstance(command, ClosePosition):
            fraction = Decimal("0.5") if "50%" in line else Decimal(1)
            assert (command.symbol, command.fraction) == ("BTC/USD", fraction)
        if isinstance(command, CancelOrder):
            assert command.client_order_id == order_id(4)


async def test_an_order_is_amended_in_a_ticket_with_its_terms():
    client = ScriptedClient(scripted.traded(), reply=scripted.agreeable)
    app = console(client)
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await say(pilot, "amend 2 @64000")
        assert "AMEND BUY BTC/USD" in screen_text(app)
        await until(lambda: "Enter changes the order" in screen_text(app))
        await until(lambda: not app.scene.ticket_rest)
        await pilot.press("enter", "enter")
        await until(lambda: client.sent)
        (command,) = sent(client, AmendPlacedOrder)
        assert (command.client_order_id, command.price) == (order_id(4), Decimal("64000.0"))
        assert command.quantity_base is None
        await pilot.press("q", "5", "j", "a")
        assert app.scene.ticket.amends.client_order_id == order_id(4)


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("theme light", lambda app: app.theme == "light"),
        ("sol usd", lambda app: app.scene.symbol == "SOL/USD"),
        ("every pair in one", lambda app: app.scene.screen == "markets"),
        ("candles 4h", lambda app: app.scene.interval is Interval.H4),
        ("order ticket to sell", lambda app: app.scene.ticket.side is Side.SELL),
        ("disaster happen", lambda app: app.scene.screen == "drill"),
        ("halt", lambda app: app.scene.stop is not None),
    ],
)
async def test_the_palette_finds_everything_by_parts(words, wanted):
    app = console(ScriptedClient(scripted.traded()))
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press("ctrl+p", *words, "enter")
        await until(lambda: wanted(app))


async def test_a_setting_of_the_palette_is_begun_on_the_line():
    keys = ("risk.daily_loss_max_percent", "limits.open_orders_max")
    app = console(ScriptedClient(scripted.traded()), setting_keys=keys)
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press("ctrl+p", *"setting daily loss", "enter")
        assert ":set risk.daily_loss_max_percent" in screen_text(app)
        await pilot.press("ctrl+u", *"set nope 1")
        assert "no setting is called nope" in screen_text(app)


async def test_g_and_a_letter_jumps():
    app = console(ScriptedClient(scripted.traded()))
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press("g", "m")
        assert app.scene.screen == "markets"
        await pilot.press("G")
        assert app.scene.symbol == "DOGE/USD"
        await pilot.press("g", "g")
        assert app.scene.symbol == "BTC/USD"
        await pilot.press("g", "d", "g", "5")
        assert app.scene.pane == "orders"
        await pilot.press("g", "escape")
        assert app.screen is app.shown


async def test_help_is_searched_and_scrolled():
    app = console(ScriptedClient(scripted.traded()))
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press("f1")
        first = screen_text(app)
        assert "KEYS of the desk" in first
        assert "Open the order ticket to buy" in first
        await pilot.press("G")
        assert screen_text(app) != first
        await pilot.press("slash", *"stop trading", "enter")
        assert "no key says that" in screen_text(app)
        await pilot.press("slash", *["backspace"] * 12, *"flatten", "enter")
        assert "type FLATTEN" in screen_text(app)
        await pilot.press("question_mark")
        assert app.screen is app.shown


async def test_keys_of_ones_own_are_everywhere():
    keys = remapped(
        {"desk": {"ticket-buy": ["ctrl+b"]}, "everywhere": {"stop": ["ctrl+g"], "theme": ["U"]}},
        source="keys.toml",
    )
    client = ScriptedClient(scripted.traded(), reply=scripted.agreeable)
    app = console(client, keys=keys)
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        assert "^b buy" in screen_text(app)
        await pilot.press("b")
        assert app.scene.ticket is None
        await pilot.press("U")
        assert app.theme != "dark"
        await pilot.press("f1", "slash", *"ticket to buy", "enter")
        assert "^b " in screen_text(app)
        await pilot.press("escape", "ctrl+b", "ctrl+g")
        assert app.scene.ticket.side is Side.BUY
        await until(lambda: sent(client, HaltTrading))


async def test_row_is_copied_by_an_escape_sequence(monkeypatch):
    app = console(ScriptedClient(scripted.traded()))
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        written = []
        monkeypatch.setattr(app._driver, "write", written.append)
        await pilot.press("5", "j", "Y")
        (sequence,) = [text for text in written if text.startswith("\x1b]52;c;")]
        text = base64.b64decode(sequence.removeprefix("\x1b]52;c;").removesuffix("\a")).decode()
        assert text == order_id(4)
        await pilot.press("y")
        assert app.clipboard.split("\t")[0] == order_id(4)
        assert "OTX00004" in app.clipboard


async def test_a_click_on_a_hint_is_its_key_and_the_corner_is_stop():
    client = ScriptedClient(scripted.traded(), reply=scripted.agreeable)
    app = console(client)
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        bar = screen_text(app).splitlines()[-1]
        await pilot.click(KeyBar, offset=(bar.index("s sell"), 0))
        await until(lambda: app.scene.ticket is not None)
        assert app.scene.ticket.side is Side.SELL
        await pilot.click(KeyBar, offset=(bar.index("STOP"), 0))
        await until(lambda: sent(client, HaltTrading))
        assert sent(client, PlaceOrder) == []


async def test_the_wheel_moves_through_a_list():
    app = console(ScriptedClient(scripted.traded()))
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot._post_mouse_events([scripted_wheel()], "#orders")
        await until(lambda: app.scene.pane == "orders")
        assert app.scene.order_cursor == 2


def scripted_wheel():
    return events.MouseScrollDown


@pytest.mark.parametrize("screen", ["markets", "orders", "journal", "drill", "settings"])
async def test_a_pane_stands_alone_on_every_screen(screen):
    app = console(ScriptedClient(scripted.traded()))
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(app)
        await say(pilot, screen)
        before = dict(app.screen._regions.regions)
        await pilot.press("z")
        alone = app.screen._regions.regions
        assert len(alone) < len(before)
        await pilot.press("z")
        assert app.screen._regions.regions == before


async def test_a_setting_that_is_said_is_asked_about_on_its_own_screen(home):
    app, client = app_of(home, setting_keys=("risk.positions_max",))
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await say(pilot, "set risk.positions_max 2")
        await until(lambda: "WRITE risk.positions_max" in screen_text(app))
        assert app.scene.screen == "settings"
        await pilot.press("y")
        await until(lambda: client.sent)
        assert client.sent[0].key == "risk.positions_max"


async def test_a_click_takes_a_choice_and_an_entry_of_the_palette():
    client = ScriptedClient(scripted.traded(), reply=scripted.agreeable)
    app = console(client)
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press("ctrl+p", *"pair sol")
        rows = screen_text(app).splitlines()
        row = next(row for row, text in enumerate(rows) if "▸ SOL/USD" in text)
        await pilot.click(offset=(rows[row].index("SOL/USD"), row))
        await until(lambda: app.scene.symbol == "SOL/USD")
        await pilot.press("C")
        rows = screen_text(app).splitlines()
        row = next(row for row, text in enumerate(rows) if "yes, cancel them all" in text)
        await pilot.click(offset=(rows[row].index("yes"), row))
        await until(lambda: client.sent)


async def test_the_palette_knows_positions_and_orders():
    client = ScriptedClient(scripted.traded(), reply=scripted.agreeable)
    app = console(client)
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press("ctrl+p", *"close eth", "enter")
        assert "CLOSE ETH/USD" in screen_text(app)
        await pilot.press("n", "ctrl+p", *"cancel buy btc", "enter")
        await until(lambda: sent(client, CancelOrder))
        assert client.sent[0].client_order_id == order_id(4)


async def test_what_the_palette_listed_and_is_gone_is_said_and_not_guessed():
    client = ScriptedClient(scripted.traded())
    app = console(client)
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press("ctrl+p", *"cancel buy btc")
        client.happen(told.OrderCancelled(time_ms=scripted.NOW_MS, client_order_id=order_id(4)))
        await until(lambda: len(app.scene.orders) == 2)
        await pilot.press("enter")
        await until(lambda: "no open order" in screen_text(app).splitlines()[-1])
        assert client.sent == []


async def test_a_click_on_a_position_chooses_its_pair():
    app = console(ScriptedClient(scripted.traded()))
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.click("#positions", offset=(3, 3))
        await until(lambda: app.scene.symbol == "ETH/USD")
        assert app.scene.pane == "positions"


async def test_readings_and_patterns_are_filtered():
    app = console(analysis_client())
    async with app.run_test(size=(120, 36)) as pilot:
        await on_analysis(app, pilot)
        everything = len(shown_readings(app.scene))
        await pilot.press("slash", *"rsi", "enter")
        found = shown_readings(app.scene)
        assert 0 < len(found) < everything
        assert f"{len(found)} with “rsi”" in screen_text(app)
        await pilot.press("slash", *"zzz", "enter")
        assert "no reading says that" in screen_text(app)
        await pilot.press("escape")
        assert len(shown_readings(app.scene)) == everything


@pytest.mark.parametrize("key", ["n", "escape", "enter"])
async def test_a_dialog_answers_once_however_fast_the_keys_come(key):
    client = ScriptedClient(scripted.traded(), reply=scripted.agreeable)
    app = console(client)
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press("x")
        dialog = app.screen
        for _ in range(3):
            dialog.post_message(events.Key(key, key if len(key) == 1 else None))
        dialog.post_message(events.Key("b", "b"))
        await until(lambda: app.scene.ticket is not None)
        assert app.screen is app.shown
        assert client.sent == []


async def test_what_is_typed_after_a_jump_is_for_the_screen_it_went_to():
    app = console(ScriptedClient(scripted.traded()))
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press("g")
        dialog = app.screen
        for key in "oV":
            dialog.post_message(events.Key(key, key))
        await until(lambda: app.scene.screen == "orders")
        await until(lambda: "1 refused today" in screen_text(app))
