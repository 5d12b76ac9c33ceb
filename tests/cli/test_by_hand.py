"""`amend`, `close` and `flatten` in front of an engine in memory: what is asked, told, and exited with."""

from decimal import Decimal

import msgspec
import pytest

from tests.cli.fake_engine import GONE, NOW_MS, accepted, filled, resting, submitted
from tests.cli.test_engine_commands import refused, ticket
from tests.widgets.test_words import NOTE, SPEC
from tui_trader.cli import amend, close, flatten
from tui_trader.engine.messages.commands import (
    AmendPlacedOrder,
    ClosePosition,
    FlattenAll,
    PlaceOrder,
)
from tui_trader.engine.messages.events import (
    CancelRequested,
    OrderCancelled,
    StrategyStarted,
    TradingHalted,
)
from tui_trader.engine.messages.hand_events import (
    AmendOutcomeUnknown,
    AmendRejected,
    AmendRequested,
    CloseEnded,
    CloseRequested,
    FlattenEnded,
    FlattenRequested,
    OrderAmended,
)
from tui_trader.engine.messages.queries import AskTicket
from tui_trader.engine.values.orders import OrderType, Side

NAME = "3f9a0000-0000-4000-8000-000000000001"
AMEND = ("amend", "3f9a", "--limit", "61000", "--yes")
D = Decimal


@pytest.fixture
def rested(desk, monkeypatch):
    """A desk with one open order, at which nobody waits long."""
    for room, name in ((amend, "ANSWER_SECONDS"), (close, "END_SECONDS"), (flatten, "END_SECONDS")):
        monkeypatch.setattr(room, name, 0.05)
    for event in resting(NAME, "OABCDE-FGHIJ-KLMNOP"):
        desk.engine.state.apply(event)
    desk.engine.answers[AskTicket] = ticket()
    return desk


@pytest.fixture
def held(rested):
    """The same, holding 0.01 BTC."""
    order = PlaceOrder(
        command_id="c-held",
        actor="console",
        client_order_id="held",
        symbol="BTC/USD",
        side=Side.BUY,
        order_type=OrderType.MARKET,
        quantity_base=D("0.01"),
    )
    for event in (submitted(order), accepted("held", "OHELD1"), filled("held", "0.01", "T-held")):
        rested.engine.state.apply(event)
    return rested


@pytest.fixture
def types(monkeypatch):
    """Somebody at a terminal who types the given line."""

    def line(text: str) -> None:
        for room in ("narration", "amend", "close", "flatten"):
            monkeypatch.setattr(f"tui_trader.cli.{room}.is_person_there", lambda: True)
        monkeypatch.setattr("sys.stdin.readline", lambda: text + "\n", raising=False)

    return line


def asked(command: AmendPlacedOrder) -> AmendRequested:
    return AmendRequested(
        time_ms=NOW_MS,
        command_id=command.command_id,
        actor="cli",
        client_order_id=command.client_order_id,
        quantity_base=command.quantity_base,
        price=command.price,
        trigger_price=command.trigger_price,
        hold_quote=D(31_000),
        deadline_ms=NOW_MS + 5_000,
    )


AMENDED = OrderAmended(
    time_ms=NOW_MS,
    client_order_id=NAME,
    quantity_base=D("0.5"),
    price=D(61_000),
    trigger_price=None,
    hold_quote=D(31_000),
)
REJECTED = AmendRejected(time_ms=NOW_MS, client_order_id=NAME, reason="EOrder:Post only order")
UNKNOWN = AmendOutcomeUnknown(time_ms=NOW_MS, client_order_id=NAME, reason="timeout")


def amending(*later):
    return lambda command: [asked(command), *later]


def test_amended_order_is_shown_with_its_new_terms(rested):
    rested.engine.script = amending(AMENDED)
    assert rested.run(*AMEND, "--json") == 0
    assert rested.document["outcome"] == "amended"
    assert rested.document["order"]["price"] == "61000"
    (command,) = rested.engine.sent
    assert (command.client_order_id, command.price) == (NAME, D(61_000))
    assert (command.quantity_base, command.trigger_price) == (None, None)


def test_terms_are_previewed_as_an_amendment(rested):
    asks = []
    rested.engine.answers = Recorder(asks, rested.engine.answers)
    assert rested.run("amend", "3f9a", "--amount", "0.4", "--validate", "--json") == 0
    assert rested.document["is_accepted"] is True
    assert asks == [AskTicket]
    assert not rested.engine.sent


class Recorder(dict):
    """Answers that remember what they were asked for."""

    def __init__(self, asks, answers):
        super().__init__(answers)
        self._asks = asks

    def get(self, kind, default=None):
        self._asks.append(kind)
        return super().get(kind, default)


def test_validation_that_a_gate_fails_ends_with_four(rested):
    rested.engine.answers[AskTicket] = ticket("650.00 USD are needed")
    assert rested.run("amend", "3f9a", "--limit", "1", "--validate") == 4
    assert "funds would refuse it" in rested.err
    assert not rested.engine.sent


@pytest.mark.parametrize(
    ("script", "code", "outcome", "words"),
    [
        (lambda command: [refused(command)], 4, "refused", "nothing was sent"),
        (amending(REJECTED), 4, "rejected", "did not amend it: EOrder:Post only order"),
        (amending(UNKNOWN, AMENDED), 0, "amended", "looking the order up"),
        (amending(UNKNOWN, REJECTED), 4, "rejected", "looking the order up"),
        (amending(UNKNOWN), 5, "unknown", "do not send it again"),
        (amending(), 5, "unknown", "old terms or its new ones"),
        (lambda command: [GONE], 5, "unknown", "old terms or its new ones"),
        (
            amending(OrderCancelled(time_ms=NOW_MS, client_order_id=NAME)),
            4,
            "ended",
            "the order had ended before: cancelled",
        ),
    ],
    ids=["gate", "exchange", "found", "found old", "unknown", "silent", "gone", "ended"],
)
def test_every_end_of_an_amendment_has_its_code(rested, script, code, outcome, words):
    rested.engine.script = script
    assert rested.run(*AMEND, "--json") == code
    assert rested.document["outcome"] == outcome
    assert words in rested.err
    assert len(rested.engine.sent) == 1


def test_what_happens_to_another_order_is_no_answer(rested):
    other = OrderAmended(
        time_ms=NOW_MS,
        client_order_id="other",
        quantity_base=D(1),
        price=D(1),
        trigger_price=None,
        hold_quote=D(1),
    )
    for event in resting("other", "OOTHER"):
        rested.engine.state.apply(event)
    rested.engine.script = amending(other)
    assert rested.run(*AMEND) == 5


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (("amend", "3f9a", "--yes"), "name what changes"),
        (("amend", "3f9a", "--limit", "x", "--yes"), "--limit 'x' is not a number"),
        (("amend", "9999", "--limit", "1", "--yes"), "no order begins with '9999'"),
        (("amend", "3f9a", "--limit", "1"), "no terminal is there"),
        (("close", "BTC/USD"), "no terminal is there"),
        (("close", "BTCUSD", "--yes"), "write base before quote"),
        (("close", "BTC/USD", "--percent", "0", "--yes"), "must be above zero"),
        (("close", "BTC/USD", "--percent", "101", "--yes"), "cannot sell more"),
        (("flatten",), "no terminal is there"),
    ],
)
def test_wrong_call_ends_with_two_and_sends_nothing(rested, call, words):
    assert rested.run(*call) == 2
    assert words in rested.err
    assert not rested.engine.sent


def test_person_is_shown_the_change_and_may_say_no(rested, types):
    types("n")
    assert rested.run("amend", "3f9a", "--limit", "61000", "--amount", "0.4") == 130
    assert "amount 0.5 to 0.4" in rested.err
    assert "limit 60,000 to 61,000" in rested.err
    assert not rested.engine.sent


def closing(*, sold="0.01", left="0", reason=""):
    def script(command):
        if not isinstance(command, ClosePosition):
            return []
        common = {"time_ms": NOW_MS, "command_id": command.command_id, "symbol": command.symbol}
        return [
            CloseRequested(
                **common, actor="cli", fraction=command.fraction, quantity_base=D("0.01")
            ),
            CloseEnded(**common, sold_base=D(sold), left_base=D(left), reason=reason),
        ]

    return script


def test_closed_position_ends_with_zero(held):
    held.engine.script = closing()
    assert held.run("close", "btc/usd", "--yes", "--json") == 0
    assert held.document == {
        "symbol": "BTC/USD", "sold_base": "0.01", "left_base": "0", "reason": "", "cancelled": [],
        "shrunk": [],
    }  # fmt: skip
    (command,) = held.engine.sent
    assert (command.symbol, command.fraction) == ("BTC/USD", 1)


def test_orders_that_were_cancelled_for_it_are_named(held):
    whole = closing(sold="0.005")

    def script(command):
        begun, end = whole(command)
        cancel = CancelRequested(time_ms=NOW_MS, actor="engine", client_order_id=NAME)
        return [begun, cancel, end]

    held.engine.script = script
    assert held.run("close", "BTC/USD", "--percent", "50", "--yes", "--json") == 0
    assert held.document["cancelled"] == [NAME]
    assert "cancelled for it: 3f9a0000; what is still held is not protected" in held.err


def test_stop_that_was_made_smaller_is_named(held):
    part = closing(sold="0.005")

    def script(command):
        begun, end = part(command)
        shrink = AmendPlacedOrder(
            command_id="c-shrink", actor="engine", client_order_id=NAME, quantity_base=D("0.5")
        )
        request = msgspec.structs.replace(asked(shrink), actor="engine")
        return [begun, request, AMENDED, end]

    held.engine.script = script
    assert held.run("close", "BTC/USD", "--percent", "50", "--yes", "--json") == 0
    assert (held.document["shrunk"], held.document["cancelled"]) == ([NAME], [])
    assert "made smaller for it: 3f9a0000" in held.err


def test_share_is_told_as_a_fraction(held):
    held.engine.script = closing(sold="0.005")
    assert held.run("close", "BTC/USD", "--percent", "50", "--yes") == 0
    assert held.engine.sent[0].fraction == D("0.5")


def test_what_stays_ends_with_four_and_says_why(held):
    held.engine.script = closing(sold="0.009", left="0.001", reason="feed: it is stale")
    assert held.run("close", "BTC/USD", "--yes") == 4
    assert "0.001 BTC stay: feed: it is stale" in held.err


def test_refused_close_ends_with_four(held):
    held.engine.script = lambda command: [refused(command, "close", "is being closed already")]
    assert held.run("close", "BTC/USD", "--yes") == 4
    assert "close: is being closed already; nothing was sent" in held.err


@pytest.mark.parametrize("script", [lambda command: [], lambda command: [GONE]])
@pytest.mark.parametrize("call", [("close", "BTC/USD", "--yes"), ("flatten", "--yes")])
def test_end_that_is_not_told_ends_with_five_and_what_to_do(held, call, script):
    held.engine.script = script
    assert held.run(*call) == 5
    assert "`tui-trader positions`" in held.err
    assert len(held.engine.sent) == 1


def test_close_is_shown_before_a_yes(held, types):
    types("n")
    assert held.run("close", "BTC/USD", "--percent", "50") == 130
    assert "sell 0.005 of 0.01 BTC at market. Sell it? [y/N]" in held.err
    assert not held.engine.sent


def test_plan_of_a_close_sends_nothing(held):
    assert held.run("close", "BTC/USD", "--validate", "--json") == 0
    assert held.document["quantity_base"] == "0.01"
    assert held.engine.hellos == [True]
    assert not held.engine.sent


def test_reverse_is_close_and_says_why(held):
    held.engine.script = closing()
    assert held.run("reverse", "BTC/USD", "--yes") == 0
    assert "A spot account holds no short" in held.err
    assert (held.engine.sent[0].symbol, held.engine.sent[0].fraction) == ("BTC/USD", 1)


def test_strategy_that_may_buy_again_is_named(held):
    started = StrategyStarted(time_ms=NOW_MS, actor="cli", spec=SPEC, note=NOTE)
    held.engine.state.apply(started)
    assert held.run("close", "BTC/USD", "--validate") == 0
    assert "sma-cross trades this pair and may buy again" in held.err


def test_plan_without_a_position_ends_with_four(rested):
    assert rested.run("close", "ETH/USD", "--validate") == 4
    assert "nothing is held of ETH/USD" in rested.err


def flattening(*left, sold="0.01"):
    def script(command):
        if not isinstance(command, FlattenAll):
            return []
        common = {"time_ms": NOW_MS, "command_id": command.command_id}
        sale = PlaceOrder(
            command_id=command.command_id,
            actor="cli",
            client_order_id="sale",
            symbol="BTC/USD",
            side=Side.SELL,
            order_type=OrderType.MARKET,
            quantity_base=D("0.01"),
        )
        sold_fill = filled("sale", sold, "T-sale")
        fill = type(sold_fill.fill)(
            **{name: getattr(sold_fill.fill, name) for name in sold_fill.fill.__struct_fields__}
            | {"side": Side.SELL}
        )
        return [
            TradingHalted(**common, actor="cli", reason="flatten", open_order_count=1),
            FlattenRequested(**common, actor="cli"),
            submitted(sale),
            accepted("sale", "OSALE1"),
            type(sold_fill)(time_ms=NOW_MS, client_order_id="sale", fill=fill),
            FlattenEnded(**common, left=left),
        ]

    return script


def test_flat_account_ends_with_zero_and_stays_halted(held):
    held.engine.script = flattening("0.3 BTC stay: not bought through this program")
    assert held.run("flatten", "--yes", "--json") == 0
    assert held.document["is_flat"] is True
    assert "not bought through this program" in held.err
    assert "until `tui-trader resume`" in held.err
    assert held.engine.state.halt is not None


def test_position_that_stays_ends_with_four(held):
    held.engine.script = flattening("0.004 BTC stay: feed: it is stale", sold="0.006")
    assert held.run("flatten", "--yes", "--json") == 4
    assert held.document == {
        "is_flat": False,
        "held": {"BTC/USD": "0.004"},
        "left": ["0.004 BTC stay: feed: it is stale"],
    }


def test_flatten_asks_for_its_word(held, types):
    types("yes")
    assert held.run("flatten") == 130
    assert "cancel 1 open order, sell 0.01 BTC at market, and halt. Type FLATTEN" in held.err
    assert not held.engine.sent
    types("FLATTEN")
    held.engine.script = flattening()
    assert held.run("flatten") == 0


def test_plan_of_a_flatten_sends_nothing(held):
    assert held.run("flatten", "--validate", "--json") == 0
    assert held.document == {"positions": {"BTC/USD": "0.01"}, "open_orders": 1}
    assert not held.engine.sent


@pytest.mark.parametrize("call", [AMEND, ("close", "BTC/USD", "--yes"), ("flatten", "--yes")])
def test_without_an_engine_the_call_ends_with_three(rested, call):
    rested.engine.is_running = False
    assert rested.run(*call) == 3


@pytest.mark.parametrize(
    ("later", "shown"), [((), "open, amending"), ((UNKNOWN,), "open, amended? UNKNOWN")]
)
def test_terms_that_are_not_certain_show_in_the_table_of_orders(rested, later, shown):
    command = AmendPlacedOrder(command_id="c-1", actor="cli", client_order_id=NAME, price=D(1))
    for event in (asked(command), *later):
        rested.engine.state.apply(event)
    assert rested.run("orders") == 0
    assert shown in rested.out
