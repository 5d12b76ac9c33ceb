"""What happens between a key and a command, and between an event and the screen."""

import sys
from decimal import Decimal

import pytest
from textual import events

from tests.screens import scripted
from tests.screens.console_driver import Clock, console, ready, screen_text, until
from tests.screens.scripted import NOW_MS, ScriptedClient
from tui_trader.app import ConsoleExit, Departure
from tui_trader.engine.client.frames import Goodbye
from tui_trader.engine.messages import events as told
from tui_trader.engine.messages.commands import (
    CancelAllOrders,
    CancelOrder,
    HaltTrading,
    PlaceOrder,
    ResumeTrading,
    ShutDownEngine,
)
from tui_trader.engine.messages.queries import AskTicket, GateVerdict
from tui_trader.engine.messages.reports import BookReport
from tui_trader.engine.values.errors import NothingRunning
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.modes import LinkState
from tui_trader.engine.values.orders import OrderType, Side

SIZE = (120, 36)


def sent(client: ScriptedClient, kind: type) -> list:
    return [command for command in client.sent if isinstance(command, kind)]


async def test_buying_by_keys_sends_exactly_one_order_whatever_enter_does():
    client = ScriptedClient(scripted.traded(), reply=scripted.agreeable)
    app = console(client)
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press("b", "t", *"0.01", "enter", "enter", "enter")
        await until(lambda: client.sent)
        await pilot.press("enter")
        (order,) = client.sent
        assert isinstance(order, PlaceOrder)
        assert (order.symbol, order.side, order.order_type) == (
            "BTC/USD",
            Side.BUY,
            OrderType.LIMIT,
        )
        assert (order.quantity_base, order.price) == (Decimal("0.01"), Decimal("64130.4"))
        await until(lambda: "accepted: open at the exchange" in screen_text(app))


async def test_selling_a_quote_value_at_market_post_only_off():
    client = ScriptedClient(scripted.traded(), reply=scripted.agreeable)
    app = console(client)
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press("s", "t", "p", "t", "t", *"1000usd", "enter")
        await until(lambda: client.sent)
        (order,) = client.sent
        assert (order.side, order.order_type, order.price) == (Side.SELL, OrderType.MARKET, None)
        assert not order.post_only
        assert order.quantity_base == Decimal("0.01559322")


async def test_verdict_is_shown_before_the_order_is_sent():
    client = ScriptedClient(scripted.traded())
    client.verdict = GateVerdict(gate="order value", is_passed=False, text="above 2,500")
    app = console(client)
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press("b", "1")
        await until(lambda: "would be refused by order value" in screen_text(app))
        assert sent(client, PlaceOrder) == []


async def test_preview_is_asked_at_most_twice_a_second():
    client = ScriptedClient(scripted.traded())
    app = console(client)
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press("b", *"0.0123456")
        await until(lambda: "checks pass" in screen_text(app))
        asked = [query for query in client.asked if isinstance(query, AskTicket)]
        assert len(asked) <= 3
        assert asked[-1].quantity_base == Decimal("0.0123456")


async def test_refused_order_is_shown_and_an_edit_makes_it_a_new_one():
    client = ScriptedClient(scripted.traded(), reply=scripted.refusing)
    app = console(client)
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press("b", *"0.1", "enter")
        await until(lambda: "REFUSED by order value" in screen_text(app))
        await pilot.press("enter")
        assert len(client.sent) == 1
        await pilot.press("backspace", "1", "enter")
        await until(lambda: len(client.sent) == 2)
        assert client.sent[0].client_order_id != client.sent[1].client_order_id


async def test_order_whose_outcome_is_unknown_says_so_and_cannot_be_sent_again():
    client = ScriptedClient(scripted.traded(), reply=scripted.agreeable)
    app = console(client)
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press("b", *"0.01", "enter")
        await until(lambda: client.sent)
        name = client.sent[0].client_order_id
        client.happen(
            told.OrderOutcomeUnknown(time_ms=NOW_MS, client_order_id=name, reason="no answer")
        )
        await until(lambda: "UNKNOWN: the exchange did not answer" in screen_text(app))
        await pilot.press("backspace", "2", "enter")
        assert len(client.sent) == 1


async def test_order_sent_to_an_engine_that_vanishes_is_not_called_sent():
    client = ScriptedClient(scripted.traded())
    app = console(client)
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press("b", *"0.01")
        client.is_gone = True
        await pilot.press("enter")
        await until(lambda: "the engine went away: nobody knows" in screen_text(app))


@pytest.mark.parametrize("keys", [(), ("b", "0"), ("q",), ("?",), ("C",)])
async def test_stop_acts_at_once_wherever_one_is(keys):
    client = ScriptedClient(scripted.traded(), reply=scripted.agreeable)
    app = console(client)
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press(*keys, "!")
        await until(lambda: sent(client, HaltTrading))
        assert len(client.sent) == 1
        await until(lambda: "cancelling… not yet confirmed" in screen_text(app))
        client.happen(told.CancelAllConfirmed(time_ms=NOW_MS, count=2))
        await until(lambda: "2 cancelled, confirmed by the exchange" in screen_text(app))
        assert " HALTED " in screen_text(app)


async def test_stop_that_nobody_confirms_says_so():
    clock = Clock()
    client = ScriptedClient(scripted.traded())
    app = console(client, clock=clock)
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press("!")
        await until(lambda: "waiting for the engine" in screen_text(app))
        clock.now_ms += 2_100
        await until(lambda: "has NOT confirmed it" in screen_text(app))
        assert "tui-trader halt" in screen_text(app)


async def test_stop_without_an_engine_says_that_it_did_not_reach_it():
    client = ScriptedClient(scripted.traded())
    app = console(client)
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        client.vanish()
        await until(lambda: "ENGINE GONE" in screen_text(app))
        await pilot.press("!")
        assert "did NOT reach the engine" in screen_text(app)
        assert "tui-trader halt" in screen_text(app)
        assert client.sent == []


async def test_resume_needs_the_word():
    client = ScriptedClient(scripted.halted())
    app = console(client)
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press("R", *"RESUM", "enter")
        assert client.sent == []
        await pilot.press("E", "enter")
        await until(lambda: client.sent)
        assert isinstance(client.sent[0], ResumeTrading)


async def test_cancel_takes_the_order_under_the_cursor():
    client = ScriptedClient(scripted.traded())
    app = console(client)
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press("c")
        assert client.sent == []
        await pilot.press("5", "j", "c")
        await until(lambda: client.sent)
        (command,) = client.sent
        assert isinstance(command, CancelOrder)
        assert command.client_order_id == scripted.order_id(4)


async def test_cancel_all_asks():
    client = ScriptedClient(scripted.traded())
    app = console(client)
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press("C", "n")
        assert client.sent == []
        await pilot.press("C", "y")
        await until(lambda: client.sent)
        assert isinstance(client.sent[0], CancelAllOrders)


@pytest.mark.parametrize(
    ("keys", "how"), [(("q", "enter"), Departure.DETACHED), (("q", "l"), Departure.DETACHED)]
)
async def test_leaving_keeps_the_engine_running(keys, how):
    client = ScriptedClient(scripted.traded())
    app = console(client)
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press(*keys)
        await until(lambda: app.return_value is not None)
    assert app.return_value == ConsoleExit(how=how)
    assert client.sent == []
    assert client.is_closed


async def test_shutting_down_waits_for_the_engine_to_end():
    client = ScriptedClient(scripted.traded())
    app = console(client)
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press("q", "d")
        await until(lambda: sent(client, ShutDownEngine))
        assert "Shutting the engine down" in screen_text(app)
        assert app.return_value is None
        client.push(Goodbye(reason="shut down by console"))
        client.vanish()
        await until(lambda: app.return_value is not None)
    assert app.return_value == ConsoleExit(how=Departure.SHUT_DOWN)


async def test_staying_stays():
    client = ScriptedClient(scripted.traded())
    app = console(client)
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press("q", "s", "ctrl+c")
        assert app.return_value is None
        assert "ctrl+c does nothing here" in screen_text(app)


async def test_quitting_without_an_engine_asks_nothing():
    client = ScriptedClient(scripted.traded())
    app = console(client)
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        client.vanish()
        await until(lambda: "ENGINE GONE" in screen_text(app))
        await pilot.press("q")
        await until(lambda: app.return_value is not None)
    assert app.return_value == ConsoleExit(how=Departure.ENGINE_GONE)


async def test_engine_that_comes_back_is_attached_again():
    first, second = ScriptedClient(scripted.traded()), ScriptedClient(scripted.halted())
    app = console(first, second)
    async with app.run_test(size=SIZE):
        await ready(app)
        first.vanish()
        await until(lambda: "HALTED by console" in screen_text(app))
        assert first.is_closed


async def test_gap_in_the_events_means_attaching_again():
    first, second = ScriptedClient(scripted.traded()), ScriptedClient(scripted.started())
    app = console(first, second)
    async with app.run_test(size=SIZE):
        await ready(app)
        first.sequence += 1
        first.happen(told.CancelAllRequested(time_ms=NOW_MS, actor="cli"))
        await until(lambda: first.is_closed and not app.scene.orders)


async def test_read_only_console_sends_nothing():
    client = ScriptedClient(scripted.halted())
    app = console(client, is_read_only=True)
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press("!", "R", "b", *"0.1", "enter")
        assert client.sent == []
        assert "NOT sent: this console is read-only" in screen_text(app)
        assert "read-only" in screen_text(app)


async def test_lost_book_shows_no_old_price():
    client = ScriptedClient(scripted.traded())
    app = console(client)
    async with app.run_test(size=SIZE):
        await ready(app)
        assert "64,129.7" in screen_text(app)
        client.report(
            BookReport(
                time_ms=NOW_MS, symbol=Symbol("BTC/USD"), bids=(), asks=(), is_verified=False
            )
        )
        await until(lambda: "book lost — resubscribing" in screen_text(app))
        assert "64,129.7" not in screen_text(app)


async def test_account_check_is_announced():
    client = ScriptedClient(scripted.traded())
    app = console(client)
    async with app.run_test(size=SIZE):
        await ready(app)
        client.happen(told.ReconcileStarted(time_ms=NOW_MS, reason="every minute"))
        await until(lambda: "Checking the account; no orders yet" in screen_text(app))


async def test_silent_feed_and_engine_are_told_with_their_age():
    clock = Clock()
    client = ScriptedClient(scripted.traded())
    app = console(client, clock=clock)
    async with app.run_test(size=SIZE):
        await ready(app)
        await until(lambda: "feed ok" in screen_text(app))
        clock.now_ms += 4_000
        await until(lambda: "feed STALE 4s" in screen_text(app))
        assert "engine silent 4s" in screen_text(app)


async def test_selecting_a_pair_moves_chart_book_and_ticket():
    client = ScriptedClient(scripted.traded())
    app = console(client)
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press("j", "b", "1")
        await until(lambda: "CHART ETH/USD" in screen_text(app) or "CHART ETH" in screen_text(app))
        assert "ORDER BOOK ETH/USD" in screen_text(app)
        await pilot.press("j")
        assert app.scene.ticket.instrument.symbol == "SOL/USD"
        assert app.scene.ticket.price_text == "141.27"


async def test_timeframes_fetch_their_history_once():
    client = ScriptedClient(scripted.traded())
    app = console(client)
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press("]", "]", "[", "]")
        await until(lambda: (Symbol("BTC/USD"), app.scene.interval) in app.scene.candles)
        assert app.scene.interval.value == "15m"
        asked = [(q.symbol, q.interval) for q in client.asked if hasattr(q, "interval")]
        assert len(asked) == len(set(asked))


@pytest.mark.parametrize("size", [(60, 10), (79, 24), (80, 22), (20, 3)])
async def test_terminal_that_is_too_small_still_shows_mode_and_stop(size):
    client = ScriptedClient(scripted.traded(), reply=scripted.agreeable)
    app = console(client)
    async with app.run_test(size=size) as pilot:
        await until(lambda: " DEMO " in screen_text(app))
        assert "! STOP" in screen_text(app)
        assert "day" in screen_text(app)
        assert "80x23" in screen_text(app)
        await pilot.press("!")
        await until(lambda: sent(client, HaltTrading))


async def test_zoom_shows_one_pane_and_the_frame_around_it():
    client = ScriptedClient(scripted.traded())
    app = console(client)
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press("2", "z")
        await until(lambda: "MARKETS" not in screen_text(app))
        assert "CHART BTC/USD" in screen_text(app)
        assert "! STOP" in screen_text(app)
        await pilot.press("z")
        await until(lambda: "MARKETS" in screen_text(app))


async def test_text_of_the_exchange_is_never_markup():
    client = ScriptedClient(scripted.traded())
    app = console(client)
    async with app.run_test(size=SIZE):
        await ready(app)
        client.happen(
            told.LinkChanged(
                time_ms=NOW_MS,
                link="market",
                state=LinkState.DOWN,
                detail="[bold red]x[/] \x1b[2J [link=file:///]",
            )
        )
        await until(lambda: "[bold red]x[/] [2J" in screen_text(app))


async def test_colours_switch_by_key_and_everything_is_drawn_anew():
    client = ScriptedClient(scripted.traded())
    app = console(client)
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press("T")
        assert app.theme == "light"
        (segment, *_) = app.screen._compositor.render_strips()[3]
        assert segment.style.bgcolor.name == "#d0e4fb"


async def test_fills_of_one_order_are_one_line_of_the_log():
    client = ScriptedClient(scripted.traded())
    app = console(client)
    async with app.run_test(size=SIZE):
        await ready(app)
        client.happen(
            scripted.filled(4, "BTC/USD", Side.BUY, "0.004", "64128.9", 100),
            scripted.filled(4, "BTC/USD", Side.BUY, "0.006", "64128.8", 90),
        )
        await until(lambda: "bought 0.01 BTC/USD at 64,128.84" in screen_text(app))
        assert app.scene.log[-1].count == 2


async def test_no_colour_terminal_is_painted_before_the_engine_has_said_anything(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    app = console()
    async with app.run_test(size=SIZE) as pilot:
        for pane in app.screen.query("*"):
            pane._rows = []
            strips = pane.render_lines(pane.size.region)
            assert {strip.cell_length for strip in strips} <= {pane.size.width}
            # Attributes alone: the terminal's own two colours stay.
            assert not any(
                segment.style.color or segment.style.bgcolor for s in strips for segment in s
            )
        await pilot.press("?")
        box = app.screen.query_one("#box")
        box.show([])
        assert box.render_lines(box.size.region)


async def test_a_click_selects_what_it_meets_and_sends_nothing():
    client = ScriptedClient(scripted.traded())
    app = console(client)
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.click("#watch", offset=(5, 2))
        assert app.scene.symbol == "ETH/USD"
        await pilot.click("#orders", offset=(5, 3))
        assert (app.scene.pane, app.scene.order_cursor) == ("orders", 1)
        await pilot.click("#signals", offset=(5, 1))
        assert app.scene.pane == "orders"
        assert client.sent == []


@pytest.mark.parametrize(
    "text",
    ["\x1b[31m0.25 BTC\n!q", "buy 2 BTC at 64000", "0.25\r", "1e5", "9" * 100_000, "!", "", "\x00"],
)
async def test_paste_goes_in_whole_or_not_at_all_and_stops_nothing(text):
    client = ScriptedClient(scripted.traded())
    app = console(client)
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press("b")
        app.post_message(events.Paste(text))
        app.post_message(events.Paste(" 0.5\n"))
        await until(lambda: app.scene.ticket.amount_text)
        taken = text.strip() if text == "0.25\r" else ""
        # A second number cannot follow the first one: `0.250.5` is none.
        assert app.scene.ticket.amount_text == (taken or "0.5")
        assert client.sent == []


async def test_pane_keys_and_tab_move_the_mark():
    client = ScriptedClient(scripted.traded())
    app = console(client)
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        for keys, pane in (
            (("4",), "positions"),
            (("tab",), "orders"),
            (("shift+tab",), "positions"),
        ):
            await pilot.press(*keys)
            assert app.scene.pane == pane
            assert "▌4 POSITIONS" in screen_text(app) or pane != "positions"


async def test_log_scrolls_while_it_is_active():
    client = ScriptedClient(scripted.traded())
    app = console(client)
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press("6", "j", "j", "k")
        assert "1 newer above" in screen_text(app)


async def test_dialogs_that_were_closed_hold_on_to_nothing():
    client = ScriptedClient(scripted.traded())
    app = console(client)
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press("?")
        dialog = app.screen
        box = dialog.query_one("#box")
        assert len(dialog._styles_cache._cache) > 0
        await pilot.press("escape")
        await until(lambda: not dialog.is_attached)
        assert len(dialog._styles_cache._cache) == 0
        assert len(box._styles_cache._cache) == 0


async def test_stop_before_any_engine_was_there_says_so_and_what_to_press_when_it_is():
    client, engines = ScriptedClient(scripted.traded()), []
    app = console()

    async def connect():
        if not engines:
            raise NothingRunning(scripted.GONE)
        return engines.pop()

    app._connect = connect
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("!")
        assert "did NOT reach the engine: none is attached yet" in screen_text(app)
        engines.append(client)
        await ready(app)
        await until(lambda: "press ! again" in screen_text(app))
        assert client.sent == []
        await pilot.press("!")
        await until(lambda: sent(client, HaltTrading))


async def test_stop_in_a_terminal_too_small_tells_what_became_of_it():
    client = ScriptedClient(scripted.traded())
    app = console(client)
    async with app.run_test(size=(60, 12)) as pilot:
        await ready(app)
        await until(lambda: "1 UNKNOWN" in screen_text(app))
        client.vanish()
        await until(lambda: "ENGINE GONE" in screen_text(app))
        await pilot.press("!")
        await until(lambda: "did NOT reach the engine" in screen_text(app))


async def test_ticket_without_an_engine_says_so():
    client = ScriptedClient(scripted.traded())
    app = console(client)
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        client.vanish()
        await until(lambda: "ENGINE GONE" in screen_text(app))
        await pilot.press("b", "1")
        await until(lambda: "no engine is there" in screen_text(app))
        await pilot.press("enter")
        assert client.sent == []


async def test_stop_without_an_engine_halts_from_here_once_at_a_time():
    client = ScriptedClient(scripted.traded())
    words = """print('{"is_latched": true, "is_cancel_confirmed": true, "cancelled": 2}')"""
    app = console(client, halt_command=(sys.executable, "-c", words))
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        client.vanish()
        await until(lambda: "ENGINE GONE" in screen_text(app))
        await pilot.press("!", "!")
        await until(lambda: "exchange cancelled 2" in screen_text(app))
        assert "did NOT reach the engine" in screen_text(app)


async def test_halt_from_here_that_cannot_be_run_names_the_command():
    client = ScriptedClient(scripted.traded())
    app = console(client, halt_command=("/nowhere/tui-trader", "halt"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        client.vanish()
        await until(lambda: "ENGINE GONE" in screen_text(app))
        await pilot.press("!")
        await until(lambda: "FAILED" in screen_text(app))
        assert "In a shell" in screen_text(app)
