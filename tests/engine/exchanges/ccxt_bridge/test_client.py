"""The client: nonces, one attempt for a change, and what each kind of lost answer means."""

import asyncio

import pytest

from tests.engine.exchanges.ccxt_bridge.fake_rest import KEY, SECRET, cut, refuse, say, serving_rest
from tests.engine.exchanges.kraken.clocks import SteppedClock
from tui_trader.engine.exchanges.ccxt_bridge.client import KrakenSaid
from tui_trader.engine.exchanges.ccxt_bridge.turns import Urgency
from tui_trader.engine.values.errors import OutcomeUnknown, RejectedByExchange, TemporaryFault

LOST = {
    "cut": cut,
    "502": say("<html>", status=502, content_type="text/html"),
    "520": say('{"error":["EOrder:Insufficient funds"]}', status=520),
    "504": say("<html>", status=504, content_type="text/html"),
    "429": say("<html>", status=429, content_type="text/html"),
    "empty": say(""),
    "no json": say("{"),
    "list": say("[]"),
    "no result": say("{}"),
    "null error": say('{"error":null,"result":{}}'),
    "number as error": say('{"error":[5],"result":{}}'),
    "busy": refuse("EService:Busy"),
}


async def change(client, **options):
    return await client.change("AddOrder", {"pair": "XBTUSD"}, urgency=Urgency.ORDER, **options)


@pytest.mark.parametrize("answer", LOST.values(), ids=LOST)
async def test_lost_answer_to_a_change_is_unknown_and_not_sent_again(answer):
    async with serving_rest() as (server, client):
        server.answers["AddOrder"] = answer
        with pytest.raises(OutcomeUnknown):
            await change(client)
    assert len(server.calls) == 1


@pytest.mark.parametrize("answer", LOST.values(), ids=LOST)
async def test_lost_answer_to_a_question_is_a_temporary_fault(answer):
    async with serving_rest() as (server, client):
        server.answers["OpenOrders"] = answer
        with pytest.raises(TemporaryFault):
            await client.ask("OpenOrders", {}, cost=1)


async def test_slow_answer_to_a_change_is_unknown():
    ends = asyncio.Event()

    async def hang(_request, _form):
        await ends.wait()
        return {}

    async with serving_rest(timeout_s=0.1) as (server, client):
        server.answers["AddOrder"] = hang
        with pytest.raises(OutcomeUnknown):
            await change(client)
        ends.set()
    assert len(server.calls) == 1


async def test_nothing_listening_leaves_the_outcome_unknown():
    async with serving_rest() as (_, client):
        client._exchange.urls["api"]["private"] = "http://127.0.0.1:1"
        with pytest.raises(OutcomeUnknown):
            await change(client)


async def test_refusal_by_nonce_is_definite_for_a_change():
    async with serving_rest() as (server, client):
        server.answers["AddOrder"] = refuse("EAPI:Invalid nonce")
        with pytest.raises(RejectedByExchange):
            await change(client)
    assert len(server.calls) == 1


async def test_question_refused_by_nonce_is_asked_once_more():
    async with serving_rest() as (server, client):
        server.answers["OpenOrders"] = [refuse("EAPI:Invalid nonce"), {"open": {}}]
        assert await client.ask("OpenOrders", {}, cost=1) == {"open": {}}
        server.answers["OpenOrders"] = [refuse("EAPI:Invalid nonce"), refuse("EAPI:Invalid nonce")]
        with pytest.raises(KrakenSaid):
            await client.ask("OpenOrders", {}, cost=1)
    assert len(server.calls) == 4


async def test_nonces_rise_strictly_when_the_clock_stands_and_when_it_steps_back():
    clock = SteppedClock()
    async with serving_rest(clock=clock) as (server, client):
        server.answers["AddOrder"] = {"txid": ["O1"]}
        for step_ms in (0, 0, -7_200_000, 1, 7_200_000):
            clock.wall_ms += step_ms
            await change(client)
    nonces = [int(form["nonce"]) for form in server.forms("AddOrder")]
    assert nonces == sorted(set(nonces))
    assert {len(str(nonce)) for nonce in nonces} == {16}


async def test_fifty_calls_at_once_arrive_in_the_order_of_their_nonces():
    async with serving_rest() as (server, client):
        server.answers |= {"AddOrder": {"txid": ["O1"]}, "OpenOrders": {"open": {}}}
        await asyncio.gather(
            *(change(client) for _ in range(25)),
            *(client.ask("OpenOrders", {}, cost=1) for _ in range(25)),
        )
    nonces = [int(form["nonce"]) for _, form in server.calls]
    assert len(nonces) == 50
    assert nonces == sorted(set(nonces))


async def test_cancel_is_sent_while_a_page_of_history_hangs():
    asked, ends = asyncio.Event(), asyncio.Event()

    async def hang(_request, _form):
        asked.set()
        await ends.wait()
        return {"trades": {}, "count": 0}

    async with serving_rest() as (server, client):
        server.answers |= {"TradesHistory": hang, "CancelAll": {"count": 3}}
        page = asyncio.create_task(client.ask("TradesHistory", {}, cost=2))
        await asked.wait()
        assert await client.change("CancelAll", {}, urgency=Urgency.CANCEL) == {"count": 3}
        assert not page.done()
        ends.set()
        await page


async def test_order_whose_deadline_passed_is_not_sent():
    clock = SteppedClock()
    async with serving_rest(clock=clock) as (server, client):
        with pytest.raises(RejectedByExchange, match="not sent"):
            await change(client, not_after_ms=clock.now_ms())
    assert server.calls == []


async def test_no_error_no_repr_and_no_log_shows_the_key(caplog):
    caplog.set_level("DEBUG")
    async with serving_rest() as (server, client):
        server.answers["AddOrder"] = refuse("EAPI:Invalid key")
        with pytest.raises(RejectedByExchange) as fault:
            await change(client)
        shown = f"{client!r} {fault.value!r} {fault.value.__cause__!r} {caplog.text}"
    assert KEY not in shown
    assert SECRET not in shown
