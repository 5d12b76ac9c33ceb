"""Orders, journal and export by keys and mouse, on a scripted engine."""

import json
from decimal import Decimal

import pytest
from msgspec.structs import replace

from tests.screens import scripted
from tests.screens.console_driver import console, ready, screen_text, until
from tests.screens.scripted import NOW_MS, ScriptedClient
from tui_trader.engine.messages import events as told
from tui_trader.engine.messages.commands import CancelAllOrders, CancelOrder
from tui_trader.engine.messages.queries import AskRecentEvents, RecentEventsAnswer
from tui_trader.engine.values.orders import OrderTerms, OrderType
from tui_trader.widgets.journal_pane import JournalPane
from tui_trader.widgets.order_history_pane import OrderHistoryPane
from tui_trader.widgets.order_list import entries

SIZE = (120, 36)
DAY_MS = 86_400_000


class Paging(ScriptedClient):
    """Tells pages of its history, as the engine does."""

    async def ask(self, query):
        if isinstance(query, AskRecentEvents):
            self.asked.append(query)
            before = query.before or self.sequence + 1
            found = [entry for entry in self.history if entry.sequence < before]
            return RecentEventsAnswer(entries=tuple(found[-query.limit :]))
        return await super().ask(query)


def client(history=None) -> Paging:
    return Paging(history or scripted.traded(), reply=scripted.agreeable)


async def on_orders(app, pilot):
    await ready(app)
    await pilot.press("f6")
    await until(lambda: app.scene.journal.is_at_its_end)


async def on_journal(app, pilot):
    await ready(app)
    await pilot.press("f7")
    await until(lambda: app.scene.journal.is_at_its_end)


async def test_refused_order_tells_its_gate_and_the_numbers():
    app = console(client())
    async with app.run_test(size=(80, 24)) as pilot:
        await on_orders(app, pilot)
        await pilot.press("v", "v", "v")
        text = screen_text(app)
        assert "1 refused today" in text
        assert "refused by order value" in text
        assert "3,206.52 USD is above 2,500" in text
        assert "nothing left for the exchange" in text


async def test_trigger_of_a_stop_is_shown_whole_on_a_narrow_terminal():
    stop = replace(
        scripted.submitted(9, "BTC/USD", scripted.Side.SELL, "0.01", None, ago_ms=0),
        order_type=OrderType.STOP_LOSS,
        terms=OrderTerms(trigger_price=Decimal("165970.0")),
    )
    app = console(client([*scripted.traded(), stop]))
    async with app.run_test(size=(80, 24)) as pilot:
        await on_orders(app, pilot)
        await pilot.press("v")
        assert "@165,970.0 " in screen_text(app)


async def test_marked_order_is_cancelled_and_an_ended_one_is_not():
    engine = client()
    app = console(engine)
    async with app.run_test(size=SIZE) as pilot:
        await on_orders(app, pilot)
        await pilot.press("v")
        assert [order.symbol for order in entries(app.scene)] == ["SOL/USD", "BTC/USD", "BTC/USD"]
        await pilot.press("j", "c")
        await until(lambda: engine.sent)
        assert isinstance(engine.sent[0], CancelOrder)
        assert engine.sent[0].client_order_id == scripted.order_id(4)
        await pilot.press("v", "c")
        assert "nothing to cancel" in screen_text(app)
        await pilot.press("C", "y")
        await until(lambda: isinstance(engine.sent[-1], CancelAllOrders))
        assert len(engine.sent) == 2


async def test_cursor_stays_with_its_order_while_others_come():
    engine = client()
    app = console(engine)
    async with app.run_test(size=SIZE) as pilot:
        await on_orders(app, pilot)
        await pilot.press("j", "j")
        marked = app.scene.order_board.chosen
        engine.happen(scripted.submitted(9, "ETH/USD", scripted.Side.BUY, "1", "3000", ago_ms=0))
        await until(lambda: len(entries(app.scene)) == 7)
        text = screen_text(app)
        assert marked in text
        assert app.scene.order_board.chosen == marked


@pytest.mark.parametrize("keys", [("5", "j"), ("f6", "v", "j")])
async def test_order_that_comes_does_not_slip_under_the_cursor(keys):
    engine = client()
    app = console(engine)
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press(*keys)
        engine.happen(scripted.submitted(9, "ETH/USD", scripted.Side.BUY, "1", "3000", ago_ms=0))
        await until(lambda: len(app.scene.orders) == 4)
        await pilot.press("c")
        await until(lambda: engine.sent)
        assert engine.sent[0].client_order_id == scripted.order_id(4)


async def test_order_that_was_only_looked_at_is_the_one_that_is_cancelled():
    engine = client()
    app = console(engine)
    async with app.run_test(size=SIZE) as pilot:
        await on_orders(app, pilot)
        await pilot.press("v")
        shown = entries(app.scene)[0].client_order_id
        engine.happen(scripted.submitted(9, "ETH/USD", scripted.Side.BUY, "1", "3000", ago_ms=0))
        await until(lambda: len(app.scene.orders) == 4)
        await pilot.press("c")
        await until(lambda: engine.sent)
        assert engine.sent[0].client_order_id == shown
        await pilot.press("f2", "f6")
        assert app.scene.order_board.chosen == scripted.order_id(9)


@pytest.mark.parametrize("keys", [("5", "j"), ("f6", "v", "j")])
async def test_key_for_an_order_that_is_gone_does_not_act_on_its_neighbour_unsaid(keys):
    engine = client()
    app = console(engine)
    async with app.run_test(size=SIZE) as pilot:
        await ready(app)
        await pilot.press(*keys)
        engine.happen(told.OrderCancelled(time_ms=NOW_MS, client_order_id=scripted.order_id(4)))
        await until(lambda: len(app.scene.orders) == 2)
        await pilot.press("c")
        assert engine.sent == []
        assert "the marked order is gone" in screen_text(app)
        await pilot.press("c")
        await until(lambda: engine.sent)
        assert engine.sent[0].client_order_id == app.scene.orders[1].client_order_id


async def test_orders_are_sorted_filtered_and_chosen_by_the_mouse():
    app = console(client())
    async with app.run_test(size=SIZE) as pilot:
        await on_orders(app, pilot)
        await pilot.press("slash", *"eth", "enter")
        assert "with “eth”" in screen_text(app)
        assert [entry.symbol for entry in entries(app.scene)] == ["ETH/USD"]
        await pilot.press("escape", "s")
        times = [
            getattr(entry, "submitted_ms", None) or entry.time_ms for entry in entries(app.scene)
        ]
        assert times == sorted(times)
        await pilot.click(OrderHistoryPane, offset=(12, 3))
        assert app.scene.order_board.place == 1
        await pilot.press("enter")
        assert (app.scene.screen, app.scene.symbol) == ("desk", "ETH/USD")


def yesterday() -> list:
    """An error of yesterday under more of today's events than one page has."""
    failed = told.ReconcileFailed(time_ms=NOW_MS - DAY_MS, reason="EService:Unavailable")
    marks = [
        told.TradingHalted(
            time_ms=NOW_MS - 3_600_000, actor="cli", reason=f"rehearsal {n}", open_order_count=0
        )
        if n % 2
        else told.TradingResumed(time_ms=NOW_MS - 3_600_000, actor="cli")
        for n in range(2_400)
    ]
    return [*scripted.started(), failed, *marks]


async def test_yesterdays_error_is_found_by_searching_back_page_by_page():
    engine = client(yesterday())
    app = console(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(app)
        await pilot.press("f7")
        await until(lambda: app.scene.journal.pages)
        assert not app.scene.journal.is_at_its_end
        await pilot.press("slash", *"unavailable", "enter")
        await until(lambda: "EService:Unavailable" in screen_text(app))
        assert "2026-11-19 10:45:03 UTC" in screen_text(app)
        asked = [query.before for query in engine.asked if isinstance(query, AskRecentEvents)]
        assert len(set(asked)) == len(asked)


async def test_journal_shows_levels_days_and_follows():
    engine = client(yesterday()[:9])
    app = console(engine)
    async with app.run_test(size=SIZE) as pilot:
        await on_journal(app, pilot)
        board = app.scene.journal
        await pilot.press("d")
        assert board.shown[board.cursor].text.startswith("the account could not be checked")
        assert not board.is_following
        engine.happen(told.TradingResumed(time_ms=NOW_MS, actor="someone else"))
        await until(lambda: "1 newer" in screen_text(app) or board.cursor > 1)
        await pilot.press("f")
        assert "someone else" in screen_text(app).splitlines()[3]
        await pilot.press("v", "v")
        assert "JOURNAL  errors" in screen_text(app)
        await pilot.press("V", "V")
        await pilot.click(JournalPane, offset=(12, 2))
        assert board.cursor == 1


@pytest.mark.parametrize(("screen", "key"), [("f2", "c"), ("f6", "c"), ("f6", "a"), ("f7", "b")])
async def test_tables_are_written_to_the_home_with_a_word_about_where(tmp_path, screen, key):
    app = console(client(), export_folder=tmp_path / "exports")
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(app)
        await pilot.press(screen)
        await until(lambda: app.scene.journal.lines or screen == "f2")
        await pilot.press("E", key)
        await until(lambda: "written to exports/" in screen_text(app))
        (path,) = (tmp_path / "exports").iterdir()
        text = path.read_text()
        assert path.name in screen_text(app)
        assert len(json.loads(text) if path.suffix == ".json" else text.splitlines()) > 1


async def test_folder_that_cannot_be_written_is_named_plainly(tmp_path):
    (tmp_path / "exports").touch()
    app = console(client(), export_folder=tmp_path / "exports")
    async with app.run_test(size=SIZE) as pilot:
        await on_orders(app, pilot)
        await pilot.press("E", "a")
        await until(lambda: "not written: File exists" in screen_text(app))


async def test_hostile_words_of_the_journal_stay_words():
    hostile = told.CommandRefused(
        time_ms=NOW_MS,
        actor="[b]x\x1b]0;y\x07",
        gate="g\x9b2J",
        reason="\u202e[red]",
        subject="buy",
    )
    app = console(client([*scripted.started(), hostile]))
    async with app.run_test(size=SIZE) as pilot:
        await on_orders(app, pilot)
        orders = screen_text(app)
        await pilot.press("f7")
        await until(lambda: "JOURNAL" in screen_text(app))
        for text in (orders, screen_text(app)):
            assert "[red]" in text
            assert not any(char in text for char in "\x1b\x07\x9b\u202e")
