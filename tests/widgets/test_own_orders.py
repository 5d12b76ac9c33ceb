"""Own prices on chart and ladder: orders, stops, those of strategies, the entry; and what may be moved."""

from dataclasses import replace
from decimal import Decimal

import msgspec
import pytest

from tests.engine.core.test_hosting import StrategyBench
from tests.screens import scripted
from tests.screens.scripted import NOW_MS, ScriptedClient
from tui_trader.engine.messages.queries import AskCandles, CandlesAnswer
from tui_trader.engine.state.order_life import Amendment
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.orders import (
    CommandId,
    ConditionalClose,
    OrderStatus,
    OrderTerms,
    OrderType,
    TrailingOffset,
)
from tui_trader.widgets import scene_feed
from tui_trader.widgets.desk_board import DeskBoard
from tui_trader.widgets.drawing.price_lines import LineKind
from tui_trader.widgets.own_orders import (
    amendment,
    on_tick,
    own_marks,
    picked_up,
    price_lines,
    why_unmovable,
)
from tui_trader.widgets.scene import Scene

BTC = Symbol("BTC/USD")


@pytest.fixture
def scene():
    scene = Scene(now_ms=NOW_MS)
    scene_feed.take_welcome(scene, ScriptedClient(scripted.traded()).welcome)
    return scene


def labels(scene, kind):
    return [(line.label, line.price) for line in price_lines(scene) if line.kind is kind]


def changed(order, kind, trigger=None, **more):
    terms = OrderTerms(trigger_price=None if trigger is None else Decimal(trigger))
    return msgspec.structs.replace(order, order_type=kind, **{"terms": terms, **more})


def first(scene):
    return next(order for order in scene.orders if order.symbol == BTC)


def hold(scene, order):
    scene.state.orders[order.client_order_id] = order
    scene._orders_as_of = (0, 0)


def test_orders_and_the_entry_of_the_selected_pair_alone(scene):
    assert sorted(labels(scene, LineKind.ORDER)) == [
        ("buy 0.01", 64_128.9),
        ("sell 0.01", 64_410.0),
    ]
    assert labels(scene, LineKind.ENTRY) == [("entry 0.04", 63_800.0)]
    scene.symbol = Symbol("SOL/USD")
    assert labels(scene, LineKind.ORDER) == [("buy 3 ?", 140.1)], "UNKNOWN says so"
    assert labels(scene, LineKind.ENTRY) == []


@pytest.mark.parametrize(
    ("kind", "line_kind", "word"),
    [
        (OrderType.STOP_LOSS, LineKind.STOP, "stop"),
        (OrderType.STOP_LOSS_LIMIT, LineKind.STOP, "stop"),
        (OrderType.TAKE_PROFIT, LineKind.TAKE, "take"),
    ],
)
def test_order_that_sleeps_stands_at_its_trigger(scene, kind, line_kind, word):
    order = first(scene)
    hold(scene, changed(order, kind, "63000.0"))
    assert labels(scene, line_kind) == [(f"{word} {order.side.value} 0.01", 63_000.0)]
    (mark,) = [mark for mark in own_marks(scene) if mark.is_trigger]
    assert mark.price == Decimal("63000.0")


def test_stop_that_comes_with_the_fill_says_that_it_is_not_there_yet(scene):
    order = first(scene)
    close = ConditionalClose(order_type=OrderType.STOP_LOSS, trigger_price=Decimal("63500.0"))
    hold(scene, msgspec.structs.replace(order, terms=OrderTerms(close=close)))
    side = order.side.opposite.value
    assert labels(scene, LineKind.STOP) == [(f"once filled: stop {side}", 63_500.0)]
    assert not any(mark.is_trigger for mark in own_marks(scene)), "no order waits there"


def test_limit_of_a_stop_keeps_its_distance_even_where_it_was_amended_meanwhile(scene):
    order = changed(first(scene), OrderType.STOP_LOSS_LIMIT, "63000.0", price=Decimal("62900.0"))
    carried = replace(picked_up(order), price=Decimal("63100.0"))
    later = changed(order, OrderType.STOP_LOSS_LIMIT, "63050.0", price=Decimal("62950.0"))
    sent = [
        amendment(carried, each, command_id=CommandId("c"), actor="test") for each in (order, later)
    ]
    assert {(each.trigger_price, each.price) for each in sent} == {
        (Decimal("63100.0"), Decimal("63000.0"))
    }


def test_stop_and_take_that_a_strategy_keeps_itself_have_its_name(scene):
    bench = StrategyBench().start()
    bench.start_strategy()
    bench.enter()
    record = bench.state.strategies["test"]
    scene.state.strategies["test"] = record
    held = record.note.pairs[BTC].held
    stops = [line for line in labels(scene, LineKind.STOP) if "test" in line[0]]
    assert stops == ([("stop of test", held.stop)] if held.stop else [])
    takes = [line for line in labels(scene, LineKind.TAKE) if "test" in line[0]]
    assert takes == ([("take of test", held.take)] if held.take else [])
    assert stops or takes
    scene.symbol = Symbol("ETH/USD")
    assert labels(scene, LineKind.STOP) == []


def test_what_is_carried_is_drawn_where_it_would_go(scene):
    order = first(scene)
    scene.desk.moving = picked_up(order)
    assert [mark.is_moving for mark in own_marks(scene) if mark.price == order.price] == [True]
    scene.desk.moving = replace(scene.desk.moving, price=Decimal("64000.0"))
    (line,) = labels(scene, LineKind.MOVING)
    assert line == (f"MOVE {order.side.value} 0.01 -0.20%", 64_000.0)
    assert {mark.price: mark.is_moving for mark in own_marks(scene)}[Decimal("64000.0")]


def test_order_cannot_be_moved_while_it_is_on_its_way_or_follows_the_market(scene):
    order = first(scene)
    assert why_unmovable(order) == ""
    for status in (OrderStatus.SUBMITTED, OrderStatus.CANCELLING, OrderStatus.UNKNOWN):
        assert status.value in why_unmovable(msgspec.structs.replace(order, status=status))
    trailing = OrderTerms(trailing=TrailingOffset(amount=Decimal(5)))
    moved = changed(order, OrderType.TRAILING_STOP, terms=trailing)
    assert "follows the market" in why_unmovable(moved)
    under_way = Amendment(
        command_id=None,
        quantity_base=None,
        price=Decimal(1),
        trigger_price=None,
        hold_quote=Decimal(0),
        requested_ms=NOW_MS,
        deadline_ms=NOW_MS,
    )
    amended = msgspec.structs.replace(order, amendment=under_way)
    assert "on their way" in why_unmovable(amended)
    market = changed(order, OrderType.MARKET, price=None)
    assert "no price" in why_unmovable(market)


def test_price_is_one_that_the_exchange_takes():
    item = scripted.instrument()
    assert on_tick(Decimal("64000.04"), item) == Decimal("64000.0")
    assert on_tick(Decimal("64000.06"), item) == Decimal("64000.1")
    assert on_tick(Decimal(-5), item) == item.tick


def test_another_pair_or_timeframe_lets_go_of_what_belonged_to_the_one_before():
    board = DeskBoard()
    board.follow(BTC, Interval.M1)
    board.pan, board.cross, board.cursor = 5, 60_000, Decimal(1)
    board.follow(BTC, Interval.M1)
    assert (board.pan, board.cross, board.cursor) == (5, 60_000, Decimal(1))
    board.follow(BTC, Interval.M5)
    assert (board.pan, board.cross, board.cursor) == (0, None, Decimal(1))
    board.follow(Symbol("ETH/USD"), Interval.M5)
    assert board.cursor is None


def test_chart_that_was_moved_back_stays_where_it_is_while_candles_begin():
    board, minute = DeskBoard(), 60_000
    board.follow(BTC, Interval.M1, newest_ms=10 * minute)
    board.pan = 30
    board.follow(BTC, Interval.M1, newest_ms=12 * minute)
    assert board.pan == 32
    board.pan = 0
    board.follow(BTC, Interval.M1, newest_ms=13 * minute)
    assert board.pan == 0, "one that shows the newest candle goes with it"
    board.pan = 5
    board.follow(BTC, Interval.M1, newest_ms=0)
    board.follow(BTC, Interval.M1, newest_ms=14 * minute)
    assert board.pan == 5, "history that is asked for anew moves nothing"


def test_page_of_the_past_that_does_not_join_is_not_taken(scene):
    key = (BTC, Interval.M1)
    whole = scripted.candle_walk(BTC, Interval.M1, 400)
    scene.candles[key] = whole[101:]
    asked = AskCandles(
        symbol=BTC, interval=Interval.M1, count=99, before_ms=whole[100].open_time_ms
    )
    page = CandlesAnswer(symbol=BTC, interval=Interval.M1, candles=whole[1:100])
    scene_feed.take_older(scene, asked, page)
    assert scene.candles[key] == whole[101:]
    scene.candles[key] = whole[100:]
    scene_feed.take_older(scene, asked, page)
    assert scene.candles[key] == whole[1:]
    scene_feed.take_older(scene, asked, CandlesAnswer(symbol=BTC, interval=Interval.M1, candles=()))
    assert scene.desk.past_end == (), "about another beginning than the one there is now"
