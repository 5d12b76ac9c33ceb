"""Two journals that disagree are caught, whatever the disagreement."""

from decimal import Decimal

import msgspec
import pytest

from tui_trader.engine.messages.events import (
    BalanceChanged,
    OrderAccepted,
    OrderCancelled,
    OrderFilled,
    OrderNotPlaced,
    OrderOutcomeUnknown,
    OrderSubmitted,
)
from tui_trader.engine.messages.hand_events import (
    AmendOutcomeUnknown,
    AmendRequested,
    OrderAmended,
)
from tui_trader.engine.state.truth import Law, VenueRow, compare
from tui_trader.engine.stores.exchange_journal import read_exchange_journal
from tui_trader.engine.values.account import ExchangeFill
from tui_trader.engine.values.errors import ConfigError
from tui_trader.engine.values.orders import OrderType, Side

D = Decimal
BTC = "BTC/USD"
SUBMITTED = OrderSubmitted(
    time_ms=1,
    actor="test",
    client_order_id="a",
    symbol=BTC,
    side=Side.BUY,
    order_type=OrderType.LIMIT,
    quantity_base=D("0.2"),
    price=D("50000.0"),
    post_only=False,
    hold_quote=D("10025"),
    deadline_ms=5_000,
)
ACCEPTED = OrderAccepted(time_ms=2, client_order_id="a", exchange_order_id="O1")
FILL = ExchangeFill(
    execution_id="T1",
    exchange_order_id="O1",
    client_order_id="a",
    symbol=BTC,
    side=Side.BUY,
    price=D("50000.0"),
    quantity_base=D("0.2"),
    fee=D("25.00000"),
    fee_asset="USD",
    is_maker=True,
    filled_ms=3,
)
FILLED = OrderFilled(time_ms=3, client_order_id="a", fill=FILL)
BALANCES = (
    BalanceChanged(time_ms=4, asset="BTC", total=D("0.2")),
    BalanceChanged(time_ms=4, asset="USD", total=D("9975.0000")),
)
OURS = (SUBMITTED, ACCEPTED, FILLED, *BALANCES)

ORDER_ROW = VenueRow(kind="order", txid="O1", cl_ord_id="a", pair=BTC, side="buy", volume=D("0.2"))
AMEND_ROW = VenueRow(kind="amend", txid="O1", volume=D("0.3"), price=D("50001.0"))
ASKED = AmendRequested(
    time_ms=3,
    actor="test",
    client_order_id="a",
    quantity_base=D("0.3"),
    price=D("50001.0"),
    trigger_price=None,
    hold_quote=D("15038"),
    deadline_ms=5_000,
)
AMENDED = OrderAmended(
    time_ms=4,
    client_order_id="a",
    quantity_base=D("0.3"),
    price=D("50001.0"),
    trigger_price=None,
    hold_quote=D("15038"),
)
FILL_ROW = VenueRow(
    kind="fill",
    txid="O1",
    cl_ord_id="a",
    pair=BTC,
    side="buy",
    volume=D("0.20000000"),
    price=D("50000.0"),
    fee=D("25.00000"),
    trade_id="T1",
)
CANCEL_ROW = VenueRow(kind="cancel", txid="O1", cl_ord_id="a", volume=D("0.2"))
THEIRS = (
    VenueRow(kind="balance", asset="USD", balance=D("20000")),
    ORDER_ROW,
    FILL_ROW,
    VenueRow(kind="balance", asset="BTC", balance=D("0.20000000")),
    VenueRow(kind="balance", asset="USD", balance=D(9975)),
    VenueRow(kind="switch"),
)


def laws(ours, theirs):
    return [difference.law for difference in compare(ours, theirs).differences]


def changed(row, **changes):
    return msgspec.structs.replace(row, **changes)


def test_journals_that_agree_are_true():
    report = compare(OURS, THEIRS)
    assert report.is_true
    assert (report.fills, report.orders, report.external, report.unknown) == (1, 1, 0, 0)


@pytest.mark.parametrize(
    ("ours", "theirs", "law"),
    [
        ((SUBMITTED, ACCEPTED, *BALANCES), THEIRS, Law.EXECUTIONS),
        (OURS, [row for row in THEIRS if row is not FILL_ROW], Law.EXECUTIONS),
        *(
            (OURS, [changed(row, **wrong) if row is FILL_ROW else row for row in THEIRS], law)
            for law, wrong in (
                (Law.EXECUTIONS, {"volume": D("0.20000001")}),
                (Law.EXECUTIONS, {"price": D("50000.1")}),
                (Law.EXECUTIONS, {"fee": D("25.00001")}),
                (Law.EXECUTIONS, {"fee_base": D("0.0005")}),
                (Law.EXECUTIONS, {"side": "sell"}),
            )
        ),
        ((*OURS[:3], BALANCES[0]), THEIRS, Law.BALANCES),
        (
            OURS,
            [*THEIRS, VenueRow(kind="balance", asset="USD", balance=D("9975.0001"))],
            Law.BALANCES,
        ),
        (OURS, [*THEIRS, VenueRow(kind="balance", asset="ETH", balance=D(1))], Law.BALANCES),
        (OURS, [*THEIRS, changed(ORDER_ROW, txid="O2")], Law.ONE_ORDER),
        (OURS, [*THEIRS, changed(ORDER_ROW, txid="O2", cl_ord_id=None)], Law.INTENT),
        (OURS, [*THEIRS, changed(ORDER_ROW, txid="O2", cl_ord_id="b")], Law.INTENT),
        (OURS, [*THEIRS, CANCEL_ROW], Law.ENDS),
        ((SUBMITTED, ACCEPTED, FILLED, *BALANCES), THEIRS[:2] + THEIRS[3:], Law.ENDS),
        ((SUBMITTED, ACCEPTED), [ORDER_ROW, AMEND_ROW], Law.TERMS),
        ((SUBMITTED, ACCEPTED, AMENDED), [ORDER_ROW], Law.TERMS),
        ((SUBMITTED, ACCEPTED), [changed(ORDER_ROW, price=D("50000.1"))], Law.TERMS),
    ],
)
def test_each_disagreement_is_named(ours, theirs, law):
    assert law in laws(ours, theirs)


def test_terms_that_the_engine_is_finding_out_are_no_difference():
    doubtful = AmendOutcomeUnknown(time_ms=4, client_order_id="a", reason="no answer")
    assert compare((SUBMITTED, ACCEPTED, ASKED, doubtful), [ORDER_ROW, AMEND_ROW]).is_true
    assert compare((SUBMITTED, ACCEPTED, ASKED, AMENDED), [ORDER_ROW, AMEND_ROW]).is_true


def test_order_that_was_proven_absent_but_exists_is_the_worst_of_all():
    unknown = OrderOutcomeUnknown(time_ms=2, client_order_id="a", reason="no answer")
    absent = OrderNotPlaced(time_ms=9, client_order_id="a")
    report = compare((SUBMITTED, unknown, absent), [ORDER_ROW])
    assert [difference.law for difference in report.differences] == [Law.ENDS]
    assert "not_placed in the engine" in report.differences[0].text


def test_order_nobody_can_tell_about_yet_is_counted_and_no_difference():
    unknown = OrderOutcomeUnknown(time_ms=2, client_order_id="a", reason="no answer")
    report = compare((SUBMITTED, unknown), [ORDER_ROW])
    assert (report.is_true, report.unknown) == (True, 1)


def test_cancelled_order_ended_alike():
    cancelled = OrderCancelled(time_ms=3, client_order_id="a")
    assert compare((SUBMITTED, ACCEPTED, cancelled), [ORDER_ROW, CANCEL_ROW]).is_true


def test_fill_booked_twice_is_named():
    half = msgspec.structs.replace(FILL, quantity_base=D("0.1"))
    twice = OrderFilled(time_ms=3, client_order_id="a", fill=half)
    assert Law.EXECUTIONS in laws((SUBMITTED, ACCEPTED, twice, twice), [ORDER_ROW])


def test_many_differences_end_with_a_count():
    rows = [changed(FILL_ROW, trade_id=f"T{number}") for number in range(2, 1_500)]
    differences = compare(OURS, (*THEIRS, *rows)).differences
    assert len(differences) == 1_001
    assert differences[-1].text.endswith("more")


def test_step_that_was_not_written_to_its_end_did_not_happen(tmp_path):
    path = tmp_path / "journal.jsonl"
    path.write_text(
        '{"kind":"balance","asset":"USD","balance":"5","step":0,"last":true}\n'
        '{"kind":"order","txid":"O1","volume":"1","step":1,"last":false}\n'
        '{"kind":"fill","txid":"O1","vol'
    )
    assert [row.kind for row in read_exchange_journal(path)] == ["balance"]


@pytest.mark.parametrize("text", ["no journal\nat all\n", '{"kind":1}\n{"kind":"x"}\n', "[]\n[]\n"])
def test_file_that_is_no_journal_is_refused(tmp_path, text):
    path = tmp_path / "notes.txt"
    path.write_text(text)
    with pytest.raises(ConfigError, match="journal"):
        list(read_exchange_journal(path))


def test_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        list(read_exchange_journal(tmp_path / "nowhere"))
