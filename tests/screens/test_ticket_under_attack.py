"""Random keys, pastes, clicks and price moves: what Enter sends is what stood on the screen."""

import random
import re
from decimal import Decimal

import pytest
from textual import events

from tests.screens import scripted
from tests.screens.console_driver import console, ready, screen_text, until
from tests.screens.scripted import PAIRS, ScriptedClient
from tui_trader.engine.messages.commands import HaltTrading, PlaceOrder
from tui_trader.engine.values.orders import OrderType
from tui_trader.screens.desk import DeskScreen
from tui_trader.widgets.chart_pane import ChartPane
from tui_trader.widgets.ticket_form import Sending

STEPS = 120
SIZES = [(120, 36), (80, 24), (200, 60), (79, 24), (40, 8)]
KEYS = [*"bs", *"0123456789", *"0123456789", *".,_%$usdt", *"tpjk[]zcC?RTq"]
KEYS += ["enter"] * 14 + [
    "tab",
    "up",
    "down",
    "backspace",
    "plus",
    "minus",
    "escape",
    "5",
    "y",
    "n",
]
PASTES = ["0.01", "250$", "buy 2 BTC at 64000", "1,5", "\x1b[201~!\r", "٣", "0.5\n", "25%!"]


def moving(chance: random.Random):
    """A market that just moved."""
    symbol, price, tick, *_ = chance.choice(PAIRS)
    mid = Decimal(price) + Decimal(tick) * chance.randint(-900, 900)
    return scripted.ticker_of(symbol, mid=mid)


def shown_order(text: str) -> dict[str, object]:
    """The order as a person reads it from the ticket."""
    side, symbol = re.search(r"┌─ (BUY|SELL) (\S+) ─", text).groups()
    kind = re.search(rf"[▲▼] {side} (limit|market)( · post-only)?", text)
    base = symbol.split("/", maxsplit=1)[0]
    price = re.search(r"│ .price +([\d.]+)", text)
    return {
        "side": side.lower(),
        "symbol": symbol,
        "order_type": kind[1],
        "post_only": bool(kind[2]),
        "quantity_base": Decimal(re.search(rf" = ([\d,.]+) {base} ", text)[1].replace(",", "")),
        "price": Decimal(price[1]) if price and kind[1] == "limit" else None,
    }


def sent_order(command: PlaceOrder) -> dict[str, object]:
    return {
        "side": command.side.value,
        "symbol": command.symbol,
        "order_type": command.order_type.value,
        "post_only": command.post_only,
        "quantity_base": command.quantity_base,
        "price": command.price,
    }


async def step(app, pilot, client: ScriptedClient, chance: random.Random) -> None:
    kind = chance.random()
    if app.scene.ticket is None and kind < 0.3:
        # Often enough a whole ticket, so that there is something to compare.
        amount = chance.choice(["0.01", "250$", "999999$", "33%", "0,5", "1000usd", "7.123456789"])
        await pilot.press(chance.choice("bs"), *chance.choice(["", "t", "tp"]), *amount)
    elif kind < 0.15:
        client.report(moving(chance))
    elif kind < 0.2:
        app.post_message(events.Paste(chance.choice(PASTES)))
    elif kind < 0.22:
        width, height = app.size
        await pilot.click(offset=(chance.randrange(min(30, width)), chance.randrange(height)))
    elif kind < 0.24:
        await pilot.resize_terminal(*chance.choice(SIZES))
    elif kind < 0.26:
        client.is_gone = not client.is_gone
    else:
        await pilot.press(chance.choice(KEYS))


@pytest.mark.parametrize("seed", range(6))
async def test_what_enter_sends_is_what_the_screen_shows(seed, monkeypatch):
    chance = random.Random(seed)
    replies = [scripted.agreeable, scripted.refusing, lambda _: []]

    def reply(command):
        return chance.choice(replies)(command)

    client = ScriptedClient(scripted.traded(), reply=reply)
    app = console(client)
    screens: dict[str, str] = {}
    original = DeskScreen._send_ticket

    def watched(desk: DeskScreen) -> None:
        text, before = screen_text(app), app.scene.ticket
        original(desk)
        after = app.scene.ticket
        if before.sending is Sending.NOT_YET and after.sending is not Sending.NOT_YET:
            assert after.client_order_id not in screens
            screens[after.client_order_id] = text

    monkeypatch.setattr(DeskScreen, "_send_ticket", watched)
    async with app.run_test(size=SIZES[0]) as pilot:
        await ready(app)
        for _ in range(STEPS):
            await step(app, pilot, client, chance)
            if app.return_value is not None:
                break
        orders = [command for command in client.sent if isinstance(command, PlaceOrder)]
    names = [command.client_order_id for command in orders]
    assert len(names) == len(set(names))
    assert not any(isinstance(command, HaltTrading) for command in client.sent)
    for command in orders:
        assert sent_order(command) == shown_order(screens[command.client_order_id])


async def test_price_that_moved_since_the_ticket_was_drawn_changes_nothing_of_the_order():
    client = ScriptedClient(scripted.traded())
    app = console(client)
    async with app.run_test(size=SIZES[0]) as pilot:
        await ready(app)
        await pilot.press("b", *"250$")
        shown = shown_order(screen_text(app))
        # Between two drawings, as a frame may arrive: no await from here to the send.
        app.scene.mirror.market.apply(scripted.ticker_of("BTC/USD", mid=Decimal(40_000)))
        app.screen._send_ticket()
        await until(lambda: client.sent)
    (command,) = client.sent
    assert command.order_type is OrderType.MARKET
    assert sent_order(command) == shown


async def test_long_numbers_are_shown_whole():
    client = ScriptedClient(scripted.traded())
    app = console(client)
    async with app.run_test(size=SIZES[0]) as pilot:
        await ready(app)
        await pilot.press("b", "t", *"12345.123456789012345", "tab")
        await pilot.press(*["backspace"] * 7, *"64130.123456789012345")
        text = screen_text(app)
    assert "12345.12345678901234 " in text
    assert "64130.12345678901234▏" in text


@pytest.mark.parametrize("size", [(79, 24), (20, 5)])
async def test_nothing_but_stop_is_sent_from_a_terminal_too_small_to_show_it(size):
    client = ScriptedClient(scripted.traded())
    app = console(client)
    async with app.run_test(size=size) as pilot:
        await ready(app)
        await pilot.press("b", *"0.01", "enter", "escape", "5", "c", "C", "y", "R")
        assert client.sent == []
        await pilot.press("!")
        await until(lambda: client.sent)
    (command,) = client.sent
    assert isinstance(command, HaltTrading)


async def test_order_handed_to_an_engine_that_then_died_is_not_called_waiting():
    first = ScriptedClient(scripted.traded())
    second = ScriptedClient(scripted.traded())
    app = console(first, second)
    async with app.run_test(size=SIZES[0]) as pilot:
        await ready(app)
        await pilot.press("b", *"641.305$", "enter")
        await until(lambda: first.sent)
        first.vanish()
        await until(lambda: "the engine went away: nobody knows" in screen_text(app))
        await until(lambda: "ENGINE GONE" not in screen_text(app))
        await pilot.press("enter", "2", "enter")
        assert "the engine went away: nobody knows" in screen_text(app)
        # What was sent stays on the screen, to look for.
        assert "= 0.01 BTC" in screen_text(app)
    assert len(first.sent) == 1
    assert second.sent == []


def burst(app, keys: str) -> None:
    """Keys as one packet brings them: all there before the first is looked at."""
    for character in keys:
        key = {"\r": "enter", ".": "full_stop", "!": "exclamation_mark"}.get(character, character)
        app.post_message(events.Key(key, character))


async def test_whole_order_that_came_in_one_packet_is_that_order():
    client = ScriptedClient(scripted.traded())
    app = console(client)
    async with app.run_test(size=SIZES[0]):
        await ready(app)
        burst(app, "b0.05\r\r\rqs0.01\r")
        await until(lambda: len(client.sent) == 2)
    assert [(c.side.value, c.quantity_base) for c in client.sent] == [
        ("buy", Decimal("0.05")),
        ("sell", Decimal("0.01")),
    ]


async def test_keys_typed_before_a_dialog_was_up_are_its_own():
    client = ScriptedClient(scripted.halted())
    app = console(client)
    async with app.run_test(size=SIZES[0]):
        await ready(app)
        burst(app, "RRESUME\r")
        await until(lambda: client.sent)
    assert [type(command).__name__ for command in client.sent] == ["ResumeTrading"]


async def test_stop_held_down_is_sent_once_a_second_and_overtakes_what_was_typed():
    client = ScriptedClient(scripted.traded(), reply=scripted.agreeable)
    app = console(client)
    async with app.run_test(size=SIZES[0]) as pilot:
        await ready(app)
        burst(app, "b0.05" + "!" * 100)
        await until(lambda: app.scene.state.halt)
        await pilot.press(*"!!!")
        assert [type(command) for command in client.sent] == [HaltTrading]
        app._stop.pressed_s -= 1
        await pilot.press("!")
        await until(lambda: len(client.sent) == 2)


async def test_chart_follows_a_key_that_repeats_with_the_clock(monkeypatch):
    draws = []
    original = ChartPane.draw

    def counted(pane, scene, palette):
        draws.append(scene.symbol)
        return original(pane, scene, palette)

    monkeypatch.setattr(ChartPane, "draw", counted)
    app = console(ScriptedClient(scripted.traded()))
    async with app.run_test(size=SIZES[0]):
        await ready(app)
        draws.clear()
        burst(app, "j" * 51)
        await until(lambda: "CHART ETH/USD" in screen_text(app))
        assert app.scene.symbol == "ETH/USD"
        assert len(draws) < 25
