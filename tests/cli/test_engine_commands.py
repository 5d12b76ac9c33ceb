"""Commands that speak with an engine, in front of one in memory."""

from decimal import Decimal

import pytest

from tests.cli.fake_engine import (
    GONE,
    NOW_MS,
    accepted,
    filled,
    resting,
    submitted,
)
from tui_trader.cli import emergency
from tui_trader.engine.messages.commands import (
    CancelAllOrders,
    CancelOrder,
    HaltTrading,
    PlaceOrder,
    ResumeTrading,
    ShutDownEngine,
)
from tui_trader.engine.messages.events import (
    CancelAllConfirmed,
    CancelAllFailed,
    CancelAllRequested,
    CancelRejected,
    CancelRequested,
    CommandRefused,
    EngineStopping,
    OrderCancelled,
    OrderNotPlaced,
    OrderOutcomeUnknown,
    OrderRejected,
    ReconcileCompleted,
    ReconcileStarted,
    TradingHalted,
    TradingResumed,
)
from tui_trader.engine.messages.queries import (
    AskStatus,
    AskTicket,
    EngineVitals,
    FeedStatus,
    GateVerdict,
    PositionStatus,
    StatusAnswer,
    TicketAnswer,
)

BUY = ("trade", "BTC/USD", "buy", "0.01")
STATUS = StatusAnswer(
    mode="demo",
    halted=False,
    halt_reason=None,
    equity=Decimal("10012.345"),
    cash=Decimal(9_000),
    day_pnl=None,
    drawdown_ratio=0.01,
    positions=(
        PositionStatus(
            symbol="BTC/USD",
            quantity_base=Decimal("0.01"),
            price_average=Decimal(65_000),
            price_mark=Decimal(66_000),
            pnl_open=Decimal(10),
            pnl_realised=Decimal(0),
            fees=Decimal("2.6"),
        ),
    ),
    open_orders=1,
    unknown_orders=0,
    feeds=(FeedStatus(name="market", age_ms=12, state="up"),),
    engine=EngineVitals(pid=4242, uptime_s=60, rss_mb=120.5),
)


def ticket(refusal: str = "") -> TicketAnswer:
    verdicts = [GateVerdict(gate="halted", is_passed=True, text="not halted")]
    if refusal:
        verdicts.append(GateVerdict(gate="funds", is_passed=False, text=refusal))
    return TicketAnswer(
        cost_quote=Decimal("652.6"),
        fee_quote=Decimal("2.6"),
        price_average=Decimal(65_000),
        slippage_bps=1.5,
        available=Decimal(10_000),
        verdicts=tuple(verdicts),
    )


def refused(command, gate="funds", reason="650.00 USD are needed, 10.00 are there"):
    return CommandRefused(
        time_ms=NOW_MS, command_id=command.command_id, actor="cli", gate=gate, reason=reason
    )


def answering(*later):
    """Script: the order is submitted, then what `later` makes of its id."""

    def script(command):
        assert isinstance(command, PlaceOrder)
        return [submitted(command), *(make(command.client_order_id) for make in later)]

    return script


# status, orders, positions, history


def test_status_has_exactly_the_fields_scripts_rely_on(desk):
    desk.engine.answers[AskStatus] = STATUS
    assert desk.run("status", "--json") == 0
    assert list(desk.document) == [
        "mode", "halted", "halt_reason", "equity", "cash", "day_pnl", "drawdown_ratio", "positions",
        "open_orders", "unknown_orders", "feeds", "engine", "budgets",
    ]  # fmt: skip
    assert list(desk.document["engine"]) == ["pid", "uptime_s", "rss_mb"]
    assert list(desk.document["feeds"][0]) == ["name", "age_ms", "state"]
    assert desk.document["equity"] == "10012.345"
    assert desk.document["day_pnl"] is None
    assert desk.engine.hellos == [True], "a question needs no right to command"


def test_status_for_people_shows_unknown_as_unknown(desk):
    desk.engine.answers[AskStatus] = STATUS
    assert desk.run("status") == 0
    assert "equity          10,012.35" in desk.out or "equity          10,012.34" in desk.out
    assert "P&L today       -" in desk.out
    assert desk.err == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ("status", "--json"),
        ("orders",),
        ("positions",),
        ("history",),
        ("shutdown",),
        ("cancel", "all", "--yes"),
        ("resume", "--yes"),
        (*BUY, "--yes"),
    ],
)
def test_without_an_engine_the_exit_code_is_three(desk, arguments):
    desk.engine.is_running = False
    assert desk.run(*arguments) == 3
    assert desk.out == ""
    assert "no engine runs in " in desk.err


@pytest.mark.parametrize(
    ("name", "text", "key"),
    [
        ("orders", "no open orders", "orders"),
        ("positions", "no open positions", "positions"),
        ("history", "no fills yet", "fills"),
    ],
)
def test_nothing_to_show_is_said(desk, name, text, key):
    desk.engine.answers[AskStatus] = StatusAnswer(
        **{field: getattr(STATUS, field) for field in STATUS.__struct_fields__} | {"positions": ()}
    )
    assert desk.run(name) == 0
    assert desk.out == f"{text}\n"
    assert desk.run(name, "--json") == 0
    assert desk.document == {key: []}


def test_orders_lists_open_ones_and_all_when_asked(desk):
    for event in [
        *resting("aaaa-1", "OAAAAA"),
        *resting("bbbb-2", "OBBBBB"),
        OrderCancelled(time_ms=NOW_MS, client_order_id="bbbb-2"),
    ]:
        desk.engine.state.apply(event)
    assert desk.run("orders", "--json") == 0
    assert [order["client_order_id"] for order in desk.document["orders"]] == ["aaaa-1"]
    assert desk.document["orders"][0]["remaining_base"] == "0.5"
    assert desk.run("orders", "--all") == 0
    assert [line.split()[0] for line in desk.out.splitlines()] == ["ID", "aaaa-1", "bbbb-2"]


def test_history_shows_fills_with_our_name_of_the_order(desk):
    for event in [*resting("aaaa-1", "OAAAAA"), filled("aaaa-1", "0.2")]:
        desk.engine.state.apply(event)
    assert desk.run("history", "--json") == 0
    (fill,) = desk.document["fills"]
    assert (fill["client_order_id"], fill["value_quote"]) == ("aaaa-1", "13000.02")


def test_positions_are_shown_with_what_they_gain(desk):
    desk.engine.answers[AskStatus] = STATUS
    assert desk.run("positions") == 0
    assert desk.out.splitlines()[1].split() == [
        "BTC/USD", "0.01", "65,000.00", "66,000.00", "10.00", "0.00", "2.60"
    ]  # fmt: skip


# trade


def test_filled_order_is_shown_with_its_fills(desk):
    desk.engine.script = answering(accepted, lambda name: filled(name, "0.01"))
    assert desk.run(*BUY, "--yes", "--json") == 0
    assert desk.document["outcome"] == "filled"
    assert desk.document["refusal"] is None
    order = desk.document["order"]
    assert (order["status"], order["filled_base"]) == ("filled", "0.01")
    assert [fill["execution_id"] for fill in order["fills"]] == ["T1"]


def test_command_says_exactly_what_was_asked(desk):
    desk.engine.script = answering(accepted)
    call = ("trade", "btc/usd", "sell", "1_000.50", "--limit", "65000.1", "--post-only", "--yes")
    assert desk.run(*call) == 0
    (command,) = desk.engine.sent
    assert (command.symbol, command.side.value, command.order_type.value) == (
        "BTC/USD",
        "sell",
        "limit",
    )
    assert (command.quantity_base, command.price) == (Decimal("1000.50"), Decimal("65000.1"))
    assert command.post_only
    assert command.actor == "cli"


def test_order_that_rests_is_done_too(desk):
    desk.engine.script = answering(accepted)
    assert desk.run(*BUY, "--limit", "60000", "--yes", "--json") == 0
    assert desk.document["outcome"] == "open"


def test_refused_order_ends_with_four_gate_and_numbers(desk):
    desk.engine.script = lambda command: [refused(command)]
    assert desk.run(*BUY, "--yes", "--json") == 4
    assert desk.document["outcome"] == "refused"
    assert desk.document["order"] is None
    assert desk.document["refusal"] == {
        "gate": "funds",
        "reason": "650.00 USD are needed, 10.00 are there",
    }
    assert "funds: 650.00 USD are needed, 10.00 are there; nothing was sent" in desk.err


def test_order_that_the_exchange_rejects_ends_with_four(desk):
    desk.engine.script = answering(
        lambda name: OrderRejected(time_ms=NOW_MS, client_order_id=name, reason="too small")
    )
    assert desk.run(*BUY, "--yes") == 4
    assert "the order is rejected: too small" in desk.err


def test_order_proven_absent_ends_with_four(desk):
    desk.engine.script = answering(
        lambda name: OrderOutcomeUnknown(time_ms=NOW_MS, client_order_id=name, reason="timeout"),
        lambda name: OrderNotPlaced(time_ms=NOW_MS, client_order_id=name),
    )
    assert desk.run(*BUY, "--yes") == 4
    assert "the order is not placed" in desk.err


def test_order_that_ended_with_a_part_filled_is_done(desk):
    desk.engine.script = answering(
        accepted,
        lambda name: filled(name, "0.004"),
        lambda name: OrderCancelled(time_ms=NOW_MS, client_order_id=name, reason="no more depth"),
    )
    assert desk.run(*BUY, "--yes", "--json") == 0
    assert (desk.document["outcome"], desk.document["order"]["filled_base"]) == (
        "cancelled",
        "0.004",
    )


@pytest.mark.parametrize(
    "script",
    [
        lambda command: [],
        lambda command: [GONE],
        lambda command: [submitted(command)],
        lambda command: [submitted(command), GONE],
        answering(
            lambda name: OrderOutcomeUnknown(time_ms=NOW_MS, client_order_id=name, reason="timeout")
        ),
    ],
    ids=["silent", "gone before", "no answer", "gone after", "unknown"],
)
def test_order_whose_fate_nobody_knows_ends_with_five_and_what_to_do(desk, script):
    desk.engine.script = script
    assert desk.run(*BUY, "--yes", "--json") == 5
    assert desk.document["outcome"] == "unknown"
    assert "may or may not exist at the exchange. Do not send it again" in desk.err
    assert len(desk.engine.sent) == 1, "nothing is ever sent twice"


def test_without_a_terminal_and_a_yes_nothing_is_sent(desk):
    assert desk.run(*BUY) == 2
    assert "add --yes" in desk.err
    assert desk.engine.sent == []


@pytest.mark.parametrize(
    ("typed", "count", "code"), [("y", 1, 0), ("yes", 1, 0), ("n", 0, 130), ("", 0, 130)]
)
def test_person_is_shown_the_cost_and_asked(desk, person, typed, count, code):
    person(typed)
    desk.engine.answers[AskTicket] = ticket()
    desk.engine.script = answering(accepted, lambda name: filled(name, "0.01"))
    assert desk.run(*BUY) == code
    assert "buy 0.01 BTC at market: costs about 652.60 USD, of it fee 2.60" in desk.err
    assert len(desk.engine.sent) == count


def test_person_is_not_asked_about_an_order_that_a_gate_refuses(desk, person):
    person("y")
    desk.engine.answers[AskTicket] = ticket("650 USD are needed")
    assert desk.run(*BUY) == 4
    assert "funds: 650 USD are needed; nothing was sent" in desk.err
    assert desk.engine.sent == []


def test_validate_asks_the_gate_and_sends_nothing(desk):
    desk.engine.answers[AskTicket] = ticket()
    assert desk.run(*BUY, "--validate", "--json") == 0
    assert desk.document["is_accepted"] is True
    assert desk.document["verdicts"][0]["gate"] == "halted"
    desk.engine.answers[AskTicket] = ticket("650 USD are needed")
    assert desk.run(*BUY, "--validate") == 4
    assert "funds   NO    650 USD are needed" in desk.out
    assert desk.engine.sent == []
    assert set(desk.engine.hellos) == {True}


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (("trade", "BTC/USD", "buy", "0"), "AMOUNT '0' must be above zero"),
        (("trade", "BTC/USD", "buy", "-1"), "AMOUNT '-1' must be above zero"),
        (("trade", "BTC/USD", "buy", "nan"), "AMOUNT 'nan' must be above zero"),
        (("trade", "BTC/USD", "buy", "1,5"), "AMOUNT '1,5' is not a number"),
        (("trade", "BTC/USD", "hold", "1"), "invalid choice: 'hold'"),
        (("trade", "BTCUSD", "buy", "1"), "write base before quote, such as BTC/USD"),
        (("trade", "BTC/USD", "buy"), "the following arguments are required: AMOUNT"),
        ((*BUY, "--limit", "x"), "--limit 'x' is not a number"),
        ((*BUY, "--post-only"), "--post-only needs --limit"),
        ((*BUY, "--stop-loss", "x"), "--stop-loss 'x' is not a number"),
        ((*BUY, "--take-profit", "0"), "--take-profit '0' must be above zero"),
    ],
)
def test_wrong_order_is_told_before_anything_is_sent(desk, arguments, part):
    assert desk.run(*arguments, "--yes") == 2
    assert part in desk.err
    assert desk.engine.sent == []


# cancel


@pytest.fixture
def two_orders(desk):
    for event in [*resting("aaaa-1", "OAAAAA"), *resting("aabb-2", "OBBBBB")]:
        desk.engine.state.apply(event)


def cancelling(*later):
    def script(command):
        name = command.client_order_id
        asked = CancelRequested(
            time_ms=NOW_MS, command_id=command.command_id, actor="cli", client_order_id=name
        )
        return [asked, *(make(name) for make in later)]

    return script


@pytest.mark.parametrize("name", ["aaaa-1", "OAAAAA", "aaa", "AAA", "OA"])
def test_order_is_cancelled_by_any_of_its_names(desk, two_orders, name):
    desk.engine.script = cancelling(
        lambda name: OrderCancelled(time_ms=NOW_MS, client_order_id=name)
    )
    assert desk.run("cancel", name, "--json") == 0
    assert desk.document["order"]["status"] == "cancelled"
    (command,) = desk.engine.sent
    assert isinstance(command, CancelOrder)
    assert command.client_order_id == "aaaa-1"


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("aa", "2 orders begin with 'aa': aaaa-1, aabb-2; write more"),
        ("zz", "no order begins with 'zz'"),
    ],
)
def test_name_that_fits_none_or_several_is_a_wrong_call(desk, two_orders, name, part):
    assert desk.run("cancel", name) == 2
    assert part in desk.err
    assert desk.engine.sent == []


def test_order_that_filled_before_its_cancel_ends_with_four(desk, two_orders):
    desk.engine.script = cancelling(lambda name: filled(name, "0.5"))
    assert desk.run("cancel", "aaaa") == 4
    assert "the order had ended before: filled" in desk.err


def test_cancel_that_a_gate_refuses_ends_with_four(desk, two_orders):
    desk.engine.script = lambda command: [refused(command, "order", "it is being cancelled")]
    assert desk.run("cancel", "aaaa") == 4
    assert "order: it is being cancelled" in desk.err


def test_cancel_without_an_answer_ends_with_five(desk, two_orders):
    desk.engine.script = cancelling(
        lambda name: CancelRejected(time_ms=NOW_MS, client_order_id=name, reason="timeout")
    )
    assert desk.run("cancel", "aaaa") == 5
    assert "did not confirm the cancel (timeout); the order may still fill" in desk.err


def all_cancelled(command):
    return [
        CancelAllConfirmed(time_ms=NOW_MS, count=9),
        CancelAllRequested(time_ms=NOW_MS, command_id=command.command_id, actor="cli"),
        CancelAllFailed(time_ms=NOW_MS, reason="timeout"),
        CancelAllConfirmed(time_ms=NOW_MS, count=2),
    ]


def test_cancel_of_all_counts_what_the_exchange_confirmed_of_this_request(desk):
    desk.engine.script = all_cancelled
    assert desk.run("cancel", "all", "--yes", "--json") == 0
    assert desk.document == {"is_confirmed": True, "cancelled": 2}
    assert isinstance(desk.engine.sent[0], CancelAllOrders)


def test_cancel_of_all_that_nobody_confirms_ends_with_five(desk):
    desk.engine.script = lambda command: all_cancelled(command)[:3]
    assert desk.run("cancel", "all", "--yes", "--json") == 5
    assert desk.document == {"is_confirmed": False, "cancelled": None}


def test_cancel_of_all_needs_a_yes(desk, person):
    assert desk.run("cancel", "all") == 2
    person("n")
    assert desk.run("cancel", "all") == 130
    assert desk.engine.sent == []


# resume, shutdown


def test_resume_needs_the_word(desk, person):
    assert desk.run("resume") == 2
    person("resume")
    assert desk.run("resume") == 130
    assert desk.engine.sent == []


def halted_engine(desk):
    desk.engine.state.apply(
        TradingHalted(time_ms=NOW_MS, actor="console", reason="test", open_order_count=0)
    )


def test_resume_unlatches(desk, person):
    halted_engine(desk)
    person("RESUME")
    desk.engine.script = lambda command: [
        TradingResumed(time_ms=NOW_MS, command_id=command.command_id, actor="cli"),
        ReconcileStarted(time_ms=NOW_MS, reason="resumed"),
        ReconcileCompleted(time_ms=NOW_MS, fills_found=0, orders_found=0, checked_ms=NOW_MS),
    ]
    assert desk.run("resume") == 0
    assert isinstance(desk.engine.sent[0], ResumeTrading)
    assert "orders pass again" in desk.err


def test_resume_says_when_the_comparison_is_still_to_come(desk, monkeypatch):
    monkeypatch.setattr(emergency, "COMPARE_SECONDS", 0.05)
    halted_engine(desk)
    desk.engine.script = lambda command: [
        TradingResumed(time_ms=NOW_MS, command_id=command.command_id, actor="cli")
    ]
    assert desk.run("resume", "--yes") == 0
    assert "once the account was compared" in desk.err


def test_resume_of_what_is_not_halted_sends_nothing(desk):
    assert desk.run("resume", "--yes") == 0
    assert "trading was not halted" in desk.err
    assert desk.engine.sent == []


def test_resume_that_nobody_confirms_ends_with_five(desk):
    halted_engine(desk)
    assert desk.run("resume", "--yes") == 5


@pytest.mark.parametrize("ends", [[], [GONE]])
def test_shutdown_says_what_stays_open(desk, ends):
    for event in resting("aaaa-1", "OAAAAA"):
        desk.engine.state.apply(event)
    desk.engine.script = lambda command: [
        EngineStopping(time_ms=NOW_MS, command_id=command.command_id, actor="cli"),
        *ends,
    ]
    assert desk.run("shutdown") == 0
    assert "the engine (pid 4242) ended; open orders that stay at the exchange: 1" in desk.err
    assert isinstance(desk.engine.sent[0], ShutDownEngine)


def test_shutdown_that_is_refused_ends_with_four(desk):
    desk.engine.script = lambda command: [refused(command, "session", "read-only")]
    assert desk.run("shutdown") == 4


# halt through the engine


def halting(*later):
    def script(command):
        assert isinstance(command, HaltTrading)
        return [
            TradingHalted(
                time_ms=NOW_MS,
                command_id=command.command_id,
                actor=command.actor,
                reason=command.reason,
                open_order_count=2,
            ),
            CancelAllRequested(time_ms=NOW_MS, actor="cli"),
            *later,
        ]

    return script


def test_halt_is_done_when_the_exchange_has_confirmed(desk):
    desk.engine.script = halting(CancelAllConfirmed(time_ms=NOW_MS, count=2))
    assert desk.run("halt", "--reason", "wrong\x1b[31m prices", "--json") == 0
    assert desk.document["is_latched"] is True
    assert desk.document["is_cancel_confirmed"] is True
    assert (desk.document["through"], desk.document["cancelled"]) == ("engine", 2)
    assert desk.engine.sent[0].reason == "wrong[31m prices"
    assert "done: the exchange cancelled 2 orders" in desk.err


def test_halt_that_is_latched_but_not_confirmed_ends_with_five(desk):
    desk.engine.script = halting(CancelAllFailed(time_ms=NOW_MS, reason="timeout"))
    assert desk.run("halt", "--json") == 5
    assert desk.document["is_latched"] is True
    assert desk.document["is_cancel_confirmed"] is False
    assert "NOT DONE: the exchange did not confirm" in desk.err


def test_second_halt_cancels_again(desk):
    halted_engine(desk)
    desk.engine.script = lambda command: [
        CancelAllRequested(time_ms=NOW_MS, command_id=command.command_id, actor="cli"),
        CancelAllConfirmed(time_ms=NOW_MS, count=0),
    ]
    assert desk.run("halt") == 0
    assert "trading was halted already; everything is cancelled again" in desk.err


def test_halt_needs_no_mode(desk, monkeypatch):
    monkeypatch.setenv("TUI_TRADER_MODE", "live")
    desk.engine.script = halting(CancelAllConfirmed(time_ms=NOW_MS, count=2))
    assert desk.run("halt") == 0
