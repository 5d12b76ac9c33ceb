"""What an error means: refused, unknown, or ask again."""

import pytest

from tui_trader.engine.exchanges.ccxt_bridge import faults
from tui_trader.engine.values.errors import OutcomeUnknown, RejectedByExchange

DEFINITE = [
    "EOrder:Insufficient funds",
    "EOrder:Order minimum not met",
    "EOrder:Rate limit exceeded",
    "EOrder:Post only order",
    "EOrder:A refusal nobody has seen yet",
    "EGeneral:Invalid arguments:volume minimum not met",
    "EGeneral:Permission denied",
    "EGeneral:Temporary lockout",
    "EAPI:Invalid nonce",
    "EAPI:Invalid signature",
    "EAPI:Rate limit exceeded",
    "EFunding:Unknown asset",
    "EQuery:Unknown asset pair",
    "EService:Market in cancel_only mode",
    "EService:Market in post_only mode",
]
OPEN = [
    "EService:Timeout",
    "EService:Busy",
    "EService:Unavailable",
    "EService:Deadline elapsed",
    "EService:Throttled",
    "EGeneral:Internal error",
    "EDatabase:Internal error",
    "EOrder:Cancel pending",
    "EOrder:Internal error",
    "ENew:Something",
]


class FaultOfCcxt(Exception):
    """As ccxt says it: id, blank, body."""


def fault_with(*errors):
    body = '{"error":[' + ",".join(f'"{error}"' for error in errors) + "]}"
    return FaultOfCcxt(f"kraken {body}")


@pytest.mark.parametrize("error", DEFINITE)
def test_definite_refusal_is_a_rejection(error):
    weighed = faults.change_fault("AddOrder", fault_with(error))
    assert isinstance(weighed, RejectedByExchange)
    assert error in str(weighed)


@pytest.mark.parametrize("error", OPEN)
def test_error_that_proves_nothing_leaves_the_outcome_unknown(error):
    assert isinstance(faults.change_fault("AddOrder", fault_with(error)), OutcomeUnknown)


def test_one_doubtful_error_beside_a_definite_one_leaves_the_outcome_unknown():
    weighed = faults.change_fault(
        "AddOrder", fault_with("EOrder:Insufficient funds", "EService:Timeout")
    )
    assert isinstance(weighed, OutcomeUnknown)


@pytest.mark.parametrize(
    "text",
    [
        "kraken POST https://api.kraken.com/0/private/AddOrder 502 Bad Gateway <html>",
        "kraken POST https://api.kraken.com/0/private/AddOrder",
        'kraken 520 {"error":["EOrder:Insufficient funds"]}',
        'kraken {"error":"EOrder:Insufficient funds"}',
        'kraken {"error":["EOrder:Insuff',
        "kraken {}",
        'other {"error":["EOrder:Insufficient funds"]}',
        "",
    ],
)
def test_what_is_no_answer_of_kraken_leaves_the_outcome_unknown(text):
    assert isinstance(faults.change_fault("AddOrder", FaultOfCcxt(text)), OutcomeUnknown)


def test_refusal_is_one_clean_sentence():
    weighed = faults.change_fault(
        "AddOrder", fault_with("EOrder:Insufficient funds\\u001b]52;c;x\\u0007")
    )
    assert str(weighed) == (
        "kraken AddOrder: not enough funds (Kraken: EOrder:Insufficient funds]52;c;x)"
    )


def test_lost_way_names_its_cause_and_no_address():
    fault = FaultOfCcxt("kraken POST https://api.kraken.com/0/private/AddOrder")
    fault.__cause__ = ConnectionResetError()
    assert "ConnectionResetError" in str(faults.change_fault("AddOrder", fault))
    assert "http" not in str(faults.change_fault("AddOrder", fault))


@pytest.mark.parametrize(
    "text",
    [
        "kraken POST https://api.kraken.com/0/private/AddOrder 502 Bad Gateway <html>",
        "kraken 502 Bad Gateway",
    ],
)
def test_answer_that_is_not_krakens_is_named_by_its_status(text):
    assert "(HTTP 502)" in str(faults.change_fault("AddOrder", FaultOfCcxt(text)))


@pytest.mark.parametrize(
    ("fault", "retry_after_ms"),
    [
        (fault_with("EAPI:Rate limit exceeded"), 15_000),
        (fault_with("EGeneral:Temporary lockout"), 900_000),
        (fault_with("EAPI:Invalid nonce"), 250),
        (fault_with("EAPI:Invalid key"), 60_000),
        (fault_with("EService:Busy"), 5_000),
        (fault_with("EService:Busy", "EGeneral:Temporary lockout"), 900_000),
        (FaultOfCcxt("kraken POST https://… 429 Too Many Requests <html>"), 15_000),
        (FaultOfCcxt("kraken POST https://…"), 2_000),
    ],
)
def test_read_is_asked_again_later_by_the_class_of_its_fault(fault, retry_after_ms):
    assert faults.read_fault("OpenOrders", fault).retry_after_ms == retry_after_ms
