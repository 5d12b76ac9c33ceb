"""Keys and clicks on the desk's chart and ladder: what is read, what is set up, and what is sent."""

from decimal import Decimal

import msgspec
import pytest

from tests.screens import scripted
from tests.screens.console_driver import Clock, console, ready, screen_text, until
from tests.screens.scripted import NOW_MS, ScriptedClient
from tui_trader.engine.messages import events as told
from tui_trader.engine.messages.commands import AmendPlacedOrder, PlaceOrder
from tui_trader.engine.messages.queries import AskCandles
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.modes import Mode
from tui_trader.engine.values.orders import OrderTerms, OrderType, Side
from tui_trader.widgets.book_pane import BookPane
from tui_trader.widgets.candle_history import CANDLES_MAX
from tui_trader.widgets.chart_pane import ChartPane, shown_candles, window_for
from tui_trader.widgets.pane import Pane

SIZE = (120, 36)
STOP_ID = scripted.order_id(9)


def attached(**more):
    client = ScriptedClient(scripted.traded(), reply=scripted.agreeable)
    return client, console(client, **more)


def stop_order(quantity="0.04", trigger="63200.0", limit=None):
    kind = OrderType.STOP_LOSS if limit is None else OrderType.STOP_LOSS_LIMIT
    placed = scripted.submitted(9, "BTC/USD", Side.SELL, quantity, limit, ago_ms=30_000)
    return [
        msgspec.structs.replace(
            placed, order_type=kind, terms=OrderTerms(trigger_price=Decimal(trigger))
        ),
        scripted.accepted(9, 29_000),
    ]


def sent(client, kind):
    return [command for command in client.sent if isinstance(command, kind)]


def cross_of(app):
    return app.scene.desk.cross


# Chart.


async def test_lines_are_switched_by_keys_and_their_values_are_in_the_head():
    _, app = attached()
    async with app.run_test(size=(200, 60)) as pilot:
        await ready(app)
        assert "EMA 20 64,240.2" in screen_text(app)
        await pilot.press("e", "v", "B")
        assert "EMA 20" not in screen_text(app)
        assert "VWAP" in screen_text(app)
        assert "BB 20" in screen_text(app)
        await pilot.press("v", "B", "e")
        assert app.scene.desk.overlays == ["ema"]


async def test_vwap_fetches_the_beginning_of_its_day():
    client, app = attached()
    async with app.run_test(size=(200, 60)) as pilot:
        await ready(app)
        await pilot.press("v")
        midnight = NOW_MS // 86_400_000 * 86_400_000
        await until(lambda: shown_candles(app.scene)[0].open_time_ms <= midnight)
        await until(lambda: "VWAP 64" in screen_text(app))
        assert [q for q in client.asked if isinstance(q, AskCandles) and q.before_ms]


async def test_moving_back_asks_for_older_candles_and_stops_at_the_oldest():
    client, app = attached()
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press("2", *["H"] * 8)
        await until(lambda: len(shown_candles(app.scene)) > CANDLES_MAX)
        await pilot.press(*["H"] * 20)
        await until(lambda: len(shown_candles(app.scene)) == scripted.CANDLES_KEPT)
        await pilot.press(*["H"] * 20)
        window = window_for(app.scene, app.screen.query_one(ChartPane).size.width)
        assert window.first == 0
        assert "candles back" in screen_text(app)
        await until(lambda: app.scene.desk.past_end)
        asked = len(client.asked)
        await pilot.press("h", "l")
        older = [q for q in client.asked[asked:] if isinstance(q, AskCandles) and q.before_ms]
        assert older == []
        await pilot.press("escape")
        assert app.scene.desk.pan == 0


async def test_another_pair_gives_up_the_past_of_the_one_before():
    _, app = attached()
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press("2", "H", "H", "H", "H")
        await until(lambda: len(shown_candles(app.scene)) > CANDLES_MAX)
        await pilot.press("1", "j")
        assert app.scene.desk.pan == 0
        await pilot.press("2", "H", "H", "H", "H")
        await until(lambda: len(shown_candles(app.scene)) > CANDLES_MAX)
        assert len(app.scene.candles["BTC/USD", Interval.M1]) == CANDLES_MAX


async def test_cross_hair_is_moved_by_arrows_and_set_by_a_click():
    _, app = attached()
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        candles = shown_candles(app.scene)
        await pilot.press("left")
        assert cross_of(app) == candles[-1].open_time_ms
        await pilot.press("left", "left", "right", "shift+left")
        assert cross_of(app) == candles[-12].open_time_ms
        assert "last +0." in screen_text(app)
        await pilot.click("#chart", offset=(20, 4))
        window = window_for(app.scene, app.screen.query_one(ChartPane).size.width)
        assert cross_of(app) == candles[window.place_at(20)].open_time_ms
        await pilot.press("escape")
        assert cross_of(app) is None


async def test_cross_hair_takes_the_window_with_it():
    _, app = attached()
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press(*["shift+left"] * 8)
        assert app.scene.desk.pan > 0
        await pilot.press(*["shift+right"] * 8)
        assert app.scene.desk.pan == 0


async def test_candles_are_drawn_wider_averaged_and_by_percents():
    _, app = attached()
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press("2", "+", "+", "+")
        assert app.scene.desk.candle_width == 3
        await pilot.press("-", "o", "p")
        assert app.scene.desk.candle_width == 2
        assert "Heikin-Ashi  log" in screen_text(app)
        await pilot.press("o", "p")
        assert "Heikin-Ashi" not in screen_text(app)


async def test_wheel_zooms_the_chart_and_goes_through_the_ladder():
    _, app = attached()
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        for pane_name, steps in (("chart", (-1, -1, 1)), ("book", (1, 1))):
            for step in steps:
                app.screen.query_one(f"#{pane_name}").post_message(Pane.Wheeled(pane_name, step))
            await pilot.pause()
        await until(lambda: app.scene.desk.cursor is not None)
        assert app.scene.desk.candle_width == 2
        assert app.scene.pane == "book"


async def test_own_orders_stops_and_the_entry_are_named_on_the_chart():
    client, app = attached()
    async with app.run_test(size=(200, 60)) as pilot:
        await ready(app)
        client.happen(*stop_order())
        await until(lambda: "stop sell 0.04" in screen_text(app))
        text = screen_text(app)
        assert "sell 0.01" in text
        assert "buy 0.01" in text
        assert "entry 0.04" in text
        await pilot.press("1", "j")
        assert "stop sell 0.04" not in screen_text(app)


# Ladder.


async def test_ladder_stands_still_under_its_cursor_and_follows_again_after_escape():
    client, app = attached()
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press("3", "j", "j")
        board = app.scene.desk
        cursor, ruler = board.cursor, board.ruler
        assert cursor == Decimal("64130.0")
        client.report(scripted.book_of("BTC/USD", mid=Decimal("64300.0"), seed=5))
        await until(lambda: "held · mid 64,300" in screen_text(app))
        assert (board.cursor, board.ruler) == (cursor, ruler)
        assert "64,130.0" in screen_text(app)
        await pilot.press("escape")
        assert board.cursor is None
        assert "64,130.0" not in screen_text(app)


async def test_ladder_is_let_go_when_another_pane_is_chosen():
    _, app = attached()
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press("3", "j", "2")
        assert app.scene.desk.cursor is None


async def test_cursor_of_the_ladder_stays_in_sight_to_the_last_rung():
    _, app = attached()
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press("3", "minus", "minus", "minus", "minus")
        assert "by 1" in screen_text(app)
        await pilot.press(*["ctrl+d"] * 3)
        row = next(row for row in screen_text(app).splitlines() if row.startswith(">"))
        assert f"{app.scene.desk.cursor:,.1f}" in row
        await pilot.press("plus")
        assert app.scene.desk.cursor is not None
        assert any(row.startswith(">") for row in screen_text(app).splitlines())


async def test_ticket_opens_at_the_price_under_the_cursor():
    client, app = attached()
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press("3")
        for keys, side, price in (
            (("j", "j", "enter"), Side.BUY, "64130.0"),
            (("k", "k", "enter"), Side.SELL, "64131.2"),
            (("k", "k", "b"), Side.BUY, "64131.2"),
            (("j", "j", "s"), Side.SELL, "64130.0"),
        ):
            await pilot.press("escape", *keys)
            form = app.scene.ticket
            assert (form.side, form.price_text) == (side, price)
            if price != "64130.0" or side is not Side.SELL:
                await pilot.press("q")
        assert client.sent == []
        await pilot.press(*"0.01", "enter")
        await until(lambda: client.sent)
        (order,) = sent(client, PlaceOrder)
        assert (order.side, order.price) == (Side.SELL, Decimal("64130.0"))
        assert order.order_type is OrderType.LIMIT


async def test_click_on_a_rung_sets_the_cursor_and_the_price_of_an_open_ticket():
    client, app = attached()
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        rows = app.screen.query_one(BookPane).rung_rows
        await pilot.click("#book", offset=(5, 1 + rows // 2 + 2))
        assert app.scene.desk.cursor == Decimal("64130.0")
        assert app.scene.pane == "book"
        await pilot.press("b")
        await pilot.click("#book", offset=(5, 1 + rows // 2 + 3))
        form = app.scene.ticket
        assert (form.price_text, form.order_type) == ("64129.7", OrderType.LIMIT)
        await pilot.press("t")
        triggered = app.scene.ticket.order_type
        await pilot.click("#book", offset=(5, 1 + rows // 2 + 2))
        assert (app.scene.ticket.price_text, app.scene.ticket.order_type) == ("64130.0", triggered)
        assert triggered.is_triggered
        assert client.sent == []


# Moving an order.


async def test_order_is_carried_on_the_ladder_and_sent_once():
    client, app = attached()
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press("3", "m")
        assert "«0.01»" in screen_text(app)
        await pilot.press("j", "j", "left")
        assert client.sent == []
        (row,) = [row for row in screen_text(app).splitlines() if "MOVE buy 0.01 -0.00%" in row]
        assert row.rstrip().endswith("64,128.6")
        await pilot.press("enter", "enter")
        await until(lambda: client.sent)
        (command,) = client.sent
        assert isinstance(command, AmendPlacedOrder)
        assert command.client_order_id == scripted.order_id(4)
        assert (command.price, command.trigger_price) == (Decimal("64128.6"), None)
        assert command.quantity_base is None


async def test_cursor_goes_with_what_is_carried_and_keeps_it_in_sight():
    _, app = attached()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(app)
        await pilot.press("3", *["minus"] * 4, "m", *["j"] * 12)
        row = next(row for row in screen_text(app).splitlines() if row.startswith(">"))
        assert "«0.01»" in row
        assert app.scene.desk.moving.price == Decimal(64_117)


async def test_rungs_of_a_step_carry_an_order_onto_them():
    client, app = attached()
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press("3", *["minus"] * 4, "m", "k", "k", "enter")
        await until(lambda: client.sent)
        assert client.sent[0].price == Decimal(64_130)


@pytest.mark.parametrize("limit", [None, "63100.0"])
async def test_stop_is_carried_on_the_chart_and_its_limit_keeps_its_distance(limit):
    client, app = attached()
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        client.happen(*stop_order(limit=limit))
        await until(lambda: len(app.scene.orders) == 4)
        await pilot.press("2", "m", "m", "m")
        assert app.scene.desk.moving.client_order_id == STOP_ID
        await pilot.press("k")
        price = app.scene.desk.moving.price
        assert price > Decimal("63200.0")
        assert price % 10 == 0
        await pilot.press("enter")
        await until(lambda: client.sent)
        (command,) = client.sent
        assert command.trigger_price == price
        away = price - Decimal("63200.0")
        assert command.price == (None if limit is None else Decimal(limit) + away)


async def test_order_that_was_not_moved_is_put_back_and_nothing_is_sent():
    client, app = attached()
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        for key, words in (("escape", "put back: nothing"), ("enter", "was not moved: nothing")):
            await pilot.press("2", "m", key)
            assert app.scene.desk.moving is None
            assert f"{words} was sent" in screen_text(app)
        assert client.sent == []


async def test_order_that_ends_while_it_is_carried_is_let_go():
    client, app = attached()
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press("2", "m", "j")
        client.happen(told.OrderCancelled(time_ms=NOW_MS, client_order_id=scripted.order_id(4)))
        await until(lambda: app.scene.desk.moving is None)
        await pilot.press("enter")
        assert client.sent == []


async def test_nothing_is_taken_up_where_there_is_nothing_to_move():
    client, app = attached()
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press("1", "j", "2", "m")
        assert "no order is open in ETH/USD" in screen_text(app)
        await pilot.press("1", "j", "2", "m")
        assert "this order is unknown: it cannot be moved now" in screen_text(app)
        assert app.scene.desk.moving is None
        assert client.sent == []


async def test_read_only_console_takes_nothing_up():
    _, app = attached(is_read_only=True)
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press("2", "m")
        assert app.scene.desk.moving is None


async def test_keys_that_sleep_in_live_mode_take_no_order_up():
    client = ScriptedClient(
        [
            msgspec.structs.replace(event, mode=Mode.LIVE)
            if isinstance(event, told.EngineStarted)
            else event
            for event in scripted.traded()
        ]
    )
    app = console(client)
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press("2", "m")
        assert app.scene.desk.moving is None
        assert "not armed" in screen_text(app)


async def test_ticket_that_opens_lets_go_of_what_was_carried():
    client, app = attached()
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press("2", "m", "j", "b", "escape", "enter")
        assert app.scene.desk.moving is None
        assert client.sent == []


# Limits.


async def test_limits_are_asked_of_the_engine_and_their_age_is_told_when_it_is_gone():
    clock = Clock()
    client, app = attached(clock=clock)
    async with app.run_test(size=SIZE):
        await ready(app)
        await until(lambda: "2 REACHED" in screen_text(app))
        assert "■ Position" in screen_text(app)
        client.vanish()
        await until(lambda: "ENGINE GONE" in screen_text(app))
        clock.now_ms += 12_000
        await until(lambda: "OLD 12s" in screen_text(app))
