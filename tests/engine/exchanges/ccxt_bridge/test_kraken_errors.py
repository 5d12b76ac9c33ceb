"""Every error string of Kraken that is known: a definite no, or an outcome that stays open."""

import pytest

from tui_trader.engine.exchanges.ccxt_bridge import faults
from tui_trader.engine.exchanges.ccxt_bridge.kraken_errors import ERRORS, meaning_of
from tui_trader.engine.exchanges.simulator import rejections
from tui_trader.engine.values.errors import OutcomeUnknown, RejectedByExchange

REFUSALS = [
    "EAPI:Invalid nonce",
    "EAPI:Rate limit exceeded",
    "EOrder:Rate limit exceeded",
    "EGeneral:Temporary lockout",
    "EGeneral:Too many requests",
    "EService:Market in cancel_only mode",
    "EService:Market in post_only mode",
    "EService:Market in limit_only mode",
    "EService:Market in reduce_only mode",
    "EOrder:Insufficient funds",
    "EGeneral:Invalid arguments:volume",
    "EGeneral:Invalid arguments:volume minimum not met",
    "EOrder:Order minimum not met",
    "EOrder:Unknown order",
    "EOrder:Invalid order",
    "EAPI:Invalid key",
    "EGeneral:Permission denied",
    "EAPI:Invalid signature",
    "EOrder:Cost minimum not met",
    "EOrder:Tick size check failed",
    "EOrder:Orders limit exceeded",
    "EOrder:Post only order",
    "EOrder:Margin allowance exceeded",
    "EAccount:Invalid permissions",
    "EQuery:Unknown asset pair",
    "EGeneral:Invalid arguments:cl_ord_id",
    "EGeneral:Invalid arguments:cl_ord_id not unique",
]
OPEN = [
    "EService:Unavailable",
    "EService:Busy",
    "EService:Timeout",
    "EService:Deadline elapsed",
    "EService:Throttled",
    "EGeneral:Internal error",
    "EOrder:Cancel pending",
    "EOrder:Internal error",
    "ENew:Never seen before",
    "",
]


def said(error):
    return Exception(f'kraken {{"error":["{error}"]}}')


@pytest.mark.parametrize("error", REFUSALS)
def test_refusal_of_kraken_is_definite_and_said_in_our_words(error):
    weighed = faults.change_fault("AddOrder", said(error))
    assert isinstance(weighed, RejectedByExchange)
    assert meaning_of(error).words in str(weighed)
    assert meaning_of(error).words


@pytest.mark.parametrize("error", OPEN)
def test_error_that_excludes_no_execution_leaves_the_outcome_unknown(error):
    assert isinstance(faults.change_fault("AddOrder", said(error)), OutcomeUnknown)


def test_every_string_the_local_exchange_can_refuse_with_has_a_row():
    strings = [value for value in vars(rejections).values() if isinstance(value, str)]
    refusals = [text for text in strings if text.startswith("E") and ":" in text]
    assert len(refusals) >= 20
    assert [text for text in refusals if not any(map(text.startswith, ERRORS))] == []


def test_the_longest_beginning_counts():
    assert meaning_of("EService:Market in cancel_only mode").is_definite
    assert not meaning_of("EService:Market").is_definite
    assert not meaning_of("EOrder:Cancel pending for ever").is_definite


@pytest.mark.parametrize("start", ERRORS)
def test_every_row_waits_at_least_a_quarter_of_a_second_before_asking_again(start):
    assert meaning_of(start).retry_after_ms >= 250
