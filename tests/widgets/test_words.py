"""Events in words, bulletins, and the lines that tell how things stand."""

from collections import deque
from dataclasses import replace
from decimal import Decimal
from typing import get_args

import msgspec
import pytest

from tests.screens import scripted
from tests.screens.scripted import NOW_MS, ScriptedClient
from tui_trader.actions import Where, bar_actions
from tui_trader.engine.messages import events as told
from tui_trader.engine.messages import hand_events as by_hand
from tui_trader.engine.messages.events import Event
from tui_trader.engine.messages.queries import JournalEntry
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.modes import LinkState, Mode
from tui_trader.engine.values.orders import OrderTerms, OrderType, Side, TrailingOffset
from tui_trader.engine.values.strategies import StrategyNote, StrategySpec
from tui_trader.themes import palette_of
from tui_trader.widgets import scene_feed
from tui_trader.widgets.banner import bulletins
from tui_trader.widgets.drawing.banner_rows import Tone, banner
from tui_trader.widgets.drawing.event_words import LogLine, Weight, add_line, in_words
from tui_trader.widgets.drawing.key_rows import help_lines, key_bar
from tui_trader.widgets.drawing.log_rows import log_rows
from tui_trader.widgets.drawing.order_rows import order_table
from tui_trader.widgets.drawing.status_line import status_line
from tui_trader.widgets.scene import LOG_LINES_MAX, REFUSALS_MAX, Scene, StopCall
from tui_trader.widgets.status_bar import status_picture

PALETTE = palette_of("dark")
QUIET = {told.BalanceChanged, told.EquityMarked, told.ReconcileStarted, told.StrategyNoted}
QUIET |= {told.StrategyDecided}
NOTE = StrategyNote(
    pairs={},
    candle_ms=1,
    order_count=0,
    is_marked=False,
    equity=1.0,
    peak=1.0,
    day_start=1.0,
    day_end_ms=1,
    entries_today=0,
    streak=0,
    paused_until_ms=0,
    wins=0,
    losses=0,
    win_sum=0.0,
    loss_sum=0.0,
    traded={},
    blocks={},
)
SPEC = StrategySpec(
    name="sma-cross",
    file="",
    symbols=("BTC/USD",),
    interval=Interval.H1,
    parameters={},
    rules={},
    risk={},
    started_ms=1,
)


def scene(history=None, **more) -> Scene:
    made = Scene(now_ms=NOW_MS, **more)
    scene_feed.take_welcome(made, ScriptedClient(history or scripted.traded()).welcome)
    return made


def everything_that_can_happen():
    happened = {type(event): event for event in scripted.halted()}
    name = scripted.order_id(1)
    terms = {"quantity_base": Decimal(1), "price": Decimal(2), "trigger_price": None}
    asked = {"time_ms": 1, "actor": "cli", "client_order_id": name, "deadline_ms": 2}
    asked["hold_quote"] = Decimal(0)
    share = {"fraction": Decimal(1), "quantity_base": Decimal(1)}
    more = [
        told.EngineStopping(time_ms=1, actor="cli"),
        told.OrderRejected(time_ms=1, client_order_id=name, reason="EOrder:x"),
        told.OrderFoundAbsent(time_ms=1, client_order_id=name),
        told.OrderExpired(time_ms=1, client_order_id=name, reason="deadline"),
        told.CancelRequested(time_ms=1, actor="console", client_order_id=name),
        told.CancelRejected(time_ms=1, client_order_id=name, reason="no answer"),
        told.CancelAllFailed(time_ms=1, reason="timeout"),
        told.TradingResumed(time_ms=1, actor="console"),
        told.ReconcileFailed(time_ms=1, reason="timeout"),
        told.AnomalyFound(time_ms=1, text="a fill twice"),
        by_hand.AmendRequested(**asked, **terms),
        by_hand.OrderAmended(time_ms=1, client_order_id=name, hold_quote=Decimal(0), **terms),
        by_hand.AmendRejected(time_ms=1, client_order_id=name, reason="EOrder:x"),
        by_hand.AmendOutcomeUnknown(time_ms=1, client_order_id=name, reason="no answer"),
        by_hand.OrderCompleted(time_ms=1, client_order_id=name),
        by_hand.CloseRequested(time_ms=1, actor="cli", symbol="BTC/USD", **share),
        by_hand.CloseEnded(
            time_ms=1, symbol="BTC/USD", sold_base=Decimal(1), left_base=Decimal(1), reason="dust"
        ),
        by_hand.FlattenRequested(time_ms=1, actor="cli"),
        by_hand.FlattenEnded(time_ms=1, left=("0.1 BTC stay: dust",)),
        told.LimitChanged(
            time_ms=1,
            actor="console",
            key="risk.positions_max",
            value=Decimal(9),
            before=Decimal(5),
            is_looser=True,
        ),
        told.StrategyStarted(time_ms=1, actor="cli", spec=SPEC, note=NOTE),
        told.StrategyNoted(time_ms=1, strategy="sma-cross", note=NOTE),
        told.StrategyDecided(time_ms=1, strategy="sma-cross", rows=()),
        told.StrategyWroteOff(
            time_ms=1,
            strategy="sma-cross",
            symbol="BTC/USD",
            quantity_base=Decimal("0.1"),
            reason="sold",
        ),
        told.StrategyRefilled(time_ms=1, strategy="sma-cross", missed_count=2, reason="restart"),
        told.StrategyHeld(time_ms=1, strategy="sma-cross", reason="drawdown"),
        told.ModelRefuted(time_ms=1, symbol="BTC/USD", interval=Interval.H1, version=3, reason="x"),
        told.StrategyContinued(time_ms=1, actor="cli", strategy="sma-cross"),
        told.StrategyClosing(time_ms=1, actor="cli", strategy="sma-cross"),
        told.StrategyStopped(time_ms=1, actor="cli", strategy="sma-cross", left="0.1 BTC"),
    ]
    happened |= {type(event): event for event in more}
    return happened


@pytest.mark.parametrize("kind", get_args(Event))
def test_every_event_has_words_or_is_seen_elsewhere(kind):
    event = everything_that_can_happen().get(kind)
    if event is None:
        assert kind is told.OrderAdopted
        return
    line = in_words(event)
    assert (line is None) == (kind in QUIET)
    if line is not None:
        assert line.text
        assert line.time_ms == event.time_ms


def test_words_hold_no_control_characters():
    line = in_words(told.AnomalyFound(time_ms=1, text="a\x1b]52;c;x\x07b\u202ec"))
    assert line.text == "ANOMALY: a]52;c;xbc"


def test_the_same_story_is_counted_not_repeated():
    lines = deque()
    for time_ms in (1, 2, 3):
        add_line(lines, LogLine(time_ms=time_ms, weight=Weight.QUIET, text="checked", key="check"))
    add_line(lines, LogLine(time_ms=4, weight=Weight.QUIET, text="other"))
    add_line(lines, LogLine(time_ms=5, weight=Weight.QUIET, text="other"))
    assert [(line.time_ms, line.count) for line in lines] == [(3, 3), (4, 1), (5, 1)]


def test_log_shows_the_newest_on_top_and_weight_without_colour():
    lines = [
        LogLine(time_ms=NOW_MS, weight=Weight.BAD, text="refused by a gate"),
        LogLine(time_ms=NOW_MS, weight=Weight.QUIET, text="checked", count=3),
    ]
    rows = [strip.text for strip in log_rows(lines, width=40, height=5, palette=PALETTE)]
    assert rows[0].startswith(" 10:45:03 ■ refused by a gate")
    assert rows[1].startswith(" 10:45:03   checked (3 times)")
    assert "nothing" in log_rows([], width=40, height=5, palette=PALETTE)[0].text


def test_log_and_refusals_have_a_limit():
    made = scene()
    client = ScriptedClient(scripted.traded())
    for number in range(LOG_LINES_MAX + 50):
        client.happen(
            told.CommandRefused(
                time_ms=NOW_MS, command_id=f"c{number}", actor="x", gate="g", reason="r"
            )
        )
        scene_feed.take_frame(made, client._frames.get_nowait())
    assert len(made.log) == LOG_LINES_MAX
    assert len(made.refusals) == REFUSALS_MAX
    assert f"c{LOG_LINES_MAX + 49}" in made.refusals


def test_past_events_come_before_what_was_seen_live_and_only_once():
    made = scene()
    client = ScriptedClient(scripted.traded())
    event = told.TradingResumed(time_ms=NOW_MS, actor="cli")
    client.happen(event)
    scene_feed.take_frame(made, client._frames.get_nowait())
    told_again = JournalEntry(sequence=client.sequence, event=event)
    scene_feed.take_past(made, [*client.history, told_again])
    texts = [line.text for line in made.log]
    assert texts.count("trading resumed by cli") == 1
    assert texts[-1] == "trading resumed by cli"
    assert "engine 0.1.0 started" in texts[0]


def test_second_stop_while_halted_is_no_alarm():
    made = scene(scripted.halted())
    made.stop, made.stop_ms = StopCall.SENT, NOW_MS
    scene_feed.watch_stop(made)
    assert made.stop is None


def test_stop_that_did_not_reach_the_engine_stays_until_trading_is_halted():
    made = scene()
    made.stop, made.stop_ms = StopCall.NOT_REACHED, NOW_MS
    scene_feed.take_welcome(made, ScriptedClient(scripted.traded()).welcome)
    assert made.stop is StopCall.NOT_REACHED
    scene_feed.take_welcome(made, ScriptedClient(scripted.halted()).welcome)
    assert made.stop is None


def test_halt_tells_who_when_why_and_what_became_of_the_orders():
    (bulletin,) = bulletins(scene(scripted.halted()))
    assert bulletin.tone is Tone.HALT
    assert bulletin.text == (
        "HALTED by console at 10:44:54 UTC: emergency stop key. 3 orders were open, 2 cancelled, "
        "confirmed by the exchange. No new orders. R resumes."
    )


def test_calm_has_no_bulletin():
    assert bulletins(scene()) == []


def test_account_trouble_alone_does_not_call_prices_old():
    made = scene()
    made.mirror.state.links["kraken private"] = LinkState.DOWN
    assert not made.is_market_old
    (bulletin,) = bulletins(made)
    assert "Orders and balances may be old" in bulletin.text
    assert status_picture(made).feed == "account DOWN"


def test_banner_marks_its_tone_without_colour():
    strips = banner(bulletins(scene(scripted.halted())), width=80, palette=PALETTE)
    assert strips[0].text.startswith(" ■ HALTED")
    assert {strip.cell_length for strip in strips} == {80}


@pytest.mark.parametrize("width", [80, 90, 100, 120, 160, 200])
@pytest.mark.parametrize("mode", list(Mode))
def test_status_line_keeps_mode_and_profit_at_every_width(width, mode):
    picture = replace(status_picture(scene(scripted.halted())), mode=mode)
    text = status_line(picture, width=width, palette=PALETTE).text
    assert len(text) == width
    assert f" {mode.name} " in text
    assert " HALTED " in text
    assert "day -10.97" in text
    assert ("real money" in text) == (mode is Mode.LIVE)


def test_status_line_beats_once_a_second_while_the_engine_lives():
    picture = status_picture(scene())
    even = status_line(picture, width=120, palette=PALETTE).text
    odd = status_line(
        replace(picture, now_ms=picture.now_ms + 1_000), width=120, palette=PALETTE
    ).text
    assert {"●" in even, "●" in odd} == {True, False}
    silent = status_line(replace(picture, engine_silence_s=5), width=120, palette=PALETTE).text
    assert "engine silent 5s" in silent
    assert "✗" in silent


def test_unknown_numbers_are_dashes():
    made = Scene(now_ms=NOW_MS)
    text = status_line(status_picture(made), width=120, palette=PALETTE).text
    assert "equity —" in text
    assert "day —" in text


def test_orders_show_the_unknown_one_first_and_loudly():
    made = scene()
    rows = order_table(
        made.orders,
        made.market.instruments,
        now_ms=NOW_MS,
        width=80,
        palette=PALETTE,
        cursor=None,
    )
    texts = [strip.text for strip in rows]
    assert " UNKNOWN " in texts[1]
    assert "0.01/0.02" in texts[3]
    assert made.equity == Decimal("9989.0272")


@pytest.mark.parametrize(
    ("kind", "price", "terms", "words"),
    [
        (
            OrderType.STOP_LOSS,
            None,
            OrderTerms(trigger_price=Decimal(66_000)),
            ["stop ", "@66,000"],
        ),
        (
            OrderType.TRAILING_STOP,
            None,
            OrderTerms(trailing=TrailingOffset(amount=Decimal(5), is_percent=True)),
            ["trail ", "trails 5%"],
        ),
        (
            OrderType.TAKE_PROFIT_LIMIT,
            Decimal(70_000),
            OrderTerms(trigger_price=Decimal(70_000)),
            ["take limit", "70,000"],
        ),
        (OrderType.TRAILING_STOP, None, OrderTerms(), ["trail ", "market"]),
    ],
    ids=str,
)
def test_order_that_sleeps_tells_what_wakes_it(kind, price, terms, words):
    made = scene()
    sleeping = msgspec.structs.replace(
        made.orders[1], order_type=kind, price=price, terms=terms, post_only=False
    )
    row = order_table(
        [sleeping],
        made.market.instruments,
        now_ms=NOW_MS,
        width=100,
        palette=PALETTE,
        cursor=None,
    )[1].text
    assert all(word in row for word in words), row


@pytest.mark.parametrize("where", [Where.DESK, Where.TICKET])
@pytest.mark.parametrize("width", [20, 80, 200])
def test_stop_is_in_the_key_bar_at_every_width(where, width):
    for notice in (None, ("a notice " * 40, None)):
        strip = key_bar(bar_actions(where, "watch"), notice, width=width, palette=PALETTE)
        assert strip.text.endswith(" ! STOP ")
        assert strip.cell_length == width


def test_help_names_stop_first():
    lines = help_lines(Where.DESK, width=70, palette=PALETTE)
    assert lines[0][0][0] == "SAFETY"
    assert lines[1][1][0].strip() == "!"


def test_long_reason_does_not_push_out_what_was_not_confirmed():
    history = [
        *scripted.traded(),
        told.TradingHalted(
            time_ms=NOW_MS, actor="a " * 100, reason="because " * 40, open_order_count=3
        ),
    ]
    strips = banner(bulletins(scene(history)), width=80, palette=PALETTE)
    text = " ".join(" ".join(strip.text for strip in strips).split())
    assert "cancelling… not yet confirmed. No new orders. R resumes." in text


@pytest.mark.parametrize(
    ("amount", "price"),
    [("0", "1"), ("3", "64130.412345678901234567890123"), ("0.333333333333", "1E+22")],
)
def test_numbers_no_exchange_should_send_are_told_all_the_same(amount, price):
    line = in_words(scripted.filled(1, "BTC/USD", Side.BUY, "1", price))
    total = line.fill.plus(replace(line.fill, quantity_base=Decimal(amount)))
    assert total.in_words(2).startswith("bought ")
    empty = replace(line.fill, quantity_base=Decimal(0))
    assert " at — " in empty.in_words(1)
